/* Every draw of a log, replayed from its entries: kl_audit.h. */
#include "audit_cases.h"
#include "kl_audit.h"

/* A log in memory as a source. */
static enum kl_result give_entry(
    void *context, uint64_t index, struct kl_buf *out)
{
	const struct world *world = context;

	if (index >= world->event_count)
		return KL_MISMATCH;
	kl_buf_add(out, world->leaves[index].data, world->leaves[index].size);
	return kl_buf_result(out);
}

static enum kl_result give_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	const struct made_file *file = text_by_hash(context, hash);

	if (!file)
		return KL_MISMATCH;
	kl_buf_add(out, file->bytes, file->size);
	return kl_buf_result(out);
}

static struct kl_audit audit;

/* Until audit_end(): what was found stays in `audit`. */
static void run_audit(struct world *world)
{
	static const uint8_t secret[KL_AUDIT_SECRET_SIZE] = { 7 };
	const struct kl_audit_source source = { give_entry, give_text, world };
	struct kl_trust trust = { .log_count = 1 };
	const struct kl_pack_options options = { .trust = &trust,
		.rehearsal = true };
	const struct plan plan = { .origin = AUDIT_ORIGIN };

	trust.logs[0] = log_key_of(&plan);
	kl_audit_begin(&audit, &options, &source, secret);
	for (size_t i = 0; i < world->event_count; i++) {
		const struct kl_buf *entry = &world->leaves[i];
		struct kl_view view;

		assert_int_equal(
		    kl_view_read((const char *)entry->data, entry->size, &view),
		    KL_OK);
		assert_int_equal(
		    kl_audit_take(&audit, i, entry->data, entry->size, &view),
		    KL_OK);
	}
	assert_int_equal(kl_audit_end(&audit), KL_OK);
	kl_audit_clear(&audit);
}

static void print_findings(void)
{
	for (size_t i = 0; i < audit.finding_count; i++)
		print_message("%llu %s %s:%zu %s\n",
		    (unsigned long long)audit.findings[i].index,
		    audit.findings[i].code, audit.findings[i].file,
		    audit.findings[i].line,
		    audit.findings[i].why ? audit.findings[i].why : "");
}

static bool is_found(const struct audit_case *one, struct world *world)
{
	const struct kl_audit_finding *found = audit.findings;

	return audit.finding_count > 0 && strcmp(found->code, one->code) == 0 &&
	       found->index == place_of(world, one->stem) &&
	       strcmp(found->file, one->file ? one->file : "") == 0 &&
	       found->line == one->line && *found->chinese && *found->english;
}

static bool check_case(size_t number)
{
	const struct audit_case *one = &audit_cases[number];
	struct world *world = audit_world(one);
	bool found;

	run_audit(world);
	found = is_found(one, world);
	if (!found) {
		print_message("case %zu: expected %zu %s %s:%zu, found\n",
		    number, place_of(world, one->stem), one->code,
		    one->file ? one->file : "", one->line);
		print_findings();
	}
	world_close(world);
	return found;
}

static void each_fault_is_named_by_its_place(void **state)
{
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < AUDIT_CASES; i++)
		missed += !check_case(i);
	assert_int_equal(missed, 0);
}

/* --- good logs ------------------------------------------------------------ */

static void check_good(struct world *world, size_t closed, size_t drawn)
{
	finish_log(world);
	run_audit(world);
	print_findings();
	assert_int_equal(audit.finding_count, 0);
	assert_int_equal(audit.closed, closed);
	assert_int_equal(audit.drawn, drawn);
	world_close(world);
}

static void good_draws_have_no_finding(void **state)
{
	struct plan plans[] = { plan_public(), plan_none(), plan_eventful(),
		plan_cancelled(), plan_public(), plan_public(), plan_public(),
		plan_public(), plan_public(), plan_of(DRAND), plan_of(NIST) };

	(void)state;
	many(&plans[4]);
	plans[5].parts[2] = IS_ABSENT;
	unwitnessed(&plans[6]);
	stood_still(&plans[7]);
	unsealed(&plans[8]);
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++) {
		struct world *world = world_open();

		make_attempt(world, &plans[i], "");
		check_good(world, 1, plans[i].with_result);
	}
}

static void an_attempt_follows_an_annulled_one(void **state)
{
	struct plan first = plan_public(), second = plan_of(AGAIN);
	struct world *world = world_open();

	(void)state;
	annulled(&first);
	make_attempt(world, &first, "previous/1/");
	make_attempt(world, &second, "");
	check_good(world, 2, 2);
}

/* As far as it has come at any moment, a good draw is good. */
static void check_open(const struct plan *plan, void (*bend)(struct world *))
{
	for (size_t left = 1; left < 10; left++) {
		struct world *world = world_open();

		make_attempt(world, plan, "");
		if (bend)
			bend(world);
		for (size_t i = 0; i < left; i++)
			json_decref(world->events[--world->event_count].data);
		check_good(world, 0, 0);
		assert_int_equal(audit.note_count, 0);
	}
}

