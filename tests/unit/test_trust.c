/* Whom to trust is read strictly, and a quorum is counted as C2SP says. */
#include "kl_trust.h"
#include "vectors.h"

/* log.lottery.example/golden and its two witnesses. */
#define LOG                                                                    \
	"log log.lottery.example/golden+eec33407+"                             \
	"Aawnxtg4B75l7Z0nkdNbY7nQNvxZ/ad+/DFKV5jBaV9n"
#define LOG_2                                                                  \
	"log log.lottery.example/golden+256ad36a+"                             \
	"AYZElWSHQ/0oKuYA1gh1Yz43rfcvlGr/Cziyek9wCX7B"
#define W1                                                                     \
	"witness.example/w1+a37f3425+"                                         \
	"BOGTkyP8PAkdC2pRlMxNhD/D6yCtk1wak4fz8Rg0Qv1p"
#define W2                                                                     \
	"witness.example/w2+a2b7fb6e+"                                         \
	"BBZ75/o11K6tQMv3TtV92eFeT7N3ysD91fbEmfCbsLbz"
#define KEY  "ac27c6d83807be65ed9d2791d35b63b9d036fc59fda77efc314a5798c1695f67"
#define KEY2 "e1939323fc3c091d0b6a5194cc4d843fc3eb20ad935c1a9387f3f1183442fd69"
#define BOTH "witness a " W1 "\nwitness b " W2 "\n"

static enum kl_result read_trust(
    const char *text, struct kl_trust *trust, size_t *line)
{
	return kl_trust_read(text, strlen(text), trust, line);
}

static void reads_all_kinds_of_lines(void **state)
{
	static const char text[] = "# whom we trust\n\n \t \n" LOG "\n" BOTH
				   "\tgroup g\tall a b \nquorum g\n"
				   "party operator " KEY "\n"
				   "party owner " KEY2 "\n  # end\n";
	struct kl_trust trust;
	struct kl_public_key key;
	size_t line;

	(void)state;
	assert_int_equal(read_trust(text, &trust, &line), KL_OK);
	assert_int_equal(trust.log_count, 1);
	assert_int_equal(trust.witness_count, 2);
	assert_int_equal(trust.voter_count, 3);
	assert_int_equal(trust.party_count, 2);
	assert_true(trust.needs_quorum);
	assert_non_null(
	    kl_trust_log(&trust, kl_span_of("log.lottery.example/golden")));
	assert_null(kl_trust_log(&trust, kl_span_of("log.lottery.example")));
	assert_int_equal(kl_public_key_read(KEY, 64, &key), KL_OK);
	assert_true(kl_trust_has_party(&trust, kl_span_of("operator"), &key));
	assert_false(kl_trust_has_party(&trust, kl_span_of("owner"), &key));
}

static void tells_the_line_at_fault(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		enum kl_result result;
	} bad[] = {
		{ "", 0, KL_MALFORMED },
		{ LOG "\n", 0, KL_MALFORMED },
		{ "quorum none", 1, KL_MALFORMED },
		{ "quorum none\nquorum none\n", 2, KL_MALFORMED },
		{ "quorum\n", 1, KL_MALFORMED },
		{ "quorum none more\n", 1, KL_MALFORMED },
		{ "quorum a\nwitness a " W1 "\n", 1, KL_MALFORMED },
		{ LOG "\n" LOG "\n", 2, KL_MALFORMED },
		{ LOG " https://a b\n", 1, KL_MALFORMED },
		{ "log " W1 "\n", 1, KL_MALFORMED },
		{ "log\n", 1, KL_MALFORMED },
		{ "witness none " W1 "\n", 1, KL_MALFORMED },
		{ "witness a " W1 "\nwitness a " W2 "\n", 2, KL_MALFORMED },
		{ "witness a " W1 "\nwitness b " W1 "\n", 2, KL_MALFORMED },
		{ "group g any a\n", 1, KL_MALFORMED },
		{ BOTH "group g any\n", 3, KL_MALFORMED },
		{ BOTH "group g any a a\n", 3, KL_MALFORMED },
		{ BOTH "group g any a\ngroup h any a\n", 4, KL_MALFORMED },
		{ BOTH "group g 01 a\n", 3, KL_MALFORMED },
		{ BOTH "group g some a\n", 3, KL_MALFORMED },
		{ BOTH "group g 0 a\n", 3, KL_RANGE },
		{ BOTH "group g 3 a b\n", 3, KL_RANGE },
		{ "party Operator " KEY "\n", 1, KL_MALFORMED },
		{ "party operator\n", 1, KL_MALFORMED },
		{ "party operator " KEY " x\n", 1, KL_MALFORMED },
		{ "party a " KEY "\nparty b " KEY "\n", 2, KL_MALFORMED },
		{ "party a "
		  "0100000000000000000000000000000000000000000000000000000000"
		  "000000\n",
		    1, KL_RANGE },
		{ "person a\n", 1, KL_MALFORMED },
		{ "quorum none\r\n", 1, KL_MALFORMED },
		{ "# \xc0\xaf\nquorum none\n", 1, KL_MALFORMED },
		{ LOG "\n" LOG_2 "\n", 2, KL_MALFORMED },
	};
	struct kl_trust trust;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		size_t line;
		enum kl_result result = read_trust(bad[i].text, &trust, &line);

		if (result != bad[i].result || line != bad[i].line)
			fail_msg(
			    "%s: %d in line %zu", bad[i].text, result, line);
	}
}

