/* fsck_draws.c -- each draw, with all that is stored of it. */
#include "fsck_draw.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 200, TOLD_MAX = 100, KEY_SIZE = 192 };

static const struct db_statement select_ids = {
	"SELECT id FROM draw WHERE id > ? ORDER BY id LIMIT ?",
};

#define STRAY(table_)                                                          \
	{                                                                      \
#table_,                                                       \
		{                                                              \
			"SELECT DISTINCT t.draw FROM " #table_                 \
			" t LEFT JOIN log_entry e ON e.subject = t.draw"       \
			" AND e.kind = 'draw.drafted' WHERE e.idx IS NULL"     \
			" LIMIT ?"                                             \
		}                                                              \
	}
/* Rows of draws that the log does not tell of. */
static const struct {
	const char *table;
	struct db_statement select;
} strays[] = {
	STRAY(draw_text),
	STRAY(draw_entrant),
	STRAY(draw_party),
	STRAY(draw_rank),
	STRAY(draw_replacement),
};

static enum error judge(struct fsck_draw *draw)
{
	enum error error = fsck_draw_tell(draw);

	if (error || draw->unreadable)
		return error;
	error = fsck_draw_rows(draw);
	if (!error)
		error = fsck_draw_roster(draw);
	if (error)
		return error;
	fsck_draw_follows(draw);
	return fsck_draw_pack(draw);
}

static enum error check_draw(
    struct fsck *fsck, struct arena *arena, const char *id)
{
	struct fsck_draw *draw = arena_alloc(arena, sizeof(*draw));
	struct fsck_object *object =
	    fsck_replay_find(&fsck->replay, &draw_kind, id);
	enum error error;

	/* Another pass knows it; or its row was told of. */
	if (!object || object->doubted)
		return ERR_OK;
	draw->fsck = fsck;
	draw->arena = arena;
	db_use(fsck->db, arena);
	error = fsck_draw_read(draw, id, object->seq);
	if (!error && !draw->unreadable)
		error = judge(draw);
	fsck_draw_clear(draw);
	return error;
}

static enum error check_chunk(struct fsck *fsck, char *last, bool *more)
{
	const char *ids[CHUNK], *id;
	size_t count = 0;
	enum error error;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_ids, DB_IN(db_text(last), db_u64(CHUNK)),
	    DB_OUT(db_to_text(&id)));
	while (db_next(fsck->db) && count < CHUNK)
		ids[count++] = id;
	error = db_finish(fsck->db);
	for (size_t i = 0; !error && i < count; i++) {
		struct arena arena = { 0 };

		error = check_draw(fsck, &arena, ids[i]);
		arena_clear(&arena);
		snprintf(last, KL_TOKEN_SIZE_MAX + 1, "%s", ids[i]);
	}
	*more = count == CHUNK;
	arena_clear(&fsck->arena);
	return error;
}

static enum error check_strays(struct fsck *fsck)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < sizeof(strays) / sizeof(*strays);
	     i++) {
		const char *draw;

		db_use(fsck->db, &fsck->arena);
		db_query(fsck->db, &strays[i].select, DB_IN(db_u64(TOLD_MAX)),
		    DB_OUT(db_to_text(&draw)));
		while (db_next(fsck->db))
			if (!fsck->replay.holes)
				fsck_tell(&fsck->report, FSCK_UNKNOWN,
				    strays[i].table, draw, "-");
		error = db_finish(fsck->db);
		arena_clear(&fsck->arena);
	}
	return error;
}

enum error fsck_draws(struct fsck *fsck)
{
	char last[KL_TOKEN_SIZE_MAX + 1] = "";
	enum error error = ERR_OK;

	for (bool more = true; !error && more;)
		error = check_chunk(fsck, last, &more);
	return error || !fsck->replay.first ? error : check_strays(fsck);
}
