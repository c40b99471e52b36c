/* fsck_draw.h -- one draw as the log tells it, beside its rows. */
#ifndef FSCK_DRAW_H
#define FSCK_DRAW_H

#include "draw_private.h"
#include "fsck.h"
#include "kl_declare.h"
#include "notices.h"
#include "policies.h"

enum { FSCK_DRAW_TEXTS_MAX = 4096, FSCK_DRAW_EVENTS_MAX = 8192 };

/* A text that an event of the draw has. */
struct fsck_draw_text {
	const char *file;
	struct kl_hash hash;
	char hex[KL_HASH_HEX];
	uint64_t index;
	const char *bytes;
	size_t size;
};

struct fsck_draw_event {
	uint64_t index;
	enum event event;
	json_t *value; /* to json_decref() */
	struct kl_leaf leaf;
};

struct fsck_draw_struck {
	const char *entry, *reason, *evidence;
};

/* A party, and what came of it. */
struct fsck_draw_party {
	const char *commit, *signature;
	uint64_t commit_index, reveal_index;
	const struct fsck_draw_text *reveal;
};

struct fsck_draw {
	struct fsck *fsck;
	struct arena *arena;
	const struct draw *row;      /* as it is stored */
	struct draw *told;           /* as the log tells */
	const struct notice *notice; /* as it was published */
	const struct policy *policy; /* as it was adopted */
	struct fsck_draw_event *events;
	size_t event_count;
	struct fsck_draw_text *texts;
	size_t text_count;
	bool unreadable; /* something of it cannot be read, told elsewhere */

	bool declared;
	struct kl_declare declare;
	struct kl_seed seed; /* as the beacon makes it, all but its seal */
	struct fsck_draw_party parties[KL_PARTIES_MAX];
	uint64_t drafted_index;

	struct fsck_draw *earlier; /* the attempt before, if it was read */
};

/* --- reading it (fsck_draw_read.c) ---------------------------------------- */

/*
 * The row of the draw `id`, its events and their texts. ERR_OK with
 * `unreadable` when they are not all there; else as all of fsck.h.
 * fsck_draw_clear() after, which clears the earlier ones, too.
 */
enum error fsck_draw_read(
    struct fsck_draw *draw, const char *id, uint64_t seq) MUST_CHECK;
void fsck_draw_clear(struct fsck_draw *draw);

/* NULL: the log has no such text. */
const struct fsck_draw_text *fsck_draw_text(
    const struct fsck_draw *draw, const char *file);

/*
 * Is the text, if there is one, these bytes, which were made with this result?
 * Else tell the draw's `member`. `bytes` is given back.
 */
void fsck_draw_compare(const struct fsck_draw *draw, enum fsck_code code,
    const char *file, const char *member, struct kl_buf *bytes,
    enum kl_result result);

/* The row that an after-image was made of, without what it hides. */
void *fsck_row_of(const struct kind *kind, const char *id, const json_t *data,
    struct arena *arena);

/* --- what the log tells of it (fsck_draw_told.c) -------------------------- */

enum error fsck_draw_tell(struct fsck_draw *draw) MUST_CHECK;

/* Its notice and its policy; without them it is unreadable. */
enum error fsck_draw_terms(struct fsck_draw *draw) MUST_CHECK;

/* The draw whose end this declaration names: the attempt before. NULL: there
 * is none. */
enum error fsck_draw_previous(struct fsck *fsck,
    const struct kl_declare *declare, const char **id) MUST_CHECK;

/* --- its parts -------------------------------------------------------------
 * Each tells what is wrong. */

/* Texts, parties, ranks, replacements, dues (fsck_draw_rows.c). */
enum error fsck_draw_rows(struct fsck_draw *draw) MUST_CHECK;
/* Who may be drawn (fsck_draw_roster.c). */
enum error fsck_draw_roster(struct fsck_draw *draw) MUST_CHECK;
/* Lock, seal, seed and result follow from what was brought
 * (fsck_draw_follows.c). */
void fsck_draw_follows(struct fsck_draw *draw);
/* The pack of one that is closed verifies, with the attempts before it
 * (fsck_draw_pack.c). */
enum error fsck_draw_pack(struct fsck_draw *draw) MUST_CHECK;

/* --- rows beside what they should be (fsck_compare.c) --------------------- */

enum { FSCK_CELLS_MAX = 8 };

/* A row as texts: its key in the draw, and its columns. */
struct fsck_cells {
	const char *key;
	const char *cells[FSCK_CELLS_MAX];
};

/* A statement that takes the draw and gives key and columns, ascending by the
 * bytes of the key. */
struct fsck_part {
	const char *table;
	struct db_statement select;
	const char *columns[FSCK_CELLS_MAX + 1]; /* ends with NULL */
	bool key_is_whole; /* the key is not told behind that of the draw */
};

/* `wanted` ascends by key. */
enum error fsck_compare(struct fsck *fsck, const struct fsck_part *part,
    const char *draw, const struct fsck_cells wanted[],
    size_t count) MUST_CHECK;

#endif
