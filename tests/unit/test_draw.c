/* Tickets, ranks and roles; and result.txt, which tells of them. */
#include "changes.h"
#include "kl_draw.h"

static const struct kl_hash seed = { { 0x5e, 0xed } };

/* --- tickets -------------------------------------------------------------- */

/* The definition itself: one text, one hash. protocol §2. */
static struct kl_hash hash_ticket(const char *id, unsigned unit)
{
	char hex[KL_HASH_HEX], text[256];

	kl_hash_hex(&seed, hex);
	snprintf(text, sizeof(text),
	    "klero/1 ticket\nseed %s\nentry %s\nunit %u\n", hex, id, unit);
	return kl_hash_of(text, strlen(text));
}

static void hashes_the_text_of_a_ticket(void **state)
{
	static const char *const ids[] = { "a", "91360702MA35000017", HASH_A };
	static const unsigned units[] = { 1, 9, 10, 99, 100, 999, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		for (size_t k = 0; k < sizeof(units) / sizeof(*units); k++) {
			struct kl_hash ticket =
			    kl_ticket(&seed, kl_span_of(ids[i]), units[k]);
			struct kl_hash expected = hash_ticket(ids[i], units[k]);

			assert_true(kl_hash_equal(&ticket, &expected));
		}
}

static void keeps_the_smallest(void **state)
{
	struct kl_entry entry = { { "e", 1 }, 1 };
	struct kl_hash least = hash_ticket("e", 1);

	(void)state;
	for (; entry.weight <= KL_WEIGHT_MAX; entry.weight++) {
		struct kl_hash one = hash_ticket("e", entry.weight);
		struct kl_hash smallest = kl_ticket_smallest(&seed, &entry);

		if (memcmp(one.bytes, least.bytes, sizeof(one.bytes)) < 0)
			least = one;
		assert_true(kl_hash_equal(&smallest, &least));
	}
}

/* --- ranks and roles ------------------------------------------------------ */

enum { ENTRIES = 50 };

static char ids[ENTRIES][4];
static struct kl_entry entries[ENTRIES];
static const struct kl_roster roster = {
	.draw = { "D", 1 },
	.entries = entries,
	.count = ENTRIES,
};

static int fill_roster(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ENTRIES; i++) {
		snprintf(ids[i], sizeof(ids[i]), "e%02u", i);
		entries[i] = (struct kl_entry){ kl_span_of(ids[i]), i % 7 + 1 };
	}
	return 0;
}

static void ranks_everybody_once(void **state)
{
	struct kl_ranking ranking;
	bool seen[ENTRIES] = { false };

	(void)state;
	assert_int_equal(kl_draw(&roster, &seed, 1, 2, &ranking), KL_OK);
	assert_int_equal(ranking.count, ENTRIES);
	assert_true(kl_hash_equal(&ranking.seed, &seed));
	for (size_t i = 0; i < ranking.count; i++) {
		const struct kl_entry *entry =
		    kl_roster_find(&roster, ranking.entries[i].id);
		struct kl_hash ticket = kl_ticket_smallest(&seed, entry);

		assert_false(seen[entry - entries]);
		seen[entry - entries] = true;
		assert_true(kl_hash_equal(&ranking.entries[i].ticket, &ticket));
		if (i > 0)
			assert_true(kl_ranked_compare(&ranking.entries[i - 1],
					&ranking.entries[i]) < 0);
	}
	kl_ranking_clear(&ranking);
	kl_ranking_clear(&ranking);
}

static void check_roles(size_t select, size_t alternates)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_ranking ranking;

	assert_int_equal(
	    kl_draw(&roster, &seed, select, alternates, &ranking), KL_OK);
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct kl_ranked *one = &ranking.entries[i];

		if (i < select)
			assert_int_equal(one->role, KL_SELECTED);
		else if (i < select + alternates)
			assert_int_equal(one->role, KL_ALTERNATE);
		else
			assert_int_equal(one->role, KL_NOT_SELECTED);
		assert_int_equal(one->alternate,
		    one->role == KL_ALTERNATE ? i - select + 1 : 0);
	}
	assert_int_equal(kl_ranking_write(&ranking, &out), KL_OK);
	assert_taken(kind_named("result"), (char *)out.data, out.size);
	kl_buf_clear(&out);
	kl_ranking_clear(&ranking);
}

