/* party.h -- klero party: one party's whole work in one draw. protocol §3. */
#ifndef PARTY_H
#define PARTY_H

#include "kl_leaf.h"
#include "kl_party.h"
#include "kl_proof.h"
#include "kl_steps.h"
#include "kl_tile.h"
#include "verdict.h"

/* What klero party exits with, beside COMMAND_DONE, _REFUSED, _UNUSABLE. */
enum {
	PARTY_NOT_YET = 3, /* nothing is wrong: come again later */
	PARTY_LATE = 4,    /* the time for it has passed */
	PARTY_HAND = 5,    /* the service does not take it: hand it to others */
};

/* How far to go. Each has all before it. */
enum party_goal { GOAL_CHECK, GOAL_COMMIT, GOAL_REVEAL, GOAL_CLOSE };

struct party_options {
	const char *url, *draw, *folder, *key, *trust;
	const char *dice;             /* what the secret is made of, or NULL */
	const struct kl_hash *roster; /* or NULL */
	const struct kl_chain *chain; /* to accept, or NULL */
	const struct kl_certificate *certificate; /* likewise */
	enum party_goal goal;
	bool wait, rehearsal;
	enum verdict_language language;
};

/* --- files of a pack, as far as there are any ----------------------------- */

enum { PARTY_FILES_MAX = 160, PARTY_NAME_SIZE = 80 };

struct party_set {
	struct {
		char name[PARTY_NAME_SIZE];
		struct kl_buf bytes;
	} list[PARTY_FILES_MAX];
	size_t count;
	struct kl_file files[PARTY_FILES_MAX]; /* party_set_files() */
};

/* An entry of this draw in the log. */
struct party_event {
	uint64_t index;
	char stem[PARTY_NAME_SIZE]; /* as in a pack; "": none there */
	struct kl_buf leaf;
};
enum { PARTY_EVENTS_MAX = 4096 };

enum { PARTY_TILES = 8 };

/* The log as it is served, and as we know it. */
struct party_log {
	const struct kl_note_key *key; /* once a checkpoint was read */
	struct kl_buf note;            /* the newest, which we have checked */
	struct kl_checkpoint checkpoint;
	bool grown;         /* since the look before */
	bool behind_events; /* they did not reach as far as the checkpoint */
	unsigned behind;
	struct {
		struct kl_tile tile;
		struct kl_buf bytes;
	} tiles[PARTY_TILES];
	size_t tiles_used;
	struct kl_public_key receipt_key;
	bool has_receipt_key;
};

/* What we have said, or will: a commitment, a reveal. */
struct party_deed {
	bool done;        /* it is in the log, or there is a receipt for it */
	bool pending;     /* its file is written, to be handed on if need be */
	bool has_receipt; /* else the next three mean nothing */
	uint64_t index;
	struct kl_hash leaf;
	int64_t by;         /* by then a checkpoint shows it; since 1970 */
	bool told_it_broke; /* though the log has it elsewhere */
};

struct party {
	const struct party_options *options;
	struct kl_buf trust_text;
	struct kl_trust trust;
	struct kl_pack_options pack;
	struct kl_signer signer;
	int folder_lock; /* a descriptor */

	struct fetch *fetch;
	struct kl_buf answer; /* of the last request */
	long status, retry_after_s;

	struct party_log log;
	struct party_event *events;
	size_t event_count;
	struct party_set texts;         /* by name: the freeze, the lock, … */
	struct party_event previous[3]; /* of the attempt before this one */
	size_t previous_count;
	bool has_previous;      /* all there are of these */
	struct kl_buf declared; /* the checkpoint that we committed after */

	struct kl_pack_report report;
	struct kl_party_told told; /* points into `texts` */
	int64_t now;
	int64_t deadline; /* of the next step; INT64_MAX: not known */
	int64_t since;    /* when it began to wait for what it waits for */

