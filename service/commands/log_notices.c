/*
 * log_notices.c -- what is sealed until a notice closes, and not longer.
 *
 * A sealed entry does not say which notice it is for: until it is opened it may
 * be for each that took sign-ups when it was sealed. So while one of those is
 * still open nobody can tell from the log alone that it should have been opened
 * with another; those entries are counted (audit_notices_doubt()), and as no
 * notice takes sign-ups for longer than SIGNUP_S_MAX, each must be shown in the
 * end. Who has the receipt of one can tell at once (audit_notices_promised()).
 */
#include "kl_time.h"
#include "log_audit.h"

#include <string.h>

enum { SIGNUP_S_MAX = 366 * 24 * 3600 }; /* as the service has it */

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
	if (notice.close - leaf->at > SIGNUP_S_MAX)
		return fail(fault, index, "notice-window",
		    "no notice takes sign-ups for more than a year");
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
	notice->closed = closes ? leaf->at : notice->closed;
	return AUDIT_GOOD;
}

/* --- what is sealed for them ---------------------------------------------- */

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

/* Is this too late for what it waits for? Then it excuses nothing. */
static bool is_late(
    const struct audit_notice *notice, const struct audit_end *end)
{
	switch (notice->state) {
	case NOTICE_OPEN:
		return end->at > notice->close + end->overdue_s;
	case NOTICE_CLOSED:
		return end->at > notice->closed + end->overdue_s;
	case NOTICE_OPENED:
		break;
	}
	return false;
}

/* Which may still be going to open it, the last of them; NULL: none. */
static const struct audit_notice *find_excuse(
    const struct audit_entries *entries, const struct audit_sealed *sealed,
    const struct audit_end *end)
{
	const struct audit_notice *last = NULL;

	for (size_t i = 0; i < entries->notice_count; i++) {
		const struct audit_notice *notice = &entries->notices[i];

		if (notice->state != NOTICE_OPENED && !is_late(notice, end) &&
		    may_be_for(sealed, notice) &&
		    (!last || last->close < notice->close))
			last = notice;
	}
	return last;
}

enum audit_outcome audit_notices_late(const struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->notice_count; i++) {
		const struct audit_notice *notice = &entries->notices[i];

		if (!is_late(notice, end))
			continue;
		if (notice->state == NOTICE_OPEN)
			return fail(fault, notice->index, "notice-overdue",
			    "its sign-up should have been closed long ago");
		return fail(fault, notice->index, "notice-unopened",
		    "it was closed, and what is sealed for it should have been "
		    "opened long ago");
	}
	return AUDIT_GOOD;
}

enum audit_outcome audit_notices_sealed(const struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->sealed_count; i++)
		if (!entries->sealed[i].opened &&
		    !find_excuse(entries, &entries->sealed[i], end))
			return fail(fault, entries->sealed[i].index, "unopened",
			    "every notice that it can be for has been opened, "
			    "or should have been");
	return AUDIT_GOOD;
}

/* --- what the log alone cannot tell --------------------------------------- */

/* May it have been for one that is done with? */
static bool is_doubtful(
    const struct audit_entries *entries, const struct audit_sealed *sealed)
{
	for (size_t i = 0; i < entries->notice_count; i++)
		if (entries->notices[i].state == NOTICE_OPENED &&
		    may_be_for(sealed, &entries->notices[i]))
			return true;
	return false;
}

struct audit_doubt audit_notices_doubt(
    const struct audit_entries *entries, const struct audit_end *end)
{
	struct audit_doubt doubt = { .count = 0 };

	for (size_t i = 0; i < entries->sealed_count; i++) {
		const struct audit_sealed *sealed = &entries->sealed[i];
		const struct audit_notice *excuse;

		if (sealed->opened || !is_doubtful(entries, sealed))
			continue;
		excuse = find_excuse(entries, sealed, end);
		if (!excuse)
			continue; /* which is a fault */
		if (doubt.count++ == 0)
			doubt.first = sealed->index;
		if (excuse->close > doubt.until)
			doubt.until = excuse->close;
	}
	return doubt;
}

/* The notice that the event of a receipt is for, which the log has sealed; NULL
 * if it is none. */
static const struct audit_notice *notice_of(
    struct audit_entries *entries, const struct audit_receipt *receipt)
{
	struct kl_view event;
	struct kl_span id;
	uint64_t place;

	if (!receipt->found || !receipt->event ||
	    kl_view_read(receipt->event, strlen(receipt->event), &event) ||
	    !text_of(&event, "notice", &id) || !kl_is_token(id.at, id.size))
		return NULL;
	place = *place_of(entries, id);
	return place > 0 ? &entries->notices[place - 1] : NULL;
}

enum audit_outcome audit_notices_promised(struct audit_entries *entries,
    const struct audit_end *end, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->receipt_count; i++) {
		const struct audit_receipt *receipt = &entries->receipts[i];
		const struct audit_notice *notice = notice_of(entries, receipt);
		uint64_t index = (uint64_t)receipt->said.index;
		const struct audit_sealed *sealed =
		    notice ? audit_sealed_find(entries, index) : NULL;

		if (!sealed || sealed->opened ||
		    (notice->state != NOTICE_OPENED && !is_late(notice, end)))
			continue;
		fault->receipt = receipt;
		return fail(fault, index, "unopened",
		    "the notice that it is for has been opened without it, or "
		    "should have been opened");
	}
	return AUDIT_GOOD;
}
