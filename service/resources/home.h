/* home.h -- what the first page shows: sums that anybody can reckon again. */
#ifndef HOME_H
#define HOME_H

#include "kl_tally.h"
#include "route.h"

#define HOME_SHOWS                                                             \
	(SHOWS_INSTITUTIONS | SHOWS_CATEGORIES | SHOWS_LISTINGS |              \
	    SHOWS_NOTICES | SHOWS_DRAWS | SHOWS_SEARCH | SHOWS_LOG)

/* Handler of a GET: all of it. */
enum error home_show(struct request *request);

/*
 * On a worker: the form checks among the first `size` entries of the log.
 * Entries that were read are remembered, so only what is new is read.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error home_form_checks(struct request *request, uint64_t size,
    struct kl_form_checks *checks) MUST_CHECK;

/* On a worker: what is going on, comes next and came out last, as members of
 * `to`. ERR_BUSY ERR_DATABASE */
enum error home_add_lists(struct request *request, json_t *to) MUST_CHECK;

#endif
