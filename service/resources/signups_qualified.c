/* signups_qualified.c -- what a category asks for, and who lacks some of it. */
#include "kl_date.h"
#include "kl_requirement_json.h"
#include "roll.h"
#include "route.h"
#include "signups.h"

#include <string.h>

/* What an institution had at the close. */
struct had {
	struct kl_qualification list[KL_QUALIFICATIONS_MAX];
	const char *ids[KL_QUALIFICATIONS_MAX];
	size_t count;
	json_t *scopes; /* what the list borrows from; owned */
};

/* Of all candidates of a notice: read once, and room for one after another. */
struct asked {
	struct kl_requirement_sheet
	    sheet; /* as the log tells of the category */
	const char *notice;
	uint64_t close; /* log index of the close */
	int64_t day;    /* the last to sign up on */
	struct had had;
};

/* What is asked for is known when somebody signs up, and stays. */
static const struct db_statement select_asked = {
	"SELECT JSON_QUERY(CONVERT(e.bytes USING utf8mb4), "
	"'$.data.requirement') FROM log_entry e FORCE INDEX (by_subject) "
	"WHERE e.subject = ? AND e.kind LIKE 'category.%' AND e.idx < "
	"(SELECT p.idx FROM log_entry p FORCE INDEX (by_subject) "
	"WHERE p.subject = ? AND p.kind = 'notice.published' LIMIT 1) "
	"ORDER BY e.idx DESC LIMIT 1",
};
/* Of all who are judged now, one after another as they signed up. Of a row
 * that has changed since the close the log tells what it was. */
static const struct db_statement select_had = {
	"SELECT STRAIGHT_JOIN s.event_index, q.id, q.kind, q.level, q.scopes, "
	"q.valid_from, q.valid_until, IF(q.event_index < ?, q.state, "
	"(SELECT JSON_VALUE(CONVERT(e.bytes USING utf8mb4), '$.data.state') "
	"COLLATE utf8mb4_nopad_bin FROM log_entry e "
	"FORCE INDEX (by_subject) WHERE e.subject = q.id AND e.idx < ? "
	"ORDER BY e.idx DESC LIMIT 1)) AS had "
	"FROM signup s FORCE INDEX (by_turn) "
	"JOIN qualification q FORCE INDEX (by_institution) "
	"ON q.institution = s.institution "
	"WHERE s.notice = ? AND s.state = 'signed' AND s.event_index <= ? "
	"HAVING had IN ('active', 'paused') "
	"ORDER BY s.event_index, q.valid_until DESC, q.id",
};

enum error signup_asked(struct request *request, const struct notice *notice,
    json_t *kept, struct asked **asked)
{
	const char *text = NULL, *why;
	json_t *json;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_asked,
		    DB_IN(
			db_text(notice->category), db_text(notice->object.id)),
		    DB_OUT(db_to_text(&text)));
	if (error == ERR_NOT_FOUND || (!error && !text))
		return ERR_OK;
	if (error)
		return error;
	*asked = arena_alloc(&request->arena, sizeof(**asked));
	(*asked)->notice = notice->object.id;
	(*asked)->close = notice->object.event_index;
	(*asked)->day = kl_date_of(notice->signup_close);
	json = json_loads(text, 0, NULL);
	/* It was checked when it was entered. */
	return json_array_append_new(kept, json) == 0 &&
		       !kl_requirement_read(json, &(*asked)->sheet, &why)
		   ? ERR_OK
		   : ERR_INTERNAL;
}

/* --- what an institution had ---------------------------------------------- */

static const char *const *scopes_of(
    struct request *request, struct had *had, const char *text, size_t *count)
{
	json_t *list = json_loads(text, 0, NULL), *item;
	const char **scopes;
	size_t i;

	*count = json_array_size(list);
	scopes = arena_alloc(&request->arena, (*count + 1) * sizeof(*scopes));
	json_array_foreach (list, i, item)
		scopes[i] = json_string_value(item);
	json_array_append_new(had->scopes, list);
	return scopes;
}

/* One row of select_had. */
struct row {
	uint64_t signed_index; /* of who had it */
	const char *id, *scopes, *from, *until, *state;
	struct kl_qualification qualification;
};

