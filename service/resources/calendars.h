/* calendars.h -- which days work where: what was published, and put together.
 * turnaround §2. */
#ifndef CALENDARS_H
#define CALENDARS_H

#include "act.h"
#include "kl_calendar_year.h"
#include "regions.h"

enum { CALENDAR_DAYS_SIZE_MAX = 24576, CALENDAR_SOURCE_MAX = 500 };

/* The notice of one year. Of a region and year the one adopted last counts. */
struct calendar {
	struct object object; /* id: <region>-<year>-<version> */
	const char *region, *version;
	uint64_t year;
	const char *source; /* the document: its title, its number, its URL */
	const char *days;   /* canonical JSON, as kl_calendar_year_read() */
	const char *digest; /* SHA-256 of region, year and days, in hex */
};
extern struct kind calendar_kind;

/* The calendar of a region, and what it was put together from. */
struct calendar_stack {
	struct kl_calendar calendar;
	struct kl_buf days[REGION_DEPTH_MAX]; /* of each level */
	char version[KL_HASH_HEX]; /* digest of all that it rests on: what is
				      reckoned with it says so */
};

/*
 * Put it together anew, `with` a notice that is not adopted yet, or NULL. Of a
 * GET, or of an act after act_direct(). Names and sources live as long as the
 * request; calendar_clear() gives the rest back, also after a failure.
 * ERR_NOT_FOUND   there is no such region
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error calendar_read(struct request *request, const char *region,
    const struct calendar *with, struct calendar_stack *stack) MUST_CHECK;
void calendar_clear(struct calendar_stack *stack);

/*
 * The last day in time of a duration {n, unit} of a policy in days or working
 * days that begins at `from`: the second after it, to be set as a due; what is
 * done before it is in time. In smaller units it is `from` and that much.
 * `*version` is the calendar's, or NULL where none was needed. In an act.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error calendar_due(struct request *request, const char *region,
    const json_t *duration, int64_t from, int64_t *due,
    const char **version) MUST_CHECK;

/* The last day that the nation has published: no other level has a horizon. In
 * an act. ERR_BUSY ERR_DATABASE ERR_INTERNAL */
enum error calendar_horizon(
    struct request *request, int32_t *horizon) MUST_CHECK;

/* The statements of these, prepared by calendar_days.c. */
extern const struct db_statement *const calendar_statements[];

#endif
