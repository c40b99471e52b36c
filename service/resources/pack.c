/* pack.c -- the evidence pack of a draw that is closed. protocol §5. */
#include "pack_private.h"

#include "list.h"
#include "pack_helper.h"
#include "route.h"
#include "zip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct db_statement select_texts = {
	"SELECT file, event_index, body FROM draw_text WHERE draw = ?"
	" ORDER BY event_index, file LIMIT ?",
};

static const struct db_statement select_attempt = {
	"SELECT id FROM draw WHERE project = ? AND attempt = ?"
	" AND declare_hash IS NOT NULL",
};

enum error pack_add(
    struct pack *pack, const char *name, const void *bytes, size_t size)
{
	if (pack->count == PACK_FILES_MAX)
		return ERR_TOO_LARGE;
	pack->files[pack->count++] = (struct kl_file){
		.name = arena_format(
		    &pack->request->arena, "%s%s", pack->prefix, name),
		.bytes = bytes,
		.size = size,
	};
	return ERR_OK;
}

/* --- texts and their events ----------------------------------------------- */

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/*
 * Does it travel? The draft only if it is not the roster, a reveal only if
 * there is a seal that has it.
 */
static bool travels(const struct draw *draw, const char *file)
{
	if (strcmp(file, "draft.txt") == 0)
		return strcmp(draw->draft_hash, draw->roster_hash) != 0;
	return !starts(file, "commit-") || draw->seal_hash != NULL;
}

static enum error add_event(struct pack *pack, struct pack_events *events,
    const char *stem, uint64_t index)
{
	(void)pack;
	if (events->count == PACK_EVENTS_MAX)
		return ERR_TOO_LARGE;
	events->list[events->count++] = (struct pack_event){
		.stem = stem,
		.index = index,
		.after = starts(stem, "replace") || starts(stem, "annul"),
	};
	return ERR_OK;
}

/* roster.txt has log/roster.leaf; a reveal is told by its party below. */
static enum error add_text(struct pack *pack, struct pack_events *events,
    const struct draw *draw, const char *file, uint64_t index,
    const struct db_blob *body)
{
	const char *stem = arena_text(
	    &pack->request->arena, file, strlen(file) - strlen(".txt"));
	enum error error = ERR_OK;

	if (travels(draw, file))
		error = pack_add(pack, file, body->bytes, body->size);
	if (!error && !starts(file, "commit-"))
		error = add_event(pack, events, stem, index);
	return error;
}

static enum error add_texts(
    struct pack *pack, struct pack_events *events, const struct draw *draw)
{
	struct db *db = pack->request->db;
	const char *file;
	uint64_t index;
	struct db_blob body;
	enum error error = ERR_OK, end;

	db_query(db, &select_texts,
	    DB_IN(db_text(draw->object.id), db_u64(PACK_EVENTS_MAX + 1)),
	    DB_OUT(db_to_text(&file), db_to_u64(&index), db_to_blob(&body)));
	while (!error && db_next(db))
		error = add_text(pack, events, draw, file, index, &body);
	end = db_finish(db);
	return error ? error : end;
}

static enum error add_parties(
    struct pack *pack, struct pack_events *events, const struct draw *draw)
{
	struct arena *arena = &pack->request->arena;
	struct draw_parties parties;
	enum error error =
	    draw_parties_read(pack->request, draw->object.id, &parties);

	for (size_t i = 0; !error && i < parties.count; i++) {
		const struct draw_party *party = &parties.list[i];

		if (party->commit_index)
			error = add_event(pack, events,
			    arena_format(arena, "committed-%s", party->id),
			    party->commit_index);
		if (!error && party->reveal_index)
			error = add_event(pack, events,
			    arena_format(arena, "revealed-%s", party->id),
			    party->reveal_index);
	}
	return error;
}

/* --- an attempt ----------------------------------------------------------- */

static enum error add_json(
    struct pack *pack, const struct draw *draw, const char *name)
{
	const char *text = NULL;
	enum error error = draw_bound_text(pack->request, draw, name, &text);

