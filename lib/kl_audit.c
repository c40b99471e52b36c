#include "kl_audit_private.h"

#include <stdio.h>
#include <string.h>

/* All of a draw is held that its events can hold: each has its size, and a
 * party has two. */
enum { HELD_MAX = 64 << 20 };

void kl_audit_begin(struct kl_audit *audit,
    const struct kl_pack_options *options, const struct kl_audit_source *source,
    const uint8_t secret[static KL_AUDIT_SECRET_SIZE])
{
	*audit = (struct kl_audit){
		.options = options,
		.source = source,
		.draws = KL_BUF(SIZE_MAX / 2),
		.projects = KL_BUF(SIZE_MAX / 2),
		.notices = KL_BUF(SIZE_MAX / 2),
		.signups = KL_BUF(SIZE_MAX / 2),
	};
	memcpy(audit->secret, secret, sizeof(audit->secret));
}

/* --- the state machine ---------------------------------------------------- */

#define IN(state) (1U << KL_AUDIT_##state)
#define UNDER_WAY                                                              \
	(IN(DECLARED) | IN(LOCKED) | IN(SEALED) | IN(BEACON) | IN(SEEDED) |    \
	    IN(DRAWN))
enum { STAYS = -1 };

static enum kl_result draft(struct kl_audit_new *new);
static enum kl_result keep_text(struct kl_audit_new *new);
static enum kl_result close_it(struct kl_audit_new *new);
static enum kl_result drop(struct kl_audit_new *new);
static enum kl_result stop(struct kl_audit_new *new);
static enum kl_result keep_seed(struct kl_audit_new *new);
static enum kl_result pass(struct kl_audit_new *new);

/*
 * What may follow what: protocol §3. A commitment or reveal out of its turn is
 * kept, so that the passes may say in which way it is.
 */
static const struct step {
	const char *kind; /* NULL: of kl_pack_event_kind() */
	enum kl_pack_event event;
	unsigned from;
	int to;
	enum kl_result (*take)(struct kl_audit_new *new);
} steps[] = {
	{ NULL, KL_EVENT_DRAFTED, IN(NONE), KL_AUDIT_DRAFTED, draft },
	{ NULL, KL_EVENT_ROSTER, IN(DRAFTED), STAYS, keep_text },
	{ NULL, KL_EVENT_NAMES, IN(DRAFTED), STAYS, keep_text },
	{ NULL, KL_EVENT_EXCLUDED, IN(DRAFTED), STAYS, keep_text },
	{ NULL, KL_EVENT_DECLARED, IN(DRAFTED), KL_AUDIT_DECLARED,
	    kl_audit_declared },
	{ NULL, KL_EVENT_COMMITTED, UNDER_WAY, STAYS, kl_audit_committed },
	{ NULL, KL_EVENT_LOCKED, IN(DECLARED), KL_AUDIT_LOCKED, keep_text },
	{ NULL, KL_EVENT_REVEALED, UNDER_WAY, STAYS, kl_audit_revealed },
	{ NULL, KL_EVENT_SEALED, IN(LOCKED), KL_AUDIT_SEALED, keep_text },
	{ NULL, KL_EVENT_BEACON, IN(SEALED), KL_AUDIT_BEACON, keep_text },
	{ NULL, KL_EVENT_SEEDED, IN(SEALED) | IN(BEACON), KL_AUDIT_SEEDED,
	    keep_seed },
	{ NULL, KL_EVENT_RESULT, IN(SEEDED), KL_AUDIT_DRAWN, keep_text },
	{ NULL, KL_EVENT_CLOSED, UNDER_WAY, KL_AUDIT_CLOSED, close_it },
	{ NULL, KL_EVENT_REPLACED, IN(CLOSED), STAYS, kl_audit_replaced },
	{ NULL, KL_EVENT_ANNULLED, IN(CLOSED), KL_AUDIT_ANNULLED,
	    kl_audit_annulled },
	{ "draw.struck", 0, IN(DRAFTED), STAYS, pass },
	{ "draw.dropped", 0, IN(DRAFTED), KL_AUDIT_DROPPED, drop },
	{ "draw.stopped", 0, IN(SEALED), STAYS, stop },
	{ "draw.disputed", 0, UNDER_WAY | IN(CLOSED) | IN(ANNULLED), STAYS,
	    kl_audit_disputed },
};

static const struct step *step_of(const struct kl_view *view)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (kl_span_is(view->kind,
			steps[i].kind ? steps[i].kind
				      : kl_pack_event_kind(steps[i].event)))
			return &steps[i];
	return NULL;
}

