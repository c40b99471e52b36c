/*
 * A query that is read can be written again, each byte as % and two digits,
 * and reads back to the same names and values.
 */
#include "fuzz.h"

#include "query.h"

#include <jansson.h>
#include <stdio.h>

enum { RAW_MAX = 2048 };

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static void check_pair(const struct request *request, size_t i)
{
	const struct query *query = &request->queries[i];
	json_auto_t *utf8 = json_string(query->value);

	assert(utf8 && !has_control(query->value));
	assert(strlen(query->value) <= QUERY_VALUE_MAX);
	assert(*query->name && strlen(query->name) <= QUERY_NAME_MAX);
	for (size_t before = 0; before < i; before++)
		assert(strcmp(request->queries[before].name, query->name) != 0);
}

static void write_query(struct kl_buf *out, const struct query *query)
{
	char coded[4];

	if (out->size > 0)
		kl_buf_add_byte(out, '&');
	kl_buf_add_text(out, query->name);
	kl_buf_add_byte(out, '=');
	for (const char *at = query->value; *at; at++) {
		snprintf(coded, sizeof(coded), "%%%02x", (unsigned char)*at);
		kl_buf_add_text(out, coded);
	}
}

/* A value in its longest form may be over the limit, and is then refused. */
static void check_again(const struct request *request)
{
	struct kl_buf raw = KL_BUF(SIZE_MAX / 2);
	struct request again = { 0 };
	bool fits = true;
	enum error error;

	for (size_t i = 0; i < request->query_count; i++) {
		write_query(&raw, &request->queries[i]);
		fits &=
		    strlen(request->queries[i].value) * 3 <= QUERY_VALUE_MAX;
	}
	kl_buf_add_byte(&raw, '\0');
	assert(!kl_buf_result(&raw));
	again.raw_query = (const char *)raw.data;
	error = query_read(&again);
	assert(!error == fits);
	for (size_t i = 0; i < request->query_count && fits; i++) {
		assert(strcmp(again.queries[i].name,
			   request->queries[i].name) == 0);
		assert(strcmp(again.queries[i].value,
			   request->queries[i].value) == 0);
	}
	assert(!fits || again.query_count == request->query_count);
	request_clear(&again);
	kl_buf_clear(&raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char raw[RAW_MAX + 1];
	struct request request = { .raw_query = raw };

	if (size > RAW_MAX)
		return 0;
	memcpy(raw, data, size);
	raw[size] = '\0';
	if (query_read(&request)) {
		assert(request.detail);
	} else {
		for (size_t i = 0; i < request.query_count; i++)
			check_pair(&request, i);
		check_again(&request);
	}
	request_clear(&request);
	return 0;
}
