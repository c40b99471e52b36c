/* The passes of the result and of what came after it. */
#include "kl_draw.h"
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

/* --- reports -------------------------------------------------------------- */

/* Of somebody in the roster, unless there are fewer names than entries. */
static struct kl_span name_of(
    const struct kl_pack_attempt *attempt, struct kl_span id)
{
	const struct kl_roster *roster = &attempt->roster;
	size_t i = (size_t)(kl_roster_find(roster, id) - roster->entries);

	if (i >= attempt->names.count)
		return (struct kl_span){ "", 0 };
	return attempt->names.entries[i].name;
}

void kl_pack_report_awards(struct kl_pack_attempt *attempt,
    const struct kl_ranking *ranking, bool shadow)
{
	for (size_t i = 0; i < ranking->count; i++) {
		struct kl_award award = {
			.attempt = attempt->declare.attempt,
			.rank = i + 1,
			.shadow = shadow,
			.role = ranking->entries[i].role,
			.id = ranking->entries[i].id,
		};

		if (award.role == KL_NOT_SELECTED)
			break;
		/* As they stand in the roster, which outlives the ranking. */
		award.name = name_of(attempt, award.id);
		kl_buf_add(&attempt->report->awards, &award, sizeof(award));
	}
}

/* --- the ranking ---------------------------------------------------------- */

/* Ranked again: the line of the first difference, or 0. Which alternate it is
 * follows from the roles up to it. */
static size_t first_difference(
    const struct kl_ranking *said, const struct kl_ranking *computed)
{
	for (size_t i = 0; i < said->count && i < computed->count; i++) {
		const struct kl_ranked *one = &said->entries[i];
		const struct kl_ranked *other = &computed->entries[i];

		if (!kl_span_equal(one->id, other->id) ||
		    !kl_hash_equal(&one->ticket, &other->ticket) ||
		    one->role != other->role)
			return kl_ranked_line(i);
	}
	if (said->count == computed->count)
		return 0;
	return kl_ranked_line(
	    said->count < computed->count ? said->count : computed->count);
}

static void check_ranking(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	struct kl_ranking computed = { .count = 0 };
	enum kl_result result =
	    kl_draw(&attempt->roster, &attempt->hashes[KL_PACK_SEED],
		declare->select, declare->alternates, &computed);
	size_t line;

	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	if (result) /* select-entries says why */
		return;
	line = first_difference(&attempt->ranking, &computed);
	if (line > 0)
		kl_pack_find_in(
		    attempt, KL_FINDING_RESULT_DIFFERS, KL_PACK_RESULT, line);
	kl_pack_report_awards(attempt, &computed, false);
	kl_ranking_clear(&computed);
}

/* --- why it was closed ---------------------------------------------------- */

static size_t count_leaves(
    const struct kl_pack_attempt *attempt, enum kl_pack_event event)
{
	size_t count = 0;

	for (size_t i = 0; i < attempt->declare.party_count; i++)
		count += kl_pack_leaf_of(attempt, event, i) != NULL;
	return count;
}

static bool all_required_committed(const struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	for (size_t i = 0; i < declare->party_count; i++)
		if (declare->parties[i].required &&
		    !kl_pack_leaf_of(attempt, KL_EVENT_COMMITTED, i))
			return false;
	return true;
}

bool kl_pack_is_withheld(const struct kl_pack_attempt *attempt)
{
	for (size_t i = 0; i < attempt->seal.count; i++)
		if (attempt->seal.parties[i].reveal == KL_WITHHELD)
			return true;
	return false;
}

/* Could it be said already? Without a log nobody knows when it was. */
static bool closed_before(const struct kl_pack_attempt *attempt, int64_t time)
{
	const struct kl_pack_leaf *closed =
	    kl_pack_leaf_of(attempt, KL_EVENT_CLOSED, 0);

	return closed && closed->entry.at < time;
}

/* With quorum 0 nobody cosigns, so nothing is missing. */
static bool lacks_witnesses(
    const struct kl_pack_attempt *attempt, enum kl_pack_mark mark, int64_t time)
{
	return attempt->declare.quorum > 0 &&
	       !(attempt->marks[mark].witnessed &&
		   attempt->marks[mark].time < time);
}

/* The declaration was not cosigned in time, or the lock; or there is no lock,
 * because the log stood still until nobody could reveal any more. §3.3. */
static bool is_unwitnessed(const struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	if (attempt->options->bare)
		return declare->quorum > 0 || !attempt->texts[KL_PACK_LOCK];
	/* A log does not tell which of them was missed. */
	if ((attempt->told && declare->quorum > 0) ||
	    lacks_witnesses(attempt, KL_PACK_DECLARED, declare->commit_by))
		return !closed_before(attempt, declare->commit_by);
	if (attempt->texts[KL_PACK_LOCK] &&
	    !lacks_witnesses(attempt, KL_PACK_LOCKED, declare->reveal_by))
		return false;
	return !closed_before(attempt, declare->reveal_by);
}

