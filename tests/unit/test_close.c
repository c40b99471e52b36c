/* close.txt, replace.txt, annul.txt, and the receipt. */
#include "changes.h"

static void keeps_the_rules_of_a_close(void **state)
{
	static const char good[] = "klero/1 close\n"
				   "declare " HASH_A "\n"
				   "outcome result\n"
				   "reason drawn\n"
				   "detail " HASH_B "\n"
				   "known yes\n";
	static const struct change changes[] = {
		{ "outcome result", "outcome won", 3, "words" },
		{ "outcome result", "outcome void", 4, "another outcome" },
		{ "drawn", "lost", 4, "words" },
		{ "drawn", "absent", 4, "another outcome" },
		{ HASH_B, "-", 5, "result.txt" },
		{ "known yes", "known no", 6, "always known" },
		{ "known yes", "known maybe", 6, "words" },
	};

	(void)state;
	CHECK_CHANGES("close", good, changes);
}

/* Every reason goes with one outcome, and with no other. */
static void pairs_reasons_and_outcomes(void **state)
{
	static const char *const outcomes[] = {
		[KL_OUTCOME_RESULT] = "result",
		[KL_OUTCOME_VOID] = "void",
		[KL_OUTCOME_FAILED] = "failed",
	};
	const struct text_kind *kind = kind_named("close");
	char text[512];

	(void)state;
	for (enum kl_close_reason reason = KL_CLOSE_DRAWN;
	     reason <= KL_CLOSE_PARTY; reason++)
		for (int i = KL_OUTCOME_RESULT; i <= KL_OUTCOME_FAILED; i++) {
			bool drawn = reason == KL_CLOSE_DRAWN;

			snprintf(text, sizeof(text),
			    "klero/1 close\ndeclare %s\noutcome %s\n"
			    "reason %s\ndetail %s\nknown %s\n",
			    HASH_A, outcomes[i], kl_close_word(reason),
			    drawn ? HASH_B : "-", drawn ? "yes" : "no");
			if (i == (int)kl_close_outcome(reason))
				assert_taken(kind, text, strlen(text));
			else
				assert_refused(kind, text, strlen(text), 4,
				    "another outcome");
		}
}

static void reads_its_own_words(void **state)
{
	enum kl_close_reason read;

	(void)state;
	for (enum kl_close_reason reason = KL_CLOSE_DRAWN;
	     reason <= KL_CLOSE_PARTY; reason++) {
		assert_int_equal(kl_close_reason_read(
				     kl_span_of(kl_close_word(reason)), &read),
		    KL_OK);
		assert_int_equal(read, reason);
	}
	assert_int_equal(
	    kl_close_reason_read(kl_span_of("drawn "), &read), KL_MALFORMED);
	assert_int_equal(
	    kl_close_reason_read(kl_span_of(""), &read), KL_MALFORMED);
	assert_string_equal(kl_outcome_word(KL_OUTCOME_RESULT), "result");
	assert_string_equal(kl_outcome_word(KL_OUTCOME_VOID), "void");
	assert_string_equal(kl_outcome_word(KL_OUTCOME_FAILED), "failed");
}

static void says_who_may_lack_cosignatures(void **state)
{
	static const bool may[] = {
		[KL_CLOSE_UNWITNESSED] = true,
		[KL_CLOSE_UNSEALED] = true,
		[KL_CLOSE_CANCELLED] = true,
		[KL_CLOSE_PARTY] = false,
	};

	(void)state;
	for (enum kl_close_reason reason = KL_CLOSE_DRAWN;
	     reason <= KL_CLOSE_PARTY; reason++)
		assert_int_equal(kl_close_may_lack_marks(reason), may[reason]);
}

#define REPLACE_HEAD                                                           \
	"klero/1 replace\n"                                                    \
	"close " HASH_A "\n"                                                   \
	"out E1\n"                                                             \
	"in E2\n"                                                              \
	"reason refused\n"                                                     \
	"evidence -\n"
#define ANNUL_HEAD                                                             \
	"klero/1 annul\n"                                                      \
	"close " HASH_A "\n"                                                   \
	"reason bid-rigging\n"                                                 \
	"evidence " HASH_B "\n"
#define APPROVE_1 "approve operator " SIGNATURE "\n"
#define APPROVE_2 "approve supervisor " SIGNATURE "\n"

static const char replace_text[] = REPLACE_HEAD APPROVE_1 APPROVE_2;
static const char annul_text[] = ANNUL_HEAD APPROVE_1 APPROVE_2;

static void keeps_the_rules_of_a_replacement(void **state)
{
	static const struct change changes[] = {
		{ "out E1", "out -", 3, "token" },
		{ "in E2", "in -", 0, NULL },
		{ "in E2", "in", 4, "missing" },
		{ "in E2", "in - -", 4, "goes on" },
		{ "refused", "silent", 0, NULL },
		{ "refused", "unqualified", 0, NULL },
		{ "refused", "terminated", 0, NULL },
		{ "refused", "tired", 5, "words" },
		{ "evidence -", "evidence " HASH_C, 0, NULL },
		{ "evidence -", "evidence none", 6, "hex" },
		{ APPROVE_2, "", 8, "fewer than two" },
		{ APPROVE_1 APPROVE_2, "", 7, "fewer than two" },
		{ "supervisor", "operator", 8, "twice" },
		{ "supervisor", "owner", 0, NULL },
		{ NULL, "approve owner " SIGNATURE "\n", 0, NULL },
	};

	(void)state;
	CHECK_CHANGES("replace", replace_text, changes);
	assert_int_equal(kl_replace_line(0), 7);
}

