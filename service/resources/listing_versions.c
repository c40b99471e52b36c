/* listing_versions.c -- what a listing has said, as the log tells it. */
#include "after.h"
#include "kl_fee_change.h"
#include "kl_fee_json.h"
#include "list.h"
#include "listings.h"

#include <string.h>

/* Each event that makes a version holds all of it, so that no other place need
 * keep them, and none can say otherwise. */
#define VERSIONS                                                               \
	"FROM log_entry FORCE INDEX (by_subject) WHERE subject = ? "           \
	"AND kind IN ('listing.published', 'listing.revised') "

enum { LIMIT = 20, LIMIT_MAX = 100 };

static const struct db_statement select_versions = {
	"SELECT idx, bytes " VERSIONS
	"AND idx >= ? AND idx < ? ORDER BY idx LIMIT ?",
};
static const struct db_statement select_one = {
	"SELECT idx, bytes " VERSIONS "ORDER BY idx LIMIT 1 OFFSET ?",
};

const struct db_statement *const listing_reads[] = { &select_versions,
	&select_one, &listing_select_live, NULL };

/* --- one version ---------------------------------------------------------- */

/* What the entry says: a new reference, NULL where it is none. */
static json_t *data_of(const struct db_blob *leaf)
{
	json_auto_t *entry =
	    json_loadb((const char *)leaf->bytes, leaf->size, 0, NULL);

	return json_incref(json_object_get(entry, "data"));
}

static uint64_t number_of(const json_t *data, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(data, name));
}

/* The same with its place in the log, as it is shown. */
static json_t *shown(uint64_t index, const struct db_blob *leaf)
{
	json_t *data = data_of(leaf);

	json_object_set_new(
	    data, "event_index", json_integer((json_int_t)index));
	/* Of the listing as it is, not of the version. */
	json_object_del(data, "state");
	json_object_del(data, "paused_by");
	json_object_del(data, "reason");
	json_object_del(data, "defects");
	return data;
}

/* It was published once. */
static enum error find_public(struct request *request)
{
	const void *found;
	enum error error =
	    list_find(request, &listing_kind, request->params[0], &found);

	if (!error && ((const struct listing *)found)->version == 0)
		return ERR_NOT_FOUND;
	return error;
}

/* --- all of them ---------------------------------------------------------- */

const struct member listing_versions_query[] = {
	AFTER_QUERY(100),
	{ 0 },
};

static const char *const version_columns[] = { "version", "effective_at",
	"event_index", "institution", "category", "service_name", "regions",
	"basis", "serves", "conditions", "materials", "steps", "promised_days",
	"deadline_unit", "counts_from", "urgent_days", "urgent_surcharge_bp",
	"fee", "fee_basis", "fee_min_fen", "fee_max_fen", "rules",
	"complaint_channel", "qualifications", "published_at", NULL };
const struct export_table listing_versions_table = { "listing-versions",
	version_columns, "after" };

static const char *const price_columns[] = { "version", "effective_at",
	"change", "quantity", "fee_min_fen", "fee_max_fen", "fee_basis", "fee",
	"urgent_days", "urgent_surcharge_bp", "event_index", NULL };
const struct export_table listing_prices_table = { "price-history",
	price_columns, NULL };

static enum error read_versions(struct request *request,
    const struct after *after, json_t *items, const char **next)
{
	uint64_t index, last = 0, count = 0;
	size_t size = 0;
	struct db_blob leaf;

	db_query(request->db, &select_versions,
	    DB_IN(db_text(request->params[0]), db_u64(after->first),
		db_u64(INT64_MAX), db_u64(after->limit + 1)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&leaf)));
	while (!*next && db_next(request->db)) {
		if (count++ == after->limit || size >= AFTER_BYTES_MAX) {
			*next = request_number(request, last);
			continue;
		}
		size += leaf.size;
		json_array_append_new(items, shown(index, &leaf));
		last = index;
	}
	return db_finish(request->db);
}

enum error listing_list_versions(struct request *request)
{
	json_auto_t *items = json_array();
	const char *next = NULL;
	struct after after;
	enum error error = after_read(request, LIMIT, LIMIT_MAX, &after);

	if (!error)
		error = find_public(request);
	if (!error)
		error = read_versions(request, &after, items, &next);
	if (error)
		return error;
	return export_answer(request, after.format,
	    json_pack("{s:O, s:s?}", "items", items, "next_cursor", next));
}

/* 1 and on, in digits. */
static bool read_version(const char *text, uint64_t *version)
{
	*version = 0;
	if (!*text || strlen(text) > 4 || *text == '0' ||
	    text[strspn(text, "0123456789")])
		return false;
	for (; *text; text++)
		*version = *version * 10 + (uint64_t)(*text - '0');
	return true;
}

enum error listing_show_version(struct request *request)
{
	uint64_t version, index;
	struct db_blob leaf;
	enum error error = find_public(request);

	if (error)
		return error;
	if (!read_version(request->params[1], &version))
		return ERR_NOT_FOUND;
	error = db_row(request->db, &select_one,
	    DB_IN(db_text(request->params[0]), db_u64(version - 1)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&leaf)));
	return error ? error : request_reply(request, 200, shown(index, &leaf));
}

/* --- what they cost ------------------------------------------------------- */

/* A version as it was before it had a structure: any fee between the two. */
static const struct kl_fee_bracket whole_sum = { 0, 1000000, 0 };

static enum error read_fee(const json_t *data, struct kl_fee_sheet *sheet)
{
	const json_t *fee = json_object_get(data, "fee");
	const char *where;