static void add_had(
    struct request *request, struct had *had, const struct row *row)
{
	struct kl_qualification q = row->qualification;

	if (had->count == KL_QUALIFICATIONS_MAX ||
	    !roll_day_is(row->from, &q.period.from) ||
	    !roll_day_is(row->until, &q.period.until))
		return; /* they were checked */
	q.scopes = scopes_of(request, had, row->scopes, &q.scope_count);
	q.state = strcmp(row->state, "active") == 0 ? KL_QUALIFICATION_ACTIVE
						    : KL_QUALIFICATION_PAUSED;
	had->ids[had->count] = row->id;
	had->list[had->count++] = q;
}

/* --- what it lacked ------------------------------------------------------- */

/* The alternative that it comes nearest to, and why that does not do. */
static json_t *lack_json(const struct kl_requirement *requirement,
    const struct kl_requirement_match *match, const struct had *had)
{
	const struct kl_alternative *nearest =
	    &requirement->alternatives[match->alternative];
	bool has = match->qualification < had->count;

	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "reason",
	    kl_requirement_words(match->reason)->code, "kind", nearest->kind,
	    "level_min", nearest->level_min, "scope", nearest->scope,
	    "qualification", has ? had->ids[match->qualification] : NULL);
}

static json_t *lacks_json(const struct kl_requirements *requirements,
    const struct kl_requirement_match matches[], const struct had *had)
{
	json_t *list = json_array();

	for (size_t i = 0; i < requirements->count; i++)
		if (matches[i].reason)
			json_array_append_new(
			    list, lack_json(&requirements->list[i], &matches[i],
				      had));
	return list;
}

/* What somebody lacks who had this, and room for the next. */
static enum error match(struct asked *asked, json_t **lacks)
{
	const struct kl_requirements *requirements = &asked->sheet.requirements;
	struct kl_requirement_match matches[KL_REQUIREMENTS_MAX];
	struct had *had = &asked->had;
	size_t unmet = 0;

	*lacks = NULL;
	if (kl_requirement_match(requirements, had->list, had->count,
		asked->day, matches, &unmet))
		return ERR_INTERNAL; /* it was checked when it was entered */
	if (unmet > 0)
		*lacks = lacks_json(requirements, matches, had);
	had->count = 0;
	json_array_clear(had->scopes);
	return ERR_OK;
}

/* Of some there is no row. */
static enum error match_all(struct request *request, struct asked *asked,
    const uint64_t indexes[], size_t count, const struct row *row,
    json_t *lacks[])
{
	enum error error = ERR_OK, end;
	size_t i = 0;

	while (!error && db_next(request->db)) {
		for (; !error && indexes[i] < row->signed_index; i++)
			error = match(asked, &lacks[i]);
		if (indexes[i] == row->signed_index)
			add_had(request, &asked->had, row);
	}
	end = db_finish(request->db);
	for (error = error ? error : end; !error && i < count; i++)
		error = match(asked, &lacks[i]);
	return error;
}

enum error signup_lacks(struct request *request, struct asked *asked,
    const uint64_t indexes[], size_t count, json_t *lacks[])
{
	struct row row = { 0 };
	struct kl_qualification *q = &row.qualification;
	enum error error;

	asked->had.count = 0;
	asked->had.scopes = json_array();
	db_query(request->db, &select_had,
	    DB_IN(db_u64(asked->close), db_u64(asked->close),
		db_text(asked->notice), db_u64(indexes[count - 1])),
	    DB_OUT(db_to_u64(&row.signed_index), db_to_text(&row.id),
		db_to_text(&q->kind), db_to_text(&q->level),
		db_to_text(&row.scopes), db_to_text(&row.from),
		db_to_text(&row.until), db_to_text(&row.state)));
	error = match_all(request, asked, indexes, count, &row, lacks);
	json_decref(asked->had.scopes);
	return error;
}

static const struct db_statement *const writes[] = { &select_asked, &select_had,
	NULL };

const struct resource signups_qualified_resource = {
	.writes = writes,
};
