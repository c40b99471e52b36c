/* declare.txt: every rule and limit of it. */
#include "changes.h"

/* Keys that sign; SMALL is one of the points of small order. */
#define KEY_LOG                                                                \
	"fb71be1c5fa956b28aea87d82befec26d9a75dd190a25dfb8a5c911c49291ec8"
#define KEY_WITNESS                                                            \
	"ac358399cf5beff9407859af2c5c7a016d00e37104ff1ad598390d41786ef2e7"
#define KEY_OPERATOR                                                           \
	"49a531f58569d0fb6bd93843bb65b9eea82fcb6c8524d163f95b2fd6429b11d5"
#define KEY_SUPERVISOR                                                         \
	"339f270d343a571c79db0a89c4a961bf3ba53e38e9e7eb7c19de409dbb538b3c"
#define KEY_OWNER                                                              \
	"6ed218b5f5784e641bf92ece65e48f1541aff6768120a1f815c406d6baa11719"
#define SMALL "0100000000000000000000000000000000000000000000000000000000000000"

#define BEFORE_WITNESS                                                         \
	"klero/1 declare\n"                                                    \
	"draw D-1\n"                                                           \
	"project P-1\n"                                                        \
	"attempt 2\n"                                                          \
	"previous " HASH_A "\n"                                                \
	"log example.org/klero " KEY_LOG "\n"
#define AFTER_WITNESS                                                          \
	"notice " HASH_A "\n"                                                  \
	"policy " HASH_B "\n"                                                  \
	"draft " HASH_C " 2026-07-01T00:00:00Z\n"                              \
	"roster " HASH_A "\n"                                                  \
	"names " HASH_B "\n"                                                   \
	"excluded " HASH_C "\n"                                                \
	"select 1 2\n"
#define AFTER_PARTY                                                            \
	"commit-by 2026-07-08T10:00:00Z\n"                                     \
	"reveal-by 2026-07-08T12:00:00Z\n"                                     \
	"beacon-delay 300\n"                                                   \
	"beacon drand " HASH_A " 7\n"                                          \
	"withheld continue\n"

static const char good[] = BEFORE_WITNESS
    "witness w.example " KEY_WITNESS "\n"
    "quorum 1\n" AFTER_WITNESS "party operator " KEY_OPERATOR " required\n"
    "party supervisor " KEY_SUPERVISOR " optional\n" AFTER_PARTY;

static void keeps_the_rules_of_the_head(void **state)
{
	static const struct change changes[] = {
		{ "draw D-1", "draw D/1", 2, "token" },
		{ "project P-1", "project -", 3, "token" },
		{ "attempt 2", "attempt 0", 4, "bounds" },
		{ "attempt 2", "attempt 9007199254740991", 0, NULL },
		{ "attempt 2", "attempt 9007199254740992", 4, "integer" },
		{ "attempt 2", "attempt 1", 5, "previous" },
		{ "previous " HASH_A, "previous -", 5, "previous" },
		{ "attempt 2\nprevious " HASH_A, "attempt 1\nprevious -", 0,
		    NULL },
		{ "example.org/klero", "example.org+klero", 6, "key name" },
		{ KEY_LOG, SMALL, 6, "not a key" },
		{ KEY_LOG, HASH_A "a", 6, "hex" },
		{ "draft " HASH_C " 2026-07-01T00:00:00Z", "draft " HASH_C, 11,
		    "missing" },
		{ "2026-07-01T00", "2026-02-29T00", 11, "time" },
		{ "2026-07-01T00", "2028-02-29T00", 0, NULL },
		{ "2026-07-01T00:00:00Z", "2026-07-01T00:00:60Z", 11, "time" },
		{ "2026-07-01T00:00:00Z", "2026-07-01t00:00:00Z", 11, "time" },
		{ "roster " HASH_A "\n", "", 12, "another word" },
		{ "select 1", "select 0", 15, "bounds" },
		{ "select 1", "select 100000", 0, NULL },
		{ "select 1", "select 100001", 15, "bounds" },
		{ "select 1 2", "select 1 0", 0, NULL },
		{ "select 1 2", "select 1 100000", 0, NULL },
		{ "select 1 2", "select 1 100001", 15, "bounds" },
	};

	(void)state;
	CHECK_CHANGES("declare", good, changes);
}

