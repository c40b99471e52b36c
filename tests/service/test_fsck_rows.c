/* A row beside what the log tells; objects, part by part; marks; findings. */
#include "told.h"

#include "institutions.h"

/* --- rows ----------------------------------------------------------------- */

static void a_row_is_its_last_event(void **state)
{
	struct institution row = { .object = { "one", "active", 1, 1 },
		.name = "A" };
	json_auto_t *data = state_of("active");
	const struct fsck_object *object;

	(void)state;
	admitted("one");
	object = fsck_replay_find(&it.replay, &institution_kind, "one");
	assert_non_null(object);
	assert_string_equal(fsck_object_state(object), "active");
	assert_int_equal(object->last, 1);
	assert_true(fsck_row_is(object, &institution_kind, &row, NULL));
	row.name = "B";
	assert_false(fsck_row_is(object, &institution_kind, &row, NULL));
	assert_true(
	    fsck_row_tell(&it.report, &institution_kind, &row, NULL, data));
	told("institution one name differs");
	row.name = "A";
	row.object.state = "suspended";
	assert_true(
	    fsck_row_tell(&it.report, &institution_kind, &row, NULL, data));
	told("institution one state differs");
	assert_null(fsck_replay_find(&it.replay, &institution_kind, "two"));
}

/* --- parts ---------------------------------------------------------------- */

enum { MANY = 1000, FEW = 100 };

static void admit_many(void)
{
	it.next = 1;
	for (unsigned i = 0; i < MANY; i++) {
		char id[16];

		snprintf(id, sizeof(id), "i%u", i);
		admitted(id);
	}
}

/* However many there are, few are remembered at a time; and each once. */
static void objects_are_seen_in_parts(void **state)
{
	size_t found = 0, passes = 0;

	(void)state;
	begin_with(FEW);
	do {
		admit_many();
		passes++;
		assert_in_range(it.replay.count, 1, FEW);
		for (unsigned i = 0; i < MANY; i++) {
			char id[16];
			bool ours;

			snprintf(id, sizeof(id), "i%u", i);
			ours = fsck_replay_is_ours(
			    &it.replay, &institution_kind, id);
			assert_int_equal(
			    ours, fsck_replay_find(&it.replay,
				      &institution_kind, id) != NULL);
			found += ours;
		}
	} while (fsck_replay_again(&it.replay));
	assert_int_equal(found, MANY);
	assert_in_range(passes, MANY / FEW, 32);
	told("");
	fsck_replay_close(&it.replay);
}

static void marks_are_apart(void **state)
{
	struct fsck_marks *marks = fsck_marks_open();

	(void)state;
	assert_false(fsck_is_marked(marks, FSCK_HOLE, 1u << 20));
	fsck_mark(marks, FSCK_HOLE, 1u << 20);
	fsck_mark(marks, FSCK_OPENED, 7);
	assert_true(fsck_is_marked(marks, FSCK_HOLE, 1u << 20));
	assert_false(fsck_is_marked(marks, FSCK_HOLE, (1u << 20) + 1));
	assert_false(fsck_is_marked(marks, FSCK_HOLE, 7));
	assert_true(fsck_is_marked(marks, FSCK_OPENED, 7));
	fsck_marks_close(marks);
	fsck_marks_close(NULL);
}

static void findings_are_lines(void **state)
{
	const struct fsck_finding finding = { FSCK_DIFFERS, "notice", "n",
		"title" };
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	fsck_print(to, &finding, false);
	fsck_print(to, &finding, true);
	fclose(to);
	assert_string_equal(text,
	    "notice n title: not what the log tells\n"
	    "{\"table\":\"notice\",\"key\":\"n\",\"member\":\"title\","
	    "\"code\":\"differs\",\"what\":\"not what the log tells\"}\n");
	free(text);
	for (enum fsck_code a = 0; a < FSCK_CODE_COUNT; a++)
		for (enum fsck_code b = 0; b < a; b++)
			assert_string_not_equal(
			    fsck_code_word(a), fsck_code_word(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_row_is_its_last_event, begin, end),
		cmocka_unit_test(objects_are_seen_in_parts),
		cmocka_unit_test(marks_are_apart),
		cmocka_unit_test(findings_are_lines),
	};

	return cmocka_run_group_tests_name("fsck rows", tests, NULL, NULL);
}
