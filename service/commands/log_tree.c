/* log_tree.c -- every bundle and tile of a log against its head. */
#include "log_audit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* So many entries before its turn, the memory for one is asked for. */
enum { AHEAD = 8 };

/* A walk through the log from its first entry on. */
struct audit {
	struct audit_source *source;
	const struct kl_checkpoint *head;
	const struct audit_known *known, *known_end;
	uint64_t agreed; /* with those known, so far */
	const struct audit_entries *entries;
	struct audit_queue *queue;
	struct audit_fault *fault; /* of the bundle at hand */
	struct kl_tree tree;       /* of what has been read */
	/* Of each level the tile that the next hash must stand in. */
	struct audit_file columns[KL_TILE_LEVELS];
};

enum audit_outcome audit_fail(
    struct audit_fault *fault, const char *code, const char *why)
{
	fault->code = code;
	fault->why = why;
	return AUDIT_FAULT;
}

enum audit_outcome audit_fail_entry(struct audit_fault *fault, uint64_t index,
    const char *code, const char *why)
{
	fault->has_index = true;
	fault->index = index;
	return audit_fail(fault, code, why);
}

static enum audit_outcome fail_file(struct audit *audit,
    const struct audit_file *column, const char *code, const char *why)
{
	memcpy(audit->fault->path, column->path, sizeof(column->path));
	return audit_fail(audit->fault, code, why);
}

/* --- files ---------------------------------------------------------------- */

static enum audit_outcome read_tile(
    struct audit *audit, int level, uint64_t index, struct audit_file *column)
{
	enum audit_got got = audit_tile_read(
	    audit->source, audit->head->size, level, index, column);

	if (got == AUDIT_UNREADABLE)
		return AUDIT_UNUSABLE;
	if (got == AUDIT_MISSING)
		return fail_file(audit, column, "missing", "it is not there");
	if (got == AUDIT_TOO_LARGE)
		return fail_file(audit, column, "size", "it is too large");
	return AUDIT_GOOD;
}

/* How many hashes or entries the file that was read must hold. */
static unsigned width_of(const struct audit_file *column)
{
	struct kl_tile tile = { .width = 0 };

	if (kl_tile_read(column->path, strlen(column->path), &tile))
		return 0;
	return tile.width;
}

/*
 * Its form is right: a copy may have it. Of a full one in place of a partial
 * only `size` bytes are of this log yet.
 */
static enum audit_outcome copy_file(struct audit *audit,
    const struct audit_file *file, int level, uint64_t index, size_t size)
{
	struct kl_tile tile = { level, index,
		kl_tile_width(audit->head->size, level, index) };
	char path[KL_TILE_PATH];

	kl_tile_path(&tile, path);
	return audit_copy_put(audit->source, path, file->bytes.data, size)
		   ? AUDIT_GOOD
		   : AUDIT_UNUSABLE;
}

/* --- the hashes of one entry ---------------------------------------------- */

static enum audit_outcome read_hashes(
    struct audit *audit, int level, uint64_t index)
{
	struct audit_file *column = &audit->columns[level];
	enum audit_outcome outcome = read_tile(audit, level, index, column);
	size_t width = kl_tile_width(audit->head->size, level, index);

	if (outcome != AUDIT_GOOD)
		return outcome;
	if (column->bytes.size != width_of(column) * (size_t)KL_HASH_SIZE)
		return fail_file(audit, column, "size",
		    "it has another size than its name says");
	return copy_file(audit, column, level, index, width * KL_HASH_SIZE);
}

static enum audit_outcome check_hash(
    struct audit *audit, int level, uint64_t entry, const struct kl_hash *hash)
{
	struct audit_file *column = &audit->columns[level];
	uint64_t position = entry >> (8 * level);
	size_t at = (size_t)(position % KL_TILE_WIDTH) * KL_HASH_SIZE;

	if (at == 0) {
		enum audit_outcome outcome =
		    read_hashes(audit, level, position / KL_TILE_WIDTH);

		if (outcome != AUDIT_GOOD)
			return outcome;
	}
	if (memcmp(column->bytes.data + at, hash->bytes, KL_HASH_SIZE) == 0)
		return AUDIT_GOOD;
	audit->fault->has_index = true;
	audit->fault->index = entry;
	audit->fault->has_offset = true;
	audit->fault->offset = at;
	return fail_file(audit, column, level == 0 ? "leaf-hash" : "tile-hash",
	    level == 0 ? "the entry has another hash than this tile holds"
		       : "the tiles below give another hash");
}

