/* roster.txt, names.txt and excluded.txt: every rule and limit of each. */
#include "changes.h"

#include <stdlib.h>

/* --- what holds for every text -------------------------------------------- */

static void keeps_to_lines_and_fields(void **state)
{
	static const char good[] = "klero/1 roster\n"
				   "draw D-1\n"
				   "entries 2\n"
				   "entry a 1\n"
				   "entry b 2\n";
	static const struct change changes[] = {
		{ "klero/1", "klero/2", 1, "another word" },
		{ "klero/1 roster", "klero/1 excluded", 1, "another word" },
		{ "klero/1", "\xef\xbb\xbfklero/1", 1, "printable" },
		{ "klero/1 roster\n", "", 1, "another word" },
		{ "klero/1 roster\n", "\n", 1, "empty" },
		{ "roster\n", "roster\n\n", 2, "empty" },
		{ "roster\n", "roster\r\n", 1, "printable" },
		{ "roster\n", "roster \n", 1, "goes on" },
		{ "draw D", "draw  D", 2, "empty" },
		{ "draw D", " draw D", 2, "empty" },
		{ "draw D", "draw\tD", 2, "printable" },
		{ "draw D-1", "draw", 2, "missing" },
		{ "draw D-1", "draw ", 2, "empty" },
		{ "draw D-1", "draw -", 2, "token" },
		{ "draw D-1", "draw D-1 x", 2, "goes on" },
		{ "draw D-1", "draw D\x7f", 2, "printable" },
		{ "draw D-1", "draw D\xc3\xa9", 2, "printable" },
		{ "draw", "Draw", 2, "another word" },
		{ "entry b 2\n", "entry b 2", 5, "LF" },
		{ "entry b 2\n", "", 5, "ends too early" },
		{ NULL, "entry c 1\n", 6, "after its end" },
		{ NULL, "\n", 6, "after its end" },
		{ NULL, " ", 6, "after its end" },
	};

	(void)state;
	CHECK_CHANGES("roster", good, changes);
	assert_refused(kind_named("roster"), "", 0, 1, "ends too early");
	assert_refused(kind_named("roster"), NULL, 0, 1, "ends too early");
	assert_refused(
	    kind_named("roster"), "klero/1\0roster\n", 15, 1, "printable");
}

static void takes_at_most_16_mib(void **state)
{
	size_t size = KL_TEXT_SIZE_MAX + 1;
	char *text = test_malloc(size);
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_fault fault = { 0, NULL };

	(void)state;
	memset(text, 'x', size);
	for (size_t i = 0; i < TEXT_KINDS; i++) {
		assert_int_equal(
		    text_kinds[i].rewrite(text, size - 1, &fault, &out),
		    KL_MALFORMED);
		assert_int_equal(
		    text_kinds[i].rewrite(text, size, &fault, &out),
		    KL_TOO_LARGE);
	}
	test_free(text);
}

/* --- roster.txt ----------------------------------------------------------- */

static void keeps_the_rules_of_a_roster(void **state)
{
	static const char good[] = "klero/1 roster\n"
				   "draw D-1\n"
				   "entries 3\n"
				   "entry 91360702MA35000017 1000\n"
				   "entry B 2\n"
				   "entry b.2:_- 3\n";
	static const struct change changes[] = {
		{ "entries 3", "entries 2", 6, "after its end" },
		{ "entries 3", "entries 4", 7, "ends too early" },
		{ "entries 3", "entries 03", 3, "integer" },
		{ "entries 3", "entries +3", 3, "integer" },
		{ "entries 3", "entries 3.0", 3, "integer" },
		{ "entries 3", "entries 0", 3, "bounds" },
		{ "entries 3", "entries 100000", 7, "ends too early" },
		{ "entries 3", "entries 100001", 3, "bounds" },
		{ "entries 3", "entries 9007199254740992", 3, "integer" },
		{ "entries 3", "entries 18446744073709551619", 3, "integer" },
		{ " 1000", " 999", 0, NULL },
		{ " 1000", " 1001", 4, "bounds" },
		{ " 1000", " 0", 4, "bounds" },
		{ " 1000", " -1", 4, "integer" },
		{ "entry B", "entry b.2:_-", 6, "ascend" },
		{ "entry B", "entry c", 6, "ascend" },
		{ "entry B", "entry b", 0, NULL },
		{ "entry B", "entry b.2:", 0, NULL },
		{ "entry B", "entry B+", 5, "token" },
	};

	(void)state;
	CHECK_CHANGES("roster", good, changes);
}

