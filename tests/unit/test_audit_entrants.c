/* Whom the log has sign-ups of, and whom a draw is about: kl_audit.h. */
#include "audit_run.h"

#define NOTICE                                                                 \
	"{\"id\":\"n\",\"number\":\"ZJ-x-000001\",\"project_code\":\"P-1\"}"

enum { ENTRIES = 5, SIGNED = ENTRIES + 1 }; /* E00000000 is excluded */

/* One that was sealed, and is opened. */
struct signup {
	const char *kind, *institution, *notice;
};

struct scene {
	const char
	    *project; /* of the notice in the log, which it is no longer */
	bool never_published, never_opened, late_opened;
	struct signup more[3]; /* after those of all entries */
	size_t without;        /* so many of them have not signed up */
	void (*plan)(struct plan *plan);
};

/* The events of the notice before those of the draw. */
static void add_notice(struct world *world, const struct scene *scene)
{
	size_t place = 0;
	json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:i}", "state", "open",
	    "number", "ZJ-x-000001", "project_code",
	    scene->project ? scene->project : "P-1", "private", "00",
	    "signup_count", 0);

	if (!scene->never_published)
		add_first(world, place++, "notice.published", "n", data);
	else
		json_decref(data);
	add_first(world, place++, "notice.closed", "n", json_object());
	if (!scene->never_opened && !scene->late_opened)
		add_first(world, place, "notice.opened", "n", json_object());
}

static void open_one(uint64_t index, const struct signup *signup)
{
	char data[128];
	struct kl_view view = { .kind = kl_span_of(signup->kind) };

	snprintf(data, sizeof(data), "{\"institution\":\"%s\",\"notice\":%s}",
	    signup->institution, signup->notice);
	view.data = kl_span_of(data);
	assert_int_equal(kl_audit_opened(&audit, index, &view), KL_OK);
}

static void open_all(uint64_t index, const struct scene *scene)
{
	char name[16];
	struct signup signup = { "signup.made", name, "\"n\"" };

	for (size_t i = scene->without; i < SIGNED; i++) {
		snprintf(name, sizeof(name), "E%08zu", i);
		open_one(index + i, &signup);
	}
	for (size_t i = 0; i < 3 && scene->more[i].kind; i++)
		open_one(index + SIGNED + i, &scene->more[i]);
}

static void take_one(const struct world *world, size_t i)
{
	const struct kl_buf *entry = &world->leaves[i];
	struct kl_view view;

	assert_int_equal(
	    kl_view_read((const char *)entry->data, entry->size, &view), KL_OK);
	assert_int_equal(
	    kl_audit_take(&audit, i, entry->data, entry->size, &view), KL_OK);
}

static struct world *try_it(const struct scene *scene)
{
	const struct plan origin = { .origin = AUDIT_ORIGIN };
	struct plan plan = plan_public();
	struct world *world = world_open();
	struct kl_trust trust = { .log_count = 1 };
	const struct kl_pack_options options = { .trust = &trust };
	const struct kl_audit_source source = { give_entry, give_text, world };

	plan.draw = "D-x-000001-1";
	plan.notice = NOTICE;
	if (scene->plan)
		scene->plan(&plan);
	make_attempt(world, &plan, "");
	add_notice(world, scene);
	if (scene->late_opened) {
		add_first(world, place_of(world, "roster"), "notice.opened",
		    "n", json_object());
		world->events[place_of(world, "roster") - 1].at =
		    world_event(world, "roster")->at;
	}
	finish_log(world);
	trust.logs[0] = log_key_of(&origin);
	begin_audit(&options, &source);
	for (size_t i = 0; i < world->event_count; i++) {
		take_one(world, i);
		if (strcmp(world->events[i].kind, "notice.closed") == 0)
			open_all(1000, scene);
	}
	assert_int_equal(kl_audit_end(&audit), KL_OK);
	kl_audit_clear(&audit);
	return world;
}

static void expect_none(const struct scene *scene)
{
	world_close(try_it(scene));
	print_findings();
	assert_int_equal(audit.finding_count, 0);
	assert_int_equal(audit.unnoticed, 0);
}

struct expected {
	const char *code, *stem, *file;
	size_t line, count;
	uint64_t signup;
};

static void expect(const struct scene *scene, const struct expected *expected)
{
	struct world *world = try_it(scene);
	const struct kl_audit_finding *first = audit.findings;

	print_findings();
	assert_int_equal(count_found(expected->code), expected->count);
	assert_int_equal(audit.finding_count, expected->count);
	assert_string_equal(first->code, expected->code);
	assert_int_equal(first->index, place_of(world, expected->stem));
	assert_string_equal(first->file, expected->file);
	assert_int_equal(first->line, expected->line);
	assert_int_equal(first->signup, expected->signup);
	world_close(world);
}

