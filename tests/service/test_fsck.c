/* The rules of klero fsck: what a log may tell. */
#include "told.h"

#include "categories.h"
#include "due.h"
#include "kl_canon.h"
#include "kl_time.h"

static void approved(const char *act, const char *subject, const char *by)
{
	static unsigned count;
	char id[32];
	json_t *data = json_pack("{s:s, s:s, s:s, s:{}, s:s, s:s, s:n, s:s}",
	    "state", "proposed", "act", act, "subject", subject, "payload",
	    "organisation", "op", "role", "operator", "approver", "lapses_at",
	    "2030-01-01T00:00:00Z");
	json_auto_t *what = json_pack(
	    "{s:s, s:{}, s:s}", "act", act, "payload", "subject", subject);
	struct kl_buf bytes = KL_BUF(4096);
	struct kl_hash hash;
	char hex[KL_HASH_HEX];

	assert_int_equal(kl_canon_write(&bytes, what), KL_OK);
	hash = kl_hash_of(bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	kl_hash_hex(&hash, hex);
	json_object_set_new(data, "digest", json_string(hex));
	snprintf(id, sizeof(id), "proposal-%u", count++);
	happens("proposal.made", id, 1, "operator@op", json_deep_copy(data));
	json_object_set_new(data, "state", json_string("approved"));
	json_object_set_new(data, "approver", json_string(by));
	happens("proposal.approved", id, 2, "supervisor@su", data);
}

/* --- objects -------------------------------------------------------------- */

static void what_may_be_is_not_told(void **state)
{
	(void)state;
	admitted("one");
	approved("institution.suspend", "one", "su");
	happens("institution.suspended", "one", 2, "supervisor@su",
	    state_of("suspended"));
	told("");
}

static void versions_follow(void **state)
{
	(void)state;
	admitted("one");
	happens(
	    "category.published", "c", 2, "operator@op", state_of("active"));
	told("log_entry 2 seq seq");
	/* Where entries are missing nobody knows. */
	fsck_replay_hole(&it.replay, NULL, NULL);
	happens(
	    "category.published", "d", 3, "operator@op", state_of("active"));
	told("");
	assert_true(fsck_replay_find(&it.replay, &category_kind, "d")->doubted);
}

static void states_follow(void **state)
{
	(void)state;
	admitted("one");
	approved("institution.restore", "one", "su");
	happens("institution.restored", "one", 2, "supervisor@su",
	    state_of("active"));
	told("log_entry 4 kind transition");
	admitted("two");
	told("");
	happens("institution.admitted", "two", 2, "operator@op",
	    state_of("active"));
	told("log_entry 6 kind transition");
}

static void an_image_is_of_its_state(void **state)
{
	(void)state;
	happens("institution.admitted", "one", 1, "operator@op",
	    state_of("suspended"));
	told("log_entry 1 state transition");
}

static void what_never_changes_does_not(void **state)
{
	json_t *data = state_of("suspended");

	(void)state;
	admitted("one");
	approved("institution.suspend", "one", "su");
	json_object_set_new(data, "name", json_string("B"));
	happens("institution.suspended", "one", 2, "supervisor@su", data);
	told("log_entry 4 data differs");
}

static void kinds_are_known(void **state)
{
	(void)state;
	happens("institution.painted", "one", 1, "operator@op", json_object());
	told("log_entry 1 kind unknown");
	happens("log.opened", "log", 1, "service@kleroterion", json_object());
	told("log_entry 2 kind transition");
}

/* --- persons -------------------------------------------------------------- */

static void only_who_may_causes_it(void **state)
{
	(void)state;
	happens("category.published", "c", 1, "owner@ow", state_of("active"));
	told("log_entry 1 by actor");
	happens("category.published", "d", 1, "operator@kleroterion",
	    state_of("active"));
	told("log_entry 2 by actor");
}

static void two_persons_are_two(void **state)
{
	(void)state;
	admitted("one");
	happens("institution.suspended", "one", 2, "supervisor@su",
	    state_of("suspended"));
	told("log_entry 2 by two-persons");
	admitted("two");
	/* Of something else. */
	approved("institution.suspend", "one", "su");
	happens("institution.suspended", "two", 2, "supervisor@su",
	    state_of("suspended"));
	assert_int_equal(it.count, 2);
	assert_string_equal(it.told[0], "log_entry 6 by two-persons");
	assert_string_equal(it.told[1], "log_entry 6 kind missing");
}

static void what_is_approved_is_done(void **state)
{
	(void)state;
	approved("institution.suspend", "one", "su");
	happens(
	    "category.published", "c", 1, "operator@op", state_of("active"));
	told("log_entry 3 kind missing");
}

static void nobody_approves_for_another(void **state)
{
	(void)state;
	approved("institution.suspend", "one", "au");
	told("log_entry 2 approver actor");
}

static void digests_are_of_what_they_name(void **state)
{
	(void)state;
	happens("proposal.made", "p", 1, "operator@op",
	    json_pack("{s:s, s:s, s:s, s:{}, s:s, s:s, s:s}", "state",
		"proposed", "act", "institution.suspend", "subject", "one",
		"payload", "organisation", "op", "role", "operator", "digest",
		"00"));
	told("log_entry 1 digest digest");
}

/* --- time ----------------------------------------------------------------- */

static void time_never_goes_back(void **state)
{
	(void)state;
	admitted("one");
	it.at--;
	admitted("two");
	told("log_entry 2 at time");
	admitted("three");
	told("log_entry 3 at time");
}

static json_t *notice(const char *state, const char *close, int count)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i}", "state", state,
	    "owner", "ow", "signup_close", close, "signup_count", count,
	    "included_count", count, "excluded_count", 0);
}

