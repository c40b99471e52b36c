#include "kind.h"

#include "kl_canon.h"
#include "kl_leaf.h"
#include "kl_time.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_MAX = 4096, CANON_MAX = 65535, PRIVATE_MAX = 65535 };

static const struct member no_members[] = { { 0 } };
const struct kind kind_nothing = {
	.name = "Nothing",
	.size = sizeof(struct object),
	.members = no_members,
};

struct sql {
	char text[SQL_MAX];
	size_t size;
};

static void sql_add(struct sql *sql, const char *text)
{
	size_t size = strlen(text);

	assert(sql->size + size < sizeof(sql->text));
	memcpy(sql->text + sql->size, text, size + 1);
	sql->size += size;
}

static bool is_stored(const struct member *member)
{
	return !(member->flags & MEMBER_PASSING);
}

/* Quoted: a member may have the name of a word of SQL. */
static void sql_add_name(struct sql *sql, const char *name)
{
	sql_add(sql, "`");
	sql_add(sql, name);
	sql_add(sql, "`");
}

/* before NAME after, for each column. */
static void sql_add_members(struct sql *sql, const struct kind *kind,
    const char *before, const char *after)
{
	for (const struct member *m = kind->members; m->name; m++) {
		if (!is_stored(m))
			continue;
		sql_add(sql, before);
		sql_add_name(sql, m->name);
		sql_add(sql, after);
	}
}

static char *text_of(const struct sql *sql)
{
	char *text = strdup(sql->text);

	if (!text)
		abort();
	return text;
}

static struct db_statement *statement_of(const struct sql *sql)
{
	struct db_statement *statement = calloc(1, sizeof(*statement));

	if (!statement)
		abort();
	statement->sql = text_of(sql);
	return statement;
}

/* Columns are id, state, seq, event_index and the members, from 1. */
static void find_keys(struct kind *kind)
{
	size_t key = 0;
	uint8_t column = 4;

	kind->rows->keys[key++][0] = 1;
	for (const struct member *m = kind->members; m->name; m++) {
		if (!is_stored(m))
			continue;
		column++;
		if (m->flags & MEMBER_UNIQUE)
			kind->rows->keys[key++][0] = column;
	}
	assert(key <= TABLE_KEYS_MAX);
	kind->rows->column_count = column;
}

static void prepare_insert(struct kind *kind)
{
	struct sql sql = { 0 };

	sql_add(&sql, "INSERT INTO ");
	sql_add(&sql, kind->table);
	sql_add(&sql, " (" KIND_COLUMNS);
	sql_add_members(&sql, kind, ", ", "");
	sql_add(&sql, ") VALUES (?, ?, ?, ?");
	for (const struct member *m = kind->members; m->name; m++)
		sql_add(&sql, is_stored(m) ? ", ?" : "");
	sql_add(&sql, ")");
	kind->rows = calloc(1, sizeof(*kind->rows));
	if (!kind->rows)
		abort();
	kind->rows->insert.sql = text_of(&sql);
	find_keys(kind);
}

static void sql_add_select(struct sql *sql, const struct kind *kind)
{
	sql_add(sql, "SELECT " KIND_COLUMNS);
	sql_add_members(sql, kind, ", ", "");
	sql_add(sql, " FROM ");
	sql_add(sql, kind->table);
}

static void prepare_select(struct kind *kind)
{
	struct sql sql = { 0 };

	sql_add_select(&sql, kind);
	sql_add(&sql, " WHERE id = ?");
	kind->select = statement_of(&sql);
}

static void prepare_scan(struct kind *kind)
{
	struct sql sql = { 0 };

	sql_add_select(&sql, kind);
	sql_add(&sql, " WHERE id > ? ORDER BY id LIMIT ?");
	kind->scan = statement_of(&sql);
}

static void prepare_select_many(struct kind *kind)
{
	struct sql sql = { 0 };

	if (!kind->hot)
		return;
	sql_add_select(&sql, kind);
	sql_add(&sql, " WHERE id IN (?");
	for (size_t i = 1; i < KIND_MANY; i++)
		sql_add(&sql, ",?");
	sql_add(&sql, ")");
	kind->select_many = statement_of(&sql);
}

/* Without FORCE INDEX the server walks all rows of the filters up to the
 * page. research/performance.md §3. */
