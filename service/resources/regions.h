/* regions.h -- where it is: a tree of regions, each with its own policy and
 * calendar, or those of who is above it. */
#ifndef REGIONS_H
#define REGIONS_H

#include "act.h"
#include "kl_calendar.h"
#include "kl_policy.h"

/* What the State Council publishes is above every region; it is none itself. */
#define REGION_NATION "cn"

/* A region and whoever is above it, the nation among them: each may have a
 * calendar of its own. */
enum { REGION_DEPTH_MAX = KL_CALENDAR_LEVELS_MAX };

struct region {
	struct object object; /* id: a token, mostly its division code */
	const char *name, *name_en;
	const char *parent; /* or NULL */
	const char *week;   /* what works, Monday first; NULL: as above it */
	/* The day on which its calendar ends, once that is near; or NULL. */
	const char *calendar_ends;
};
extern struct kind region_kind;

/* From the nation down to one region. */
struct region_chain {
	const char *ids[REGION_DEPTH_MAX];
	const char *weeks[REGION_DEPTH_MAX]; /* or NULL */
	size_t count;
};

/*
 * The chain of a region, with statements of its own: of a GET, or of an act
 * after act_direct(). Of the nation it is the nation alone.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error region_chain(struct request *request, const char *id,
    struct region_chain *chain) MUST_CHECK;

/*
 * The region of an organisation, in an act: its own, or the one that the tree
 * begins with if it begins with one only. Institutions are of all regions, and
 * what they do is governed as there.
 * ERR_NO_REGION   it names none, and there is none or more than one
 * ERR_BUSY ERR_DATABASE
 */
enum error region_of(struct request *request, const char *organisation,
    const char **region) MUST_CHECK;

/* The region that the tree begins with, if it begins with one only. Of a GET,
 * or of an act after act_direct(). ERR_NO_REGION ERR_BUSY ERR_DATABASE */
enum error region_only(struct request *request, const char **region) MUST_CHECK;

/* Is it one, or the nation? In an act; a complaint about `pointer` if not. */
enum error region_check(
    struct request *request, const char *id, const char *pointer) MUST_CHECK;

#endif
