/* fsck_dues.c -- what waits must wait, and what is done has happened. */
#include "fsck.h"

#include "due.h"
#include "kl_time.h"

#include <inttypes.h>
#include <string.h>

enum { CHUNK = 500, TOLD_MAX = 100, KEY_SIZE = 192 };

/* The entry that set it, and one by which it must be done. */
static const struct db_statement select_dues = {
	"SELECT d.subject, d.seq, d.at, d.try_at, d.state, d.failures,"
	" b.bytes, e.idx IS NOT NULL FROM due d"
	" LEFT JOIN log_entry b ON b.subject = d.subject AND b.kind = ?"
	" LEFT JOIN log_entry e ON e.subject = d.subject AND e.kind = ?"
	" WHERE d.kind = ? AND d.subject >= ?"
	" AND (d.subject > ? OR d.seq > ?) ORDER BY d.subject, d.seq LIMIT ?",
};

static const struct db_statement select_missing = {
	"SELECT b.subject FROM log_entry b LEFT JOIN due d ON d.kind = ?"
	" AND d.subject = b.subject AND d.seq = 1"
	" WHERE b.kind = ? AND d.kind IS NULL LIMIT ?",
};

static const struct db_statement select_kinds = {
	"SELECT DISTINCT kind FROM due",
};

static const struct db_statement count_resumed = {
	"SELECT COUNT(*) FROM log_entry WHERE kind = 'due.resumed'"
	" AND bytes LIKE CONCAT('%\"subject\":\"', ?, '\"%')",
};

/*
 * A due act: the event that sets it; where its time is, in a member of that
 * event's data or NULL for the event's own time; the event that it, and only
 * it, leads to, if there is one. `later` ones have other numbers and times,
 * too.
 */
static const struct rule {
	const char *kind, *begin, *member, *end;
	bool later;
} rules[] = {
	{ "notice.close", "notice.published", "signup_close", "notice.closed",
	    false },
	{ "notice.open", "notice.closed", NULL, "notice.opened", true },
	{ "notice.judge", "notice.closed", "", "notice.opened", true },
	{ "proposal.lapse", "proposal.made", "lapses_at", "proposal.lapsed",
	    false },
	{ "delegation.expire", "delegation.offered", "valid_until",
	    "delegation.expired", false },
	{ "rehearsal.join", "rehearsal.joining", "", "rehearsal.joined", true },
	{ "region.watch", "region.entered", "", "", true },
	{ "registration.check", "registration.submitted", "", "", true },
	{ "registration.enter", "registration.submitted", "", "", true },
	{ "registration.lapse", "registration.made", "", "", true },
	{ "qualification.expire", "qualification.confirmed", "", "", true },
	{ "qualification.remind", "qualification.confirmed", "", "", true },
	{ "policy.begin", "policy.adopted", "", "", true },
	{ "affiliation.regroup", "affiliation.confirmed", "", "", true },
	{ "sanction.expire", "sanction.imposed", "", "", true },
	/* Their times are in what is declared: fsck_draws(). */
	{ "draw.freeze", "draw.drafted", "", "draw.declared", false },
	{ "draw.lock", "draw.declared", "", "draw.locked", false },
	{ "draw.seal", "draw.locked", "", "", false },
	{ "draw.beacon", "draw.sealed", "", "", false },
	{ "draw.overdue", "draw.declared", "", "", false },
};
enum { RULES = sizeof(rules) / sizeof(*rules) };

struct row {
	const char *subject, *state, *begin;
	uint64_t seq, failures, ended;
	int64_t at, try_at;
};

static void tell(struct fsck *fsck, enum fsck_code code,
    const struct rule *rule, const char *subject, uint64_t seq,
    const char *member)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%s/%s/%" PRIu64, rule->kind, subject, seq);
	fsck_tell(&fsck->report, code, "due", key, member);
}

/* The time at which it was to happen; DB_TIME_NONE when that is not told. */
static int64_t time_of(const struct rule *rule, const char *begin)
{
	json_auto_t *value = NULL;
	struct kl_leaf leaf;
	const char *text;
	int64_t at = DB_TIME_NONE;

	if (kl_leaf_read(begin, strlen(begin), &value, &leaf))
		return DB_TIME_NONE;
	if (!rule->member)
		return leaf.at;
	text = json_string_value(json_object_get(leaf.data, rule->member));
	if (!text || kl_time_read(text, strlen(text), &at))
		return DB_TIME_NONE;
	return at;
}

/* --- one row -------------------------------------------------------------- */

/* A failure puts off the next try; the last one leaves it parked. */
static const char *wrong_member(const struct row *row, uint64_t resumed)
{
	bool parked = strcmp(row->state, "parked") == 0;
	bool waiting = strcmp(row->state, "waiting") == 0;

	if (parked ? row->failures != DUE_FAILURES_MAX
		   : row->failures >= DUE_FAILURES_MAX)
		return waiting && row->failures == DUE_FAILURES_MAX
			   ? "state"
			   : "failures";
	if (resumed)
		return NULL;
	if (row->try_at < row->at ||
	    (row->failures == 0 && row->try_at != row->at))
		return "try_at";
	if (row->failures > 0 && row->try_at == row->at)
		return "failures";
	return NULL;
}

