/* log_audit.h -- what the files of klero log check share. */
#ifndef LOG_AUDIT_H
#define LOG_AUDIT_H

#include "kl_audit.h"
#include "kl_checkpoint.h"
#include "kl_leaf.h"
#include "kl_proof.h"
#include "kl_receipt.h"
#include "kl_sign.h"
#include "kl_tile.h"
#include "kl_trust.h"
#include "kl_view.h"

/* --- where a log is read from (log_source.c) ------------------------------ */

/* A folder or an address; below it stand checkpoint, tile/… and texts/…, and
 * maybe cosigned: the newest checkpoint that its witnesses have cosigned. */
struct audit_source {
	const char *base;    /* without a slash at the end */
	struct fetch *fetch; /* NULL: a folder */
	/* A copy being made: what cannot change is read from there, and what
	 * comes from `base` is put beside it (log_copy.c). NULL: none. */
	const char *copy;
};

/* A file of the log. */
struct audit_file {
	char path[KL_TILE_PATH];
	struct kl_buf bytes;
};

enum audit_got {
	AUDIT_GOT,
	AUDIT_MISSING,
	AUDIT_TOO_LARGE,  /* more than the limit */
	AUDIT_UNREADABLE, /* and the reason is on stderr */
};

/* `base` loses its last slashes. */
void audit_source_open(struct audit_source *source, char *base);

/* Put the bytes under `path` in `out`, emptied before; its limit holds. */
enum audit_got audit_source_read(
    struct audit_source *source, const char *path, struct kl_buf *out);

/* The same of `folder` alone, a path below it. */
enum audit_got audit_folder_read(
    const char *folder, const char *path, struct kl_buf *out);

/*
 * Read the tile or bundle of a log of `size` entries. A log may drop a partial
 * one once the full one is there: then the full one, which begins with it, is
 * read. tlog-tiles. `file->path` is the name of what was read, or missing.
 */
enum audit_got audit_tile_read(struct audit_source *source, uint64_t size,
    int level, uint64_t index, struct audit_file *file);

/*
 * In which bundle of a log of `size` entries stands this one, and at which of
 * its bytes does it begin? False when it cannot be read.
 */
bool audit_locate(struct audit_source *source, uint64_t size, uint64_t index,
    char path[static KL_TILE_PATH], uint64_t *offset);

/* Closing twice does nothing. */
void audit_source_close(struct audit_source *source);

/* --- a copy that is being made (log_copy.c) ------------------------------- */

/* Read what the copy has, or has got in this run; partial tiles only those. */
enum audit_got audit_copy_read(
    const struct audit_source *source, const char *path, struct kl_buf *out);

/* Put it beside the copy until all of it is good; nothing without one. False:
 * it could not be written; told on stderr. */
bool audit_copy_put(const struct audit_source *source, const char *path,
    const void *bytes, size_t size);

/* Before the first file, and when it is not to be had: throw away what was put
 * beside the copy. */
void audit_copy_drop(const char *copy);

/*
 * All is good: move what was put beside the copy to its place, and the
 * checkpoint last; then remove the partial tiles of a log of `old_size` that a
 * larger log does not have. False: it could not be done; told on stderr.
 */
bool audit_copy_take(const char *copy, const struct kl_buf *checkpoint,
    uint64_t old_size, uint64_t size);

/* --- what was found ------------------------------------------------------- */

enum audit_outcome {
	AUDIT_GOOD,
	AUDIT_FAULT,    /* in `fault` */
	AUDIT_UNUSABLE, /* nothing can be said; the reason is on stderr */
};

/* One thing wrong with a log. */
struct audit_fault {
	const char *code;        /* a word for programs */
	const char *why;         /* for people */
	char path[KL_TILE_PATH]; /* the file; "" when it is none in particular
				  */
	bool has_index;
	uint64_t index; /* of the entry */
	bool at_end;    /* of no entry, but of all of them */
	bool has_offset;
	uint64_t offset; /* of its bytes, or what is wrong, in the file */
	/* Somewhere from here to there, both included. */
	bool has_range;
	uint64_t first, last;
	/* Which of those below it goes against; NULL for none. */
	const struct audit_known *known;
	const struct audit_receipt *receipt;
	const struct kl_audit_finding *finding; /* or NULL: about a draw */
};

