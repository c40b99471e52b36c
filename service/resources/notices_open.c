/* notices_open.c -- what happens by itself: close, open, judge, draft. */
#include "notices.h"
#include "signups.h"

/*
 * Each is an act of the service. What is too much for one act goes on a second
 * later, so that others are served between: the due's seq is the log index it
 * goes on from. Nobody sees anything before the last piece.
 */
#define OPEN  "notice.open"
#define JUDGE "notice.judge"
enum { PAUSE_S = 1 };

static enum error find(struct request *request, struct notice **notice)
{
	const void *found;
	enum error error =
	    act_find(request, &notice_kind, request->params[0], &found);

	if (!error)
		*notice = kind_copy(&notice_kind, found, &request->arena);
	return error;
}

static enum error go_on(struct request *request, const char *due, uint64_t from)
{
	return act_due(
	    request, due, request->params[0], from, act_at(request) + PAUSE_S);
}

static enum error close(struct request *request)
{
	struct notice *notice = NULL;
	enum error error = find(request, &notice);

	if (!error)
		error = act_change(request, &notice_kind, notice,
		    EVENT_NOTICE_CLOSED, NULL, NULL);
	return error ? error
		     : act_due(request, OPEN, notice->object.id, 1,
			   act_at(request));
}

static enum error draft(struct request *request, const struct notice *notice,
    const struct entrant entrants[], size_t count)
{
	const struct draw_terms terms = notice_terms(notice);

	return draw_draft(request, &terms, entrants, count, NULL);
}

/* Everybody is judged: a draw if enough may enter. */
static enum error conclude(struct request *request, struct notice *notice)
{
	struct entrant *entrants = NULL;
	const void *policy = NULL;
	size_t count = 0;
	enum error error =
	    act_find(request, &policy_kind, notice->policy, &policy);

	if (!error)
		error = signup_entrants(request, notice->object.id, &entrants,
		    &count, &notice->included_count);
	if (error)
		return error;
	notice->signup_count = count;
	notice->excluded_count = count - notice->included_count;
	error = act_change(
	    request, &notice_kind, notice, EVENT_NOTICE_OPENED, NULL, NULL);
	if (error)
		return error;
	if (notice->included_count < notice_entrants_min(notice, policy))
		return act_change(request, &notice_kind, notice,
		    EVENT_NOTICE_FAILED, NULL, NULL);
	return draft(request, notice, entrants, count);
}

static enum error judge_some(struct request *request, uint64_t most)
{
	struct notice *notice = NULL;
	uint64_t next = 0;
	enum error error = find(request, &notice);

	if (!error)
		error = signup_judge(request, notice, most, &next);
	if (!error && next > 0)
		return go_on(request, JUDGE, next);
	return error ? error : conclude(request, notice);
}

static enum error judge(struct request *request)
{
	return judge_some(request, act_piece(request));
}

/* What is sealed is opened; with what room is left, sign-ups are judged. */
static enum error open(struct request *request)
{
	uint64_t opened = 0, next = 0;
	enum error error = act_open(request, request->params[0],
	    act_due_seq(request), act_piece(request), &opened, &next);

	if (!error && next > 0)
		return go_on(request, OPEN, next);
	return error ? error : judge_some(request, act_piece(request) - opened);
}

const struct due notice_dues[] = {
	{ "notice.close", close },
	{ OPEN, open },
	{ JUDGE, judge },
	{ 0 },
};