/* --- the tests ------------------------------------------------------------ */

static void all_who_signed_up_are_there(void **state)
{
	static const struct scene scenes[] = {
		{ .without = 0 },
		/* One may come back, and another may go. */
		{ .more = { { "signup.withdrawn", "E00000002", "\"n\"" },
		      { "signup.made", "E00000002", "\"n\"" } } },
		{ .more = { { "signup.made", "E00000009", "\"n\"" },
		      { "signup.withdrawn", "E00000009", "\"n\"" } } },
		{ .more = { { "signup.withdrawn", "E00000009", "\"n\"" } } },
		/* These are for others, or no sign-ups. */
		{ .more = { { "signup.made", "E00000009", "\"m\"" },
		      { "signup.made", "E00000009", "1" },
		      { "signup.included", "E00000009", "\"n\"" } } },
		{ .more = { { "signup.made", "", "\"n\"" } } },
		{ .plan = annulled },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		expect_none(&scenes[i]);
}

static void who_is_left_out_is_missed(void **state)
{
	static const struct scene one = {
		.more = { { "signup.made", "E00000009", "\"n\"" } }
	};
	static const struct scene two = {
		.more = { { "signup.made", "E00000009", "\"n\"" },
		    { "signup.withdrawn", "E00000009", "\"n\"" },
		    { "signup.made", "E00000009", "\"n\"" } }
	};
	static const struct scene both = {
		.more = { { "signup.made", "E00000008", "\"n\"" },
		    { "signup.made", "E00000009", "\"n\"" } }
	};

	(void)state;
	expect(&one, &(struct expected){ "entrant-left-out", "roster",
			 "roster.txt", 0, 1, 1000 + SIGNED });
	expect(&two, &(struct expected){ "entrant-left-out", "roster",
			 "roster.txt", 0, 1, 1000 + SIGNED + 2 });
	expect(&both, &(struct expected){ "entrant-left-out", "roster",
			  "roster.txt", 0, 2, 1000 + SIGNED });
}

static void who_has_not_signed_up_is_found(void **state)
{
	static const struct scene none = { .without = SIGNED };
	static const struct scene first = { .without = 1 };
	static const struct scene third = {
		.more = { { "signup.withdrawn", "E00000003", "\"n\"" } }
	};

	(void)state;
	expect(&none, &(struct expected){ "entrant-unknown", "roster",
			  "roster.txt", 4, SIGNED, 0 });
	expect(&first, &(struct expected){ "entrant-unknown", "excluded",
			   "excluded.txt", 4, 1, 0 });
	expect(&third, &(struct expected){ "entrant-unknown", "roster",
			   "roster.txt", 6, 1, 0 });
}

/* Of one draw not all are named, so that others are. */
static void so_many_are_named(void **state)
{
	static const struct scene none = { .without = SIGNED, .plan = many };
	size_t named = KL_AUDIT_FINDINGS_MAX / 8;

	(void)state;
	world_close(try_it(&none));
	assert_int_equal(count_found("entrant-unknown"), named);
	assert_true(audit.findings_left > named);
}

static void sealed_notices_have_no_draws(void **state)
{
	static const struct scene never = { .never_opened = true };
	static const struct scene late = { .late_opened = true };
	struct world *world = try_it(&never);

	(void)state;
	assert_int_equal(count_found("notice-sealed"), 2);
	assert_int_equal(audit.finding_count, 2);
	assert_int_equal(audit.findings[0].index, place_of(world, "draft"));
	assert_int_equal(audit.findings[1].index, place_of(world, "declare"));
	assert_string_equal(audit.findings[1].file, "declare.txt");
	assert_int_equal(audit.findings[1].line, 10);
	world_close(world);
	expect(
	    &late, &(struct expected){ "notice-sealed", "draft", "", 0, 1, 0 });
}

/* Of a sham notice, whatever the draw is called. */
static void a_draw_is_of_the_notice_that_it_declares(void **state)
{
	static const struct scene other = { .project = "P-2" };

	(void)state;
	expect(&other, &(struct expected){ "notice-unknown", "declare",
			   "declare.txt", 10, 1, 0 });
}

static void without_notices_nothing_is_known(void **state)
{
	static const struct scene none = { .never_published = true };

	(void)state;
	world_close(try_it(&none));
	assert_int_equal(audit.finding_count, 0);
	assert_int_equal(audit.unnoticed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_who_signed_up_are_there),
		cmocka_unit_test(who_is_left_out_is_missed),
		cmocka_unit_test(who_has_not_signed_up_is_found),
		cmocka_unit_test(so_many_are_named),
		cmocka_unit_test(sealed_notices_have_no_draws),
		cmocka_unit_test(a_draw_is_of_the_notice_that_it_declares),
		cmocka_unit_test(without_notices_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
