/* What a party checks before it reveals; the receipts it is given. */
#include "party.h"

/* --- before revealing ----------------------------------------------------- */

static void test_reveals(void **state)
{
	struct party party = locked();

	(void)state;
	expect(&party, KL_PARTY_GOOD);
	assert_true(party.told.committed);
	assert_false(party.told.revealed);
	party.asked.now = START + 7199;
	expect(&party, KL_PARTY_GOOD);
	party.asked.now++;
	expect(&party, KL_PARTY_REVEAL_LATE);
	close_party(&party);
}

static void test_own_line(void **state)
{
	struct party party = locked();

	(void)state;
	party.asked.commit.bytes[5] ^= 1;
	expect(&party, KL_PARTY_OWN_DIFFERS);
	party.asked.commit.bytes[5] ^= 1;
	party.asked.signature.bytes[5] ^= 1;
	expect(&party, KL_PARTY_OWN_DIFFERS);
	party.asked.signature.bytes[5] ^= 1;
	expect(&party, KL_PARTY_GOOD);
	party.asked.has_own = false;
	expect(&party, KL_PARTY_OWN_DIFFERS);
	close_party(&party);
}

static void test_own_absent(void **state)
{
	struct plan plan = plan_locked();
	struct party party;

	(void)state;
	plan.parts[ME] = IS_ABSENT;
	party = open_party(&plan, NULL);
	sign_own(&party);
	expect(&party, KL_PARTY_OWN_ABSENT);
	close_party(&party);
}

/* A lock that ends before our line. */
static void test_own_cut(void **state)
{
	struct party party = locked();

	(void)state;
	edit_file(party.world, "lock.txt", "commit supervisor ",
	    "commit superviser ");
	expect(&party, KL_PARTY_OWN_ABSENT);
	close_party(&party);
}

static void test_copied(void **state)
{
	struct party party = locked();
	struct made *made = &party.world->made[0];
	struct kl_buf one = KL_BUF(FILE_MAX), other = KL_BUF(FILE_MAX);
	char hex[2][KL_HASH_HEX];
	struct kl_hash hash;

	(void)state;
	hash = commit_of(made, 0, &one);
	kl_hash_hex(&hash, hex[0]);
	hash = commit_of(made, 2, &other);
	kl_hash_hex(&hash, hex[1]);
	edit_file(party.world, "lock.txt", hex[1], hex[0]);
	expect(&party, KL_PARTY_COPIED);
	assert_true(kl_span_is(party.told.about, "owner"));
	kl_buf_clear(&one);
	kl_buf_clear(&other);
	close_party(&party);
}

static void lock_early(struct world *world)
{
	world_event(world, "lock")->at = START + 3599;
}

static void test_lock_early(void **state)
{
	struct plan plan = plan_locked();
	struct party party = open_party(&plan, lock_early);

	(void)state;
	sign_own(&party);
	expect_finding(&party, KL_FINDING_LOCK_EARLY);
	close_party(&party);
}

static void test_left_out(void **state)
{
	struct plan plan = plan_locked();
	struct party party;

	(void)state;
	plan.parts[2] = IS_ABSENT;
	plan.left_out = true;
	party = open_party(&plan, NULL);
	sign_own(&party);
	expect_finding(&party, KL_FINDING_COMMITMENT_LEFT_OUT);
	close_party(&party);
}

static void test_wrong_signer(void **state)
{
	struct plan plan = plan_locked();
	struct party party;

	(void)state;
	plan.wrong_signer = true;
	party = open_party(&plan, NULL);
	sign_own(&party);
	expect_finding(&party, KL_FINDING_COMMIT_SIGNATURE);
	close_party(&party);
}

