#include "bucket.h"

#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

enum { SETS = 4096, WAYS = 8, HOUR_MS = 3600 * 1000 };

/* A token is HOUR_MS units, and each millisecond gives `capacity` units back,
 * so nothing is lost to rounding. `used` were not back at `at_ms`. */
struct bucket {
	struct kl_hash name;
	uint64_t capacity; /* 0: nobody is here */
	uint64_t used;
	int64_t at_ms;
};

static struct {
	pthread_mutex_t lock;
	pthread_once_t once;
	uint8_t key[32];
	struct bucket buckets[SETS][WAYS];
} all = { .lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT };

static void make_key(void)
{
	randombytes_buf(all.key, sizeof(all.key));
}

struct kl_hash bucket_name(const char *first, ...)
{
	struct kl_hasher hasher;
	va_list texts;

	pthread_once(&all.once, make_key);
	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, all.key, sizeof(all.key));
	va_start(texts, first);
	for (const char *text = first; text; text = va_arg(texts, const char *))
		kl_hasher_add(&hasher, text, strlen(text) + 1);
	va_end(texts);
	return kl_hasher_end(&hasher);
}

/* What has come back since. */
static void refill(struct bucket *bucket, int64_t now_ms)
{
	uint64_t passed =
	    now_ms > bucket->at_ms ? (uint64_t)(now_ms - bucket->at_ms) : 0;
	uint64_t back;

	if (passed > HOUR_MS)
		passed = HOUR_MS;
	back = passed * bucket->capacity;
	bucket->used = back < bucket->used ? bucket->used - back : 0;
	bucket->at_ms = now_ms;
}

static struct bucket *set_of(const struct kl_hash *name)
{
	return all
	    .buckets[(name->bytes[0] | (size_t)name->bytes[1] << 8) % SETS];
}

static struct bucket *find(const struct kl_hash *name)
{
	struct bucket *set = set_of(name);

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].capacity > 0 && kl_hash_equal(&set[i].name, name))
			return &set[i];
	return NULL;
}

/* An empty place, or that of which least is used. */
static struct bucket *place_for(const struct kl_hash *name, int64_t now_ms)
{
	struct bucket *set = set_of(name), *least = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].capacity == 0)
			return &set[i];
		refill(&set[i], now_ms);
		if (set[i].used < least->used)
			least = &set[i];
	}
	return least;
}

static unsigned take(
    const struct kl_hash *name, uint64_t capacity, int64_t now_ms)
{
	struct bucket *bucket = find(name);
	uint64_t lacking;

	if (!bucket) {
		bucket = place_for(name, now_ms);
		*bucket = (struct bucket){ *name, capacity, 0, now_ms };
	}
	refill(bucket, now_ms);
	if (bucket->used + HOUR_MS <= capacity * HOUR_MS) {
		bucket->used += HOUR_MS;
		return 0;
	}
	lacking = bucket->used + HOUR_MS - capacity * HOUR_MS;
	return (unsigned)((lacking + capacity * 1000 - 1) / (capacity * 1000));
}

unsigned bucket_take(
    const struct kl_hash *name, uint64_t capacity, int64_t now_ms)
{
	unsigned wait_s;

	pthread_mutex_lock(&all.lock);
	wait_s = take(name, capacity, now_ms);
	pthread_mutex_unlock(&all.lock);
	return wait_s;
}

void bucket_give_back(const struct kl_hash *name, int64_t now_ms)
{
	struct bucket *bucket;

	pthread_mutex_lock(&all.lock);
	bucket = find(name);
	if (bucket) {
		refill(bucket, now_ms);
		bucket->used -= bucket->used < HOUR_MS ? bucket->used : HOUR_MS;
	}
	pthread_mutex_unlock(&all.lock);
}
