/*
 * A body against the table of its kind: the first byte picks the kind, the
 * rest is the body. What is taken lies within the bounds of the table, reads
 * back from its own JSON to the same row, and is refused with one member more;
 * what is refused says why.
 */
#include "fuzz.h"

#include "bodies.h"
#include "kl_canon.h"
#include "kl_leaf.h"
#include "kl_time.h"
#include "kl_uscc.h"
#include "kl_utf8.h"

#include <stdlib.h>

enum { TOKENS_MAX = 4096, MUTANT_MAX = 4096 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t size_max, unsigned seed);

static struct bodies bodies;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	bodies_find(&bodies);
	return 0;
}

/* --- within bounds -------------------------------------------------------- */

static const char *text_at(const struct member *member, const void *row)
{
	return *(const char *const *)((const char *)row + member->offset);
}

static uint64_t number_at(const struct member *member, const void *row)
{
	return *(const uint64_t *)((const char *)row + member->offset);
}

static bool is_text(const struct member *member)
{
	return member->type != MEMBER_NUMBER && member->type != MEMBER_FLAG &&
	       member->type != MEMBER_TIME;
}

static size_t count_characters(const char *text, bool prose)
{
	size_t left = strlen(text), count = 0, size;
	uint32_t point;

	for (; left > 0; left -= size, text += size, count++) {
		size = kl_utf8_next(text, left, &point);
		assert(size > 0 && (point >= ' ' || (prose && point == '\n')));
	}
	return count;
}

static void check_text(const struct member *m, const char *text)
{
	size_t size = strlen(text);
	enum kl_result result;

	switch (m->type) {
	case MEMBER_TEXT:
	case MEMBER_PROSE:
		size = count_characters(text, m->type == MEMBER_PROSE);
		break;
	case MEMBER_TOKEN:
		assert(kl_is_token(text, size));
		break;
	case MEMBER_CHOICE:
		assert(size > 0 && strstr(m->choices, text));
		assert(!strchr(text, ' '));
		return;
	case MEMBER_USCC:
		assert(!kl_uscc_fault(text, size));
		return;
	case MEMBER_HASH:
		assert(strspn(text, "0123456789abcdef") == 64 && size == 64);
		return;
	case MEMBER_JSON:
		result = size > 0 && *text == '['
			     ? KL_OK
			     : kl_canon_check(text, size, NULL);
		assert(result == KL_OK && size <= m->maximum);
		return;
	case MEMBER_NUMBER:
	case MEMBER_FLAG:
	case MEMBER_TIME:
		assert(!"a text");
	}
	assert(size >= m->minimum && size <= m->maximum);
}

/* `given`: it stands in the body, and is not null. */
static void check_member(const struct member *m, const void *row, bool given)
{
	int64_t time = (int64_t)number_at(m, row);

	if (is_text(m)) {
		assert(given == (text_at(m, row) != NULL));
		if (given)
			check_text(m, text_at(m, row));
	} else if (m->type == MEMBER_TIME) {
		assert(given == (time != DB_TIME_NONE));
		assert(!given || (time >= KL_TIME_MIN && time <= KL_TIME_MAX));
	} else if (!given) {
		assert(number_at(m, row) == 0);
	} else if (m->type == MEMBER_FLAG) {
		assert(number_at(m, row) <= 1);
	} else {
		assert(number_at(m, row) >= m->minimum);
		assert(number_at(m, row) <= m->maximum);
	}
}

static void check_same(
    const struct kind *kind, const void *row, const void *again)
{
	for (const struct member *m = kind->members; m->name; m++) {
		if (!is_text(m))
			assert(number_at(m, row) == number_at(m, again));
		else if (text_at(m, row) && text_at(m, again))
			assert(strcmp(text_at(m, row), text_at(m, again)) == 0);
		else
			assert(!text_at(m, row) && !text_at(m, again));
	}
}

/* --- what was taken ------------------------------------------------------- */

static bool is_given(const struct member *member, const json_t *body)
{
	const json_t *value = json_object_get(body, member->name);

	return value && !json_is_null(value);
}

