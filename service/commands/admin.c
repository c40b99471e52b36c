/* admin.c -- klero admin: first organisations and accounts, and loading. */
#include "admin.h"

#include "approval_items.h"
#include "categories.h"
#include "command.h"
#include "fetch.h"
#include "file.h"
#include "kl_buf.h"
#include "kl_hash.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_S_MAX = 60,
	ANSWER_SIZE_MAX = 1 << 20,
	URL_SIZE_MAX = 1024,
	TOKEN_SIZE = 64,
	KEY_SIZE = 16,
	HEADER_SIZE_MAX = 256,
	SUCCESS = 300, /* of HTTP: below it */
};

/* --- one request ---------------------------------------------------------- */

/* False with `*why` when there was no whole answer. */
static bool exchange(const struct admin_site *site, const char *path,
    const char *body, const char *key, struct kl_buf *answer, long *status,
    const char **why)
{
	char url[URL_SIZE_MAX], name[HEADER_SIZE_MAX], bearer[HEADER_SIZE_MAX];
	const char *const headers[] = { "Content-Type: application/json",
		"Accept-Language: en", name, site->token ? bearer : NULL,
		NULL };
	const struct fetch_request request = { .url = url,
		.headers = headers,
		.body = body,
		.body_size = strlen(body),
		.timeout_s = ANSWER_S_MAX,
		.socket = site->socket };
	struct fetch *fetch = fetch_open();
	struct fetch_reply reply;
	bool answered;

	snprintf(url, sizeof(url), "%s%s",
	    site->socket ? "http://localhost" : site->url, path);
	snprintf(name, sizeof(name), "Idempotency-Key: %s", key);
	snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s",
	    site->token ? site->token : "");
	answered = fetch_ask(fetch, &request, &reply, answer);
	*status = reply.status;
	*why = fetch_fault(fetch);
	fetch_close(fetch);
	return answered;
}

static const char *word_of(const json_t *answer, const char *name)
{
	const char *word = json_string_value(json_object_get(answer, name));

	return word ? word : "";
}

/* A problem document, for people. */
static void tell_problem(const char *path, long http, const json_t *answer)
{
	const json_t *errors = json_object_get(answer, "errors");
	json_t *error;
	size_t i;

	fprintf(stderr, "admin: %s: %ld %s\n", path, http,
	    word_of(answer, "title"));
	if (*word_of(answer, "detail"))
		fprintf(stderr, "  %s\n", word_of(answer, "detail"));
	json_array_foreach (errors, i, error)
		fprintf(stderr, "  %s: %s\n", word_of(error, "pointer"),
		    word_of(error, "detail"));
}

static json_t *read_answer(
    const struct kl_buf *answer, const char *path, long http, int *status)
{
	json_t *json =
	    json_loadb((const char *)answer->data, answer->size, 0, NULL);

	*status = COMMAND_DONE;
	if (json && http < SUCCESS)
		return json;
	*status = json ? COMMAND_REFUSED : COMMAND_UNUSABLE;
	tell_problem(path, http, json);
	json_decref(json);
	return NULL;
}

json_t *admin_post(const struct admin_site *site, const char *path,
    json_t *body, const char *key, int *status)
{
	json_auto_t *owned = body;
	struct kl_buf answer = KL_BUF(ANSWER_SIZE_MAX);
	char *text = json_dumps(owned, JSON_COMPACT), fresh[2 * KEY_SIZE + 1];
	uint8_t bytes[KEY_SIZE];
	const char *why;
	json_t *json = NULL;
	long http;

	if (!text)
		abort();
	randombytes_buf(bytes, sizeof(bytes));
	kl_hex(bytes, sizeof(bytes), fresh);
	*status = COMMAND_UNUSABLE;
	if (exchange(site, path, text, key ? key : fresh, &answer, &http, &why))
		json = read_answer(&answer, path, http, status);
	else
		fprintf(stderr, "admin: %s: %s\n", path, why);
	free(text);
	kl_buf_clear(&answer);
	return json;
}

/* --- what can be done ----------------------------------------------------- */

/* POST, and print the id of what came of it. */
static int post(const struct admin_site *site, const char *path, json_t *body)
{
	int status;
	json_auto_t *answer = admin_post(site, path, body, NULL, &status);

	if (answer)
		printf("%s\n", word_of(answer, "id"));
	return status;
}

static int region(const struct admin_site *site, char *words[])
{
	return post(site, "/v1/regions",
	    json_pack("{s:s, s:s}", "code", words[0], "name", words[1]));
}

static int region_within(const struct admin_site *site, char *words[])
{
	return post(site, "/v1/regions",
	    json_pack("{s:s, s:s, s:s}", "code", words[0], "name", words[1],
		"parent", words[2]));
}

static int organisation(const struct admin_site *site, char *words[])
{
	return post(site, "/v1/organisations",
	    json_pack("{s:s, s:s}", "id", words[0], "name", words[1]));
}

static int account(const struct admin_site *site, char *words[])
{
	return post(site, "/v1/accounts",
	    json_pack("{s:s, s:s, s:s}", "organisation", words[0], "role",
		words[1], "key_hash", words[2]));
}

