/* kl_limit.h -- is a promise within a limit, when both are days? */
#ifndef KL_LIMIT_H
#define KL_LIMIT_H

#include "kl_calendar.h"

enum kl_limit_order {
	KL_LIMIT_WITHIN,
	KL_LIMIT_OVER,
	KL_LIMIT_UNKNOWN /* a calendar could turn it round */
};

/*
 * How `promise` stands to `limit`, both of 0 days or more, whatever the
 * calendar: n working days are never shorter than n days, and how much longer
 * they are no rule bounds. That no promise is longer than the limit of the law
 * is of 渝委办发〔2012〕20号 §11.
 */
enum kl_limit_order kl_limit_compare(
    const struct kl_days *promise, const struct kl_days *limit);

#endif
