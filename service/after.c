#include "after.h"

enum error after_read(
    struct request *request, uint64_t usual, uint64_t most, struct after *after)
{
	uint64_t index = 0;
	enum error error = export_read(request, &after->format);

	if (!error)
		error = export_limit(
		    request, after->format, most, usual, &after->limit);
	if (!error)
		error = request_query_u64(
		    request, "after", 0, INT64_MAX, 0, &index);
	after->first = request_query(request, "after") ? index + 1 : 0;
	return error;
}
