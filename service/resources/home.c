/* home.c -- what stands on the first page: how much there is of everything.
 *
 * Each number is a sum over published events, so that a stranger can reckon it
 * again (tests/tools/recompute.mjs does). Rows are what events have made of
 * them: it is they that are counted here, in one snapshot.
 */
#include "home.h"

#include "finder.h"
#include "kl_time.h"
#include "log_read.h"
#include "route.h"

#include <string.h>

/* --- how many are in each state ------------------------------------------- */

static const struct db_statement institutions = {
	"SELECT state, COUNT(*) FROM institution GROUP BY state",
};
static const struct db_statement registrations = {
	"SELECT state, COUNT(*) FROM registration GROUP BY state",
};
static const struct db_statement qualifications = {
	"SELECT state, COUNT(*) FROM qualification GROUP BY state",
};
static const struct db_statement sanctions = {
	"SELECT state, COUNT(*) FROM sanction GROUP BY state",
};
static const struct db_statement categories = {
	"SELECT state, COUNT(*) FROM category GROUP BY state",
};
static const struct db_statement listings = {
	"SELECT state, COUNT(*) FROM listing GROUP BY state",
};
static const struct db_statement notices = {
	"SELECT state, COUNT(*) FROM notice GROUP BY state",
};
static const struct db_statement draws = {
	"SELECT state, COUNT(*) FROM draw GROUP BY state",
};
static const struct db_statement outcomes = {
	"SELECT outcome, COUNT(*) FROM draw FORCE INDEX (by_state)"
	" WHERE state IN ('closed', 'annulled') GROUP BY outcome",
};

/* Each with the states that are shown also if nothing is in them. */
static const struct tally {
	const char *name, *states;
	const struct db_statement *select;
} tallies[] = {
	{ "institutions", "active suspended removed withdrawn", &institutions },
	{ "registrations",
	    "draft submitted returned publicity entered rejected withdrawn "
	    "lapsed",
	    &registrations },
	{ "qualifications", "declared active paused replaced revoked dropped",
	    &qualifications },
	{ "sanctions", "imposed expired repaired", &sanctions },
	{ "categories", "active retired", &categories },
	{ "listings", "draft check published paused withdrawn", &listings },
	{ "notices", "open closed judged failed", &notices },
	{ "draws",
	    "drafted declared locked sealed stopped closed annulled dropped",
	    &draws },
	{ "outcomes", "result failed void", &outcomes },
};
enum { TALLIES = sizeof(tallies) / sizeof(*tallies) };

static json_t *zeros(struct request *request, const char *states)
{
	json_t *to = json_object();

	while (*states) {
		size_t size = strcspn(states, " ");

		json_object_set_new(to,
		    arena_text(&request->arena, states, size), json_integer(0));
		states += size + (states[size] == ' ');
	}
	return to;
}

static enum error add_tally(
    struct request *request, const struct tally *tally, json_t *to)
{
	json_t *counts = zeros(request, tally->states);
	const char *state;
	uint64_t count;

	json_object_set_new(to, tally->name, counts);
	db_query(request->db, tally->select, DB_NO_IN,
	    DB_OUT(db_to_text(&state), db_to_u64(&count)));
	while (db_next(request->db))
		json_object_set_new(
		    counts, state, json_integer((json_int_t)count));
	return db_finish(request->db);
}

/* --- what more there is to say of them ------------------------------------ */

/* Their institutions were reminded, as the policy has it. */
static const struct db_statement count_expiring = {
	"SELECT COUNT(*) FROM qualification FORCE INDEX (by_state)"
	" WHERE state = 'active' AND days_left > 0",
};

static enum error add_expiring(struct request *request, json_t *to)
{
	uint64_t count = 0;
	enum error error = db_row(
	    request->db, &count_expiring, DB_NO_IN, DB_OUT(db_to_u64(&count)));

	json_object_set_new(json_object_get(to, "qualifications"), "expiring",
	    json_integer((json_int_t)count));
	return error;
}

static enum error add_form_checks(
    struct request *request, uint64_t size, json_t *to)
{
	struct kl_form_checks sum = { 0 };
	enum error error = home_form_checks(request, size, &sum);

	json_object_set_new(to, "form_checks",
	    json_pack("{s:I, s:I, s:I, s:I, s:I}", "decided",
		(json_int_t)sum.decided, "on_time", (json_int_t)sum.on_time,
		"deemed", (json_int_t)sum.deemed, "overdue",
		(json_int_t)sum.overdue, "median_s", (json_int_t)sum.median_s));
	return error;
}

/* Of the index that is shopped in, up to its own place in the log. */
static void add_offers(json_t *to)
{
	const struct found_index *index = finder_take();
	json_t *sum = json_null();

	if (index) {
		const struct kl_offers *offers = &index->offers;

		sum = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "log_size",
		    (json_int_t)index->size, "listings",
		    (json_int_t)offers->listings, "suppliers",
		    (json_int_t)offers->suppliers, "categories",
		    (json_int_t)offers->categories, "single",
		    (json_int_t)offers->single, "median_workdays",
		    (json_int_t)offers->median_workdays);
		finder_give(index);
	}
	json_object_set_new(to, "offers", sum);
}

/* --- all of it ------------------------------------------------------------ */

static enum error add_size(struct request *request, uint64_t size, json_t *to)
{
	char text[KL_TIME_TEXT];
	int64_t at = 0;
	enum error error = log_read_at(request->db, size - 1, &at);

	kl_time_write(at, text);
	json_object_set_new(to, "log_size", json_integer((json_int_t)size));
	json_object_set_new(to, "at", json_string(text));
	return error;
}

enum error home_show(struct request *request)
{
	json_auto_t *reply = json_object();
	struct log_head head = { 0 };
	enum error error = log_read_head(request->db, &head);

	if (!error)
		error = add_size(request, head.size, reply);
	for (size_t i = 0; i < TALLIES && !error; i++)
		error = add_tally(request, &tallies[i], reply);
	if (!error)
		error = add_expiring(request, reply);
	if (!error)
		error = add_form_checks(request, head.size, reply);
	if (!error)
		error = home_add_lists(request, reply);
	if (error)
		return error;
	add_offers(reply);
	return request_reply(request, 200, json_incref(reply));
}

static const struct route routes[] = {
	{ "GET", "/v1/home", home_show, ROUTE_PAGE, .shows = HOME_SHOWS,
	    .summary = "How much there is of everything, what goes on, what "
		       "came out last" },
	{ 0 },
};

static const struct db_statement *const reads[] = {
	&institutions,
	&registrations,
	&qualifications,
	&sanctions,
	&categories,
	&listings,
	&notices,
	&draws,
	&outcomes,
	&count_expiring,
	NULL,
};

const struct resource home_resource = { .routes = routes, .reads = reads };
