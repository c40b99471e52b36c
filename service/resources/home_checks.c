/* home_checks.c -- form checks, as the log tells them, remembered. */
#include "home.h"

#include "kl_time.h"
#include "route.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct db_statement select_steps = {
	"SELECT idx, kind, bytes FROM log_entry FORCE INDEX (by_kind)"
	" WHERE kind IN ('registration.deemed', 'registration.overdue',"
	" 'registration.passed', 'registration.rejected',"
	" 'registration.returned') AND idx >= ? AND idx < ? ORDER BY idx",
};

static const struct {
	const char *kind;
	enum kl_form_step step;
} steps[] = {
	{ "registration.overdue", KL_FORM_OVERDUE },
	{ "registration.deemed", KL_FORM_DEEMED },
};

/* The log only grows, and what is committed stays: what was read is so for
 * ever. Of what is read here each snapshot takes what it knows of. */
static struct {
	pthread_mutex_t lock;
	struct kl_form_event *list;
	size_t count, capacity;
	uint64_t size; /* entries that were read */
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static enum kl_form_step step_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (strcmp(kind, steps[i].kind) == 0)
			return steps[i].step;
	return KL_FORM_DECIDED;
}

static int64_t time_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	int64_t time = 0;

	return text && !kl_time_read(text, strlen(text), &time) ? time : 0;
}

static struct kl_form_event *next_event(void)
{
	enum { FIRST = 256 };

	if (seen.count == seen.capacity) {
		seen.capacity = seen.capacity ? 2 * seen.capacity : FIRST;
		seen.list =
		    realloc(seen.list, seen.capacity * sizeof(*seen.list));
		if (!seen.list)
			abort();
	}
	return &seen.list[seen.count++];
}

/* What was never submitted was not checked. */
static enum error remember(
    uint64_t index, const char *kind, const struct db_blob *bytes)
{
	json_auto_t *leaf =
	    json_loadb((const char *)bytes->bytes, bytes->size, 0, NULL);
	const json_t *data = json_object_get(leaf, "data");
	const char *subject =
	    json_string_value(json_object_get(leaf, "subject"));
	json_int_t round = json_integer_value(json_object_get(data, "round"));
	struct kl_form_event *event;
	char *id;

	if (!subject)
		return ERR_INTERNAL;
	if (round == 0)
		return ERR_OK;
	id = strdup(subject);
	if (!id)
		abort();
	event = next_event();
	*event =
	    (struct kl_form_event){ id, (uint64_t)round, index, step_of(kind),
		    time_of(leaf, "at") - time_of(data, "submitted_at") };
	return ERR_OK;
}

static enum error read_more(struct request *request, uint64_t size)
{
	size_t before = seen.count;
	struct db_blob bytes;
	const char *kind;
	uint64_t index;
	enum error error = ERR_OK, end;

	db_query(request->db, &select_steps,
	    DB_IN(db_u64(seen.size), db_u64(size)),
	    DB_OUT(db_to_u64(&index), db_to_text(&kind), db_to_blob(&bytes)));
	while (!error && db_next(request->db))
		error = remember(index, kind, &bytes);
	end = db_finish(request->db);
	error = error ? error : end;
	while (error && seen.count > before)
		free((char *)seen.list[--seen.count].registration);
	if (!error)
		seen.size = size;
	return error;
}

enum error home_form_checks(
    struct request *request, uint64_t size, struct kl_form_checks *checks)
{
	enum error error = ERR_OK;

	pthread_mutex_lock(&seen.lock);
	if (size > seen.size)
		error = read_more(request, size);
	if (!error)
		error = error_of_lib(
		    kl_form_checks(seen.list, seen.count, size, checks));
	pthread_mutex_unlock(&seen.lock);
	return error;
}

static const struct db_statement *const reads[] = { &select_steps, NULL };

const struct resource home_checks_resource = { .reads = reads };
