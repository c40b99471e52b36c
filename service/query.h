/* query.h -- the query of a URI, strictly. */
#ifndef QUERY_H
#define QUERY_H

#include "request.h"

enum { QUERY_NAME_MAX = 32, QUERY_VALUE_MAX = 512 /* bytes, decoded */ };

/*
 * Decode request->raw_query into request->queries: name=value by `&`, names
 * of a-z and _, none twice; values with `%` and two hex digits, `+` for a
 * blank, in UTF-8 without control characters. A name alone has the value "".
 * ERR_BAD_REQUEST
 */
enum error query_read(struct request *request) MUST_CHECK;

/* One value of that form, in the arena; NULL: it breaks it. */
const char *query_decode(struct arena *arena, const char *text);

/* The other way, for a URI of ours: all but A-Z a-z 0-9 - . _ ~ with `%`. */
const char *query_encode(struct arena *arena, const char *value);

/* Link: rel="next": the same query again, but for `name`, which is `value`, a
 * token. RFC 8288. */
void query_link_next(
    struct request *request, const char *name, const char *value);

#endif