/* Fill in a fault; always AUDIT_FAULT. */
enum audit_outcome audit_fail(
    struct audit_fault *fault, const char *code, const char *why);
enum audit_outcome audit_fail_entry(struct audit_fault *fault, uint64_t index,
    const char *code, const char *why);

/* --- checkpoints that somebody kept (log_known.c) ------------------------- */

/* What a log must have been once: ours, a supervisor's, a witness's. */
struct audit_known {
	const char *path;
	const char *folder;  /* a whole copy of the log; or NULL */
	struct kl_buf bytes; /* the signed note */
	uint64_t size;
	struct kl_hash root;
};

/* So many files of each sort may be named. */
enum { AUDIT_KNOWN_MAX = 32, AUDIT_RECEIPTS_MAX = 64 };

/* Are its `bytes` a checkpoint of the log of `now`, signed by `key` unless that
 * is NULL? False: `*why` says what they are. */
bool audit_known_take(struct audit_known *known,
    const struct kl_checkpoint *now, const struct kl_note_key *key,
    const char **why);

/*
 * Read the file, the proof file that has one, or the checkpoint of the folder,
 * and check that it is one of the log of `now`, signed by `key` unless that is
 * NULL. False, and the reason is on stderr, if not.
 */
bool audit_known_read(struct audit_known *known,
    const struct kl_checkpoint *now, const struct kl_note_key *key);

/* In the order of their sizes. */
void audit_known_sort(struct audit_known known[], size_t count);

/*
 * The first entry, below both sizes, of which the two have other hashes; by
 * halves of the tree, from the top down. UINT64_MAX when none is found.
 */
uint64_t audit_known_differs(const struct audit_known *known,
    struct audit_source *source, uint64_t size);

/* --- kinds (log_kinds.c) -------------------------------------------------- */

/* Is there such an event? Those of service/event.h, and `sealed`. */
bool audit_kind_known(struct kl_span kind);

/* --- draws (log_draws.c) -------------------------------------------------- */

/* Every draw of the log, and where more of it is read from. */
struct audit_draws;
struct audit_options;

/* Aborts for want of memory. `like` is opened a second time, as what is asked
 * for here is asked for while another thread reads on. */
struct audit_draws *audit_draws_open(const struct audit_source *like,
    uint64_t size, const struct audit_options *options);
void audit_draws_close(struct audit_draws *draws);

/* Entry 0 has said whose log it is. */
void audit_draws_trust(struct audit_draws *draws, const char *origin,
    const struct kl_public_key *key);

/* The next entry, of whatever kind. AUDIT_GOOD, or AUDIT_UNUSABLE: what is
 * wrong is in the end in audit_draws_result(). */
enum audit_outcome audit_draws_take(struct audit_draws *draws, uint64_t index,
    const void *bytes, size_t size, const struct kl_view *leaf);

/* This event was sealed, and the entry has opened it; likewise. */
enum audit_outcome audit_draws_opened(
    struct audit_draws *draws, uint64_t index, const struct kl_view *event);

/* After the last entry: the first finding, or AUDIT_GOOD. */
enum audit_outcome audit_draws_end(
    struct audit_draws *draws, struct audit_fault *fault);

/* All that was found. */
const struct kl_audit *audit_draws_result(const struct audit_draws *draws);

/* --- receipts (log_receipts.c) -------------------------------------------- */

/* What the log has promised to somebody. protocol §7. */
struct audit_receipt {
	const char *path;
	json_t *json; /* all that the strings point into */
	struct kl_receipt said;
	struct kl_signature signature;
	const char *text, *event; /* event: NULL if it was not sealed */
	uint8_t salt[KL_SALT_SIZE];
	/* Or a proof that an entry was there. */
	bool is_proof;
	struct kl_buf bytes; /* that it points into */
	struct kl_proof proof;
	struct kl_hash leaf; /* of the entry with its index */
	bool found;          /* in the log, and as it was promised */
};

