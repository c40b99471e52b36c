/*
 * verbs.h -- what acts of tests do: the body of a request is a verb of the
 * table below, a space, and a word for it.
 */
#ifndef VERBS_H
#define VERBS_H

#include "unit.h"

#include "accounts.h"
#include "act_private.h"
#include "organisations.h"
#include "route.h"
#include "signups.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

static sem_t verb_gate;   /* an act `wait` stands before it */
static sem_t verb_inside; /* and says so here */

static inline enum error add(struct request *request, const char *id)
{
	struct organisation row = { .object = { .id = id }, .name = id };
	enum error error = act_add(request, &organisation_kind, &row,
	    EVENT_ORGANISATION_ENROLLED, NULL, NULL);

	return error ? error
		     : request_reply(request, 201,
			   kind_json(&organisation_kind, &row, false));
}

static inline enum error add_and_refuse(struct request *request, const char *id)
{
	enum error error = add(request, id);

	return error ? error
		     : request_fail(request, ERR_STATE, "不行", "no", NULL);
}

static inline enum error send_and_refuse(
    struct request *request, const char *id)
{
	enum error error = add(request, id);

	if (!error)
		error = act_direct(request);
	return error ? error : ERR_STATE;
}

static inline enum error account(struct request *request, const char *id)
{
	struct kl_hash hash = kl_hash_of(id, 1); /* few of them: UNIQUE */
	char hex[KL_HASH_HEX];
	struct account row = { .object = { .id = id },
		.organisation = "org",
		.role = "owner",
		.key_hash = hex };
	enum error error;

	kl_hash_hex(&hash, hex);
	error = act_add(
	    request, &account_kind, &row, EVENT_ACCOUNT_CREATED, NULL, NULL);
	return error
		   ? error
		   : request_reply(request, 201, json_pack("{s:s}", "id", id));
}

static inline enum error revoke_it(struct request *request, const char *id)
{
	const void *found;
	struct account *row;
	enum error error = act_find(request, &account_kind, id, &found);

	if (error)
		return error;
	row = kind_copy(&account_kind, found, &request->arena);
	error = act_change(
	    request, &account_kind, row, EVENT_ACCOUNT_REVOKED, NULL, NULL);
	return error
		   ? error
		   : request_reply(request, 200, json_pack("{s:s}", "id", id));
}

static inline enum error sign_up(struct request *request, const char *id)
{
	struct signup row = { .object = { .id = id },
		.notice = "notice",
		.institution = id,
		.name = id,
		.signed_at = act_at(request) };
	json_t *reply;
	enum error error = act_add(
	    request, &signup_kind, &row, EVENT_SIGNUP_MADE, NULL, "notice");

	if (error)
		return error;
	reply = json_pack("{s:s}", "id", id);
	error = act_receipt(request, row.object.event_index);
	if (error)
		json_decref(reply);
	return error ? error : request_reply(request, 201, reply);
}

static inline enum error open_all(struct request *request, const char *notice)
{
	uint64_t count = 0, next = 0;
	enum error error;

	act_by_itself(request);
	error = act_open(request, notice, 0, UINT32_MAX, &count, &next);
	return error ? error
		     : request_reply(request, 200,
			   json_pack("{s:I}", "opened", (json_int_t)count));
}

/* A sign-up in the box `box`, of as many `letter`s as `id` says. */
static inline enum error seal_letters(
    struct request *request, const char *id, char letter)
{
	size_t size = strtoul(id, NULL, 10);
	char *text = arena_alloc(&request->arena, size + 1);
	json_auto_t *data = NULL;
	uint64_t index;
	enum error error;

	memset(text, letter, size);
	data = json_pack("{s:s}", "x", text);
	error = act_write_event(request, EVENT_SIGNUP_MADE, "s", 1,
	    (struct event_data){ data, NULL }, "box", &index);
	return error ? error : request_reply(request, 200, json_object());
}

static inline enum error seal_x(struct request *request, const char *id)
{
	return seal_letters(request, id, 'x');
}

static inline enum error seal_quotes(struct request *request, const char *id)
{
	return seal_letters(request, id, '"');
}

/* An event that is the service's, of somebody who is not. */
static inline enum error forge(struct request *request, const char *id)
{
	return act_event(request, EVENT_OPENED, id, 1, json_object(), NULL);
}

