/* listings.h -- what an institution offers in one category: what, how, how
 * fast, for how much. */
#ifndef LISTINGS_H
#define LISTINGS_H

#include "act.h"
#include "categories.h"
#include "kl_calendar.h"

/*
 * State        is left by                                 for
 * -            an institution drafts, an operator publishes   draft, published
 * draft        the institution hands it in                check
 * check        the operator returns or publishes it       draft, published
 * published    either pauses it                           paused
 * paused       whoever paused it resumes it               published
 * each         either withdraws it                        withdrawn
 *
 * While it is published or paused, each revision is a new version, which binds
 * from then on; the log has them all (listing_versions.c). One of an
 * institution in a category is published or paused (a UNIQUE key).
 */
struct listing {
	struct object object;
	/* These never change: other regions are another listing. */
	const char *institution, *category;
	const char *regions; /* JSON: tokens; NULL for everywhere */
	/* What is public: research/domain.md §8.3. */
	const char *service_name, *basis, *serves, *conditions, *materials;
	const char *steps;
	uint64_t promised_days;
	const char *deadline_unit; /* workday, day */
	const char *counts_from;   /* contract, materials, site, notice */
	uint64_t urgent_days;      /* if in a hurry; 0: it is not offered */
	uint64_t urgent_surcharge_bp;
	const char *fee; /* JSON: kl_fee_json.h */
	const char *fee_basis, *rules, *complaint_channel, *qualifications;
	/* Set by the service. */
	uint64_t fee_min_fen, fee_max_fen; /* of all that `fee` gives */
	uint64_t version;                  /* 0: never published */
	int64_t effective_at, published_at;
	const char *paused_by; /* institution, operator; or NULL */
	const char *reason;    /* of the pause or the withdrawal, or NULL */
	const char *defects;   /* JSON: why it was returned, all at once */
};
extern struct kind listing_kind, listing_revision_kind;

enum { LISTING_VERSIONS_MAX = 1000 }; /* as many as kl_fee_binding() takes */

/* --- what it says (listing_check.c) --------------------------------------- */

/*
 * In an act. What is said of it is sound, as far as it is said: the fee, the
 * days; sets fee_min_fen and fee_max_fen.
 * ERR_INVALID ERR_BUSY ERR_DATABASE
 */
enum error listing_check(
    struct request *request, struct listing *listing) MUST_CHECK;

/*
 * And all is said that must be public, the promise is within the category's
 * cap and the fee below its ceiling. Everything that is wrong is told at once.
 * Errors likewise.
 */
enum error listing_check_whole(
    struct request *request, struct listing *listing) MUST_CHECK;

/* --- the acts (listing_acts.c) -------------------------------------------- */

enum error listing_make(struct request *request) MUST_CHECK;
enum error listing_revise(struct request *request) MUST_CHECK;
enum error listing_submit(struct request *request) MUST_CHECK;
enum error listing_publish(struct request *request) MUST_CHECK;
enum error listing_return(struct request *request) MUST_CHECK;
enum error listing_pause(struct request *request) MUST_CHECK;
enum error listing_resume(struct request *request) MUST_CHECK;
enum error listing_withdraw(struct request *request) MUST_CHECK;
/* ERR_CONFLICT: it has LISTING_VERSIONS_MAX of them. */
enum error listing_next_version(
    struct request *request, struct listing *listing) MUST_CHECK;
extern const struct kind listing_reason_kind, listing_defects_kind;
extern const struct db_statement *const listing_writes[];

/* --- its versions (listing_versions.c) ------------------------------------ */

/* What binds somebody of a listing. */
struct listing_terms {
	uint64_t version;
	struct kl_days promised;
	uint64_t fee_min_fen, fee_max_fen;
};

/*
 * In an act: which version of a listing binds, at the entry `at` of the log,
 * for a notice that was published at the entry `published`? A fee that has
 * risen since does not (kl_fee_change.h).
 * ERR_NOT_FOUND   it was not published before `at`
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error listing_binding(struct request *request, const char *listing,
    uint64_t published, uint64_t at, struct listing_terms *terms) MUST_CHECK;

/* Handlers of GET. */
enum error listing_list_versions(struct request *request) MUST_CHECK;
enum error listing_show_version(struct request *request) MUST_CHECK;
enum error listing_list_prices(struct request *request) MUST_CHECK;
extern const struct member listing_versions_query[];
extern const struct export_table listing_versions_table, listing_prices_table;
extern const struct db_statement *const listing_reads[];
/* Of listing_import.c. */
extern const struct db_statement listing_select_live;

#endif