static void gives_roles(void **state)
{
	(void)state;
	check_roles(1, 0);
	check_roles(1, 2);
	check_roles(3, 5);
	check_roles(ENTRIES - 1, 0);
	check_roles(ENTRIES - 1, 1);
	check_roles(ENTRIES - 1, 2);
	check_roles(ENTRIES, 0);
	check_roles(ENTRIES, KL_SELECT_MAX);
}

static void refuse_draw(size_t count, size_t select, size_t alternates)
{
	struct kl_roster some = roster;
	struct kl_ranking ranking;

	some.count = count;
	assert_int_equal(
	    kl_draw(&some, &seed, select, alternates, &ranking), KL_RANGE);
}

static void refuses_what_cannot_be_drawn(void **state)
{
	(void)state;
	refuse_draw(0, 1, 0);
	refuse_draw(ENTRIES, 0, 0);
	refuse_draw(ENTRIES, ENTRIES + 1, 0);
	refuse_draw(ENTRIES, 1, KL_SELECT_MAX + 1);
	refuse_draw(ENTRIES, KL_SELECT_MAX + 1, 0);
	refuse_draw(KL_ENTRIES_MAX + 1, 1, 0);
	entries[7].weight = KL_WEIGHT_MAX + 1;
	refuse_draw(ENTRIES, 1, 0);
	entries[7].weight = 0;
	refuse_draw(ENTRIES, 1, 0);
	fill_roster(NULL);
}

/* `count` entries, all but the last of this weight. */
static enum kl_result draw_many(
    size_t count, uint32_t weight, uint32_t last, size_t select)
{
	struct kl_entry *many = test_calloc(count, sizeof(*many));
	struct kl_roster some = { .entries = many, .count = count };
	struct kl_ranking ranking;
	enum kl_result result;

	for (size_t i = 0; i < count; i++)
		many[i] = (struct kl_entry){ { "e", 1 }, weight };
	many[count - 1].weight = last;
	result = kl_draw(&some, &seed, select, 0, &ranking);
	if (!result)
		kl_ranking_clear(&ranking);
	test_free(many);
	return result;
}

static void draws_up_to_its_limits(void **state)
{
	(void)state;
	assert_int_equal(draw_many(KL_ENTRIES_MAX, 1, 1, KL_SELECT_MAX), KL_OK);
	assert_int_equal(
	    draw_many(KL_ENTRIES_MAX + 1, 1, 1, KL_SELECT_MAX), KL_RANGE);
	assert_int_equal(draw_many(1000, 1000, 1000, 1), KL_OK);
	assert_int_equal(draw_many(1001, 1000, 1, 1), KL_RANGE);
	assert_int_equal(draw_many(1, 1, 1, 1), KL_OK);
}

/* Equal tickets do not happen; the order is total all the same. */
static void falls_back_on_the_id(void **state)
{
	struct kl_ranked left = { .id = { "a", 1 } };
	struct kl_ranked right = { .id = { "b", 1 } };

	(void)state;
	assert_true(kl_ranked_compare(&left, &right) < 0);
	right.id = left.id;
	assert_int_equal(kl_ranked_compare(&left, &right), 0);
	left.ticket.bytes[31] = 0xff;
	right.ticket.bytes[0] = 1;
	assert_true(kl_ranked_compare(&left, &right) < 0);
}

/* --- result.txt ----------------------------------------------------------- */

