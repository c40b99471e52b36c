/*
 * Whenever there is no memory, at whichever allocation, that is the answer:
 * never a verdict over half a pack. The linker puts ours in place of what lib
 * allocates with. jansson is left out where it parses: it cannot do without.
 */
#include "audit_bends.h"

#include "kl_audit.h"
#include "kl_canon.h"
#include "kl_eligible.h"
#include "kl_group.h"
#include "kl_market.h"
#include "kl_policy.h"
#include "kl_tied.h"
#include "kl_trust.h"

void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Allocations that still succeed, when it is armed. */
static size_t left;
static bool armed, failed;
static bool with_json; /* jansson's count too */

static bool fails(void)
{
	if (!armed || left-- > 0)
		return false;
	armed = false; /* one failure is enough */
	failed = true;
	return true;
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

static void *json_malloc(size_t size)
{
	return with_json && fails() ? NULL : malloc(size);
}

/* Runs it with one allocation after another failing, until none is left. */
static void check_each(
    enum kl_result (*run)(void *context), void *context, size_t least)
{
	size_t number = 0;
	enum kl_result result;

	do {
		left = number++;
		armed = true;
		failed = false;
		result = run(context);
		armed = false;
		if (result != (failed ? KL_NO_MEMORY : KL_OK))
			fail_msg("%d at allocation %zu", result, number);
	} while (failed);
	assert_true(number > least);
}

/* --- packs ---------------------------------------------------------------- */

static enum kl_result run_verify(void *context)
{
	static struct kl_file files[FILES_MAX];
	struct trial *trial = context;
	struct world *world = trial->world;
	struct kl_pack_report report;
	enum kl_result result;

	for (size_t i = 0; i < world->file_count; i++)
		files[i] = (struct kl_file){ world->files[i].name,
			world->files[i].bytes, world->files[i].size };
	result =
	    kl_pack_verify(files, world->file_count, &trial->options, &report);
	kl_pack_report_clear(&report);
	return result;
}

static void check_trial(struct trial *trial)
{
	trial->options.trust = &trial->world->trust;
	world_verify(trial->world, &trial->options, &trial->report);
	check_each(run_verify, trial, 20);
	end(trial);
}

static void check_world(enum setting setting, bool bare)
{
	struct fault none = { .setting = setting };
	struct trial trial = begin();

	make_world(&trial, &none);
	trial.options.bare = bare;
	check_trial(&trial);
}

static void verifies_no_half_pack(void **state)
{
	(void)state;
	check_world(PUBLIC, false);
	check_world(PUBLIC, true);
	check_world(DRAND, true);
	check_world(NIST, true);
	check_world(AGAIN, false);
}

/* What was not drawn, what came instead, what somebody withheld. */
static void verifies_no_half_pack_of_others(void **state)
{
	struct plan plans[] = { plan_eventful(), plan_none(), plan_cancelled(),
		plan_cancelled() };

	(void)state;
	plans[1].parts[1] = IS_ABSENT;
	plans[3].with_lock = plans[3].reveals_logged = false;
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++) {
		struct trial trial = begin();

		make_attempt(trial.world, &plans[i], "");
		make_log(trial.world);
		check_trial(&trial);
	}
}

/* Of three attempts, when there is none left for the first. */
static void verifies_no_half_series(void **state)
{
	struct trial trial = begin();
	struct plan plan = plan_public();

	(void)state;
	plan.annul = true;
	plan.annul_approvers[1] = 1;
	make_attempt(trial.world, &plan, "previous/1/");
	plan.start += 100000;
	plan.attempt++;
	make_attempt(trial.world, &plan, "previous/2/");
	plan.start += 100000;
	plan.attempt++;
	make_attempt(trial.world, &plan, "");
	trial.options.bare = true;
	check_trial(&trial);
}

/* --- the rest ------------------------------------------------------------- */

static enum kl_result run_draw(void *context)
{
	static const struct kl_hash seed;
	struct kl_ranking ranking = { .count = 0 };
	enum kl_result result = kl_draw(context, &seed, 2, 1, &ranking);

	kl_ranking_clear(&ranking);
	return result;
}

static void draws_no_half_roster(void **state)
{
	struct kl_entry entries[] = { { kl_span_of("a"), 1 },
		{ kl_span_of("b"), 2 }, { kl_span_of("c"), 1 } };
	struct kl_roster roster = {
		.draw = kl_span_of("D-1"), .entries = entries, .count = 3
	};

	(void)state;
	check_each(run_draw, &roster, 1);
}

