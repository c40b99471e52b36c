/* witness.h -- klero witness: its parts, its state, its requests. */
#ifndef WITNESS_H
#define WITNESS_H

#include "http.h"
#include "kl_trust.h"
#include "kl_witness.h"

enum {
	WITNESS_ORIGINS_MAX = 64, /* that it has ever cosigned for */
	/* bytes of a state file; each note is at most a request */
	WITNESS_STATE_MAX = (WITNESS_ORIGINS_MAX + 1) * KL_WITNESS_REQUEST_MAX,
	WITNESS_QUEUE_MAX = 64, /* requests that wait for the disk */
};

/* Who the witness is, and whose logs it looks at. */
struct witness {
	struct kl_note_key key; /* of type KL_KEY_COSIGNATURE */
	struct kl_signer signer;
	const struct kl_note_key *logs;
	size_t log_count;
};

/* --- witness_state.c: what it has cosigned -------------------------------- */

/* The latest of one origin: the checkpoint with the signatures of its log and
 * our own. */
struct witness_record {
	struct kl_witness_state state;
	uint64_t time; /* when we cosigned it, seconds since 1970 */
	char *origin;  /* NUL-terminated; owned, like the note */
	char *note;
	size_t note_size;
};

struct witness_state {
	const char *path;
	int lock; /* of the file beside it; -1 for none */
	struct witness_record records[WITNESS_ORIGINS_MAX];
	size_t count;
};

/*
 * Make the file of a witness that has cosigned nothing. The status to end with,
 * the fault being on stderr: 0, or 1 when there is one already or it cannot be
 * written.
 */
int witness_state_create(
    const char *path, const struct kl_note_key *key) KL_MUST_CHECK;

/*
 * Read it, and keep others from doing so until witness_state_close(). Every
 * note in it must be cosigned by `key`, and no byte may differ from what was
 * written. The status to end with, the fault being in the diary as
 * `witness_state`: 0; LOG_REFUSED when a person must look, 1 if it may pass.
 */
int witness_state_open(struct witness_state *state, const char *path,
    const struct kl_note_key *key) KL_MUST_CHECK;

/* Closing twice is harmless. */
void witness_state_close(struct witness_state *state);

/* The record of an origin; NULL if there is none. */
struct witness_record *witness_state_find(
    struct witness_state *state, struct kl_span origin);

/* When it last cosigned anything; 0 for never. */
uint64_t witness_state_time(const struct witness_state *state);

/*
 * Write the file with `record` in the place of what there is of its origin. 0
 * when it is on disk: then witness_state_put() it. Otherwise a number of
 * errno.h: EFBIG when there are WITNESS_ORIGINS_MAX already.
 */
int witness_state_save(const struct witness_state *state,
    const struct kl_note_key *key,
    const struct witness_record *record) KL_MUST_CHECK;

/* Take over a record that was saved. */
void witness_state_put(
    struct witness_state *state, struct witness_record *record);

void witness_record_clear(struct witness_record *record);

/* --- witness_serve.c: what it is asked ------------------------------------ */

extern const struct http_stages witness_stages;

/*
 * Answer requests below `prefix`, "" or "/name". Borrows all, until its HTTP is
 * stopped; before that is open.
 */
void witness_serve_use(const struct witness *witness,
    struct witness_state *state, const char *prefix);
/*
 * From now on, until witness_serve_stop(), which ends when every request is
 * answered; who comes later is told to come again (503).
 */
void witness_serve_start(void);
void witness_serve_stop(void);

/* Has its thread gone round since this was asked last? */
bool witness_serve_beats(void);

#endif