static void keeps_the_address_of_a_witness(void **state)
{
	struct kl_trust trust;
	size_t line;

	(void)state;
	assert_int_equal(read_trust("witness a " W1 " https://a.example/x\t\n"
				    "witness b " W2 "\nquorum none\n",
			     &trust, &line),
	    KL_OK);
	assert_true(kl_span_is(trust.witness_urls[0], "https://a.example/x"));
	assert_int_equal(trust.witness_urls[1].size, 0);
}

/* --- quorums -------------------------------------------------------------- */

/* Signed by the log, and by the witnesses named: bit 0 is w1, bit 1 w2. */
static void write_note(struct kl_buf *out, unsigned witnesses)
{
	json_t *file = vectors_load(TLOG "golden/golden_checkpoints.json");
	json_t *vector = json_array_get(member(file, "checkpoints"), 3);

	kl_buf_add_text(out, text_of(vector, "signed"));
	if ((witnesses & 1) != 0)
		kl_buf_add_text(out, text_of(vector, "w1_line"));
	if ((witnesses & 2) != 0)
		kl_buf_add_text(out, text_of(vector, "w2_line"));
	json_decref(file);
}

static enum kl_result count_quorum(const char *text, unsigned witnesses)
{
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_trust trust;
	struct kl_note note;
	enum kl_result result;
	size_t line;

	assert_int_equal(read_trust(text, &trust, &line), KL_OK);
	write_note(&out, witnesses);
	assert_int_equal(
	    kl_note_read((char *)out.data, out.size, &note), KL_OK);
	result = kl_trust_quorum(&trust, &note, verdicts);
	kl_buf_clear(&out);
	return result;
}