static enum kl_result run_canon(void *context)
{
	struct kl_buf out = KL_BUF(4096);
	json_auto_t *value = NULL;
	enum kl_result result =
	    kl_canon_check(context, strlen(context), &value);

	if (!result)
		result = kl_canon_write(&out, value);
	kl_buf_clear(&out);
	return result;
}

static void writes_no_half_json(void **state)
{
	char text[] = "{\"a\":[{\"b\":\"text\",\"c\":{}},[1,true,null]]}";

	(void)state;
	check_each(run_canon, text, 5);
}

static enum kl_result run_leaf(void *context)
{
	struct kl_buf out = KL_BUF(KL_LEAF_SIZE_MAX);
	const struct kl_hash digest = { { 0 } };
	enum kl_result result = kl_leaf_write(&out, context);

	if (!result)
		result = kl_leaf_write_sealed(
		    &out, 0, &((const struct kl_leaf *)context)->id, &digest);
	kl_buf_clear(&out);
	return result;
}

static void writes_no_half_leaf(void **state)
{
	json_auto_t *data = json_pack("{s:s}", "a", "b");
	struct kl_leaf leaf = { .organisation = "org",
		.role = "service",
		.data = data,
		.kind = "draw.locked",
		.subject = "D-1",
		.seq = 1 };

	(void)state;
	with_json = true;
	check_each(run_leaf, &leaf, 10);
	with_json = false;
}

static enum kl_result run_policy(void *context)
{
	json_auto_t *profile = NULL;

	return kl_policy_merge(context, 2, &profile);
}

static void merges_no_half_policy(void **state)
{
	json_auto_t *wide = json_pack(
	    "{s:{s:i},s:[i]}", "draw", "quorum", 1, "levels_percent", 70);
	json_auto_t *narrow = json_pack("{s:{s:i}}", "draw", "delay_s", 300);
	const json_t *chain[] = { wide, narrow };

	(void)state;
	with_json = true;
	check_each(run_policy, chain, 10);
	with_json = false;
}

static enum kl_result run_eligible(void *context)
{
	const struct kl_entrant entrants[2] = {
		{ .active = true,
		    .affiliation_group = "g",
		    .listing = KL_LISTING_OPEN },
		{ .active = true,
		    .affiliation_group = "g",
		    .listing = KL_LISTING_OPEN },
	};
	struct kl_verdict verdicts[2];

	return kl_eligible(context, entrants, 2, verdicts);
}

static void judges_no_half_roll(void **state)
{
	struct kl_terms terms = { .amount_max_fen = 1 };

	(void)state;
	check_each(run_eligible, &terms, 1);
}

/* All of them are below x. */
static const struct kl_affiliation affiliated[] = {
	{ .held = "a",
	    .holder = "x",
	    .kind = KL_BY_PARENT,
	    .period = { 0, 9 } },
	{ .held = "b",
	    .holder = "x",
	    .kind = KL_BY_PARENT,
	    .period = { 0, 9 } },
	{ .held = "z",
	    .holder = "x",
	    .kind = KL_BY_PARENT,
	    .period = { 0, 9 } },
};

static enum kl_result run_affiliations(void *context)
{
	struct kl_affiliations made = { .name_count = 0 };
	enum kl_result result =
	    kl_affiliations_make(affiliated, 3, context, &made);

	kl_affiliations_clear(&made);
	return result;
}

static enum kl_result run_group(void *context)
{
	const char *const institutions[] = { "a", "b", "c" };
	struct kl_membership memberships[3] = { { 7, 7 } };
	enum kl_result result = kl_group(context, institutions, 3, memberships);

	assert_int_equal(memberships[0].count, result ? 7 : 2);
	return result;
}

static enum kl_result run_explain(void *context)
{
	struct kl_affiliation_path path = { .count = 0 };
	enum kl_result result = kl_group_explain(context, "a", "b", &path);

	assert_int_equal(path.count, result ? 0 : 2);
	kl_affiliation_path_clear(&path);
	return result;
}

static enum kl_result run_tied(void *context)
{
	const char *const authorities[] = { "a", "z" };
	struct kl_tied tied = { .reason = KL_UNTIED };
	enum kl_result result = kl_tied(context, "b", authorities, 2, &tied);

	assert_int_equal(tied.reason, result ? KL_UNTIED : KL_TIED_SUPERIOR);
	kl_tied_clear(&tied);
	return result;
}

static void joins_no_half_group(void **state)
{
	struct kl_affiliation_rule rule = { 5, 500 };
	struct kl_affiliations made;

	(void)state;
	check_each(run_affiliations, &rule, 3);
	assert_int_equal(
	    kl_affiliations_make(affiliated, 3, &rule, &made), KL_OK);
	check_each(run_group, &made, 3);
	check_each(run_explain, &made, 2);
	check_each(run_tied, &made, 5);
	kl_affiliations_clear(&made);
}

