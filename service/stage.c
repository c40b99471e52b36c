#include "stage.h"

#include <assert.h>
#include <string.h>

enum { ROWS_FIRST = 16, KEYS_FIRST = 64, PIECE_SIZE_MAX = 8 << 20 };

static void *grown(
    struct arena *arena, const void *old, size_t old_size, size_t new_size)
{
	void *copy = arena_alloc(arena, new_size);

	if (old_size > 0)
		memcpy(copy, old, old_size);
	return copy;
}

static struct stage_rows *rows_of(
    struct stage *stage, const struct act_table *table)
{
	struct stage_rows *rows;

	for (size_t i = 0; i < stage->table_count; i++)
		if (stage->tables[i].table == table)
			return &stage->tables[i];
	assert(stage->table_count < STAGE_TABLES_MAX);
	rows = &stage->tables[stage->table_count++];
	*rows = (struct stage_rows){ .table = table };
	return rows;
}

static struct db_in *row_at(const struct stage_rows *rows, size_t index)
{
	return rows->cells + index * rows->table->column_count;
}

/* --- keys ----------------------------------------------------------------- */

static uint64_t mix(uint64_t digest, const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ byte[i]) * UINT64_C(1099511628211);
	return digest;
}

/* A NULL is equal to nothing, as in SQL. */
static bool digest_key(const struct act_table *table, uint8_t key,
    const struct db_in *row, uint64_t *digest)
{
	*digest = mix(UINT64_C(14695981039346656037), &table, sizeof(table));
	*digest = mix(*digest, &key, sizeof(key));
	for (const uint8_t *column = table->keys[key]; *column; column++) {
		const struct db_in *cell = &row[*column - 1];

		if (cell->kind == DB_IN_NULL)
			return false;
		*digest = mix(*digest, &cell->number, sizeof(cell->number));
		*digest = mix(*digest, cell->bytes, cell->size);
	}
	return true;
}

static bool same_key(const struct act_table *table, uint8_t key,
    const struct db_in *left, const struct db_in *right)
{
	for (const uint8_t *column = table->keys[key]; *column; column++) {
		const struct db_in *a = &left[*column - 1];
		const struct db_in *b = &right[*column - 1];

		if (a->number != b->number || a->size != b->size ||
		    (a->size > 0 && memcmp(a->bytes, b->bytes, a->size) != 0))
			return false;
	}
	return true;
}

static bool is_taken(const struct stage *stage, const struct act_table *table,
    uint8_t key, const struct db_in *row, uint64_t digest)
{
	const struct stage_key *at = stage->buckets[digest % STAGE_BUCKETS];

	for (; at; at = at->next)
		if (at->digest == digest && at->table == table &&
		    at->key == key && same_key(table, key, at->row, row))
			return true;
	return false;
}

static void remember_key(struct stage *stage, const struct act_table *table,
    uint8_t key, const struct db_in *row, uint64_t digest)
{
	struct stage_key **bucket = &stage->buckets[digest % STAGE_BUCKETS];
	struct stage_key *entry = arena_alloc(stage->arena, sizeof(*entry));

	*entry = (struct stage_key){ table, key, digest, row, *bucket };
	*bucket = entry;
	if (stage->key_count == stage->key_capacity) {
		size_t more =
		    stage->key_capacity ? 2 * stage->key_capacity : KEYS_FIRST;

		stage->order = grown(stage->arena, stage->order,
		    stage->key_count * sizeof(*stage->order),
		    more * sizeof(*stage->order));
		stage->key_capacity = more;
	}
	stage->order[stage->key_count++] = entry;
}

static size_t key_count(const struct act_table *table)
{
	size_t count = 0;

	while (count < sizeof(table->keys) / sizeof(*table->keys) &&
	       table->keys[count][0])
		count++;
	return count;
}

/* --- rows ----------------------------------------------------------------- */

static void copy_row(
    struct stage *stage, struct db_in *to, const struct db_in *in, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		to[i] = in[i];
		if (in[i].size > 0)
			to[i].bytes =
			    arena_text(stage->arena, in[i].bytes, in[i].size);
	}
}

