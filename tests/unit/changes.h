/* changes.h -- a good text, one thing in it changed, and what must come. */
#ifndef CHANGES_H
#define CHANGES_H

#include "texts.h"
#include "unit.h"

#include <stdio.h>

struct change {
	const char *from; /* stands in the good text; NULL: at its end */
	const char *to;
	size_t line;     /* where reading must stop; 0: it must be taken */
	const char *why; /* and what it must say, or part of it */
};

static inline const struct text_kind *kind_named(const char *name)
{
	for (size_t i = 0; i < TEXT_KINDS; i++)
		if (strcmp(text_kinds[i].name, name) == 0)
			return &text_kinds[i];
	fail_msg("no text is called %s", name);
	return NULL;
}

/* From a copy of exactly this size: a byte too far is seen (asan). */
static inline enum kl_result rewrite_copy(const struct text_kind *kind,
    const char *text, size_t size, struct kl_fault *fault, struct kl_buf *out)
{
	char *copy = test_malloc(size + !size);
	enum kl_result result;

	if (size > 0)
		memcpy(copy, text, size);
	result = kind->rewrite(copy, size, fault, out);
	test_free(copy);
	return result;
}

/* Read and written again it must be the same. */
static inline void assert_taken(
    const struct text_kind *kind, const char *text, size_t size)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_fault fault = { 0, "" };

	if (rewrite_copy(kind, text, size, &fault, &out))
		fail_msg("%s: line %zu: %s\n%.*s", kind->name, fault.line,
		    fault.why, (int)size, text);
	assert_int_equal(out.size, size);
	assert_memory_equal(out.data, text, size);
	kl_buf_clear(&out);
}

static inline void assert_refused(const struct text_kind *kind,
    const char *text, size_t size, size_t line, const char *why)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_fault fault = { 0, "" };
	enum kl_result result = rewrite_copy(kind, text, size, &fault, &out);

	if (result == KL_OK)
		fail_msg("%s is taken:\n%.*s", kind->name, (int)size, text);
	assert_int_equal(result, KL_MALFORMED);
	if (fault.line != line || !strstr(fault.why, why))
		fail_msg("%s: line %zu: %s; not line %zu: %s\n%.*s", kind->name,
		    fault.line, fault.why, line, why, (int)size, text);
	/* Nobody has to ask why. */
	assert_int_equal(kind->rewrite(text, size, NULL, &out), KL_MALFORMED);
	assert_int_equal(out.size, 0);
}

static inline void check_change(
    const struct text_kind *kind, const char *good, const struct change *change)
{
	const char *from = change->from ? change->from : "";
	const char *at =
	    change->from ? strstr(good, from) : good + strlen(good);
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	if (!at)
		fail_msg("%s is not in the text", from);
	kl_buf_add(&text, good, (size_t)(at - good));
	kl_buf_add_text(&text, change->to);
	kl_buf_add_text(&text, at + strlen(from));
	assert_int_equal(kl_buf_result(&text), KL_OK);
	if (change->line == 0)
		assert_taken(kind, (char *)text.data, text.size);
	else
		assert_refused(kind, (char *)text.data, text.size, change->line,
		    change->why);
	kl_buf_clear(&text);
}

/* The good text must be taken, and each change of it do what it says. */
static inline void check_changes(const char *name, const char *good,
    const struct change changes[], size_t count)
{
	const struct text_kind *kind = kind_named(name);

	assert_taken(kind, good, strlen(good));
	for (size_t i = 0; i < count; i++)
		check_change(kind, good, &changes[i]);
}

#define CHECK_CHANGES(name, good, changes)                                     \
	check_changes(name, good, changes, sizeof(changes) / sizeof(*(changes)))

/* Digits of a hash, a key and a signature for texts made by hand. */
#define HASH_A                                                                 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                                                                 \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C                                                                 \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define SIGNATURE HASH_A HASH_B

#endif
