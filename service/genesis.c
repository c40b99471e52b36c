#include "genesis.h"

#include "clock.h"
#include "db.h"
#include "diary.h"
#include "event.h"
#include "high_water.h"
#include "kl_checkpoint.h"
#include "kl_leaf.h"
#include "kl_pack.h"
#include "log_check.h"
#include "log_keys.h"
#include "log_read.h"
#include "process.h"
#include "tree.h"
#include "version.h"
#include "witnesses.h"

#include <sodium.h>
#include <stdlib.h>

enum { NOTE_SIZE_MAX = 2048 };

static const struct db_statement count_rows = {
	"SELECT (SELECT COUNT(*) FROM log_head)"
	" + (SELECT COUNT(*) FROM log_checkpoint)"
	" + EXISTS (SELECT 1 FROM log_entry)",
};

static const struct db_statement insert_entry = {
	"INSERT INTO log_entry (idx, event_id, leaf, kind, subject, bytes)"
	" VALUES (0, ?, ?, ?, ?, ?)",
};

static const struct db_statement insert_head = {
	"INSERT INTO log_head (id, size, root, frontier, fence, holder)"
	" VALUES (0, 1, ?, ?, 0, ?)",
};

static const struct db_statement insert_checkpoint = {
	"INSERT INTO log_checkpoint (size, root, note, signed_at)"
	" VALUES (1, ?, ?, ?)",
};

struct beginning {
	int64_t at;
	struct kl_leaf leaf;
	struct kl_buf bytes, note;
	struct tree tree;
};

static struct kl_event_id first_id(void)
{
	struct kl_hasher hasher;
	struct kl_event_id id;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero log\n");
	kl_hasher_add_text(&hasher, log_origin());
	hash = kl_hasher_end(&hasher);
	for (size_t i = 0; i < sizeof(id.bytes); i++)
		id.bytes[i] = hash.bytes[i];
	return id;
}

static json_t *first_data(void)
{
	char log[KL_PUBLIC_KEY_HEX], receipt[KL_PUBLIC_KEY_HEX];

	kl_public_key_hex(&log_signer()->key, log);
	kl_public_key_hex(&log_receipt_signer()->key, receipt);
	return json_pack("{s:s, s:s, s:s, s:s, s:o*}", "origin", log_origin(),
	    "log_key", log, "receipt_key", receipt, "version", VERSION,
	    "rehearsal", clock_rehearses() ? json_true() : NULL);
}

/* Everything that will be stored. */
static bool make(struct beginning *new)
{
	json_auto_t *data = first_data();
	struct kl_hash hash;

	new->at = clock_now();
	new->leaf =
	    (struct kl_leaf){ new->at, SERVICE_ORGANISATION, "service", data,
		    first_id(), event_info(EVENT_LOG_OPENED)->name, "log", 1 };
	if (!data || kl_leaf_write(&new->bytes, &new->leaf))
		return false;
	hash = kl_leaf_hash(new->bytes.data, new->bytes.size);
	tree_init(&new->tree);
	tree_append(&new->tree, &hash, NULL, NULL);
	tree_finish(&new->tree);
	return !kl_checkpoint_sign(
	    &new->note, log_note_key(), log_signer(), 1, &new->tree.root);
}

static enum error store(struct db *db, const struct beginning *new)
{
	const struct kl_leaf *leaf = &new->leaf;
	struct db_in root = db_bytes(new->tree.root.bytes, KL_HASH_SIZE);
	uint8_t frontier[KL_TREE_BYTES_MAX], holder[HOLDER_SIZE] = { 0 };
	size_t size = kl_tree_write(&new->tree.peaks, frontier);
	enum error error;

