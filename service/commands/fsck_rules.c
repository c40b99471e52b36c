/* fsck_rules.c -- one event: who caused it, who approved it, its digests. */
#include "fsck_rules.h"

#include "due.h"
#include "kl_canon.h"
#include "route.h"

#include <string.h>

enum { CANON_MAX = 1 << 20 };

/* An event that is being judged. */
struct judged {
	struct fsck_replay *replay;
	uint64_t index;
	enum event event;
	const struct kl_leaf *leaf;
};

static void tell(
    const struct judged *judged, enum fsck_code code, const char *member)
{
	fsck_tell_entry(judged->replay->report, code, judged->index, member);
}

enum event fsck_event_named(const char *name)
{
	for (enum event event = 0; event < EVENT_COUNT; event++)
		if (strcmp(event_info(event)->name, name) == 0)
			return event;
	return EVENT_COUNT;
}

static const char *text_of(const json_t *data, const char *name)
{
	const char *text = json_string_value(json_object_get(data, name));

	return text ? text : "";
}

/* --- who caused it -------------------------------------------------------- */

/* Whose act it is stands in its data, too. */
static const struct {
	enum event event;
	const char *member;
} owners[] = {
	{ EVENT_NOTICE_PUBLISHED, "owner" },
	{ EVENT_FILE_STORED, "organisation" },
	{ EVENT_LISTING_DRAFTED, "institution" },
	{ EVENT_LISTING_SUBMITTED, "institution" },
	{ EVENT_SIGNUP_MADE, "institution" },
	{ EVENT_SIGNUP_WITHDRAWN, "institution" },
	{ EVENT_OBJECTION_MADE, "institution" },
	{ EVENT_OBJECTION_ANSWERED, "answered_by" },
	{ EVENT_PROPOSAL_MADE, "organisation" },
	{ EVENT_PROPOSAL_APPROVED, "approver" },
	{ EVENT_PROPOSAL_REJECTED, "rejected_by" },
	{ EVENT_PROPOSAL_WITHDRAWN, "organisation" },
};

static void check_actor(const struct judged *judged)
{
	const struct event_info *info = event_info(judged->event);
	const struct kl_leaf *leaf = judged->leaf;
	enum role role = role_named(leaf->role ? leaf->role : "");

	if (!leaf->role ||
	    (info->who != ROLE_ANYONE && !(info->who & (unsigned)role)) ||
	    (role == ROLE_SERVICE) !=
		(strcmp(leaf->organisation, SERVICE_ORGANISATION) == 0 &&
		    strcmp(leaf->role, "admin") != 0))
		tell(judged, FSCK_ACTOR, "by");
	for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++)
		if (owners[i].event == judged->event && leaf->organisation &&
		    strcmp(text_of(leaf->data, owners[i].member),
			leaf->organisation) != 0)
			tell(judged, FSCK_ACTOR, owners[i].member);
}

/* --- who approved it ------------------------------------------------------ */

/* What two persons do, and the events it is. By the service some of them
 * happen by themselves. */
static const struct {
	enum event event;
	const char *act;
	const char *subject; /* in the data; NULL: the event's own */
} approved[] = {
	{ EVENT_POLICY_ADOPTED, "policy.adopt", NULL },
	{ EVENT_CALENDAR_ADOPTED, "calendar.adopt", NULL },
	{ EVENT_CREDENTIAL_RESET, "account.reset", NULL },
	{ EVENT_PARTY_ENROLLED, "party.enrol", "organisation" },
	{ EVENT_PARTY_RETIRED, "party.retire", NULL },
	{ EVENT_INSTITUTION_SUSPENDED, "institution.suspend", NULL },
	{ EVENT_INSTITUTION_RESTORED, "institution.restore", NULL },
	{ EVENT_SANCTION_IMPOSED, "sanction.impose", "institution" },
	{ EVENT_SANCTION_REPAIRED, "sanction.repair", NULL },
	{ EVENT_DRAW_STRUCK, "draw.exclude", NULL },
	{ EVENT_DRAW_CLOSED, "draw.cancel", NULL },
	{ EVENT_DRAW_STOPPED, "draw.cancel", NULL },
	{ EVENT_DRAW_CLOSED, "draw.void", NULL },
	{ EVENT_DRAW_DROPPED, "draw.cancel", NULL },
};
enum { APPROVED_COUNT = sizeof(approved) / sizeof(*approved) };

/* Does it carry out what the entry before it approved? */
static bool is_carried_out(const struct judged *judged)
{
	const struct fsck_replay *replay = judged->replay;
	const struct kl_leaf *leaf = judged->leaf;

	for (size_t i = 0; i < APPROVED_COUNT; i++) {
		const char *subject =
		    approved[i].subject
			? text_of(leaf->data, approved[i].subject)
			: leaf->subject;

		if (approved[i].event == judged->event &&
		    strcmp(approved[i].act, replay->act) == 0 &&
		    strcmp(subject, replay->subject) == 0 &&
		    strcmp(leaf->organisation, replay->organisation) == 0)
			return true;
	}
	return false;
}

static bool takes_two(const struct judged *judged)
{
	bool listed = false;

	for (size_t i = 0; i < APPROVED_COUNT; i++)
		listed |= approved[i].event == judged->event;
	return listed && judged->leaf->role &&
	       strcmp(judged->leaf->role, "service") != 0;
}

