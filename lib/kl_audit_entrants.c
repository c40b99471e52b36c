/* Who signed up, and who may be drawn: each roster against its notice. */
#include "kl_audit_private.h"

#include "kl_canon.h"
#include "kl_roster.h"

#include <string.h>

/* A notice. Of those who signed up for it the last one is named here, and each
 * names the one before. */
struct notice {
	size_t last;      /* its place + 1; 0: nobody has */
	size_t signed_up; /* and have not withdrawn */
	bool opened;      /* all that was sealed for it */
};

/* Somebody who signed up. */
struct signup {
	uint64_t index;    /* of the entry that has opened what was last */
	size_t before;     /* as above */
	uint64_t compared; /* the comparison that has met it last */
	bool withdrawn;
};

/* Of one draw no more than these are named. */
enum { NAMED_MAX = KL_AUDIT_FINDINGS_MAX / 8 };

static struct notice *notice_at(const struct kl_audit *audit, uint64_t place)
{
	return place > 0
		   ? &((struct notice *)(void *)audit->notices.data)[place - 1]
		   : NULL;
}

static struct signup *signup_at(const struct kl_audit *audit, uint64_t place)
{
	return place > 0
		   ? &((struct signup *)(void *)audit->signups.data)[place - 1]
		   : NULL;
}

/* Under which names a notice is known: its id, the beginning of the ids of its
 * draws, the digest of its text. */
enum name { BY_ID = 'i', BY_DRAW = 'd', BY_TEXT = 't' };

/* They share a table. A token and a letter, or a digest and one. */
static struct kl_audit_key name_key(const struct kl_audit *audit,
    enum name name, const void *bytes, size_t size)
{
	uint8_t text[1 + KL_TOKEN_SIZE_MAX] = { (uint8_t)name };

	size = size < KL_TOKEN_SIZE_MAX ? size : KL_TOKEN_SIZE_MAX;
	memcpy(text + 1, bytes, size);
	return kl_audit_key_of(audit, text, size + 1);
}

static uint64_t find_notice(const struct kl_audit *audit, enum name name,
    const void *bytes, size_t size)
{
	struct kl_audit_key key = name_key(audit, name, bytes, size);

	return kl_audit_table_find(&audit->notice_names, &key);
}

/* The first one keeps its name. */
static enum kl_result name_notice(struct kl_audit *audit, uint64_t place,
    enum name name, const void *bytes, size_t size)
{
	struct kl_audit_key key = name_key(audit, name, bytes, size);
	uint64_t *named = kl_audit_table_at(&audit->notice_names, &key);

	if (!named)
		return KL_NO_MEMORY;
	if (*named == 0)
		*named = place;
	return KL_OK;
}

/* --- notices -------------------------------------------------------------- */

/* ZJ-<rest> is the number of the notice whose draws are D-<rest>-<n>. */
static enum kl_result name_by_draw(
    struct kl_audit *audit, uint64_t place, const json_t *data)
{
	const char *number = json_string_value(json_object_get(data, "number"));
	const char *rest = number ? strchr(number, '-') : NULL;

	return rest ? name_notice(audit, place, BY_DRAW, rest, strlen(rest))
		    : KL_OK;
}

/*
 * The notice.json that a declaration has the digest of: what is published, and
 * will not change. protocol §2.
 */
static enum kl_result name_by_text(
    struct kl_audit *audit, uint64_t place, const json_t *data, const char *id)
{
	static const char *const others[] = { "state", "private",
		"signup_count", "included_count", "excluded_count" };
	json_t *text = json_copy((json_t *)data);
	struct kl_buf bytes = KL_BUF(2 * KL_LEAF_SIZE_MAX);
	struct kl_hash hash;
	enum kl_result result = KL_NO_MEMORY;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		(void)json_object_del(text, others[i]);
	if (json_object_set_new(text, "id", json_string(id)) == 0)
		result = kl_canon_write(&bytes, text);
	hash = kl_hash_of(
	    bytes.data ? bytes.data : (const uint8_t *)"", bytes.size);
	json_decref(text);
	kl_buf_clear(&bytes);
	return result ? result
		      : name_notice(audit, place, BY_TEXT, hash.bytes,
			    sizeof(hash.bytes));
}

static enum kl_result publish(struct kl_audit *audit, const void *bytes,
    size_t size, const struct kl_view *view)
{
	static const struct notice made = { .last = 0 };
	uint64_t place = audit->notices.size / sizeof(made) + 1;
	json_t *value = NULL;
	struct kl_leaf leaf;
	enum kl_result result;

	kl_buf_add(&audit->notices, &made, sizeof(made));
	result = kl_buf_result(&audit->notices);
	if (!result)
		result = name_notice(
		    audit, place, BY_ID, view->subject.at, view->subject.size);
	if (!result)
		result = kl_leaf_read(bytes, size, &value, &leaf);
	if (!result)
		result = name_by_draw(audit, place, leaf.data);
	if (!result)
		result = name_by_text(audit, place, leaf.data, leaf.subject);
	json_decref(value);
	return result;
}

