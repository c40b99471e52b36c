/*
 * A cursor that is taken goes on exactly where it was made: it is written
 * again as the same digits. The input picks a list, then either a cursor or,
 * with the highest bit, what a cursor is made of and which digit is changed.
 */
#include "fuzz.h"

#include "list.c"

enum { CURSOR_MAX = 512 };

static const struct kind *pick(uint8_t choice, const struct kind_list **list)
{
	for (size_t count = 0;;)
		for (size_t i = 0; kinds[i]; i++)
			for (*list = kinds[i]->lists; *list && (*list)->index;
			     (*list)++)
				if (count++ == choice)
					return kinds[i];
}

/* Leading zeros of a number are taken, though never written. */
static void check_taken(struct request *request, const struct wanted *wanted,
    struct sort sort, const struct db_in *after)
{
	const char *text =
	    sort.number ? request_number(request, after->number) : after->bytes;
	const char *again = make_cursor(request, wanted, text);
	size_t size = strlen(again), given = strlen(wanted->cursor);

	assert(memcmp(again, wanted->cursor, (size_t)2 * TAG_SIZE) == 0);
	assert(given >= size);
	assert(strcmp(again + (size_t)2 * TAG_SIZE,
		   wanted->cursor + 2 * TAG_SIZE + (given - size)) == 0);
	assert(sort.number || given == size);
}

/* A cursor that is ours is taken; that of another list is not. */
static const char *change(struct request *request, const struct wanted *wanted,
    struct sort sort, const char *text, uint8_t place)
{
	char *cursor =
	    arena_copy(&request->arena, make_cursor(request, wanted, text));
	struct wanted ours = *wanted;
	struct db_in after;
	uint64_t number;
	bool is_sort = sort.number
			   ? *text && read_number(text, strlen(text), &number)
			   : kl_is_token(text, strlen(text));

	ours.cursor = cursor;
	assert(read_cursor(request, &ours, sort, &after) == is_sort);
	if (place < 2 * TAG_SIZE) {
		cursor[place] = cursor[place] == '0' ? '1' : '0';
		assert(!read_cursor(request, &ours, sort, &after));
	}
	return cursor;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request = { 0 };
	struct wanted wanted = { .values = { "a", "b", "c" } };
	struct db_in after;
	struct sort sort;
	char *text;

	if (size < 3 || size > CURSOR_MAX)
		return 0;
	wanted.kind = pick(data[0] & 0x7f, &wanted.list);
	sort = sort_of(wanted.kind, wanted.list);
	text = arena_text(&request.arena, (const char *)data + 2, size - 2);
	wanted.cursor = text;
	if (data[0] & 0x80)
		wanted.cursor = change(&request, &wanted, sort, text, data[1]);
	if (read_cursor(&request, &wanted, sort, &after))
		check_taken(&request, &wanted, sort, &after);
	request_clear(&request);
	return 0;
}
