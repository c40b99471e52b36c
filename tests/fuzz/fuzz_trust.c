/* A policy that is read has what its quorum needs, and refers backwards. */
#include "kl_trust.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_voter(const struct kl_trust *trust, size_t i)
{
	const struct kl_trust_voter *voter = &trust->voters[i];
	size_t members = 0;

	if (voter->needed == 0) {
		assert(voter->witness < trust->witness_count);
		return;
	}
	assert(i == 63 || voter->members >> i == 0);
	for (uint64_t left = voter->members; left > 0; left &= left - 1)
		members++;
	assert(voter->needed <= members);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_trust trust;
	size_t line;

	if (kl_trust_read((const char *)data, size, &trust, &line))
		return 0;
	assert(trust.voter_count <= KL_TRUST_VOTERS_MAX);
	assert(!trust.needs_quorum || trust.quorum < trust.voter_count);
	for (size_t i = 0; i < trust.voter_count; i++)
		check_voter(&trust, i);
	for (size_t i = 0; i < trust.party_count; i++) {
		enum kl_result result =
		    kl_public_key_check(&trust.parties[i].key);

		assert(result == KL_OK);
	}
	return 0;
}