/* Nobody can say yet what it will be closed for. */
static void a_draw_may_be_open(void **state)
{
	struct plan public = plan_public(), none = plan_none();
	struct plan late = plan_public();

	(void)state;
	withholds(&late);
	check_open(&public, NULL);
	check_open(&none, NULL);
	check_open(&late, seal_late);
}

static void a_fault_is_seen_before_the_closing(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	(void)state;
	absent_left_out(&plan);
	make_attempt(world, &plan, "");
	while (strcmp(world->events[world->event_count - 1].stem, "lock") != 0)
		json_decref(world->events[--world->event_count].data);
	finish_log(world);
	run_audit(world);
	assert_string_equal(audit.findings[0].code, "commitment-left-out");
	world_close(world);
}

static void one_not_closed_in_a_day_is_overdue(void **state)
{
	(void)state;
	for (int64_t late = 0; late < 2; late++) {
		struct plan plan = plan_public();
		struct world *world = world_open();
		struct event *event;

		make_attempt(world, &plan, "");
		remove_event(world, "close");
		event = repeat_event(world, "result", NULL);
		snprintf(event->kind, sizeof(event->kind), "other.made");
		event->at = START + 7500 + 86400 + late;
		finish_log(world);
		run_audit(world);
		assert_int_equal(audit.finding_count, 0);
		assert_int_equal(audit.note_count, late);
		if (late)
			assert_string_equal(
			    audit.notes[0].word, "draw-overdue");
		world_close(world);
	}
}

/* --- texts that are served apart ------------------------------------------ */

static void check_apart(void (*spoil)(struct made_file *file), const char *code)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	many(&plan);
	make_attempt(world, &plan, "");
	spoil(world_file(world, "result.txt"));
	finish_log(world);
	run_audit(world);
	assert_string_equal(audit.findings[0].code, code);
	assert_int_equal(audit.findings[0].index, place_of(world, "result"));
	world_close(world);
}

static void empty_it(struct made_file *file)
{
	file->size = 0;
}

static void a_large_text_must_be_served(void **state)
{
	(void)state;
	check_apart(empty_it, "text-missing");
}

static void without_its_policy_a_draw_is_noted(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	(void)state;
	make_attempt(world, &plan, "");
	finish_log(world);
	snprintf(world->events[1].kind, sizeof(world->events[1].kind),
	    "policy.other");
	kl_buf_clear(&world->leaves[1]);
	make_leaf(world, 1);
	run_audit(world);
	assert_int_equal(audit.finding_count, 0);
	assert_int_equal(audit.note_count, 1);
	assert_string_equal(audit.notes[0].word, "policy-unseen");
	world_close(world);
}

/* Only so many are kept: those of the first entries. */
static void the_first_findings_are_kept(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();
	const struct kl_audit_source source = { give_entry, give_text, world };
	static const uint8_t secret[KL_AUDIT_SECRET_SIZE] = { 7 };
	struct kl_trust trust = { .log_count = 0 };
	const struct kl_pack_options options = { .trust = &trust };
	const struct kl_buf *entry;
	struct kl_view view;

	(void)state;
	make_attempt(world, &plan, "");
	finish_log(world);
	entry = &world->leaves[place_of(world, "lock")];
	assert_int_equal(
	    kl_view_read((const char *)entry->data, entry->size, &view), KL_OK);
	kl_audit_begin(&audit, &options, &source, secret);
	for (uint64_t i = KL_AUDIT_FINDINGS_MAX + 10; i-- > 0;)
		assert_int_equal(
		    kl_audit_take(&audit, i, entry->data, entry->size, &view),
		    KL_OK);
	kl_audit_clear(&audit);
	assert_int_equal(audit.finding_count, KL_AUDIT_FINDINGS_MAX);
	assert_int_equal(audit.findings_left, 10);
	for (size_t i = 0; i < audit.finding_count; i++)
		assert_int_equal(audit.findings[i].index, i);
	world_close(world);
}

static void the_table_is_the_vectors(void **state)
{
	json_t *codes = vectors_load("tests/vectors/audit/codes.json");
	const json_t *list = json_object_get(codes, "codes");

	(void)state;
	assert_int_equal(json_array_size(list), KL_AUDIT_CODES);
	for (int i = 0; i < KL_AUDIT_CODES; i++) {
		const json_t *row = json_array_get(list, (size_t)i);

		assert_string_equal(text_of(row, "code"), kl_audit_word(i));
		assert_string_equal(text_of(row, "zh"), kl_audit_chinese(i));
		assert_string_equal(text_of(row, "en"), kl_audit_english(i));
	}
	json_decref(codes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_vectors),
		cmocka_unit_test(each_fault_is_named_by_its_place),
		cmocka_unit_test(good_draws_have_no_finding),
		cmocka_unit_test(an_attempt_follows_an_annulled_one),
		cmocka_unit_test(a_draw_may_be_open),
		cmocka_unit_test(a_fault_is_seen_before_the_closing),
		cmocka_unit_test(one_not_closed_in_a_day_is_overdue),
		cmocka_unit_test(a_large_text_must_be_served),
		cmocka_unit_test(without_its_policy_a_draw_is_noted),
		cmocka_unit_test(the_first_findings_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
