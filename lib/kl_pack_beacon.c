/* The pass of the beacon: is it the one declared, and who says so? */
#include "kl_pack_private.h"

#include <string.h>

static void find(
    struct kl_pack_attempt *attempt, enum kl_finding_code code, size_t line)
{
	kl_pack_find_in(attempt, code, KL_PACK_BEACON, line);
}

/* --- a public value ------------------------------------------------------- */

static bool matches(
    const struct kl_pack_template *template, struct kl_span value)
{
	if (!template->alphabet || value.size != template->length)
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (!memchr(template->alphabet, value.at[i],
			template->alphabet_size))
			return false;
	return true;
}

static bool is_revealed(const struct kl_pack_attempt *attempt, size_t party)
{
	return party < attempt->seal.count &&
	       attempt->seal.parties[party].reveal == KL_REVEALED;
}

/* Two or more of those who revealed, in declared order; kl_beacon_read() has
 * seen to their number and to the supervisor. */
static void check_attests(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_beacon *beacon = &attempt->beacon;
	struct kl_attestation said = { attempt->hashes[KL_PACK_DECLARE],
		attempt->hashes[KL_PACK_SEAL], beacon->value };
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);
	size_t next = 0;

	if (kl_attestation_write(&said, &statement))
		attempt->result = KL_NO_MEMORY;
	for (size_t i = 0; i < beacon->attest_count; i++) {
		const struct kl_signed *attest = &beacon->attests[i];
		size_t party = kl_declare_party(declare, attest->party);

		if (party >= declare->party_count || party < next ||
		    !is_revealed(attempt, party)) {
			find(attempt, KL_FINDING_ATTEST_PARTY,
			    kl_attest_line(i));
			continue;
		}
		next = party + 1;
		if (kl_verify(&declare->parties[party].key, statement.data,
			statement.size, &attest->signature))
			find(attempt, KL_FINDING_ATTEST_SIGNATURE,
			    kl_attest_line(i));
	}
	kl_buf_clear(&statement);
}

/* --- a pulse -------------------------------------------------------------- */

static void check_pulse(struct kl_pack_attempt *attempt)
{
	const struct kl_beacon_choice *choice = &attempt->declare.beacon;
	enum kl_result result = KL_OK;

	if (!kl_pulse_is_of(attempt->pulse, &choice->certificate, choice->time))
		kl_pack_find_in(
		    attempt, KL_FINDING_PULSE_DIFFERS, KL_PACK_PULSE, 1);
	else if (attempt->certificate)
		result = kl_pulse_verify(attempt->pulse, attempt->certificate);
	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	else if (result)
		kl_pack_find_in(
		    attempt, KL_FINDING_PULSE_FORGED, KL_PACK_PULSE, 1);
}

/* --- beacon.txt and seed.txt ---------------------------------------------- */

static bool is_declared(const struct kl_pack_attempt *attempt)
{
	const struct kl_beacon_choice *choice = &attempt->declare.beacon;
	const struct kl_beacon *beacon = &attempt->beacon;

	/* What a kind does not have is nothing in both. */
	return beacon->kind == choice->kind &&
	       kl_span_equal(beacon->template, choice->template) &&
	       memcmp(&beacon->certificate, &choice->certificate,
		   sizeof(choice->certificate)) == 0 &&
	       kl_hash_equal(&beacon->chain, &choice->chain) &&
	       beacon->round == choice->round;
}

struct kl_seed kl_pack_seed_of(
    const struct kl_pack_attempt *attempt, const struct kl_hash *seal)
{
	struct kl_beacon beacon = attempt->beacon;
	struct kl_seed seed;

	beacon.kind = attempt->declare.beacon.kind; /* another is found */
	if (kl_seed_of(&beacon, attempt->pulse, &seed))
		seed.pulse_index = -1; /* what no seed.txt can say */
	seed.seal = *seal;
	return seed;
}

/* Written again it must be the very text. */
static void check_seed(struct kl_pack_attempt *attempt)
{
	const struct kl_file *file = attempt->texts[KL_PACK_SEED];
	struct kl_seed seed = kl_pack_seed_of(attempt, &attempt->seed.seal);
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum kl_result result = kl_seed_write(&seed, &text);

	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	if (result || text.size != file->size ||
	    memcmp(text.data, file->bytes, text.size) != 0)
		kl_pack_find_in(
		    attempt, KL_FINDING_SEED_BEACON, KL_PACK_SEED, 3);
	kl_buf_clear(&text);
}

/* Has whoever it is of signed it? A chain is known with drand alone. */
static void check_value(struct kl_pack_attempt *attempt)
{
	const struct kl_beacon *beacon = &attempt->beacon;

	if (beacon->kind == KL_BEACON_PUBLIC) {
		if (!matches(&attempt->template, beacon->value))
			find(attempt, KL_FINDING_BEACON_VALUE, 3);
		check_attests(attempt);
	} else if (attempt->chain && kl_chain_verify(attempt->chain,
					 beacon->round, &beacon->signature)) {
		find(attempt, KL_FINDING_BEACON_FORGED, 3);
	}
}

void kl_pack_check_beacon(struct kl_pack_attempt *attempt)
{
	if (attempt->texts[KL_PACK_BEACON]) {
		if (is_declared(attempt))
			check_value(attempt);
		else
			find(attempt, KL_FINDING_BEACON_DIFFERS, 3);
	}
	if (attempt->texts[KL_PACK_PULSE])
		check_pulse(attempt);
	if (attempt->texts[KL_PACK_SEED])
		check_seed(attempt);
}