static void counts_the_quorum(void **state)
{
	static const struct {
		const char *text;
		bool enough[4]; /* of nobody, w1, w2, both */
	} cases[] = {
		{ "quorum none\n", { true, true, true, true } },
		{ BOTH "quorum none\n", { true, true, true, true } },
		{ BOTH "quorum a\n", { false, true, false, true } },
		{ BOTH "group g any a b\nquorum g\n",
		    { false, true, true, true } },
		{ BOTH "group g all a b\nquorum g\n",
		    { false, false, false, true } },
		{ BOTH "group g 2 b a\nquorum g\n",
		    { false, false, false, true } },
		{ BOTH "group g any a\ngroup h all g b\nquorum h\n",
		    { false, false, false, true } },
		{ BOTH "group g any b\ngroup h 1 g\nquorum h\n",
		    { false, false, true, true } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (unsigned who = 0; who < 4; who++)
			if (count_quorum(cases[i].text, who) !=
			    (cases[i].enough[who] ? KL_OK : KL_MISMATCH))
				fail_msg("%s: %u", cases[i].text, who);
}

static void refuses_a_bad_cosignature(void **state)
{
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_trust trust;
	struct kl_note note;
	size_t line;

	(void)state;
	assert_int_equal(read_trust(BOTH "quorum a\n", &trust, &line), KL_OK);
	write_note(&out, 3);
	out.data[out.size - 20] ^= 1; /* in the line of b */
	assert_int_equal(
	    kl_note_read((char *)out.data, out.size, &note), KL_OK);
	assert_int_equal(kl_trust_quorum(&trust, &note, verdicts), KL_MISMATCH);
	kl_buf_clear(&out);
}

/* --- limits --------------------------------------------------------------- */

/* So many lines of one kind, each with a key of its own. */
static enum kl_result read_many(const char *kind, size_t count)
{
	struct kl_buf out = KL_BUF(KL_TRUST_SIZE_MAX);
	struct kl_trust trust;
	enum kl_result result;
	size_t line;

	for (size_t i = 0; i < count; i++) {
		uint8_t seed[KL_SEED_SIZE] = { (uint8_t)i, 1 };
		char name[24], text[KL_NOTE_KEY_TEXT], hex[KL_PUBLIC_KEY_HEX];
		struct kl_signer signer;
		struct kl_note_key key;

		kl_signer_make(&signer, seed);
		snprintf(name, sizeof(name), "n%zu", i);
		assert_int_equal(
		    kl_note_key_make(&key, name, strlen(name),
			strcmp(kind, "log") == 0 ? KL_KEY_NOTE
						 : KL_KEY_COSIGNATURE,
			&signer.key),
		    KL_OK);
		kl_note_key_write(&key, text);
		kl_public_key_hex(&signer.key, hex);
		kl_buf_add_text(&out, kind);
		kl_buf_add_text(&out, " ");
		if (strcmp(kind, "log") != 0) {
			kl_buf_add_text(&out, name);
			kl_buf_add_text(&out, " ");
		}
		kl_buf_add_text(&out, strcmp(kind, "party") == 0 ? hex : text);
		kl_buf_add_text(&out, "\n");
	}
	kl_buf_add_text(&out, "quorum none\n");
	result = kl_trust_read((char *)out.data, out.size, &trust, &line);
	kl_buf_clear(&out);
	return result;
}

/* Each group holds the one before it. */
static enum kl_result read_groups(size_t count)
{
	struct kl_buf out = KL_BUF(KL_TRUST_SIZE_MAX);
	struct kl_trust trust;
	enum kl_result result;
	char text[64];
	size_t line;

	kl_buf_add_text(&out, "witness g0 " W1 "\n");
	for (size_t i = 1; i <= count; i++) {
		snprintf(text, sizeof(text), "group g%zu any g%zu\n", i, i - 1);
		kl_buf_add_text(&out, text);
	}
	kl_buf_add_text(&out, "quorum g0\n");
	result = kl_trust_read((char *)out.data, out.size, &trust, &line);
	kl_buf_clear(&out);
	return result;
}

static void stops_at_its_limits(void **state)
{
	static const struct {
		const char *kind;
		size_t most;
	} kinds[] = {
		{ "log", KL_TRUST_LOGS_MAX },
		{ "witness", KL_TRUST_WITNESSES_MAX },
		{ "party", KL_TRUST_PARTIES_MAX },
	};
	struct kl_trust trust;
	char *large = malloc(KL_TRUST_SIZE_MAX + 1);
	static const char tail[] = "\nquorum none\n";
	size_t line, tail_size = sizeof(tail) - 1;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		assert_int_equal(
		    read_many(kinds[i].kind, kinds[i].most), KL_OK);
		assert_int_equal(
		    read_many(kinds[i].kind, kinds[i].most + 1), KL_TOO_LARGE);
	}
	assert_int_equal(read_groups(KL_TRUST_GROUPS_MAX), KL_OK);
	assert_int_equal(read_groups(KL_TRUST_GROUPS_MAX + 1), KL_TOO_LARGE);
	memset(large, '#', KL_TRUST_SIZE_MAX + 1);
	memcpy(large + KL_TRUST_SIZE_MAX - tail_size, tail, tail_size);
	assert_int_equal(
	    kl_trust_read(large, KL_TRUST_SIZE_MAX, &trust, &line), KL_OK);
	memcpy(large + KL_TRUST_SIZE_MAX + 1 - tail_size, tail, tail_size);
	assert_int_equal(
	    kl_trust_read(large, KL_TRUST_SIZE_MAX + 1, &trust, &line),
	    KL_TOO_LARGE);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_kinds_of_lines),
		cmocka_unit_test(keeps_the_address_of_a_witness),
		cmocka_unit_test(tells_the_line_at_fault),
		cmocka_unit_test(counts_the_quorum),
		cmocka_unit_test(refuses_a_bad_cosignature),
		cmocka_unit_test(stops_at_its_limits),
	};

	return cmocka_run_group_tests_name("kl_trust", tests, NULL, NULL);
}
