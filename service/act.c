#include "act.h"

#include "act_private.h"
#include "config.h"
#include "due.h"

#include <assert.h>
#include <string.h>

static const struct act_table due_table = {
	{ "INSERT INTO due (kind, subject, seq, at, try_at)"
	  " VALUES (?, ?, ?, ?, ?)" },
	5,
	{ { 1, 2, 3 } },
};

static const struct db_statement due_again = {
	"UPDATE due SET state = 'waiting', failures = 0, try_at = ?"
	" WHERE kind = ? AND subject = ? AND seq = ? AND state = 'parked'",
};

const struct db_statement *const act_statements[] = {
	&due_table.insert,
	&due_again,
	NULL,
};

int64_t act_at(const struct request *request)
{
	return request->act->batch->at;
}

void act_random(
    const struct request *request, const char *label, uint8_t bytes[static 32])
{
	const struct act *act = request->act;
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, act->seed, sizeof(act->seed));
	kl_hasher_add_text(&hasher, label);
	hash = kl_hasher_end(&hasher);
	memcpy(bytes, hash.bytes, sizeof(hash.bytes));
}

/* From the event's id, so that a replay in another database agrees. */
const char *act_new_id(struct request *request, const char *label)
{
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero object\n");
	kl_hasher_add(&hasher, request->act->event_id.bytes,
	    sizeof(request->act->event_id.bytes));
	kl_hasher_add_text(&hasher, label);
	hash = kl_hasher_end(&hasher);
	return arena_hex(&request->arena, hash.bytes, KL_EVENT_ID_SIZE);
}

/* --- the act as a whole --------------------------------------------------- */

void batch_begin_act(struct batch *batch, struct act *act)
{
	act->batch = batch;
	act->event_count = 0;
	act->by_itself = false;
	act->saved = false;
	act->signs = false;
	act->receipt = NULL;
	act->sealed = (struct sealed){ 0 };
	stage_mark(&batch->stage, &act->stage_mark);
	act->memory_mark = memory_mark(batch->memory);
	act->event_mark = batch->event_count;
	act->shows_mark = batch->shows;
}

enum error batch_undo_act(struct batch *batch, struct act *act)
{
	if (batch->failure)
		return batch->failure;
	if (act->saved)
		batch->failure = db_roll_back_to_savepoint(batch->db);
	stage_undo(&batch->stage, &act->stage_mark);
	memory_undo(batch->memory, act->memory_mark);
	batch->event_count = act->event_mark;
	batch->shows = act->shows_mark;
	return batch->failure;
}

/* A failure of the database is the batch's; a refusal is the act's. */
enum error act_of_database(struct batch *batch, enum error error)
{
	if (error == ERR_BUSY || error == ERR_DATABASE ||
	    error == ERR_UNKNOWN_OUTCOME)
		batch->failure = error;
	return error;
}

/* Of gathered rows nobody knows whose the conflict is: the batch is run again
 * with nothing gathered. */
static enum error send(struct batch *batch, const struct stage_mark *mark)
{
	enum error error = stage_send(&batch->stage, batch->db, mark);

	if (error == ERR_CONFLICT && batch->staging)
		batch->failure = error;
	return act_of_database(batch, error);
}

enum error act_direct(struct request *request)
{
	struct act *act = request->act;
	struct batch *batch = act->batch;
	enum error error = batch->failure;

	if (!error && !act->saved) {
		error = send(batch, &act->stage_mark);
		if (!error)
			error = act_of_database(batch, db_savepoint(batch->db));
		act->saved = !error;
	}
	return error ? error : send(batch, NULL);
}

enum error act_execute(struct request *request,
    const struct db_statement *statement, const struct db_in *in,
    size_t in_count, uint64_t rows)
{
	struct batch *batch = request->act->batch;
	uint64_t affected = 0;
	enum error error = act_direct(request);

	if (!error)
		error = act_of_database(batch,
		    db_exec(batch->db, statement, in, in_count, &affected));
	if (!error && affected != rows)
		return ERR_CONFLICT;
	return error;
}

enum error act_insert(struct request *request, const struct act_table *table,
    const struct db_in *in, size_t in_count)
{
	struct batch *batch = request->act->batch;
	enum error error;

	if (batch->failure)
		return batch->failure;
	error = stage_add(&batch->stage, table, in, in_count);
	if (!error && !batch->staging)
		error = act_direct(request);
	return error;
}

/* --- objects -------------------------------------------------------------- */

static enum error load(struct request *request, const struct kind *kind,
    const char *id, const void **row)
{
	struct batch *batch = request->act->batch;
	struct db_out out[MEMBERS_MAX];
	void *loaded = kind_make(kind, &batch->arena);
	size_t count = kind_fetch(kind, loaded, out);
	enum error error = act_direct(request);

	if (error)
		return error;
	db_use(batch->db, &batch->arena);
	error = db_row(batch->db, kind->select, DB_IN(db_text(id)), out, count);
	db_use(batch->db, &request->arena);
	if (error)
		return act_of_database(batch, error);
	memory_put(batch->memory, &batch->arena, kind,
	    ((struct object *)loaded)->id, loaded);
	*row = loaded;
	return ERR_OK;
}

enum error act_find_in_memory(struct request *request, const struct kind *kind,
    const char *id, const void **row)
{
	const void *found = memory_find(request->act->batch->memory, kind, id);

	if (!found)
		return ERR_NOT_FOUND;
	*row = found;
	return ERR_OK;
}

