#include "kl_uscc.h"

#include <string.h>

/* Places are counted from 0. The check digit brings the sum to 0 mod 31. */
enum { MODULUS = 31, REGION_FIRST = 2, REGION_LAST = 7, CHECK = 17 };

static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* What a character counts, or -1 where it may not stand. */
static int value_of(char character, size_t place)
{
	const char *digit =
	    character ? memchr(digits, character, MODULUS) : NULL;
	int value = digit ? (int)(digit - digits) : -1;
	bool region = place >= REGION_FIRST && place <= REGION_LAST;

	return region && value > 9 ? -1 : value;
}

const char *kl_uscc_fault(const char *text, size_t size)
{
	int sum = 0, weight = 1;

	if (size != KL_USCC_SIZE)
		return "not 18 characters";
	for (size_t i = 0; i < KL_USCC_SIZE; i++) {
		int value = value_of(text[i], i);

		if (value < 0 && i >= REGION_FIRST && i <= REGION_LAST)
			return "characters 3 to 8 are not all digits";
		if (value < 0)
			return "a character other than 0-9 and A-Z without "
			       "I, O, S, V, Z";
		sum += i < CHECK ? value * weight : value;
		weight = weight * 3 % MODULUS;
	}
	return sum % MODULUS == 0 ? NULL : "the check digit is wrong";
}