	if (json_is_object(fee))
		return kl_fee_read(fee, sheet, &where) ||
			       kl_fee_fault(&sheet->schedule)
			   ? ERR_INTERNAL
			   : ERR_OK;
	sheet->schedule = (struct kl_fee_schedule){
		.unit = KL_FEE_PER_INVESTMENT,
		.formula = KL_FEE_LINEAR,
		.brackets = &whole_sum,
		.bracket_count = 1,
		.min_fen = (int64_t)number_of(data, "fee_min_fen"),
		.max_fen = (int64_t)number_of(data, "fee_max_fen"),
	};
	return ERR_OK;
}

/* What a version says of its price, and what it changes. */
static json_t *price_of(
    const json_t *data, uint64_t index, const char *change, int64_t quantity)
{
	json_t *price = json_object();
	static const char *const names[] = { "version", "effective_at", "fee",
		"fee_basis", "fee_min_fen", "fee_max_fen", "urgent_days",
		"urgent_surcharge_bp" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		json_object_set(
		    price, names[i], json_object_get(data, names[i]));
	json_object_set_new(
	    price, "event_index", json_integer((json_int_t)index));
	json_object_set_new(price, "change", json_string(change));
	json_object_set_new(price, "quantity", json_integer(quantity));
	return price;
}

/* The versions, one after another: two sheets are enough. */
struct prices {
	struct kl_fee_sheet sheets[2];
	size_t count; /* versions so far */
	json_t *items;
};

/* Only what changes the price is told. */
static enum error add_price(
    struct prices *prices, uint64_t index, const struct db_blob *leaf)
{
	json_auto_t *data = data_of(leaf);
	struct kl_fee_sheet *now = &prices->sheets[prices->count % 2];
	struct kl_fee_sheet *before = &prices->sheets[(prices->count + 1) % 2];
	struct kl_fee_difference difference = { KL_FEE_SAME, 0 };
	bool is_first = prices->count++ == 0;
	enum error error = read_fee(data, now);

	if (!error && !is_first)
		error = error_of_lib(kl_fee_compare(
		    &before->schedule, &now->schedule, &difference));
	if (error || (!is_first && difference.change == KL_FEE_SAME))
		return error;
	json_array_append_new(prices->items,
	    price_of(data, index,
		is_first ? "first"
			 : kl_fee_change_words(difference.change)->code,
		difference.quantity));
	return ERR_OK;
}

enum error listing_list_prices(struct request *request)
{
	json_auto_t *items = json_array();
	enum export_format format;
	struct prices *prices = arena_alloc(&request->arena, sizeof(*prices));
	uint64_t index;
	struct db_blob leaf;
	enum error error = export_read(request, &format), end;

	if (!error)
		error = find_public(request);
	if (error)
		return error;
	prices->items = items;
	db_query(request->db, &select_versions,
	    DB_IN(db_text(request->params[0]), db_u64(0), db_u64(INT64_MAX),
		db_u64(LISTING_VERSIONS_MAX)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&leaf)));
	while (!error && db_next(request->db))
		error = add_price(prices, index, &leaf);
	end = db_finish(request->db);
	error = error ? error : end;
	return error ? error
		     : export_answer(
			   request, format, json_pack("{s:O}", "items", items));
}

/* --- which one binds ------------------------------------------------------ */

struct versions {
	struct kl_fee_version list[LISTING_VERSIONS_MAX];
	struct kl_fee_sheet sheets[LISTING_VERSIONS_MAX];
	struct listing_terms terms[LISTING_VERSIONS_MAX];
	size_t count;
};

static struct listing_terms terms_of(const json_t *data)
{
	const char *unit =
	    json_string_value(json_object_get(data, "deadline_unit"));
	uint64_t version = number_of(data, "version");

	return (struct listing_terms){
		.version = version ? version : 1,
		.promised = { (int64_t)number_of(data, "promised_days"),
		    unit && strcmp(unit, "workday") == 0 },
		.fee_min_fen = number_of(data, "fee_min_fen"),
		.fee_max_fen = number_of(data, "fee_max_fen"),
	};
}

/* The order of the log is the order of the acts: its places stand for times,
 * so that no two versions are of the same moment. */
static enum error add_version(
    struct versions *versions, uint64_t index, const struct db_blob *leaf)
{
	json_auto_t *data = data_of(leaf);
	struct kl_fee_sheet *sheet = &versions->sheets[versions->count];
	enum error error = read_fee(data, sheet);

	if (error)
		return error;
	versions->terms[versions->count] = terms_of(data);
	versions->list[versions->count++] = (struct kl_fee_version){
		(int64_t)index,
		sheet->schedule,
	};
	return ERR_OK;
}

enum error listing_binding(struct request *request, const char *listing,
    uint64_t published, uint64_t at, struct listing_terms *terms)
{
	struct versions *versions =
	    arena_alloc(&request->arena, sizeof(*versions));
	uint64_t index;
	struct db_blob leaf;
	size_t binding = 0;
	enum error error = act_direct(request), end;

	if (error)
		return error;
	db_query(request->db, &select_versions,
	    DB_IN(db_text(listing), db_u64(0), db_u64(at),
		db_u64(LISTING_VERSIONS_MAX)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&leaf)));
	while (!error && db_next(request->db))
		error = add_version(versions, index, &leaf);
	end = db_finish(request->db);
	error = error ? error : end;
	if (!error && versions->count == 0)
		error = ERR_NOT_FOUND;
	if (!error)
		error =
		    error_of_lib(kl_fee_binding(versions->list, versions->count,
			(int64_t)published, (int64_t)at, &binding));
	if (!error)
		*terms = versions->terms[binding];
	return error;
}
