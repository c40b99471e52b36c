#include "idempotency.h"

#include "kl_canon.h"
#include "route.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct act_table answer_table = {
	{ "INSERT INTO idempotency (event_id, digest, at, status,"
	  " content_type, location, etag, log_size, signs, sealed, reply)"
	  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	11,
	{ { 1 } },
};

#define FIND                                                                   \
	"SELECT i.event_id, digest, status, content_type, location, etag,"     \
	" log_size, signs, reply, salt, event FROM idempotency i"              \
	" LEFT JOIN event_private p ON p.event_index = i.sealed"               \
	" AND p.part = 'event' WHERE i.event_id IN ("
#define PLACES_4   "?,?,?,?"
#define PLACES_16  PLACES_4 "," PLACES_4 "," PLACES_4 "," PLACES_4
#define PLACES_64  PLACES_16 "," PLACES_16 "," PLACES_16 "," PLACES_16
#define PLACES_256 PLACES_64 "," PLACES_64 "," PLACES_64 "," PLACES_64

static const struct db_statement find_4 = { FIND PLACES_4 ")" };
static const struct db_statement find_32 = { FIND PLACES_16 "," PLACES_16 ")" };
static const struct db_statement find_256 = { FIND PLACES_256 ")" };

const struct db_statement *const idempotency_statements[] = {
	&answer_table.insert,
	&find_4,
	&find_32,
	&find_256,
	NULL,
};

/* --- names ---------------------------------------------------------------- */

static void add_line(struct kl_hasher *hasher, const char *text)
{
	kl_hasher_add_text(hasher, text ? text : "-");
	kl_hasher_add(hasher, "\n", 1);
}

/* The route as it was meant: however its path was written. */
static void add_route(struct kl_hasher *hasher, const struct request *request)
{
	add_line(hasher, request->route->method);
	add_line(hasher, request->route->path);
	for (size_t i = 0; i < PARAMS_MAX; i++)
		add_line(hasher, request->params[i]);
}

/* What proves itself is the same however its JSON is written; what came with
 * a key is what came, byte by byte. */
static void add_body(struct kl_hasher *hasher, const struct request *request)
{
	struct kl_buf canonical = KL_BUF(request->route->body_max);

	if (request->route->proves_itself && request->body &&
	    !kl_canon_write(&canonical, request->body))
		kl_hasher_add(hasher, canonical.data, canonical.size);
	else if (request->body_size > 0)
		kl_hasher_add(hasher, request->body_text, request->body_size);
	kl_buf_clear(&canonical);
}

void idempotency_name(const struct request *request, struct act *act)
{
	const char *key = request->headers[HEADER_IDEMPOTENCY_KEY];
	bool proves_itself = request->route->proves_itself;
	struct kl_hasher hasher;
	struct kl_hash name;

	kl_hasher_init(&hasher);
	add_line(&hasher, "klero request");
	if (!proves_itself)
		add_line(&hasher, request->caller.account);
	if (!proves_itself && request->headers[HEADER_FOR])
		add_line(&hasher, request->headers[HEADER_FOR]);
	add_route(&hasher, request);
	if (!request->route->forgets)
		add_body(&hasher, request);
	act->digest = kl_hasher_end(&hasher);
	act->keeps = !request->route->forgets && (proves_itself || key);
	kl_hasher_init(&hasher);
	add_line(&hasher, "klero act");
	if (proves_itself) {
		kl_hasher_add(&hasher, act->digest.bytes, KL_HASH_SIZE);
	} else {
		add_line(&hasher, request->caller.account);
		add_line(&hasher, key);
		if (!act->keeps)
			kl_hasher_add(&hasher, act->seed, sizeof(act->seed));
	}
	name = kl_hasher_end(&hasher);
	memcpy(act->event_id.bytes, name.bytes, sizeof(act->event_id.bytes));
}

/* --- rows ----------------------------------------------------------------- */

static const struct db_statement *statement_for(size_t count, size_t *places)
{
	static const struct {
		size_t places;
		const struct db_statement *statement;
	} finds[] = { { 4, &find_4 }, { 32, &find_32 }, { 256, &find_256 } };
	size_t i = 0;

	while (finds[i].places < count)
		i++;
	*places = finds[i].places;
	return finds[i].statement;
}

enum error idempotency_find(struct db *db, const struct kl_event_id ids[],
    size_t count, struct answer answers[static IDEMPOTENCY_MAX], size_t *found)
{
	struct db_in in[IDEMPOTENCY_MAX];
	const struct db_statement *statement;
	struct answer row = { 0 };
	size_t places;

	*found = 0;
	if (count == 0)
		return ERR_OK;
	assert(count <= IDEMPOTENCY_MAX);
	statement = statement_for(count, &places);
	/* What is left over asks for the first again. */
	for (size_t i = 0; i < places; i++)
		in[i] =
		    db_bytes(ids[i < count ? i : 0].bytes, KL_EVENT_ID_SIZE);
	db_query(db, statement, in, places,
	    DB_OUT(db_to_bytes(row.event_id.bytes, KL_EVENT_ID_SIZE),
		db_to_bytes(row.digest.bytes, KL_HASH_SIZE),
		db_to_u64(&row.status), db_to_text(&row.content_type),
		db_to_text(&row.location), db_to_text(&row.etag),
		db_to_u64(&row.log_size), db_to_u64(&row.signs),
		db_to_blob(&row.reply),
		db_to_bytes(row.sealed.salt, KL_SALT_SIZE),
		db_to_text(&row.sealed.event)));
	while (db_next(db) && *found < IDEMPOTENCY_MAX) {
		answers[(*found)++] = row;
		row = (struct answer){ 0 };
	}
	return db_finish(db);
}

enum error idempotency_keep(struct request *request)
{
	const struct act *act = request->act;

	return act_insert(request, &answer_table,
	    DB_IN(db_bytes(act->event_id.bytes, KL_EVENT_ID_SIZE),
		db_bytes(act->digest.bytes, KL_HASH_SIZE),
		db_time(act->batch->at), db_u64(request->status),
		db_text(request->content_type), db_text(request->location),
		db_text(request->etag), db_u64(request->log_size),
		db_u64(act->signs),
		act->sealed.there ? db_u64(act->sealed.index) : db_null(),
		db_bytes(request->text, request->text_size)));
}

enum error idempotency_replay(
    struct request *request, const struct answer *answer)
{
	struct act *act = request->act;
	struct arena *arena = &request->arena;
	char *text;

	if (!kl_hash_equal(&answer->digest, &act->digest))
		return ERR_KEY_REUSED;
	text = malloc(answer->reply.size + 1);
	if (!text)
		abort();
	memcpy(text, answer->reply.bytes, answer->reply.size);
	text[answer->reply.size] = '\0';
	request_forget(request);
	request->content_type = arena_copy(arena, answer->content_type);
	request->location = arena_copy(arena, answer->location);
	request->etag = arena_copy(arena, answer->etag);
	request->log_size = answer->log_size;
	act->signs = answer->signs;
	act->sealed = answer->sealed;
	act->sealed.event = arena_copy(arena, answer->sealed.event);
	return request_reply_bytes(request, (unsigned)answer->status,
	    request->content_type, text, answer->reply.size);
}