enum error act_find(struct request *request, const struct kind *kind,
    const char *id, const void **row)
{
	if (!act_find_in_memory(request, kind, id, row))
		return ERR_OK;
	return load(request, kind, id, row);
}

enum error batch_load(struct batch *batch, const struct kind *kind,
    const char *const ids[], size_t count)
{
	void *row = kind_make(kind, &batch->arena);
	struct db_in in[KIND_MANY];
	struct db_out out[MEMBERS_MAX];
	size_t out_count = kind_fetch(kind, row, out), wanted = 0;

	assert(count <= KIND_MANY);
	for (size_t i = 0; i < count; i++)
		if (!memory_find(batch->memory, kind, ids[i]))
			in[wanted++] = db_text(ids[i]);
	if (wanted == 0)
		return ERR_OK;
	/* What is left over asks for the first again. */
	for (size_t i = wanted; i < KIND_MANY; i++)
		in[i] = in[0];
	db_query(batch->db, kind->select_many, in, KIND_MANY, out, out_count);
	while (db_next(batch->db)) {
		const struct object *copy = kind_copy(kind, row, &batch->arena);

		memory_put(batch->memory, &batch->arena, kind, copy->id, copy);
	}
	return act_of_database(batch, db_finish(batch->db));
}

void act_remember(
    struct request *request, const struct kind *kind, const void *row)
{
	struct batch *batch = request->act->batch;
	const struct object *copy = kind_copy(kind, row, &batch->arena);

	memory_put(batch->memory, &batch->arena, kind, copy->id, copy);
}

/* The event of `row`, after which it is what it says. */
static enum error tell(struct request *request, const struct kind *kind,
    struct object *row, enum event event, json_t *data, const char *opens_with)
{
	const struct event_info *info = event_info(event);
	bool private = kind_has_private(kind) && !data;
	uint8_t salt[KL_SALT_SIZE];
	struct kl_buf text = KL_BUF(KL_LEAF_SIZE_MAX);
	json_auto_t *owned = data;
	enum error error;

	if (*info->to)
		row->state = info->to;
	row->seq++;
	if (private)
		act_random(request,
		    arena_format(
			&request->arena, "members %s %s", info->name, row->id),
		    salt);
	if (!owned &&
	    (request->caller.delegation ||
		!kind_write_event(&text, kind, row, private ? salt : NULL)))
		owned = kind_event_data(kind, row, private ? salt : NULL);
	error = error_of_lib(kl_buf_result(&text));
	if (!error)
		error = act_write_event(request, event, row->id, row->seq,
		    (struct event_data){ owned, &text }, opens_with,
		    &row->event_index);
	kl_buf_clear(&text);
	if (!error && private)
		error = act_keep_salt(request, row->event_index, salt);
	if (!error) {
		act_remember(request, kind, row);
		act_shows(request, info->sealed ? 0 : kind->shown);
	}
	return error;
}

enum error act_add(struct request *request, const struct kind *kind, void *row,
    enum event event, json_t *data, const char *opens_with)
{
	struct object *object = row;
	struct db_in in[MEMBERS_MAX];
	const void *there;
	enum error error;

	if (!event_allowed(event, NULL)) {
		json_decref(data);
		return ERR_STATE;
	}
	if (!act_find_in_memory(request, kind, object->id, &there)) {
		json_decref(data);
		return ERR_EXISTS;
	}
	object->seq = 0;
	error = tell(request, kind, object, event, data, opens_with);
	if (error)
		return error;
	error = act_insert(request, kind->rows, in, kind_bind(kind, row, in));
	return error == ERR_CONFLICT ? ERR_EXISTS : error;
}

enum error act_change(struct request *request, const struct kind *kind,
    void *row, enum event event, json_t *data, const char *opens_with)
{
	struct object *object = row;
	struct db_in in[MEMBERS_MAX + 2];
	uint64_t seq = object->seq;
	enum error error;
	size_t count;

	if (!event_allowed(event, object->state)) {
		json_decref(data);
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", object->state, NULL);
	}
	error = tell(request, kind, object, event, data, opens_with);
	if (error)
		return error;
	count = kind_bind(kind, row, in);
	/* state … members, then id and the seq it had. */
	memmove(in, in + 1, (count - 1) * sizeof(*in));
	in[count - 1] = db_text(object->id);
	in[count] = db_u64(seq);
	return act_execute(request, kind->update, in, count + 1, 1);
}

void act_shows(struct request *request, unsigned collections)
{
	request->act->batch->shows |= collections;
}

enum error act_due(struct request *request, const char *due,
    const char *subject, uint64_t seq, int64_t at)
{
	request->act->batch->due_changed = true;
	return act_insert(request, &due_table,
	    DB_IN(db_text(due), db_text(subject), db_u64(seq), db_time(at),
		db_time(at)));
}

enum error act_due_again(
    struct request *request, const char *due, const char *subject, uint64_t seq)
{
	request->act->batch->due_changed = true;
	return act_execute(request, &due_again,
	    DB_IN(db_time(act_at(request)), db_text(due), db_text(subject),
		db_u64(seq)),
	    1);
}

uint64_t act_due_seq(const struct request *request)
{
	return request->act->due->seq;
}

uint64_t act_calendar_alarm_days(const struct request *request)
{
	return request->act->batch->config->calendar_alarm_days;
}

uint64_t act_piece(const struct request *request)
{
	return request->act->batch->config->opening_piece;
}
