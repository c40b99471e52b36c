/* fsck_draw_roster.c -- who may be drawn: signed up, not withdrawn, not
 * excluded when it was judged nor struck off since. */
#include "fsck_draw.h"

#include "kl_roster.h"

#include <stdlib.h>
#include <string.h>

/* The events that judged the sign-ups, by credit code. */
static const struct db_statement select_judged = {
	"SELECT e.bytes FROM signup s JOIN log_entry e ON e.idx = s.event_index"
	" WHERE s.notice = ? AND s.state IN ('included', 'excluded')"
	" ORDER BY s.institution",
};

static const struct db_statement select_struck = {
	"SELECT subject, bytes FROM log_entry WHERE subject >= ?"
	" AND subject < ? AND kind = 'draw.struck' ORDER BY idx",
};

static const struct fsck_part entrants_part = {
	"draw_entrant",
	{ "SELECT entry, name, reason, evidence FROM draw_entrant"
	  " WHERE draw = ? ORDER BY entry" },
	{ "name", "reason", "evidence", NULL },
	false,
};

/* Everybody, ascending by credit code. */
struct roll {
	struct entrant *list;
	size_t count, capacity;
};

/* --- from the log --------------------------------------------------------- */

static void add(struct fsck_draw *draw, struct roll *roll, const json_t *data)
{
	const char *names[] = { "institution", "name", "reason", "evidence" };
	const char *words[4];

	if (roll->count == roll->capacity) {
		struct entrant *before = roll->list;

		roll->capacity = 2 * roll->capacity + 64;
		roll->list = arena_alloc(
		    draw->arena, roll->capacity * sizeof(*roll->list));
		if (before)
			memcpy(roll->list, before,
			    roll->count * sizeof(*roll->list));
	}
	for (size_t i = 0; i < 4; i++)
		words[i] = arena_copy(draw->arena,
		    json_string_value(json_object_get(data, names[i])));
	roll->list[roll->count++] =
	    (struct entrant){ words[0], words[1], words[2], words[3] };
}

static enum error read_judged(struct fsck_draw *draw, struct roll *roll)
{
	struct db_blob bytes;

	db_query(draw->fsck->db, &select_judged,
	    DB_IN(db_text(draw->told->notice)), DB_OUT(db_to_blob(&bytes)));
	while (db_next(draw->fsck->db)) {
		json_auto_t *value = NULL;
		struct kl_leaf leaf;

		if (!kl_leaf_read(
			(const char *)bytes.bytes, bytes.size, &value, &leaf))
			add(draw, roll, leaf.data);
	}
	return db_finish(draw->fsck->db);
}

static struct entrant *find(struct roll *roll, const char *uscc)
{
	size_t low = 0, high = roll->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(roll->list[middle].uscc, uscc);

		if (order == 0)
			return &roll->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The draws of a notice are numbered, D-…-<n>. */
static unsigned long nth(const char *id)
{
	const char *end = strrchr(id, '-');

	return end ? strtoul(end + 1, NULL, 10) : 0;
}

static void strike(
    struct fsck_draw *draw, struct roll *roll, const struct db_blob *bytes)
{
	json_auto_t *value = NULL;
	struct entrant *entrant;
	struct kl_leaf leaf;
	const char *entry, *reason, *evidence;

	if (kl_leaf_read(
		(const char *)bytes->bytes, bytes->size, &value, &leaf) ||
	    json_unpack((json_t *)leaf.data, "{s:s, s:s, s:s}", "entry", &entry,
		"reason", &reason, "evidence", &evidence))
		return;
	entrant = find(roll, entry);
	if (!entrant)
		return;
	entrant->reason = arena_copy(draw->arena, reason);
	entrant->evidence = arena_copy(draw->arena, evidence);
}

/* In the drafts up to number `last` of its notice. */
static enum error strike_off(
    struct fsck_draw *draw, struct roll *roll, unsigned long last)
{
	const char *id = draw->row->object.id;
	const char *begin =
	    arena_text(draw->arena, id, (size_t)(strrchr(id, '-') - id + 1));
	const char *end = arena_format(draw->arena, "%s~", begin);
	const char *subject;
	struct db_blob bytes;

