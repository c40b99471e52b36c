/* party_http.c -- how klero party talks to the service. */
#include "fetch.h"
#include "party.h"

#include <stdio.h>
#include <string.h>

enum {
	URL_SIZE_MAX = 4096,
	CONNECT_S_MAX = 10,
	ANSWER_S_MAX = 60,
	ANSWER_SIZE_MAX = 1 << 20,
	OK = 200,
	REDIRECTS = 300,
};

void party_http_open(struct party *party)
{
	party->fetch = fetch_open();
}

void party_http_close(struct party *party)
{
	fetch_close(party->fetch);
	kl_buf_clear(&party->answer);
}

static void exchange(struct party *party, const char *url, const char *body)
{
	bool chinese = party->options->language == VERDICT_CHINESE;
	const char *const headers[] = { "User-Agent: klero-party",
		"Content-Type: application/json",
		chinese ? "Accept-Language: zh" : "Accept-Language: en", NULL };
	const struct fetch_request request = {
		.url = url,
		.headers = headers,
		.body = body,
		.body_size = body ? strlen(body) : 0,
		.timeout_s = ANSWER_S_MAX,
		.connect_s = CONNECT_S_MAX,
		.compressed = true,
	};
	struct fetch_reply reply;
	bool whole = fetch_ask(party->fetch, &request, &reply, &party->answer);

	party->status = reply.status;
	party->retry_after_s = reply.retry_after_s;
	party_about(
	    party, KL_PARTY_GOOD, whole ? "" : fetch_fault(party->fetch));
}

static bool ask(
    struct party *party, const char *path, size_t size_max, const char *body)
{
	char url[URL_SIZE_MAX];

	if (snprintf(url, sizeof(url), "%s%s", party->options->url, path) >=
	    URL_SIZE_MAX)
		return false;
	kl_buf_clear(&party->answer);
	party->answer = (struct kl_buf)KL_BUF(size_max);
	exchange(party, url, body);
	return true;
}

/* For people: what was wrong with the last answer. */
static void note_status(struct party *party)
{
	if (party->status)
		snprintf(party->about, sizeof(party->about), "HTTP %ld",
		    party->status);
}

bool party_get(struct party *party, const char *path, size_t size_max)
{
	if (!ask(party, path, size_max, NULL))
		return false;
	if (party->status != OK)
		note_status(party);
	return party->status == OK;
}

bool party_post(struct party *party, const char *path, const char *body)
{
	if (!ask(party, path, ANSWER_SIZE_MAX, body))
		return false;
	return party->status >= OK && party->status < REDIRECTS;
}

json_t *party_answer_json(const struct party *party)
{
	const struct kl_buf *answer = &party->answer;

	return json_loadb(answer->data ? (const char *)answer->data : "",
	    answer->size, JSON_REJECT_DUPLICATES, NULL);
}

void party_problem(struct party *party)
{
	json_auto_t *json = party->status ? party_answer_json(party) : NULL;
	const char *code = json_string_value(json_object_get(json, "code"));
	const char *detail = json_string_value(json_object_get(json, "detail"));

	if (!party->status)
		return; /* the network's own words are there already */
	snprintf(party->about, sizeof(party->about), "HTTP %ld %s %s",
	    party->status, code ? code : "", detail ? detail : "");
	for (char *at = party->about; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?'; /* it goes to a terminal */
}
