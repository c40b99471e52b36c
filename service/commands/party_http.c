/* party_http.c -- how klero party talks to the service. */
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

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
	kl_buf_add(to, bytes, size * count);
	return kl_buf_result(to) ? 0 : size * count;
}

bool party_http_open(struct party *party)
{
	bool chinese = party->options->language == VERDICT_CHINESE;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return false;
	party->curl = curl_easy_init();
	party->headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	if (party->headers)
		curl_slist_append(party->headers,
		    chinese ? "Accept-Language: zh" : "Accept-Language: en");
	return party->curl && party->headers;
}

void party_http_close(struct party *party)
{
	curl_slist_free_all(party->headers);
	if (party->curl)
		curl_easy_cleanup(party->curl);
	kl_buf_clear(&party->answer);
	curl_global_cleanup();
}

static void prepare(struct party *party, const char *url)
{
	CURL *curl = party->curl;

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, party->headers);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S_MAX);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S_MAX);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "klero-party");
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &party->answer);
}

static void exchange(struct party *party)
{
	curl_off_t retry = 0;
	CURLcode code = curl_easy_perform(party->curl);

	party->status = 0;
	party->retry_after_s = 0;
	party_about(party, KL_PARTY_GOOD, curl_easy_strerror(code));
	if (code != CURLE_OK || kl_buf_result(&party->answer))
		return;
	curl_easy_getinfo(party->curl, CURLINFO_RESPONSE_CODE, &party->status);
	curl_easy_getinfo(party->curl, CURLINFO_RETRY_AFTER, &retry);
	party->retry_after_s = (long)retry;
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
	prepare(party, url);
	if (body)
		curl_easy_setopt(party->curl, CURLOPT_POSTFIELDS, body);
	exchange(party);
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
