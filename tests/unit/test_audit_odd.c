/* What a log must not get away with, nor a party be blamed for: kl_audit.h. */
#include "audit_run.h"
#include "kl_audit_private.h"

/* --- what is no proof ----------------------------------------------------- */

static void spoil_signature(struct world *world, const char *stem)
{
	struct event *event = world_event(world, stem);
	char sign[KL_SIGNATURE_HEX];

	snprintf(sign, sizeof(sign), "%s",
	    json_string_value(json_object_get(event->data, "signature")));
	sign[0] = sign[0] == '0' ? '1' : '0';
	json_object_set_new(event->data, "signature", json_string(sign));
}

/* Anybody can put down a commitment in a party's name. */
static void only_signed_commitments_accuse(void **state)
{
	static const char *const spoiled[] = { NULL, "again",
		"committed-owner" };

	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		struct plan plan = plan_public();
		struct world *world = world_open();

		make_attempt(world, &plan, "");
		commit_twice(world);
		if (spoiled[i])
			spoil_signature(world, spoiled[i]);
		finish_log(world);
		run_audit(world);
		assert_int_equal(
		    count_found("committed-twice"), spoiled[i] ? 0 : 1);
		assert_int_equal(count_found("draw-event"), spoiled[i] ? 1 : 0);
		assert_int_equal(count_found("commit-signature"), i == 2);
		world_close(world);
	}
}

/* What is refused is as if it had not been: the real one comes after it. */
static void a_refused_event_changes_nothing(void **state)
{
	static const char *const stems[] = { "draft", "roster", "declare",
		"lock", "seal", "beacon", "seed", "result", "close", "annul" };

	(void)state;
	for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++) {
		struct plan first = plan_public(), second = plan_of(AGAIN);
		struct world *world = world_open();
		struct event *event;

		annulled(&first);
		make_attempt(world, &first, "previous/1/");
		event = repeat_event(world, stems[i], stems[i]);
		json_object_set_new(event->data, "more", json_true());
		make_attempt(world, &second, "");
		finish_log(world);
		run_audit(world);
		assert_int_equal(audit.finding_count, 1);
		assert_string_equal(audit.findings[0].code, "draw-data");
		assert_int_equal(
		    audit.findings[0].index, place_of(world, "again"));
		assert_int_equal(audit.declared, 2);
		assert_int_equal(audit.closed, 2);
		assert_int_equal(audit.drawn, 2);
		world_close(world);
	}
}

/* Given up, with the value to come: then there is no result. */
static void what_is_stopped_is_not_drawn(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();
	struct event *event;

	(void)state;
	make_attempt(world, &plan, "");
	event = repeat_event(world, "seal", "beacon");
	snprintf(event->kind, sizeof(event->kind), "draw.stopped");
	json_object_clear(event->data);
	json_object_set_new(event->data, "reason", json_string("cancelled"));
	finish_log(world);
	run_audit(world);
	assert_true(audit.finding_count > 0);
	assert_string_equal(audit.findings[0].code, "draw-event");
	assert_int_equal(audit.findings[0].index, place_of(world, "seed"));
	world_close(world);
}

/* What was never drawn cannot be annulled, and is over all the same. */
static void nothing_is_annulled_without_a_result(void **state)
{
	struct plan first = plan_public(), second = plan_of(AGAIN);
	struct world *world = world_open();

	(void)state;
	cancelled(&first);
	annulled(&first);
	make_attempt(world, &first, "previous/1/");
	repeat_event(world, "annul", NULL);
	make_attempt(world, &second, "");
	finish_log(world);
	run_audit(world);
	assert_int_equal(audit.finding_count, 2);
	assert_int_equal(count_found("draw-event"), 2);
	assert_int_equal(audit.closed, 2);
	world_close(world);
}

/* A closing that is not served leaves the draw open. */
static void an_unread_closing_closes_nothing(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();
	char hex[KL_HASH_HEX];
	struct event *event;

	(void)state;
	make_attempt(world, &plan, "");
	event = repeat_event(world, "close", "close");
	kl_hash_hex(&(struct kl_hash){ { 1 } }, hex);
	json_object_clear(event->data);
	json_object_set_new(event->data, "digest", json_string(hex));
	json_object_set_new(
	    event->data, "size", json_integer(KL_LEAF_TEXT_MAX + 1));
	finish_log(world);
	run_audit(world);
	assert_int_equal(audit.finding_count, 1);
	assert_string_equal(audit.findings[0].code, "text-missing");
	assert_int_equal(audit.closed, 1);
	assert_int_equal(audit.drawn, 1);
	world_close(world);
}

/* --- what is read a second time ------------------------------------------- */

/* The policy of the world, entry 1, is another one when asked for again. */
static enum kl_result give_other_policy(
    void *context, uint64_t index, struct kl_buf *out)
{
	return give_entry(context, index == 1 ? 0 : index, out);
}

