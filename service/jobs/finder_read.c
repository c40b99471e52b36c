/* finder_read.c -- all that can be found, as the database has it. */
#include "finder.h"

#include "db.h"
#include "kl_policy.h"
#include "kl_time.h"
#include "log_read.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEXTS_SIZE_MAX = 1 << 30,
	AT_ONCE = 1000, /* rows of one query */
	TOKENS_MAX = 1000,
};

/* By the key of its order, whatever the server thinks of the others. */
static const struct db_statement select_listings = {
	"SELECT STRAIGHT_JOIN l.id, l.institution, i.name, l.category, "
	"c.state = 'active', c.service, c.phase,"
	" l.service_name, l.regions, l.promised_days,"
	" COALESCE(l.deadline_unit, 'workday'),"
	" l.fee_min_fen, l.fee_max_fen, l.fee_basis, l.version,"
	" l.published_at, (SELECT GROUP_CONCAT(CONCAT(q.kind, '\n', q.kind,"
	" '" FINDER_LEVEL "', COALESCE(q.level, '')) SEPARATOR '\n')"
	" FROM qualification q FORCE INDEX (by_institution)"
	" WHERE q.institution = l.institution AND q.state = 'active')"
	" FROM listing l FORCE INDEX (PRIMARY)"
	" JOIN institution i ON i.id = l.institution AND i.state = 'active'"
	" JOIN category c ON c.id = l.category"
	" WHERE l.state = 'published' AND l.id > ? ORDER BY l.id LIMIT ?",
};

const struct db_statement *const finder_statements[] = { &select_listings,
	NULL };

/* One row; its texts live in the arena. */
struct row {
	const char *id, *institution, *name, *category, *service, *phase;
	const char *service_name, *regions, *unit, *fee_basis;
	const char *marks; /* lines; NULL for none */
	uint64_t in_force; /* the category */
	uint64_t days, fee_min_fen, fee_max_fen, version;
	int64_t published_at;
};

/* What is gathered. */
struct gathering {
	struct arena arena;
	struct kl_buf items, offers;
	struct found_index *index;
};

/* --- what is shown -------------------------------------------------------- */

static json_t *regions_json(const char *text)
{
	return text ? json_loads(text, 0, NULL) : json_null();
}

static json_t *row_json(const struct row *row)
{
	char time[KL_TIME_TEXT];

	kl_time_write(row->published_at, time);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:o, s:I, s:s, "
			 "s:I, s:I, s:s?, s:I, s:s}",
	    "id", row->id, "institution", row->institution, "institution_name",
	    row->name, "category", row->category, "service", row->service,
	    "phase", row->phase, "service_name", row->service_name, "regions",
	    regions_json(row->regions), "promised_days", (json_int_t)row->days,
	    "deadline_unit", row->unit, "fee_min_fen",
	    (json_int_t)row->fee_min_fen, "fee_max_fen",
	    (json_int_t)row->fee_max_fen, "fee_basis", row->fee_basis,
	    "version", (json_int_t)row->version, "published_at", time);
}

static bool add_text(struct found_index *index, const struct row *row)
{
	json_auto_t *json = row_json(row);
	char *text = json_dumps(json, JSON_COMPACT);
	size_t start = index->texts.size;

	if (!text)
		return false;
	kl_buf_add(&index->texts, text, strlen(text));
	kl_buf_add(&index->starts, &start, sizeof(start));
	free(text);
	return true;
}

/* --- what is looked for --------------------------------------------------- */

/* The tokens of a JSON array, in the arena. */
static const char *const *tokens_of(
    struct arena *arena, const char *text, size_t *count)
{
	json_auto_t *list = text ? json_loads(text, 0, NULL) : NULL;
	const char **tokens;

	*count = json_array_size(list);
	if (*count == 0 || *count > TOKENS_MAX) {
		*count = 0;
		return NULL;
	}
	tokens = arena_alloc(arena, *count * sizeof(*tokens));
	for (size_t i = 0; i < *count; i++)
		tokens[i] = arena_copy(
		    arena, json_string_value(json_array_get(list, i)));
	return tokens;
}

/* Lines as tokens, in the arena. */
static const char *const *lines_of(
    struct arena *arena, const char *text, size_t *count)
{
	const char **lines;

	*count = 0;
	if (!text)
		return NULL;
	lines = arena_alloc(arena, TOKENS_MAX * sizeof(*lines));
	while (*count < TOKENS_MAX) {
		size_t size = strcspn(text, "\n");

		lines[(*count)++] = arena_text(arena, text, size);
		if (text[size] == '\0')
			break;
		text += size + 1;
	}
	return lines;
}

static void add_offer(struct gathering *all, const struct row *row)
{
	bool workdays = strcmp(row->unit, "workday") == 0;
	struct kl_tally_offer offer = {
		.category = row->in_force ? row->category : NULL,
		.institution = row->institution,
		.workdays = workdays ? (int64_t)row->days : 0,
	};

	kl_buf_add(&all->offers, &offer, sizeof(offer));
}

