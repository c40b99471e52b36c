/* log_notices.c -- what is sealed until a notice closes, and not longer. */
#include "kl_time.h"
#include "log_audit.h"

/* A notice whose time has come may wait so long for the service to run. */
enum { OVERDUE_S_MAX = 3600 };

static enum audit_outcome fail(struct audit_fault *fault, uint64_t index,
    const char *code, const char *why)
{
	return audit_fail_entry(fault, index, code, why);
}

/* Where the notice of this subject is kept: its place + 1, or 0. */
static uint64_t *place_of(struct audit_entries *entries, struct kl_span subject)
{
	uint8_t key[AUDIT_KEY_SIZE];
	bool is_new;

	audit_key_make(entries, (struct kl_span){ "", 0 }, subject, key);
	return audit_table_at(&entries->notice_places, key, &is_new);
}

/* Times and tokens have no escapes; what has some is neither. */
static bool text_of(
    const struct kl_view *leaf, const char *name, struct kl_span *text)
{
	struct kl_span value;

	if (!kl_scan_member(leaf->data, name, &value) || *value.at != '"')
		return false;
	*text = (struct kl_span){ value.at + 1, value.size - 2 };
	return true;
}

static enum audit_outcome publish(struct audit_entries *entries, uint64_t index,
    const struct kl_view *leaf, struct audit_fault *fault)
{
	struct kl_span close = { "", 0 };
	struct audit_notice notice = { .index = index };
	uint64_t *place = place_of(entries, leaf->subject);

	if (*place > 0 || !text_of(leaf, "signup_close", &close) ||
	    kl_time_read(close.at, close.size, &notice.close))
		return fail(fault, index, "notice",
		    "it is published once and says when sign-up closes");
	entries->notices = audit_grow(entries->notices, entries->notice_count,
	    &entries->notice_capacity, sizeof(notice));
	entries->notices[entries->notice_count++] = notice;
	*place = entries->notice_count;
	return AUDIT_GOOD;
}

enum audit_outcome audit_notice_take(struct audit_entries *entries,
    uint64_t index, const struct kl_view *leaf, struct audit_fault *fault)
{
	bool closes = kl_span_is(leaf->kind, "notice.closed");
	bool opens = kl_span_is(leaf->kind, "notice.opened");
	struct audit_notice *notice;
	uint64_t place;

	if (kl_span_is(leaf->kind, "notice.published"))
		return publish(entries, index, leaf, fault);
	if (!closes && !opens)
		return AUDIT_GOOD;
	place = *place_of(entries, leaf->subject);
	if (place == 0)
		return fail(fault, index, "notice", "it was never published");
	notice = &entries->notices[place - 1];
	if (notice->state != (closes ? NOTICE_OPEN : NOTICE_CLOSED))
		return fail(fault, index, "notice",
		    "it is closed once, and then opened once");
	if (leaf->at < notice->close)
		return fail(fault, index, "notice-early",
		    "it closes before the time that it gave");
	notice->state = closes ? NOTICE_CLOSED : NOTICE_OPENED;
	return AUDIT_GOOD;
}

/* --- what is sealed for them -------------------------------------------------
 */

static bool may_be_for(
    const struct audit_sealed *sealed, const struct audit_notice *notice)
{
	return notice->index < sealed->index && sealed->at < notice->close;
}

enum audit_outcome audit_notice_opens(struct audit_entries *entries,
    uint64_t index, const struct audit_sealed *sealed,
    const struct kl_view *event, struct audit_fault *fault)
{
	struct kl_span id;
	bool is_id =
	    text_of(event, "notice", &id) && kl_is_token(id.at, id.size);
	uint64_t place = is_id ? *place_of(entries, id) : 0;
	const struct audit_notice *notice;

	if (place == 0)
		return fail(fault, index, "opened",
		    "what was sealed is for no notice of this log");
	notice = &entries->notices[place - 1];
	if (notice->state != NOTICE_CLOSED)
		return fail(fault, index, "opened-early",
		    "sign-ups are opened between the close of their notice and "
		    "its opening");
	if (!may_be_for(sealed, notice))
		return fail(fault, index, "signup-late",
		    "it was sealed before its notice was there, or after its "
		    "close");
	return AUDIT_GOOD;
}

static bool may_stay_sealed(
    const struct audit_entries *entries, const struct audit_sealed *sealed)
{
	for (size_t i = 0; i < entries->notice_count; i++)
		if (entries->notices[i].state != NOTICE_OPENED &&
		    may_be_for(sealed, &entries->notices[i]))
			return true;
	return false;
}

enum audit_outcome audit_notices_end(
    const struct audit_entries *entries, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->notice_count; i++)
		if (entries->notices[i].state == NOTICE_OPEN &&
		    entries->at > entries->notices[i].close + OVERDUE_S_MAX)
			return fail(fault, entries->notices[i].index,
			    "notice-overdue",
			    "its sign-up should have been closed long ago");
	for (size_t i = 0; i < entries->sealed_count; i++)
		if (!entries->sealed[i].opened &&
		    !may_stay_sealed(entries, &entries->sealed[i]))
			return fail(fault, entries->sealed[i].index, "unopened",
			    "every notice that it can be for has been opened");
	return AUDIT_GOOD;
}
