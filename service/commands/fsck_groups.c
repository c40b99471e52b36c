/* fsck_groups.c -- who was judged first of a group; and times, in seconds. */
#include "fsck.h"

#include <stdio.h>
#include <string.h>

enum { TOLD_MAX = 100, KEY_SIZE = 192, SQL_MAX = 256 };

/* The affiliation group that a sign-up was judged by. */
#define GROUP "JSON_VALUE(s.facts, '$.affiliation_group')"

static const struct db_statement select_wrong = {
	"SELECT g.notice, g.affiliation_group FROM signup_group g"
	" LEFT JOIN signup s ON s.notice = g.notice"
	" AND s.institution = g.institution AND s.state = 'included'"
	" WHERE COALESCE(" GROUP ", '') <> g.affiliation_group LIMIT ?",
};

static const struct db_statement count_included = {
	"SELECT COUNT(*) FROM signup s WHERE s.notice = ?"
	" AND s.state = 'included' AND " GROUP " = ?",
};

static const struct db_statement select_missing = {
	"SELECT s.notice, " GROUP " FROM signup s LEFT JOIN signup_group g"
	" ON g.notice = s.notice AND g.affiliation_group = " GROUP
	" WHERE s.state = 'included' AND " GROUP " IS NOT NULL"
	" AND g.notice IS NULL LIMIT ?",
};

struct group {
	const char *notice, *name;
};

static void tell(struct fsck *fsck, enum fsck_code code,
    const struct group *group, const char *member)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%s/%s", group->notice, group->name);
	fsck_tell(&fsck->report, code, "signup_group", key, member);
}

static enum error list(struct fsck *fsck, const struct db_statement *select,
    struct group groups[static TOLD_MAX], size_t *count)
{
	struct group group;

	*count = 0;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, select, DB_IN(db_u64(TOLD_MAX)),
	    DB_OUT(db_to_text(&group.notice), db_to_text(&group.name)));
	while (db_next(fsck->db) && *count < TOLD_MAX)
		groups[(*count)++] = group;
	return db_finish(fsck->db);
}

/* Another of the group was included, or none was. */
static enum error tell_wrong(struct fsck *fsck, const struct group *group)
{
	uint64_t count = 0;
	enum error error = db_row(fsck->db, &count_included,
	    DB_IN(db_text(group->notice), db_text(group->name)),
	    DB_OUT(db_to_u64(&count)));

	if (!error)
		tell(fsck, count ? FSCK_DIFFERS : FSCK_UNKNOWN, group,
		    count ? "institution" : "-");
	return error;
}

enum error fsck_groups(struct fsck *fsck)
{
	struct group groups[TOLD_MAX];
	size_t count;
	enum error error;

	if (fsck->signups_doubted || fsck->replay.holes)
		return ERR_OK;
	error = list(fsck, &select_wrong, groups, &count);
	for (size_t i = 0; !error && i < count; i++)
		error = tell_wrong(fsck, &groups[i]);
	if (!error)
		error = list(fsck, &select_missing, groups, &count);
	for (size_t i = 0; !error && i < count; i++)
		tell(fsck, FSCK_MISSING, &groups[i], "-");
	return error;
}

/* --- times ---------------------------------------------------------------- */

/* The log tells seconds: a part of one in a row is nobody's. */
static enum error check_member(
    struct fsck *fsck, const struct kind *kind, const struct member *member)
{
	char *sql = arena_format(&fsck->kept,
	    "SELECT id FROM %s WHERE MICROSECOND(`%s`) <> 0 LIMIT ?",
	    kind->table, member->name);
	struct db_statement *select = arena_alloc(&fsck->kept, sizeof(*select));
	const char *id;

	select->sql = sql;
	db_use(fsck->db, &fsck->arena);
	db_query(
	    fsck->db, select, DB_IN(db_u64(TOLD_MAX)), DB_OUT(db_to_text(&id)));
	while (db_next(fsck->db))
		fsck_tell(
		    &fsck->report, FSCK_FORM, kind->table, id, member->name);
	return db_finish(fsck->db);
}

enum error fsck_seconds(struct fsck *fsck)
{
	enum error error = ERR_OK;

	for (size_t i = 0; kinds[i]; i++)
		for (const struct member *m = kinds[i]->members;
		     !error && m->name; m++)
			if (m->type == MEMBER_TIME &&
			    !(m->flags & MEMBER_PASSING))
				error = check_member(fsck, kinds[i], m);
	return error;
}
