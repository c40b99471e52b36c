/*
 * A credit code is a code no more with one character changed, or with two
 * neighbours that differ in each other's place: what its check digit is for.
 */
#include "fuzz.h"

#include "kl_uscc.h"

static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static void check_changed(char code[static KL_USCC_SIZE], size_t i)
{
	char kept = code[i], next = code[(i + 1) % KL_USCC_SIZE];

	for (const char *digit = digits; *digit; digit++) {
		code[i] = *digit;
		assert(!kl_uscc_fault(code, KL_USCC_SIZE) == (*digit == kept));
	}
	code[i] = next;
	if (i + 1 < KL_USCC_SIZE && kept != next) {
		code[i + 1] = kept;
		assert(kl_uscc_fault(code, KL_USCC_SIZE));
		code[i + 1] = next;
	}
	code[i] = kept;
}

/* `place` is the one that is tried: all of them cost too much.
 * Of all digits that may come last exactly one is right, or none where the
 * rest is wrong already. */
static size_t count_right(char code[static KL_USCC_SIZE], size_t place)
{
	size_t right = 0;

	for (const char *digit = digits; *digit; digit++) {
		code[KL_USCC_SIZE - 1] = *digit;
		if (kl_uscc_fault(code, KL_USCC_SIZE))
			continue;
		right++;
		check_changed(code, place);
	}
	return right;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	bool right = !kl_uscc_fault(text, size);
	char code[KL_USCC_SIZE];
	size_t count;

	assert(!right || size == KL_USCC_SIZE);
	if (size < KL_USCC_SIZE)
		return 0;
	memcpy(code, text, sizeof(code));
	count = count_right(code, data[KL_USCC_SIZE - 1] % KL_USCC_SIZE);
	assert(count <= 1);
	assert(!right || count == 1);
	return 0;
}
