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
	    sheet;      /* as the log tells of the category */
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
/* Of a row that has changed since the close the log tells what it was. */
static const struct db_statement select_had = {
	"SELECT q.id, q.kind, q.level, q.scopes, q.valid_from, "
	"q.valid_until, IF(q.event_index < ?, q.state, "
	"(SELECT JSON_VALUE(CONVERT(e.bytes USING utf8mb4), '$.data.state') "
	"COLLATE utf8mb4_nopad_bin FROM log_entry e "
	"FORCE INDEX (by_subject) WHERE e.subject = q.id AND e.idx < ? "
	"ORDER BY e.idx DESC LIMIT 1)) AS had "
	"FROM qualification q FORCE INDEX (by_institution) "
	"WHERE q.institution = ? HAVING had IN ('active', 'paused') "
	"ORDER BY q.valid_until DESC, q.id LIMIT 200",
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

static enum error read_had(
    struct request *request, struct asked *asked, const char *institution)
{
	struct had *had = &asked->had;
	const char *id, *scopes, *from, *until, *state;
	struct kl_qualification q = { 0 };

	db_query(request->db, &select_had,
	    DB_IN(db_u64(asked->close), db_u64(asked->close),
		db_text(institution)),
	    DB_OUT(db_to_text(&id), db_to_text(&q.kind), db_to_text(&q.level),
		db_to_text(&scopes), db_to_text(&from), db_to_text(&until),
		db_to_text(&state)));
	while (db_next(request->db) && had->count < KL_QUALIFICATIONS_MAX) {
		q.scopes = scopes_of(request, had, scopes, &q.scope_count);
		if (!roll_day_is(from, &q.period.from) ||
		    !roll_day_is(until, &q.period.until))
			continue; /* they were checked */
		q.state = strcmp(state, "active") == 0
			      ? KL_QUALIFICATION_ACTIVE
			      : KL_QUALIFICATION_PAUSED;
		had->ids[had->count] = id;
		had->list[had->count++] = q;
	}
	return db_finish(request->db);
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

static enum error match(const struct asked *asked, json_t **lacks)
{
	const struct kl_requirements *requirements = &asked->sheet.requirements;
	struct kl_requirement_match matches[KL_REQUIREMENTS_MAX];
	size_t unmet = 0;

	if (kl_requirement_match(requirements, asked->had.list,
		asked->had.count, asked->day, matches, &unmet))
		return ERR_INTERNAL; /* it was checked when it was entered */
	if (unmet > 0)
		*lacks = lacks_json(requirements, matches, &asked->had);
	return ERR_OK;
}

enum error signup_lacks(struct request *request, struct asked *asked,
    const char *institution, json_t **lacks)
{
	enum error error;

	*lacks = NULL;
	asked->had.count = 0;
	asked->had.scopes = json_array();
	error = read_had(request, asked, institution);
	if (!error)
		error = match(asked, lacks);
	json_decref(asked->had.scopes);
	return error;
}

static const struct db_statement *const writes[] = { &select_asked, &select_had,
	NULL };

const struct resource signups_qualified_resource = {
	.writes = writes,
};