/* --- what events do ------------------------------------------------------- */

/* It changes nothing. */
static void refuse(struct kl_audit_new *new, enum kl_audit_code code)
{
	new->refused = true;
	kl_audit_find_entry(new->audit, code, new->draw, new->index);
}

static enum kl_result keep_text(struct kl_audit_new *new)
{
	if (kl_audit_event_of(new->draw, new->event, 0))
		refuse(new, KL_AUDIT_DRAW_EVENT);
	else if (!kl_audit_has_text(new->leaf->data))
		refuse(new, KL_AUDIT_DRAW_DATA);
	else
		return kl_audit_keep(new, 0);
	return KL_OK;
}

static enum kl_result draft(struct kl_audit_new *new)
{
	kl_audit_check_draft(new);
	return keep_text(new);
}

/* What later events ask about a closing. KL_MISMATCH: it cannot be read. */
static enum kl_result read_close(struct kl_audit_new *new)
{
	struct kl_audit_draw *draw = new->draw;
	struct kl_audit_text text;
	struct kl_close close;
	enum kl_result result = kl_audit_text_read(
	    new->audit, draw, new->index, new->leaf->data, &text);

	if (!result) {
		draw->close = kl_hash_of(text.text, text.size);
		draw->drawn =
		    !kl_close_read(&close, text.text, text.size, NULL) &&
		    close.reason == KL_CLOSE_DRAWN;
	}
	kl_buf_clear(&text.apart);
	return result;
}

static enum kl_result close_it(struct kl_audit_new *new)
{
	struct kl_audit_draw *draw = new->draw;
	enum kl_result result;

	if (!kl_audit_has_text(new->leaf->data)) {
		refuse(new, KL_AUDIT_DRAW_DATA);
		return KL_OK;
	}
	result = read_close(new);
	new->refused = result == KL_MISMATCH; /* which is a finding now */
	if (!result)
		result = kl_audit_keep(new, 0);
	if (result)
		return new->refused ? KL_OK : result;
	draw->state = KL_AUDIT_CLOSED;
	new->audit->closed++;
	new->audit->drawn += draw->drawn;
	result = kl_audit_judge(new->audit, draw);
	return result ? result : kl_audit_reduce(draw);
}

static enum kl_result drop(struct kl_audit_new *new)
{
	kl_buf_clear(&new->draw->held);
	kl_buf_clear(&new->draw->events);
	return KL_OK;
}

static enum kl_result stop(struct kl_audit_new *new)
{
	new->draw->stopped = true;
	return KL_OK;
}

/* What was given up has no result. lib README §8. */
static enum kl_result keep_seed(struct kl_audit_new *new)
{
	if (!new->draw->stopped)
		return keep_text(new);
	refuse(new, KL_AUDIT_DRAW_EVENT);
	return KL_OK;
}

static enum kl_result pass(struct kl_audit_new *new)
{
	(void)new;
	return KL_OK;
}

/* --- one entry ------------------------------------------------------------ */

static enum kl_result find_draw(struct kl_audit *audit,
    const struct kl_view *view, struct kl_audit_draw **draw)
{
	struct kl_audit_key key =
	    kl_audit_key_of(audit, view->subject.at, view->subject.size);
	uint64_t *place = kl_audit_table_at(&audit->ids, &key);
	struct kl_audit_draw made = { .held = KL_BUF(HELD_MAX),
		.events = KL_BUF(HELD_MAX) };

	if (!place)
		return KL_NO_MEMORY;
	if (*place == 0) {
		memcpy(made.id, view->subject.at, view->subject.size);
		kl_buf_add(&audit->draws, &made, sizeof(made));
		*place = audit->draws.size / sizeof(made);
	}
	if (kl_buf_result(&audit->draws))
		return kl_buf_result(&audit->draws);
	*draw =
	    &((struct kl_audit_draw *)(void *)audit->draws.data)[*place - 1];
	return KL_OK;
}

/* The freeze is whole: the three texts are there before the declaration. */
static bool is_ready(const struct kl_audit_draw *draw, const struct step *step)
{
	if (step->event != KL_EVENT_DECLARED)
		return true;
	return kl_audit_event_of(draw, KL_EVENT_ROSTER, 0) &&
	       kl_audit_event_of(draw, KL_EVENT_NAMES, 0) &&
	       kl_audit_event_of(draw, KL_EVENT_EXCLUDED, 0);
}

