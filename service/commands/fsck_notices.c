/* fsck_notices.c -- sign-ups in their time, opened all, and counted. */
#include "fsck_rules.h"
#include "kl_time.h"
#include "log_audit.h"

#include <stdlib.h>
#include <string.h>

struct fsck_notices {
	struct audit_table places; /* subject → place + 1 */
	struct fsck_notice *list;
	size_t count, capacity;
};

struct fsck_notices *fsck_notices_open(void)
{
	struct fsck_notices *notices = calloc(1, sizeof(*notices));

	if (!notices)
		abort();
	return notices;
}

void fsck_notices_close(struct fsck_notices *notices)
{
	if (!notices)
		return;
	free(notices->places.slots);
	free(notices->list);
	free(notices);
}

static uint64_t *place_of(struct fsck_notices *notices, const char *id)
{
	struct kl_hash hash = kl_hash_of(id, strlen(id));
	bool is_new;

	return audit_table_at(&notices->places, hash.bytes, &is_new);
}

struct fsck_notice *fsck_notice_find(
    struct fsck_notices *notices, const char *id)
{
	uint64_t place = *place_of(notices, id);

	return place ? &notices->list[place - 1] : NULL;
}

static void add(struct fsck_notices *notices, const char *id, int64_t close)
{
	uint64_t *place = place_of(notices, id);

	notices->list = audit_grow(notices->list, notices->count,
	    &notices->capacity, sizeof(*notices->list));
	notices->list[notices->count] = (struct fsck_notice){ .close = close };
	*place = ++notices->count;
}

/* --- one event ------------------------------------------------------------ */

/* An event that is being judged, and the notice it is about. */
struct judged {
	struct fsck_replay *replay;
	uint64_t index;
	const struct kl_leaf *leaf;
	struct fsck_notice *notice;
};

static void tell(
    const struct judged *judged, enum fsck_code code, const char *member)
{
	fsck_tell_entry(judged->replay->report, code, judged->index, member);
}

static const char *text_of(const json_t *data, const char *name)
{
	const char *text = json_string_value(json_object_get(data, name));

	return text ? text : "";
}

static int64_t time_of(const json_t *data, const char *name)
{
	const char *text = text_of(data, name);
	int64_t time;

	return kl_time_read(text, strlen(text), &time) ? INT64_MIN : time;
}

static uint64_t number_of(const json_t *data, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(data, name));
}

static void check_closed(const struct judged *judged)
{
	if (judged->leaf->at < judged->notice->close)
		tell(judged, FSCK_TIME, "at");
	judged->notice->index = judged->index;
}

/* With holes in the log nobody knows what was in them. */
static void check_judged(const struct judged *judged)
{
	const struct fsck_notice *notice = judged->notice;
	const json_t *data = judged->leaf->data;

	judged->notice->judged = true;
	if (judged->replay->holes)
		return;
	if (notice->opened != notice->sealed)
		tell(judged, FSCK_MISSING, "opened");
	if (number_of(data, "signup_count") !=
	    notice->included + notice->excluded)
		tell(judged, FSCK_ROSTER, "signup_count");
	if (number_of(data, "included_count") != notice->included)
		tell(judged, FSCK_ROSTER, "included_count");
	if (number_of(data, "excluded_count") != notice->excluded)
		tell(judged, FSCK_ROSTER, "excluded_count");
}

/* Strictly before the close, by the order of the log and by the clock. */
static void check_in_time(const struct judged *judged, const char *opens_with)
{
	if (judged->notice->index || judged->leaf->at >= judged->notice->close)
		tell(judged, FSCK_LATE, "at");
	if (!opens_with ||
	    strcmp(opens_with, text_of(judged->leaf->data, "notice")) != 0)
		tell(judged, FSCK_SEAL, "data");
	judged->notice->sealed++;
}

static void check_judgement(const struct judged *judged, uint64_t *count)
{
	if (!judged->notice->index || judged->notice->judged)
		tell(judged, FSCK_TRANSITION, "kind");
	(*count)++;
}

void fsck_replay_opened(
    struct fsck_replay *replay, uint64_t index, const char *id)
{
	struct fsck_notice *notice = fsck_notice_find(replay->notices, id);

	if (!notice)
		return;
	if (!notice->index || notice->judged)
		fsck_tell_entry(replay->report, FSCK_TRANSITION, index, "kind");
	notice->opened++;
}

/* Of a sign-up, the one it is for. */
static bool find(struct judged *judged, enum event event)
{
	bool own = event == EVENT_NOTICE_CLOSED || event == EVENT_NOTICE_OPENED;
	const char *id =
	    own ? judged->leaf->subject : text_of(judged->leaf->data, "notice");

	judged->notice = fsck_notice_find(judged->replay->notices, id);
	if (!judged->notice && !judged->replay->holes)
		tell(judged, FSCK_UNKNOWN, "notice");
	return judged->notice;
}

void fsck_notice_rules(struct fsck_replay *replay, uint64_t index,
    enum event event, const struct kl_leaf *leaf, const char *opens_with)
{
	struct judged judged = { replay, index, leaf, NULL };

	if (event == EVENT_NOTICE_PUBLISHED)
		add(replay->notices, leaf->subject,
		    time_of(leaf->data, "signup_close"));
	if (event != EVENT_NOTICE_CLOSED && event != EVENT_NOTICE_OPENED &&
	    strncmp(leaf->kind, "signup.", strlen("signup.")) != 0)
		return;
	if (!find(&judged, event))
		return;
	if (event == EVENT_NOTICE_CLOSED)
		check_closed(&judged);
	else if (event == EVENT_NOTICE_OPENED)
		check_judged(&judged);
	else if (event == EVENT_SIGNUP_INCLUDED)
		check_judgement(&judged, &judged.notice->included);
	else if (event == EVENT_SIGNUP_EXCLUDED)
		check_judgement(&judged, &judged.notice->excluded);
	else
		check_in_time(&judged, opens_with);
}