enum kl_result kl_audit_notice(struct kl_audit *audit, const void *bytes,
    size_t size, const struct kl_view *view)
{
	struct notice *notice = notice_at(audit,
	    find_notice(audit, BY_ID, view->subject.at, view->subject.size));

	if (!notice && kl_span_is(view->kind, "notice.published"))
		return publish(audit, bytes, size, view);
	if (notice && kl_span_is(view->kind, "notice.opened"))
		notice->opened = true;
	return KL_OK;
}

/* --- sign-ups ------------------------------------------------------------- */

/* A token has no escapes. */
static bool token_of(
    const struct kl_view *event, const char *name, struct kl_span *token)
{
	struct kl_span value;

	if (!kl_scan_member(event->data, name, &value) || value.size < 2)
		return false;
	*token = (struct kl_span){ value.at + 1, value.size - 2 };
	return kl_is_token(token->at, token->size);
}

/* Who signs up twice for a notice is there once. */
static struct kl_audit_key signup_key(
    const struct kl_audit *audit, uint64_t notice, struct kl_span institution)
{
	uint8_t text[sizeof(notice) + KL_TOKEN_SIZE_MAX];

	memcpy(text, &notice, sizeof(notice));
	memcpy(text + sizeof(notice), institution.at, institution.size);
	return kl_audit_key_of(audit, text, sizeof(notice) + institution.size);
}

static enum kl_result sign_up(struct kl_audit *audit, uint64_t place,
    struct kl_span institution, struct signup *now)
{
	struct kl_audit_key key = signup_key(audit, place, institution);
	uint64_t *number = kl_audit_table_at(&audit->signup_ids, &key);
	struct notice *notice = notice_at(audit, place);
	struct signup *signup;

	if (!number)
		return KL_NO_MEMORY;
	signup = signup_at(audit, *number);
	if (signup) {
		notice->signed_up += signup->withdrawn;
		notice->signed_up -= now->withdrawn;
		now->before = signup->before;
		*signup = *now;
		return KL_OK;
	}
	now->before = notice->last;
	kl_buf_add(&audit->signups, now, sizeof(*now));
	*number = audit->signups.size / sizeof(*now);
	notice->last = *number;
	notice->signed_up += !now->withdrawn;
	return kl_buf_result(&audit->signups);
}

enum kl_result kl_audit_opened(
    struct kl_audit *audit, uint64_t index, const struct kl_view *event)
{
	struct signup now = { .index = index,
		.withdrawn = kl_span_is(event->kind, "signup.withdrawn") };
	struct kl_span notice, institution;
	uint64_t place;

	if ((!now.withdrawn && !kl_span_is(event->kind, "signup.made")) ||
	    !token_of(event, "notice", &notice) ||
	    !token_of(event, "institution", &institution))
		return KL_OK;
	place = find_notice(audit, BY_ID, notice.at, notice.size);
	return place > 0 ? sign_up(audit, place, institution, &now) : KL_OK;
}

/* --- a draw of a notice --------------------------------------------------- */

/* Of D-<rest>-<n> the part -<rest>; nothing of another form. */
static struct kl_span notice_in(const char *id)
{
	struct kl_span part = { id, 0 };

	while (*part.at && *part.at != '-')
		part.at++;
	for (size_t i = 0; part.at[i]; i++)
		if (part.at[i] == '-')
			part.size = i;
	return part;
}

/* What a draft is of is told by its id alone; what it becomes has the digest of
 * its notice. */
void kl_audit_check_draft(struct kl_audit_new *new)
{
	struct kl_span part = notice_in(new->draw->id);
	const struct notice *notice = notice_at(
	    new->audit, find_notice(new->audit, BY_DRAW, part.at, part.size));

	if (notice && !notice->opened)
		kl_audit_find_entry(
		    new->audit, KL_AUDIT_NOTICE_SEALED, new->draw, new->index);
}

/* One draw beside what was signed up for its notice. */
struct comparison {
	struct kl_audit_new *new;
	uint64_t place; /* of the notice */
	uint64_t number;
	size_t named, met;
};

static void find(struct comparison *comparison, enum kl_audit_code code,
    const struct kl_audit_place *place)
{
	struct kl_audit *audit = comparison->new->audit;

	if (comparison->named++ < NAMED_MAX)
		kl_audit_find(audit, code, place);
	else
		audit->findings_left++;
}

/* An entry of one of its lists. Nobody is in both, or twice in one: that is for
 * the passes of a pack. */