static void prepare_list(const struct kind *kind, struct kind_list *list)
{
	struct sql sql = { 0 };

	sql_add_select(&sql, kind);
	sql_add(&sql, " FORCE INDEX (");
	sql_add_name(&sql, list->index);
	sql_add(&sql, ") WHERE ");
	for (const char **filter = list->filters; *filter; filter++) {
		sql_add_name(&sql, *filter);
		sql_add(&sql, " = ? AND ");
	}
	sql_add_name(&sql, list->sort);
	sql_add(&sql, list->descending ? " < ? ORDER BY " : " > ? ORDER BY ");
	sql_add_name(&sql, list->sort);
	sql_add(&sql, list->descending ? " DESC LIMIT ?" : " LIMIT ?");
	list->select.sql = text_of(&sql);
}

static void prepare_update(struct kind *kind)
{
	struct sql sql = { 0 };

	sql_add(&sql, "UPDATE ");
	sql_add(&sql, kind->table);
	sql_add(&sql, " SET state = ?, seq = ?, event_index = ?");
	sql_add_members(&sql, kind, ", ", " = ?");
	sql_add(&sql, " WHERE id = ? AND seq = ?");
	kind->update = statement_of(&sql);
}

void kind_prepare(void)
{
	for (size_t i = 0; kinds[i]; i++) {
		prepare_insert(kinds[i]);
		prepare_select(kinds[i]);
		prepare_select_many(kinds[i]);
		prepare_scan(kinds[i]);
		kind_sort(kinds[i]);
		prepare_update(kinds[i]);
		for (struct kind_list *list = kinds[i]->lists;
		     list && list->index; list++)
			prepare_list(kinds[i], list);
	}
}

static size_t list_count(const struct kind *kind)
{
	size_t count = 0;

	while (kind->lists && kind->lists[count].index)
		count++;
	return count;
}

static const struct db_statement **collect(bool writes)
{
	const struct db_statement **all;
	size_t most = 1, count = 0;

	for (size_t i = 0; kinds[i]; i++)
		most += 3 + list_count(kinds[i]);
	all = calloc(most, sizeof(*all));
	if (!all)
		abort();
	for (size_t i = 0; kinds[i]; i++) {
		all[count++] = writes ? kinds[i]->update : kinds[i]->select;
		if (writes)
			all[count++] = &kinds[i]->rows->insert;
		if (writes && kinds[i]->hot)
			all[count++] = kinds[i]->select_many;
		for (size_t l = 0; !writes && l < list_count(kinds[i]); l++)
			all[count++] = &kinds[i]->lists[l].select;
	}
	return all;
}

/* Made on the first call, which comes before there is a second thread. */
const struct db_statement *const *kind_statements(bool writes)
{
	static const struct db_statement **all[2];

	if (!all[writes])
		all[writes] = collect(writes);
	return all[writes];
}

/* --- one member of one row ------------------------------------------------ */

static bool is_number(const struct member *member)
{
	return member->type == MEMBER_NUMBER || member->type == MEMBER_FLAG;
}

static const char **text_at(const struct member *member, const void *row)
{
	return (const char **)((char *)(uintptr_t)row + member->offset);
}

static uint64_t *number_at(const struct member *member, const void *row)
{
	return (uint64_t *)((char *)(uintptr_t)row + member->offset);
}

static int64_t *time_at(const struct member *member, const void *row)
{
	return (int64_t *)((char *)(uintptr_t)row + member->offset);
}

void *kind_make(const struct kind *kind, struct arena *arena)
{
	void *row = arena_alloc(arena, kind->size);

	for (const struct member *m = kind->members; m->name; m++)
		if (m->type == MEMBER_TIME)
			*time_at(m, row) = DB_TIME_NONE;
	return row;
}

