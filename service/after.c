#include "after.h"

#include <inttypes.h>
#include <string.h>

enum error after_read(
    struct request *request, uint64_t usual, uint64_t most, struct after *after)
{
	uint64_t index = 0;
	enum error error =
	    request_query_u64(request, "limit", 1, most, usual, &after->limit);

	if (!error)
		error = request_query_u64(
		    request, "after", 0, INT64_MAX, 0, &index);
	after->first = request_query(request, "after") ? index + 1 : 0;
	return error;
}

const char *after_next(
    struct request *request, const struct after *after, uint64_t last)
{
	const char *next = request_number(request, last), *others = "";

	for (size_t i = 0; i < request->query_count; i++) {
		const struct query *query = &request->queries[i];

		if (strcmp(query->name, "after") != 0 &&
		    strcmp(query->name, "limit") != 0)
			others = arena_format(&request->arena, "%s&%s=%s",
			    others, query->name, query->value);
	}
	request->link = arena_format(&request->arena,
	    "<%s?after=%s&limit=%" PRIu64 "%s>; rel=\"next\"", request->path,
	    next, after->limit, others);
	return next;
}
