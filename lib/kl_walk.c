#include "kl_walk.h"

#include "kl_line.h"

#include <string.h>

/* --- walking -------------------------------------------------------------- */

static void fail(struct kl_walk *walk, enum kl_result result, const char *why)
{
	if (walk->result)
		return;
	walk->result = result;
	walk->why = why;
}

struct kl_walk kl_walk_read(const char *text, size_t size)
{
	struct kl_walk walk = {
		.reading = true,
		.at = text,
		.left = size,
		.line = 1,
	};

	if (size > KL_TEXT_SIZE_MAX)
		fail(&walk, KL_TOO_LARGE, "the text is over 16 MiB");
	return walk;
}

struct kl_walk kl_walk_write(struct kl_buf *out)
{
	return (struct kl_walk){ .out = out, .start = out->size, .line = 1 };
}

enum kl_result kl_walk_end(struct kl_walk *walk, struct kl_fault *fault)
{
	if (walk->reading && walk->left > 0)
		fail(walk, KL_MALFORMED, "the text goes on after its end");
	if (!walk->reading && kl_buf_result(walk->out))
		fail(walk, walk->out->result, "the text cannot be kept");
	if (walk->result && fault)
		*fault = (struct kl_fault){ walk->line, walk->why };
	return walk->result;
}

/* A value is wrong: the text's fault when reading, the caller's otherwise. */
static void refuse(struct kl_walk *walk, const char *why)
{
	fail(walk, walk->reading ? KL_MALFORMED : KL_RANGE, why);
}

void kl_walk_require(struct kl_walk *walk, bool kept, const char *why)
{
	if (!kept)
		refuse(walk, why);
}

/* --- the bytes ------------------------------------------------------------ */

static bool is_field_byte(char c)
{
	return c >= 0x21 && c <= 0x7e;
}

/* Reading: the space before every field of a line but the first. */
static bool take_space(struct kl_walk *walk)
{
	if (!kl_walk_on(walk))
		return false;
	if (!walk->in_line && walk->left == 0)
		refuse(walk, "the text ends too early");
	else if (walk->in_line && (walk->left == 0 || *walk->at != ' '))
		refuse(walk, "a field is missing");
	if (!kl_walk_on(walk))
		return false;
	if (walk->in_line) {
		walk->at++;
		walk->left--;
	}
	walk->in_line = true;
	return true;
}

static struct kl_span take(struct kl_walk *walk, size_t size)
{
	struct kl_span span = { walk->at, size };

	if (size > 0)
		walk->at += size;
	walk->left -= size;
	return span;
}

/* Reading: the next field; empty after a failure. */
static struct kl_span take_field(struct kl_walk *walk)
{
	size_t size = 0;

	if (!take_space(walk))
		return (struct kl_span){ 0 };
	while (size < walk->left && is_field_byte(walk->at[size]))
		size++;
	if (size < walk->left && walk->at[size] != ' ' &&
	    walk->at[size] != '\n')
		refuse(walk, "a byte that is not printable ASCII");
	else if (size == 0)
		refuse(walk, "a field is empty");
	if (!kl_walk_on(walk))
		return (struct kl_span){ 0 };
	return take(walk, size);
}

/* Writing: nothing after a failure. */
static void put_field(struct kl_walk *walk, const char *bytes, size_t size)
{
	if (!kl_walk_on(walk))
		return;
	if (walk->in_line)
		kl_buf_add_byte(walk->out, ' ');
	kl_buf_add(walk->out, bytes, size);
	walk->in_line = true;
}

/* --- fields --------------------------------------------------------------- */

void kl_walk_word(struct kl_walk *walk, const char *word)
{
	if (!walk->reading)
		put_field(walk, word, strlen(word));
	else if (!kl_span_is(take_field(walk), word))
		refuse(walk, "another word is expected here");
}

static void walk_span(struct kl_walk *walk, struct kl_span *span,
    bool (*is_good)(const char *, size_t), const char *why)
{
	if (walk->reading)
		*span = take_field(walk);
	kl_walk_require(walk, is_good(span->at, span->size), why);
	if (!walk->reading)
		put_field(walk, span->at, span->size);
}

static bool is_field(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!is_field_byte(text[i]))
			return false;
	return size > 0;
}

void kl_walk_field(struct kl_walk *walk, struct kl_span *field)
{
	walk_span(walk, field, is_field, "not a field of printable ASCII");
}

void kl_walk_token(struct kl_walk *walk, struct kl_span *token)
{
	walk_span(walk, token, kl_is_token,
	    "not a token: 1 to 64 of A-Z a-z 0-9 . _ : -, and not `-`");
}

void kl_walk_party(struct kl_walk *walk, struct kl_span *party)
{
	walk_span(walk, party, kl_is_party_id,
	    "not a party: a-z, then up to 31 of a-z 0-9 -");
}

