/* The earlier attempts, and what the proof amounts to. protocol §1. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_DELAY_S = 30 };

/* --- earlier attempts ----------------------------------------------------- */

/* All that were made public: sealed, or only revealed. */
static void keep_secrets(
    const struct kl_pack_attempt *attempt, struct kl_pack_summary *summary)
{
	for (size_t i = 0; i < attempt->declare.party_count; i++) {
		const struct kl_pack_leaf *leaf =
		    kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, i);
		bool sealed = i < attempt->seal.count &&
			      attempt->seal.parties[i].reveal == KL_REVEALED;

		if (!sealed && !leaf)
			continue;
		summary->secret_lines[summary->secret_count] =
		    sealed ? kl_seal_line(i) : kl_lock_line(i);
		summary->secret_texts[summary->secret_count] =
		    sealed ? KL_PACK_SEAL : KL_PACK_LOCK;
		summary->secrets[summary->secret_count++] =
		    sealed ? attempt->seal.parties[i].secret : leaf->secret;
	}
}

/* Which entry ended it: the annulment, if there is one, or the closing. */
static const struct kl_pack_leaf *end_of(const struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *annulled =
	    kl_pack_leaf_of(attempt, KL_EVENT_ANNULLED, 0);

	return annulled ? annulled
			: kl_pack_leaf_of(attempt, KL_EVENT_CLOSED, 0);
}

void kl_pack_summarize(
    const struct kl_pack_attempt *attempt, struct kl_pack_summary *summary)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_pack_leaf *declared =
	    kl_pack_leaf_of(attempt, KL_EVENT_DECLARED, 0);
	const struct kl_pack_leaf *end = end_of(attempt);

	*summary = (struct kl_pack_summary){
		.attempt = declare->attempt,
		.draw = declare->draw,
		.project = declare->project,
		.origin = declare->origin,
		.log_key = declare->log_key,
		.close = attempt->hashes[KL_PACK_CLOSE],
		.previous = declare->previous,
		.reason = attempt->close.reason,
		.known = attempt->close.known || attempt->time_unproven,
		.annulled = attempt->texts[KL_PACK_ANNUL] != NULL,
		.logged = declared && end,
		.begins = declared ? declared->proof.index : 0,
		.ends = end ? end->proof.index : 0,
	};
	memcpy(summary->folder, attempt->prefix, sizeof(summary->folder));
	keep_secrets(attempt, summary);
}

static bool shares_secret(
    const struct kl_pack_summary *earlier, const struct kl_secret *secret)
{
	for (size_t i = 0; i < earlier->secret_count; i++)
		if (memcmp(&earlier->secrets[i], secret, sizeof(*secret)) == 0)
			return true;
	return false;
}

/* Put down a finding about a text of one of the attempts. */
static void find_of(struct kl_pack_attempt *attempt, enum kl_finding_code code,
    const struct kl_pack_summary *summary, enum kl_pack_text text, size_t line)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "%s%s", summary->folder, kl_pack_name(text));
	kl_pack_find(attempt, code, name, line);
}

/* Any two attempts: another draw, other secrets. */
static void check_apart(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary *earlier, const struct kl_pack_summary *later)
{
	if (kl_span_equal(earlier->draw, later->draw))
		find_of(attempt, KL_FINDING_PREVIOUS_DRAW, later,
		    KL_PACK_DECLARE, KL_DECLARE_DRAW);
	for (size_t i = 0; i < later->secret_count; i++)
		if (shares_secret(earlier, &later->secrets[i]))
			find_of(attempt, KL_FINDING_SECRET_REUSED, later,
			    later->secret_texts[i], later->secret_lines[i]);
}

/* One attempt and the next one. */
static void check_pair(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary *earlier, const struct kl_pack_summary *later)
{
	if (!kl_hash_equal(&later->previous, &earlier->close))
		find_of(attempt, KL_FINDING_DIGEST_PREVIOUS, later,
		    KL_PACK_DECLARE, KL_DECLARE_PREVIOUS);
	if (earlier->reason == KL_CLOSE_DRAWN && !earlier->annulled)
		find_of(attempt, KL_FINDING_PREVIOUS_STANDS, later,
		    KL_PACK_DECLARE, KL_DECLARE_PREVIOUS);
	if (earlier->logged && later->logged && later->begins <= earlier->ends)
		find_of(attempt, KL_FINDING_PREVIOUS_ORDER, later,
		    KL_PACK_DECLARE, 0);
}

/* An earlier attempt and this one. */
static void check_alike(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary *earlier, const struct kl_pack_summary *last)
{
	if (!kl_span_equal(earlier->project, last->project))
		find_of(attempt, KL_FINDING_PREVIOUS_PROJECT, earlier,
		    KL_PACK_DECLARE, KL_DECLARE_PROJECT);
	if (!kl_span_equal(earlier->origin, last->origin) ||
	    !kl_public_key_equal(&earlier->log_key, &last->log_key))
		find_of(attempt, KL_FINDING_PREVIOUS_LOG, earlier,
		    KL_PACK_DECLARE, KL_DECLARE_LOG);
}

