/* after.h -- lists that go on by the place in the log: ?after= and ?limit=. */
#ifndef AFTER_H
#define AFTER_H

#include "export.h"
#include "request.h"

/* Of the entries a page is made of; the one that goes over it is the last. */
enum { AFTER_BYTES_MAX = 4 << 20 };

/* Both, in the query of a route that shows at most so many as JSON. */
#define AFTER_QUERY(most)                                                      \
	{ .name = "after",                                                     \
		.type = MEMBER_NUMBER,                                         \
		.maximum = INT64_MAX,                                          \
		.flags = MEMBER_OPTIONAL,                                      \
		.help = "An index of the log; from the first without it" },    \
	{                                                                      \
		.name = "limit", .type = MEMBER_NUMBER, .minimum = 1,          \
		.maximum = EXPORT_ROWS_MAX, .flags = MEMBER_OPTIONAL,          \
		.help = "How many at most, of JSON " #most                     \
	}

struct after {
	uint64_t first; /* the first index that is wanted */
	uint64_t limit;
	enum export_format format;
};

/* What is asked for; of JSON `usual` without a limit. ERR_INVALID */
enum error after_read(struct request *request, uint64_t usual, uint64_t most,
    struct after *after) MUST_CHECK;

#endif