/* `id` and a text of as many bytes as it says, all `x`. */
static inline enum error text(struct request *request, const char *id)
{
	size_t size = strtoul(id, NULL, 10);
	char *bytes = arena_alloc(&request->arena, size + 1);
	json_t *data = json_object();
	enum error error;

	memset(bytes, 'x', size);
	act_by_itself(request);
	error = act_text(request, data, bytes, size);
	if (error) {
		json_decref(data);
		return error;
	}
	error = act_event(request, EVENT_DRAW_DRAFTED, id, 1, data, NULL);
	return error
		   ? error
		   : request_reply(request, 200, json_pack("{s:s}", "id", id));
}

/* "KIND:SUBJECT:SECONDS from now" */
static inline enum error make_due(struct request *request, const char *what)
{
	char kind[64], subject[64];
	long seconds_on;
	enum error error;

	if (sscanf(what, "%63[^:]:%63[^:]:%ld", kind, subject, &seconds_on) !=
	    3)
		return ERR_INVALID;
	error =
	    act_due(request, kind, subject, 1, act_at(request) + seconds_on);
	return error ? error : request_reply(request, 200, json_pack("{}"));
}

/* The database refuses its answer: the column is too short. */
static inline enum error add_too_long(struct request *request, const char *id)
{
	char *location = arena_alloc(&request->arena, 3000);

	memset(location, 'x', 2999);
	request->location = location;
	return add(request, id);
}

static inline enum error tell_time(struct request *request, const char *id)
{
	(void)id;
	return request_reply(request, 200,
	    json_pack("{s:I}", "at", (json_int_t)act_at(request)));
}

static inline enum error wait_at_gate(struct request *request, const char *id)
{
	sem_post(&verb_inside);
	sem_wait(&verb_gate);
	return tell_time(request, id);
}

/* Stale as often as `times` says, each time after it has done something. */
static inline enum error be_stale(struct request *request, const char *times)
{
	enum error error = add(request, "stale");

	if (!error && request->stale < strtoul(times, NULL, 10))
		return ERR_STALE;
	return error;
}

/* As many events as `count` says, in one act. */
static inline enum error write_many(struct request *request, const char *count)
{
	enum error error = ERR_OK;

	for (unsigned long i = strtoul(count, NULL, 10); !error && i > 0; i--)
		error = act_event(request, EVENT_ORGANISATION_ENROLLED, "many",
		    i, json_object(), NULL);
	return error ? error : request_reply(request, 200, json_object());
}

static const struct verb {
	const char *name;
	enum error (*run)(struct request *request, const char *id);
	enum role role;
} verbs[] = {
	{ "add", add, ROLE_ADMIN },
	{ "add-refuse", add_and_refuse, ROLE_ADMIN },
	{ "send-refuse", send_and_refuse, ROLE_ADMIN },
	{ "add-long", add_too_long, ROLE_ADMIN },
	{ "account", account, ROLE_ADMIN },
	{ "revoke", revoke_it, ROLE_ADMIN },
	{ "sign", sign_up, ROLE_INSTITUTION },
	{ "open", open_all, ROLE_ADMIN },
	{ "seal", seal_x, ROLE_INSTITUTION },
	{ "seal-quotes", seal_quotes, ROLE_INSTITUTION },
	{ "forge", forge, ROLE_ADMIN },
	{ "text", text, ROLE_ADMIN },
	{ "due", make_due, ROLE_ADMIN },
	{ "stale", be_stale, ROLE_ADMIN },
	{ "many", write_many, ROLE_ADMIN },
	{ "time", tell_time, ROLE_ADMIN },
	{ "wait", wait_at_gate, ROLE_ADMIN },
};

static inline const struct verb *verb_of(const char *body)
{
	size_t size = strcspn(body, " ");

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strlen(verbs[i].name) == size &&
		    memcmp(verbs[i].name, body, size) == 0)
			return &verbs[i];
	fail_msg("no verb in %s", body);
	return NULL;
}

static inline enum error do_verb(struct request *request)
{
	const char *body = request->body_text;

	return verb_of(body)->run(request, strchr(body, ' ') + 1);
}

static const struct route people_route = {
	.method = "POST", .path = "/test", .handle = do_verb, .class = ROUTE_ACT
};

#endif