static size_t text_bytes(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *put_text(char **at, const char *text)
{
	size_t size = text_bytes(text);
	char *to = *at;

	if (!text)
		return NULL;
	memcpy(to, text, size);
	*at += size;
	return to;
}

void *kind_copy(const struct kind *kind, const void *row, struct arena *arena)
{
	const struct object *from = row;
	size_t size =
	    kind->size + text_bytes(from->id) + text_bytes(from->state);
	struct object *copy;
	char *at;

	for (const struct member *m = kind->members; m->name; m++)
		if (!is_number(m) && m->type != MEMBER_TIME)
			size += text_bytes(*text_at(m, row));
	copy = arena ? arena_alloc(arena, size) : malloc(size);
	if (!copy)
		abort();
	memcpy(copy, row, kind->size);
	at = (char *)copy + kind->size;
	copy->id = put_text(&at, from->id);
	copy->state = put_text(&at, from->state);
	for (const struct member *m = kind->members; m->name; m++)
		if (!is_number(m) && m->type != MEMBER_TIME)
			*text_at(m, copy) = put_text(&at, *text_at(m, row));
	return copy;
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *member_json(const struct member *member, const void *row)
{
	char time[KL_TIME_TEXT];
	const char *text;

	switch (member->type) {
	case MEMBER_NUMBER:
		return json_integer((json_int_t)*number_at(member, row));
	case MEMBER_FLAG:
		return json_boolean(*number_at(member, row) != 0);
	case MEMBER_TIME:
		if (*time_at(member, row) == DB_TIME_NONE)
			return json_null();
		kl_time_write(*time_at(member, row), time);
		return json_string(time);
	case MEMBER_JSON:
		text = *text_at(member, row);
		return text ? json_loads(text, 0, NULL) : json_null();
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
		text = *text_at(member, row);
		return text ? json_string(text) : json_null();
	}
	return NULL;
}

static void add_members(json_t *to, const struct kind *kind, const void *row,
    unsigned without, unsigned only)
{
	for (const struct member *m = kind->members; m->name; m++)
		if (is_stored(m) && !(m->flags & without) &&
		    (only == 0 || (m->flags & only)))
			json_object_set_new(to, m->name, member_json(m, row));
}

json_t *kind_json(const struct kind *kind, const void *row, bool whole)
{
	const struct object *object = row;
	json_t *json = json_pack("{s:s, s:s, s:I, s:I}", "id", object->id,
	    "state", object->state, "seq", (json_int_t)object->seq,
	    "event_index", (json_int_t)object->event_index);

	add_members(
	    json, kind, row, MEMBER_SECRET | (whole ? 0 : MEMBER_PRIVATE), 0);
	return json;
}

json_t *kind_constant(const struct kind *kind, const void *row)
{
	const struct object *object = row;
	json_t *json = json_pack("{s:s}", "id", object->id);

	add_members(
	    json, kind, row, MEMBER_SECRET | MEMBER_PRIVATE | MEMBER_LATER, 0);
	return json;
}

bool kind_has_private(const struct kind *kind)
{
	for (const struct member *m = kind->members; m->name; m++)
		if (m->flags & (MEMBER_PRIVATE | MEMBER_SECRET))
			return true;
	return false;
}

json_t *kind_event_data(
    const struct kind *kind, const void *row, const uint8_t *salt)
{
	const struct object *object = row;
	json_t *data = json_pack("{s:s}", "state", object->state);
	struct kl_buf bytes = KL_BUF(PRIVATE_MAX);
	char digest[KL_HASH_HEX];
	json_auto_t *hidden = NULL;
	struct kl_hash hash;

	add_members(data, kind, row, MEMBER_PRIVATE | MEMBER_SECRET, 0);
	if (!salt)
		return data;
	hidden = json_object();
	add_members(hidden, kind, row, 0, MEMBER_PRIVATE | MEMBER_SECRET);
	if (kl_canon_write(&bytes, hidden))
		abort(); /* our own members, within their bounds */
	hash = kl_leaf_seal(salt, bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	kl_hash_hex(&hash, digest);
	json_object_set_new(data, "private", json_string(digest));
	return data;
}

/* --- the database --------------------------------------------------------- */

static struct db_in member_in(const struct member *member, const void *row)
{
	if (is_number(member))
		return db_u64(*number_at(member, row));
	if (member->type == MEMBER_TIME)
		return db_time(*time_at(member, row));
	return db_text(*text_at(member, row));
}

static struct db_out member_out(const struct member *member, void *row)
{
	if (is_number(member))
		return db_to_u64(number_at(member, row));
	if (member->type == MEMBER_TIME)
		return db_to_time(time_at(member, row));
	return db_to_text(text_at(member, row));
}

size_t kind_bind(const struct kind *kind, const void *row,
    struct db_in in[static MEMBERS_MAX])
{
	const struct object *object = row;
	size_t count = 0;

	in[count++] = db_text(object->id);
	in[count++] = db_text(object->state);
	in[count++] = db_u64(object->seq);
	in[count++] = db_u64(object->event_index);
	for (const struct member *m = kind->members; m->name; m++)
		if (is_stored(m))
			in[count++] = member_in(m, row);
	assert(count < MEMBERS_MAX);
	return count;
}

size_t kind_fetch(
    const struct kind *kind, void *row, struct db_out out[static MEMBERS_MAX])
{
	struct object *object = row;
	size_t count = 0;

	out[count++] = db_to_text(&object->id);
	out[count++] = db_to_text(&object->state);
	out[count++] = db_to_u64(&object->seq);
	out[count++] = db_to_u64(&object->event_index);
	for (const struct member *m = kind->members; m->name; m++)
		if (is_stored(m))
			out[count++] = member_out(m, row);
	assert(count < MEMBERS_MAX);
	return count;
}
