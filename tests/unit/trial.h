/* trial.h -- make a world, verify its pack, and expect something of it. */
#ifndef TRIAL_H
#define TRIAL_H

#include "maker.h"

/* A world and what was found about it. */
struct trial {
	struct world *world;
	struct kl_pack_options options;
	struct kl_pack_report report;
};

static inline struct trial begin(void)
{
	return (struct trial){ .world = world_open() };
}

static inline void verify(struct trial *trial)
{
	make_log(trial->world);
	trial->options.trust = &trial->world->trust;
	world_verify(trial->world, &trial->options, &trial->report);
}

static inline void expect_good(const struct trial *trial)
{
	const struct kl_finding *finding = trial->report.findings;

	if (trial->report.finding_count > 0)
		fail_msg("%s:%zu: %s", finding->file, finding->line,
		    kl_finding_word(finding->code));
}

static inline void end(struct trial *trial)
{
	kl_pack_report_clear(&trial->report);
	world_close(trial->world);
}

/* One attempt of this plan, which is good. */
static inline struct trial try_plan(const struct plan *plan)
{
	struct trial trial = begin();

	make_attempt(trial.world, plan, "");
	verify(&trial);
	expect_good(&trial);
	return trial;
}

static inline bool has_warning(
    const struct trial *trial, enum kl_warning_code code, const char *about)
{
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(&trial->report, &warnings);

	for (size_t i = 0; i < count; i++)
		if (warnings[i].code == code &&
		    strcmp(warnings[i].about, about) == 0)
			return true;
	return false;
}

static inline size_t count_warnings(const struct trial *trial)
{
	const struct kl_warning *warnings;

	return kl_pack_warnings(&trial->report, &warnings);
}

static inline void expect_level(const struct trial *trial, enum kl_level level,
    const char *rests_on, const enum kl_cap *cap)
{
	assert_string_equal(
	    kl_level_word(trial->report.level), kl_level_word(level));
	assert_string_equal(trial->report.rests_on, rests_on);
	for (int i = 0; i < KL_CAP_COUNT; i++)
		if (trial->report.caps[i] != (cap && (int)*cap == i))
			fail_msg("%s", kl_cap_word(i));
}

static inline void expect_awards(
    const struct trial *trial, const char *expected)
{
	static const char *const roles[] = { "selected", "alternate" };
	struct kl_buf text = KL_BUF(4096);
	const struct kl_award *awards;
	size_t count = kl_pack_awards(&trial->report, &awards);
	char line[128];

	for (size_t i = 0; i < count; i++) {
		const struct kl_award *award = &awards[i];

		assert_int_equal(
		    award->name.size, strlen("机构") + award->id.size);
		snprintf(line, sizeof(line), "%d.%zu %s%s%s%s\n",
		    (int)award->attempt, award->rank,
		    award->shadow ? "shadow " : "", roles[award->role],
		    award->gone ? " gone" : "", award->came ? " came" : "");
		kl_buf_add_text(&text, line);
	}
	kl_buf_add_byte(&text, 0);
	assert_string_equal((char *)text.data, expected);
	kl_buf_clear(&text);
}

#endif
