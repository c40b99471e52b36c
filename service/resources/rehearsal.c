/* rehearsal.c -- time is moved by an act, over everything that is due.
 *
 * The act only says where time goes. The writer takes it there from one due
 * act to the next (clock_next), each time when all so far is published: what
 * needs a checkpoint in time finds it as it would in months of real time.
 */
#include "rehearsal.h"

#include "clock.h"
#include "due.h"
#include "kl_canon.h"
#include "kl_time.h"
#include "list.h"
#include "log_read.h"
#include "publisher.h"
#include "route.h"

enum { BODY_MAX = 1024 };

#define THE_TIME "time"
#define DUE_JOIN "rehearsal.join"

static const struct member members[] = {
	MEMBER(rehearsal, target, MEMBER_TIME, 0, 0, MEMBER_LATER,
	    "where time was sent"),
	{ 0 },
};

struct kind rehearsal_kind = {
	.name = "Rehearsal",
	.table = "rehearsal",
	.size = sizeof(struct rehearsal),
	.members = members,
};

struct move {
	struct object object;
	int64_t to;
};

static const struct member move_members[] = {
	MEMBER(move, to, MEMBER_TIME, 0, 0, MEMBER_IN,
	    "later than now, not later than the machine's own time"),
	{ 0 },
};

static const struct kind move_input = {
	.name = "Move",
	.size = sizeof(struct move),
	.members = move_members,
};

/* --- the clock ------------------------------------------------------------ */

static const struct db_statement select_time = {
	"SELECT state = 'joined', target FROM rehearsal WHERE id = 'time'",
};

static const struct db_statement select_due = {
	"SELECT MIN(try_at) FROM due FORCE INDEX (by_time)"
	" WHERE state = 'waiting'",
};

static const struct db_statement select_signed = {
	"SELECT COALESCE(MAX(size), 0) FROM log_checkpoint",
};

const struct db_statement *const rehearsal_statements[] = {
	&select_time,
	&select_due,
	&select_signed,
	NULL,
};

enum error rehearsal_learn(struct db *db, int64_t *target)
{
	uint64_t joined;
	int64_t sent;
	enum error error = db_row(db, &select_time, DB_NO_IN,
	    DB_OUT(db_to_u64(&joined), db_to_time(&sent)));

	if (error == ERR_NOT_FOUND) {
		*target = DB_TIME_NONE;
		return ERR_OK;
	}
	if (error)
		return error;
	if (joined)
		clock_join();
	*target = sent;
	return ERR_OK;
}

static bool is_rehearsal(struct db *db)
{
	json_auto_t *leaf = NULL;
	struct db_blob bytes;

	return !log_read_leaf(db, 0, &bytes) &&
	       !kl_canon_check((const char *)bytes.bytes, bytes.size, &leaf) &&
	       json_object_get(json_object_get(leaf, "data"), "rehearsal");
}

/* Time had not left an entry that was not published yet. */
static enum error find_time(struct db *db, int64_t *time)
{
	struct log_head head;
	uint64_t published = 0;
	int64_t at = 0, target, due = 0;
	enum error error = log_read_head(db, &head);

	if (!error)
		error = log_read_at(db, head.size - 1, &at);
	if (!error)
		error = rehearsal_learn(db, &target);
	if (!error)
		error =
		    db_row(db, &select_due, DB_NO_IN, DB_OUT(db_to_time(&due)));
	if (!error)
		error = db_row(db, &select_signed, DB_NO_IN,
		    DB_OUT(db_to_u64(&published)));
	if (!error)
		*time =
		    published < head.size ? at : clock_next(at, target, due);
	return error;
}

void rehearsal_begin(struct db *db)
{
	struct arena arena = { 0 };
	int64_t now = 0;

	if (!db_begin(db, DB_READ)) {
		db_use(db, &arena);
		if (is_rehearsal(db)) {
			clock_rehearse(now);
			if (!find_time(db, &now))
				clock_move(now);
		}
	}
	db_roll_back(db);
	arena_clear(&arena);
}

/* --- moving it ------------------------------------------------------------ */

/* A copy of the row, or a new one. */
static enum error find(
    struct request *request, struct rehearsal **row, bool *is_new)
{
	const void *found;
	enum error error = act_find(request, &rehearsal_kind, THE_TIME, &found);

	*is_new = error == ERR_NOT_FOUND;
	if (error && !*is_new)
		return error;
	*row = *is_new ? kind_make(&rehearsal_kind, &request->arena)
		       : kind_copy(&rehearsal_kind, found, &request->arena);
	(*row)->object.id = THE_TIME;
	return ERR_OK;
}

static enum error need_standing(
    struct request *request, const struct rehearsal *row)
{
	char target[KL_TIME_TEXT];

	if (!clock_stands())
		return request_fail(request, ERR_STATE, "已与实际时间同步",
		    "its time has joined real time", NULL);
	if (row->target <= act_at(request))
		return ERR_OK;
	kl_time_write(row->target, target);
	return request_fail(request, ERR_STATE, "时间正在前往 {0}",
	    "time is on its way to {0}", arena_copy(&request->arena, target),
	    NULL);
}