static bool add_row(struct gathering *all, const struct row *row)
{
	struct kl_search_item item = {
		.id = row->id,
		.texts = { row->name, row->service, row->service_name,
		    row->phase, row->category, row->institution },
		.category = row->category,
		.institution = row->institution,
		.fee_fen = (int64_t)row->fee_min_fen,
		.days = (int64_t)row->days * (strcmp(row->unit, "workday") == 0
						     ? KL_POLICY_WORKDAY_S
						     : KL_POLICY_DAY_S),
		.since = row->published_at,
	};

	item.regions = tokens_of(&all->arena, row->regions, &item.region_count);
	item.marks = lines_of(&all->arena, row->marks, &item.mark_count);
	kl_buf_add(&all->items, &item, sizeof(item));
	add_offer(all, row);
	kl_buf_add(&all->index->ids, row->id, strlen(row->id) + 1);
	return add_text(all->index, row);
}

/* Some rows after one; `*count` of them. */
static enum error read_some(
    struct db *db, struct gathering *all, const char **after, size_t *count)
{
	struct row row;
	bool good = true;
	enum error error;

	*count = 0;
	db_query(db, &select_listings, DB_IN(db_text(*after), db_u64(AT_ONCE)),
	    DB_OUT(db_to_text(&row.id), db_to_text(&row.institution),
		db_to_text(&row.name), db_to_text(&row.category),
		db_to_u64(&row.in_force), db_to_text(&row.service),
		db_to_text(&row.phase), db_to_text(&row.service_name),
		db_to_text(&row.regions), db_to_u64(&row.days),
		db_to_text(&row.unit), db_to_u64(&row.fee_min_fen),
		db_to_u64(&row.fee_max_fen), db_to_text(&row.fee_basis),
		db_to_u64(&row.version), db_to_time(&row.published_at),
		db_to_text(&row.marks)));
	while (good && db_next(db)) {
		good = add_row(all, &row);
		*after = row.id;
		++*count;
	}
	error = db_finish(db);
	return good || error ? error : ERR_INTERNAL;
}

static enum error read_all(struct db *db, struct gathering *all)
{
	struct log_head head;
	const char *after = "";
	size_t count;
	enum error error = log_read_head(db, &head);

	do {
		if (!error)
			error = read_some(db, all, &after, &count);
	} while (!error && count == AT_ONCE);
	all->index->size = head.size;
	return error;
}

/* --- the index ------------------------------------------------------------ */

/* The ids live as long as the index, the rest of the items does not. */
static void move_ids(struct gathering *all)
{
	struct kl_search_item *items = (struct kl_search_item *)all->items.data;
	size_t count = all->items.size / sizeof(*items);
	const char *id = (const char *)all->index->ids.data;

	for (size_t i = 0; i < count; i++, id += strlen(id) + 1)
		items[i].id = id;
}

static enum error make(struct gathering *all)
{
	struct found_index *index = all->index;
	size_t end = index->texts.size;
	enum kl_result result;

	kl_buf_add(&index->starts, &end, sizeof(end));
	if (kl_buf_result(&index->ids) || kl_buf_result(&index->texts) ||
	    kl_buf_result(&index->starts) || kl_buf_result(&all->items) ||
	    kl_buf_result(&all->offers))
		return ERR_INTERNAL;
	result = kl_offers_sum((struct kl_tally_offer *)all->offers.data,
	    all->offers.size / sizeof(struct kl_tally_offer), &index->offers);
	if (result)
		return error_of_lib(result);
	move_ids(all);
	result = kl_search_make(&index->search,
	    (const struct kl_search_item *)all->items.data,
	    all->items.size / sizeof(struct kl_search_item));
	return error_of_lib(result);
}

enum error finder_read(struct db *db, struct found_index **index)
{
	struct gathering all = {
		.items = KL_BUF((size_t)TEXTS_SIZE_MAX),
		.offers = KL_BUF((size_t)TEXTS_SIZE_MAX),
		.index = arena_malloc(sizeof(*all.index)),
	};
	enum error error;

	*all.index = (struct found_index){
		.texts = KL_BUF((size_t)TEXTS_SIZE_MAX),
		.starts = KL_BUF((size_t)TEXTS_SIZE_MAX),
		.ids = KL_BUF((size_t)TEXTS_SIZE_MAX),
	};
	db_use(db, &all.arena);
	error = db_begin(db, DB_READ);
	if (!error)
		error = read_all(db, &all);
	db_roll_back(db);
	if (!error)
		error = make(&all);
	arena_clear(&all.arena);
	kl_buf_clear(&all.items);
	kl_buf_clear(&all.offers);
	if (error)
		finder_free(all.index);
	else
		*index = all.index;
	return error;
}

void finder_free(struct found_index *index)
{
	if (!index)
		return;
	kl_search_clear(&index->search);
	kl_buf_clear(&index->texts);
	kl_buf_clear(&index->starts);
	kl_buf_clear(&index->ids);
	free(index);
}

const char *finder_text(
    const struct found_index *index, size_t item, size_t *size)
{
	const size_t *starts = (const size_t *)index->starts.data;

	*size = starts[item + 1] - starts[item];
	return (const char *)index->texts.data + starts[item];
}
