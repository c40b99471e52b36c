/* kl_fee.h -- fee schedules, and the fee that one comes to. */
#ifndef KL_FEE_H
#define KL_FEE_H

#include "kl_base.h"
#include "kl_words.h"

/* What a quantity counts. Money is in fen, what is measured in thousandths. */
enum kl_fee_unit {
	KL_FEE_PER_ITEM,
	KL_FEE_PER_VISIT,
	KL_FEE_PER_SAMPLE,
	KL_FEE_PER_POINT,
	KL_FEE_PER_PERSON_DAY,   /* 1000 are one */
	KL_FEE_PER_SQUARE_METRE, /* 1000 are one */
	KL_FEE_PER_MU,           /* 1000 are one */
	KL_FEE_PER_KILOMETRE,    /* 1000 are one */
	KL_FEE_PER_INVESTMENT,   /* or another sum: a contract's, an award's */
	KL_FEE_UNITS,
};

/* How much of a quantity is one unit: 1 or 1000. */
int64_t kl_fee_unit_scale(enum kl_fee_unit unit);

enum kl_fee_formula {
	KL_FEE_FLAT,   /* the base alone */
	KL_FEE_LINEAR, /* the base, and one rate for every unit */
	KL_FEE_STAGED, /* … each part of the quantity at its bracket's rate */
	KL_FEE_TABLE, /* … the fee of the bracket in which the quantity lies */
	KL_FEE_FORMULAS,
};

/* From the quantity after `above` up to and with the `above` of the next: a
 * border belongs to what is below it. 民法典 §1259: 以下 includes the number.
 */
struct kl_fee_bracket {
	int64_t above;   /* 0 in the first; they ascend */
	int64_t rate;    /* LINEAR, STAGED: millionths of a fen for a unit; of
			    an investment so many parts of a million */
	int64_t fee_fen; /* TABLE: it never falls */
};

#define KL_FEE_OPEN INT64_MAX /* a maximum: there is none */
enum { KL_FEE_BRACKETS_MAX = 32, KL_FEE_DISCOUNT_MAX = 10000 };

/* Amounts, rates, quantities: 0 to KL_INTEGER_MAX. All is borrowed. */
struct kl_fee_schedule {
	enum kl_fee_unit unit;
	enum kl_fee_formula formula;
	int64_t base_fen;
	const struct kl_fee_bracket *brackets; /* LINEAR has one, FLAT none */
	size_t bracket_count;
	uint32_t discount_bp;     /* 下浮率: 10000 are the whole */
	int64_t min_fen, max_fen; /* what is charged, the discount taken off */
};

/* What is wrong with a schedule, in the order in which it is looked for. */
enum kl_fee_fault {
	KL_FEE_SOUND,
	KL_FEE_BASE,            /* fee-base: out of range */
	KL_FEE_BOUNDS,          /* fee-bounds */
	KL_FEE_DISCOUNT,        /* fee-discount: over KL_FEE_DISCOUNT_MAX */
	KL_FEE_BRACKETS,        /* fee-brackets: too few, too many */
	KL_FEE_BRACKET_ORDER,   /* fee-bracket-order */
	KL_FEE_BRACKET_FOREIGN, /* fee-bracket-foreign: of another formula */
	KL_FEE_BRACKET_VALUE,   /* fee-bracket-value: out of range */
	KL_FEE_TABLE_FALLS,     /* fee-table-falls */
	KL_FEE_FAULTS,
};
enum kl_fee_fault kl_fee_fault(const struct kl_fee_schedule *schedule);

/* What each is called; NULL for KL_FEE_SOUND. */
const struct kl_words *kl_fee_unit_words(enum kl_fee_unit unit);
const struct kl_words *kl_fee_formula_words(enum kl_fee_formula formula);
const struct kl_words *kl_fee_fault_words(enum kl_fee_fault fault);

/*
 * The fee for `quantity`. The formula is reckoned exactly, less the discount,
 * then held between the minimum and the maximum, and rounded once, half a fen
 * up (四舍五入). A larger quantity never has a smaller fee. Every listing says
 * its fee so: 优化营商环境条例 §43. Staged fees are those of 差额定率累进, as
 * 计价格[2002]1980号 has them.
 *
 * KL_RANGE       a quantity out of range, or kl_fee_fault() finds a fault
 * KL_TOO_LARGE   no maximum, and over KL_INTEGER_MAX
 */
enum kl_result kl_fee(const struct kl_fee_schedule *schedule, int64_t quantity,
    int64_t *fee_fen) KL_MUST_CHECK;

struct kl_fee_range {
	int64_t min_fen, max_fen; /* max_fen: KL_FEE_OPEN over KL_INTEGER_MAX */
};

/*
 * The least and the highest fee for quantities from `least` to `most`; from 0
 * to KL_INTEGER_MAX it is all that the schedule can give.
 *
 * KL_RANGE       as kl_fee(), or `least` over `most`
 * KL_TOO_LARGE   even the least is over KL_INTEGER_MAX
 */
enum kl_result kl_fee_range(const struct kl_fee_schedule *schedule,
    int64_t least, int64_t most, struct kl_fee_range *range) KL_MUST_CHECK;

#endif
