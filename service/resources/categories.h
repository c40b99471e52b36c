/* categories.h -- the kinds of service that may be bought here. */
#ifndef CATEGORIES_H
#define CATEGORIES_H

#include "act.h"
#include "query.h"

/* States: active → retired; each revision is an event. */
struct category {
	struct object object; /* id: its code, A01 … */
	const char *phase, *service, *approval_item, *authority;
	const char *basis, *basis_source;
	/* As the law says it, in words: "20(可延长不超过40)". */
	const char *legal_limit, *limit_source, *qualification;
	const char *unit;           /* of legal_days: workday, day; or NULL */
	const char *suggested_days; /* a number, or in words */
	const char *approval_items; /* JSON: codes of approval items */
	uint64_t legal_days;        /* 0: the law has no limit */
	uint64_t cap_days;          /* no listing promises more; 0: no cap */
	const char *cap_unit;       /* workday, day */
	const char *requirement;    /* JSON: kl_requirement_json.h */
	const char *price_control;  /* market (also NULL), government */
	const char *fee_ceiling;    /* JSON: kl_fee_json.h */
};
extern struct kind category_kind;

/*
 * The category of this code, in an act or of a worker, unless it is retired.
 * ERR_INVALID     there is none, or it is retired: told of /category
 * ERR_BUSY ERR_DATABASE
 */
enum error category_open(struct request *request, const char *code,
    const struct category **category) MUST_CHECK;

/*
 * Is it of the ?phase= that is asked for, and is each word of ?q= in its id,
 * service, approval item, authority or basis? CATEGORY_QUERY is these two.
 */
bool category_fits(struct request *request, const struct category *category);

#define CATEGORY_QUERY                                                         \
	{ .name = "q",                                                         \
		.type = MEMBER_TEXT,                                           \
		.maximum = QUERY_VALUE_MAX,                                    \
		.flags = MEMBER_OPTIONAL,                                      \
		.help = "Words, each of which is in what is said of it" },     \
	{                                                                      \
		.name = "phase", .type = MEMBER_TEXT,                          \
		.maximum = QUERY_VALUE_MAX, .flags = MEMBER_OPTIONAL,          \
		.help = "Of this phase of a project"                           \
	}

#endif
