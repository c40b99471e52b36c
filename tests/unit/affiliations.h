/* affiliations.h -- affiliations made for a test, and paths said as text. */
#ifndef AFFILIATIONS_H
#define AFFILIATIONS_H

#include "kl_affiliation.h"
#include "kl_buf.h"
#include "unit.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

#define EVER                                                                   \
	{                                                                      \
		KL_PERIOD_EVER, KL_PERIOD_OPEN                                 \
	}
#define SHARE(held_, holder_, share_)                                          \
	{                                                                      \
		(held_), (holder_), KL_BY_SHAREHOLDER, (share_), false, EVER   \
	}
#define TIE(held_, kind_, holder_)                                             \
	{                                                                      \
		(held_), (holder_), KL_BY_##kind_, 0, false, EVER              \
	}
#define STATE(held_, kind_, holder_)                                           \
	{                                                                      \
		(held_), (holder_), KL_BY_##kind_, 0, true, EVER               \
	}

static const struct kl_affiliation_rule rule = { 20000, 500 };

static inline struct kl_affiliations make_affiliations(
    const struct kl_affiliation list[], size_t count)
{
	struct kl_affiliations made = { .name_count = 0 };

	assert_int_equal(
	    kl_affiliations_make(list, count, &rule, &made), KL_OK);
	return made;
}

/* Each step begins where the last one ended, and the last one at `to`. */
static inline void check_path(const struct kl_affiliation list[],
    const struct kl_affiliation_path *path, const char *from, const char *to)
{
	const char *at = from;

	for (size_t i = 0; i < path->count; i++) {
		const struct kl_affiliation_step *step = &path->steps[i];
		const struct kl_affiliation *by = &list[step->index];

		assert_string_equal(at, step->up ? by->held : by->holder);
		at = step->up ? by->holder : by->held;
	}
	assert_string_equal(at, to);
}

/* a ^director p vdirector b: up to the director p of a, down to b. */
static inline void check_path_text(const struct kl_affiliation list[],
    const struct kl_affiliation_path *path, const char *from,
    const char *expected)
{
	struct kl_buf text = KL_BUF(4096);

	kl_buf_add_text(&text, from);
	for (size_t i = 0; i < path->count; i++) {
		const struct kl_affiliation_step *step = &path->steps[i];
		const struct kl_affiliation *by = &list[step->index];

		kl_buf_add_text(&text, step->up ? " ^" : " v");
		kl_buf_add_text(&text, kl_affiliation_words(by->kind)->code);
		kl_buf_add_text(&text, " ");
		kl_buf_add_text(&text, step->up ? by->holder : by->held);
	}
	kl_buf_add_byte(&text, 0);
	assert_string_equal((const char *)text.data, expected);
	kl_buf_clear(&text);
}

/* The same numbers on every machine. */
static uint32_t chance = 1;

static inline uint32_t pick(uint32_t below)
{
	chance = chance * 1664525 + 1013904223;
	return (chance >> 8) % below;
}

static inline void shuffle(struct kl_affiliation list[], size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = pick((uint32_t)i);
		struct kl_affiliation kept = list[i - 1];

		list[i - 1] = list[other];
		list[other] = kept;
	}
}

#endif
