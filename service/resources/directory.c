/* directory.c -- the roll to look through: by words, region, category, state.
 */
#include "export.h"
#include "kl_leaf.h"
#include "kl_policy.h"
#include "kl_time.h"
#include "route.h"

#include <inttypes.h>
#include <string.h>

enum { LIMIT = 20, LIMIT_MAX = 100, WORDS_MAX = 4, TEXT_MAX = 80 };

/* Whoever is on the roll is thousands, not millions: it is read along its key
 * until the page is full. A region is also that of who is of one within. */
#define WITHIN                                                                 \
	"WITH RECURSIVE within AS (SELECT id FROM region WHERE id = ? UNION "  \
	"SELECT c.id FROM region c JOIN within w ON c.parent = w.id) "
#define HAS " AND INSTR(UPPER(CONCAT(i.name, ' ', i.id)), UPPER(?)) > 0"
#define MATCHING                                                               \
	"FROM institution i LEFT JOIN profile p ON p.id = i.id "               \
	"WHERE i.id > ? AND (? = '' OR i.state = ?) "                          \
	"AND (? = '' OR p.region IN (SELECT id FROM within)) "                 \
	"AND (? = '' OR EXISTS (SELECT 1 FROM listing l "                      \
	"FORCE INDEX (by_offer) WHERE l.institution = i.id "                   \
	"AND l.category = ? AND l.state = 'published'))" HAS HAS HAS HAS

static const struct db_statement select_page = {
	WITHIN "SELECT i.id, i.name, i.state, i.affiliation_group, p.region, "
	       "p.presence, p.entered_at, "
	       "(SELECT GROUP_CONCAT(DISTINCT l.category ORDER BY l.category) "
	       "FROM listing l FORCE INDEX (by_offer) "
	       "WHERE l.institution = i.id AND l.state = 'published'), "
	       "(SELECT COUNT(*) FROM qualification q "
	       "FORCE INDEX (by_institution) "
	       "WHERE q.institution = i.id AND q.state = 'active'), "
	       "(SELECT MIN(q.valid_until) FROM qualification q "
	       "FORCE INDEX (by_institution) "
	       "WHERE q.institution = i.id AND q.state = 'active'), "
	       "(SELECT COUNT(*) FROM sanction s FORCE INDEX (by_institution) "
	       "WHERE s.institution = i.id AND s.state = 'imposed' "
	       "AND s.measure NOT IN "
	       "('commend', 'reminder', 'interview')) " MATCHING
	       " ORDER BY i.id LIMIT ?",
};
static const struct db_statement count_all = {
	WITHIN "SELECT COUNT(*) " MATCHING,
};

static const struct db_statement *const reads[] = { &select_page, &count_all,
	NULL };

/* --- what is wanted ------------------------------------------------------- */

struct wanted {
	const char *region, *state, *category, *after; /* "" for any */
	const char *words[WORDS_MAX];
	uint64_t limit;
	enum export_format format;
};

static enum error refuse(
    struct request *request, const char *code, const char *zh, const char *en)
{
	return request_complain(request, "", code, zh, en, NULL);
}

static bool read_token(
    struct request *request, const char *name, const char **value)
{
	const char *given = request_query(request, name);

	*value = given ? given : "";
	return !given || kl_is_token(given, strlen(given));
}

/* Each is to be in the name or the code. */
static bool read_words(struct request *request, struct wanted *wanted)
{
	const char *text = request_query(request, "q");
	char *rest = arena_copy(&request->arena, text ? text : ""), *word;
	size_t count = 0;

	for (size_t i = 0; i < WORDS_MAX; i++)
		wanted->words[i] = "";
	if (strlen(rest) > (size_t)4 * TEXT_MAX)
		return false;
	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		if (count == WORDS_MAX)
			return false;
		wanted->words[count++] = word;
	}
	return true;
}

static enum error read_wanted(struct request *request, struct wanted *wanted)
{
	bool tokens = read_token(request, "region", &wanted->region);
	enum error error = export_read(request, &wanted->format);

	if (error)
		return error;
	tokens &= read_token(request, "state", &wanted->state);
	tokens &= read_token(request, "category", &wanted->category);
	if (!tokens)
		return refuse(request, "form",
		    "region、state、category 应为代码",
		    "region, state and category are codes");
	if (!read_token(request, "cursor", &wanted->after))
		return refuse(request, "cursor", "游标不属于此列表",
		    "the cursor is of another list");
	if (!read_words(request, wanted))
		return refuse(request, "bounds", "q 最多 4 个词、320 字节",
		    "q is at most 4 words of 320 bytes together");
	return export_limit(
	    request, wanted->format, LIMIT_MAX, LIMIT, &wanted->limit);
}

/* --- what is found -------------------------------------------------------- */

