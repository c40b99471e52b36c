/* fsck_compare.c -- the rows of a part of a draw beside what they should be. */
#include "fsck_draw.h"

#include <string.h>

enum { KEY_SIZE = 192 };

/* Numbers are filled with zeros, so that they sort. */
static const char *shown(const char *key)
{
	while (key[0] == '0' && key[1])
		key++;
	return key;
}

static void tell(struct fsck *fsck, const struct fsck_part *part,
    const char *draw, const char *key, enum fsck_code code, const char *member)
{
	char whole[KEY_SIZE];

	if (part->key_is_whole)
		snprintf(whole, sizeof(whole), "%s", key);
	else
		snprintf(whole, sizeof(whole), "%s/%s", draw, shown(key));
	fsck_tell(&fsck->report, code, part->table, whole, member);
}

static bool same(const char *left, const char *right)
{
	return left && right ? strcmp(left, right) == 0 : left == right;
}

static void compare_row(struct fsck *fsck, const struct fsck_part *part,
    const char *draw, const struct fsck_cells *is,
    const struct fsck_cells *wanted)
{
	for (size_t i = 0; part->columns[i]; i++)
		if (!same(is->cells[i], wanted->cells[i]))
			tell(fsck, part, draw, is->key, FSCK_DIFFERS,
			    part->columns[i]);
}

enum error fsck_compare(struct fsck *fsck, const struct fsck_part *part,
    const char *draw, const struct fsck_cells wanted[], size_t count)
{
	struct fsck_cells row = { 0 };
	struct db_out out[FSCK_CELLS_MAX + 1] = { db_to_text(&row.key) };
	size_t columns = 0, next = 0;

	for (; part->columns[columns]; columns++)
		out[columns + 1] = db_to_text(&row.cells[columns]);
	db_query(
	    fsck->db, &part->select, DB_IN(db_text(draw)), out, columns + 1);
	while (db_next(fsck->db)) {
		for (; next < count && strcmp(wanted[next].key, row.key) < 0;
		     next++)
			tell(fsck, part, draw, wanted[next].key, FSCK_MISSING,
			    "-");
		if (next == count || strcmp(wanted[next].key, row.key) > 0)
			tell(fsck, part, draw, row.key, FSCK_UNKNOWN, "-");
		else
			compare_row(fsck, part, draw, &row, &wanted[next++]);
	}
	for (; next < count; next++)
		tell(fsck, part, draw, wanted[next].key, FSCK_MISSING, "-");
	return db_finish(fsck->db);
}