/* The lock itself, and what it says of others, are entries. */
static void test_lock_missing(void **state)
{
	static const struct {
		const char *file;
		enum kl_party_code code;
	} cases[] = {
		{ "lock.txt", KL_PARTY_NOT_LOCKED },
		{ "log/lock.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/locked", KL_PARTY_NOT_LOGGED },
		{ "log/committed-owner.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/committed-supervisor.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/committed-operator.proof", KL_PARTY_NOT_LOGGED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct party party = locked();

		remove_file(party.world, cases[i].file);
		expect(&party, cases[i].code);
		close_party(&party);
	}
}

/* --- the lock's witnesses ------------------------------------------------- */

static void check_locked(int64_t cosigned, enum kl_party_code code)
{
	struct plan plan = plan_locked();
	struct party party;

	plan.cosigned[1] = cosigned;
	party = open_party(&plan, NULL);
	party.asked.now = START + 7199;
	sign_own(&party);
	expect(&party, code);
	close_party(&party);
}

static void test_lock_cosigned(void **state)
{
	(void)state;
	check_locked(0, KL_PARTY_NOT_WITNESSED);
	check_locked(7199, KL_PARTY_GOOD);
	check_locked(7200, KL_PARTY_NOT_WITNESSED);
}

/* Without a beacon the operator comes first. protocol §3.4. */
static void test_operator_first(void **state)
{
	struct plan plan = plan_none_locked();
	struct party party = open_party(&plan, NULL);

	(void)state;
	sign_own(&party);
	expect(&party, KL_PARTY_OPERATOR_FIRST);
	close_party(&party);
	plan.parts[0] = REVEALS;
	party = open_party(&plan, NULL);
	sign_own(&party);
	expect(&party, KL_PARTY_GOOD);
	close_party(&party);
}

static void test_operator_itself(void **state)
{
	struct plan plan = plan_none_locked();
	struct party party = open_party(&plan, NULL);
	struct kl_locked own = lock_of(party.world, &party.world->made[0], 0);

	(void)state;
	party.signer = signer_of(1);
	party.asked.has_own = true;
	party.asked.commit = own.commit;
	party.asked.signature = own.signature;
	expect(&party, KL_PARTY_GOOD);
	close_party(&party);
}

static void test_has_revealed(void **state)
{
	struct plan plan = plan_locked();
	struct party party;

	(void)state;
	plan.parts[ME] = REVEALS;
	party = open_party(&plan, NULL);
	sign_own(&party);
	expect(&party, KL_PARTY_GOOD);
	assert_true(party.told.revealed);
	party.asked.now = START + 7200;
	expect(&party, KL_PARTY_GOOD);
	close_party(&party);
}

/* --- receipts ------------------------------------------------------------- */

static struct kl_note_key log_key(const char *origin)
{
	struct kl_signer signer = signer_of(0);

	return kl_note_key_of(origin, strlen(origin), KL_KEY_NOTE, &signer.key);
}

static enum kl_result read_first(const char *kind, const char *origin,
    uint8_t log, struct kl_public_key *key)
{
	struct kl_note_key trusted = log_key("log.example/klero");
	char log_hex[KL_PUBLIC_KEY_HEX], receipt_hex[KL_PUBLIC_KEY_HEX];
	struct kl_buf bytes = KL_BUF(KL_LEAF_SIZE_MAX);
	struct kl_leaf leaf = { .at = START,
		.kind = kind,
		.subject = "log",
		.organisation = "org",
		.role = "service",
		.seq = 1 };
	struct kl_signer logs = signer_of(log), receipts = signer_of(20);
	json_t *data;
	enum kl_result result;

	kl_public_key_hex(&logs.key, log_hex);
	kl_public_key_hex(&receipts.key, receipt_hex);
	data = json_pack("{s:s, s:s, s:s}", "origin", origin, "log_key",
	    log_hex, "receipt_key", receipt_hex);
	leaf.data = data;
	assert_int_equal(kl_leaf_write(&bytes, &leaf), KL_OK);
	result = kl_party_receipt_key(bytes.data, bytes.size, &trusted, key);
	json_decref(data);
	kl_buf_clear(&bytes);
	return result;
}

static void test_receipt_key(void **state)
{
	const char *origin = "log.example/klero";
	struct kl_public_key key, expected = signer_of(20).key;
	struct kl_note_key trusted = log_key(origin);

	(void)state;
	assert_int_equal(read_first("log.opened", origin, 0, &key), KL_OK);
	assert_true(kl_public_key_equal(&key, &expected));
	assert_int_equal(
	    read_first("log.closed", origin, 0, &key), KL_MISMATCH);
	assert_int_equal(
	    read_first("log.opened", "log.example/b", 0, &key), KL_MISMATCH);
	assert_int_equal(
	    read_first("log.opened", origin, 1, &key), KL_MISMATCH);
	assert_int_equal(
	    kl_party_receipt_key("{}", 2, &trusted, &key), KL_MISMATCH);
}

static enum kl_result read_receipt(
    const char *origin, uint8_t signer, const char *end)
{
	struct kl_note_key trusted = log_key("log.example/klero");
	struct kl_signer by = signer_of(signer);
	char hex[KL_SIGNATURE_HEX], text[512];
	struct kl_public_key key = signer_of(20).key;
	struct kl_signature signature;
	struct kl_receipt receipt;

	snprintf(text, sizeof(text),
	    "klero/1 receipt\norigin %s\nevent %032d\nindex 7\nleaf %064d\n"
	    "by 2026-07-08T08:00:00Z\n%s",
	    origin, 1, 2, end);
	signature = kl_sign(&by, text, strlen(text));
	kl_signature_hex(&signature, hex);
	return kl_party_receipt_read(
	    &receipt, kl_span_of(text), kl_span_of(hex), &trusted, &key);
}

static void test_receipt(void **state)
{
	(void)state;
	assert_int_equal(read_receipt("log.example/klero", 20, ""), KL_OK);
	assert_int_equal(read_receipt("log.example/b", 20, ""), KL_MISMATCH);
	assert_int_equal(
	    read_receipt("log.example/klero", 21, ""), KL_MISMATCH);
	assert_int_equal(
	    read_receipt("log.example/klero", 20, "x"), KL_MALFORMED);
}

/* --- words ---------------------------------------------------------------- */

static void test_words(void **state)
{
	(void)state;
	for (int i = 0; i < KL_PARTY_CODE_COUNT; i++) {
		assert_non_null(kl_party_chinese(i));
		assert_non_null(kl_party_english(i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    kl_party_word(i), kl_party_word(j));
	}
	assert_int_equal(kl_party_way(KL_PARTY_GOOD), KL_PARTY_GO);
	assert_int_equal(kl_party_way(KL_PARTY_NOT_TAKEN), KL_PARTY_HAND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reveals),
		cmocka_unit_test(test_own_line),
		cmocka_unit_test(test_own_absent),
		cmocka_unit_test(test_own_cut),
		cmocka_unit_test(test_copied),
		cmocka_unit_test(test_lock_early),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_wrong_signer),
		cmocka_unit_test(test_lock_missing),
		cmocka_unit_test(test_lock_cosigned),
		cmocka_unit_test(test_operator_first),
		cmocka_unit_test(test_operator_itself),
		cmocka_unit_test(test_has_revealed),
		cmocka_unit_test(test_receipt_key),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
