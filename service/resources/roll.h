/* roll.h -- what the parts of the roll share: who may look after whom, days,
 * and what is shown of a person. */
#ifndef ROLL_H
#define ROLL_H

#include "act.h"
#include "kl_period.h"
#include "policies.h"

/* The members {"reason": …} of an act that needs only that. */
struct reason {
	struct object object;
	const char *reason;
};
extern const struct kind reason_kind;

enum { ROLL_BODY_MAX = 65536, ROLL_DAY_SIZE = 10, ROLL_PERSON_SIZE = 34 };

/* Whoever looks after the roll, and whoever looks at that. */
#define ROLL_KEEPERS (ROLE_OPERATOR | ROLE_REVIEWER)
#define ROLL_READERS (ROLL_KEEPERS | ROLE_SUPERVISOR | ROLE_AUDITOR)

/*
 * In an act: may this caller decide about what is of `region`? Who keeps the
 * roll does so where his organisation is, and below.
 * ERR_FORBIDDEN ERR_NO_REGION ERR_BUSY ERR_DATABASE
 */
enum error roll_check_keeper(
    struct request *request, const char *region) MUST_CHECK;

/* As roll_check_keeper(), of the region of an institution. */
enum error roll_check_keeper_of(
    struct request *request, const char *institution) MUST_CHECK;

/*
 * In an act: the policy that an institution is under, and where: of the region
 * in which it registered, or of the one that governs who named none.
 * ERR_NO_REGION ERR_NO_POLICY ERR_BUSY ERR_DATABASE
 */
enum error roll_policy(struct request *request, const char *institution,
    const struct policy **policy, const char **region) MUST_CHECK;

/*
 * The version that a decision is about must be named: of two who decide at
 * once, the second has not seen what the first did.
 * ERR_PRECONDITION_MISSING ERR_PRECONDITION
 */
enum error roll_match(struct request *request, uint64_t seq) MUST_CHECK;

/* A day as YYYY-MM-DD of any year, counted from 1970-01-01. */
bool roll_day_is(const char *text, int32_t *day);

/* The day of an optional member; NULL leaves `*day`. A complaint otherwise. */
enum error roll_day(struct request *request, const char *pointer,
    const char *text, int32_t *day) MUST_CHECK;

/* The day of this act, in Shanghai. */
int32_t roll_today(const struct request *request);

/* When a day so many months after that one begins. */
int64_t roll_months_after(int64_t seconds, uint64_t months);

/* What others see of a person: 张*, ****1234. NULL of NULL. In the arena. */
const char *roll_mask_name(struct request *request, const char *name);
const char *roll_mask_number(struct request *request, const char *number);

/*
 * In an act: what a person is called in public, the same wherever the number
 * is the same, and of no use to whoever guesses numbers: p: and 32 digits of a
 * digest under a key that the database alone has.
 * ERR_BUSY ERR_DATABASE
 */
enum error roll_person(struct request *request, const char *number,
    const char **person) MUST_CHECK;

/* Read each object of a canonical array as `kind`, of at most `most`, into
 * `rows`; what is wrong is a complaint at <pointer>/<i>/<member>, and none in
 * its row; what is no object is NULL.
 * ERR_INVALID */
enum error roll_read_list(struct request *request, const struct kind *kind,
    const char *text, const char *pointer, size_t most, void **rows,
    size_t *count) MUST_CHECK;

#endif
