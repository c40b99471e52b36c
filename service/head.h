/* head.h -- what the head of a request means, before its body is taken. */
#ifndef HEAD_H
#define HEAD_H

#include "request.h"

/*
 * Find the route; see that the key, the body of `body_size` bytes and the
 * headers that the route needs are there and in form. Sets route, params,
 * min_size and queries. Touches no database.
 *
 * ERR_NOT_FOUND ERR_METHOD
 * ERR_UNAUTHENTICATED           a key is needed and none was shown
 * ERR_TOO_LARGE ERR_MEDIA_TYPE  the body
 * ERR_PRECONDITION_MISSING      no Idempotency-Key where one is needed
 * ERR_BAD_REQUEST               a header or the query is out of form
 */
enum error head_read(struct request *request, size_t body_size) MUST_CHECK;

/* Does it need an Idempotency-Key? What creates does, unless what is sent
 * can be created once only. */
bool head_needs_key(const struct route *route);

#endif
