/* kl_policy.h -- the numbers a locality may change: one table, and its rules.
 *
 * A policy, or profile, is a JSON object as in ops/data/policy.json: `members`
 * by path, "draw.delay_s", in folders, "draw". It is stored complete.
 */
#ifndef KL_POLICY_H
#define KL_POLICY_H

#include "kl_base.h"

#include <jansson.h>

enum {
	KL_POLICY_MEMBERS = 74,      /* rows of the table */
	KL_POLICY_REGION_MAX = 32,   /* bytes */
	KL_POLICY_VERSION_MAX = 31,  /* bytes */
	KL_POLICY_WORDS_MAX = 16,    /* of one array */
	KL_POLICY_POINTER_SIZE = 64, /* bytes of a JSON pointer and a NUL */
	KL_POLICY_STANDARDS = 3,     /* numbers of the longest standard */
};

/* Without a calendar five working days count as a week. */
enum {
	KL_POLICY_DAY_S = 86400,
	KL_POLICY_WORKDAY_S = 7 * KL_POLICY_DAY_S / 5,
};

/* --- the table ------------------------------------------------------------ */

/* The same for people, in both languages. */
struct kl_policy_words {
	const char *chinese, *english;
};

/* A word that a member may hold, and what it means. */
struct kl_policy_term {
	const char *word; /* NULL ends a list of them */
	struct kl_policy_words what;
};

/* What a member is: X(name, word). */
#define KL_POLICY_TYPES(X)                                                     \
	X(TOKEN, "token") /* of at most `maximum` bytes */                     \
	X(DATE, "date")   /* YYYY-MM-DD, from 2010 to 2099 */                  \
	X(TEXT_OR_NULL, "text-or-null")                                        \
	X(NUMBER, "number")                                                    \
	X(FLAG, "flag")                                                        \
	X(CHOICE, "choice")       /* one of `terms` */                         \
	X(CHOICES, "choices")     /* an array of some of them, each once */    \
	X(WORDS, "words")         /* an array of tokens, each once */          \
	X(NUMBERS, "numbers")     /* an array of numbers */                    \
	X(DURATION, "duration")   /* {n, unit}; bounds in seconds */           \
	X(CLOCKED, "clocked")     /* the same, but no working days */          \
	X(OBJECT, "object")       /* of numbers, or of `values`, by `terms` */ \
	X(TEMPLATES, "templates") /* {alphabet, length} by tokens */

enum kl_policy_type {
#define KL_POLICY_ENUM(name, ...) KL_POLICY_##name,
	KL_POLICY_TYPES(KL_POLICY_ENUM)
};

/* What a number counts: X(name, word, seconds, Chinese, English). Those with
 * seconds may be the unit of a duration. */
#define KL_POLICY_UNITS(X)                                                     \
	X(NO_UNIT, "", 0, "", "")                                              \
	X(SECOND, "second", 1, "秒", "seconds")                                \
	X(MINUTE, "minute", 60, "分钟", "minutes")                             \
	X(HOUR, "hour", 3600, "小时", "hours")                                 \
	X(DAY, "day", KL_POLICY_DAY_S, "日", "days")                           \
	X(WORKDAY, "workday", KL_POLICY_WORKDAY_S, "个工作日", "working days") \
	X(MONTH, "month", 0, "个月", "months")                                 \
	X(YEAR, "year", 0, "年", "years")                                      \
	X(FEN, "fen", 0, "分(人民币)", "fen (1/100 yuan)")                     \
	X(PERCENT, "percent", 0, "%", "percent")                               \
	X(POINT, "point", 0, "分", "points")                                   \
	X(ENTRANT, "entrant", 0, "家", "institutions")                         \
	X(TICKET, "ticket", 0, "张签", "tickets")                              \
	X(WITNESS, "witness", 0, "个见证人", "witnesses")                      \
	X(SYMBOL, "symbol", 0, "个字符", "symbols")                            \
	X(EXTENSION, "extension", 0, "次", "extensions")                       \
	X(COMPLAINT, "complaint", 0, "件", "complaints")                       \
	X(ORDER, "order", 0, "份", "orders")                                   \
	X(BASIS_POINT, "basis-point", 0, "个基点", "basis points")             \
	X(LISTING, "listing", 0, "个挂牌", "listings")                         \
	X(QUANTITY, "quantity", 0, "个计费单位", "units of the fee")

enum kl_policy_unit { KL_POLICY_UNITS(KL_POLICY_ENUM) KL_POLICY_UNIT_COUNT };
#undef KL_POLICY_ENUM

/* Which way is stricter for those it binds, where that can be said. Of a set
 * or a map more is higher, of a flag true, of a text any against null. */
enum kl_policy_stricter {
	KL_POLICY_NEITHER,
	KL_POLICY_HIGHER,
	KL_POLICY_LOWER
};

