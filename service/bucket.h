/* bucket.h -- how often something may be tried, per whatever it is tried at. */
#ifndef BUCKET_H
#define BUCKET_H

#include "kl_hash.h"

#include <stdint.h>

/*
 * Token buckets in memory: each begins full, an hour fills it from empty. A
 * name is hashed with a key of this process, so nobody can choose which ones
 * share a place; when there is no place, the one that is fullest goes. Nothing
 * is locked: who has tried too often waits. Any thread.
 */

/* The hash of what is tried at: texts, ended by NULL. */
struct kl_hash bucket_name(const char *first, ...) __attribute__((sentinel));

/* Take one of `capacity`. 0, or how many seconds until there is one. */
unsigned bucket_take(
    const struct kl_hash *name, uint64_t capacity, int64_t now_ms);

/* It was not a try that should count. */
void bucket_give_back(const struct kl_hash *name, int64_t now_ms);

#endif