static void keeps_the_rules_of_witnesses(void **state)
{
	static const char line[] = "witness w.example " KEY_WITNESS "\n";
	static const struct change changes[] = {
		{ "w.example", "w+example", 7, "key name" },
		{ KEY_WITNESS, SMALL, 7, "not a key" },
		{ KEY_WITNESS, KEY_LOG, 7, "key of the log" },
		{ KEY_WITNESS, KEY_OPERATOR, 16, "key of a witness" },
		{ KEY_WITNESS, KEY_SUPERVISOR, 17, "key of a witness" },
		{ "quorum 1", "quorum 0", 0, NULL },
		{ "quorum 1", "quorum 2", 8, "bounds" },
		{ line, "", 7, "bounds" },
		{ line, "witness a " KEY_OWNER "\n", 0, NULL },
		{ "quorum 1", "witness x " KEY_OWNER "\nquorum 2", 0, NULL },
		{ "quorum 1", "witness w.example " KEY_OWNER "\nquorum 1", 8,
		    "ascend" },
		{ "quorum 1", "witness a " KEY_OWNER "\nquorum 1", 8,
		    "ascend" },
		{ "quorum 1", "witness x " KEY_WITNESS "\nquorum 1", 8,
		    "share a key" },
	};

	(void)state;
	CHECK_CHANGES("declare", good, changes);
}

static void keeps_the_rules_of_parties(void **state)
{
	static const char first[] =
	    "party operator " KEY_OPERATOR " required\n";
	static const char second[] =
	    "party supervisor " KEY_SUPERVISOR " optional\n";
	static const struct change changes[] = {
		{ "operator ", "Operator ", 16, "not a party" },
		{ "party operator", "party owner", 18, "operator" },
		{ "supervisor ", "operator ", 17, "share" },
		{ KEY_SUPERVISOR, KEY_OPERATOR, 17, "share" },
		{ KEY_SUPERVISOR, SMALL, 17, "not a key" },
		{ KEY_SUPERVISOR, KEY_LOG, 0, NULL },
		{ " optional", " absent", 17, "words" },
		{ " optional", "", 17, "missing" },
		{ second, "", 17, "fewer than two" },
		{ first, "", 17, "fewer than two" },
		{ "commit-by", "party owner " KEY_OWNER " required\ncommit-by",
		    0, NULL },
	};

	(void)state;
	CHECK_CHANGES("declare", good, changes);
}

static void keeps_the_rules_of_times(void **state)
{
	static const char beacon[] = "beacon drand " HASH_A " 7\n";
	static const char none[] =
	    "beacon-delay 0\nbeacon none\nwithheld void\n";
	static const char from[] =
	    "beacon-delay 300\nbeacon drand " HASH_A " 7\nwithheld continue\n";
	static const struct change changes[] = {
		{ "08T12", "08T10", 19, "later" },
		{ "08T12:00:00", "08T10:00:01", 0, NULL },
		{ "delay 300", "delay 2592000", 0, NULL },
		{ "delay 300", "delay 2592001", 20, "bounds" },
		{ "delay 300", "delay 0", 0, NULL },
		{ " 7\n", " 0\n", 21, "bounds" },
		{ " 7\n", " 9007199254740992\n", 21, "integer" },
		{ " 7\n", "\n", 21, "missing" },
		{ "beacon drand", "beacon moon", 21, "words" },
		{ beacon,
		    "beacon nist " HASH_A HASH_B " 2026-07-08T12:05:00Z\n", 0,
		    NULL },
		{ beacon, "beacon nist " HASH_A " 2026-07-08T12:05:00Z\n", 21,
		    "hex" },
		{ beacon, "beacon public dice25 2026-07-08T12:05:00Z\n", 0,
		    NULL },
		{ beacon, "beacon public dice/25 2026-07-08T12:05:00Z\n", 21,
		    "token" },
		{ "continue", "void", 0, NULL },
		{ "continue", "wait", 22, "words" },
		{ from, none, 0, NULL },
		{ from, "beacon-delay 0\nbeacon none\nwithheld continue\n", 22,
		    "without a beacon" },
		{ from, "beacon-delay 1\nbeacon none\nwithheld void\n", 22,
		    "delay" },
	};

	(void)state;
	CHECK_CHANGES("declare", good, changes);
}