void kl_walk_key_name(struct kl_walk *walk, struct kl_span *name)
{
	walk_span(walk, name, kl_is_key_name,
	    "not a key name: up to 255 printable bytes without `+`");
}

static int64_t take_number(struct kl_walk *walk)
{
	struct kl_span field = take_field(walk);
	uint64_t number = 0;

	if (kl_decimal_read(field, (uint64_t)KL_INTEGER_MAX, &number))
		refuse(walk, "not an integer, or too large a one");
	return (int64_t)number;
}

static void put_number(struct kl_walk *walk, int64_t number)
{
	put_field(walk, "", 0);
	if (kl_walk_on(walk))
		kl_decimal_add(walk->out, (uint64_t)number);
}

void kl_walk_number(
    struct kl_walk *walk, int64_t *number, int64_t min, int64_t max)
{
	if (walk->reading)
		*number = take_number(walk);
	kl_walk_require(walk, *number >= min && *number <= max,
	    "the number is out of bounds");
	if (!walk->reading)
		put_number(walk, *number);
}

void kl_walk_count(struct kl_walk *walk, size_t *count, size_t min, size_t max)
{
	int64_t number =
	    *count <= (size_t)KL_INTEGER_MAX ? (int64_t)*count : -1;

	kl_walk_number(walk, &number, (int64_t)min, (int64_t)max);
	if (kl_walk_on(walk))
		*count = (size_t)number;
}

void kl_walk_time(struct kl_walk *walk, int64_t *seconds)
{
	static const char why[] = "not a time: YYYY-MM-DDTHH:MM:SSZ";
	char text[KL_TIME_TEXT];
	struct kl_span field;

	if (walk->reading) {
		field = take_field(walk);
		if (kl_time_read(field.at, field.size, seconds))
			refuse(walk, why);
		return;
	}
	if (*seconds < KL_TIME_MIN || *seconds > KL_TIME_MAX) {
		refuse(walk, why);
		return;
	}
	kl_time_write(*seconds, text);
	put_field(walk, text, KL_TIME_SIZE);
}

void kl_walk_hex(struct kl_walk *walk, void *bytes, size_t size)
{
	char hex[2 * KL_SIGNATURE_SIZE + 1];
	struct kl_span field;

	if (walk->reading) {
		field = take_field(walk);
		if (kl_unhex(field.at, field.size, bytes, size))
			refuse(walk, "not lower-case hex of the full length");
		return;
	}
	kl_hex(bytes, size, hex);
	put_field(walk, hex, 2 * size);
}

void kl_walk_hash(struct kl_walk *walk, struct kl_hash *hash)
{
	kl_walk_hex(walk, hash->bytes, sizeof(hash->bytes));
}

void kl_walk_key(struct kl_walk *walk, struct kl_public_key *key)
{
	kl_walk_hex(walk, key->bytes, sizeof(key->bytes));
	if (kl_walk_on(walk) && kl_public_key_check(key))
		refuse(walk, "not a key that can sign");
}

/* Reading: does this field stand next? A look only. */
static bool is_next(const struct kl_walk *walk, const char *field)
{
	size_t space = walk->in_line ? 1 : 0, size = strlen(field);
	const char *at = walk->at;

	return walk->left > space + size &&
	       memcmp(at + space, field, size) == 0 &&
	       (at[space + size] == ' ' || at[space + size] == '\n');
}

bool kl_walk_either(struct kl_walk *walk, const char *word, bool chosen)
{
	if (walk->reading)
		chosen = is_next(walk, word);
	if (chosen)
		kl_walk_word(walk, word);
	return chosen;
}

void kl_walk_maybe_hash(
    struct kl_walk *walk, bool *present, struct kl_hash *hash)
{
	*present = !kl_walk_either(walk, "-", !*present);
	if (*present)
		kl_walk_hash(walk, hash);
}

size_t kl_walk_choice(
    struct kl_walk *walk, const char *const words[], size_t count, size_t index)
{
	struct kl_span field;

	if (walk->reading) {
		field = take_field(walk);
		for (index = 0; index < count; index++)
			if (kl_span_is(field, words[index]))
				return index;
	}
	if (index >= count) {
		refuse(walk, "not one of the words that may stand here");
		return 0;
	}
	put_field(walk, words[index], strlen(words[index]));
	return index;
}

void kl_walk_bool(
    struct kl_walk *walk, const char *const words[static 2], bool *second)
{
	*second = kl_walk_choice(walk, words, 2, *second) == 1;
}

void kl_walk_name(struct kl_walk *walk, struct kl_span *name)
{
	const char *end;

	if (walk->reading && take_space(walk)) {
		end = walk->left ? memchr(walk->at, '\n', walk->left) : NULL;
		*name = take(walk, end ? (size_t)(end - walk->at) : walk->left);
	}
	if (!kl_walk_on(walk))
		return;
	kl_walk_require(walk, kl_is_name(name->at, name->size),
	    "not a name: 1 to 256 bytes of UTF-8 that can be seen");
	if (!walk->reading)
		put_field(walk, name->at, name->size);
}

