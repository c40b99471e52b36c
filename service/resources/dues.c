/* dues.c -- what should have happened by itself and could not.
 *
 * A due act that failed too often is parked; when a person has found out why,
 * it is taken up again. Those that are done stay: a row is what keeps a due
 * act from being set a second time.
 */
#include "act.h"
#include "kl_time.h"
#include "route.h"

#include <string.h>

static const struct db_statement select_parked = {
	"SELECT kind, subject, seq, at, failures FROM due"
	" FORCE INDEX (by_time) WHERE state = 'parked'"
	" ORDER BY try_at, at LIMIT 200",
};

static const struct db_statement select_state = {
	"SELECT state FROM due WHERE kind = ? AND subject = ? AND seq = ?",
};

struct resumption {
	struct object object;
	const char *kind, *subject;
	uint64_t seq;
};

static const struct member resumption_members[] = {
	MEMBER(resumption, kind, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "What should have happened"),
	MEMBER(resumption, subject, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "To which one"),
	MEMBER(resumption, seq, MEMBER_NUMBER, 0, INT64_MAX, MEMBER_IN,
	    "Which of several"),
	{ 0 },
};

static const struct kind resumption_input = {
	.name = "Resumption",
	.size = sizeof(struct resumption),
	.members = resumption_members,
};

static enum error list_parked(struct request *request)
{
	json_t *items = json_array();
	const char *kind, *subject;
	uint64_t seq, failures;
	int64_t at;
	enum error error;

	db_query(request->db, &select_parked, DB_NO_IN,
	    DB_OUT(db_to_text(&kind), db_to_text(&subject), db_to_u64(&seq),
		db_to_time(&at), db_to_u64(&failures)));
	while (db_next(request->db)) {
		char time[KL_TIME_TEXT];

		kl_time_write(at, time);
		json_array_append_new(
		    items, json_pack("{s:s, s:s, s:I, s:s, s:I}", "kind", kind,
			       "subject", subject, "seq", (json_int_t)seq, "at",
			       time, "failures", (json_int_t)failures));
	}
	error = db_finish(request->db);
	if (error) {
		json_decref(items);
		return error;
	}
	return request_reply(request, 200,
	    json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

static enum error need_parked(
    struct request *request, const struct resumption *due)
{
	const char *state;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_state,
		    DB_IN(db_text(due->kind), db_text(due->subject),
			db_u64(due->seq)),
		    DB_OUT(db_to_text(&state)));
	if (error || strcmp(state, "parked") == 0)
		return error;
	return request_fail(
	    request, ERR_STATE, "该事项并未搁置", "it is not parked", NULL);
}

static enum error resume(struct request *request)
{
	const struct resumption *due = request->input;
	const char *id = act_new_id(request, "resumption");
	json_auto_t *data = json_pack("{s:s, s:s, s:I}", "kind", due->kind,
	    "subject", due->subject, "seq", (json_int_t)due->seq);
	enum error error = need_parked(request, due);

	if (!error)
		error = act_event(
		    request, EVENT_DUE_RESUMED, id, 1, json_incref(data), NULL);
	if (!error)
		error =
		    act_due_again(request, due->kind, due->subject, due->seq);
	return error ? error : request_reply(request, 201, json_incref(data));
}

static const struct route routes[] = {
	{ "GET", "/v1/dues", list_parked, .class = ROUTE_READ,
	    .who = ROLE_ADMIN | ROLE_OPERATOR,
	    .summary = "List what failed too often, the longest first" },
	{ "POST", "/v1/dues/resumptions", resume, .class = ROUTE_ACT,
	    .who = ROLE_ADMIN, .body_max = 1024, .input = &resumption_input,
	    .summary = "Take up again what failed too often" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_parked, NULL };
static const struct db_statement *const writes[] = { &select_state, NULL };

const struct resource dues_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
};