static json_t *signup(const char *state)
{
	return json_pack("{s:s, s:s, s:s}", "state", state, "notice", "n",
	    "institution", "in");
}

static void closes(void)
{
	const struct due_row row = {
		.kind = "notice.close", .subject = "n", .seq = 1
	};
	struct kl_event_id id = due_event_id(&row);
	char close[KL_TIME_TEXT];

	kl_time_write(START + 10, close);
	happens_as(&id, "notice.closed", "n", 2, "service@kleroterion",
	    notice("closed", close, 0), NULL);
}

static void signs(const char *subject, const char *opens_with)
{
	happens_as(&(struct kl_event_id){ { (uint8_t)it.next } }, "signup.made",
	    subject, 1, "institution@in", signup("signed"), opens_with);
}

static void publishes(void)
{
	char close[KL_TIME_TEXT];

	kl_time_write(START + 10, close);
	happens(
	    "notice.published", "n", 1, "owner@ow", notice("open", close, 0));
}

static void nobody_signs_up_late(void **state)
{
	(void)state;
	publishes();
	it.at = START + 9;
	signs("a", "n");
	told("");
	it.at = START + 10;
	signs("b", "n");
	told("log_entry 3 at late");
	closes();
	told("");
	signs("c", "n");
	told("log_entry 5 at late");
}

static void a_notice_closes_in_its_time(void **state)
{
	(void)state;
	publishes();
	it.at = START + 9;
	closes();
	told("log_entry 2 at time");
}

static void a_sign_up_is_sealed_for_its_notice(void **state)
{
	(void)state;
	publishes();
	signs("a", "m");
	told("log_entry 2 data seal");
	happens_as(&(struct kl_event_id){ { 9 } }, "signup.made", "b", 1,
	    "institution@another", signup("signed"), "n");
	told("log_entry 3 institution actor");
}

static void due_acts_have_their_ids(void **state)
{
	char close[KL_TIME_TEXT];

	(void)state;
	publishes();
	it.at = START + 10;
	kl_time_write(START + 10, close);
	happens("notice.closed", "n", 2, "service@kleroterion",
	    notice("closed", close, 0));
	told("log_entry 2 id differs");
}

static void who_is_judged_is_counted(void **state)
{
	char close[KL_TIME_TEXT];
	json_t *judged = signup("included");

	(void)state;
	kl_time_write(START + 10, close);
	publishes();
	signs("a", "n");
	it.at = START + 10;
	closes();
	fsck_replay_opened(&it.replay, it.next++, "n");
	json_object_set_new(judged, "facts", json_object());
	json_object_set_new(judged, "evidence",
	    json_string("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060"
			"f61caaff8a"));
	happens("signup.included", "a", 2, "service@kleroterion", judged);
	told("");
	happens("notice.opened", "n", 3, "service@kleroterion",
	    notice("judged", close, 2));
	assert_int_equal(it.count, 2);
	assert_string_equal(it.told[0], "log_entry 6 signup_count roster");
	assert_string_equal(it.told[1], "log_entry 6 included_count roster");
}

static void everything_sealed_is_opened(void **state)
{
	char close[KL_TIME_TEXT];

	(void)state;
	kl_time_write(START + 10, close);
	publishes();
	signs("a", "n");
	fsck_replay_opened(&it.replay, it.next++, "n");
	told("log_entry 3 kind transition"); /* it is not closed */
	signs("b", "n");
	it.at = START + 10;
	closes();
	happens("notice.opened", "n", 3, "service@kleroterion",
	    notice("judged", close, 0));
	told("log_entry 6 opened missing");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_may_be_is_not_told),
		TEST(versions_follow),
		TEST(states_follow),
		TEST(an_image_is_of_its_state),
		TEST(what_never_changes_does_not),
		TEST(kinds_are_known),
		TEST(only_who_may_causes_it),
		TEST(two_persons_are_two),
		TEST(what_is_approved_is_done),
		TEST(nobody_approves_for_another),
		TEST(digests_are_of_what_they_name),
		TEST(time_never_goes_back),
		TEST(nobody_signs_up_late),
		TEST(a_notice_closes_in_its_time),
		TEST(a_sign_up_is_sealed_for_its_notice),
		TEST(due_acts_have_their_ids),
		TEST(who_is_judged_is_counted),
		TEST(everything_sealed_is_opened),
	};

	return cmocka_run_group_tests_name("fsck", tests, NULL, NULL);
}
