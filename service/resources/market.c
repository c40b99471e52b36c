/* market.c -- what the listings of a category come to, side by side. */
#include "market.h"
#include "clock.h"
#include "kl_fee_json.h"
#include "kl_leaf.h"
#include "list.h"
#include "listings.h"
#include "policies.h"
#include "regions.h"
#include "route.h"

#include <string.h>

static const struct db_statement select_offers = {
	"SELECT id, institution, COALESCE(fee, ''), promised_days, "
	"deadline_unit FROM listing FORCE INDEX (by_category) "
	"WHERE category = ? AND state = 'published' ORDER BY id LIMIT ?",
};

/* --- the published rule --------------------------------------------------- */

static int64_t number_at(const json_t *profile, const char *path)
{
	return json_integer_value(kl_policy_at(profile, path));
}

static void read_rule(struct market *market, const json_t *profile)
{
	const json_t *reference = kl_policy_at(profile, "market.reference");

	market->rule = (struct kl_market_rule){
		.fence_bp = (uint32_t)number_at(profile, "market.fence_bp"),
		.spread_min_bp =
		    (uint32_t)number_at(profile, "market.spread_min_bp"),
		.offers_min = (size_t)number_at(profile, "market.offers_min"),
		.suppliers_min =
		    (size_t)number_at(profile, "market.suppliers_min"),
	};
	for (unsigned i = 0; i < KL_FEE_UNITS; i++)
		market->reference[i] = json_integer_value(
		    json_object_get(reference, kl_fee_unit_words(i)->code));
}

/* The id of the policy in force today in ?region=, or in the only one. */
static enum error find_policy(struct request *request, const char **id)
{
	const char *region = request_query(request, "region");
	char date[KL_DATE_TEXT];
	enum error error = region ? ERR_OK : region_only(request, &region);

	kl_date_write(kl_date_of(clock_now()), date);
	if (!error)
		error = policy_id_on(request, region, date, id);
	if (error == ERR_NOT_FOUND)
		return request_complain(request, "", "unknown",
		    "没有 region 这个区划", "there is no such region", NULL);
	return error || **id ? error : ERR_NO_POLICY;
}

/* A policy that was adopted before there was a rule has none. */
static enum error find_rule(struct request *request, struct market *market)
{
	json_auto_t *profile = NULL;
	const void *found;
	enum error error = find_policy(request, &market->policy);

	if (!error)
		error =
		    list_find(request, &policy_kind, market->policy, &found);
	if (error)
		return error;
	profile = json_loads(((const struct policy *)found)->text, 0, NULL);
	if (!kl_policy_at(profile, "market.reference"))
		return request_fail(request, ERR_NO_POLICY,
		    "现行政策参数没有 market 各项",
		    "the policy in force has no members of market", NULL);
	read_rule(market, profile);
	return ERR_OK;
}

/* --- the listings --------------------------------------------------------- */

/* What it asks for the reference quantity; no more than can be told. */
static void read_fee(const struct market *market, struct offer *offer)
{
	json_auto_t *value = json_loads(offer->fee, 0, NULL);
	struct kl_fee_sheet sheet;
	const char *where;
	unsigned unit;
	int64_t quantity;

	offer->fee_unit = KL_FEE_UNITS;
	if (!value || kl_fee_read(value, &sheet, &where) ||
	    kl_fee_fault(&sheet.schedule))
		return;
	unit = sheet.schedule.unit;
	quantity =
	    market->reference[unit] *
	    (unit == KL_FEE_PER_INVESTMENT ? 1 : kl_fee_unit_scale(unit));
	offer->fee_unit = unit;
	if (kl_fee(&sheet.schedule, quantity, &offer->fee_fen))
		offer->fee_fen = KL_INTEGER_MAX;
}

static enum error read_offers(
    struct request *request, const char *category, struct market *market)
{
	enum { FIRST = 64 };
	size_t capacity = 0;
	struct offer one = { 0 };