static void keeps_the_rules_of_an_annulment(void **state)
{
	static const struct change changes[] = {
		{ "bid-rigging", "-", 3, "token" },
		{ "evidence " HASH_B, "evidence -", 4, "hex" },
		{ "supervisor", "owner", 7, "neither supervisor" },
		{ "supervisor", "entrants", 0, NULL },
		{ APPROVE_2, "", 6, "fewer than two" },
	};

	(void)state;
	CHECK_CHANGES("annul", annul_text, changes);
	assert_int_equal(kl_annul_line(0), 5);
}

static void counts_approvals(void **state)
{
	struct kl_buf text = KL_BUF(1 << 16);
	char line[256];

	(void)state;
	kl_buf_add_text(&text, REPLACE_HEAD);
	for (int i = 0; i <= KL_PARTIES_MAX; i++) {
		if (i == KL_PARTIES_MAX)
			assert_taken(kind_named("replace"), (char *)text.data,
			    text.size);
		snprintf(line, sizeof(line), "approve p%d %s\n", i, SIGNATURE);
		kl_buf_add_text(&text, line);
	}
	assert_refused(kind_named("replace"), (char *)text.data, text.size,
	    kl_replace_line(KL_PARTIES_MAX), "16 signatures");
	kl_buf_clear(&text);
}

static void assert_bytes(struct kl_buf *out, const char *expected)
{
	assert_int_equal(out->size, strlen(expected));
	assert_memory_equal(out->data, expected, out->size);
	kl_buf_clear(out);
}

/* Each approver signs all bytes before his own line. */
static void writes_what_approvers_sign(void **state)
{
	struct kl_buf out = KL_BUF(1 << 16);
	struct kl_replace replace;
	struct kl_annul annul;

	(void)state;
	assert_int_equal(
	    kl_replace_read(&replace, replace_text, strlen(replace_text), NULL),
	    KL_OK);
	assert_int_equal(kl_replace_write_statement(&replace, 0, &out), KL_OK);
	assert_bytes(&out, REPLACE_HEAD);
	assert_int_equal(kl_replace_write_statement(&replace, 1, &out), KL_OK);
	assert_bytes(&out, REPLACE_HEAD APPROVE_1);
	assert_int_equal(
	    kl_annul_read(&annul, annul_text, strlen(annul_text), NULL), KL_OK);
	assert_int_equal(kl_annul_write_statement(&annul, 0, &out), KL_OK);
	assert_bytes(&out, ANNUL_HEAD);
	assert_int_equal(kl_annul_write_statement(&annul, 1, &out), KL_OK);
	assert_bytes(&out, ANNUL_HEAD APPROVE_1);
	/* Before there is any approval the first can be asked for. */
	annul.approval_count = 0;
	assert_int_equal(kl_annul_write_statement(&annul, 0, &out), KL_OK);
	assert_bytes(&out, ANNUL_HEAD);
	assert_int_equal(kl_annul_write(&annul, &out), KL_RANGE);
	kl_buf_clear(&out);
}

static void keeps_the_rules_of_a_receipt(void **state)
{
	static const char good[] = "klero/1 receipt\n"
				   "origin example.org/klero\n"
				   "event 0123456789abcdef0123456789abcdef\n"
				   "index 0\n"
				   "leaf " HASH_A "\n"
				   "by 2026-07-01T00:00:10Z\n";
	static const struct change changes[] = {
		{ "example.org", "example+org", 2, "key name" },
		{ "event 01", "event 0", 3, "hex" },
		{ "index 0", "index -1", 4, "integer" },
		{ "index 0", "index 9007199254740991", 0, NULL },
		{ "index 0", "index 9007199254740992", 4, "integer" },
		{ "leaf aa", "leaf a", 5, "hex" },
		{ "10Z", "10z", 6, "time" },
	};

	(void)state;
	CHECK_CHANGES("receipt", good, changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_rules_of_a_close),
		cmocka_unit_test(pairs_reasons_and_outcomes),
		cmocka_unit_test(reads_its_own_words),
		cmocka_unit_test(says_who_may_lack_cosignatures),
		cmocka_unit_test(keeps_the_rules_of_a_replacement),
		cmocka_unit_test(keeps_the_rules_of_an_annulment),
		cmocka_unit_test(counts_approvals),
		cmocka_unit_test(writes_what_approvers_sign),
		cmocka_unit_test(keeps_the_rules_of_a_receipt),
	};

	return cmocka_run_group_tests_name("kl_close", tests, NULL, NULL);
}
