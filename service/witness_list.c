/* witness_list.c -- whose cosignatures we ask for, and what is stored of them.
 */
#include "witnesses.h"

#include "diary.h"
#include "file.h"
#include "log_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NOTE_MAX = 1 << 14,
	BACK_MAX = 100000, /* cosignatures, from the last one back */
};

static const struct db_statement select_sizes = {
	"SELECT size FROM log_cosignature"
	" WHERE size > ? AND size <= ? AND FIND_IN_SET(HEX(witness), ?)"
	" GROUP BY size HAVING COUNT(*) >= ? ORDER BY size LIMIT ?",
};

static const struct db_statement select_lines = {
	"SELECT witness, cosigned_at, line FROM log_cosignature"
	" WHERE size = ? ORDER BY cosigned_at",
};

static const struct db_statement select_newest = {
	"SELECT size, witness FROM log_cosignature ORDER BY size DESC LIMIT ?",
};

static const struct db_statement select_checkpoint = {
	"SELECT root, note FROM log_checkpoint WHERE size = ?",
};

const struct db_statement *const witnesses_statements[] = {
	&select_sizes,
	&select_lines,
	&select_newest,
	&select_checkpoint,
	NULL,
};

static struct {
	struct kl_buf text; /* `trust` points into it */
	struct kl_trust trust;
} file = { .text = KL_BUF(KL_TRUST_SIZE_MAX) };

/* --- the file ------------------------------------------------------------- */

static int refuse(const char *path, const char *reason, int status)
{
	diary_write("witnesses", "{s:s, s:s}", "path", path, "reason", reason);
	return status;
}

/* A field of declare.txt. protocol §2. */
static bool can_be_declared(const char *name)
{
	for (; *name; name++)
		if (*name < 0x21 || *name > 0x7e)
			return false;
	return true;
}

/* One without an address cannot be asked, and our own key is no witness. */
static const char *fault_of(const struct kl_trust *trust)
{
	for (size_t i = 0; i < trust->witness_count; i++) {
		struct kl_span url = trust->witness_urls[i];

		if (url.size < 8 || (memcmp(url.at, "http://", 7) != 0 &&
					memcmp(url.at, "https://", 8) != 0))
			return "a witness has no address";
		if (!can_be_declared(trust->witnesses[i].name))
			return "a witness has a name that no declaration can "
			       "have";
		if (kl_public_key_equal(
			&trust->witnesses[i].key, &log_signer()->key) ||
		    kl_public_key_equal(
			&trust->witnesses[i].key, &log_receipt_signer()->key))
			return "a witness has a key of ours";
	}
	return NULL;
}

int witnesses_open(const struct config *config)
{
	const char *path = config->witness_file, *fault;
	size_t line;
	int number;

	file.trust = (struct kl_trust){ 0 };
	if (strcmp(path, "none") == 0)
		return EXIT_SUCCESS;
	number = file_read(path, &file.text);
	if (number)
		return refuse(path, strerror(number),
		    file_may_pass(number) ? EXIT_FAILURE : LOG_REFUSED);
	if (kl_trust_read(file.text.data ? (const char *)file.text.data : "",
		file.text.size, &file.trust, &line)) {
		char reason[64];

		snprintf(reason, sizeof(reason), "line %zu is at fault", line);
		return refuse(path, reason, LOG_REFUSED);
	}
	fault = fault_of(&file.trust);
	return fault ? refuse(path, fault, LOG_REFUSED) : EXIT_SUCCESS;
}

void witnesses_close(void)
{
	kl_buf_clear(&file.text);
	file.trust = (struct kl_trust){ 0 };
}

const struct kl_trust *witnesses_trust(void)
{
	return &file.trust;
}

/* --- who has cosigned ----------------------------------------------------- */

/* What is asked for. */
struct asked {
	struct db *db;
	struct arena *arena;
	const struct kl_note_key *witnesses;
	size_t count, quorum;
};

/* Their public keys as FIND_IN_SET() wants them. */
static const char *list_of(const struct asked *asked)
{
	char *list =
	    arena_alloc(asked->arena, asked->count * KL_PUBLIC_KEY_HEX + 1);

	for (size_t i = 0; i < asked->count; i++) {
		char *hex = list + i * KL_PUBLIC_KEY_HEX;

		kl_hex(asked->witnesses[i].key.bytes, KL_PUBLIC_KEY_SIZE, hex);
		for (size_t j = 0; j < KL_PUBLIC_KEY_HEX - 1; j++)
			if (hex[j] >= 'a')
				hex[j] = (char)(hex[j] - 'a' + 'A');
		if (i + 1 < asked->count)
			hex[KL_PUBLIC_KEY_HEX - 1] = ',';
	}
	return list;
}

static size_t index_of(
    const struct asked *asked, const struct kl_public_key *key)
{
	for (size_t i = 0; i < asked->count; i++)
		if (kl_public_key_equal(&asked->witnesses[i].key, key))
			return i;
	return asked->count;
}

/* Their lines of one checkpoint, and when enough of them had signed. */
static enum error read_lines(const struct asked *asked, uint64_t size,
    struct db_blob lines[], int64_t *at)
{
	struct kl_public_key key;
	struct db_blob line;
	int64_t time;
	size_t count = 0;