	db_query(request->db, &select_offers,
	    DB_IN(db_text(category), db_u64(KL_OFFERS_MAX)),
	    DB_OUT(db_to_text(&one.listing), db_to_text(&one.institution),
		db_to_text(&one.fee), db_to_u64(&one.days),
		db_to_text(&one.unit)));
	while (db_next(request->db)) {
		if (market->count == capacity) {
			struct offer *before = market->list;

			capacity = capacity ? 2 * capacity : FIRST;
			market->list = arena_alloc(
			    &request->arena, capacity * sizeof(*before));
			if (before)
				memcpy(market->list, before,
				    market->count * sizeof(*before));
		}
		read_fee(market, &one);
		market->list[market->count++] = one;
	}
	return db_finish(request->db);
}

/* --- what they come to ---------------------------------------------------- */

static void begin_group(struct request *request, struct market *market)
{
	size_t count = market->count + 1;

	market->offers =
	    arena_alloc(&request->arena, count * sizeof(*market->offers));
	market->outliers =
	    arena_alloc(&request->arena, count * sizeof(*market->outliers));
	market->places =
	    arena_alloc(&request->arena, count * sizeof(*market->places));
}

static json_t *quartiles_json(const struct kl_quartiles *quartiles)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "least",
	    (json_int_t)quartiles->least, "lower", (json_int_t)quartiles->lower,
	    "median", (json_int_t)quartiles->median, "upper",
	    (json_int_t)quartiles->upper, "most", (json_int_t)quartiles->most);
}

/* How many suppliers, of whatever unit. */
static enum error add_suppliers(struct market *market, json_t *reply)
{
	struct kl_market all;
	enum error error;

	for (size_t i = 0; i < market->count; i++)
		market->offers[i] = (struct kl_offer){
			.institution = market->list[i].institution,
		};
	error = error_of_lib(kl_market(market->offers, market->count,
	    &market->rule, market->outliers, &all));
	if (error)
		return error;
	json_object_set_new(
	    reply, "offers", json_integer((json_int_t)market->count));
	json_object_set_new(
	    reply, "suppliers", json_integer((json_int_t)all.suppliers));
	json_object_set_new(
	    reply, "supply_gap", json_integer((json_int_t)all.gap));
	return ERR_OK;
}

/* Those whose fee is by one unit. */
static enum error add_fees(struct market *market, unsigned unit, json_t *groups)
{
	struct kl_market fees;
	size_t count = 0;
	enum error error;

	for (size_t i = 0; i < market->count; i++)
		if (market->list[i].fee_unit == unit) {
			market->places[count] = i;
			market->offers[count++] = (struct kl_offer){
				.institution = market->list[i].institution,
				.fee_fen = market->list[i].fee_fen,
			};
		}
	if (count == 0)
		return ERR_OK;
	error = error_of_lib(kl_market(
	    market->offers, count, &market->rule, market->outliers, &fees));
	for (size_t i = 0; i < count && !error; i++)
		market->list[market->places[i]].fee_is =
		    market->outliers[i].fee;
	if (!error)
		json_array_append_new(
		    groups, json_pack("{s:s, s:I, s:I, s:I, s:o}", "unit",
				kl_fee_unit_words(unit)->code, "quantity",
				(json_int_t)market->reference[unit], "offers",
				(json_int_t)count, "suppliers",
				(json_int_t)fees.suppliers, "fee_fen",
				quartiles_json(&fees.fee_fen)));
	return error;
}

/* Those whose days are of one unit. */
static enum error add_days(
    struct market *market, const char *unit, json_t *groups)
{
	struct kl_market days;
	size_t count = 0;
	enum error error;

	for (size_t i = 0; i < market->count; i++)
		if (strcmp(market->list[i].unit, unit) == 0) {
			market->places[count] = i;
			market->offers[count++] = (struct kl_offer){
				.institution = market->list[i].institution,
				.days = (int64_t)market->list[i].days,
			};
		}
	if (count == 0)
		return ERR_OK;
	error = error_of_lib(kl_market(
	    market->offers, count, &market->rule, market->outliers, &days));
	for (size_t i = 0; i < count && !error; i++)
		market->list[market->places[i]].days_are =
		    market->outliers[i].days;
	if (!error)
		json_array_append_new(
		    groups, json_pack("{s:s, s:I, s:o}", "unit", unit, "offers",
				(json_int_t)count, "promised_days",
				quartiles_json(&days.days)));
	return error;
}

