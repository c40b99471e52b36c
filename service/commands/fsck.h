/* fsck.h -- what the files of klero fsck that read the database share. */
#ifndef FSCK_H
#define FSCK_H

#include "config.h"
#include "db.h"
#include "fsck_replay.h"
#include "high_water.h"
#include "kl_checkpoint.h"
#include "log_read.h"

/* One run: everything is read in one snapshot. */
struct fsck {
	const struct config *config;
	struct db *db;
	struct arena arena; /* cleared after each chunk */
	struct arena kept;  /* as long as the run */
	struct fsck_report report;
	struct fsck_replay replay;

	struct log_head head;
	uint64_t size;            /* entries there are, without a gap */
	struct kl_note_key key;   /* that checkpoints are signed with */
	bool has_key;             /* false: nobody has told it */
	struct fsck_marks *marks; /* of entries: sealed, opened, a hole */
	bool headless;            /* there is no row log_head */
	bool signups_doubted;     /* so nobody can say who is on a roster */
	bool ids_doubted;         /* so nobody can say what was answered */

	/* Read before the snapshot was taken, so that it is never ahead. */
	enum high_water high_water;
	char note[HIGH_WATER_MAX];
	size_t note_size;
	uint64_t signed_size; /* what it says; 0: nothing */
	struct kl_hash signed_root;
};

/* What becomes of a pass: ERR_OK also when there are findings.
 * ERR_BUSY ERR_DATABASE   the database cannot be read */

/* The entries, the tree over them, tiles, head, seals; and the replay. */
enum error fsck_log(struct fsck *fsck) MUST_CHECK;

/* The replay alone, of another part of the objects. */
enum error fsck_log_again(struct fsck *fsck) MUST_CHECK;

/* The rows of every kind, those of this part of the objects. */
enum error fsck_rows(struct fsck *fsck) MUST_CHECK;

/* log_text, event_private, idempotency, due, signup_group, the schema's
 * journal. */
enum error fsck_texts(struct fsck *fsck) MUST_CHECK;
/* An entry names this text: it is there, and came with it or before. */
enum error fsck_text_of(
    struct fsck *fsck, uint64_t index, const struct kl_hash *sha256) MUST_CHECK;
enum error fsck_private(struct fsck *fsck) MUST_CHECK;
enum error fsck_answers(struct fsck *fsck) MUST_CHECK;
enum error fsck_dues(struct fsck *fsck) MUST_CHECK;
enum error fsck_groups(struct fsck *fsck) MUST_CHECK;
/* Files that were brought in. */
enum error fsck_imports(struct fsck *fsck) MUST_CHECK;
/* Files of evidence. */
enum error fsck_files(struct fsck *fsck) MUST_CHECK;
enum error fsck_seconds(struct fsck *fsck) MUST_CHECK; /* times are whole */
enum error fsck_schema(struct fsck *fsck) MUST_CHECK;

/* Everything a draw consists of, one draw after another. */
enum error fsck_draws(struct fsck *fsck) MUST_CHECK;

/* --- what was signed (fsck_signed.c) -------------------------------------- */

/* The key in entry 0, unless another was given; and what the high-water file
 * says. Before fsck_log(). */
enum error fsck_signed_open(struct fsck *fsck) MUST_CHECK;

struct fsck_checkpoint {
	uint64_t size;
	struct kl_hash root;
	struct db_blob note;
};

/* The checkpoints of sizes from `from` + 1 to `end`, into the arena. */
enum { FSCK_CHECKPOINTS_MAX = 1024 };
enum error fsck_checkpoints_read(struct fsck *fsck, uint64_t from, uint64_t end,
    struct fsck_checkpoint *list, size_t *count) MUST_CHECK;

/* Judge one; `root` is that of the entries, NULL when nobody knows it. */
void fsck_checkpoint(struct fsck *fsck,
    const struct fsck_checkpoint *checkpoint, const struct kl_hash *root);

/* The high-water file against the root of the entries at its size, NULL when
 * nobody knows it. */
void fsck_high_water(struct fsck *fsck, const struct kl_hash *root);

/* Checkpoints that should be there, and those beyond the end. */
enum error fsck_signed_end(struct fsck *fsck) MUST_CHECK;

/* Cosignatures of witnesses, against their checkpoints. fsck_cosigned.c */
enum error fsck_cosigned(struct fsck *fsck) MUST_CHECK;

/* --- entries that cannot be trusted (fsck_marks.c) ------------------------ */

enum fsck_mark {
	FSCK_HOLE,   /* missing, or its bytes are not what was hashed */
	FSCK_SEALED, /* shows a digest of an event that is there */
	FSCK_OPENED,
	FSCK_ANSWERED, /* the first of an act whose answer is kept */
	FSCK_MARKS
};

struct fsck_marks *fsck_marks_open(void);
void fsck_marks_close(struct fsck_marks *marks); /* NULL is fine */
void fsck_mark(struct fsck_marks *marks, enum fsck_mark mark, uint64_t index);
bool fsck_is_marked(
    const struct fsck_marks *marks, enum fsck_mark mark, uint64_t index);

/* --- one entry (fsck_entry.c) --------------------------------------------- */

/* A row of log_entry, and what stands beside it elsewhere. */
struct fsck_entry {
	uint64_t index;
	struct kl_event_id id;
	struct kl_hash leaf;
	const char *kind, *subject;
	struct db_blob bytes;
	/* Of event_private. */
	uint64_t has_event, has_members;
	uint8_t salt[KL_SALT_SIZE];
	const char *event, *opens_with;
	/* Of the entry that this one opens: its leaf, or NULL. */
	const char *opened;
};

/* Judge the entry, which was hashed into the tree, and replay it. */
enum error fsck_entry(
    struct fsck *fsck, const struct fsck_entry *entry) MUST_CHECK;

/* Its bytes are not those that were hashed, so nothing is known of it. */
void fsck_entry_lost(struct fsck *fsck, const struct fsck_entry *entry);

/* The event of an entry, wherever it stands: the leaf's, or what was sealed.
 * `*value` is the caller's. ERR_NOT_FOUND: it cannot be read. */
enum error fsck_event_at(struct fsck *fsck, uint64_t index, json_t **value,
    struct kl_leaf *leaf) MUST_CHECK;

#endif
