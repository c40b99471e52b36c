/* fsck_answers.c -- what a repeated request gets: one effect for each key. */
#include "fsck.h"
#include "fsck_rules.h"

#include "kl_time.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1000, EVENTS_MAX = 1 << 20, TOLD_MAX = 100 };

#define NONE UINT64_MAX

/*
 * The first event of the act, what the answer says is its last one, and the
 * one after that. An entry begins with its time. In the order in which they
 * were kept, which is that of the log: no page of either is read twice. The
 * id of what is sealed is no entry's, so nobody looks for it.
 */
static const struct db_statement select_answers = {
	"SELECT i.turn, i.event_id, i.digest, i.at, i.status, i.log_size,"
	" COALESCE(i.sealed, ~0), COALESCE(e.idx, ~0), COALESCE(e.kind, ''),"
	" COALESCE(SUBSTR(COALESCE(s.bytes, e.bytes), 8, 20), ''),"
	" COALESCE(s.kind, ''), COALESCE(l.kind, ''), l.event_id, n.event_id"
	" FROM idempotency i"
	" LEFT JOIN log_entry e ON i.sealed IS NULL AND e.event_id = i.event_id"
	" LEFT JOIN log_entry s ON s.idx = i.sealed"
	" LEFT JOIN log_entry l ON l.idx = CAST(i.log_size AS SIGNED) - 1"
	" LEFT JOIN log_entry n ON n.idx = i.log_size"
	" WHERE i.turn >= ? ORDER BY i.turn LIMIT ?",
};

static const struct db_statement select_unanswered = {
	"SELECT e.event_id FROM log_entry e LEFT JOIN idempotency i"
	" ON i.event_id = e.event_id WHERE e.kind = ?"
	" AND i.event_id IS NULL ORDER BY e.idx LIMIT ?",
};

struct row {
	struct kl_event_id id, last, next;
	struct kl_hash digest;
	int64_t at;
	uint64_t turn, status, log_size, sealed, index;
	const char *kind, *time, *sealed_kind, *last_kind;
};

static void tell_id(struct fsck *fsck, enum fsck_code code,
    const struct kl_event_id *id, const char *member)
{
	char hex[KL_EVENT_ID_HEX];

	kl_hex(id->bytes, sizeof(id->bytes), hex);
	fsck_tell(&fsck->report, code, "idempotency", hex, member);
}

static void tell(struct fsck *fsck, enum fsck_code code, const struct row *row,
    const char *member)
{
	tell_id(fsck, code, &row->id, member);
}

/* The id of the event `number` of an act, as act_event.c makes it. */
static struct kl_event_id id_in_act(
    const struct kl_event_id *act, uint64_t number)
{
	const uint8_t bytes[] = { (uint8_t)(number >> 24),
		(uint8_t)(number >> 16), (uint8_t)(number >> 8),
		(uint8_t)number };
	struct kl_event_id id = *act;
	struct kl_hasher hasher;
	struct kl_hash hash;

	if (number == 0)
		return id;
	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero event\n");
	kl_hasher_add(&hasher, act->bytes, sizeof(act->bytes));
	kl_hasher_add(&hasher, bytes, sizeof(bytes));
	hash = kl_hasher_end(&hasher);
	memcpy(id.bytes, hash.bytes, sizeof(id.bytes));
	return id;
}

/* Does the answer tell where exactly the act's events end? */
static bool ends_there(const struct row *row)
{
	uint64_t count = row->log_size - row->index;
	struct kl_event_id last, next;

	if (row->log_size <= row->index || count > EVENTS_MAX)
		return false;
	last = id_in_act(&row->id, count - 1);
	next = id_in_act(&row->id, count);
	return kl_event_id_equal(&last, &row->last) &&
	       !kl_event_id_equal(&next, &row->next);
}

/* What anybody may bring proves itself, and is answered the same for ever; but
 * for what came with a secret, of which no answer is kept. */
static bool proves_itself(enum event event)
{
	return event_info(event)->who == ROLE_ANYONE &&
	       event != EVENT_CREDENTIAL_SET;
}

static bool kind_proves_itself(const char *kind)
{
	enum event event = fsck_event_named(kind);

	return event != EVENT_COUNT && proves_itself(event);
}

/* Of what proves itself, the id is that of what was asked. */
static bool digest_is_named(const struct row *row)
{
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero act\n");
	kl_hasher_add(&hasher, row->digest.bytes, KL_HASH_SIZE);
	hash = kl_hasher_end(&hasher);
	return memcmp(hash.bytes, row->id.bytes, sizeof(row->id.bytes)) == 0;
}

