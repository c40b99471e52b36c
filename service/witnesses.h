/* witnesses.h -- those who cosign our checkpoints. c2sp.org/tlog-witness. */
#ifndef WITNESSES_H
#define WITNESSES_H

#include "config.h"
#include "kl_trust.h"
#include "log_read.h"

/*
 * config->witness_file is a tlog-policy: a line `witness NAME VKEY URL` for
 * each, and the quorum a start wants to hear. Whose cosignatures a draw needs
 * is another matter: its declaration says that.
 */

/* --- who they are --------------------------------------------------------- */

/*
 * Read the file. Once, before any thread. The status to end with, the fault
 * being in the diary as `witnesses`: 0, LOG_REFUSED, or 1 if it cannot be read
 * just now.
 */
int witnesses_open(const struct config *config) MUST_CHECK;
void witnesses_close(void);

/* The file taken apart; no witness in it if there is none. */
const struct kl_trust *witnesses_trust(void);

/* --- before anything is signed -------------------------------------------- */

/*
 * Ask every witness what it has cosigned of our log: nothing that the database
 * does not continue. After log_check(). Asks again those who do not answer,
 * until the quorum of the file has, or witness_hear_s is over, or
 * process_ends(). The status to end with, the fault being in the diary as
 * `witness_alarm` or `witnesses`:
 *
 *	0            nothing is wrong; or process_ends(): nothing is to begin
 *	LOG_REFUSED  our key has signed a larger log, which a witness shows
 *	             (`rolled-back`), or one that ours does not continue
 *	             (`forked`)
 *	1            too few of them answer: it may pass
 */
int witnesses_hear(const struct config *config) MUST_CHECK;

/*
 * Likewise before a log is begun, in a database that has none: then nothing
 * that our key has signed may be shown, of any size, and a witness agrees when
 * it shows nothing (404). Neither reads the database nor signs. LOG_REFUSED,
 * told as `rolled-back`: our key has begun this log before.
 */
int witnesses_hear_first(const struct config *config) MUST_CHECK;

/* --- while we sign -------------------------------------------------------- */

struct witnesses_parts {
	const struct config *config;
	/* A cosignature of the checkpoint of `size` was stored: what
	 * witnesses_cosigned() says may have changed. On a thread of theirs. */
	void (*cosigned)(uint64_t size);
	/* A witness shows what our key has signed, and our log does not
	 * continue: nothing may be signed any more. Once, on a thread of
	 * theirs. */
	void (*alarmed)(const char *reason);
};

/*
 * Submit each published checkpoint, or the latest of several, to every witness,
 * each from a thread of its own; store what they cosign and show it with the
 * checkpoint (publisher_cosigned(), publisher_quorum()). After
 * publisher_start(). Borrows `parts` until witnesses_stop(). False on failure,
 * which is in the diary.
 */
bool witnesses_start(const struct witnesses_parts *parts) MUST_CHECK;
void witnesses_stop(void); /* twice is harmless */

/* A checkpoint of `size` is out. Any thread; never waits. */
void witnesses_wake(uint64_t size);

/* --- what they have cosigned ---------------------------------------------- */

/* A checkpoint that enough of them have cosigned. */
struct cosigned {
	uint64_t size; /* leaves */
	struct kl_hash root;
	int64_t at; /* when the last one of the quorum did, since 1970 */
	/* The signed note with the cosignatures of those who were asked for,
	 * in their order. */
	struct db_blob note;
};

/*
 * Is entry `index` covered by a checkpoint that `quorum` of these witnesses
 * (keys of type KL_KEY_COSIGNATURE, each with another public key) have
 * cosigned, and that has at most `size_max` entries? Of those, the one of the
 * earliest `at`, the smaller of equals, among the first COSIGNED_LOOK_MAX.
 * protocol §3: "cosigned". For a quorum of 0, see log_read_covering(). Any
 * account; memory of db_use()'s arena. Once true for a time it stays so: rows
 * are only added, though a later answer may name an earlier time. When to ask
 * again: witnesses_parts.cosigned.
 *
 * ERR_NOT_FOUND   not yet
 * ERR_BUSY ERR_DATABASE
 */
enum { COSIGNED_LOOK_MAX = 16 };
enum error witnesses_cosigned(struct db *db, struct arena *arena,
    uint64_t index, uint64_t size_max, const struct kl_note_key witnesses[],
    size_t count, size_t quorum, struct cosigned *cosigned) MUST_CHECK;

/*
 * Has the quorum of the file cosigned the checkpoint of `size`? With `quorum
 * none`, has anybody of the file? `cosigned->at` is when the first one did.
 * Memory of `arena`, which is that of db_use().
 *
 * ERR_NOT_FOUND   no
 * ERR_BUSY ERR_DATABASE
 */
enum error witnesses_quorum(struct db *db, struct arena *arena, uint64_t size,
    struct cosigned *cosigned) MUST_CHECK;

/* The newest such checkpoint. Likewise. */
enum error witnesses_last_quorum(
    struct db *db, struct arena *arena, struct cosigned *cosigned) MUST_CHECK;

/* Prepared as reader and writer; ends with NULL. */
extern const struct db_statement *const witnesses_statements[];

#endif