/* Between which entries do they part? A whole copy tells the first. */
static enum audit_outcome fail_forked(struct audit *audit)
{
	struct audit_fault *fault = audit->fault;

	fault->known = audit->known;
	fault->has_range = audit->tree.size > audit->agreed;
	fault->first = audit->agreed;
	fault->last = audit->tree.size - 1;
	if (audit->known->folder) {
		uint64_t first = audit_known_differs(
		    audit->known, audit->source, audit->head->size);

		if (first <= fault->last)
			fault->first = first;
	}
	return audit_fail(fault, "forked",
	    "an entry is not what it was when this checkpoint was kept");
}

/* Was the log so when somebody looked? */
static enum audit_outcome check_known(struct audit *audit)
{
	for (; audit->known < audit->known_end &&
	       audit->known->size == audit->tree.size;
	     audit->known++) {
		struct kl_hash root = kl_tree_root(&audit->tree);

		if (!kl_hash_equal(&root, &audit->known->root))
			return fail_forked(audit);
		audit->agreed = audit->tree.size;
	}
	return AUDIT_GOOD;
}

static enum audit_outcome take_entry(struct audit *audit,
    struct audit_bundle *bundle, const uint8_t *bytes, size_t size)
{
	struct kl_hash formed[KL_TILE_LEVELS];
	struct kl_hash leaf = kl_leaf_hash(bytes, size);
	uint64_t index = audit->tree.size;
	size_t count = kl_tree_append(&audit->tree, &leaf, formed);
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t level = 0; level < count && outcome == AUDIT_GOOD; level++)
		outcome = check_hash(audit, (int)level, index, &formed[level]);
	if (outcome != AUDIT_GOOD)
		return outcome;
	audit_entry_read(
	    audit->entries, bytes, size, &bundle->entries[bundle->count++]);
	return check_known(audit);
}

/* --- the log -------------------------------------------------------------- */

static enum audit_outcome fail_bundle(struct audit *audit,
    const struct audit_file *file, size_t offset, const char *why)
{
	audit->fault->has_offset = true;
	audit->fault->offset = offset;
	return fail_file(audit, file, "bundle", why);
}

/* All its entries, of which the first `width` are of this log; `*used` of its
 * bytes are theirs. */
static enum audit_outcome take_entries(struct audit *audit,
    struct audit_bundle *bundle, unsigned width, size_t *used)
{
	const struct audit_file *file = &bundle->file;
	struct kl_bundle rest = { file->bytes.data, file->bytes.size };
	enum audit_outcome outcome = AUDIT_GOOD;
	uint64_t first = audit->tree.size;
	unsigned count = width_of(file);
	const uint8_t *entry;
	size_t size;

	for (unsigned i = 0; i < count && !outcome; i++) {
		if (kl_bundle_next(&rest, &entry, &size)) {
			audit->fault->has_index = true;
			audit->fault->index = first + i;
			return fail_bundle(audit, file,
			    file->bytes.size - rest.size,
			    "it ends before its last entry");
		}
		if (i < width)
			outcome = take_entry(audit, bundle, entry, size);
		if (i + 1 == width)
			*used = file->bytes.size - rest.size;
	}
	if (outcome == AUDIT_GOOD && rest.size > 0)
		return fail_bundle(audit, file, file->bytes.size - rest.size,
		    "bytes follow its last entry");
	return outcome;
}

static enum audit_outcome take_bundle(
    struct audit *audit, struct audit_bundle *bundle)
{
	uint64_t number = audit->tree.size / KL_TILE_WIDTH;
	unsigned width =
	    kl_tile_width(audit->head->size, KL_TILE_ENTRIES, number);
	size_t used = 0;
	enum audit_outcome outcome =
	    read_tile(audit, KL_TILE_ENTRIES, number, &bundle->file);

	if (outcome == AUDIT_GOOD)
		outcome = take_entries(audit, bundle, width, &used);
	if (outcome == AUDIT_GOOD)
		outcome = copy_file(
		    audit, &bundle->file, KL_TILE_ENTRIES, number, used);
	return outcome;
}

