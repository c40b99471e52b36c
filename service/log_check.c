#include "log_check.h"

#include "clock.h"
#include "diary.h"
#include "high_water.h"
#include "kl_canon.h"
#include "kl_checkpoint.h"
#include "log_keys.h"
#include "log_read.h"

#include <stdlib.h>
#include <string.h>

static const struct db_statement select_last = {
	"SELECT idx, leaf, bytes FROM log_entry WHERE idx >= ? ORDER BY idx",
};

static const char UNREADABLE[] = "unreadable";

struct check {
	const struct config *config;
	struct db *db;
	int64_t now;
	struct log_head head;
	char note[HIGH_WATER_MAX];
	struct kl_note parts;
	struct kl_checkpoint signed_head;
	struct tree tree;
};

/* NULL: nothing is wrong. */
static const char *of_database(enum error error, const char *reason)
{
	if (error == ERR_BUSY || error == ERR_DATABASE)
		return UNREADABLE;
	return error ? reason : NULL;
}

static const char *check_high_water(struct check *check)
{
	size_t size = 0;
	enum high_water found =
	    high_water_read(check->config->high_water_file, check->note, &size);
	enum error error = log_read_head(check->db, &check->head);

	if (of_database(error, NULL))
		return UNREADABLE;
	if (found == HIGH_WATER_UNREADABLE)
		return UNREADABLE;
	if (found == HIGH_WATER_ABSENT)
		return error ? "no-log" : "no-high-water";
	if (found == HIGH_WATER_BAD ||
	    kl_checkpoint_open(check->note, size, log_note_key(), &check->parts,
		&check->signed_head))
		return "bad-high-water";
	if (error || check->head.size < check->signed_head.size)
		return "rolled-back";
	return NULL;
}

static const char *check_signed(struct check *check)
{
	enum error error =
	    tree_load(check->db, check->signed_head.size, &check->tree);

	if (error)
		return of_database(error, "broken-tree");
	return kl_hash_equal(&check->tree.root, &check->signed_head.root)
		   ? NULL
		   : "forked";
}

static const char *check_edge(struct check *check)
{
	enum error error = tree_load(check->db, check->head.size, &check->tree);

	if (error)
		return of_database(error, "broken-tree");
	return log_head_is(&check->head, &check->tree) ? NULL : "broken-tree";
}

/* The last bundle's bytes hash to its leaves, and nothing comes after. */
static const char *check_entries(struct check *check)
{
	uint64_t size = check->head.size, index;
	uint64_t at = size - 1 - (size - 1) % KL_TILE_WIDTH;
	struct kl_hash leaf, hash;
	struct db_blob bytes;
	bool broken = false;
	enum error error;

	db_query(check->db, &select_last, DB_IN(db_u64(at)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(leaf.bytes, KL_HASH_SIZE),
		db_to_blob(&bytes)));
	while (!broken && db_next(check->db)) {
		hash = kl_leaf_hash(bytes.bytes, bytes.size);
		broken =
		    index != at++ || at > size || !kl_hash_equal(&hash, &leaf);
	}
	error = db_finish(check->db);
	if (error)
		return UNREADABLE;
	return broken || at != size ? "broken-entry" : NULL;
}

static bool is_text(const json_t *data, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(data, name));

	return text && strcmp(text, wanted) == 0;
}

/* Is entry 0 that of the log whose name and keys we have? */
static const char *check_opening(struct check *check)
{
	char log[KL_PUBLIC_KEY_HEX], receipt[KL_PUBLIC_KEY_HEX];
	json_auto_t *leaf = NULL;
	struct db_blob bytes;
	const json_t *data;
	enum kl_result result;
	enum error error = log_read_leaf(check->db, 0, &bytes);

	if (error)
		return of_database(error, "broken-entry");
	result = kl_canon_check((const char *)bytes.bytes, bytes.size, &leaf);
	if (result)
		return result == KL_NO_MEMORY ? UNREADABLE : "broken-entry";
	data = json_object_get(leaf, "data");
	kl_public_key_hex(&log_signer()->key, log);
	kl_public_key_hex(&log_receipt_signer()->key, receipt);
	if (!is_text(leaf, "kind", "log.opened") ||
	    !is_text(data, "origin", log_origin()) ||
	    !is_text(data, "log_key", log) ||
	    !is_text(data, "receipt_key", receipt))
		return "foreign-log";
	return log_is_rehearsal() == clock_rehearses() ? NULL : "rehearsal";
}

static const char *check_clock(struct check *check)
{
	int64_t at;
	enum error error = log_read_at(check->db, check->head.size - 1, &at);

	if (error)
		return of_database(error, "broken-entry");
	return at > check->now ? "clock" : NULL;
}

static const char *run(struct check *check)
{
	static const char *(*const checks[])(struct check *) = {
		check_high_water,
		check_signed,
		check_edge,
		check_entries,
		check_opening,
		check_clock,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		const char *reason = checks[i](check);

		if (reason)
			return reason;
	}
	return NULL;
}

int log_check(const struct config *config, struct db *db, int64_t now)
{
	struct check *check = calloc(1, sizeof(*check));
	struct arena arena = { 0 };
	const char *reason = UNREADABLE;

	if (!check)
		abort();
	check->config = config;
	check->db = db;
	check->now = now;
	if (!db_begin(db, DB_READ)) {
		db_use(db, &arena);
		reason = run(check);
	}
	db_roll_back(db);
	if (reason)
		diary_write("log_refused", "{s:s, s:I, s:I, s:s}", "reason",
		    reason, "size", (json_int_t)check->head.size, "signed_size",
		    (json_int_t)check->signed_head.size, "high_water_file",
		    config->high_water_file);
	arena_clear(&arena);
	free(check);
	if (!reason)
		return EXIT_SUCCESS;
	return reason == UNREADABLE ? EXIT_FAILURE : LOG_REFUSED;
}
