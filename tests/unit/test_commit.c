/* commit, lock, seal, and the statement that a commitment signs. */
#include "changes.h"

static void keeps_the_rules_of_a_commit(void **state)
{
	static const char good[] = "klero/1 commit\n"
				   "declare " HASH_A "\n"
				   "party operator\n"
				   "secret " HASH_B "\n";
	static const struct change changes[] = {
		{ "declare aa", "declare a", 2, "hex" },
		{ "declare aa", "declare AA", 2, "hex" },
		{ "operator", "0perator", 3, "not a party" },
		{ "secret bb", "secret b", 4, "hex" },
		{ "secret bb", "secret bbb", 4, "hex" },
		{ NULL, "secret " HASH_B "\n", 5, "after its end" },
	};

	(void)state;
	CHECK_CHANGES("commit", good, changes);
}

static void writes_the_commitment_statement(void **state)
{
	static const char good[] = "klero/1 commitment\n"
				   "declare " HASH_A "\n"
				   "party operator\n"
				   "commit " HASH_B "\n";
	static const struct change changes[] = {
		{ "commitment", "commit", 1, "another word" },
		{ "commit bb", "commit b", 4, "hex" },
	};

	(void)state;
	CHECK_CHANGES("commitment", good, changes);
}

#define LOCK_HEAD "klero/1 lock\ndeclare " HASH_A "\n"

static void keeps_the_rules_of_a_lock(void **state)
{
	static const char good[] =
	    LOCK_HEAD "commit operator " HASH_B " " SIGNATURE "\n"
		      "commit supervisor absent -\n"
		      "commit owner " HASH_C " " SIGNATURE "\n";
	static const struct change changes[] = {
		{ "absent -", HASH_B " " SIGNATURE, 0, NULL },
		{ "absent -", "absent", 4, "missing" },
		{ "absent -", "absent " SIGNATURE, 4, "another word" },
		{ "absent -", "withheld -", 4, "hex" },
		{ "absent -", HASH_B " -", 4, "hex" },
		{ HASH_C " " SIGNATURE, "absent -", 6, "two commitments" },
		{ "supervisor", "operator", 4, "twice" },
		{ "owner", "supervisor", 5, "twice" },
		{ SIGNATURE, HASH_A, 3, "hex" },
		{ NULL, "secret operator " HASH_B "\n", 6, "after its end" },
	};

	(void)state;
	CHECK_CHANGES("lock", good, changes);
	assert_refused(kind_named("lock"), LOCK_HEAD, strlen(LOCK_HEAD), 3,
	    "two commitments");
}

#define SEAL_HEAD "klero/1 seal\ndeclare " HASH_A "\nlock " HASH_B "\n"

static void keeps_the_rules_of_a_seal(void **state)
{
	static const char good[] = SEAL_HEAD "secret operator " HASH_C "\n"
					     "secret supervisor withheld\n"
					     "secret owner absent\n";
	static const struct change changes[] = {
		{ "withheld", HASH_A, 0, NULL },
		{ "withheld", "absent", 0, NULL },
		{ "withheld", "-", 5, "hex" },
		{ "withheld", "withheld -", 5, "goes on" },
		{ "supervisor", "operator", 5, "twice" },
		{ "operator " HASH_C, "operator withheld", 7, "no secret" },
		{ "secret supervisor withheld\nsecret owner absent\n", "", 5,
		    "two parties" },
	};

	(void)state;
	CHECK_CHANGES("seal", good, changes);
}

/* Lines of 16 and of 17 parties. */
static void counts_parties(void **state)
{
	struct kl_buf lock = KL_BUF(1 << 16), seal = KL_BUF(1 << 16);
	char line[256];

	(void)state;
	kl_buf_add_text(&lock, LOCK_HEAD);
	kl_buf_add_text(&seal, SEAL_HEAD);
	for (int i = 0; i <= KL_PARTIES_MAX; i++) {
		if (i == KL_PARTIES_MAX) {
			assert_taken(
			    kind_named("lock"), (char *)lock.data, lock.size);
			assert_taken(
			    kind_named("seal"), (char *)seal.data, seal.size);
		}
		snprintf(line, sizeof(line), "commit p%d %s\n", i,
		    HASH_B " " SIGNATURE);
		kl_buf_add_text(&lock, line);
		snprintf(line, sizeof(line), "secret p%d %s\n", i, HASH_B);
		kl_buf_add_text(&seal, line);
	}
	assert_refused(kind_named("lock"), (char *)lock.data, lock.size,
	    kl_lock_line(KL_PARTIES_MAX), "16 parties");
	assert_refused(kind_named("seal"), (char *)seal.data, seal.size,
	    kl_seal_line(KL_PARTIES_MAX), "16 parties");
	kl_buf_clear(&lock);
	kl_buf_clear(&seal);
}

static void writes_nothing_it_would_not_read(void **state)
{
	struct kl_buf out = KL_BUF(1 << 16);
	struct kl_lock lock = { .count = 2 };
	struct kl_seal seal = { .count = 2 };

	(void)state;
	lock.parties[0].party = seal.parties[0].party = kl_span_of("a");
	lock.parties[1].party = seal.parties[1].party = kl_span_of("b");
	assert_int_equal(kl_lock_write(&lock, &out), KL_OK);
	assert_int_equal(kl_seal_write(&seal, &out), KL_OK);
	lock.count = seal.count = KL_PARTIES_MAX + 1;
	assert_int_equal(kl_lock_write(&lock, &out), KL_RANGE);
	assert_int_equal(kl_seal_write(&seal, &out), KL_RANGE);
	lock.count = seal.count = 2;
	lock.parties[1].absent = true;
	assert_int_equal(kl_lock_write(&lock, &out), KL_RANGE);
	seal.parties[1].reveal = (enum kl_reveal)7;
	assert_int_equal(kl_seal_write(&seal, &out), KL_RANGE);
	kl_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_rules_of_a_commit),
		cmocka_unit_test(writes_the_commitment_statement),
		cmocka_unit_test(keeps_the_rules_of_a_lock),
		cmocka_unit_test(keeps_the_rules_of_a_seal),
		cmocka_unit_test(counts_parties),
		cmocka_unit_test(writes_nothing_it_would_not_read),
	};

	return cmocka_run_group_tests_name("kl_commit", tests, NULL, NULL);
}
