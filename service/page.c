#include "page.h"

#include "clock.h"
#include "kl_date.h"
#include "kl_hash.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, SHARE_MAX = 8 /* one page may take 1/8 of it all */ };

struct kept {
	struct kept *next;          /* in its bucket */
	struct kept *newer, *older; /* by when it was asked for */
	uint64_t digest, version;
	struct page *page;
	size_t size, key_size;
	char key[];
};

static struct {
	pthread_mutex_t lock;
	struct kept *buckets[BUCKETS];
	struct kept *newest, *oldest;
	size_t bytes, bytes_max, count;
	uint64_t hits, misses;
	/* So that nobody can choose where his pages fall. */
	uint8_t seed[crypto_shorthash_KEYBYTES];
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

static atomic_ullong changes[COLLECTIONS];

void page_shows(unsigned collections)
{
	for (unsigned i = 0; i < COLLECTIONS; i++)
		if (collections & 1u << i)
			atomic_fetch_add(&changes[i], 1);
}

/* Each count only rises, so equal sums mean equal counts. */
uint64_t page_version(unsigned collections)
{
	uint64_t version = 0;

	for (unsigned i = 0; i < COLLECTIONS; i++)
		if (collections & 1u << i)
			version += atomic_load(&changes[i]);
	return version;
}

/* --- under the lock ------------------------------------------------------- */

static void unlink_age(struct kept *kept)
{
	*(kept->newer ? &kept->newer->older : &cache.newest) = kept->older;
	*(kept->older ? &kept->older->newer : &cache.oldest) = kept->newer;
}

static void link_newest(struct kept *kept)
{
	kept->newer = NULL;
	kept->older = cache.newest;
	*(kept->older ? &kept->older->newer : &cache.oldest) = kept;
	cache.newest = kept;
}

static void drop(struct kept *kept)
{
	struct kept **link = &cache.buckets[kept->digest % BUCKETS];

	while (*link != kept)
		link = &(*link)->next;
	*link = kept->next;
	unlink_age(kept);
	cache.bytes -= kept->size;
	cache.count--;
	page_release(kept->page);
	free(kept);
}

static struct kept *find(uint64_t digest, const char *key, size_t key_size)
{
	struct kept *kept = cache.buckets[digest % BUCKETS];

	while (kept && (kept->digest != digest || kept->key_size != key_size ||
			   memcmp(kept->key, key, key_size) != 0))
		kept = kept->next;
	return kept;
}

/* --- keys ----------------------------------------------------------------- */

/* What was asked, in which language, and on which day in Shanghai: what binds
 * changes with the day. */
static const char *key_of(struct request *request, size_t *size)
{
	size_t path_size = strlen(request->path) + 1; /* with its NUL */
	size_t query_size = strlen(request->raw_query);
	int32_t day = kl_date_of(clock_now());
	size_t key_size = path_size + query_size + 1 + sizeof(day);
	char *key = arena_alloc(&request->arena, key_size);

	memcpy(key, request->path, path_size);
	memcpy(key + path_size, request->raw_query, query_size);
	key[path_size + query_size] = (char)request->language;
	memcpy(key + key_size - sizeof(day), &day, sizeof(day));
	*size = key_size;
	return key;
}

static uint64_t digest_of(const char *key, size_t size)
{
	uint64_t digest;

	crypto_shorthash((unsigned char *)&digest, (const unsigned char *)key,
	    size, cache.seed);
	return digest;
}

/* --- the cache ------------------------------------------------------------ */

void page_cache_open(size_t bytes_max)
{
	randombytes_buf(cache.seed, sizeof(cache.seed));
	cache.bytes_max = bytes_max;
}

void page_cache_close(void)
{
	pthread_mutex_lock(&cache.lock);
	while (cache.oldest)
		drop(cache.oldest);
	cache.bytes_max = 0;
	pthread_mutex_unlock(&cache.lock);
}

struct page *page_find(struct request *request)
{
	uint64_t version = page_version(request->route->shows);
	size_t key_size;
	const char *key = key_of(request, &key_size);
	uint64_t digest = digest_of(key, key_size);
	struct page *page = NULL;
	struct kept *kept;

	pthread_mutex_lock(&cache.lock);
	kept = find(digest, key, key_size);
	if (kept && kept->version == version) {
		page = page_hold(kept->page);
		unlink_age(kept);
		link_newest(kept);
	} else if (kept) {
		drop(kept);
	}
	*(page ? &cache.hits : &cache.misses) += 1;
	pthread_mutex_unlock(&cache.lock);
	return page;
}

static struct kept *make(const char *key, size_t key_size, uint64_t digest,
    uint64_t version, struct page *page)
{
	struct kept *kept = calloc(1, sizeof(*kept) + key_size);

	if (!kept)
		abort();
	kept->digest = digest;
	kept->version = version;
	kept->page = page_hold(page);
	kept->size = sizeof(*kept) + key_size + page_size(page);
	kept->key_size = key_size;
	memcpy(kept->key, key, key_size);
	return kept;
}

void page_keep(struct request *request, uint64_t version, struct page *page)
{
	size_t key_size;
	const char *key = key_of(request, &key_size);
	uint64_t digest = digest_of(key, key_size);
	struct kept *kept, *old;

	if (page_size(page) > cache.bytes_max / SHARE_MAX)
		return;
	kept = make(key, key_size, digest, version, page);
	pthread_mutex_lock(&cache.lock);
	old = find(digest, key, key_size);
	if (old)
		drop(old);
	kept->next = cache.buckets[digest % BUCKETS];
	cache.buckets[digest % BUCKETS] = kept;
	link_newest(kept);
	cache.bytes += kept->size;
	cache.count++;
	while (cache.bytes > cache.bytes_max)
		drop(cache.oldest);
	pthread_mutex_unlock(&cache.lock);
}

const char *page_metrics(struct arena *arena)
{
	const char *text;

	pthread_mutex_lock(&cache.lock);
	text = arena_format(arena,
	    "# HELP klero_pages Ready-made responses kept.\n"
	    "# TYPE klero_pages gauge\n"
	    "klero_pages %zu\n"
	    "# HELP klero_page_bytes Their size.\n"
	    "# TYPE klero_page_bytes gauge\n"
	    "klero_page_bytes %zu\n"
	    "# HELP klero_page_hits_total Pages answered ready-made.\n"
	    "# TYPE klero_page_hits_total counter\n"
	    "klero_page_hits_total %" PRIu64 "\n"
	    "# HELP klero_page_misses_total Pages that had to be made.\n"
	    "# TYPE klero_page_misses_total counter\n"
	    "klero_page_misses_total %" PRIu64 "\n",
	    cache.count, cache.bytes, cache.hits, cache.misses);
	pthread_mutex_unlock(&cache.lock);
	return text;
}