/* … another that the log has adopted, too. */
static enum kl_result give_later_policy(
    void *context, uint64_t index, struct kl_buf *out)
{
	return give_entry(context, index == 1 ? 2 : index, out);
}

static enum kl_result give_no_policy(
    void *context, uint64_t index, struct kl_buf *out)
{
	return index == 1 ? KL_MISMATCH : give_entry(context, index, out);
}

/* Of another project, beside the first one. */
static void take_other_draw(struct plan *plan)
{
	plan->draw = "D-2";
	plan->project = "P-2";
	plan->start += 100000;
	plan->secrets[0] = 11;
	plan->secrets[1] = 12;
	plan->secrets[2] = 13;
}

static void a_policy_is_the_one_that_was_adopted(void **state)
{
	static enum kl_result (*const given[])(void *context, uint64_t index,
	    struct kl_buf *out) = { give_other_policy, give_later_policy,
		give_no_policy };

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
		struct plan plan = plan_public(), other = plan_none();
		struct world *world = world_open();

		make_attempt(world, &plan, "");
		take_other_draw(&other);
		make_attempt(world, &other, "");
		finish_log(world);
		run_audit_from(world,
		    &(struct kl_audit_source){ given[i], give_text, world });
		assert_int_equal(audit.finding_count, 1);
		assert_string_equal(audit.findings[0].code, "text-differs");
		assert_int_equal(audit.findings[0].index, 1);
		assert_int_equal(audit.note_count, 0);
		world_close(world);
	}
}

/* What is served under the hash of a text is another one. */
static enum kl_result give_other_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	enum kl_result result = give_text(context, hash, out);

	if (!result)
		out->data[0] ^= 1;
	return result;
}

static enum kl_result give_no_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	(void)context;
	(void)hash;
	(void)out;
	return KL_MISMATCH;
}

/* A long result, and a pulse, which is in no entry at all. */
static void check_served(const struct plan *plan, const char *stem,
    enum kl_result (*given)(
	void *context, const struct kl_hash *hash, struct kl_buf *out),
    const char *code)
{
	struct world *world = world_open();

	make_attempt(world, plan, "");
	finish_log(world);
	run_audit_from(
	    world, &(struct kl_audit_source){ give_entry, given, world });
	assert_int_equal(audit.finding_count, 1);
	assert_string_equal(audit.findings[0].code, code);
	assert_int_equal(audit.findings[0].index, place_of(world, stem));
	world_close(world);
}

static void a_text_is_the_one_of_its_hash(void **state)
{
	struct plan long_one = plan_public(), nist = plan_of(NIST);

	(void)state;
	many(&long_one);
	check_served(&long_one, "result", give_other_text, "text-differs");
	check_served(&long_one, "result", give_no_text, "text-missing");
	check_served(&nist, "beacon", give_other_text, "text-differs");
	check_served(&nist, "beacon", give_no_text, "text-missing");
}

/* The result is another entry when a replacement is judged by it. */
static enum kl_result give_other_result(
    void *context, uint64_t index, struct kl_buf *out)
{
	struct world *world = context;

	return give_entry(
	    context, index == place_of(world, "result") ? 0 : index, out);
}

static void an_entry_is_the_one_that_was_read(void **state)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	(void)state;
	replaced(&plan);
	make_attempt(world, &plan, "");
	finish_log(world);
	run_audit_from(world,
	    &(struct kl_audit_source){ give_other_result, give_text, world });
	assert_int_equal(audit.finding_count, 1);
	assert_string_equal(audit.findings[0].code, "text-differs");
	assert_int_equal(audit.findings[0].index, place_of(world, "result"));
	world_close(world);
}

/* --- what is kept --------------------------------------------------------- */

static void a_table_grows(void **state)
{
	struct kl_audit_table table = { .count = 0 };

	(void)state;
	begin_audit(NULL, NULL);
	for (uint64_t i = 1; i <= 1000; i++) {
		struct kl_audit_key key =
		    kl_audit_key_of(&audit, &i, sizeof(i));
		uint64_t *place = kl_audit_table_at(&table, &key);

		assert_non_null(place);
		assert_int_equal(*place, 0);
		*place = i;
	}
	for (uint64_t i = 1; i <= 1001; i++) {
		struct kl_audit_key key =
		    kl_audit_key_of(&audit, &i, sizeof(i));

		assert_int_equal(
		    kl_audit_table_find(&table, &key), i > 1000 ? 0 : i);
	}
	kl_buf_clear(&table.slots);
}

static void the_first_notes_are_kept(void **state)
{
	const struct kl_audit_draw draw = { .id = "D-1" };

	(void)state;
	begin_audit(NULL, NULL);
	for (uint64_t i = 0; i < KL_AUDIT_NOTES_MAX + 3; i++)
		kl_audit_note(&audit, KL_AUDIT_NOTE_CLOSED_LATE, &draw, i);
	assert_int_equal(audit.note_count, KL_AUDIT_NOTES_MAX);
	assert_int_equal(audit.notes_left, 3);
	assert_int_equal(
	    audit.notes[KL_AUDIT_NOTES_MAX - 1].index, KL_AUDIT_NOTES_MAX - 1);
	kl_audit_clear(&audit);
}