static void keeps_the_rules_of_a_result(void **state)
{
	static const char good[] = "klero/1 result\n"
				   "seed " HASH_A "\n"
				   "rank 1 " HASH_A " e1 selected\n"
				   "rank 2 " HASH_B " e2 selected\n"
				   "rank 3 " HASH_C " e0 alternate-1\n"
				   "rank 4 " HASH_C " e3 alternate-2\n"
				   "rank 5 " HASH_C " e4 not-selected\n";
	static const struct change changes[] = {
		{ "rank 1", "rank 0", 3, "bounds" },
		{ "rank 2", "rank 3", 4, "bounds" },
		{ "rank 2", "rank 02", 4, "integer" },
		{ "e3", "e0", 6, "ascend" },
		{ "e3", "e00", 0, NULL },
		{ "rank 2 " HASH_B, "rank 2 " HASH_A, 0, NULL },
		{ "rank 1 " HASH_A, "rank 1 " HASH_C, 4, "ascend" },
		{ "e1 selected", "e1 alternate-1", 3, "roles" },
		{ "e1 selected", "e1 not-selected", 3, "roles" },
		{ "e1 selected", "e1 winner", 3, "words" },
		{ "e2 selected", "e2 alternate-1", 5, "words" },
		{ "e2 selected", "e2 not-selected", 5, "roles" },
		{ "alternate-1", "alternate-0", 5, "words" },
		{ "alternate-1", "alternate-01", 5, "words" },
		{ "alternate-1", "alternate-2", 5, "words" },
		{ "alternate-1", "not-selected", 6, "words" },
		{ "alternate-1\nrank 4 " HASH_C " e3 alternate-2",
		    "not-selected\nrank 4 " HASH_C " e3 alternate-1", 6,
		    "roles" },
		{ "alternate-2", "selected", 6, "roles" },
		{ "alternate-2", "not-selected", 0, NULL },
		{ "not-selected", "alternate-3", 0, NULL },
		{ "not-selected", "alternate-1", 7, "words" },
	};
	static const char empty[] = "klero/1 result\nseed " HASH_A "\n";

	(void)state;
	CHECK_CHANGES("result", good, changes);
	assert_refused(
	    kind_named("result"), empty, strlen(empty), 3, "no rank");
	assert_int_equal(kl_ranked_line(0), 3);
}

/* Every entry of the largest roster, with the longest ids, fits into 16 MiB. */
static void writes_the_largest_result(void **state)
{
	struct kl_ranked *list = test_calloc(KL_ENTRIES_MAX + 1, sizeof(*list));
	char(*names)[KL_TOKEN_SIZE_MAX + 1] =
	    test_calloc(KL_ENTRIES_MAX + 1, sizeof(*names));
	struct kl_ranking ranking = { .entries = list };
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	(void)state;
	for (uint32_t i = 0; i <= KL_ENTRIES_MAX; i++) {
		snprintf(
		    names[i], sizeof(*names), "%0*u", KL_TOKEN_SIZE_MAX, i);
		list[i].id = kl_span_of(names[i]);
		list[i].role = i > 0 ? KL_ALTERNATE : KL_SELECTED;
		list[i].alternate = i;
	}
	ranking.count = KL_ENTRIES_MAX;
	assert_int_equal(kl_ranking_write(&ranking, &out), KL_OK);
	assert_taken(kind_named("result"), (char *)out.data, out.size);
	kl_buf_clear(&out);
	ranking.count++;
	assert_int_equal(kl_ranking_write(&ranking, &out), KL_RANGE);
	list[2].alternate = 7;
	assert_int_equal(kl_ranking_write(&ranking, &out), KL_RANGE);
	kl_buf_clear(&out);
	test_free(list);
	test_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_the_text_of_a_ticket),
		cmocka_unit_test(keeps_the_smallest),
		cmocka_unit_test(ranks_everybody_once),
		cmocka_unit_test(gives_roles),
		cmocka_unit_test(refuses_what_cannot_be_drawn),
		cmocka_unit_test(draws_up_to_its_limits),
		cmocka_unit_test(falls_back_on_the_id),
		cmocka_unit_test(keeps_the_rules_of_a_result),
		cmocka_unit_test(writes_the_largest_result),
	};

	return cmocka_run_group_tests_name("kl_draw", tests, fill_roster, NULL);
}
