/* act_event.c -- the events of acts: leaves, seals, texts, receipts. */
#include "act_private.h"
#include "config.h"
#include "diary.h"
#include "kl_receipt.h"
#include "kl_text.h"

#include <string.h>

enum {
	EVENTS_FIRST = 64,
	/* A sealed event stands in `opened` as a string, whose quotes and
	 * backslashes are then doubled. */
	SEALED_SIZE_MAX = 32000,
	RECEIPT_SIZE_MAX = 1024,
};

static const struct act_table private_table = {
	{ "INSERT INTO event_private"
	  " (event_index, part, salt, event, opens_with)"
	  " VALUES (?, ?, ?, ?, ?)" },
	5,
	{ { 1, 2 } },
};

/* An entry that has the same text was there first. */
static const struct db_statement insert_text = {
	"INSERT INTO log_text (sha256, event_index, bytes)"
	" SELECT ?, ?, ? FROM DUAL WHERE NOT EXISTS"
	" (SELECT 1 FROM log_text WHERE sha256 = ?)",
};

static const struct db_statement select_sealed = {
	"SELECT event_index, salt, event FROM event_private p"
	" WHERE opens_with = ? AND event_index >= ? AND part = 'event'"
	" AND NOT EXISTS"
	" (SELECT 1 FROM log_entry WHERE kind = 'opened' AND subject ="
	" CAST(p.event_index AS CHAR) COLLATE utf8mb4_nopad_bin)"
	" ORDER BY event_index LIMIT ?",
};

const struct db_statement *const act_event_statements[] = {
	&private_table.insert,
	&insert_text,
	&select_sealed,
	NULL,
};

/* --- leaves --------------------------------------------------------------- */

static struct kl_event_id id_from(
    const char *label, const void *secret, size_t size, uint32_t number)
{
	const uint8_t bytes[] = { (uint8_t)(number >> 24),
		(uint8_t)(number >> 16), (uint8_t)(number >> 8),
		(uint8_t)number };
	struct kl_hasher hasher;
	struct kl_event_id id;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, label);
	kl_hasher_add(&hasher, secret, size);
	kl_hasher_add(&hasher, bytes, sizeof(bytes));
	hash = kl_hasher_end(&hasher);
	memcpy(id.bytes, hash.bytes, sizeof(id.bytes));
	return id;
}

/*
 * The first event has the act's own id, the others are made from it. That of
 * a sealed one comes from what nobody knows: H(account, key) would tell who
 * sealed it to whoever guesses the key.
 */
static struct kl_event_id next_event_id(struct act *act, bool sealed)
{
	uint32_t number = act->event_count++;

	if (sealed)
		return id_from("klero sealed event\n", act->seed,
		    sizeof(act->seed), number);
	if (number == 0)
		return act->event_id;
	return id_from("klero event\n", act->event_id.bytes,
	    sizeof(act->event_id.bytes), number);
}

static struct batch_event *next_event(struct batch *batch)
{
	if (batch->event_count == batch->event_capacity) {
		size_t more = batch->event_capacity ? 2 * batch->event_capacity
						    : EVENTS_FIRST;
		struct batch_event *events =
		    arena_alloc(&batch->arena, more * sizeof(*events));

		if (batch->event_count > 0)
			memcpy(events, batch->events,
			    batch->event_count * sizeof(*events));
		batch->events = events;
		batch->event_capacity = more;
	}
	return &batch->events[batch->event_count++];
}

static struct batch_event *record(struct batch *batch,
    const struct kl_event_id *id, const char *kind, const char *subject,
    const struct kl_buf *leaf)
{
	struct batch_event *event = next_event(batch);

	*event = (struct batch_event){
		.id = *id,
		.leaf = kl_leaf_hash(leaf->data, leaf->size),
		.bytes = (const uint8_t *)arena_text(
		    &batch->arena, (const char *)leaf->data, leaf->size),
		.size = leaf->size,
		.kind = kind,
		.subject = arena_copy(&batch->arena, subject),
	};
	return event;
}

static enum error keep_event(struct request *request, uint64_t index,
    const uint8_t *salt, const struct kl_buf *event, const char *opens_with)
{
	return act_insert(request, &private_table,
	    DB_IN(db_u64(index), db_text("event"), db_bytes(salt, KL_SALT_SIZE),
		db_bytes(event->data, event->size), db_text(opens_with)));
}

enum error act_keep_salt(struct request *request, uint64_t index,
    const uint8_t salt[static KL_SALT_SIZE])
{
	return act_insert(request, &private_table,
	    DB_IN(db_u64(index), db_text("members"),
		db_bytes(salt, KL_SALT_SIZE), db_null(), db_null()));
}

