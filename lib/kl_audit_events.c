/* The entries of a draw: held while it is open, then known by their hashes. */
#include "kl_audit_private.h"

#include <string.h>

struct kl_audit_event *kl_audit_events(
    const struct kl_audit_draw *draw, size_t *count)
{
	*count = draw->events.size / sizeof(struct kl_audit_event);
	return (struct kl_audit_event *)(void *)draw->events.data;
}

const struct kl_audit_event *kl_audit_event_of(
    const struct kl_audit_draw *draw, enum kl_pack_event event, size_t number)
{
	size_t count;
	const struct kl_audit_event *events = kl_audit_events(draw, &count);

	for (size_t i = 0; i < count; i++)
		if (events[i].event == event && events[i].number == number)
			return &events[i];
	return NULL;
}

enum kl_result kl_audit_keep(struct kl_audit_new *new, size_t number)
{
	struct kl_audit_draw *draw = new->draw;
	struct kl_audit_event event = { new->event, number, new->index,
		kl_leaf_hash(new->bytes, new->size), draw->held.size,
		new->size };

	kl_buf_add(&draw->held, new->bytes, new->size);
	kl_buf_add(&draw->events, &event, sizeof(event));
	return kl_buf_result(&draw->held) ? kl_buf_result(&draw->held)
					  : kl_buf_result(&draw->events);
}

enum kl_result kl_audit_event_bytes(struct kl_audit *audit,
    const struct kl_audit_draw *draw, const struct kl_audit_event *event,
    struct kl_buf *again, const uint8_t **bytes, size_t *size)
{
	struct kl_hash leaf;
	enum kl_result result;

	if (event->size > 0) {
		*bytes = draw->held.data + event->at;
		*size = event->size;
		return KL_OK;
	}
	*again = (struct kl_buf)KL_BUF(KL_LEAF_SIZE_MAX);
	result =
	    audit->source->entry(audit->source->context, event->index, again);
	if (result && result != KL_MISMATCH)
		return result;
	leaf = kl_leaf_hash(
	    again->data ? again->data : (const uint8_t *)"", again->size);
	if (result || !kl_hash_equal(&leaf, &event->leaf)) {
		kl_audit_find_entry(
		    audit, KL_AUDIT_TEXT_DIFFERS, draw, event->index);
		return KL_MISMATCH;
	}
	*bytes = again->data;
	*size = again->size;
	return KL_OK;
}

/* Replacements, annulments and disputes are judged by these. */
static bool is_asked_for(
    const struct kl_audit_draw *draw, enum kl_pack_event event)
{
	switch (event) {
	case KL_EVENT_DECLARED:
	case KL_EVENT_CLOSED:
		return true;
	case KL_EVENT_RESULT:
	case KL_EVENT_REPLACED:
	case KL_EVENT_ANNULLED:
		return draw->drawn;
	case KL_EVENT_SEALED:
	case KL_EVENT_BEACON:
		return kl_audit_event_of(draw, KL_EVENT_BEACON, 0) != NULL;
	case KL_EVENT_DRAFTED:
	case KL_EVENT_ROSTER:
	case KL_EVENT_NAMES:
	case KL_EVENT_EXCLUDED:
	case KL_EVENT_COMMITTED:
	case KL_EVENT_LOCKED:
	case KL_EVENT_REVEALED:
	case KL_EVENT_SEEDED:
		break;
	}
	return false;
}

enum kl_result kl_audit_reduce(struct kl_audit_draw *draw)
{
	size_t count;
	struct kl_audit_event *events = kl_audit_events(draw, &count);
	struct kl_buf rest = KL_BUF(draw->events.limit);
	enum kl_result result;

	for (size_t i = 0; i < count; i++) {
		if (!is_asked_for(draw, events[i].event))
			continue;
		events[i].size = 0;
		kl_buf_add(&rest, &events[i], sizeof(*events));
	}
	result = kl_buf_result(&rest);
	kl_buf_clear(&draw->held);
	kl_buf_clear(&draw->events);
	draw->events = rest;
	return result;
}
