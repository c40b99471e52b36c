/* told.h -- a pack with something odd in it, and all that is told of it. */
#ifndef TOLD_H
#define TOLD_H

#include "fault.h"

struct odd {
	struct fault with; /* its code, file and line are not looked at */
	/* `file:line code` of each finding, then `warning about` of each
	 * warning; a line each, in their order. */
	const char *told;
};

static inline void write_told(
    const struct kl_pack_report *report, struct kl_buf *out)
{
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(report, &warnings);
	char line[2 * KL_PACK_NAME_MAX];

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct kl_finding *found = &report->findings[i];

		snprintf(line, sizeof(line), "%s:%zu %s\n", found->file,
		    found->line, kl_finding_word(found->code));
		kl_buf_add_text(out, line);
	}
	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%s %s\n",
		    kl_warning_word(warnings[i].code), warnings[i].about);
		kl_buf_add_text(out, line);
	}
	kl_buf_add_byte(out, 0);
}

static inline void check_told(
    const struct odd *odd, const struct trial *trial, size_t number)
{
	struct kl_buf told = KL_BUF(FILE_MAX);

	write_told(&trial->report, &told);
	if (strcmp((char *)told.data, odd->told) != 0)
		fail_msg("case %zu: told is\n%s", number, (char *)told.data);
	kl_buf_clear(&told);
}

static inline void check_odds(const struct odd odds[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct trial trial = begin();

		verify_fault(&trial, &odds[i].with);
		check_told(&odds[i], &trial, i);
		end(&trial);
	}
}

#define CHECK_ODDS(odds) check_odds(odds, sizeof(odds) / sizeof(*(odds)))

/* --- what is often done to a pack ----------------------------------------- */

static inline void append(
    struct world *world, const char *name, const char *text)
{
	struct made_file *file = world_file(world, name);

	assert_true(file->size + strlen(text) <= FILE_MAX);
	memcpy(file->bytes + file->size, text, strlen(text));
	file->size += strlen(text);
}

static inline void drop_last_line(struct world *world, const char *name)
{
	struct made_file *file = world_file(world, name);

	do
		file->size--;
	while (file->size > 0 && file->bytes[file->size - 1] != '\n');
}

static inline void write_file(
    struct world *world, const char *name, struct kl_buf *text)
{
	struct made_file *file = world_file(world, name);

	assert_int_equal(kl_buf_result(text), KL_OK);
	memcpy(file->bytes, text->data, text->size);
	file->size = text->size;
	kl_buf_clear(text);
}

/* Closed without a result by this reason, at 7600: the outcome was known. */
static inline void close_by(struct plan *plan, enum kl_close_reason reason)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = reason;
}

#endif