	struct kl_buf secret; /* the commit text; empty: there is none */
	struct kl_hash commit;
	struct kl_signature signature;
	struct party_deed committed, revealed;
	enum kl_party_code told_last; /* so that nothing is said twice */
	char about[PARTY_NAME_SIZE + 256];
};

/* Files of the folder: what we say, and what we were promised for it. */
#define PARTY_COMMITMENT         "commitment.json"
#define PARTY_REVEAL             "reveal.json"
#define PARTY_COMMITMENT_RECEIPT "receipt-commitment.json"
#define PARTY_REVEAL_RECEIPT     "receipt-reveal.json"

/* --- party_say.c ---------------------------------------------------------- */

/* A line for people, in their language; both formats take the same. */
void party_say(const struct party *party, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Why it does not go on, once. */
void party_tell(struct party *party, enum kl_party_code code);
/* What we exit with then. */
int party_exit(enum kl_party_code code);
/* Remember what a code is about. */
enum kl_party_code party_about(
    struct party *party, enum kl_party_code code, const char *about);

/* --- party_set.c ---------------------------------------------------------- */

/* A new, empty file of this name; NULL: there is one, or no room. */
struct kl_buf *party_set_add(struct party_set *set, const char *name);
/* The file of this name, or NULL. */
const struct kl_buf *party_set_find(
    const struct party_set *set, const char *name);
/* All of them; valid until the set changes. */
const struct kl_file *party_set_files(struct party_set *set);
void party_set_clear(struct party_set *set);

/* --- party_http.c --------------------------------------------------------- */

void party_http_open(struct party *party);
void party_http_close(struct party *party);
/*
 * Ask; the body is in party->answer, its status in party->status: 0 when
 * there was no whole answer. True for status 200.
 */
bool party_get(struct party *party, const char *path, size_t size_max);
/* Likewise with a body of JSON; true for any success. */
bool party_post(struct party *party, const char *path, const char *body);
/* The answer as JSON, to json_decref(); NULL when it is none. */
json_t *party_answer_json(const struct party *party);
/* What the service says is wrong: its code and detail. */
void party_problem(struct party *party);

/* --- party_folder.c ------------------------------------------------------- */

/* Make the folder, take it for us alone. */
enum kl_party_code party_folder_open(struct party *party);
void party_folder_close(struct party *party);
/* Read a file of it; 0 or a number of errno.h. */
int party_folder_read(
    const struct party *party, const char *name, struct kl_buf *out);
/* Put it there, whole, and on disk. FOLDER_BAD */
enum kl_party_code party_folder_write(struct party *party, const char *name,
    const void *bytes, size_t size, mode_t mode);
/* Keep what was checked, in the folder `checked`. FOLDER_BAD */
enum kl_party_code party_folder_keep(
    struct party *party, struct party_set *set);
/* The path of a file in it. */
enum { PARTY_PATH_SIZE = 4096 };
void party_folder_path(const struct party *party, const char *name,
    char path[static PARTY_PATH_SIZE]);

/* --- party_secret.c ------------------------------------------------------- */

/* Read the secret if there is one: the same each time. It must be of this
 * declaration and party. */
enum kl_party_code party_secret_read(struct party *party);
/* Make it, once, and on disk; only when there is none. */
enum kl_party_code party_secret_make(struct party *party);

/* --- party_log.c ---------------------------------------------------------- */

/* Fetch the newest checkpoint, or the newest that is cosigned if we need
 * witnesses: signed, and a continuation of all we have seen. */
enum kl_party_code party_log_look(struct party *party);
/* Is that tree the beginning of this one? */
enum kl_party_code party_log_grew(
    struct party *party, const struct kl_checkpoint *old);
/* The proof that this entry is in the log now, as a file. */
enum kl_party_code party_log_prove(
    struct party *party, uint64_t index, struct kl_buf *out);
/*
 * Does the newest checkpoint, cosigned or not, show this leaf there? It is
 * asked for, and not kept. RECEIPT_BROKEN: it does not. LOG_SIGNATURE,
 * UNREACHABLE
 */
enum kl_party_code party_log_shows(
    struct party *party, uint64_t index, const struct kl_hash *leaf);
/* How the log went from one size to another, as a step. */
enum kl_party_code party_log_step(
    struct party *party, uint64_t old_size, struct kl_step *step);
/* The receipt key of entry 0. */
enum kl_party_code party_log_receipt_key(struct party *party);

/* --- party_look.c --------------------------------------------------------- */

/* What the log has of this draw by now. */
enum kl_party_code party_look(struct party *party);
const struct party_event *party_event_of(
    const struct party *party, const char *stem);
/* The entry of this draw that stands there, or NULL. */
const struct party_event *party_event_at(
    const struct party *party, uint64_t index);
/* The pack so far, for kl_party_check(): what that step is about. */
enum kl_party_code party_gather(
    struct party *party, enum kl_party_step step, struct party_set *set);
/* An entry as the service gives it: its index, its bytes, what it says. */
enum kl_party_code party_event_read(json_t *item, uint64_t *index,
    struct kl_buf *bytes, json_t **value, struct kl_leaf *leaf);
/* Keep the text of such an entry, as <stem>.txt. */
enum kl_party_code party_text_take(
    struct party *party, const char *stem, const json_t *data);
/* The entry and its proof, as files of a pack. */
enum kl_party_code party_event_put(struct party *party, struct party_set *set,
    const char *prefix, const struct party_event *event);

/* --- party_previous.c ----------------------------------------------------- */

/* What the log has of the attempt before this one, if there was one. */
enum kl_party_code party_previous_look(struct party *party);
/* That as files of a pack, beside its texts. */
enum kl_party_code party_previous_gather(
    struct party *party, struct party_set *set);
void party_previous_clear(struct party *party);

/* --- party_act.c ---------------------------------------------------------- */

/* The declaration as we hold it, and our place in it; false: we have none. */
bool party_read_declare(struct party *party);
/* May we? All checks of protocol §3, with what the log has now; `set`, to be
 * cleared, is what was checked. */
enum kl_party_code party_check(
    struct party *party, enum kl_party_step step, struct party_set *set);
enum kl_party_code party_commit(struct party *party);
enum kl_party_code party_reveal(struct party *party);

/* --- party_receipt.c ------------------------------------------------------ */

/* Check the receipt that an answer holds: of the log, signed. */
enum kl_party_code party_receipt_check(struct party *party,
    const struct kl_buf *answer, struct kl_receipt *receipt, json_t **json);
/* Check and keep that of the last answer; of two the first, for that is the
 * promise that binds. */
enum kl_party_code party_receipt_take(
    struct party *party, struct party_deed *deed, const char *name);
/* One that was kept before; it is none if it is not good. */
void party_receipt_read(
    struct party *party, struct party_deed *deed, const char *name);
/*
 * Does the log hold what it has promised? Asked of each receipt once its entry
 * should be there: its index is in the log, or its time has passed. One that
 * is broken is only told when the log has ours elsewhere, since somebody
 * brought it.
 * RECEIPT_BROKEN   it does not; `about` names the receipt
 * RECEIPT_BAD      it was given for somebody else's entry
 * LOG_SIGNATURE UNREACHABLE
 */
enum kl_party_code party_receipts_hold(struct party *party);

/* --- party_wait.c --------------------------------------------------------- */

/* Sleep until it is worth asking again, after so many failures in a row. */
void party_pause(const struct party *party, unsigned failures);
/* Is it too late for the next step? */
bool party_is_over(const struct party *party);

/* --- party_pack.c --------------------------------------------------------- */

/* Fetch the pack, verify it, keep it, and say what it proves. */
enum kl_party_code party_pack(struct party *party);

/* --- party_hand.c --------------------------------------------------------- */

/* What can be handed on, as a file: it proves itself. */
enum kl_party_code party_hand_write(
    struct party *party, const char *kind, const char *name, json_t *body);
int party_hand(const struct party_options *options);
int party_bring(struct party *party, const char *file);

#endif