	db_query(draw->fsck->db, &select_struck,
	    DB_IN(db_text(begin), db_text(end)),
	    DB_OUT(db_to_text(&subject), db_to_blob(&bytes)));
	while (db_next(draw->fsck->db))
		if (nth(subject) <= last)
			strike(draw, roll, &bytes);
	return db_finish(draw->fsck->db);
}

/* --- its texts ------------------------------------------------------------ */

static void check_text(struct fsck_draw *draw, const char *file,
    const char *member, struct kl_buf *bytes, enum kl_result result)
{
	fsck_draw_compare(draw, FSCK_ROSTER, file, member, bytes, result);
}

static void check_roster(struct fsck_draw *draw, const struct roll *roll,
    const char *file, const char *member)
{
	struct kl_entry *list =
	    arena_alloc(draw->arena, (roll->count + 1) * sizeof(*list));
	struct kl_roster roster = { .draw = kl_span_of(draw->row->object.id),
		.entries = list };
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < roll->count; i++)
		if (!roll->list[i].reason)
			list[roster.count++] =
			    (struct kl_entry){ kl_span_of(roll->list[i].uscc),
				    1 };
	check_text(
	    draw, file, member, &bytes, kl_roster_write(&roster, &bytes));
}

static void check_names(struct fsck_draw *draw, const struct roll *roll)
{
	struct kl_named *list =
	    arena_alloc(draw->arena, (roll->count + 1) * sizeof(*list));
	struct kl_names names = { .entries = list };
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < roll->count; i++)
		if (!roll->list[i].reason)
			list[names.count++] =
			    (struct kl_named){ kl_span_of(roll->list[i].uscc),
				    kl_span_of(roll->list[i].name) };
	check_text(draw, "names.txt", "names_hash", &bytes,
	    kl_names_write(&names, &bytes));
}

static void check_excluded(struct fsck_draw *draw, const struct roll *roll)
{
	struct kl_exclusion *list =
	    arena_alloc(draw->arena, (roll->count + 1) * sizeof(*list));
	struct kl_excluded excluded = {
		.draw = kl_span_of(draw->row->object.id), .entries = list
	};
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < roll->count; i++) {
		const struct entrant *from = &roll->list[i];
		struct kl_exclusion *to = &list[excluded.count];

		if (!from->reason)
			continue;
		excluded.count++;
		to->id = kl_span_of(from->uscc);
		to->reason = kl_span_of(from->reason);
		to->has_evidence =
		    from->evidence &&
		    !kl_unhex(from->evidence, strlen(from->evidence),
			to->evidence.bytes, KL_HASH_SIZE);
	}
	check_text(draw, "excluded.txt", "excluded_hash", &bytes,
	    kl_excluded_write(&excluded, &bytes));
}

/* --- its rows ------------------------------------------------------------- */

static enum error check_rows(struct fsck_draw *draw, const struct roll *roll)
{
	struct fsck_cells *wanted =
	    arena_alloc(draw->arena, (roll->count + 1) * sizeof(*wanted));

	for (size_t i = 0; i < roll->count; i++)
		wanted[i] = (struct fsck_cells){ roll->list[i].uscc,
			{ roll->list[i].name, roll->list[i].reason,
			    roll->list[i].evidence } };
	return fsck_compare(draw->fsck, &entrants_part, draw->row->object.id,
	    wanted, roll->count);
}

enum error fsck_draw_roster(struct fsck_draw *draw)
{
	unsigned long own = nth(draw->row->object.id);
	struct roll roll = { 0 };
	enum error error;

	if (draw->fsck->signups_doubted || draw->fsck->replay.holes)
		return ERR_OK;
	error = read_judged(draw, &roll);
	if (!error)
		error = strike_off(draw, &roll, own - 1);
	if (error)
		return error;
	check_roster(draw, &roll, "draft.txt", "draft_hash");
	error = strike_off(draw, &roll, own);
	if (error)
		return error;
	check_roster(draw, &roll, "roster.txt", "roster_hash");
	check_names(draw, &roll);
	check_excluded(draw, &roll);
	return check_rows(draw, &roll);
}
