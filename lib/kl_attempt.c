#include "kl_attempt.h"

#include "kl_time.h"

#include <string.h>

/* A beacon may be guessed or leak this long before its time. */
enum { KNOWN_BEFORE_S = 60, CLOSED_WITHIN_S = 86400 };

static const char operator_id[] = "operator";

/* Who is there to watch the others. */
static bool is_watcher(const char *id)
{
	return strcmp(id, "supervisor") == 0 || strcmp(id, "entrants") == 0;
}

static const struct kl_attempt_party *find(
    const struct kl_attempt_party parties[], size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(parties[i].id, id) == 0)
			return &parties[i];
	return NULL;
}

static bool has_key(
    const struct kl_attempt_party parties[], size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(parties[i].key, key) == 0)
			return true;
	return false;
}

/* The parties chosen so far. */
struct chosen {
	struct kl_attempt_party parties[KL_ATTEMPT_PARTIES_MAX];
	size_t count;
};

static enum kl_result choose(struct chosen *chosen, const char *id,
    const struct kl_attempt_party *enrolled, bool required)
{
	struct kl_attempt_party party = { .id = id, .required = required };

	if (find(chosen->parties, chosen->count, id))
		return KL_OK;
	if (!enrolled)
		return required ? KL_RANGE : KL_OK;
	if (has_key(chosen->parties, chosen->count, enrolled->key))
		return KL_MISMATCH;
	if (chosen->count == KL_ATTEMPT_PARTIES_MAX)
		return KL_TOO_LARGE;
	party.key = enrolled->key;
	chosen->parties[chosen->count++] = party;
	return KL_OK;
}

enum kl_result kl_attempt_declare(const char *const required[],
    size_t required_count, const char *const optional[], size_t optional_count,
    const struct kl_attempt_party enrolled[], size_t enrolled_count,
    struct kl_attempt_party parties[static KL_ATTEMPT_PARTIES_MAX],
    size_t *count)
{
	struct chosen chosen = { .count = 0 };
	enum kl_result result = KL_OK;

	for (size_t i = 0; !result && i < required_count; i++)
		result = choose(&chosen, required[i],
		    find(enrolled, enrolled_count, required[i]), true);
	for (size_t i = 0; !result && i < optional_count; i++)
		result = choose(&chosen, optional[i],
		    find(enrolled, enrolled_count, optional[i]), false);
	if (result)
		return result;
	if (chosen.count < KL_ATTEMPT_PARTIES_MIN ||
	    !find(chosen.parties, chosen.count, operator_id))
		return KL_RANGE;
	memcpy(parties, chosen.parties, chosen.count * sizeof(*parties));
	*count = chosen.count;
	return KL_OK;
}

enum kl_result kl_attempt_reckon(int64_t frozen_at, int64_t commit_s,
    int64_t reveal_s, int64_t delay_s, struct kl_attempt_times *times)
{
	int64_t room = KL_TIME_MAX - frozen_at;

	if (commit_s < 1 || reveal_s < 1 || delay_s < 0)
		return KL_RANGE;
	if (commit_s > room || reveal_s > room - commit_s ||
	    delay_s > room - commit_s - reveal_s)
		return KL_RANGE;
	times->commit_by = frozen_at + commit_s;
	times->reveal_by = times->commit_by + reveal_s;
	times->beacon = times->reveal_by + delay_s;
	return KL_OK;
}

enum kl_attempt_answer kl_attempt_commit(enum kl_attempt_phase phase,
    int64_t at, int64_t commit_by, const struct kl_attempt_party *party,
    bool same)
{
	if (phase == KL_PHASE_DRAFTED)
		return KL_ANSWER_TOO_EARLY;
	if (party->committed)
		return same ? KL_ANSWER_SAME : KL_ANSWER_OTHER;
	if (phase != KL_PHASE_DECLARED || at >= commit_by)
		return KL_ANSWER_TOO_LATE;
	return KL_ANSWER_TAKE;
}