	return error ? error : pack_add(pack, name, text, strlen(text));
}

/* To check it by hand. */
static enum error add_helpers(struct pack *pack)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < PACK_HELPERS; i++)
		error = pack_add(pack, pack_helpers[i].name,
		    pack_helpers[i].bytes, pack_helpers[i].size);
	return error;
}

static enum error add_attempt(struct pack *pack, const struct draw *draw)
{
	struct pack_events events = { 0 };
	enum error error;

	events.list = arena_alloc(
	    &pack->request->arena, PACK_EVENTS_MAX * sizeof(*events.list));
	error = add_helpers(pack);
	if (!error)
		error = add_json(pack, draw, "notice.json");
	if (!error)
		error = add_json(pack, draw, "policy.json");
	if (!error)
		error = add_texts(pack, &events, draw);
	if (!error)
		error = add_parties(pack, &events, draw);
	if (!error)
		error = pack_add_log(pack, &events);
	return error;
}

static enum error add_previous(struct pack *pack, const struct draw *draw)
{
	struct request *request = pack->request;
	enum error error = ERR_OK;

	for (uint64_t n = 1; !error && n < draw->attempt; n++) {
		const char *id;
		const void *row;

		error = db_row(request->db, &select_attempt,
		    DB_IN(db_text(draw->project), db_u64(n)),
		    DB_OUT(db_to_text(&id)));
		if (!error)
			error = list_find(request, &draw_kind, id, &row);
		if (error)
			return error;
		snprintf(pack->prefix, sizeof(pack->prefix),
		    "previous/%" PRIu64 "/", n);
		error = add_attempt(pack, row);
	}
	return error;
}

/* --- the archive ---------------------------------------------------------- */

static int by_name(const void *left, const void *right)
{
	const struct kl_file *one = left, *other = right;

	return strcmp(one->name, other->name);
}

static enum error reply(struct request *request, struct pack *pack)
{
	struct kl_buf zip = KL_BUF(ZIP_SIZE_MAX);
	enum error error;

	qsort(pack->files, pack->count, sizeof(*pack->files), by_name);
	error = error_of_lib(zip_write(&zip, pack->files, pack->count));
	if (error) {
		kl_buf_clear(&zip);
		return error == ERR_TOO_LARGE ? error : ERR_INTERNAL;
	}
	request->cache_control = "no-cache";
	return request_reply_bytes(
	    request, 200, "application/zip", (char *)zip.data, zip.size);
}

static enum error check_closed(struct request *request, const struct draw *draw)
{
	if (draw->close_hash)
		return ERR_OK;
	if (strcmp(draw->object.state, "dropped") == 0)
		return request_fail(request, ERR_NOT_FOUND,
		    "该名单未曾冻结,没有证据包",
		    "it was never declared, so there is no pack", NULL);
	return request_fail(request, ERR_TOO_EARLY, "抽取结束之后才有证据包",
	    "there is a pack when the draw is closed", NULL);
}

static enum error get(struct request *request)
{
	struct pack *pack = arena_alloc(&request->arena, sizeof(*pack));
	const struct draw *draw;
	const void *row;
	enum error error =
	    list_find(request, &draw_kind, request->params[0], &row);

	if (!error)
		error = check_closed(request, row);
	if (error)
		return error;
	draw = row;
	pack->request = request;
	pack->files =
	    arena_alloc(&request->arena, PACK_FILES_MAX * sizeof(*pack->files));
	error = add_attempt(pack, draw);
	if (!error)
		error = add_previous(pack, draw);
	return error ? error : reply(request, pack);
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/pack", get, .class = ROUTE_READ,
	    .published = true,
	    .summary = "The evidence pack: a ZIP that proves the draw" },
	{ 0 },
};

static const struct db_statement *const reads[] = {
	&select_texts,
	&select_attempt,
	NULL,
};

const struct resource pack_resource = { .routes = routes, .reads = reads };