/* The keys point at `row` itself; the cells of the bulk insert are copies,
 * which move as they grow. */
static void append_row(
    struct stage *stage, struct stage_rows *rows, const struct db_in *row)
{
	size_t width = rows->table->column_count * sizeof(*row);

	if (rows->count == rows->capacity) {
		size_t more = rows->capacity ? 2 * rows->capacity : ROWS_FIRST;

		rows->cells = grown(stage->arena, rows->cells,
		    rows->count * width, more * width);
		rows->capacity = more;
	}
	memcpy(row_at(rows, rows->count), row, width);
	rows->count++;
}

enum error stage_add(struct stage *stage, const struct act_table *table,
    const struct db_in *in, size_t in_count)
{
	struct stage_rows *rows = rows_of(stage, table);
	struct db_in *row;
	uint64_t digests[sizeof(table->keys) / sizeof(*table->keys)];
	bool whole[sizeof(table->keys) / sizeof(*table->keys)];
	size_t keys = key_count(table);

	assert(in_count == table->column_count);
	for (uint8_t key = 0; key < keys; key++) {
		whole[key] = digest_key(table, key, in, &digests[key]);
		if (whole[key] && is_taken(stage, table, key, in, digests[key]))
			return ERR_CONFLICT;
	}
	row = arena_alloc(stage->arena, in_count * sizeof(*row));
	copy_row(stage, row, in, in_count);
	append_row(stage, rows, row);
	for (uint8_t key = 0; key < keys; key++)
		if (whole[key])
			remember_key(stage, table, key, row, digests[key]);
	return ERR_OK;
}

void stage_mark(const struct stage *stage, struct stage_mark *mark)
{
	mark->table_count = stage->table_count;
	mark->key_count = stage->key_count;
	for (size_t i = 0; i < stage->table_count; i++)
		mark->rows[i] = stage->tables[i].count;
}

static size_t marked_rows(const struct stage_mark *mark, size_t table)
{
	return table < mark->table_count ? mark->rows[table] : 0;
}

void stage_undo(struct stage *stage, const struct stage_mark *mark)
{
	while (stage->key_count > mark->key_count) {
		struct stage_key *entry = stage->order[--stage->key_count];

		/* Last in, first out: it is the head of its bucket. */
		stage->buckets[entry->digest % STAGE_BUCKETS] = entry->next;
	}
	for (size_t i = 0; i < stage->table_count; i++) {
		struct stage_rows *rows = &stage->tables[i];

		rows->count = marked_rows(mark, i);
		if (rows->sent > rows->count)
			rows->sent = rows->count;
	}
}

/* How many rows from `first` on go into one packet: at least one. */
static size_t rows_of_piece(
    const struct stage_rows *rows, size_t first, size_t until)
{
	size_t width = rows->table->column_count, size = 0, row = first;

	do {
		for (size_t i = 0; i < width; i++)
			size += row_at(rows, row)[i].size;
		row++;
	} while (row < until && size < PIECE_SIZE_MAX);
	return row - first;
}

static enum error send_rows(
    struct db *db, struct stage_rows *rows, size_t until)
{
	while (rows->sent < until) {
		size_t count = rows_of_piece(rows, rows->sent, until);
		enum error error = db_bulk(db, &rows->table->insert,
		    row_at(rows, rows->sent), rows->table->column_count, count);

		if (error)
			return error;
		rows->sent += count;
	}
	return ERR_OK;
}

enum error stage_send(
    struct stage *stage, struct db *db, const struct stage_mark *mark)
{
	for (size_t i = 0; i < stage->table_count; i++) {
		struct stage_rows *rows = &stage->tables[i];
		enum error error = send_rows(
		    db, rows, mark ? marked_rows(mark, i) : rows->count);

		if (error)
			return error;
	}
	return ERR_OK;
}

bool stage_is_sent(const struct stage *stage)
{
	for (size_t i = 0; i < stage->table_count; i++)
		if (stage->tables[i].sent < stage->tables[i].count)
			return false;
	return true;
}
