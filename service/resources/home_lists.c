/* home_lists.c -- of notices and draws: what is open, comes next, came out. */
#include "home.h"

#include "draw_private.h"
#include "kl_time.h"
#include "notices.h"
#include "publisher.h"
#include "route.h"

#include <string.h>

enum { LIST_MAX = 5, NAMES_MAX = 3 };

/* --- notices that one may sign up for ------------------------------------- */

static const struct db_statement select_running = {
	"SELECT id, number, title, owner_name, category, signup_close"
	" FROM notice FORCE INDEX (by_state) WHERE state = 'open'"
	" ORDER BY signup_close, number LIMIT ?",
};

static json_t *time_json(int64_t time)
{
	char text[KL_TIME_TEXT];

	if (time == DB_TIME_NONE)
		return json_null();
	kl_time_write(time, text);
	return json_string(text);
}

static enum error add_running(struct request *request, json_t *to)
{
	json_t *list = json_array();
	const char *id, *number, *title, *owner, *category;
	int64_t close;

	json_object_set_new(to, "running", list);
	db_query(request->db, &select_running, DB_IN(db_u64(LIST_MAX)),
	    DB_OUT(db_to_text(&id), db_to_text(&number), db_to_text(&title),
		db_to_text(&owner), db_to_text(&category), db_to_time(&close)));
	while (db_next(request->db))
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "notice",
			      id, "number", number, "title", title,
			      "owner_name", owner, "category", category,
			      "signup_close", time_json(close)));
	return db_finish(request->db);
}

/* --- draws, each as a published checkpoint tells it ----------------------- */

static const struct db_statement select_open = {
	"SELECT id FROM draw FORCE INDEX (by_state)"
	" WHERE state IN ('drafted', 'declared', 'locked', 'sealed')"
	" ORDER BY CASE state WHEN 'drafted' THEN draft_until"
	" WHEN 'declared' THEN commit_by WHEN 'locked' THEN reveal_by"
	" ELSE COALESCE(beacon_time, reveal_by) END, id LIMIT ?",
};

/* The latest that ended with a result which stands. */
static const struct db_statement select_results = {
	"SELECT d.id FROM log_entry e FORCE INDEX (by_kind)"
	" JOIN draw d ON d.id = e.subject WHERE e.kind = 'draw.closed'"
	" AND e.idx < ? AND d.state = 'closed' AND d.outcome = 'result'"
	" ORDER BY e.idx DESC LIMIT ?",
};

static const struct db_statement select_title = {
	"SELECT title, owner_name FROM notice WHERE id = ?",
};

static const struct db_statement select_selected = {
	"SELECT r.entry, e.name FROM draw_rank r"
	" JOIN draw_entrant e ON e.draw = r.draw AND e.entry = r.entry"
	" WHERE r.draw = ? AND r.alternate = 0 ORDER BY r.place LIMIT ?",
};

struct draw_ids {
	const char *list[LIST_MAX];
	size_t count;
};

static enum error read_ids(struct request *request,
    const struct db_statement *select, const struct db_in *in, size_t in_count,
    struct draw_ids *ids)
{
	const char *id;

	ids->count = 0;
	db_query(request->db, select, in, in_count, DB_OUT(db_to_text(&id)));
	while (db_next(request->db))
		if (ids->count < LIST_MAX)
			ids->list[ids->count++] = id;
	return db_finish(request->db);
}

/* When it goes on, by itself; DB_TIME_NONE: it does not. */
static int64_t next_time(const struct draw *draw)
{
	const struct {
		const char *state;
		int64_t time;
	} times[] = {
		{ "drafted", draw->draft_until },
		{ "declared", draw->commit_by },
		{ "locked", draw->reveal_by },
		{ "sealed", draw_last_time(draw) },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (strcmp(draw->object.state, times[i].state) == 0)
			return times[i].time;
	return DB_TIME_NONE;
}

static enum error draw_json(
    struct request *request, const struct draw *draw, json_t **json)
{
	const char *title, *owner;
	enum error error =
	    db_row(request->db, &select_title, DB_IN(db_text(draw->notice)),
		DB_OUT(db_to_text(&title), db_to_text(&owner)));

	if (error)
		return error;
	*json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "draw",
	    draw->object.id, "state", draw->object.state, "title", title,
	    "owner_name", owner, "entrants", (json_int_t)draw->entrants,
	    "selected", (json_int_t)draw->selected);
	return ERR_OK;
}

static enum error add_next(struct request *request, json_t *to)
{
	json_t *list = json_array(), *json;
	struct draw_ids ids;
	struct draw *draw;
	enum error error =
	    read_ids(request, &select_open, DB_IN(db_u64(LIST_MAX)), &ids);

	json_object_set_new(to, "next", list);
	for (size_t i = 0; i < ids.count && !error; i++) {
		error = draw_find_shown(request, ids.list[i], &draw);
		if (error == ERR_NOT_FOUND) { /* nothing of it is published */
			error = ERR_OK;
			continue;
		}
		if (!error)
			error = draw_json(request, draw, &json);
		if (error)
			return error;
		json_object_set_new(json, "at", time_json(next_time(draw)));
		json_array_append_new(list, json);
	}
	return error;
}

static enum error add_selected(
    struct request *request, const struct draw *draw, json_t *to)
{
	json_t *list = json_array();
	const char *entry, *name;

	json_object_set_new(to, "names", list);
	db_query(request->db, &select_selected,
	    DB_IN(db_text(draw->object.id), db_u64(NAMES_MAX)),
	    DB_OUT(db_to_text(&entry), db_to_text(&name)));
	while (db_next(request->db))
		json_array_append_new(list,
		    json_pack("{s:s, s:s}", "entry", entry, "name", name));
	return db_finish(request->db);
}

static enum error add_results(struct request *request, json_t *to)
{
	json_t *list = json_array(), *json;
	struct draw_ids ids;
	struct draw *draw;
	enum error error = read_ids(request, &select_results,
	    DB_IN(db_u64(request->published->size), db_u64(LIST_MAX)), &ids);

	json_object_set_new(to, "results", list);
	for (size_t i = 0; i < ids.count && !error; i++) {
		error = draw_find_shown(request, ids.list[i], &draw);
		if (!error)
			error = draw_json(request, draw, &json);
		if (error)
			return error;
		json_array_append_new(list, json);
		json_object_set_new(
		    json, "closed_at", time_json(draw->closed_at));
		json_object_set_new(json, "replacements",
		    json_integer((json_int_t)draw->replacements));
		error = add_selected(request, draw, json);
	}
	return error;
}

enum error home_add_lists(struct request *request, json_t *to)
{
	enum error error = add_running(request, to);

	if (!error)
		error = add_next(request, to);
	return error ? error : add_results(request, to);
}

static const struct db_statement *const reads[] = {
	&select_running,
	&select_open,
	&select_results,
	&select_title,
	&select_selected,
	NULL,
};

const struct resource home_lists_resource = { .reads = reads };
