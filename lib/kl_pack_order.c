/* The pass of the log, second half: what came before what. protocol §3. */
#include "kl_attempt.h"
#include "kl_pack_private.h"

#include <stdlib.h>

enum { DAY_S = 86400 };

static const struct kl_pack_leaf *event_of(
    const struct kl_pack_attempt *attempt, enum kl_pack_event event)
{
	return kl_pack_leaf_of(attempt, event, 0);
}

/* --- the order of entries ------------------------------------------------- */

/* The three texts of the freeze come in any order, before the declaration. */
static int rank_of(enum kl_pack_event event)
{
	return event == KL_EVENT_NAMES || event == KL_EVENT_EXCLUDED
		   ? KL_EVENT_ROSTER
		   : (int)event;
}

static int by_index(const void *left, const void *right)
{
	const struct kl_pack_leaf *const *one = left, *const *other = right;
	uint64_t first = (*one)->proof.index, second = (*other)->proof.index;

	return (first > second) - (first < second);
}

/* As the log has them, neither steps of the draw nor time nor seq go back. */
static void check_sorted(struct kl_pack_attempt *attempt,
    const struct kl_pack_leaf *const *leaves, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct kl_pack_leaf *last = leaves[i - 1];
		const struct kl_pack_leaf *leaf = leaves[i];

		if (rank_of(leaf->event) < rank_of(last->event) ||
		    (leaf->event == KL_EVENT_REPLACED &&
			last->event == KL_EVENT_REPLACED &&
			leaf->number < last->number) ||
		    leaf->entry.at < last->entry.at ||
		    leaf->entry.seq <= last->entry.seq)
			kl_pack_find_leaf(attempt, KL_FINDING_LOG_ORDER, leaf);
	}
}

static void check_entries(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)attempt->leaves.data;
	struct kl_buf sorted = KL_BUF(attempt->leaf_count * sizeof(leaves) + 1);
	size_t count = 0;

	for (size_t i = 0; i < attempt->leaf_count; i++) {
		const struct kl_pack_leaf *leaf = &leaves[i];

		if (!leaf->sound)
			continue;
		kl_buf_add(&sorted, &leaf, sizeof(leaf));
		count++;
	}
	if (kl_buf_result(&sorted)) {
		attempt->result = KL_NO_MEMORY;
	} else if (count > 0) {
		qsort(sorted.data, count, sizeof(leaves), by_index);
		check_sorted(attempt,
		    (const struct kl_pack_leaf *const *)(void *)sorted.data,
		    count);
	}
	kl_buf_clear(&sorted);
}

/* --- freeze and commitments ----------------------------------------------- */

static void find_mark(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, enum kl_pack_mark mark)
{
	kl_pack_find(attempt, code, kl_pack_mark_name(mark), 0);
}

/* Was it cosigned, and that before `time`? With quorum 0 nobody asks, and a
 * log does not tell. */
static bool in_time(
    const struct kl_pack_attempt *attempt, enum kl_pack_mark mark, int64_t time)
{
	return attempt->declare.quorum == 0 || attempt->told ||
	       (attempt->marks[mark].witnessed &&
		   attempt->marks[mark].time < time);
}

/* Closed because witnesses were missing, or at somebody's wish: then a
 * missing cosignature is no news. */
static bool needs_witnesses(const struct kl_pack_attempt *attempt)
{
	return attempt->close.reason != KL_CLOSE_UNWITNESSED &&
	       attempt->close.reason != KL_CLOSE_CANCELLED;
}

static void check_freeze(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_pack_leaf *draft = event_of(attempt, KL_EVENT_DRAFTED);
	const struct kl_pack_leaf *declared =
	    event_of(attempt, KL_EVENT_DECLARED);

	if ((draft && declare->draft_until <= draft->entry.at) ||
	    (declared && declare->draft_until > declared->entry.at))
		kl_pack_find_in(attempt, KL_FINDING_DRAFT_WINDOW,
		    KL_PACK_DECLARE,
		    kl_declare_line(declare, KL_DECLARE_DRAFT));
	if (declared && declared->entry.at >= declare->commit_by)
		kl_pack_find_leaf(attempt, KL_FINDING_DECLARE_LATE, declared);
	if (needs_witnesses(attempt) &&
	    !in_time(attempt, KL_PACK_DECLARED, declare->commit_by))
		find_mark(
		    attempt, KL_FINDING_DECLARE_UNWITNESSED, KL_PACK_DECLARED);
}