static void meet(struct comparison *comparison, struct kl_span id,
    const struct kl_audit_place *place)
{
	struct kl_audit *audit = comparison->new->audit;
	struct kl_audit_key key = signup_key(audit, comparison->place, id);
	struct signup *signup =
	    signup_at(audit, kl_audit_table_find(&audit->signup_ids, &key));

	if (!signup || signup->withdrawn) {
		find(comparison, KL_AUDIT_ENTRANT_UNKNOWN, place);
		return;
	}
	comparison->met += signup->compared != comparison->number;
	signup->compared = comparison->number;
}

static void meet_all(struct comparison *comparison,
    const struct kl_roster *roster, const struct kl_excluded *excluded)
{
	struct kl_audit_place place = { .draw = comparison->new->draw };

	place.file = kl_pack_name(KL_PACK_ROSTER);
	place.index = kl_audit_event_of(place.draw, KL_EVENT_ROSTER, 0)->index;
	for (size_t i = 0; i < roster->count; i++) {
		place.line = kl_entry_line(i);
		meet(comparison, roster->entries[i].id, &place);
	}
	place.file = kl_pack_name(KL_PACK_EXCLUDED);
	place.index =
	    kl_audit_event_of(place.draw, KL_EVENT_EXCLUDED, 0)->index;
	for (size_t i = 0; i < excluded->count; i++) {
		place.line = kl_entry_line(i);
		meet(comparison, excluded->entries[i].id, &place);
	}
}

/* Whoever was not met was left out. */
static void find_left_out(struct comparison *comparison)
{
	struct kl_audit *audit = comparison->new->audit;
	const struct notice *notice = notice_at(audit, comparison->place);
	struct kl_audit_place place = { .draw = comparison->new->draw,
		.file = kl_pack_name(KL_PACK_ROSTER) };
	const struct signup *signup;

	place.index = kl_audit_event_of(place.draw, KL_EVENT_ROSTER, 0)->index;
	if (comparison->met == notice->signed_up)
		return;
	for (uint64_t at = notice->last; at > 0; at = signup->before) {
		signup = signup_at(audit, at);
		place.signup = signup->index;
		if (!signup->withdrawn &&
		    signup->compared != comparison->number)
			find(comparison, KL_AUDIT_ENTRANT_LEFT_OUT, &place);
	}
}

/* Texts of another form are for the passes. */
static enum kl_result compare(struct comparison *comparison,
    const struct kl_audit_text *roster_text,
    const struct kl_audit_text *excluded_text)
{
	struct kl_roster roster = { .count = 0 };
	struct kl_excluded excluded = { .count = 0 };
	enum kl_result result =
	    kl_roster_read(&roster, roster_text->text, roster_text->size, NULL);

	if (!result)
		result = kl_excluded_read(
		    &excluded, excluded_text->text, excluded_text->size, NULL);
	if (!result) {
		meet_all(comparison, &roster, &excluded);
		find_left_out(comparison);
	}
	kl_roster_clear(&roster);
	kl_excluded_clear(&excluded);
	return result == KL_NO_MEMORY ? result : KL_OK;
}

static enum kl_result compare_lists(struct kl_audit_new *new, uint64_t place)
{
	struct comparison comparison = {
		.new = new, .place = place, .number = ++new->audit->comparisons
	};
	struct kl_audit_told roster, excluded = { .value = NULL };
	enum kl_result result =
	    kl_audit_told_read(new, KL_EVENT_ROSTER, &roster);

	if (!result)
		result = kl_audit_told_read(new, KL_EVENT_EXCLUDED, &excluded);
	if (!result)
		result = compare(&comparison, &roster.text, &excluded.text);
	kl_audit_told_clear(&roster);
	kl_audit_told_clear(&excluded);
	return result == KL_MISMATCH ? KL_OK : result;
}

enum kl_result kl_audit_check_entrants(
    struct kl_audit_new *new, const struct kl_declare *declare)
{
	struct kl_audit *audit = new->audit;
	uint64_t place = find_notice(audit, BY_TEXT, declare->notice.bytes,
	    sizeof(declare->notice.bytes));

	if (audit->notices.size == 0) {
		audit->unnoticed++;
		return KL_OK;
	}
	if (place > 0 && notice_at(audit, place)->opened)
		return compare_lists(new, place);
	kl_audit_find(audit,
	    place > 0 ? KL_AUDIT_NOTICE_SEALED : KL_AUDIT_NOTICE_UNKNOWN,
	    &(struct kl_audit_place){ .draw = new->draw,
		.index = new->index,
		.file = kl_pack_name(KL_PACK_DECLARE),
		.line = kl_declare_line(declare, KL_DECLARE_NOTICE) });
	return KL_OK;
}
