#include "kl_gram.h"

#include "kl_utf8.h"

#include <stdlib.h>
#include <string.h>

enum { FULL_FIRST = 0xff01, FULL_LAST = 0xff5e, FULL_SHIFT = 0xfee0 };
enum { GRAM_BITS = 21 }; /* of a code point */

/* --- folding -------------------------------------------------------------- */

static bool is_blank(uint32_t point)
{
	return point == ' ' || point == '\t' || point == '\n' ||
	       point == 0xa0 || point == 0x3000;
}

static uint32_t fold(uint32_t point)
{
	if (is_blank(point))
		return ' ';
	if (point >= FULL_FIRST && point <= FULL_LAST)
		point -= FULL_SHIFT;
	if (point >= 'A' && point <= 'Z')
		point += 'a' - 'A';
	return point;
}

/* As UTF-8; folding makes nothing longer. */
static size_t write_point(uint32_t point, char to[static 4])
{
	if (point < 0x80) {
		to[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		to[0] = (char)(0xc0 | point >> 6);
		to[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		to[0] = (char)(0xe0 | point >> 12);
		to[1] = (char)(0x80 | (point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | point >> 18);
	to[1] = (char)(0x80 | (point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* Into `to`, which has room for `size` bytes; SIZE_MAX for no UTF-8. */
static size_t fold_text(const char *text, size_t size, char *to)
{
	size_t folded = 0, step;
	uint32_t point;

	for (size_t i = 0; i < size; i += step) {
		step = kl_utf8_next(text + i, size - i, &point);
		if (step == 0)
			return SIZE_MAX;
		folded += write_point(fold(point), to + folded);
	}
	return folded;
}

/* --- grams ---------------------------------------------------------------- */

/* A gram of a text; of one character alone `second` is 0. */
struct found {
	uint64_t key;
	uint32_t text;
};

static uint64_t key_of(uint32_t first, uint32_t second)
{
	return (uint64_t)first << GRAM_BITS | second;
}

static int by_key(const void *left, const void *right)
{
	const struct found *one = left, *other = right;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return (one->text > other->text) - (one->text < other->text);
}

static void add_grams(
    struct kl_buf *all, const char *text, size_t size, uint32_t number)
{
	uint32_t point, before = 0;
	size_t step;

	for (size_t i = 0; i < size; i += step, before = point) {
		struct found alone, pair;

		step = kl_utf8_next(text + i, size - i, &point);
		if (step == 0)
			return; /* never: it was folded */
		alone = (struct found){ key_of(point, 0), number };
		pair = (struct found){ key_of(before, point), number };
		kl_buf_add(all, &alone, sizeof(alone));
		if (i > 0)
			kl_buf_add(all, &pair, sizeof(pair));
	}
}

static void add_key(struct kl_grams *grams, uint64_t key)
{
	uint32_t place = (uint32_t)(grams->postings.size / sizeof(uint32_t));

	kl_buf_add(&grams->keys, &key, sizeof(key));
	kl_buf_add(&grams->places, &place, sizeof(place));
}

/* From grams in order, each once to a text. */
static enum kl_result index_grams(struct kl_grams *grams, struct kl_buf *all)
{
	size_t count = all->size / sizeof(struct found);
	struct found *found = (struct found *)all->data;
	uint32_t end;

	if (count > 0)
		qsort(found, count, sizeof(*found), by_key);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || found[i].key != found[i - 1].key)
			add_key(grams, found[i].key);
		else if (found[i].text == found[i - 1].text)
			continue;
		kl_buf_add(
		    &grams->postings, &found[i].text, sizeof(found[i].text));
	}
	end = (uint32_t)(grams->postings.size / sizeof(uint32_t));
	kl_buf_add(&grams->places, &end, sizeof(end));
	if (kl_buf_result(&grams->keys))
		return kl_buf_result(&grams->keys);
	if (kl_buf_result(&grams->places))
		return kl_buf_result(&grams->places);
	return kl_buf_result(&grams->postings);
}

/* --- making it ------------------------------------------------------------ */

static enum kl_result add_text(struct kl_grams *grams, const char *text,
    uint32_t number, struct kl_buf *all)
{
	char folded[KL_GRAM_TEXT_SIZE_MAX];
	size_t size = strlen(text), start = grams->texts.size;

	if (size > KL_GRAM_TEXT_SIZE_MAX)
		return KL_TOO_LARGE;
	size = fold_text(text, size, folded);
	if (size == SIZE_MAX)
		return KL_MALFORMED;
	kl_buf_add(&grams->texts, folded, size);
	kl_buf_add(&grams->starts, &start, sizeof(start));
	add_grams(all, folded, size, number);
	return kl_buf_result(all);
}

static enum kl_result make(
    struct kl_grams *grams, const char *const texts[], struct kl_buf *all)
{
	enum kl_result result = KL_OK;
	size_t end;

	for (size_t i = 0; i < grams->count && !result; i++)
		result = add_text(grams, texts[i], (uint32_t)i, all);
	end = grams->texts.size;
	kl_buf_add(&grams->starts, &end, sizeof(end));
	if (!result)
		result = kl_buf_result(&grams->texts);
	if (!result)
		result = kl_buf_result(&grams->starts);
	return result ? result : index_grams(grams, all);
}

enum kl_result kl_grams_make(
    struct kl_grams *grams, const char *const texts[], size_t count)
{
	struct kl_buf all = KL_BUF((size_t)4 * KL_GRAM_SIZE_MAX);
	enum kl_result result = KL_TOO_LARGE;

	*grams = (struct kl_grams){
		.count = count,
		.texts = KL_BUF(KL_GRAM_SIZE_MAX),
		.starts = KL_BUF((KL_GRAM_TEXTS_MAX + 1) * sizeof(size_t)),
		.keys = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
		.places = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
		.postings = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
	};
	if (count <= KL_GRAM_TEXTS_MAX)
		result = make(grams, texts, &all);
	kl_buf_clear(&all);
	if (result)
		kl_grams_clear(grams);
	return result;
}

void kl_grams_clear(struct kl_grams *grams)
{
	kl_buf_clear(&grams->texts);
	kl_buf_clear(&grams->starts);
	kl_buf_clear(&grams->keys);
	kl_buf_clear(&grams->places);
	kl_buf_clear(&grams->postings);
	grams->count = 0;
}

/* --- asking --------------------------------------------------------------- */

static bool add_term(struct kl_question *question, size_t start, size_t end)
{
	if (start == end)
		return true;
	if (question->count == KL_GRAM_TERMS_MAX)
		return false;
	question->terms[question->count].start = start;
	question->terms[question->count++].size = end - start;
	return true;
}

enum kl_result kl_question_read(
    const char *text, size_t size, struct kl_question *question)
{
	struct kl_question read = { .count = 0 };
	size_t folded, start = 0;

	if (size > sizeof(read.folded))
		return KL_TOO_LARGE;
	folded = fold_text(text, size, read.folded);
	if (folded == SIZE_MAX)
		return KL_MALFORMED;
	for (size_t i = 0; i <= folded; i++) {
		if (i < folded && read.folded[i] != ' ')
			continue;
		if (!add_term(&read, start, i))
			return KL_TOO_LARGE;
		start = i + 1;
	}
	*question = read;
	return KL_OK;
}

/* The texts that have a gram. */
struct texts {
	const uint32_t *list;
	size_t count;
};

static struct texts texts_of(const struct kl_grams *grams, uint64_t key)
{
	const uint64_t *keys = (const uint64_t *)grams->keys.data;
	const uint32_t *places = (const uint32_t *)grams->places.data;
	size_t low = 0, high = grams->keys.size / sizeof(*keys);
	size_t end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == end || keys[low] != key)
		return (struct texts){ NULL, 0 };
	return (
	    struct texts){ (const uint32_t *)grams->postings.data + places[low],
		places[low + 1] - places[low] };
}

/* Of its rarest gram: whoever has the term is among them. */
static struct texts rarest(
    const struct kl_grams *grams, const char *term, size_t size)
{
	uint32_t point, before;
	size_t step = kl_utf8_next(term, size, &before);
	struct texts best = texts_of(grams, key_of(before, 0));

	for (size_t i = step; i < size; i += step, before = point) {
		struct texts texts;

		step = kl_utf8_next(term + i, size - i, &point);
		texts = texts_of(grams, key_of(before, point));
		if (texts.count < best.count)
			best = texts;
	}
	return best;
}

static bool has_term(
    const struct kl_grams *grams, uint32_t text, const char *term, size_t size)
{
	const size_t *starts = (const size_t *)grams->starts.data;

	return memmem(grams->texts.data + starts[text],
		   starts[text + 1] - starts[text], term, size) != NULL;
}

/* One character or two are a gram: who has that has the term. */
static bool is_gram(const char *term, size_t size)
{
	uint32_t point;
	size_t step = kl_utf8_next(term, size, &point);

	return step >= size ||
	       step + kl_utf8_next(term + step, size - step, &point) >= size;
}

void kl_grams_find(const struct kl_grams *grams,
    const struct kl_question *question, kl_gram_hit *hit, void *context)
{
	for (size_t n = 0; n < question->count; n++) {
		const char *term = question->folded + question->terms[n].start;
		size_t size = question->terms[n].size;
		struct texts texts = rarest(grams, term, size);
		bool sure = is_gram(term, size);

		for (size_t i = 0; i < texts.count; i++)
			if (sure || has_term(grams, texts.list[i], term, size))
				hit(context, n, texts.list[i]);
	}
}