static const char *code_of(enum kl_outlier outlier)
{
	const struct kl_words *words = kl_outlier_words(outlier);

	return words ? words->code : NULL;
}

static json_t *outliers_json(const struct market *market)
{
	json_t *list = json_array();

	for (size_t i = 0; i < market->count; i++) {
		const struct offer *offer = &market->list[i];

		if (!offer->fee_is && !offer->days_are)
			continue;
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:I}",
			      "listing", offer->listing, "institution",
			      offer->institution, "fee", code_of(offer->fee_is),
			      "days", code_of(offer->days_are), "fee_fen",
			      (json_int_t)offer->fee_fen, "promised_days",
			      (json_int_t)offer->days));
	}
	return list;
}

static size_t count_outliers(const struct market *market)
{
	size_t count = 0;

	for (size_t i = 0; i < market->count; i++)
		count += market->list[i].fee_is || market->list[i].days_are;
	return count;
}

json_t *market_rule_json(const struct market *market)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I}", "policy", market->policy,
	    "fence_bp", (json_int_t)market->rule.fence_bp, "spread_min_bp",
	    (json_int_t)market->rule.spread_min_bp, "offers_min",
	    (json_int_t)market->rule.offers_min, "suppliers_min",
	    (json_int_t)market->rule.suppliers_min);
}

static enum error sum_up(struct request *request, const char *category,
    struct market *market, json_t *reply)
{
	json_t *fees = json_array(), *days = json_array();
	enum error error;

	json_object_set_new(reply, "category", json_string(category));
	json_object_set_new(reply, "fees", fees);
	json_object_set_new(reply, "days", days);
	begin_group(request, market);
	error = add_suppliers(market, reply);
	for (unsigned unit = 0; unit < KL_FEE_UNITS && !error; unit++)
		error = add_fees(market, unit, fees);
	if (!error)
		error = add_days(market, "workday", days);
	if (!error)
		error = add_days(market, "day", days);
	return error;
}

enum error market_begin(struct request *request, struct market *market)
{
	enum error error = find_rule(request, market);

	return error ? error : market_kept_begin(request, &market->size);
}

static enum error make(struct request *request, const char *category,
    struct market *market, json_t *sum)
{
	enum error error;

	market->list = NULL;
	market->count = 0;
	error = read_offers(request, category, market);
	if (!error)
		error = sum_up(request, category, market, sum);
	json_object_set_new(sum, "outlier_count",
	    json_integer((json_int_t)count_outliers(market)));
	return error;
}

enum error market_read(struct request *request, const char *category,
    struct market *market, json_t **sum, json_t **outliers)
{
	json_auto_t *made = NULL, *odd = NULL;
	enum error error;

	if (market_kept(market->policy, category, market->size, sum, outliers))
		return ERR_OK;
	made = json_object();
	error = make(request, category, market, made);
	if (error)
		return error;
	odd = outliers_json(market);
	market_keep(market->policy, category, market->size, made, odd);
	*sum = json_incref(made);
	if (outliers)
		*outliers = json_incref(odd);
	return ERR_OK;
}

static enum error show(struct request *request)
{
	struct market market = { 0 };
	json_t *reply = NULL, *outliers = NULL;
	const void *category;
	enum error error =
	    list_find(request, &category_kind, request->params[0], &category);

	if (!error)
		error = market_begin(request, &market);
	if (!error)
		error = market_read(
		    request, request->params[0], &market, &reply, &outliers);
	if (error)
		return error;
	json_object_del(reply, "outlier_count");
	json_object_set_new(reply, "rule", market_rule_json(&market));
	json_object_set_new(reply, "outliers", outliers);
	return request_reply(request, 200, reply);
}

/* --- the resource --------------------------------------------------------- */

static const struct member query[] = { MARKET_REGION, { 0 } };
static const struct route routes[] = {
	{ "GET", "/v1/categories/{code}/market", show, ROUTE_PAGE,
	    .shows = MARKET_SHOWS, .query = query,
	    .summary = "Suppliers, fees and days of a category, what stands "
		       "out" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_offers, NULL };

const struct resource market_resource = { .routes = routes, .reads = reads };
