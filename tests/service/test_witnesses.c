/* When is an entry cosigned, by whom, and since when? */
#include "world.h"

#include "witnesses.h"

enum { WITNESSES = 3 };

static struct db *db;
static struct arena arena;
static struct kl_note_key keys[WITNESSES];

/* A checkpoint of each of these sizes, with a note of its own. */
static void add_checkpoints(void)
{
	sql("INSERT INTO log_checkpoint SELECT n.size, UNHEX(REPEAT('cd', 32)),"
	    " CONCAT('note ', n.size, ';'), '2026-01-01' FROM"
	    " (SELECT 10 AS size UNION SELECT 12 UNION SELECT 14) n");
}

/* Witness `which` (1 and on) cosigns `size` at that second of a minute. */
static void cosign(unsigned which, unsigned size, unsigned second)
{
	char text[300];

	snprintf(text, sizeof(text),
	    "INSERT INTO log_cosignature VALUES (%u, UNHEX(REPEAT('0%u', 32)),"
	    " '2026-01-01 00:00:%02u', 'line %u-%u;')",
	    size, which, second, which, size);
	sql(text);
}

static const int64_t midnight = 1767225600; /* 2026-01-01T00:00:00Z */

static enum error ask_whether(
    uint64_t index, size_t quorum, struct cosigned *cosigned)
{
	enum error error = db_begin(db, DB_READ);

	assert_int_equal(error, ERR_OK);
	db_use(db, &arena);
	error = witnesses_cosigned(
	    db, &arena, index, keys, WITNESSES, quorum, cosigned);
	db_roll_back(db);
	return error;
}

static void wants(uint64_t index, size_t quorum, uint64_t size, int64_t second,
    const char *note)
{
	struct cosigned cosigned;

	assert_int_equal(ask_whether(index, quorum, &cosigned), ERR_OK);
	assert_int_equal(cosigned.size, size);
	assert_int_equal(cosigned.at, midnight + second);
	assert_string_equal((const char *)cosigned.note.bytes, note);
	assert_int_equal(cosigned.note.size, strlen(note));
	assert_int_equal(cosigned.root.bytes[0], 0xcd);
}

static void wants_none(uint64_t index, size_t quorum)
{
	struct cosigned cosigned = { .size = 77 };

	assert_int_equal(ask_whether(index, quorum, &cosigned), ERR_NOT_FOUND);
	assert_int_equal(cosigned.size, 77);
}

static void counts_who_was_asked_for(void **state)
{
	(void)state;
	wants_none(9, 1);
	cosign(9, 10, 1); /* one that nobody asked for */
	wants_none(9, 1);
	cosign(2, 10, 5);
	wants(9, 1, 10, 5, "note 10;line 2-10;");
	wants_none(9, 2);
	cosign(1, 10, 7);
	wants(9, 1, 10, 5, "note 10;line 1-10;line 2-10;");
	wants(9, 2, 10, 7, "note 10;line 1-10;line 2-10;");
	wants_none(9, 3);
	cosign(3, 10, 6);
	wants(9, 2, 10, 6, "note 10;line 1-10;line 2-10;line 3-10;");
	wants(9, 3, 10, 7, "note 10;line 1-10;line 2-10;line 3-10;");
}

static void wants_them_on_one_checkpoint_that_covers_it(void **state)
{
	(void)state;
	cosign(1, 10, 1);
	cosign(2, 12, 2);
	wants_none(0, 2);
	wants_none(12, 1);
	wants(10, 1, 12, 2, "note 12;line 2-12;");
	wants(9, 1, 10, 1, "note 10;line 1-10;");
	cosign(1, 14, 4);
	cosign(2, 14, 3);
	wants(9, 2, 14, 4, "note 14;line 1-14;line 2-14;");
	wants(13, 1, 14, 3, "note 14;line 1-14;line 2-14;");
	wants_none(14, 1);
}

static void takes_the_earliest(void **state)
{
	(void)state;
	cosign(1, 12, 8);
	cosign(2, 12, 9);
	wants(5, 2, 12, 9, "note 12;line 1-12;line 2-12;");
	cosign(1, 10, 7); /* a smaller one comes to have a quorum, but later */
	cosign(3, 10, 20);
	wants(5, 2, 12, 9, "note 12;line 1-12;line 2-12;");
	cosign(3, 14, 9); /* of the same second the smaller one */
	cosign(1, 14, 9);
	wants(5, 2, 12, 9, "note 12;line 1-12;line 2-12;");
}

static int open_test(void **state)
{
	static struct db_settings settings;

	if (world_open(state))
		return -1;
	for (int i = 0; i < WITNESSES; i++) {
		struct kl_public_key key;

		memset(key.bytes, i + 1, sizeof(key.bytes));
		keys[i] = kl_note_key_of("w", 1, KL_KEY_COSIGNATURE, &key);
	}
	settings = (struct db_settings){ world.config.db_socket,
		world.config.db_name, world.config.db_reader, 10 };
	db = db_open(&settings);
	return db && db_check(db, witnesses_statements) ? 0 : -1;
}

static int close_test(void **state)
{
	db_close(db);
	return world_close(state);
}

static int reset(void **state)
{
	int number = world_reset(state);

	sql("TRUNCATE TABLE log_cosignature");
	add_checkpoints();
	arena_clear(&arena);
	return number;
}

static int leave(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_who_was_asked_for),
		TEST(wants_them_on_one_checkpoint_that_covers_it),
		TEST(takes_the_earliest),
	};

	return cmocka_run_group_tests(tests, open_test, close_test);
}