static enum error take(struct request *request, const struct kind *kind,
    const json_t *body, void **row)
{
	*row = kind_make(kind, &request->arena);
	return kind_read(request, kind, body, *row);
}

/* The body with each member as readers see it, where they see it. */
static void check_read_back(
    const struct kind *kind, void *row, const json_t *body)
{
	json_auto_t *shown = kind_json(kind, row, true);
	json_auto_t *back = json_copy((json_t *)(uintptr_t)body);
	struct request request = { 0 };
	enum error error;
	void *again;

	for (const struct member *m = kind->members; m->name; m++)
		if (is_given(m, body) && json_object_get(shown, m->name))
			json_object_set(
			    back, m->name, json_object_get(shown, m->name));
	error = take(&request, kind, back, &again);
	assert(error == ERR_OK);
	check_same(kind, row, again);
	json_object_set_new(back, "no_such_member", json_null());
	error = take(&request, kind, back, &again);
	assert(error == ERR_INVALID && request.complaint_count == 1);
	assert(strcmp(request.complaints[0].code, "unknown-member") == 0);
	request_clear(&request);
}

/* The short way writes the same. */
static void check_written(
    const struct kind *kind, const void *row, const struct kl_buf *bytes)
{
	static const uint8_t salt[KL_SALT_SIZE];
	struct kl_buf text = KL_BUF(KL_LEAF_SIZE_MAX);

	if (kind->sorted && kind_write_event(&text, kind, row,
				kind_has_private(kind) ? salt : NULL))
		assert(text.size == bytes->size &&
		       memcmp(text.data, bytes->data, text.size) == 0);
	kl_buf_clear(&text);
}

/* Its event has a canonical form, and so a place in the log. */
static void check_event(const struct kind *kind, const void *row)
{
	static const uint8_t salt[KL_SALT_SIZE];
	json_auto_t *data =
	    kind_event_data(kind, row, kind_has_private(kind) ? salt : NULL);
	struct kl_buf bytes = KL_BUF(KL_LEAF_SIZE_MAX);
	enum kl_result result = kl_canon_write(&bytes, data);

	assert(result == KL_OK);
	check_written(kind, row, &bytes);
	kl_buf_clear(&bytes);
}

static void check_taken(const struct kind *kind, void *row, const json_t *body)
{
	struct object *object = row;
	void *copy;

	if (!object->id) /* else it is a member */
		object->id = "some-id";
	object->state = "open";
	for (const struct member *m = kind->members; m->name; m++)
		check_member(
		    m, row, (m->flags & MEMBER_IN) && is_given(m, body));
	copy = kind_copy(kind, row, NULL);
	check_same(kind, row, copy);
	free(copy);
	check_read_back(kind, row, body);
	if (kind->table)
		check_event(kind, row);
}

static void check_refused(const struct request *request)
{
	assert(request->complaint_count > 0);
	for (size_t i = 0; i < request->complaint_count; i++) {
		assert(request->complaints[i].pointer);
		assert(*request->complaints[i].code);
		assert(*request->complaints[i].detail);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *body = NULL;
	struct request request = { 0 };
	const struct kind *kind;
	void *row;

	if (size == 0)
		return 0;
	kind = bodies.kinds[data[0] % bodies.count];
	if (kl_canon_read(
		(const char *)data + 1, size - 1, TOKENS_MAX, &body, NULL))
		return 0;
	if (take(&request, kind, body, &row))
		check_refused(&request);
	else
		check_taken(kind, row, body);
	request_clear(&request);
	return 0;
}

/* --- from the tables: what chance would not find -------------------------- */

/* An example of a body; one member of it in another's place. */
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	char *example;
	size_t bytes;

	if (size > 0 && seed % 16 != 0)
		return LLVMFuzzerMutate(data, size, size_max);
	data[0] = (uint8_t)(seed >> 8);
	example =
	    bodies_example(bodies.kinds[data[0] % bodies.count], seed >> 16);
	bytes = strlen(example);
	if (bytes + 1 > size_max)
		bytes = size_max - 1;
	memcpy(data + 1, example, bytes);
	free(example);
	return bytes + 1;
}