static void check_proposal(const struct judged *judged)
{
	const json_t *data = judged->leaf->data;
	const struct two_person *act = two_person_named(text_of(data, "act"));
	unsigned role = role_named(judged->leaf->role);
	bool is_made = judged->event == EVENT_PROPOSAL_MADE;

	if (!act || !(role & (is_made ? act->proposers : act->approvers)))
		tell(judged, FSCK_ACTOR, "by");
	else if (is_made &&
		 strcmp(text_of(data, "role"), judged->leaf->role) != 0)
		tell(judged, FSCK_ACTOR, "role");
	else if (!is_made && strcmp(text_of(data, "organisation"),
				 judged->leaf->organisation) == 0)
		tell(judged, FSCK_TWO_PERSONS, "approver");
}

static void check_persons(const struct judged *judged)
{
	struct fsck_replay *replay = judged->replay;
	const struct kl_leaf *leaf = judged->leaf;
	bool carried_out = replay->approved && is_carried_out(judged);

	if (takes_two(judged) && !carried_out && !replay->holes)
		tell(judged, FSCK_TWO_PERSONS, "by");
	if (replay->approved && !carried_out)
		fsck_tell_entry(
		    replay->report, FSCK_MISSING, judged->index, "kind");
	replay->approved = judged->event == EVENT_PROPOSAL_APPROVED;
	if (judged->event == EVENT_PROPOSAL_MADE || replay->approved ||
	    judged->event == EVENT_PROPOSAL_REJECTED)
		check_proposal(judged);
	if (!replay->approved)
		return;
	snprintf(
	    replay->act, sizeof(replay->act), "%s", text_of(leaf->data, "act"));
	snprintf(replay->subject, sizeof(replay->subject), "%s",
	    text_of(leaf->data, "subject"));
	snprintf(replay->organisation, sizeof(replay->organisation), "%s",
	    leaf->organisation);
}

/* --- what happens by itself ----------------------------------------------- */

/* The first event of a due act has the id that makes it happen once. */
static const struct {
	enum event event;
	const char *due;
} firsts[] = {
	{ EVENT_NOTICE_CLOSED, "notice.close" },
	{ EVENT_PROPOSAL_LAPSED, "proposal.lapse" },
	{ EVENT_SANCTION_EXPIRED, "sanction.expire" },
	{ EVENT_DRAW_ROSTER, "draw.freeze" },
	{ EVENT_DRAW_LOCKED, "draw.lock" },
};

static void check_id(const struct judged *judged)
{
	for (size_t i = 0; i < sizeof(firsts) / sizeof(*firsts); i++) {
		const struct due_row row = {
			.kind = firsts[i].due,
			.subject = judged->leaf->subject,
			.seq = 1,
		};
		struct kl_event_id id;

		if (firsts[i].event != judged->event)
			continue;
		id = due_event_id(&row);
		if (!kl_event_id_equal(&id, &judged->leaf->id))
			tell(judged, FSCK_DIFFERS, "id");
	}
}

/* --- digests -------------------------------------------------------------- */

static bool digest_is(const char *hex, const json_t *value)
{
	struct kl_buf bytes = KL_BUF(CANON_MAX);
	struct kl_hash hash = { { 0 } };
	char is[KL_HASH_HEX];
	bool good = value && !kl_canon_write(&bytes, value);

	if (good)
		hash = kl_hash_of(bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	kl_hash_hex(&hash, is);
	return good && strcmp(is, hex) == 0;
}

static bool calendar_digest_is(const json_t *data)
{
	json_auto_t *what = json_pack("{s:O?, s:O?, s:O?}", "days",
	    json_object_get(data, "days"), "region",
	    json_object_get(data, "region"), "year",
	    json_object_get(data, "year"));

	return digest_is(text_of(data, "digest"), what);
}

static bool proposal_digest_is(const json_t *data)
{
	json_auto_t *what =
	    json_pack("{s:O?, s:O?, s:O?}", "act", json_object_get(data, "act"),
		"payload", json_object_get(data, "payload"), "subject",
		json_object_get(data, "subject"));

	return digest_is(text_of(data, "digest"), what);
}

static void check_digests(const struct judged *judged)
{
	const json_t *data = judged->leaf->data;

	if (judged->event == EVENT_POLICY_ADOPTED &&
	    !digest_is(
		text_of(data, "digest"), json_object_get(data, "policy")))
		tell(judged, FSCK_DIGEST, "digest");
	if (judged->event == EVENT_CALENDAR_ADOPTED &&
	    !calendar_digest_is(data))
		tell(judged, FSCK_DIGEST, "digest");
	if (judged->event == EVENT_PROPOSAL_MADE && !proposal_digest_is(data))
		tell(judged, FSCK_DIGEST, "digest");
	if ((judged->event == EVENT_SIGNUP_INCLUDED ||
		judged->event == EVENT_SIGNUP_EXCLUDED) &&
	    !digest_is(
		text_of(data, "evidence"), json_object_get(data, "facts")))
		tell(judged, FSCK_DIGEST, "evidence");
}

void fsck_rules(struct fsck_replay *replay, uint64_t index, enum event event,
    const struct kl_leaf *leaf, const char *opens_with)
{
	const struct judged judged = { replay, index, event, leaf };

	if (leaf->at < replay->at)
		tell(&judged, FSCK_TIME, "at");
	else
		replay->at = leaf->at;
	check_actor(&judged);
	if (leaf->organisation)
		check_persons(&judged);
	check_id(&judged);
	check_digests(&judged);
	fsck_notice_rules(replay, index, event, leaf, opens_with);
}