void kl_walk_keep(struct kl_walk *walk, struct kl_buf *memory,
    const void *element, size_t size)
{
	if (!walk->reading || !kl_walk_on(walk))
		return;
	kl_buf_add(memory, element, size);
	if (kl_buf_result(memory))
		fail(walk, memory->result, "the list cannot be kept");
}

/* --- lines ---------------------------------------------------------------- */

static void take_line_end(struct kl_walk *walk)
{
	if (walk->left == 0)
		refuse(walk, "the line does not end with LF");
	else if (*walk->at != '\n')
		refuse(walk, "the line goes on after its last field");
	else
		take(walk, 1);
}

void kl_walk_end_line(struct kl_walk *walk)
{
	if (!kl_walk_on(walk))
		return;
	if (walk->reading)
		take_line_end(walk);
	else
		kl_buf_add_byte(walk->out, '\n');
	if (!walk->reading && walk->out->size - walk->start > KL_TEXT_SIZE_MAX)
		fail(walk, KL_TOO_LARGE, "the text is over 16 MiB");
	if (!kl_walk_on(walk))
		return;
	walk->line++;
	walk->in_line = false;
}

bool kl_walk_more(
    const struct kl_walk *walk, const char *word, size_t index, size_t count)
{
	if (!kl_walk_on(walk))
		return false;
	return walk->reading ? is_next(walk, word) : index < count;
}

bool kl_walk_more_lines(const struct kl_walk *walk, size_t index, size_t count)
{
	if (!kl_walk_on(walk))
		return false;
	return walk->reading ? walk->left > 0 : index < count;
}

void kl_walk_kind(struct kl_walk *walk, const char *kind)
{
	kl_walk_word(walk, "klero/1");
	kl_walk_word(walk, kind);
	kl_walk_end_line(walk);
}

void kl_walk_hash_line(
    struct kl_walk *walk, const char *word, struct kl_hash *hash)
{
	kl_walk_word(walk, word);
	kl_walk_hash(walk, hash);
	kl_walk_end_line(walk);
}

void kl_walk_token_line(
    struct kl_walk *walk, const char *word, struct kl_span *token)
{
	kl_walk_word(walk, word);
	kl_walk_token(walk, token);
	kl_walk_end_line(walk);
}

void kl_walk_party_line(
    struct kl_walk *walk, const char *word, struct kl_span *party)
{
	kl_walk_word(walk, word);
	kl_walk_party(walk, party);
	kl_walk_end_line(walk);
}

void kl_walk_time_line(struct kl_walk *walk, const char *word, int64_t *seconds)
{
	kl_walk_word(walk, word);
	kl_walk_time(walk, seconds);
	kl_walk_end_line(walk);
}

void kl_walk_count_line(struct kl_walk *walk, const char *word, size_t *count,
    size_t min, size_t max)
{
	kl_walk_word(walk, word);
	kl_walk_count(walk, count, min, max);
	kl_walk_end_line(walk);
}

static bool is_among(
    const struct kl_signed list[], size_t count, struct kl_span party)
{
	for (size_t i = 0; i < count; i++)
		if (kl_span_equal(list[i].party, party))
			return true;
	return false;
}

static bool is_overseer(struct kl_span party)
{
	return kl_span_is(party, "supervisor") || kl_span_is(party, "entrants");
}

void kl_walk_signed_lines(struct kl_walk *walk, const char *word,
    struct kl_signed list[static KL_PARTIES_MAX], size_t *count)
{
	size_t i;

	for (i = 0; kl_walk_more(walk, word, i, *count); i++) {
		kl_walk_require(
		    walk, i < KL_PARTIES_MAX, "more than 16 signatures");
		if (!kl_walk_on(walk))
			return;
		kl_walk_word(walk, word);
		kl_walk_party(walk, &list[i].party);
		kl_walk_require(walk, !is_among(list, i, list[i].party),
		    "a party signs twice");
		kl_walk_hex(walk, list[i].signature.bytes, KL_SIGNATURE_SIZE);
		kl_walk_end_line(walk);
	}
	if (kl_walk_on(walk))
		*count = i;
}

void kl_walk_signed(struct kl_walk *walk, const char *word, bool overseen,
    struct kl_signed list[static KL_PARTIES_MAX], size_t *count)
{
	bool oversees = !overseen;

	kl_walk_signed_lines(walk, word, list, count);
	kl_walk_require(walk, *count >= 2, "fewer than two signatures");
	for (size_t i = 0; kl_walk_on(walk) && i < *count; i++)
		oversees |= is_overseer(list[i].party);
	kl_walk_require(
	    walk, oversees, "neither supervisor nor entrants signs");
}