static bool is_locked(const struct kl_pack_attempt *attempt, size_t party)
{
	return party < attempt->lock.count &&
	       !attempt->lock.parties[party].absent;
}

static void check_commitments(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	for (size_t i = 0; i < declare->party_count; i++) {
		const struct kl_pack_leaf *leaf =
		    kl_pack_leaf_of(attempt, KL_EVENT_COMMITTED, i);

		if (!leaf)
			continue;
		if (leaf->entry.at >= declare->commit_by)
			kl_pack_find_leaf(
			    attempt, KL_FINDING_COMMITMENT_LATE, leaf);
		else if (attempt->texts[KL_PACK_LOCK] && !is_locked(attempt, i))
			kl_pack_find_leaf(
			    attempt, KL_FINDING_COMMITMENT_LEFT_OUT, leaf);
	}
}

static void check_lock(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_LOCKED);

	if (!attempt->texts[KL_PACK_LOCK])
		return;
	if (leaf && leaf->entry.at < declare->commit_by)
		kl_pack_find_leaf(attempt, KL_FINDING_LOCK_EARLY, leaf);
	if (leaf && leaf->entry.at >= declare->reveal_by)
		kl_pack_find_leaf(attempt, KL_FINDING_LOCK_LATE, leaf);
	if (needs_witnesses(attempt) &&
	    !in_time(attempt, KL_PACK_LOCKED, declare->reveal_by))
		find_mark(attempt, KL_FINDING_LOCK_UNWITNESSED, KL_PACK_LOCKED);
}

/* --- reveals and seal ----------------------------------------------------- */

static bool is_revealed(const struct kl_pack_attempt *attempt, size_t party)
{
	return party < attempt->seal.count &&
	       attempt->seal.parties[party].reveal == KL_REVEALED;
}

/* Without a beacon the last to reveal could look first: not the operator. */
static void check_first(
    struct kl_pack_attempt *attempt, const struct kl_pack_leaf *leaf)
{
	const struct kl_declare *declare = &attempt->declare;
	size_t leader = kl_declare_party(declare, kl_span_of("operator"));
	const struct kl_pack_leaf *first =
	    kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, leader);

	if (declare->beacon.kind != KL_BEACON_NONE || leaf->number == leader)
		return;
	if (!first || first->proof.index > leaf->proof.index)
		kl_pack_find_leaf(attempt, KL_FINDING_OPERATOR_NOT_FIRST, leaf);
}

/* Was it taken before the lock was cosigned, or was that never? Then the first
 * checkpoint that was cosigned with the lock in it may hold the reveal as well.
 * A log does not tell. */
static bool is_early(
    const struct kl_pack_attempt *attempt, const struct kl_pack_leaf *leaf)
{
	const struct kl_pack_checkpoint *locked =
	    &attempt->marks[KL_PACK_LOCKED];

	if (attempt->declare.quorum == 0 || attempt->told ||
	    attempt->later_lock)
		return false;
	return !locked->witnessed || leaf->entry.at < locked->time ||
	       leaf->proof.index < locked->checkpoint.size;
}

static void check_reveals(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	for (size_t i = 0; i < declare->party_count; i++) {
		const struct kl_pack_leaf *leaf =
		    kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, i);

		if (!leaf)
			continue;
		if (is_early(attempt, leaf))
			kl_pack_find_leaf(
			    attempt, KL_FINDING_REVEAL_EARLY, leaf);
		if (leaf->entry.at >= declare->reveal_by)
			kl_pack_find_leaf(
			    attempt, KL_FINDING_REVEAL_LATE, leaf);
		else if (attempt->texts[KL_PACK_SEAL] &&
			 !is_revealed(attempt, i))
			kl_pack_find_leaf(
			    attempt, KL_FINDING_REVEAL_LEFT_OUT, leaf);
		check_first(attempt, leaf);
	}
}

