/* page.h -- ready-made responses, kept while nothing they show has changed. */
#ifndef PAGE_H
#define PAGE_H

#include "http.h"
#include "route.h"

/*
 * One cache for the program, safe from any thread. A page is known by what
 * was asked (path, query, language) and is good for one version: the count of
 * changes to the collections it shows.
 *
 * A reader takes the version first and then begins its snapshot; the writer
 * calls page_shows() after COMMIT and before any act of the batch is answered.
 * So a page kept under a version never lacks what was answered before it.
 */

/* Keep at most `bytes_max` bytes; what was not asked for longest goes first. */
void page_cache_open(size_t bytes_max);
void page_cache_close(void); /* closing twice is harmless */

/* These collections (a set of enum collection) have changed. */
void page_shows(unsigned collections);

/* The version of a page that shows these collections. */
uint64_t page_version(unsigned collections);

/* The page, held for the caller, or NULL. */
struct page *page_find(struct request *request);

/* Keep a page that was made from a snapshot not older than `version`. */
void page_keep(struct request *request, uint64_t version, struct page *page);

/* Prometheus text: pages kept, bytes, hits, misses. In `arena`. */
const char *page_metrics(struct arena *arena);

#endif