void kl_pack_check_previous(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary summaries[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (summaries[i].attempt != (int64_t)i + 1)
			find_of(attempt, KL_FINDING_PREVIOUS_ATTEMPT,
			    &summaries[i], KL_PACK_DECLARE, KL_DECLARE_ATTEMPT);
		if (i + 1 < count)
			check_alike(
			    attempt, &summaries[i], &summaries[count - 1]);
		if (i > 0)
			check_pair(attempt, &summaries[i - 1], &summaries[i]);
		for (size_t j = 0; j < i; j++)
			check_apart(attempt, &summaries[j], &summaries[i]);
	}
}

/* --- caps ----------------------------------------------------------------- */

static void set_caps(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary summaries[], size_t count)
{
	const struct kl_declare *declare = &attempt->declare;
	const json_t *draw = json_object_get(attempt->policy, "draw");
	enum kl_beacon_kind kind = declare->beacon.kind;
	bool *caps = attempt->report->caps;

	caps[KL_CAP_UNWITNESSED] = declare->quorum == 0;
	caps[KL_CAP_UNSEALED] = declare->quorum > 0 && attempt->unsealed;
	caps[KL_CAP_SHORT_DELAY] =
	    kind != KL_BEACON_NONE && declare->beacon_delay_s < SHORT_DELAY_S;
	caps[KL_CAP_LOW_ENTROPY] =
	    attempt->template.alphabet && kl_pack_is_low(&attempt->template);
	caps[KL_CAP_POLICY_C] =
	    json_is_string(json_object_get(draw, "level_c_reason"));
	for (size_t i = 0; i + 1 < count; i++)
		caps[KL_CAP_REDRAWN_KNOWN] |= summaries[i].known;
}

static enum kl_level level_of(const struct kl_pack_attempt *attempt)
{
	const bool *caps = attempt->report->caps;
	enum kl_level level = KL_LEVEL_A;

	if (attempt->options->bare)
		return KL_LEVEL_UNPROVEN;
	if (attempt->options->rehearsal &&
	    kl_is_rehearsal(attempt->declare.origin))
		return KL_LEVEL_REHEARSAL;
	if (attempt->beacon_accepted)
		return KL_LEVEL_TEST;
	switch (attempt->declare.beacon.kind) {
	case KL_BEACON_NONE:
		level = KL_LEVEL_C;
		break;
	case KL_BEACON_PUBLIC:
		level = KL_LEVEL_B;
		break;
	case KL_BEACON_NIST:
	case KL_BEACON_DRAND:
		break;
	}
	for (int i = 0; i < KL_CAP_COUNT; i++)
		if (caps[i])
			level = KL_LEVEL_C;
	return level;
}

/* --- what it rests on ----------------------------------------------------- */

static void add_text(char *text, size_t size, struct kl_span more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%.*s", (int)more.size, more.at);
}

/* By its name: the seal may have the parties in another order, a finding. */
static bool has_revealed(
    const struct kl_pack_attempt *attempt, struct kl_span party)
{
	for (size_t i = 0; i < attempt->seal.count; i++)
		if (attempt->seal.parties[i].reveal == KL_REVEALED &&
		    kl_span_equal(attempt->seal.parties[i].party, party))
			return true;
	return false;
}

/* The parties that revealed, are not the operator, and are known to us. */
static void rest_on(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	char *text = attempt->report->rests_on;
	size_t size = sizeof(attempt->report->rests_on);
	bool beacon = declare->beacon.kind != KL_BEACON_NONE, any = false;

	*text = '\0';
	for (size_t i = 0; i < declare->party_count; i++) {
		const struct kl_party *party = &declare->parties[i];

		if (!kl_pack_knows_party(attempt, party)) {
			kl_pack_warn(attempt->report,
			    KL_WARNING_PARTY_UNVERIFIED, party->id);
			continue;
		}
		if (kl_span_is(party->id, "operator") ||
		    !has_revealed(attempt, party->id))
			continue;
		if (any)
			add_text(text, size, kl_span_of(", "));
		else if (beacon)
			add_text(text, size, kl_span_of("beacon or "));
		add_text(text, size, party->id);
		any = true;
	}
	if (!any)
		add_text(text, size,
		    kl_span_of(beacon ? "beacon" : "nothing shown"));
}

void kl_pack_judge(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary summaries[], size_t count)
{
	struct kl_pack_report *report = attempt->report;
	char least = attempt->options->level_min;

	set_caps(attempt, summaries, count);
	rest_on(attempt);
	report->level = level_of(attempt);
	if (least && (report->level > KL_LEVEL_C ||
			 report->level > (enum kl_level)(least - 'A')))
		kl_pack_find_in(
		    attempt, KL_FINDING_LEVEL_LOW, KL_PACK_DECLARE, 0);
}