static enum error send(struct request *request, struct rehearsal *row,
    bool is_new, int64_t to, enum event event)
{
	enum error error;

	row->target = to;
	error =
	    is_new
		? act_add(request, &rehearsal_kind, row, event, NULL, NULL)
		: act_change(request, &rehearsal_kind, row, event, NULL, NULL);
	if (error)
		return error;
	return request_reply(
	    request, 202, kind_json(&rehearsal_kind, row, true));
}

static enum error move(struct request *request)
{
	const struct move *wanted = request->input;
	struct rehearsal *row;
	bool is_new;
	enum error error = find(request, &row, &is_new);

	if (!error)
		error = need_standing(request, row);
	if (error)
		return error;
	if (wanted->to <= act_at(request))
		return request_complain(request, "/to", "not-forward",
		    "时间只能向前", "time goes forward only", NULL);
	if (wanted->to > clock_machine())
		return request_complain(request, "/to", "not-yet",
		    "不得晚于实际时间", "it must not be later than real time",
		    NULL);
	return send(request, row, is_new, wanted->to, EVENT_REHEARSAL_MOVED);
}

/* It joins when it has come to the time that is now. */
static enum error begin_joining(struct request *request)
{
	struct rehearsal *row;
	bool is_new;
	int64_t now = clock_machine();
	enum error error = find(request, &row, &is_new);

	if (!error)
		error = need_standing(request, row);
	if (!error && now < act_at(request))
		error = request_fail(request, ERR_STATE, "实际时间尚在其后",
		    "real time is behind it", NULL);
	if (!error)
		error = act_due(
		    request, DUE_JOIN, THE_TIME, row->object.seq + 1, now);
	if (error)
		return error;
	return send(request, row, is_new, now, EVENT_REHEARSAL_JOINING);
}

static enum error join(struct request *request)
{
	struct rehearsal *row;
	bool is_new;
	enum error error = find(request, &row, &is_new);

	if (error || is_new)
		return error ? error : ERR_NOT_FOUND;
	return act_change(
	    request, &rehearsal_kind, row, EVENT_REHEARSAL_JOINED, NULL, NULL);
}

/* --- showing it ----------------------------------------------------------- */

static const struct db_statement select_waiting = {
	"SELECT EXISTS (SELECT 1 FROM due FORCE INDEX (by_time)"
	" WHERE state = 'waiting' AND try_at <= ?),"
	" (SELECT size FROM log_head WHERE id = 0)",
};

/* Has it arrived, and is all that was due by then done and published? */
static enum error is_moving(
    struct request *request, int64_t now, int64_t target, bool *moving)
{
	uint64_t waits, size;
	enum error error = db_row(request->db, &select_waiting,
	    DB_IN(db_time(now)), DB_OUT(db_to_u64(&waits), db_to_u64(&size)));

	if (error)
		return error;
	*moving = now < target || waits || publisher_size() < size;
	return ERR_OK;
}

static enum error show(struct request *request)
{
	char time[KL_TIME_TEXT], to[KL_TIME_TEXT];
	int64_t now = clock_now(), target = DB_TIME_NONE;
	uint64_t joined = 0;
	bool moving;
	enum error error = db_row(request->db, &select_time, DB_NO_IN,
	    DB_OUT(db_to_u64(&joined), db_to_time(&target)));

	if (!error || error == ERR_NOT_FOUND)
		error = is_moving(request, now, target, &moving);
	if (error)
		return error;
	kl_time_write(now, time);
	if (target != DB_TIME_NONE)
		kl_time_write(target, to);
	return request_reply(request, 200,
	    json_pack("{s:s, s:s?, s:b, s:b}", "now", time, "target",
		target == DB_TIME_NONE ? NULL : to, "moving", moving, "joined",
		joined != 0));
}

static const struct route routes[] = {
	{ "GET", "/v1/rehearsal/time", show, ROUTE_READ, .rehearsal = true,
	    .summary = "What time it is here, and whether it is on its way" },
	{ "POST", "/v1/rehearsal/time", move, ROUTE_ACT, .rehearsal = true,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &move_input,
	    .output = &rehearsal_kind,
	    .summary = "Move time forward, over all that is due on the way" },
	{ "POST", "/v1/rehearsal/joining", begin_joining, ROUTE_ACT,
	    .rehearsal = true, .who = ROLE_OPERATOR, .body_max = BODY_MAX,
	    .input = &kind_nothing, .output = &rehearsal_kind,
	    .summary = "Move time to the real one, and go on with it" },
	{ 0 },
};

static const struct db_statement *const reads[] = {
	&select_time,
	&select_waiting,
	NULL,
};
static const struct db_statement *const writes[] = { &select_time, NULL };

static const struct due dues[] = { { DUE_JOIN, join }, { 0 } };

const struct resource rehearsal_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
	.dues = dues,
};