/* After the last entry. */
static enum audit_outcome check_root(struct audit *audit)
{
	struct kl_hash root = kl_tree_root(&audit->tree);

	if (kl_hash_equal(&root, &audit->head->root))
		return AUDIT_GOOD;
	snprintf(audit->fault->path, KL_TILE_PATH, "checkpoint");
	return audit_fail(audit->fault, "root",
	    "it signs another root than the entries have");
}

/* The thread that reads. */
static void *read_all(void *context)
{
	struct audit *audit = context;
	struct audit_bundle *bundle;
	bool is_last = false;

	while (!is_last && (bundle = audit_queue_empty(audit->queue))) {
		bundle->first = audit->tree.size;
		bundle->count = 0;
		memset(&bundle->fault, 0, sizeof(bundle->fault));
		audit->fault = &bundle->fault;
		bundle->outcome =
		    audit->tree.size == 0 ? check_known(audit) : AUDIT_GOOD;
		bundle->is_last = audit->tree.size == audit->head->size;
		if (bundle->outcome == AUDIT_GOOD)
			bundle->outcome = bundle->is_last
					      ? check_root(audit)
					      : take_bundle(audit, bundle);
		is_last = bundle->is_last || bundle->outcome != AUDIT_GOOD;
		bundle->is_last = is_last;
		audit_queue_give(audit->queue);
	}
	return NULL;
}

/* Most faults are of the entry that was judged: where it stands is known. */
static void place_fault(
    const struct audit_bundle *bundle, struct audit_fault *fault)
{
	uint64_t at = fault->index - bundle->first;

	if (!fault->has_index || fault->index < bundle->first ||
	    at >= bundle->count)
		return;
	memcpy(fault->path, bundle->file.path, sizeof(bundle->file.path));
	fault->has_offset = true;
	fault->offset =
	    (uint64_t)(bundle->entries[at].bytes - bundle->file.bytes.data);
}

static enum audit_outcome judge_bundle(struct audit_entries *entries,
    const struct audit_bundle *bundle, struct audit_fault *fault)
{
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t i = 0; i < bundle->count && outcome == AUDIT_GOOD; i++) {
		if (i + AHEAD < bundle->count)
			audit_entry_expect(
			    entries, &bundle->entries[i + AHEAD]);
		outcome = audit_entry(
		    entries, bundle->first + i, &bundle->entries[i], fault);
	}
	if (outcome == AUDIT_FAULT)
		place_fault(bundle, fault);
	if (outcome != AUDIT_GOOD || bundle->outcome == AUDIT_GOOD)
		return outcome;
	*fault = bundle->fault;
	return bundle->outcome;
}

/* In this thread, while the other reads on. */
static enum audit_outcome judge_all(struct audit_queue *queue,
    struct audit_entries *entries, struct audit_fault *fault)
{
	enum audit_outcome outcome = AUDIT_GOOD;
	bool is_last = false;

	while (outcome == AUDIT_GOOD && !is_last) {
		const struct audit_bundle *bundle = audit_queue_take(queue);

		outcome = judge_bundle(entries, bundle, fault);
		is_last = bundle->is_last;
		audit_queue_done(queue);
	}
	audit_queue_stop(queue);
	return outcome;
}

enum audit_outcome audit_tree(struct audit_source *source,
    const struct kl_checkpoint *head, const struct audit_known known[],
    size_t known_count, struct audit_entries *entries,
    struct audit_fault *fault)
{
	struct audit audit = {
		.source = source,
		.head = head,
		.known = known,
		.known_end = known + known_count,
		.entries = entries,
		.queue = audit_queue_open(),
	};
	enum audit_outcome outcome = AUDIT_UNUSABLE;
	pthread_t reader;
	int number;

	for (size_t i = 0; i < KL_TILE_LEVELS; i++)
		audit.columns[i].bytes.limit = KL_TILE_SIZE + 1;
	number = pthread_create(&reader, NULL, read_all, &audit);
	if (number) {
		fprintf(stderr, "log: no thread: %s\n", strerror(number));
	} else {
		outcome = judge_all(audit.queue, entries, fault);
		pthread_join(reader, NULL);
	}
	for (size_t i = 0; i < KL_TILE_LEVELS; i++)
		kl_buf_clear(&audit.columns[i].bytes);
	audit_queue_close(audit.queue);
	return outcome;
}