/* A log does not tell of the cosignatures. */
static bool may_be_unsealed(const struct kl_pack_attempt *attempt)
{
	return (attempt->told && attempt->declare.quorum > 0) ||
	       kl_pack_is_sealed_late(attempt);
}

/* Going on would have been a choice made with knowledge. protocol §3.5. */
static bool is_unsealed(const struct kl_pack_attempt *attempt)
{
	return attempt->declare.beacon.kind != KL_BEACON_NONE &&
	       kl_pack_is_withheld(attempt) &&
	       (attempt->options->bare ||
		   (may_be_unsealed(attempt) &&
		       !closed_before(attempt, attempt->beacon_time)));
}

/* Does what the pack shows contradict the reason? */
static bool is_untrue(const struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	switch (attempt->close.reason) {
	case KL_CLOSE_DRAWN:
		return declare->withheld_void && kl_pack_is_withheld(attempt);
	case KL_CLOSE_CANCELLED:
		return false;
	case KL_CLOSE_TOO_FEW:
		return count_leaves(attempt, KL_EVENT_COMMITTED) >= 2 ||
		       closed_before(attempt, declare->commit_by);
	case KL_CLOSE_ABSENT:
		return !attempt->options->bare &&
		       (all_required_committed(attempt) ||
			   closed_before(attempt, declare->commit_by));
	case KL_CLOSE_UNWITNESSED:
		return !is_unwitnessed(attempt);
	case KL_CLOSE_UNSEALED:
		return !is_unsealed(attempt);
	case KL_CLOSE_WITHHELD:
		return count_leaves(attempt, KL_EVENT_REVEALED) > 0 ||
		       closed_before(attempt, declare->reveal_by);
	case KL_CLOSE_BEACON:
		return declare->beacon.kind == KL_BEACON_NONE ||
		       closed_before(attempt, attempt->beacon_time);
	case KL_CLOSE_PARTY:
		return !declare->withheld_void || !kl_pack_is_withheld(attempt);
	}
	return false;
}

/* --- the shadow result ---------------------------------------------------- */

/*
 * The hash of the seal: the one there is, or the one that would have been,
 * with `withheld` for what nobody had revealed when it was cancelled.
 */
static bool seal_of(struct kl_pack_attempt *attempt, struct kl_hash *hash)
{
	struct kl_seal seal = { .declare = attempt->hashes[KL_PACK_DECLARE],
		.lock = attempt->hashes[KL_PACK_LOCK],
		.count = attempt->lock.count };
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum kl_result result;

	*hash = attempt->hashes[KL_PACK_SEAL];
	if (attempt->texts[KL_PACK_SEAL])
		return true;
	if (!attempt->texts[KL_PACK_LOCK])
		return false;
	for (size_t i = 0; i < seal.count; i++) {
		const struct kl_pack_leaf *leaf =
		    kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, i);
		bool absent = attempt->lock.parties[i].absent;

		seal.parties[i] = (struct kl_sealed){
			.party = attempt->lock.parties[i].party,
			.reveal = leaf     ? KL_REVEALED
				  : absent ? KL_ABSENT
					   : KL_WITHHELD,
		};
		if (leaf)
			seal.parties[i].secret = leaf->secret;
	}
	result = kl_seal_write(&seal, &text);
	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	if (!result)
		*hash = kl_hash_of(text.data, text.size);
	kl_buf_clear(&text);
	return !result;
}

/* Who would have won, once that could be known. protocol §3. */
static void check_shadow(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	bool has_value = declare->beacon.kind == KL_BEACON_NONE ||
			 attempt->texts[KL_PACK_BEACON];
	struct kl_ranking ranking = { .count = 0 };
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_hash hash;
	struct kl_seed seed;
	enum kl_result result = KL_RANGE;

	if (has_value && seal_of(attempt, &hash)) {
		seed = kl_pack_seed_of(attempt, &hash);
		result = kl_seed_write(&seed, &text);
	}
	if (!result) {
		hash = kl_hash_of(text.data, text.size);
		result = kl_draw(&attempt->roster, &hash, declare->select,
		    declare->alternates, &ranking);
	}
	if (!result)
		kl_pack_report_awards(attempt, &ranking, true);
	else if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	else
		kl_pack_warn(
		    attempt->report, KL_WARNING_SHADOW_UNKNOWN, declare->draw);
	kl_ranking_clear(&ranking);
	kl_buf_clear(&text);
}

void kl_pack_check_result(struct kl_pack_attempt *attempt)
{
	if (attempt->texts[KL_PACK_RESULT])
		check_ranking(attempt);
	else if (attempt->known)
		check_shadow(attempt);
	if (attempt->texts[KL_PACK_CLOSE] && is_untrue(attempt))
		kl_pack_find_in(
		    attempt, KL_FINDING_REASON_UNTRUE, KL_PACK_CLOSE, 4);
}