/* A roster of `count` entries of this weight, the last of another. */
static void make_roster(struct kl_buf *text, size_t count, size_t id_size,
    unsigned weight, unsigned last)
{
	char line[128];

	snprintf(
	    line, sizeof(line), "klero/1 roster\ndraw D\nentries %zu\n", count);
	kl_buf_add_text(text, line);
	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "entry %0*zu %u\n", (int)id_size,
		    i, i + 1 < count ? weight : last);
		kl_buf_add_text(text, line);
	}
	assert_int_equal(kl_buf_result(text), KL_OK);
}

static void adds_up_to_a_million(void **state)
{
	const struct text_kind *kind = kind_named("roster");
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	(void)state;
	make_roster(&text, 1000, 18, 1000, 1000);
	assert_taken(kind, (char *)text.data, text.size);
	kl_buf_clear(&text);
	make_roster(&text, 1001, 18, 1000, 1);
	assert_refused(kind, (char *)text.data, text.size, 1004, "1,000,000");
	kl_buf_clear(&text);
	make_roster(&text, KL_ENTRIES_MAX, KL_TOKEN_SIZE_MAX, 10, 10);
	assert_taken(kind, (char *)text.data, text.size);
	kl_buf_clear(&text);
	make_roster(&text, KL_ENTRIES_MAX + 1, 18, 1, 1);
	assert_refused(kind, (char *)text.data, text.size, 3, "bounds");
	kl_buf_clear(&text);
	make_roster(&text, 2, KL_TOKEN_SIZE_MAX + 1, 1, 1);
	assert_refused(kind, (char *)text.data, text.size, 4, "token");
	kl_buf_clear(&text);
}

static void finds_an_entry(void **state)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_roster roster;

	(void)state;
	make_roster(&text, 5, 3, 1, 9);
	assert_int_equal(
	    kl_roster_read(&roster, (char *)text.data, text.size, NULL), KL_OK);
	assert_int_equal(roster.count, 5);
	for (size_t i = 0; i < roster.count; i++)
		assert_ptr_equal(kl_roster_find(&roster, roster.entries[i].id),
		    &roster.entries[i]);
	assert_null(kl_roster_find(&roster, kl_span_of("")));
	assert_null(kl_roster_find(&roster, kl_span_of("0015")));
	assert_null(kl_roster_find(&roster, kl_span_of("005")));
	assert_int_equal(kl_entry_line(0), 4);
	kl_roster_clear(&roster);
	kl_roster_clear(&roster);
	assert_null(kl_roster_find(&roster, kl_span_of("001")));
	kl_buf_clear(&text);
}

/* --- names.txt ------------------------------------------------------------ */

static void keeps_the_rules_of_names(void **state)
{
	static const char good[] = "a 示例环境咨询有限公司 01\n"
				   "b B\n";
	static const struct change changes[] = {
		{ "a 示", "a  示", 1, "not a name" },
		{ "a 示", "a示", 1, "printable" },
		{ "a 示", " 示", 1, "empty" },
		{ "a 示", "c 示", 2, "ascend" },
		{ "a 示", "b 示", 2, "ascend" },
		{ "b B", "b B ", 2, "not a name" },
		{ "b B", "b", 2, "missing" },
		{ "b B", "b ", 2, "not a name" },
		{ "b B\n", "b B", 2, "LF" },
		{ "b B\n", "b B\r\n", 2, "not a name" },
		{ "b B", "b \tB", 2, "not a name" },
		{ "b B\n", "b B\n\n", 3, "empty" },
		{ "b B\n", "", 0, NULL },
		{ "b B", "b B  B+\"", 0, NULL },
	};

	(void)state;
	CHECK_CHANGES("names", good, changes);
	assert_refused(kind_named("names"), "", 0, 1, "no name");
}

static void counts_names(void **state)
{
	const struct text_kind *kind = kind_named("names");
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	char line[32];

	(void)state;
	for (size_t i = 0; i < KL_ENTRIES_MAX; i++) {
		snprintf(line, sizeof(line), "%06zu N\n", i);
		kl_buf_add_text(&text, line);
	}
	assert_taken(kind, (char *)text.data, text.size);
	kl_buf_add_text(&text, "a N\n");
	assert_refused(
	    kind, (char *)text.data, text.size, 100001, "100,000 names");
	kl_buf_clear(&text);
}

/* --- excluded.txt --------------------------------------------------------- */