/*
 * Read the answer of an act, the receipt in it alone, or a proof file. False,
 * and the reason is on stderr, if it is none.
 */
bool audit_receipt_read(struct audit_receipt *receipt, const char *path);
void audit_receipt_clear(struct audit_receipt *receipt);

struct audit_entries;

/* Has the log that entry 0 tells of signed them all? False: on stderr. */
bool audit_receipts_signed(
    const struct audit_entries *entries, const struct kl_public_key *key);

/* Is this entry what was promised of it, if anything was? */
enum audit_outcome audit_receipts_meet(struct audit_entries *entries,
    uint64_t index, const void *bytes, size_t size, const struct kl_view *leaf,
    struct audit_fault *fault);

/* After the last entry: was each promise kept whose time is over? */
enum audit_outcome audit_receipts_end(const struct audit_entries *entries,
    int64_t now, struct audit_fault *fault);

/* Does each proof show that its entry is in the log, of which its checkpoint is
 * known to be the beginning? False: on stderr. */
bool audit_receipts_prove(const struct audit_entries *entries);

/* --- notices (log_notices.c) ---------------------------------------------- */

/* What sign-ups are sealed for, and until when. */
struct audit_notice {
	uint64_t index; /* where it was published */
	int64_t close;  /* sign-ups are taken before */
	int64_t closed; /* when it was closed, once it was */
	enum { NOTICE_OPEN, NOTICE_CLOSED, NOTICE_OPENED } state;
};

/* An event notice.…: remember it, and see that it comes in its time. */
enum audit_outcome audit_notice_take(struct audit_entries *entries,
    uint64_t index, const struct kl_view *leaf, struct audit_fault *fault);

struct audit_sealed;

/* A sign-up was opened: in its notice's time, as it was made. */
enum audit_outcome audit_notice_opens(struct audit_entries *entries,
    uint64_t index, const struct audit_sealed *sealed,
    const struct kl_view *event, struct audit_fault *fault);

/* How far time has come at the end of a log, and how late things may be. */
struct audit_end {
	int64_t at; /* as its last entry has it, or a witness later */
	int64_t overdue_s;
};

/* After the last entry: has each notice been closed, and then opened, by now?
 * The first that was not. */
enum audit_outcome audit_notices_late(const struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault);

/* May each that is sealed still be sealed? The first that may not. */
enum audit_outcome audit_notices_sealed(const struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault);

/* Of whose sign-up there is a receipt: was it opened with its notice? */
enum audit_outcome audit_notices_promised(struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault);

/* Of how many sealed entries nobody can tell whether they should have been
 * opened with a notice that was, as they may be for another as well. */
struct audit_doubt {
	size_t count;
	uint64_t first; /* the index of the first */
	int64_t until;  /* it is told once the notices are closed that close
			   by then */
};
struct audit_doubt audit_notices_doubt(
    const struct audit_entries *entries, const struct audit_end *end);

/* --- the entries, one after another (log_entries.c) ----------------------- */

/* What is remembered by a key of 16 bytes; grows, and aborts for want of it. */
enum { AUDIT_KEY_SIZE = 16 };

struct audit_slot {
	uint8_t key[AUDIT_KEY_SIZE];
	bool used;
	uint64_t number;
};

struct audit_table {
	struct audit_slot *slots;
	size_t capacity, count;
};

/* The number of this key; 0, and `*is_new`, when it was not there. */
uint64_t *audit_table_at(struct audit_table *table,
    const uint8_t key[static AUDIT_KEY_SIZE], bool *is_new);

/* A leaf that shows a digest until it is opened. */
struct audit_sealed {
	uint64_t index;
	struct kl_event_id id;
	struct kl_hash digest;
	int64_t at;
	bool opened;
};

struct audit_entries;

/* The sealed one at this index, or NULL. */
struct audit_sealed *audit_sealed_find(
    struct audit_entries *entries, uint64_t index);

