/* after.h -- lists that go on by the place in the log: ?after= and ?limit=. */
#ifndef AFTER_H
#define AFTER_H

#include "kind.h"
#include "request.h"

/* Both, in the query of a route; `most` is the largest limit. */
#define AFTER_QUERY(most)                                                      \
	{ .name = "after",                                                     \
		.type = MEMBER_NUMBER,                                         \
		.maximum = INT64_MAX,                                          \
		.flags = MEMBER_OPTIONAL,                                      \
		.help = "An index of the log; from the first without it" },    \
	{                                                                      \
		.name = "limit", .type = MEMBER_NUMBER, .minimum = 1,          \
		.maximum = (most), .flags = MEMBER_OPTIONAL,                   \
		.help = "How many at most"                                     \
	}

struct after {
	uint64_t first; /* the first index that is wanted */
	uint64_t limit;
};

/* ERR_INVALID */
enum error after_read(struct request *request, uint64_t usual, uint64_t most,
    struct after *after) MUST_CHECK;

/* There is more after `last`: the cursor, and the link to it, which asks for
 * all else as this request does. What was found by a query is a token. */
const char *after_next(
    struct request *request, const struct after *after, uint64_t last);

#endif