/* The leaf shows a digest; the event itself is kept until it is opened. */
static enum error seal(struct request *request, const struct kl_leaf *leaf,
    const struct kl_buf *event, uint64_t index, const char *opens_with)
{
	struct batch *batch = request->act->batch;
	struct kl_buf sealed = KL_BUF(KL_LEAF_SIZE_MAX);
	uint8_t *salt = arena_alloc(&batch->arena, KL_SALT_SIZE);
	char id[KL_EVENT_ID_HEX];
	struct batch_event *recorded;
	struct kl_hash digest;
	enum error error;

	if (event->size > SEALED_SIZE_MAX)
		return ERR_TOO_LARGE;
	kl_hex(leaf->id.bytes, sizeof(leaf->id.bytes), id);
	act_random(
	    request, arena_format(&request->arena, "event %s", id), salt);
	digest = kl_leaf_seal(salt, event->data, event->size);
	error = error_of_lib(
	    kl_leaf_write_sealed(&sealed, leaf->at, &leaf->id, &digest));
	if (!error) {
		recorded = record(batch, &leaf->id, "sealed", "-", &sealed);
		recorded->salt = salt;
		recorded->event = arena_text(
		    &batch->arena, (const char *)event->data, event->size);
	}
	kl_buf_clear(&sealed);
	if (error)
		return error;
	return keep_event(request, index, salt, event, opens_with);
}

/* The route let the caller in; this is a second wall behind it. */
static bool may_it(const struct event_info *info, unsigned role)
{
	if (info->who == ROLE_ANYONE || (info->who & role))
		return true;
	diary_write("event_forbidden", "{s:s, s:s}", "kind", info->name, "role",
	    role_name(role));
	return false;
}

/* The leaf has no place for who has done it, so that of somebody who acts for
 * another stands in the data. */
static enum error add_delegate(
    const struct caller *caller, bool by_itself, json_t *data)
{
	if (!caller->delegation || by_itself)
		return ERR_OK;
	if (!data)
		return ERR_INTERNAL; /* act.c makes an object then */
	return json_object_set_new(data, "by",
		   json_pack("{s:s, s:s}", "account", caller->account,
		       "delegation", caller->delegation))
		   ? ERR_INTERNAL
		   : ERR_OK;
}

enum error act_write_event(struct request *request, enum event event,
    const char *subject, uint64_t seq, struct event_data data,
    const char *opens_with, uint64_t *index)
{
	const struct event_info *info = event_info(event);
	struct act *act = request->act;
	struct batch *batch = act->batch;
	const struct caller *caller = &request->caller;
	enum role role = act->by_itself ? ROLE_SERVICE : caller->role;
	struct kl_buf bytes = KL_BUF(KL_LEAF_SIZE_MAX);
	struct kl_leaf leaf = { batch->at, caller->organisation,
		role_name(role), data.object, next_event_id(act, info->sealed),
		info->name, subject, seq };
	enum error error;

	if (!may_it(info, role))
		return ERR_FORBIDDEN;
	error = add_delegate(caller, act->by_itself, (json_t *)data.object);
	if (error)
		return error;
	if (role == ROLE_SERVICE)
		leaf.organisation = SERVICE_ORGANISATION;
	else if (!leaf.organisation)
		leaf.organisation = "-";
	*index = batch->tree->size + batch->event_count;
	error =
	    error_of_lib(data.object ? kl_leaf_write(&bytes, &leaf)
				     : kl_leaf_write_bytes(&bytes, &leaf,
					   data.text->data, data.text->size));
	if (!error && info->sealed)
		error = seal(request, &leaf, &bytes, *index, opens_with);
	else if (!error)
		record(batch, &leaf.id, info->name, subject, &bytes);
	kl_buf_clear(&bytes);
	return error;
}

enum error act_event(struct request *request, enum event event,
    const char *subject, uint64_t seq, json_t *data, uint64_t *index)
{
	json_auto_t *owned = data;
	uint64_t ignored;

	if (!owned)
		return ERR_INTERNAL;
	return act_write_event(request, event, subject, seq,
	    (struct event_data){ owned, NULL }, NULL, index ? index : &ignored);
}

void act_by_itself(struct request *request)
{
	request->act->by_itself = true;
}

/* --- texts ---------------------------------------------------------------- */

static enum error store_text(struct request *request,
    const struct kl_hash *hash, const char *text, size_t size)
{
	struct batch *batch = request->act->batch;
	struct db_in digest = db_bytes(hash->bytes, KL_HASH_SIZE);
	enum error error = act_direct(request);

	if (error)
		return error;
	error = db_exec(batch->db, &insert_text,
	    DB_IN(digest, db_u64(batch->tree->size + batch->event_count),
		db_bytes(text, size), digest),
	    NULL);
	return act_of_database(batch, error);
}