/* The places of MATCHING, from its first on. */
enum { PLACES = 11 };
static void bind(
    const struct wanted *wanted, const char *after, struct db_in in[PLACES + 1])
{
	const struct db_in all[PLACES] = { db_text(wanted->region),
		db_text(after), db_text(wanted->state), db_text(wanted->state),
		db_text(wanted->region), db_text(wanted->category),
		db_text(wanted->category), db_text(wanted->words[0]),
		db_text(wanted->words[1]), db_text(wanted->words[2]),
		db_text(wanted->words[3]) };

	memcpy(in, all, sizeof(all));
	in[PLACES] = db_u64(wanted->limit + 1);
}

struct found {
	const char *id, *name, *state, *group, *region, *presence, *services;
	const char *valid_until;
	int64_t entered_at;
	uint64_t qualifications, sanctions;
};

/* What a comma parts. */
static json_t *codes_json(struct request *request, const char *codes)
{
	char *rest = codes ? arena_copy(&request->arena, codes) : NULL, *code;
	json_t *list = json_array();

	while ((code = strsep(&rest, ",")))
		json_array_append_new(list, json_string(code));
	return list;
}

static json_t *found_json(struct request *request, const struct found *found)
{
	char time[KL_TIME_TEXT];

	if (found->entered_at != DB_TIME_NONE)
		kl_time_write(found->entered_at, time);
	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:o, s:I, "
			 "s:s?, s:I}",
	    "id", found->id, "name", found->name, "state", found->state,
	    "affiliation_group", found->group, "region", found->region,
	    "presence", found->presence, "entered_at",
	    found->entered_at == DB_TIME_NONE ? NULL : time, "services",
	    codes_json(request, found->services), "qualifications",
	    (json_int_t)found->qualifications, "valid_until",
	    found->valid_until, "sanctions", (json_int_t)found->sanctions);
}

static enum error read_page(struct request *request,
    const struct wanted *wanted, json_t *items, const char **next)
{
	struct db_in in[PLACES + 1];
	struct found one;
	const char *last = NULL;

	bind(wanted, wanted->after, in);
	db_query(request->db, &select_page, in, PLACES + 1,
	    DB_OUT(db_to_text(&one.id), db_to_text(&one.name),
		db_to_text(&one.state), db_to_text(&one.group),
		db_to_text(&one.region), db_to_text(&one.presence),
		db_to_time(&one.entered_at), db_to_text(&one.services),
		db_to_u64(&one.qualifications), db_to_text(&one.valid_until),
		db_to_u64(&one.sanctions)));
	while (db_next(request->db)) {
		if (json_array_size(items) == wanted->limit) {
			*next = last;
			continue;
		}
		json_array_append_new(items, found_json(request, &one));
		last = one.id;
	}
	return db_finish(request->db);
}

static enum error list(struct request *request)
{
	json_auto_t *items = json_array();
	struct wanted wanted;
	struct db_in in[PLACES + 1];
	const char *next = NULL;
	uint64_t total = 0;
	enum error error = read_wanted(request, &wanted);

	if (!error)
		error = read_page(request, &wanted, items, &next);
	if (error)
		return error;
	bind(&wanted, "", in);
	error = db_row(
	    request->db, &count_all, in, PLACES, DB_OUT(db_to_u64(&total)));
	return error
		   ? error
		   : export_answer(request, wanted.format,
			 json_pack("{s:O, s:s?, s:I}", "items", items,
			     "next_cursor", next, "total", (json_int_t)total));
}

/* --- the resource --------------------------------------------------------- */

#define ASK(name_, type_, maximum_, help_)                                     \
	{                                                                      \
		.name = (name_), .type = (type_), .maximum = (maximum_),       \
		.flags = MEMBER_OPTIONAL, .help = (help_)                      \
	}
static const struct member query_members[] = {
	ASK("q", MEMBER_TEXT, TEXT_MAX,
	    "Words, each of which is in the name or the credit code"),
	ASK("region", MEMBER_TOKEN, KL_POLICY_REGION_MAX,
	    "Registered in this region, or in one within it"),
	ASK("category", MEMBER_TOKEN, 16, "Offers this now"),
	ASK("state", MEMBER_TOKEN, 16, "In this state"),
	ASK("limit", MEMBER_NUMBER, EXPORT_ROWS_MAX,
	    "How many at most, of JSON 100; 20 without"),
	ASK("cursor", MEMBER_TOKEN, 64, "next_cursor of the page before"),
	{ 0 },
};
#undef ASK

static const char *const columns[] = { "id", "name", "state",
	"affiliation_group", "region", "presence", "entered_at", "services",
	"qualifications", "valid_until", "sanctions", NULL };

static const struct export_table table = { "directory", columns, "cursor" };

static const struct route routes[] = {
	{ "GET", "/v1/directory", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS | SHOWS_LISTINGS | SHOWS_REGIONS,
	    .query = query_members, .table = &table,
	    .summary =
		"Find institutions; what each offers and how it stands" },
	{ 0 },
};

const struct resource directory_resource = { .routes = routes, .reads = reads };
