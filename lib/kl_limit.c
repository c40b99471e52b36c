#include "kl_limit.h"

enum kl_limit_order kl_limit_compare(
    const struct kl_days *promise, const struct kl_days *limit)
{
	bool more = promise->count > limit->count;

	if (promise->workdays == limit->workdays)
		return more ? KL_LIMIT_OVER : KL_LIMIT_WITHIN;
	if (promise->workdays)
		return more ? KL_LIMIT_OVER : KL_LIMIT_UNKNOWN;
	return more ? KL_LIMIT_UNKNOWN : KL_LIMIT_WITHIN;
}
