/* kl_fee_json.h -- a fee schedule as JSON. */
#ifndef KL_FEE_JSON_H
#define KL_FEE_JSON_H

#include "kl_fee.h"

#include <jansson.h>

/* A schedule and its brackets; it points into itself, so it is not copied. */
struct kl_fee_sheet {
	struct kl_fee_schedule schedule;
	struct kl_fee_bracket brackets[KL_FEE_BRACKETS_MAX];
};

/*
 * Read {"unit", "formula", "base_fen", "brackets": [{"above", "rate" or
 * "fee_fen"}], "discount_bp", "min_fen", "max_fen"}: unit and formula by their
 * codes (kl_fee.h), the others may be left out and are 0; without max_fen, or
 * with null, there is no maximum. Whether what it says is sound, kl_fee_fault()
 * tells.
 *
 * KL_MALFORMED   no object, another member, a member of another type; `*where`
 *                is the member, a constant: "brackets", or "" for the whole
 */
enum kl_result kl_fee_read(const json_t *value, struct kl_fee_sheet *sheet,
    const char **where) KL_MUST_CHECK;

#endif