static void keeps_the_rules_of_excluded(void **state)
{
	static const char good[] = "klero/1 excluded\n"
				   "draw D-1\n"
				   "entries 2\n"
				   "exclude a too-slow -\n"
				   "exclude b affiliated " HASH_A "\n";
	static const struct change changes[] = {
		{ "entries 2", "entries 1", 5, "after its end" },
		{ "entries 2", "entries 3", 6, "ends too early" },
		{ "entries 2", "entries 100000", 6, "ends too early" },
		{ "entries 2", "entries 100001", 3, "bounds" },
		{ "exclude a", "exclude b", 5, "ascend" },
		{ "exclude a", "exclude c", 5, "ascend" },
		{ "too-slow", "-", 4, "token" },
		{ "too-slow", "too/slow", 4, "token" },
		{ "too-slow -", "too-slow", 4, "missing" },
		{ "too-slow -", "too-slow --", 4, "hex" },
		{ "too-slow -", "too-slow - -", 4, "goes on" },
		{ HASH_A, HASH_A "a", 5, "hex" },
		{ " aaaa", " Aaaa", 5, "hex" },
		{ " aaaa", " aaa", 5, "hex" },
		{ "entries 2\nexclude a too-slow -\nexclude b "
		  "affiliated " HASH_A "\n",
		    "entries 0\n", 0, NULL },
	};

	(void)state;
	CHECK_CHANGES("excluded", good, changes);
}

/* --- writing -------------------------------------------------------------- */

static void assert_unwritable(const struct kl_roster *roster)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	assert_int_equal(kl_roster_write(roster, &out), KL_RANGE);
	kl_buf_clear(&out);
}

static void writes_nothing_it_would_not_read(void **state)
{
	struct kl_entry entries[] = { { { "a", 1 }, 1 }, { { "b", 1 }, 2 } };
	struct kl_roster roster = {
		.draw = { "D", 1 },
		.entries = entries,
		.count = 2,
	};
	struct kl_buf out = KL_BUF(64), small = KL_BUF(20);

	(void)state;
	assert_int_equal(kl_roster_write(&roster, &out), KL_OK);
	assert_int_equal(out.size, 52);
	assert_int_equal(kl_roster_write(&roster, &small), KL_TOO_LARGE);
	entries[1].id = entries[0].id;
	assert_unwritable(&roster);
	entries[1].id = kl_span_of("b c");
	assert_unwritable(&roster);
	entries[1].id = kl_span_of("b");
	entries[1].weight = 1001;
	assert_unwritable(&roster);
	entries[1].weight = 0;
	assert_unwritable(&roster);
	roster.count = 0;
	assert_unwritable(&roster);
	roster.count = KL_ENTRIES_MAX + 1;
	assert_unwritable(&roster);
	roster.count = 1;
	roster.draw.size = 0;
	assert_unwritable(&roster);
	kl_buf_clear(&out);
	kl_buf_clear(&small);
}

/* 16 MiB win over 100,000 names of 256 bytes. */
static void writes_at_most_16_mib(void **state)
{
	enum { NAMES = 65000, SIZE = 6 + 1 + KL_NAME_SIZE_MAX + 1 };
	struct kl_named *entries = test_calloc(NAMES, sizeof(*entries));
	char *ids = test_calloc(NAMES, 8), name[KL_NAME_SIZE_MAX];
	struct kl_names names = { .entries = entries };
	struct kl_buf out = KL_BUF(2 * KL_TEXT_SIZE_MAX);
	struct kl_span *last;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(ids + 8 * i, 8, "%06zu", i);
		entries[i].id = kl_span_of(ids + 8 * i);
		entries[i].name = (struct kl_span){ name, sizeof(name) };
	}
	/* All but the last of the longest names; the last fills it up. */
	names.count = KL_TEXT_SIZE_MAX / SIZE + 1;
	last = &entries[names.count - 1].name;
	last->size = KL_TEXT_SIZE_MAX % SIZE - (SIZE - KL_NAME_SIZE_MAX);
	assert_int_equal(kl_names_write(&names, &out), KL_OK);
	assert_int_equal(out.size, KL_TEXT_SIZE_MAX);
	kl_buf_clear(&out);
	last->size++;
	assert_int_equal(kl_names_write(&names, &out), KL_TOO_LARGE);
	kl_buf_clear(&out);
	test_free(entries);
	test_free(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_to_lines_and_fields),
		cmocka_unit_test(takes_at_most_16_mib),
		cmocka_unit_test(keeps_the_rules_of_a_roster),
		cmocka_unit_test(adds_up_to_a_million),
		cmocka_unit_test(finds_an_entry),
		cmocka_unit_test(keeps_the_rules_of_names),
		cmocka_unit_test(counts_names),
		cmocka_unit_test(keeps_the_rules_of_excluded),
		cmocka_unit_test(writes_nothing_it_would_not_read),
		cmocka_unit_test(writes_at_most_16_mib),
	};

	return cmocka_run_group_tests_name("kl_roster", tests, NULL, NULL);
}