/* --- the limits of its lists ---------------------------------------------- */

/* A key of its own for each number. */
static void add_key_line(
    struct kl_buf *text, const char *word, unsigned number, const char *end)
{
	uint8_t seed[KL_SEED_SIZE] = { (uint8_t)number, *word };
	char key[KL_PUBLIC_KEY_HEX], line[160];
	struct kl_signer signer;

	kl_signer_make(&signer, seed);
	kl_public_key_hex(&signer.key, key);
	kl_signer_clear(&signer);
	snprintf(line, sizeof(line), "%s%02u %s%s\n", word, number, key, end);
	kl_buf_add_text(text, line);
}

static void make_declare(
    struct kl_buf *text, unsigned witnesses, unsigned parties)
{
	char quorum[32];

	kl_buf_clear(text);
	kl_buf_add_text(text, BEFORE_WITNESS);
	for (unsigned i = 0; i < witnesses; i++)
		add_key_line(text, "witness w", i, "");
	snprintf(quorum, sizeof(quorum), "quorum %u\n", witnesses);
	kl_buf_add_text(text, quorum);
	kl_buf_add_text(
	    text, AFTER_WITNESS "party operator " KEY_OPERATOR " required\n");
	for (unsigned i = 1; i < parties; i++)
		add_key_line(text, "party p", i, " required");
	kl_buf_add_text(text, AFTER_PARTY);
	assert_int_equal(kl_buf_result(text), KL_OK);
}

static void counts_witnesses_and_parties(void **state)
{
	const struct text_kind *kind = kind_named("declare");
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	(void)state;
	make_declare(&text, 0, 2);
	assert_taken(kind, (char *)text.data, text.size);
	make_declare(&text, KL_WITNESSES_MAX, KL_PARTIES_MAX);
	assert_taken(kind, (char *)text.data, text.size);
	make_declare(&text, KL_WITNESSES_MAX + 1, 2);
	assert_refused(kind, (char *)text.data, text.size, 23, "16 witnesses");
	make_declare(&text, 0, KL_PARTIES_MAX + 1);
	assert_refused(kind, (char *)text.data, text.size, 31, "16 parties");
	make_declare(&text, 0, 1);
	assert_refused(kind, (char *)text.data, text.size, 16, "two parties");
	kl_buf_clear(&text);
}

/* --- asking it ------------------------------------------------------------ */

/* The text of line `line`, from 1, begins with `word`. */
static void assert_line(const struct kl_buf *text,
    const struct kl_declare *declare, enum kl_declare_line name,
    const char *word)
{
	const char *at = (const char *)text->data;

	for (size_t line = kl_declare_line(declare, name); line > 1; line--)
		at = strchr(at, '\n') + 1;
	if (strncmp(at, word, strlen(word)) != 0)
		fail_msg("%s is elsewhere", word);
}

static void knows_its_lines(void **state)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_declare declare;

	(void)state;
	for (unsigned witnesses = 0; witnesses < 4; witnesses++) {
		make_declare(&text, witnesses, witnesses + 2);
		assert_int_equal(kl_declare_read(&declare, (char *)text.data,
				     text.size, NULL),
		    KL_OK);
		kl_buf_add_byte(&text, '\0');
		assert_line(&text, &declare, KL_DECLARE_DRAW, "draw ");
		assert_line(&text, &declare, KL_DECLARE_PREVIOUS, "previous ");
		assert_line(&text, &declare, KL_DECLARE_LOG, "log ");
		assert_line(&text, &declare, KL_DECLARE_QUORUM, "quorum ");
		assert_line(&text, &declare, KL_DECLARE_EXCLUDED, "excluded ");
		assert_line(&text, &declare, KL_DECLARE_SELECT, "select ");
		assert_line(&text, &declare, KL_DECLARE_PARTY, "party oper");
		assert_line(&text, &declare, KL_DECLARE_COMMIT_BY, "commit-by");
		assert_line(&text, &declare, KL_DECLARE_DELAY, "beacon-delay");
		assert_line(&text, &declare, KL_DECLARE_WITHHELD, "withheld ");
	}
	kl_buf_clear(&text);
}