bool kl_pack_is_sealed_late(const struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_SEALED);

	/* Without a beacon no time is too late, but it must be cosigned. */
	if (attempt->declare.beacon.kind == KL_BEACON_NONE)
		return !in_time(attempt, KL_PACK_SEALED, INT64_MAX);
	return (leaf && leaf->entry.at >= attempt->beacon_time) ||
	       !in_time(attempt, KL_PACK_SEALED, attempt->beacon_time);
}

static void check_seal(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_SEALED);
	bool withheld = kl_pack_is_withheld(attempt);
	bool late;

	if (!leaf)
		return;
	if (leaf->entry.at < attempt->declare.reveal_by && withheld)
		kl_pack_find_leaf(attempt, KL_FINDING_SEAL_EARLY, leaf);
	late = kl_pack_is_sealed_late(attempt);
	if (late && withheld && attempt->texts[KL_PACK_CLOSE] &&
	    attempt->close.reason == KL_CLOSE_DRAWN)
		kl_pack_find_leaf(attempt, KL_FINDING_SEAL_LATE, leaf);
	attempt->unsealed = late && !withheld;
}

/* --- beacon and end ------------------------------------------------------- */

static void check_beacon(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_BEACON);

	if (leaf && leaf->entry.at < attempt->beacon_time)
		kl_pack_find_leaf(attempt, KL_FINDING_BEACON_EARLY, leaf);
}

static bool any_revealed(const struct kl_pack_attempt *attempt)
{
	bool revealed = attempt->texts[KL_PACK_SEAL] != NULL;

	for (size_t i = 0; i < attempt->declare.party_count; i++)
		revealed |=
		    kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, i) != NULL;
	return revealed;
}

static void check_close(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_CLOSED);
	bool drawn = attempt->close.reason == KL_CLOSE_DRAWN;

	for (int i = KL_PACK_CLOSED; drawn && i <= KL_PACK_LAST; i++)
		if (attempt->marks[i].file && attempt->marks[i].opened &&
		    !attempt->marks[i].witnessed)
			find_mark(attempt, KL_FINDING_CLOSE_UNWITNESSED, i);
	if (!leaf)
		return;
	if (leaf->entry.at > attempt->beacon_time + DAY_S) {
		if (drawn)
			kl_pack_find_leaf(attempt, KL_FINDING_CLOSE_LATE, leaf);
		else
			kl_pack_warn(attempt->report, KL_WARNING_CLOSED_LATE,
			    attempt->declare.draw);
	}
}

/* Recomputed from the time of log/closed, with quorum 0 from that of its
 * entry. protocol §2, close.txt. */
void kl_pack_check_known(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaf = event_of(attempt, KL_EVENT_CLOSED);
	const struct kl_pack_checkpoint *closed =
	    &attempt->marks[KL_PACK_CLOSED];
	bool with_beacon = attempt->declare.beacon.kind != KL_BEACON_NONE;
	bool witnessed = attempt->declare.quorum > 0 && closed->witnessed;
	bool known = false;

	if (!with_beacon || leaf)
		known = kl_attempt_known(with_beacon, attempt->beacon_time,
		    witnessed ? closed->time
		    : leaf    ? leaf->entry.at
			      : 0,
		    any_revealed(attempt));
	if (known && attempt->texts[KL_PACK_CLOSE] && !attempt->close.known)
		kl_pack_find_in(
		    attempt, KL_FINDING_KNOWN_FALSE, KL_PACK_CLOSE, 6);
	attempt->known = known || attempt->close.known;
	attempt->time_unproven = with_beacon && !attempt->options->bare &&
				 attempt->declare.quorum > 0 && !witnessed;
}

void kl_pack_check_order(struct kl_pack_attempt *attempt)
{
	check_entries(attempt);
	check_freeze(attempt);
	check_commitments(attempt);
	check_lock(attempt);
	check_reveals(attempt);
	check_seal(attempt);
	check_beacon(attempt);
	check_close(attempt);
}
