/* What a category came to is never kept longer than it holds, however readers
 * overtake one another. The linker puts our log in place of the database's. */
#include "unit.h"

#include "log_read.h"
#include "market.h"

static struct {
	uint64_t size;       /* of the log, as who begins sees it */
	const char *changed; /* a category since then, or NULL */
	const char **to;     /* where it is fetched to */
	uint64_t forgets;    /* how often it was asked what has changed */
	void (*then)(void);  /* comes in between, once all is fetched */
} database;

enum error __wrap_log_read_head(struct db *db, struct log_head *head);
void __wrap_db_query(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count);
bool __wrap_db_next(struct db *db);
enum error __wrap_db_finish(struct db *db);

enum error __wrap_log_read_head(struct db *db, struct log_head *head)
{
	(void)db;
	*head = (struct log_head){ .size = database.size };
	return ERR_OK;
}

void __wrap_db_query(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count)
{
	(void)db, (void)statement, (void)in;
	assert_int_equal(in_count, 2);
	assert_int_equal(out_count, 1);
	database.to = out->to;
	database.forgets++;
}

bool __wrap_db_next(struct db *db)
{
	bool more = database.changed != NULL;

	(void)db;
	if (more)
		*database.to = database.changed;
	database.changed = NULL;
	return more;
}

enum error __wrap_db_finish(struct db *db)
{
	void (*then)(void) = database.then;

	(void)db;
	database.then = NULL;
	if (then)
		then();
	return ERR_OK;
}

/* A reader that begins when the log is so long. */
static void begin(uint64_t size)
{
	struct request request = { 0 };
	uint64_t seen;

	database.size = size;
	assert_int_equal(market_kept_begin(&request, &seen), ERR_OK);
	assert_int_equal(seen, size);
}

static void keep(const char *category, uint64_t size, int value)
{
	json_auto_t *sum = json_pack("[i]", value), *outliers = json_array();

	market_keep("policy", category, size, sum, outliers);
}

/* -1: none. */
static int kept(const char *category, uint64_t size)
{
	json_auto_t *sum = NULL, *outliers = NULL;

	if (!market_kept("policy", category, size, &sum, &outliers))
		return -1;
	assert_int_equal(json_array_size(outliers), 0);
	return (int)json_integer_value(json_array_get(sum, 0));
}

static void what_changes_is_forgotten(void **state)
{
	(void)state;
	begin(10);
	keep("X", 10, 1);
	keep("Y", 10, 2);
	assert_int_equal(kept("X", 10), 1);
	database.changed = "X";
	begin(11);
	assert_int_equal(kept("X", 11), -1);
	assert_int_equal(kept("Y", 11), 2);
	assert_int_equal(kept("Y", 10), -1); /* who is behind makes it anew */
	keep("Y", 10, 3);
	assert_int_equal(kept("Y", 11), 2); /* and does not disturb */
}

static void keep_at_11(void)
{
	keep("Z", 11, 1);
}

/* Y is kept, so that it is asked what has changed. */
static void what_comes_while_it_is_looked_for_is_not_kept(void **state)
{
	uint64_t forgets = database.forgets;

	(void)state;
	assert_int_equal(kept("Y", 11), 2);
	database.changed = "Z";
	database.then = keep_at_11;
	begin(12);
	assert_int_equal(database.forgets, forgets + 1);
	assert_int_equal(kept("Z", 12), -1);
	assert_int_equal(kept("Y", 12), 2);
}

static void begin_at_13(void)
{
	begin(13);
	keep("Z", 13, 5);
}

/* Who began at 14 is overtaken by who began at 13, and the other way round. */
static void two_look_at_once(void **state)
{
	(void)state;
	database.then = begin_at_13;
	begin(14);
	assert_int_equal(kept("Z", 14), -1);
	keep("Z", 14, 6);
	assert_int_equal(kept("Z", 14), 6);
	begin(13);
	assert_int_equal(kept("Z", 13), -1);
	keep("Z", 13, 5);
	assert_int_equal(kept("Z", 14), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_is_forgotten),
		cmocka_unit_test(what_comes_while_it_is_looked_for_is_not_kept),
		cmocka_unit_test(two_look_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
