/* draw_shown.c -- a draw as the published log tells it, and no further.
 *
 * Rows are ahead of the checkpoint: they say what is committed. Who looked at
 * them in between would know more than the log tells everybody.
 */
#include "draw_private.h"
#include "list.h"
#include "publisher.h"
#include "route.h"

#include <string.h>

/* The texts that no checkpoint covers yet. */
static const struct db_statement select_ahead = {
	"SELECT file FROM draw_text WHERE draw = ? AND event_index >= ?",
};

static const struct db_statement select_covered = {
	"SELECT COUNT(*), COALESCE(MAX(idx), 0) FROM log_entry"
	" WHERE subject = ? AND idx < ?",
};

/* The member that a text gives its hash to. */
static const struct {
	const char *file;
	size_t offset;
} hashes[] = {
	{ "draft.txt", offsetof(struct draw, draft_hash) },
	{ "roster.txt", offsetof(struct draw, roster_hash) },
	{ "names.txt", offsetof(struct draw, names_hash) },
	{ "excluded.txt", offsetof(struct draw, excluded_hash) },
	{ "declare.txt", offsetof(struct draw, declare_hash) },
	{ "lock.txt", offsetof(struct draw, lock_hash) },
	{ "seal.txt", offsetof(struct draw, seal_hash) },
	{ "beacon.txt", offsetof(struct draw, beacon_value) },
	{ "seed.txt", offsetof(struct draw, seed_hash) },
	{ "result.txt", offsetof(struct draw, result_hash) },
	{ "close.txt", offsetof(struct draw, close_hash) },
};

static void take_back_end(struct draw *draw)
{
	draw->project_lock = draw->project;
	draw->outcome = draw->reason = NULL;
	draw->known = 0;
	draw->closed_at = DB_TIME_NONE;
}

static void take_back_times(struct draw *draw)
{
	draw->commit_by = draw->reveal_by = draw->beacon_time = DB_TIME_NONE;
	draw->beacon_source = NULL;
	draw->beacon_round = 0;
}

static void take_back(struct draw *draw, const char *file)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++)
		if (strcmp(file, hashes[i].file) == 0)
			*(const char **)((char *)draw + hashes[i].offset) =
			    NULL;
	if (strcmp(file, "close.txt") == 0)
		take_back_end(draw);
	else if (strcmp(file, "declare.txt") == 0)
		take_back_times(draw);
	else if (strncmp(file, "replace", strlen("replace")) == 0)
		draw->replacements--;
	else if (strcmp(file, "annul.txt") == 0)
		draw->project_lock = draw->project;
}

/* Where it stood when this was all there was. */
static const char *state_of(const struct draw *draw)
{
	return draw->close_hash     ? "closed"
	       : draw->seal_hash    ? "sealed"
	       : draw->lock_hash    ? "locked"
	       : draw->declare_hash ? "declared"
				    : "drafted";
}

static enum error take_back_texts(
    struct request *request, uint64_t published, struct draw *draw)
{
	const char *file;
	bool any = false;

	db_query(request->db, &select_ahead,
	    DB_IN(db_text(draw->object.id), db_u64(published)),
	    DB_OUT(db_to_text(&file)));
	while (db_next(request->db)) {
		take_back(draw, file);
		any = true;
	}
	if (any)
		draw->object.state = state_of(draw);
	return db_finish(request->db);
}

enum error draw_show(struct request *request, void *row)
{
	const uint64_t published = request->published->size;
	struct draw *draw = row;
	struct object *object = &draw->object;
	enum error error;

	if (object->event_index < published)
		return ERR_OK;
	/* To drop it is the last that happens, and has no text. */
	if (strcmp(object->state, "dropped") == 0) {
		object->state = "drafted";
		take_back_end(draw);
	}
	if (strcmp(object->state, "stopped") == 0) {
		object->state = "sealed";
		draw->reason = draw->detail = NULL;
	}
	error = take_back_texts(request, published, draw);
	if (error)
		return error;
	if (!draw->draft_hash)
		return ERR_NOT_FOUND;
	return db_row(request->db, &select_covered,
	    DB_IN(db_text(object->id), db_u64(published)),
	    DB_OUT(db_to_u64(&object->seq), db_to_u64(&object->event_index)));
}

enum error draw_find_shown(
    struct request *request, const char *id, struct draw **draw)
{
	const void *row;
	enum error error = list_find(request, &draw_kind, id, &row);

	if (error)
		return error;
	*draw = kind_copy(&draw_kind, row, &request->arena);
	return draw_show(request, *draw);
}

static const struct db_statement *const reads[] = {
	&select_ahead,
	&select_covered,
	NULL,
};

const struct resource draw_shown_resource = { .reads = reads };