static enum kl_result run_market(void *context)
{
	const struct kl_offer offers[] = { { "a", 1, 1 }, { "b", 2, 2 } };
	struct kl_offer_outliers outliers[2];
	struct kl_market market = { .suppliers = 7 };
	enum kl_result result =
	    kl_market(offers, 2, context, outliers, &market);

	assert_int_equal(market.suppliers, result ? 7 : 2);
	return result;
}

static void sums_up_no_half_market(void **state)
{
	struct kl_market_rule market_rule = { .fence_bp = 15000 };

	(void)state;
	check_each(run_market, &market_rule, 3);
}

/* --- logs ----------------------------------------------------------------- */

static enum kl_result give_entry(
    void *context, uint64_t index, struct kl_buf *out)
{
	const struct world *world = context;

	kl_buf_add(out, world->leaves[index].data, world->leaves[index].size);
	return kl_buf_result(out);
}

static enum kl_result give_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	const struct made_file *file = text_by_hash(context, hash);

	kl_buf_add(out, file->bytes, file->size);
	return kl_buf_result(out);
}

/* All that may be found, whatever fails; NULL: nothing. */
static const char *expected;

static void check_findings(const struct kl_audit *audit)
{
	for (size_t i = 0; i < audit->finding_count; i++) {
		assert_non_null(expected);
		assert_string_equal(audit->findings[i].code, expected);
	}
}

static enum kl_result run_audit(void *context)
{
	static const uint8_t secret[KL_AUDIT_SECRET_SIZE] = { 7 };
	static struct kl_audit audit;
	struct world *world = context;
	const struct kl_audit_source source = { give_entry, give_text, world };
	const struct kl_pack_options options = { .trust = &world->trust,
		.rehearsal = true };
	enum kl_result result = KL_OK;

	kl_audit_begin(&audit, &options, &source, secret);
	for (size_t i = 0; !result && i < world->event_count; i++) {
		const struct kl_buf *entry = &world->leaves[i];
		struct kl_view view;

		result =
		    kl_view_read((const char *)entry->data, entry->size, &view);
		if (!result)
			result = kl_audit_take(
			    &audit, i, entry->data, entry->size, &view);
	}
	if (!result)
		result = kl_audit_end(&audit);
	check_findings(&audit);
	kl_audit_clear(&audit);
	return result;
}

static void audits_no_half_log(void **state)
{
	struct plan plan = plan_eventful();
	struct world *world = world_open();

	(void)state;
	make_attempt(world, &plan, "");
	trust_all(world); /* whose attempt is the last one made */
	finish_log(world);
	check_each(run_audit, world, 100);
	world_close(world);
}

/* … nor one that was closed late, which is a note. */
static void audits_no_half_log_of_a_late_one(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	(void)state;
	cancelled(&plan);
	make_attempt(world, &plan, "");
	close_late(world);
	trust_all(world);
	finish_log(world);
	check_each(run_audit, world, 100);
	world_close(world);
}

/* Nor is anybody blamed for what could not be checked. */
static void blames_nobody_for_it(void **state)
{
	static const struct {
		const char *code;
		void (*bend)(struct world *world);
	} cases[] = {
		{ "committed-twice", commit_twice },
		{ "value-twice", dispute },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan plan = plan_public();
		struct world *world = world_open();

		make_attempt(world, &plan, "");
		cases[i].bend(world);
		trust_all(world);
		finish_log(world);
		expected = cases[i].code;
		check_each(run_audit, world, 100);
		expected = NULL;
		world_close(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(audits_no_half_log),
		cmocka_unit_test(audits_no_half_log_of_a_late_one),
		cmocka_unit_test(blames_nobody_for_it),
		cmocka_unit_test(verifies_no_half_pack),
		cmocka_unit_test(verifies_no_half_pack_of_others),
		cmocka_unit_test(verifies_no_half_series),
		cmocka_unit_test(draws_no_half_roster),
		cmocka_unit_test(writes_no_half_json),
		cmocka_unit_test(writes_no_half_leaf),
		cmocka_unit_test(merges_no_half_policy),
		cmocka_unit_test(judges_no_half_roll),
		cmocka_unit_test(joins_no_half_group),
		cmocka_unit_test(sums_up_no_half_market),
	};

	json_set_alloc_funcs(json_malloc, free);
	return cmocka_run_group_tests_name("no memory", tests, NULL, NULL);
}