enum error act_text(
    struct request *request, json_t *data, const char *text, size_t size)
{
	struct kl_hash hash;
	char hex[KL_HASH_HEX];

	if (size <= KL_LEAF_TEXT_MAX)
		return json_object_set_new(
			   data, "text", json_stringn(text, size))
			   ? ERR_INTERNAL
			   : ERR_OK;
	if (size > ACT_TEXT_MAX)
		return ERR_TOO_LARGE;
	hash = kl_hash_of(text, size);
	kl_hash_hex(&hash, hex);
	if (json_object_set_new(data, "digest", json_string(hex)) ||
	    json_object_set_new(data, "size", json_integer((json_int_t)size)))
		return ERR_INTERNAL;
	return store_text(request, &hash, text, size);
}

enum error act_text_beside(
    struct request *request, const char *text, size_t size)
{
	struct kl_hash hash = kl_hash_of(text, size);

	return size > ACT_TEXT_MAX ? ERR_TOO_LARGE
				   : store_text(request, &hash, text, size);
}

/* --- opening -------------------------------------------------------------- */

static enum error open_one(struct request *request, const char *subject,
    const uint8_t *salt, const struct db_blob *event)
{
	char hex[2 * KL_SALT_SIZE + 1];
	json_t *data;

	kl_hex(salt, KL_SALT_SIZE, hex);
	data = json_pack("{s:o, s:s}", "event",
	    json_stringn((const char *)event->bytes, event->size), "salt", hex);
	return act_event(request, EVENT_OPENED, subject, 1, data, NULL);
}

/* By an act before this one, in this batch: no row tells yet. */
static bool was_opened_just_now(const struct act *act, const char *subject)
{
	const struct batch *batch = act->batch;
	const char *opened = event_info(EVENT_OPENED)->name;

	for (size_t i = 0; i < act->event_mark; i++)
		if (strcmp(batch->events[i].kind, opened) == 0 &&
		    strcmp(batch->events[i].subject, subject) == 0)
			return true;
	return false;
}

enum error act_open(struct request *request, const char *opens_with,
    uint64_t from, uint64_t most, uint64_t *opened, uint64_t *next)
{
	struct batch *batch = request->act->batch;
	enum error error = act_direct(request), end;
	uint64_t index, count = 0, left = 0;
	uint8_t salt[KL_SALT_SIZE];
	struct db_blob event;

	if (error)
		return error;
	db_query(batch->db, &select_sealed,
	    DB_IN(db_text(opens_with), db_u64(from), db_u64(most + 1)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(salt, sizeof(salt)),
		db_to_blob(&event)));
	while (!error && db_next(batch->db)) {
		const char *subject = request_number(request, index);

		if (was_opened_just_now(request->act, subject))
			continue;
		if (count == most) {
			left = index;
			continue;
		}
		error = open_one(request, subject, salt, &event);
		count++;
	}
	end = act_of_database(batch, db_finish(batch->db));
	if (!error)
		error = end;
	if (error)
		return error;
	*opened = count;
	*next = left;
	return ERR_OK;
}

/* --- receipts ------------------------------------------------------------- */

static enum error write_receipt(
    struct request *request, const struct batch_event *event, uint64_t index)
{
	struct act *act = request->act;
	const struct batch *batch = act->batch;
	const struct config *config = batch->config;
	struct kl_receipt receipt = {
		.origin = { config->log_origin, strlen(config->log_origin) },
		.event = event->id,
		.index = (int64_t)index,
		.leaf = event->leaf,
		.by = batch->at + (int64_t)config->merge_delay_s,
	};
	struct kl_buf text = KL_BUF(RECEIPT_SIZE_MAX);
	enum error error = error_of_lib(kl_receipt_write(&receipt, &text));

	if (!error)
		act->receipt = arena_text(
		    &request->arena, (const char *)text.data, text.size);
	kl_buf_clear(&text);
	return error;
}

static void keep_sealed(
    struct request *request, const struct batch_event *event, uint64_t index)
{
	struct sealed *sealed = &request->act->sealed;

	if (!event->salt)
		return;
	sealed->there = true;
	sealed->index = index;
	memcpy(sealed->salt, event->salt, KL_SALT_SIZE);
	sealed->event = arena_copy(&request->arena, event->event);
}

enum error act_receipt(struct request *request, uint64_t index)
{
	struct act *act = request->act;
	struct batch *batch = act->batch;
	const struct batch_event *event;
	enum error error;

	if (index < batch->tree->size + act->event_mark ||
	    index >= batch->tree->size + batch->event_count)
		return ERR_INTERNAL;
	event = &batch->events[index - batch->tree->size];
	error = write_receipt(request, event, index);
	if (error)
		return error;
	keep_sealed(request, event, index);
	act->signs = true;
	return ERR_OK;
}
