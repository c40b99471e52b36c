/* body_json.h -- what members of JSON say: lists of tokens, fee schedules. */
#ifndef BODY_JSON_H
#define BODY_JSON_H

#include "kl_fee_json.h"
#include "request.h"

enum {
	BODY_TOKENS_LIST_MAX = 32,
	BODY_FEE_JSON_MAX = 8192, /* bytes of any schedule, and more */
};

struct body_tokens {
	const char *list[BODY_TOKENS_LIST_MAX];
	size_t count;
};

/*
 * Read a member of MEMBER_JSON that is to be a list of distinct tokens, into
 * the request's arena; NULL is an empty one. What is wrong is told of
 * `pointer`.
 * ERR_INVALID
 */
enum error body_tokens_read(struct request *request, const char *json,
    const char *pointer, struct body_tokens *tokens) MUST_CHECK;

/*
 * Likewise a fee schedule, which is sound then. With NULL nothing is read.
 * ERR_INVALID
 */
enum error body_fee_read(struct request *request, const char *json,
    const char *pointer, struct kl_fee_sheet *sheet) MUST_CHECK;

#endif
