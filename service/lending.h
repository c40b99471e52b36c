/* lending.h -- how much memory large answers take until they are gone. */
#ifndef LENDING_H
#define LENDING_H

#include "config.h"
#include "request.h"

/* Settings. Before there are threads. */
void lending_open(const struct config *config);

/*
 * Count `size` bytes of this request's answer until request_clear(). Any
 * thread.
 * ERR_BUSY   too many are on their way
 */
enum error lending_take(struct request *request, size_t size) MUST_CHECK;

/* Of request_clear(). */
void lending_return(size_t size);

#endif