enum kl_attempt_answer kl_attempt_reveal(enum kl_attempt_phase phase,
    int64_t at, int64_t reveal_by, const struct kl_attempt_party parties[],
    size_t count, size_t index, bool operator_first)
{
	const struct kl_attempt_party *first =
	    find(parties, count, operator_id);

	if (phase == KL_PHASE_DRAFTED || phase == KL_PHASE_DECLARED)
		return KL_ANSWER_TOO_EARLY;
	if (parties[index].revealed)
		return KL_ANSWER_SAME;
	if (phase != KL_PHASE_LOCKED || at >= reveal_by)
		return KL_ANSWER_TOO_LATE;
	if (!parties[index].committed)
		return KL_ANSWER_NOT_LOCKED;
	if (operator_first && first && first != &parties[index] &&
	    !first->revealed)
		return KL_ANSWER_NOT_FIRST;
	return KL_ANSWER_TAKE;
}

bool kl_attempt_is_witnessed(size_t quorum, int64_t cosigned_at, int64_t before)
{
	return quorum == 0 || cosigned_at < before;
}

bool kl_attempt_is_locked(size_t quorum, int64_t cosigned_at, int64_t at)
{
	return quorum == 0 || cosigned_at <= at;
}

enum kl_attempt_lock kl_attempt_lock(const struct kl_attempt_party parties[],
    size_t count, bool witnessed, bool late)
{
	size_t committed = 0;
	bool absent = false;

	for (size_t i = 0; i < count; i++) {
		committed += parties[i].committed;
		absent |= parties[i].required && !parties[i].committed;
	}
	if (!witnessed)
		return KL_LOCK_UNWITNESSED;
	if (committed < KL_ATTEMPT_PARTIES_MIN)
		return KL_LOCK_TOO_FEW;
	if (absent)
		return KL_LOCK_ABSENT;
	return late ? KL_LOCK_UNWITNESSED : KL_LOCK_WRITE;
}

/* How many committed, and how many of them revealed. */
static void count_secrets(const struct kl_attempt_party parties[], size_t count,
    size_t *committed, size_t *revealed)
{
	*committed = *revealed = 0;
	for (size_t i = 0; i < count; i++) {
		*committed += parties[i].committed;
		*revealed += parties[i].revealed;
	}
}

enum kl_attempt_seal kl_attempt_seal(const struct kl_attempt_party parties[],
    size_t count, bool over, bool witnessed, bool withheld_void, bool late)
{
	size_t committed, revealed;

	count_secrets(parties, count, &committed, &revealed);
	if (revealed == committed)
		return KL_SEAL_WRITE;
	if (!over)
		return KL_SEAL_WAIT;
	if (!witnessed)
		return KL_SEAL_UNWITNESSED;
	if (revealed == 0)
		return KL_SEAL_WITHHELD;
	if (withheld_void)
		return KL_SEAL_WRITE_VOID;
	return late ? KL_SEAL_WRITE_LATE : KL_SEAL_WRITE;
}

bool kl_attempt_stands(
    const struct kl_attempt_party parties[], size_t count, bool witnessed)
{
	size_t committed, revealed;

	count_secrets(parties, count, &committed, &revealed);
	return witnessed || revealed == committed;
}

bool kl_attempt_known(
    bool with_beacon, int64_t beacon_time, int64_t at, bool revealed)
{
	return with_beacon ? at >= beacon_time - KNOWN_BEFORE_S : revealed;
}

bool kl_attempt_waits(bool proves_itself, bool sealed, bool known, bool missing)
{
	return proves_itself && sealed && known && !missing;
}

bool kl_attempt_is_stale(int64_t beacon_time, int64_t at)
{
	return at >= kl_attempt_overdue_at(beacon_time);
}

bool kl_attempt_is_overdue(
    enum kl_attempt_phase phase, int64_t time, int64_t at)
{
	return phase != KL_PHASE_DRAFTED && phase != KL_PHASE_OVER &&
	       kl_attempt_is_stale(time, at);
}

int64_t kl_attempt_overdue_at(int64_t time)
{
	return time + CLOSED_WITHIN_S + 1;
}

bool kl_attempt_suffice(const char *const ids[], size_t count, bool watched)
{
	bool seen = !watched;

	for (size_t i = 0; i < count; i++)
		seen |= is_watcher(ids[i]);
	return seen && count >= KL_ATTEMPT_PARTIES_MIN;
}

bool kl_attempt_matches(const char *alphabet, size_t length, const char *value)
{
	return length > 0 && strlen(value) == length &&
	       strspn(value, alphabet) == length;
}

size_t kl_attempt_next(size_t selected, size_t alternates, size_t taken)
{
	return taken < alternates ? selected + taken + 1 : 0;
}