/* --- replacements without end --------------------------------------------- */

enum { FLOOD = 4200 }; /* more than a pack has files for */

/* A log that goes on where the world ends. */
struct flood {
	struct world *world;
	json_t *data;
	size_t asked; /* how many entries were read again */
};

static void flood_entry(
    const struct flood *flood, uint64_t index, struct kl_buf *out)
{
	const struct event *last =
	    &flood->world->events[flood->world->event_count - 1];
	struct kl_leaf leaf = { .at = last->at,
		.organisation = "org",
		.role = "service",
		.data = flood->data,
		.kind = "draw.replaced",
		.subject = last->subject,
		.seq = index + 1 };

	memcpy(&leaf.id, &index, sizeof(index));
	assert_int_equal(kl_leaf_write(out, &leaf), KL_OK);
}

static enum kl_result give_flood(
    void *context, uint64_t index, struct kl_buf *out)
{
	struct flood *flood = context;

	flood->asked++;
	if (index < flood->world->event_count)
		return give_entry(flood->world, index, out);
	flood_entry(flood, index, out);
	return KL_OK;
}

static enum kl_result give_flood_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	return give_text(((struct flood *)context)->world, hash, out);
}

static void pour(struct flood *flood)
{
	size_t first = flood->world->event_count;

	for (size_t i = 0; i < FLOOD; i++) {
		struct kl_buf bytes = KL_BUF(KL_LEAF_SIZE_MAX);
		struct kl_view view;

		flood_entry(flood, first + i, &bytes);
		assert_int_equal(
		    kl_view_read((const char *)bytes.data, bytes.size, &view),
		    KL_OK);
		assert_int_equal(kl_audit_take(&audit, first + i, bytes.data,
				     bytes.size, &view),
		    KL_OK);
		kl_buf_clear(&bytes);
	}
}

/* Each is read twice and no more; those that no pack could show are refused.
 */
static void endless_replacements_are_findings(void **state)
{
	struct plan plan = plan_public();
	struct flood flood = { .world = world_open() };
	const struct kl_audit_source source = { give_flood, give_flood_text,
		&flood };
	struct kl_trust trust = { .log_count = 1 };
	const struct kl_pack_options options = { .trust = &trust };
	struct event *replace;

	(void)state;
	wrong_out(&plan);
	plan.replaces[0].none_left = true;
	make_attempt(flood.world, &plan, "");
	replace = world_event(flood.world, "replace");
	flood.data = json_incref(replace->data);
	finish_log(flood.world);
	trust.logs[0] = log_key_of(&plan);
	begin_audit(&options, &source);
	take_all(flood.world);
	pour(&flood);
	assert_int_equal(kl_audit_end(&audit), KL_OK);
	assert_true(flood.asked <= KL_AUDIT_REPLACED_MAX + 10);
	assert_string_equal(audit.findings[0].code, "replace-out");
	/* Of each that is judged two findings, of the others one. */
	assert_int_equal(audit.finding_count + audit.findings_left,
	    KL_AUDIT_REPLACED_MAX + FLOOD + 1);
	kl_audit_clear(&audit);
	json_decref(flood.data);
	world_close(flood.world);
}

/* Nor does one that cannot be read keep the others from being judged. */
static void a_broken_replacement_hides_no_other(void **state)
{
	static const struct {
		const char *stem, *after, *code;
	} cases[] = {
		{ "replace", "reason refused", "form-replace" },
		{ "annul", "reason fraud", "form-annul" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan plan = plan_public();
		struct world *world = world_open();

		wrong_out(&plan);
		annulled(&plan);
		make_attempt(world, &plan, "");
		repeat_event(world, cases[i].stem, NULL);
		move_event(world, "again", "annul");
		edit_event(world, "again", cases[i].after, "Reason");
		finish_log(world);
		run_audit(world);
		assert_int_equal(audit.finding_count, 2);
		assert_string_equal(audit.findings[0].code, "replace-out");
		assert_string_equal(audit.findings[1].code, cases[i].code);
		assert_int_equal(
		    audit.findings[1].index, place_of(world, "again"));
		world_close(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_signed_commitments_accuse),
		cmocka_unit_test(a_refused_event_changes_nothing),
		cmocka_unit_test(what_is_stopped_is_not_drawn),
		cmocka_unit_test(nothing_is_annulled_without_a_result),
		cmocka_unit_test(an_unread_closing_closes_nothing),
		cmocka_unit_test(a_text_is_the_one_of_its_hash),
		cmocka_unit_test(an_entry_is_the_one_that_was_read),
		cmocka_unit_test(a_table_grows),
		cmocka_unit_test(the_first_notes_are_kept),
		cmocka_unit_test(endless_replacements_are_findings),
		cmocka_unit_test(a_broken_replacement_hides_no_other),
		cmocka_unit_test(a_policy_is_the_one_that_was_adopted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