	db_query(asked->db, &select_lines, DB_IN(db_u64(size)),
	    DB_OUT(db_to_bytes(key.bytes, sizeof(key.bytes)), db_to_time(&time),
		db_to_blob(&line)));
	while (db_next(asked->db)) {
		size_t i = index_of(asked, &key);

		if (i == asked->count)
			continue;
		lines[i] = line;
		if (++count == asked->quorum)
			*at = time;
	}
	return db_finish(asked->db);
}

static enum error make_note(const struct asked *asked,
    const struct db_blob lines[], struct cosigned *cosigned)
{
	struct kl_buf note = KL_BUF(NOTE_MAX);
	struct db_blob signed_note;
	enum error error =
	    db_row(asked->db, &select_checkpoint, DB_IN(db_u64(cosigned->size)),
		DB_OUT(db_to_bytes(cosigned->root.bytes, KL_HASH_SIZE),
		    db_to_blob(&signed_note)));

	if (error)
		return error == ERR_NOT_FOUND ? ERR_DATABASE : error;
	kl_buf_add(&note, signed_note.bytes, signed_note.size);
	for (size_t i = 0; i < asked->count; i++)
		kl_buf_add(&note, lines[i].bytes, lines[i].size);
	error = error_of_lib(kl_buf_result(&note));
	if (!error)
		cosigned->note =
		    (struct db_blob){ (const uint8_t *)arena_text(asked->arena,
					  (const char *)note.data, note.size),
			    note.size };
	kl_buf_clear(&note);
	return error;
}

/* Those that enough have cosigned, the smaller first. */
static enum error read_sizes(const struct asked *asked, uint64_t index,
    uint64_t size_max, uint64_t sizes[], size_t *count)
{
	uint64_t size;

	*count = 0;
	db_query(asked->db, &select_sizes,
	    DB_IN(db_u64(index), db_u64(size_max), db_text(list_of(asked)),
		db_u64(asked->quorum), db_u64(COSIGNED_LOOK_MAX)),
	    DB_OUT(db_to_u64(&size)));
	while (db_next(asked->db))
		sizes[(*count)++] = size;
	return db_finish(asked->db);
}

enum error witnesses_cosigned(struct db *db, struct arena *arena,
    uint64_t index, uint64_t size_max, const struct kl_note_key witnesses[],
    size_t count, size_t quorum, struct cosigned *cosigned)
{
	const struct asked asked = { db, arena, witnesses, count, quorum };
	struct db_blob *best = NULL;
	struct cosigned found = { 0 };
	uint64_t sizes[COSIGNED_LOOK_MAX];
	size_t size_count;
	enum error error =
	    read_sizes(&asked, index, size_max, sizes, &size_count);

	for (size_t i = 0; i < size_count && !error; i++) {
		struct db_blob *lines =
		    arena_alloc(arena, count * sizeof(*lines));
		int64_t at = 0;

		error = read_lines(&asked, sizes[i], lines, &at);
		if (!error && (!best || at < found.at)) {
			best = lines;
			found.size = sizes[i];
			found.at = at;
		}
	}
	if (!error && !best)
		error = ERR_NOT_FOUND;
	if (!error)
		error = make_note(&asked, best, &found);
	if (!error)
		*cosigned = found;
	return error;
}

/* --- the quorum of the file ----------------------------------------------- */

static struct asked ask_for_all(struct db *db, struct arena *arena)
{
	return (struct asked){ db, arena, file.trust.witnesses,
		file.trust.witness_count, 1 };
}

enum error witnesses_quorum(struct db *db, struct arena *arena, uint64_t size,
    struct cosigned *cosigned)
{
	const struct asked asked = ask_for_all(db, arena);
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX] = { 0 };
	struct db_blob lines[KL_TRUST_WITNESSES_MAX] = { 0 };
	struct cosigned found = { .size = size };
	enum error error = read_lines(&asked, size, lines, &found.at);
	bool some = false;

	for (size_t i = 0; i < asked.count; i++) {
		verdicts[i].has_signed = lines[i].size > 0;
		some |= verdicts[i].has_signed;
	}
	if (!error && !(some && kl_trust_enough(&file.trust, verdicts)))
		error = ERR_NOT_FOUND;
	if (!error)
		error = make_note(&asked, lines, &found);
	if (!error)
		*cosigned = found;
	return error;
}

enum error witnesses_last_quorum(
    struct db *db, struct arena *arena, struct cosigned *cosigned)
{
	const struct asked asked = ask_for_all(db, arena);
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX] = { 0 };
	uint64_t size, read = 0, found = 0;
	struct kl_public_key key;
	enum error error;

	db_query(db, &select_newest, DB_IN(db_u64(BACK_MAX)),
	    DB_OUT(
		db_to_u64(&size), db_to_bytes(key.bytes, sizeof(key.bytes))));
	while (found == 0 && db_next(db)) {
		size_t i = index_of(&asked, &key);

		if (size != read)
			memset(verdicts, 0, sizeof(verdicts));
		read = size;
		if (i == asked.count)
			continue;
		verdicts[i].has_signed = true;
		if (kl_trust_enough(&file.trust, verdicts))
			found = size;
	}
	error = db_finish(db);
	if (error)
		return error;
	return found ? witnesses_quorum(db, arena, found, cosigned)
		     : ERR_NOT_FOUND;
}