static void answers_what_it_holds(void **state)
{
	struct kl_declare declare;
	int64_t due;

	(void)state;
	assert_int_equal(
	    kl_declare_read(&declare, good, strlen(good), NULL), KL_OK);
	assert_int_equal(
	    kl_declare_party(&declare, kl_span_of("supervisor")), 1);
	assert_int_equal(
	    kl_declare_party(&declare, kl_span_of("super")), SIZE_MAX);
	assert_true(declare.parties[0].required);
	assert_false(declare.parties[1].required);
	assert_false(declare.withheld_void);
	assert_int_equal(declare.beacon.round, 7);
	assert_int_equal(kl_time_read("2026-07-08T12:05:00Z", 20, &due), KL_OK);
	assert_int_equal(kl_declare_beacon_due(&declare), due);
	assert_string_equal(kl_beacon_word(declare.beacon.kind), "drand");
}

static void leaves_the_value_alone_on_failure(void **state)
{
	struct kl_declare declare = { .attempt = 5 };
	struct kl_fault fault = { 77, "" };

	(void)state;
	assert_int_equal(
	    kl_declare_read(&declare, good, strlen(good) - 1, &fault),
	    KL_MALFORMED);
	assert_int_equal(declare.attempt, 5);
	assert_int_equal(fault.line, 22);
	fault.line = 77;
	assert_int_equal(
	    kl_declare_read(&declare, good, strlen(good), &fault), KL_OK);
	assert_int_equal(fault.line, 77);
}

static void assert_unwritable(const struct kl_declare *declare)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	assert_int_equal(kl_declare_write(declare, &out), KL_RANGE);
	kl_buf_clear(&out);
}

static void writes_the_first_and_the_last_second(void **state)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_declare value;

	(void)state;
	assert_int_equal(
	    kl_declare_read(&value, good, strlen(good), NULL), KL_OK);
	value.draft_until = KL_TIME_MIN;
	assert_int_equal(kl_declare_write(&value, &out), KL_OK);
	value.draft_until = KL_TIME_MAX;
	assert_int_equal(kl_declare_write(&value, &out), KL_OK);
	kl_buf_clear(&out);
}

static void writes_nothing_it_would_not_read(void **state)
{
	struct kl_declare value, changed;

	(void)state;
	assert_int_equal(
	    kl_declare_read(&value, good, strlen(good), NULL), KL_OK);
	changed = value;
	changed.party_count = KL_PARTIES_MAX + 1;
	assert_unwritable(&changed);
	changed = value;
	changed.witness_count = KL_WITNESSES_MAX + 1;
	assert_unwritable(&changed);
	changed = value;
	changed.attempt = -1;
	assert_unwritable(&changed);
	changed = value;
	changed.draft_until = KL_TIME_MAX + 1;
	assert_unwritable(&changed);
	changed = value;
	changed.draft_until = KL_TIME_MIN - 1;
	assert_unwritable(&changed);
	changed = value;
	changed.select = SIZE_MAX;
	assert_unwritable(&changed);
	changed = value;
	memset(&changed.log_key, 0, sizeof(changed.log_key));
	assert_unwritable(&changed);
	changed = value;
	changed.beacon.kind = (enum kl_beacon_kind)9;
	assert_unwritable(&changed);
	changed = value;
	changed.draw = (struct kl_span){ 0 };
	assert_unwritable(&changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_rules_of_the_head),
		cmocka_unit_test(keeps_the_rules_of_witnesses),
		cmocka_unit_test(keeps_the_rules_of_parties),
		cmocka_unit_test(keeps_the_rules_of_times),
		cmocka_unit_test(counts_witnesses_and_parties),
		cmocka_unit_test(knows_its_lines),
		cmocka_unit_test(answers_what_it_holds),
		cmocka_unit_test(leaves_the_value_alone_on_failure),
		cmocka_unit_test(writes_the_first_and_the_last_second),
		cmocka_unit_test(writes_nothing_it_would_not_read),
	};

	return cmocka_run_group_tests_name("kl_declare", tests, NULL, NULL);
}