/* Prints the id of the account, and the code that its holder sets it up with.
 */
static int person(const struct admin_site *site, char *words[])
{
	int status;
	json_auto_t *answer = admin_post(site, "/v1/accounts",
	    json_pack("{s:s, s:s}", "organisation", words[0], "role", words[1]),
	    NULL, &status);
	const json_t *setup = json_object_get(answer, "setup");

	if (answer)
		printf("%s %s %s\n", word_of(answer, "id"),
		    word_of(setup, "code"), word_of(setup, "until"));
	return status;
}

static int revoke(const struct admin_site *site, char *words[])
{
	char path[URL_SIZE_MAX];

	if (strspn(words[0], "0123456789abcdef") != strlen(words[0]) ||
	    strlen(words[0]) > TOKEN_SIZE) {
		fprintf(stderr, "admin: an account's id is hex digits\n");
		return COMMAND_UNUSABLE;
	}
	snprintf(path, sizeof(path), "/v1/accounts/%s/revocation", words[0]);
	return post(site, path, json_object());
}

static int categories(const struct admin_site *site, char *words[])
{
	const struct admin_load load = { site, &category_kind,
		"/v1/categories" };

	return admin_load(&load, words[0]);
}

static int approval_items(const struct admin_site *site, char *words[])
{
	const struct admin_load load = { site, &approval_item_kind,
		"/v1/approval_items" };

	return admin_load(&load, words[0]);
}

static const struct act {
	const char *name;
	int word_count;
	int (*run)(const struct admin_site *site, char *words[]);
} acts[] = {
	{ "region", 2, region },
	{ "region", 3, region_within },
	{ "organisation", 2, organisation },
	{ "account", 3, account },
	{ "person", 2, person },
	{ "revoke", 1, revoke },
	{ "categories", 1, categories },
	{ "approval-items", 1, approval_items },
};

static const char usage[] =
    "usage: klero admin --socket PATH ACT\n"
    "       klero admin --url URL --key FILE ACT\n"
    "  region CODE NAME [PARENT]          a region, within another\n"
    "  organisation ID NAME               an organisation that takes part\n"
    "  account ORGANISATION ROLE KEY_HASH a role of it; klero keygen --api\n"
    "  person ORGANISATION ROLE           somebody of it, who logs in\n"
    "  revoke ACCOUNT                     end it\n"
    "  approval-items FILE.csv            publish each line; an operator\n"
    "  categories FILE.csv                likewise, after those they name\n"
    "Prints the id of what was made; of a person also the code to set login "
    "and\n"
    "password with, to be handed to him, and until when. At the socket we are "
    "the administrator.\n";

/* --- the command ---------------------------------------------------------- */

static bool read_options(
    int argc, char *argv[], struct admin_site *site, const char **key)
{
	static const struct option names[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "url", required_argument, NULL, 'u' },
		{ "key", required_argument, NULL, 'k' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
		if (option == 's')
			site->socket = optarg;
		else if (option == 'u')
			site->url = optarg;
		else if (option == 'k')
			*key = optarg;
		else
			return false;
	}
	return site->socket ? !site->url && !*key : site->url && *key;
}

/* 64 digits, as klero keygen --api wrote them. */
static bool read_token(const char *path, char token[static TOKEN_SIZE + 1])
{
	struct kl_buf bytes = KL_BUF(TOKEN_SIZE + 1);
	int failure = file_read(path, &bytes);
	uint8_t raw[TOKEN_SIZE / 2];
	bool good =
	    !failure && bytes.size >= TOKEN_SIZE &&
	    !kl_unhex((const char *)bytes.data, TOKEN_SIZE, raw, sizeof(raw));

	if (good) {
		memcpy(token, bytes.data, TOKEN_SIZE);
		token[TOKEN_SIZE] = '\0';
	} else {
		fprintf(stderr, "admin: %s: %s\n", path,
		    failure ? strerror(failure) : "not a token of 64 digits");
	}
	kl_buf_clear(&bytes);
	return good;
}

static int run_act(const struct admin_site *site, int argc, char *argv[])
{
	for (size_t i = 0; argc > 0 && i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(argv[0], acts[i].name) == 0 &&
		    argc - 1 == acts[i].word_count)
			return acts[i].run(site, argv + 1);
	fputs(usage, stderr);
	return COMMAND_UNUSABLE;
}

static int run(int argc, char *argv[])
{
	struct admin_site site = { 0 };
	char token[TOKEN_SIZE + 1];
	const char *key = NULL;

	if (!read_options(argc, argv, &site, &key)) {
		fputs(usage, stderr);
		return COMMAND_UNUSABLE;
	}
	if (key && !read_token(key, token))
		return COMMAND_UNUSABLE;
	site.token = key ? token : NULL;
	if (sodium_init() < 0)
		return COMMAND_UNUSABLE;
	return run_act(&site, argc - optind, argv + optind);
}

const struct command admin_command = {
	"admin",
	"organisations, accounts and categories of a running klerod",
	run,
};
