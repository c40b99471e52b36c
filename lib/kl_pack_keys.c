/* The passes of keys and of times: whose word it is, and which beacon. */
#include "kl_pack_private.h"

#include <string.h>

/* --- keys ----------------------------------------------------------------- */

static void find_log(struct kl_pack_attempt *attempt, enum kl_finding_code code)
{
	kl_pack_find_in(attempt, code, KL_PACK_DECLARE,
	    kl_declare_line(&attempt->declare, KL_DECLARE_LOG));
}

static void check_log_key(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_trust *trust = attempt->options->trust;
	const struct kl_note_key *key;

	if (!trust) {
		if (!attempt->options->bare)
			find_log(attempt, KL_FINDING_KEYS_NOT_ANCHORED);
		return;
	}
	key = kl_trust_log(trust, declare->origin);
	if (!key || !kl_public_key_equal(&key->key, &declare->log_key))
		find_log(attempt, KL_FINDING_LOG_UNTRUSTED);
}

bool kl_is_rehearsal(struct kl_span origin)
{
	size_t size = strlen(KL_REHEARSAL_SUFFIX);

	return origin.size >= size && memcmp(origin.at + origin.size - size,
					  KL_REHEARSAL_SUFFIX, size) == 0;
}

/* Each commitment is signed by its party's declared key. */
static void check_commitments(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	for (size_t i = 0; i < attempt->lock.count && i < declare->party_count;
	     i++) {
		const struct kl_locked *locked = &attempt->lock.parties[i];
		struct kl_commitment said = { attempt->hashes[KL_PACK_DECLARE],
			locked->party, locked->commit };
		struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);

		if (locked->absent)
			continue;
		if (kl_commitment_write(&said, &statement))
			attempt->result = KL_NO_MEMORY;
		else if (kl_verify(&declare->parties[i].key, statement.data,
			     statement.size, &locked->signature))
			kl_pack_find_in(attempt, KL_FINDING_COMMIT_SIGNATURE,
			    KL_PACK_LOCK, kl_lock_line(i));
		kl_buf_clear(&statement);
	}
}

static void check_secrets(struct kl_pack_attempt *attempt)
{
	const struct kl_sealed *sealed = attempt->seal.parties;

	for (size_t i = 0; i < attempt->seal.count; i++)
		for (size_t j = 0; j < i; j++)
			if (sealed[i].reveal == KL_REVEALED &&
			    sealed[j].reveal == KL_REVEALED &&
			    memcmp(&sealed[i].secret, &sealed[j].secret,
				sizeof(sealed[i].secret)) == 0)
				kl_pack_find_in(attempt,
				    KL_FINDING_SECRET_TWICE, KL_PACK_SEAL,
				    kl_seal_line(i));
}

bool kl_pack_knows_party(
    const struct kl_pack_attempt *attempt, const struct kl_party *party)
{
	const struct kl_trust *trust = attempt->options->trust;

	return trust && kl_trust_has_party(trust, party->id, &party->key);
}

void kl_pack_check_keys(struct kl_pack_attempt *attempt)
{
	check_log_key(attempt);
	if (kl_is_rehearsal(attempt->declare.origin) &&
	    !attempt->options->rehearsal)
		find_log(attempt, KL_FINDING_LOG_REHEARSAL);
	check_commitments(attempt);
	check_secrets(attempt);
}

/* --- times ---------------------------------------------------------------- */

enum { MINUTE_S = 60 };

static void find_beacon(
    struct kl_pack_attempt *attempt, enum kl_finding_code code)
{
	kl_pack_find_in(attempt, code, KL_PACK_DECLARE,
	    kl_declare_line(&attempt->declare, KL_DECLARE_BEACON));
}

/* The round must be the first not earlier than `due`. protocol §2. */
static void check_drand(struct kl_pack_attempt *attempt, int64_t due)
{
	const struct kl_beacon_choice *beacon = &attempt->declare.beacon;
	const struct kl_chain *accepted = attempt->options->chain;

	attempt->chain = kl_chain_pinned(&beacon->chain);
	if (!attempt->chain && accepted &&
	    kl_hash_equal(&accepted->hash, &beacon->chain)) {
		attempt->chain = accepted;
		attempt->beacon_accepted = true;
	}
	if (!attempt->chain) {
		find_beacon(attempt, KL_FINDING_CHAIN_UNKNOWN);
		return;
	}
	attempt->beacon_time = kl_chain_time(attempt->chain, beacon->round);
	if (beacon->round != kl_chain_round(attempt->chain, due))
		find_beacon(attempt, KL_FINDING_BEACON_TIME);
}

/* The minute must be the first not earlier than `due`. protocol §2. */
static void check_nist(struct kl_pack_attempt *attempt, int64_t due)
{
	const struct kl_beacon_choice *beacon = &attempt->declare.beacon;
	const struct kl_certificate *accepted = attempt->options->certificate;

	attempt->certificate = kl_certificate_pinned(&beacon->certificate);
	if (!attempt->certificate && accepted &&
	    memcmp(&accepted->id, &beacon->certificate, sizeof(accepted->id)) ==
		0) {
		attempt->certificate = accepted;
		attempt->beacon_accepted = true;
	}
	if (!attempt->certificate)
		find_beacon(attempt, KL_FINDING_CERTIFICATE_UNKNOWN);
	attempt->beacon_time = beacon->time;
	if (beacon->time < due || beacon->time >= due + MINUTE_S ||
	    beacon->time % MINUTE_S != 0)
		find_beacon(attempt, KL_FINDING_BEACON_TIME);
}

static void check_beacon_time(struct kl_pack_attempt *attempt)
{
	const struct kl_beacon_choice *beacon = &attempt->declare.beacon;
	int64_t due = kl_declare_beacon_due(&attempt->declare);

	attempt->beacon_time = due;
	switch (beacon->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		attempt->beacon_time = beacon->time;
		if (beacon->time < due)
			find_beacon(attempt, KL_FINDING_BEACON_TIME);
		break;
	case KL_BEACON_NIST:
		check_nist(attempt, due);
		break;
	case KL_BEACON_DRAND:
		check_drand(attempt, due);
		break;
	}
}

void kl_pack_check_times(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	/* Not after the declaration, which is before commit-by. */
	if (declare->draft_until >= declare->commit_by)
		kl_pack_find_in(attempt, KL_FINDING_DRAFT_TIME, KL_PACK_DECLARE,
		    kl_declare_line(declare, KL_DECLARE_DRAFT));
	check_beacon_time(attempt);
}
