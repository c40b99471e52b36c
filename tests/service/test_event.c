/* Events: sealed and opened, receipts, texts that stand beside the log. */
#include "world.h"

#include "idempotency.h"
#include "kl_receipt.h"
#include "receipt.h"

enum { MANY = 300, SEALED_SIZE_MAX = 32000 };

static void a_receipt_tells_the_leaf(void **state)
{
	struct kl_hash leaf, digest;
	struct kl_receipt receipt;
	json_auto_t *reply = NULL;
	struct request *request;
	const char *text, *event;
	uint8_t salt[KL_SALT_SIZE];
	char hex[KL_HASH_HEX], query[300];
	json_t *part;

	(void)state;
	assert_true(writer_start(&world.parts));
	request = ask("a", "sign one");
	wait_done(1);
	/* What is kept has neither salt nor event. */
	assert_null(strstr(request->text, "salt"));
	assert_int_equal(receipt_finish(request), ERR_OK);
	reply = json_loads(request->text, 0, NULL);
	part = json_object_get(reply, "receipt");
	text = json_string_value(json_object_get(part, "text"));
	event = json_string_value(json_object_get(part, "event"));
	assert_int_equal(
	    kl_receipt_read(&receipt, text, strlen(text), NULL), KL_OK);
	assert_int_equal(receipt.index, 1);
	assert_int_equal(receipt.by, seconds() + 10);
	assert_int_equal(
	    kl_unhex(json_string_value(json_object_get(part, "salt")), 64, salt,
		KL_SALT_SIZE),
	    KL_OK);
	digest = kl_leaf_seal(salt, event, strlen(event));
	kl_hash_hex(&digest, hex);
	snprintf(query, sizeof(query),
	    "SELECT COUNT(*) FROM log_entry WHERE idx = 1 AND kind = 'sealed'"
	    " AND subject = '-' AND bytes LIKE '%%%s%%'"
	    " AND bytes NOT LIKE '%%one%%'",
	    hex);
	assert_int_equal(sql_number(query), 1);
	leaf = receipt.leaf;
	kl_hash_hex(&leaf, hex);
	snprintf(query, sizeof(query),
	    "SELECT COUNT(*) FROM log_entry WHERE leaf = UNHEX('%s')", hex);
	assert_int_equal(sql_number(query), 1);
	drop(request);
}

static void opening_happens_once(void **state)
{
	char answer[ANSWER_SIZE];

	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "sign one", NULL), ERR_OK);
	assert_int_equal(ask_now("b", "sign two", NULL), ERR_OK);
	assert_int_equal(ask_now("c", "open notice", answer), ERR_OK);
	assert_string_equal(answer, "{\"opened\":2}");
	assert_int_equal(ask_now("d", "open notice", answer), ERR_OK);
	assert_string_equal(answer, "{\"opened\":0}");
	assert_int_equal(writer_log_size(), 5);
}

/* At the limit it stands in the leaf; beyond, beside it. protocol §7. */
static void large_texts_stand_beside(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "text 32768", NULL), ERR_OK);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM log_text"), 0);
	assert_int_equal(ask_now("b", "text 32769", NULL), ERR_OK);
	assert_int_equal(ask_now("c", "text 32769", NULL), ERR_OK);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM log_text"), 1);
	assert_int_equal(sql_number("SELECT event_index FROM log_text"), 2);
	assert_int_equal(ask_now("d", "text 16777217", NULL), ERR_TOO_LARGE);
}

/* --- limits --------------------------------------------------------------- */

/* How large the event of `seal 0` is: what the others have beside their x. */
static long sealed_size(void)
{
	assert_int_equal(ask_now("size", "seal 0", NULL), ERR_OK);
	return sql_number("SELECT LENGTH(event) FROM event_private"
			  " ORDER BY event_index DESC LIMIT 1");
}

/* It must fit into `opened` as a string, whatever is in it. */
static void a_sealed_event_can_be_opened(void **state)
{
	char body[ANSWER_SIZE];
	long size;

	(void)state;
	assert_true(writer_start(&world.parts));
	size = sealed_size();
	snprintf(body, sizeof(body), "seal %ld", SEALED_SIZE_MAX - size + 1);
	assert_int_equal(ask_now("a", body, NULL), ERR_TOO_LARGE);
	snprintf(body, sizeof(body), "seal %ld", SEALED_SIZE_MAX - size);
	assert_int_equal(ask_now("b", body, NULL), ERR_OK);
	snprintf(body, sizeof(body), "seal-quotes %ld",
	    (SEALED_SIZE_MAX - size) / 2);
	assert_int_equal(ask_now("c", body, NULL), ERR_OK);
	assert_int_equal(ask_now("d", "open box", body), ERR_OK);
	assert_string_equal(body, "{\"opened\":3}");
}

/* Each event of an act has an id of its own, also the 257th. */
static void an_act_may_have_many_events(void **state)
{
	char body[ANSWER_SIZE];

	(void)state;
	assert_true(writer_start(&world.parts));
	for (int i = 0; i < MANY; i++) {
		snprintf(body, sizeof(body), "sign s%d", i);
		assert_int_equal(ask_now(NULL, body, NULL), ERR_OK);
	}
	assert_int_equal(ask_now("a", "open notice", body), ERR_OK);
	assert_string_equal(body, "{\"opened\":300}");
	assert_int_equal(
	    sql_number("SELECT COUNT(DISTINCT event_id) FROM log_entry"),
	    2 * MANY + 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM log_entry o JOIN event_private p"
		       " ON o.kind = 'opened' AND o.subject = p.event_index"
		       " WHERE JSON_VALUE(o.bytes, '$.data.event') ="
		       " CONVERT(p.event USING utf8mb4)"),
	    MANY);
}

/* The table of events is the second wall behind the route's permission. */
static void an_event_of_another_role_is_refused(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "forge x", NULL), ERR_FORBIDDEN);
	assert_int_equal(writer_log_size(), 1);
}

/* Whoever knows account and key does not find the sign-up. */
static void a_sealed_id_tells_nobody(void **state)
{
	struct request *request = make(&people_route, "k", "sign one");
	struct act act = { .seed = { 0 } };
	char hex[KL_EVENT_ID_HEX], query[200];

	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("k", "sign one", NULL), ERR_OK);
	idempotency_name(request, &act);
	kl_hex(act.event_id.bytes, KL_EVENT_ID_SIZE, hex);
	snprintf(query, sizeof(query),
	    "SELECT COUNT(*) FROM log_entry WHERE event_id = UNHEX('%s')", hex);
	assert_int_equal(sql_number(query), 0);
	snprintf(query, sizeof(query),
	    "SELECT COUNT(*) FROM idempotency WHERE event_id = UNHEX('%s')",
	    hex);
	assert_int_equal(sql_number(query), 1);
	drop(request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_receipt_tells_the_leaf),
		WORLD_TEST(opening_happens_once),
		WORLD_TEST(large_texts_stand_beside),
		WORLD_TEST(a_sealed_event_can_be_opened),
		WORLD_TEST(an_act_may_have_many_events),
		WORLD_TEST(an_event_of_another_role_is_refused),
		WORLD_TEST(a_sealed_id_tells_nobody),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
