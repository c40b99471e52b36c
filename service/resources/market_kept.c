/* market_kept.c -- what categories came to, kept while their listings stay.
 *
 * A listing that changes makes every page of the market old, but only one
 * category other than it was. The log tells which.
 */
#include "log_read.h"
#include "market.h"
#include "route.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	BYTES_MAX = 16 << 20, /* of all texts; then all are forgotten */
	CHANGES_MAX = 100000, /* entries of the log to look through */
};

static const struct db_statement select_changed = {
	"SELECT DISTINCT l.category FROM log_entry e "
	"JOIN listing l ON l.id = e.subject "
	"WHERE e.idx >= ? AND e.idx < ? AND e.kind LIKE 'listing.%'",
};

/* By the rule of a policy, which never changes. */
struct kept {
	struct kept *next;
	char *policy, *category;
	char *sum, *outliers; /* as JSON */
	uint64_t size;        /* entries of the log that it was made from */
};

/*
 * Each was made from `size` entries of the log, or holds still after so many.
 * A reader that has seen more looks for what has changed until then, `heading`.
 * What is made of fewer is not kept from the moment on that it begins: it would
 * come too late to be forgotten.
 */
static struct {
	pthread_mutex_t lock;
	struct kept *first;
	uint64_t size, heading; /* size <= heading */
	size_t bytes;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- under the lock ------------------------------------------------------- */

static size_t bytes_of(const struct kept *kept)
{
	return strlen(kept->sum) + strlen(kept->outliers);
}

static void discard(struct kept *kept)
{
	free(kept->policy);
	free(kept->category);
	free(kept->sum);
	free(kept->outliers);
	free(kept);
}

static void forget(struct kept **link)
{
	struct kept *kept = *link;

	*link = kept->next;
	all.bytes -= bytes_of(kept);
	discard(kept);
}

static void forget_all(void)
{
	while (all.first)
		forget(&all.first);
}

/* What is of a category, and was made before. */
static void forget_older(const char *category, uint64_t size)
{
	struct kept **link = &all.first;

	while (*link)
		if ((*link)->size < size &&
		    strcmp((*link)->category, category) == 0)
			forget(link);
		else
			link = &(*link)->next;
}

static struct kept **find(const char *policy, const char *category)
{
	struct kept **link = &all.first;

	while (*link && (strcmp((*link)->category, category) != 0 ||
			    strcmp((*link)->policy, policy) != 0))
		link = &(*link)->next;
	return link;
}

/* Instead of one that was made before, unless it is of too few entries. */
static void add(struct kept *kept)
{
	struct kept **link = find(kept->policy, kept->category);

	if (kept->size < all.heading) {
		discard(kept);
		return;
	}
	if (*link)
		forget(link);
	kept->next = all.first;
	all.first = kept;
	all.bytes += bytes_of(kept);
	if (all.bytes > BYTES_MAX)
		forget_all();
}

/* --- what has changed ----------------------------------------------------- */

/* Until where nobody need look, now that one looks until `heading`. */
static uint64_t known_size(uint64_t heading, bool *empty)
{
	uint64_t size;

	pthread_mutex_lock(&all.lock);
	*empty = all.first == NULL;
	size = all.size;
	if (heading > all.heading)
		all.heading = heading;
	pthread_mutex_unlock(&all.lock);
	return size;
}

static enum error forget_changed(
    struct request *request, uint64_t from, uint64_t size)
{
	const char *category;

	db_query(request->db, &select_changed,
	    DB_IN(db_u64(from), db_u64(size)), DB_OUT(db_to_text(&category)));
	while (db_next(request->db)) {
		pthread_mutex_lock(&all.lock);
		forget_older(category, size);
		pthread_mutex_unlock(&all.lock);
	}
	return db_finish(request->db);
}

enum error market_kept_begin(struct request *request, uint64_t *size)
{
	struct log_head head;
	bool empty;
	uint64_t from;
	enum error error = log_read_head(request->db, &head);

	if (error)
		return error;
	*size = head.size;
	from = known_size(head.size, &empty);
	if (head.size <= from)
		return ERR_OK;
	if (!empty && head.size - from <= CHANGES_MAX)
		error = forget_changed(request, from, head.size);
	if (error)
		return error;
	pthread_mutex_lock(&all.lock);
	if (head.size - from > CHANGES_MAX)
		forget_all();
	if (head.size > all.size)
		all.size = head.size;
	pthread_mutex_unlock(&all.lock);
	return ERR_OK;
}

/* --- what is kept --------------------------------------------------------- */

bool market_kept(const char *policy, const char *category, uint64_t size,
    json_t **sum, json_t **outliers)
{
	const struct kept *kept = NULL;

	pthread_mutex_lock(&all.lock);
	if (size == all.size)
		kept = *find(policy, category);
	if (kept) {
		*sum = json_loads(kept->sum, 0, NULL);
		if (outliers)
			*outliers = json_loads(kept->outliers, 0, NULL);
	}
	pthread_mutex_unlock(&all.lock);
	return kept != NULL;
}

void market_keep(const char *policy, const char *category, uint64_t size,
    const json_t *sum, const json_t *outliers)
{
	struct kept *kept = arena_malloc(sizeof(*kept));

	*kept = (struct kept){
		.policy = strdup(policy),
		.category = strdup(category),
		.sum = json_dumps(sum, JSON_COMPACT),
		.outliers = json_dumps(outliers, JSON_COMPACT),
		.size = size,
	};
	if (!kept->policy || !kept->category || !kept->sum || !kept->outliers)
		abort();
	pthread_mutex_lock(&all.lock);
	add(kept);
	pthread_mutex_unlock(&all.lock);
}

static const struct db_statement *const reads[] = { &select_changed, NULL };

const struct resource market_kept_resource = { .reads = reads };