/* What was sealed has an id that the key does not give away. */
static bool find_begin(
    struct fsck *fsck, const struct row *row, uint64_t *begin)
{
	*begin = row->sealed != NONE ? row->sealed : row->index;
	if (row->sealed != NONE && strcmp(row->sealed_kind, "sealed") != 0) {
		if (!fsck->replay.holes && !fsck->ids_doubted)
			tell(fsck, FSCK_DIFFERS, row, "sealed");
		return false;
	}
	if (*begin != NONE)
		return true;
	if (!fsck->replay.holes && !fsck->ids_doubted)
		tell(fsck, FSCK_UNKNOWN, row,
		    strcmp(row->last_kind, "sealed") == 0 ? "sealed" : "-");
	return false;
}

/* Of what is sealed, one entry is the whole act: the two numbers that say which
 * must agree. If another sealed one ends there, it is the first that is wrong.
 */
static const char *wrong_extent(const struct row *row)
{
	if (row->sealed == NONE)
		return ends_there(row) ? NULL : "log_size";
	if (row->log_size == row->sealed + 1)
		return NULL;
	return strcmp(row->last_kind, "sealed") == 0 ? "sealed" : "log_size";
}

/* One answer to an act. */
static void check_first(
    struct fsck *fsck, const struct row *row, uint64_t begin)
{
	if (fsck_is_marked(fsck->marks, FSCK_ANSWERED, begin))
		tell(fsck, FSCK_TWICE, row,
		    row->sealed != NONE ? "sealed" : "event_id");
	fsck_mark(fsck->marks, FSCK_ANSWERED, begin);
}

static void check(struct fsck *fsck, const struct row *row)
{
	const char *extent = wrong_extent(row);
	uint64_t begin;
	int64_t at;

	if (!find_begin(fsck, row, &begin) ||
	    fsck_is_marked(fsck->marks, FSCK_HOLE, begin))
		return;
	if (extent && !fsck->replay.holes && !fsck->ids_doubted) {
		tell(fsck, FSCK_DIFFERS, row, extent);
		return;
	}
	check_first(fsck, row, begin);
	if (row->status < 200 || row->status > 299)
		tell(fsck, FSCK_FORM, row, "status");
	if (kl_time_read(row->time, strlen(row->time), &at) || at != row->at)
		tell(fsck, FSCK_DIFFERS, row, "at");
	if (kind_proves_itself(row->kind) && !digest_is_named(row))
		tell(fsck, FSCK_DIFFERS, row, "digest");
}

static enum error find_unanswered(struct fsck *fsck, const char *kind)
{
	struct kl_event_id id;

	db_query(fsck->db, &select_unanswered,
	    DB_IN(db_text(kind), db_u64(TOLD_MAX)),
	    DB_OUT(db_to_bytes(id.bytes, sizeof(id.bytes))));
	while (db_next(fsck->db))
		if (!fsck->replay.holes && !fsck->ids_doubted)
			tell_id(fsck, FSCK_MISSING, &id, "-");
	return db_finish(fsck->db);
}

static enum error check_unanswered(struct fsck *fsck)
{
	enum error error = ERR_OK;

	db_use(fsck->db, &fsck->arena);
	for (int event = 0; event < EVENT_COUNT && !error; event++)
		if (proves_itself((enum event)event))
			error = find_unanswered(
			    fsck, event_info((enum event)event)->name);
	return error;
}

enum error fsck_answers(struct fsck *fsck)
{
	uint64_t next = 0;
	size_t count = CHUNK;
	enum error error = ERR_OK;

	while (!error && count == CHUNK) {
		struct row row = { 0 };

		count = 0;
		db_use(fsck->db, &fsck->arena);
		db_query(fsck->db, &select_answers,
		    DB_IN(db_u64(next), db_u64(CHUNK)),
		    DB_OUT(db_to_u64(&row.turn),
			db_to_bytes(row.id.bytes, sizeof(row.id)),
			db_to_bytes(row.digest.bytes, KL_HASH_SIZE),
			db_to_time(&row.at), db_to_u64(&row.status),
			db_to_u64(&row.log_size), db_to_u64(&row.sealed),
			db_to_u64(&row.index), db_to_text(&row.kind),
			db_to_text(&row.time), db_to_text(&row.sealed_kind),
			db_to_text(&row.last_kind),
			db_to_bytes(row.last.bytes, sizeof(row.last)),
			db_to_bytes(row.next.bytes, sizeof(row.next))));
		while (db_next(fsck->db)) {
			check(fsck, &row);
			next = row.turn + 1;
			count++;
		}
		error = db_finish(fsck->db);
		arena_clear(&fsck->arena);
	}
	return error ? error : check_unanswered(fsck);
}
