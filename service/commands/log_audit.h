/* log_audit.h -- what the files of klero log check share. */
#ifndef LOG_AUDIT_H
#define LOG_AUDIT_H

#include "kl_checkpoint.h"
#include "kl_leaf.h"
#include "kl_tile.h"
#include "kl_trust.h"

/* --- where a log is read from (log_source.c) -------------------------------
 */

/* A folder or an address; below it stand checkpoint and tile/…. */
struct audit_source {
	const char *base; /* without a slash at the end */
	void *curl;       /* NULL: a folder */
};

enum audit_got {
	AUDIT_GOT,
	AUDIT_MISSING,
	AUDIT_TOO_LARGE,  /* more than the limit */
	AUDIT_UNREADABLE, /* and the reason is on stderr */
};

/* `base` loses its last slashes. False: no connection can be made at all. */
bool audit_source_open(struct audit_source *source, char *base);

/* Put the bytes under `path` in `out`, emptied before; its limit holds. */
enum audit_got audit_source_read(
    struct audit_source *source, const char *path, struct kl_buf *out);

/* Closing twice does nothing. */
void audit_source_close(struct audit_source *source);

/* --- what was found --------------------------------------------------------
 */

enum audit_outcome {
	AUDIT_GOOD,
	AUDIT_FAULT,    /* in `fault` */
	AUDIT_UNUSABLE, /* nothing can be said; the reason is on stderr */
};

/* The first thing wrong with a log. */
struct audit_fault {
	const char *code; /* a word for programs */
	const char *why;  /* for people */
	char
	    path[KL_TILE_PATH]; /* the file; "" when it is none in particular */
	bool has_index;
	uint64_t index; /* of the entry */
};

/* --- the entries, one after another (log_entries.c) -------------------------
 */

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

struct audit_entries {
	struct audit_table ids;  /* event id → nothing */
	struct audit_table seqs; /* object → its version */
	struct audit_sealed *sealed;
	size_t sealed_count, sealed_capacity, opened_count;
	int64_t at; /* of the last entry */
	bool rehearsal;
	/* What entry 0 says of the log; origin "" before it is read. */
	char origin[KL_NOTE_NAME_MAX + 1];
	struct kl_public_key log_key;
};

/*
 * Is this a good next entry? Its form, its id, its time, its seq, and what it
 * opens. Outcome and fault as above.
 */
enum audit_outcome audit_entry(struct audit_entries *entries, uint64_t index,
    const uint8_t *bytes, size_t size, struct audit_fault *fault);

void audit_entries_clear(struct audit_entries *entries);

/* --- the tree (log_tree.c) --------------------------------------------------
 */

/* A tree that must be found on the way: an older head of this log. */
struct audit_head {
	uint64_t size;
	struct kl_hash root;
};

/*
 * Read every bundle and every tile of the log that `head` is the head of, and
 * hand each entry to audit_entry(). `older`, unless NULL, must be its
 * beginning.
 */
enum audit_outcome audit_tree(struct audit_source *source,
    const struct audit_head *head, const struct audit_head *older,
    struct audit_entries *entries, struct audit_fault *fault);

/* Fill in a fault; always AUDIT_FAULT. */
enum audit_outcome audit_fail(
    struct audit_fault *fault, const char *code, const char *why);
enum audit_outcome audit_fail_entry(struct audit_fault *fault, uint64_t index,
    const char *code, const char *why);

#endif