struct kl_policy_member {
	const char *path;
	enum kl_policy_type type;
	/* Of the number, of each number of it, of the seconds. */
	int64_t minimum, maximum;
	enum kl_policy_unit unit;
	/* CHOICE and CHOICES: what it may hold; WORDS: what it mostly does;
	 * OBJECT: its keys, just these unless it is `open` to other tokens. */
	const struct kl_policy_term *terms;
	const struct kl_policy_term *values; /* OBJECT: not numbers but these */
	bool open;
	bool own; /* says which policy this is: never inherited */
	enum kl_policy_stricter stricter;
	struct kl_policy_words name, sentence;
	struct kl_policy_words source; /* the law or the text it is from */
	/* NUMBER and NUMBERS: what holds where no policy does; the first 0
	 * ends it. Only what is asked for there has one. */
	int64_t standard[KL_POLICY_STANDARDS];
};

/* A row by its place, below KL_POLICY_MEMBERS, or by its path, or NULL. */
const struct kl_policy_member *kl_policy_member(size_t index);
const struct kl_policy_member *kl_policy_member_named(const char *path);

/* The first number of the standard of a member that has one. */
int64_t kl_policy_standard(const char *path);

/* Stable words, and what people read. */
const char *kl_policy_type_word(enum kl_policy_type type);
const char *kl_policy_unit_word(enum kl_policy_unit unit);
struct kl_policy_words kl_policy_unit_words(enum kl_policy_unit unit);

/* --- one profile ---------------------------------------------------------- */

/* The value at "draw.commit", borrowed; NULL if there is none. */
json_t *kl_policy_at(const json_t *profile, const char *path);

/* Seconds of {n, unit}, as the units say; -1 if it is none. */
int64_t kl_policy_seconds(const json_t *duration);

/* One thing wrong. {0} and {1} in `what` stand for the bounds. */
struct kl_policy_fault {
	char pointer[KL_POLICY_POINTER_SIZE]; /* RFC 6901; "": a member that
						 the table does not have */
	const char *code; /* unknown-member, form or bounds */
	struct kl_policy_words what;
	int64_t minimum, maximum; /* what it must be within; 0, 0: nothing */
};

/*
 * Everything that is wrong with a whole profile, and how much: the first
 * `limit` go to `faults`. First members that the table does not have, then
 * each that is missing, of another form or out of its bounds, in the order of
 * the table, then what does not fit together. A rule between members is tried
 * when nothing is wrong with any of them. protocol §2, turnaround §3, §6.
 */
size_t kl_policy_check(const json_t *profile, struct kl_policy_fault faults[],
    size_t limit) KL_MUST_CHECK;

/* --- several -------------------------------------------------------------- */

/*
 * The profile of a region: of what is stated in `chain`, from the nation down
 * to the region itself, the last statement of each member. Members are
 * replaced, not folders: who changes one limit of `result` inherits the
 * others. Nor is a member taken apart: the weights make 100 only together, of
 * {n, unit} half says nothing, and with arrays and maps nothing could be left
 * out below that stands above. Null is a statement.
 *
 * What the table does not have is carried along, and which policy it is comes
 * from the last alone: kl_policy_check() says what is wrong with the whole.
 * `*profile` is the caller's, to json_decref(); it shares nothing.
 *
 * KL_MALFORMED   one of them is no object
 * KL_NO_MEMORY
 */
enum kl_result kl_policy_merge(
    const json_t *const chain[], size_t count, json_t **profile) KL_MUST_CHECK;

enum kl_policy_effect {
	KL_POLICY_CHANGES, /* neither can be said */
	KL_POLICY_TIGHTENS,
	KL_POLICY_LOOSENS
};

struct kl_policy_change {
	const struct kl_policy_member *member;
	const json_t *before, *after; /* borrowed; NULL where there is none */
	enum kl_policy_effect effect;
};

/*
 * How `after` differs from `before`, which may be NULL, in the order of the
 * table. What the table does not have is not looked at. Days against working
 * days are compared only where no calendar could turn it round.
 */
size_t kl_policy_diff(const json_t *before, const json_t *after,
    struct kl_policy_change changes[static KL_POLICY_MEMBERS]) KL_MUST_CHECK;

/* "changes", "tightens", "loosens", and what people read. */
const char *kl_policy_effect_word(enum kl_policy_effect effect);
struct kl_policy_words kl_policy_effect_words(enum kl_policy_effect effect);

/* A policy that was adopted. Borrowed. */
struct kl_policy_version {
	const char *region, *version;
	const char *effective_from; /* YYYY-MM-DD */
	uint64_t event_index;       /* of its adoption: no two are the same */
};

/*
 * Which of `count` versions binds on `date`, YYYY-MM-DD, in the last of
 * `regions`, which lead from the nation down to it? Of the narrowest region
 * that has one in force the one that came into force last; of the same date
 * the one adopted later. Their order does not matter; whoever asks about an
 * earlier act gives those adopted before it.
 *
 * `*found` is its place, or `count` when none binds.
 *
 * KL_MALFORMED   a date that does not exist
 */
enum kl_result kl_policy_in_force(const struct kl_policy_version versions[],
    size_t count, const char *const regions[], size_t region_count,
    const char *date, size_t *found) KL_MUST_CHECK;

#endif