static enum kl_result take_step(
    struct kl_audit_new *new, const struct step *step)
{
	struct kl_audit_draw *draw = new->draw;
	enum kl_audit_state before = draw->state;
	enum kl_result result;

	if (before == KL_AUDIT_UNREADABLE)
		return KL_OK;
	new->event = step->event;
	if (!(step->from & 1U << before) || !is_ready(draw, step)) {
		refuse(new,
		    step->event == KL_EVENT_CLOSED && before > KL_AUDIT_DRAWN
			? KL_AUDIT_CLOSED_TWICE
			: KL_AUDIT_DRAW_EVENT);
		return KL_OK;
	}
	result = step->take(new);
	if (step->to != STAYS && !new->refused && draw->state == before)
		draw->state = (enum kl_audit_state)step->to;
	return result;
}

static enum kl_result take_event(
    struct kl_audit_new *new, const struct kl_view *view)
{
	const struct step *step = step_of(view);
	json_t *value = NULL;
	struct kl_leaf leaf;
	enum kl_result result;

	if (!step)
		return KL_OK; /* of a kind that whoever reads the log knows */
	result =
	    kl_leaf_read((const char *)new->bytes, new->size, &value, &leaf);
	if (result)
		return result;
	new->leaf = &leaf;
	result = take_step(new, step);
	json_decref(value);
	return result;
}

/* Policies are known by their digests, and read again when one is needed. */
static enum kl_result take_policy(
    struct kl_audit *audit, uint64_t index, const struct kl_view *view)
{
	struct kl_span text;
	struct kl_hash hash;
	struct kl_audit_key key;
	uint64_t *place;

	if (!kl_scan_member(view->data, "policy", &text))
		return KL_OK;
	hash = kl_hash_of(text.at, text.size);
	key = kl_audit_key_of(audit, &hash, sizeof(hash));
	place = kl_audit_table_at(&audit->policies, &key);
	if (!place)
		return KL_NO_MEMORY;
	*place = index + 1;
	return KL_OK;
}

static bool starts(struct kl_span kind, const char *with)
{
	size_t size = strlen(with);

	return kind.size > size && memcmp(kind.at, with, size) == 0;
}

enum kl_result kl_audit_take(struct kl_audit *audit, uint64_t index,
    const void *bytes, size_t size, const struct kl_view *view)
{
	struct kl_audit_new new = {
		.audit = audit, .index = index, .bytes = bytes, .size = size
	};
	enum kl_result result;

	audit->at = view->at;
	if (kl_span_is(view->kind, "policy.adopted"))
		return take_policy(audit, index, view);
	if (starts(view->kind, "notice."))
		return kl_audit_notice(audit, bytes, size, view);
	if (!starts(view->kind, "draw."))
		return KL_OK;
	result = find_draw(audit, view, &new.draw);
	return result ? result : take_event(&new, view);
}

/* --- the end -------------------------------------------------------------- */

enum kl_result kl_audit_end(struct kl_audit *audit)
{
	struct kl_audit_draw *draws =
	    (struct kl_audit_draw *)(void *)audit->draws.data;
	size_t count = audit->draws.size / sizeof(*draws);
	enum kl_result result = KL_OK;

	for (size_t i = 0; !result && i < count; i++) {
		if (draws[i].state >= KL_AUDIT_DECLARED &&
		    draws[i].state < KL_AUDIT_CLOSED)
			result = kl_audit_judge(audit, &draws[i]);
		else if (draws[i].state == KL_AUDIT_CLOSED &&
			 draws[i].replaced > 0)
			result = kl_audit_judge_after(audit, &draws[i]);
	}
	return result;
}

void kl_audit_clear(struct kl_audit *audit)
{
	struct kl_audit_draw *draws =
	    (struct kl_audit_draw *)(void *)audit->draws.data;

	for (size_t i = 0; i < audit->draws.size / sizeof(*draws); i++) {
		kl_buf_clear(&draws[i].held);
		kl_buf_clear(&draws[i].events);
	}
	kl_buf_clear(&audit->draws);
	kl_buf_clear(&audit->projects);
	kl_buf_clear(&audit->notices);
	kl_buf_clear(&audit->signups);
	kl_buf_clear(&audit->notice_names.slots);
	kl_buf_clear(&audit->signup_ids.slots);
	kl_buf_clear(&audit->ids.slots);
	kl_buf_clear(&audit->project_ids.slots);
	kl_buf_clear(&audit->secrets.slots);
	kl_buf_clear(&audit->policies.slots);
}