static enum error check(
    struct fsck *fsck, const struct rule *rule, const struct row *row)
{
	bool done = strcmp(row->state, "done") == 0;
	const char *wrong;
	int64_t at;
	uint64_t resumed = 0;
	enum error error = ERR_OK;

	if (!row->begin || (!rule->later && row->seq != 1)) {
		if (!fsck->replay.holes)
			tell(fsck, FSCK_UNKNOWN, rule, row->subject, row->seq,
			    "-");
		return ERR_OK;
	}
	at = time_of(rule, row->begin);
	/* Where the time is not known here, neither is that of the next try. */
	wrong = wrong_member(row, at == DB_TIME_NONE);
	if (at != DB_TIME_NONE && row->seq == 1 && at != row->at) {
		tell(fsck, FSCK_DIFFERS, rule, row->subject, row->seq, "at");
		return ERR_OK;
	}
	/* What ended otherwise waits on, and then does nothing. */
	if (row->ended && !done && *rule->end)
		tell(fsck, FSCK_DIFFERS, rule, row->subject, row->seq, "state");
	else if (!row->ended && done && strcmp(rule->kind, "notice.close") == 0)
		tell(fsck, FSCK_DIFFERS, rule, row->subject, row->seq, "state");
	else if (wrong)
		error = db_row(fsck->db, &count_resumed,
		    DB_IN(db_text(row->subject)), DB_OUT(db_to_u64(&resumed)));
	if (!error && wrong && wrong_member(row, resumed))
		tell(fsck, FSCK_DIFFERS, rule, row->subject, row->seq, wrong);
	return error;
}

/* --- all rows ------------------------------------------------------------- */

static enum error read_chunk(struct fsck *fsck, const struct rule *rule,
    const char *subject, uint64_t seq, struct row *rows, size_t *count)
{
	struct row row;

	*count = 0;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_dues,
	    DB_IN(db_text(rule->begin), db_text(rule->end), db_text(rule->kind),
		db_text(subject), db_text(subject), db_u64(seq), db_u64(CHUNK)),
	    DB_OUT(db_to_text(&row.subject), db_to_u64(&row.seq),
		db_to_time(&row.at), db_to_time(&row.try_at),
		db_to_text(&row.state), db_to_u64(&row.failures),
		db_to_text(&row.begin), db_to_u64(&row.ended)));
	while (db_next(fsck->db) && *count < CHUNK)
		rows[(*count)++] = row;
	return db_finish(fsck->db);
}

static enum error check_rule(struct fsck *fsck, const struct rule *rule)
{
	char subject[KL_TOKEN_SIZE_MAX + 1] = "";
	struct row rows[CHUNK];
	uint64_t seq = 0;
	size_t count = CHUNK;
	enum error error = ERR_OK;

	while (!error && count == CHUNK) {
		error = read_chunk(fsck, rule, subject, seq, rows, &count);
		for (size_t i = 0; !error && i < count; i++)
			error = check(fsck, rule, &rows[i]);
		if (count > 0) {
			snprintf(subject, sizeof(subject), "%s",
			    rows[count - 1].subject);
			seq = rows[count - 1].seq;
		}
		arena_clear(&fsck->arena);
	}
	return error;
}

static enum error check_missing(struct fsck *fsck, const struct rule *rule)
{
	const char *subject;

	/* Judging goes on in another act only when there are many; draws know
	 * their own: fsck_draws(). */
	if (rule->member && !*rule->member)
		return ERR_OK;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_missing,
	    DB_IN(db_text(rule->kind), db_text(rule->begin), db_u64(TOLD_MAX)),
	    DB_OUT(db_to_text(&subject)));
	while (db_next(fsck->db))
		tell(fsck, FSCK_MISSING, rule, subject, 1, "-");
	return db_finish(fsck->db);
}

static enum error check_kinds(struct fsck *fsck)
{
	const char *kind;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_kinds, DB_NO_IN, DB_OUT(db_to_text(&kind)));
	while (db_next(fsck->db)) {
		bool known = false;

		for (size_t i = 0; i < RULES; i++)
			known |= strcmp(rules[i].kind, kind) == 0;
		if (!known)
			fsck_tell(
			    &fsck->report, FSCK_UNKNOWN, "due", kind, "kind");
	}
	return db_finish(fsck->db);
}

enum error fsck_dues(struct fsck *fsck)
{
	enum error error = check_kinds(fsck);

	for (size_t i = 0; !error && i < RULES; i++) {
		error = check_rule(fsck, &rules[i]);
		if (!error)
			error = check_missing(fsck, &rules[i]);
		arena_clear(&fsck->arena);
	}
	return error;
}
