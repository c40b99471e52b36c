/* listings.h -- what an institution offers: fee and days of one category. */
#ifndef LISTINGS_H
#define LISTINGS_H

#include "act.h"

/* One published listing of an institution in a category (a UNIQUE key). */
struct listing {
	struct object object;
	const char *institution, *category;
	uint64_t fee_min_fen, fee_max_fen;
	const char *fee_basis;
	uint64_t promised_days;
	const char *deadline_unit; /* workday, day */
	const char *region;        /* served; NULL for everywhere */
	int64_t published_at;
};
extern struct kind listing_kind;

#endif