struct audit_entries {
	uint8_t secret[16];      /* of this run: what keys are made with */
	struct audit_table ids;  /* event id → nothing */
	struct audit_table seqs; /* object → its version */
	struct audit_sealed *sealed;
	size_t sealed_count, sealed_capacity, opened_count;
	size_t sealed_next;  /* where the next to be opened probably is */
	struct kl_buf event; /* that is being opened */
	struct audit_table notice_places; /* subject → place + 1 */
	struct audit_notice *notices;
	size_t notice_count, notice_capacity;
	struct audit_receipt *receipts; /* the caller's */
	size_t receipt_count;
	bool receipts_signed; /* all of them, as entry 0 has it */
	int64_t at;           /* of the last entry */
	bool rehearsal;
	int64_t now;               /* the caller's: no entry is of later */
	bool tree_only;            /* the caller's: entries are any bytes */
	struct audit_draws *draws; /* the caller's */
	/* What entry 0 says of the log; origin "" before it is read. */
	char origin[KL_NOTE_NAME_MAX + 1];
	struct kl_public_key log_key;
};

/*
 * A place for one more in an array of `count` of `capacity` elements; grows,
 * and aborts for want of memory.
 */
void *audit_grow(
    void *array, size_t count, size_t *capacity, size_t element_size);

/* Before the first entry: draws the secret. The rest of it is zeros. */
void audit_entries_begin(struct audit_entries *entries);

/*
 * What a thing is remembered by: a hash of its kind and id, under the secret,
 * so that who writes a log cannot make two alike. Tokens, or no kind and bytes
 * of that size.
 */
void audit_key_make(const struct audit_entries *entries, struct kl_span kind,
    struct kl_span id, uint8_t key[static AUDIT_KEY_SIZE]);

/* An entry by itself, before it is judged among the others. */
struct audit_read {
	const uint8_t *bytes;
	size_t size;
	enum kl_result result; /* of its form; the rest only if it is good */
	bool is_known;         /* its kind */
	struct kl_view view;
	uint8_t id[AUDIT_KEY_SIZE], object[AUDIT_KEY_SIZE];
};

/* Uses nothing of `entries` that changes, so another thread may judge. */
void audit_entry_read(const struct audit_entries *entries, const uint8_t *bytes,
    size_t size, struct audit_read *read);

/* It comes soon: have the memory fetched that judging it needs. */
void audit_entry_expect(
    const struct audit_entries *entries, const struct audit_read *read);

/*
 * Is this a good next entry? Its form, its id, its time, its seq, what it
 * opens, and what was promised of it. Outcome and fault as above.
 */
enum audit_outcome audit_entry(struct audit_entries *entries, uint64_t index,
    const struct audit_read *read, struct audit_fault *fault);

void audit_entries_clear(struct audit_entries *entries);

/* --- from one thread to another (log_queue.c) ----------------------------- */

/* Entries that stand in the tree, and how it went on after them. */
struct audit_bundle {
	struct audit_file file; /* where they are from */
	uint64_t first;         /* the index of the first */
	size_t count;
	struct audit_read entries[KL_TILE_WIDTH];
	bool is_last;
	enum audit_outcome outcome;
	struct audit_fault fault;
};

/*
 * Bundles on their way from the thread that reads them to the one that judges
 * them, in their order. There are few, and each is used again.
 */
struct audit_queue;
struct audit_queue *audit_queue_open(void);
void audit_queue_close(struct audit_queue *queue);

/* For the one who reads: the next to fill; NULL when no more is asked for. */
struct audit_bundle *audit_queue_empty(struct audit_queue *queue);
void audit_queue_give(struct audit_queue *queue);

/* For the one who judges: the next to judge, and that it, or all, is done. */
struct audit_bundle *audit_queue_take(struct audit_queue *queue);
void audit_queue_done(struct audit_queue *queue);
void audit_queue_stop(struct audit_queue *queue);

/* --- the tree (log_tree.c) ------------------------------------------------ */

/*
 * Read every bundle and every tile of the log that `head` is the head of, and
 * hand each entry to audit_entry(), which has a thread of its own. Each of
 * `known`, sorted, must be its beginning. What is found is the first fault.
 */
enum audit_outcome audit_tree(struct audit_source *source,
    const struct kl_checkpoint *head, const struct audit_known known[],
    size_t known_count, struct audit_entries *entries,
    struct audit_fault *fault);

#endif