	/* Of one entry, its hash is the root. */
	error = db_exec(db, &insert_entry,
	    DB_IN(db_bytes(leaf->id.bytes, KL_EVENT_ID_SIZE), root,
		db_text(leaf->kind), db_text(leaf->subject),
		db_bytes(new->bytes.data, new->bytes.size)),
	    NULL);
	if (!error)
		error = db_exec(db, &insert_head,
		    DB_IN(root, db_bytes(frontier, size),
			db_bytes(holder, sizeof(holder))),
		    NULL);
	if (!error)
		error = db_exec(db, &insert_checkpoint,
		    DB_IN(root, db_bytes(new->note.data, new->note.size),
			db_time(new->at)),
		    NULL);
	return error;
}

static const char *check_empty(struct db *db)
{
	uint64_t rows;
	enum error error =
	    db_row(db, &count_rows, DB_NO_IN, DB_OUT(db_to_u64(&rows)));

	if (error)
		return "the database does not say whether it has a log";
	return rows > 0 ? "the database has a log already" : NULL;
}

/* The file comes first: better a file without a log than the other way. */
static const char *begin(
    const struct config *config, struct db *db, const struct beginning *new)
{
	const char *reason = check_empty(db);

	if (reason)
		return reason;
	if (store(db, new))
		return "the database does not take it";
	if (!high_water_write(config->high_water_file,
		(const char *)new->note.data, new->note.size))
		return "the high-water file cannot be written";
	return db_commit(db) ? "the database did not commit it" : NULL;
}

/* Without a beginning, only ask whether there is room for one. */
static const char *begin_in(
    const struct config *config, const struct beginning *new)
{
	struct db_settings settings = { config->db_socket, config->db_name,
		config->db_writer, (unsigned)config->db_timeout_s };
	struct db *db = db_open(&settings);
	const char *reason = "the database does not answer";

	if (db && !db_begin(db, DB_WRITE)) {
		reason = new ? begin(config, db, new) : check_empty(db);
		db_roll_back(db);
	}
	db_close(db);
	return reason;
}

/* What speaks against a beginning, before anybody else is asked. */
static const char *check(const struct config *config)
{
	char note[HIGH_WATER_MAX];
	size_t size;

	if (log_keys_open(config))
		return "the keys cannot be read";
	if (log_is_rehearsal() != clock_rehearses())
		return clock_rehearses()
			   ? "a rehearsal's log_origin ends in /rehearsal"
			   : "log_origin is a rehearsal's";
	if (clock_now() < 0 || clock_now() > clock_machine())
		return "a rehearsal begins between 1970 and now";
	if (high_water_read(config->high_water_file, note, &size) !=
	    HIGH_WATER_ABSENT)
		return "the high-water file exists";
	return begin_in(config, NULL);
}

/* A database that was emptied knows nothing of what our key has signed. */
static const char *hear(const struct config *config, int *status)
{
	*status = witnesses_open(config);
	if (*status)
		return "the witness file cannot be used";
	*status = witnesses_hear_first(config);
	if (*status == LOG_REFUSED)
		return "a witness shows a log that our key has begun";
	if (*status)
		return "too few witnesses answer";
	*status = process_ends() ? EXIT_FAILURE : EXIT_SUCCESS;
	return *status ? "it was told to end" : NULL;
}

static const char *sign(const struct config *config)
{
	struct beginning new = { .bytes = KL_BUF(KL_LEAF_SIZE_MAX),
		.note = KL_BUF(NOTE_SIZE_MAX) };
	const char *reason = make(&new) ? begin_in(config, &new)
					: "the first entry cannot be written";

	kl_buf_clear(&new.bytes);
	kl_buf_clear(&new.note);
	return reason;
}

int genesis(const struct config *config)
{
	const char *reason = check(config);
	int status = LOG_REFUSED;

	if (!reason)
		reason = hear(config, &status);
	if (!reason) {
		reason = sign(config);
		status = reason ? LOG_REFUSED : EXIT_SUCCESS;
	}
	if (reason)
		diary_write("init_refused", "{s:s}", "reason", reason);
	else
		diary_write("log_opened", "{s:s}", "origin", log_origin());
	witnesses_close();
	log_keys_close();
	return status;
}
