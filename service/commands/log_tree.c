/* log_tree.c -- every bundle and tile of a log against its head. */
#include "log_audit.h"

#include <stdio.h>
#include <string.h>

/* The tile of a level that the next hash must stand in. */
struct column {
	char path[KL_TILE_PATH]; /* of the file that was read */
	struct kl_buf bytes;
};

/* A walk through the log from its first entry on. */
struct audit {
	struct audit_source *source;
	const struct kl_checkpoint *head;
	const struct audit_known *known, *known_end;
	uint64_t agreed; /* with those known, so far */
	struct audit_entries *entries;
	struct audit_fault *fault;
	struct kl_tree tree; /* of what has been read */
	struct column columns[KL_TILE_LEVELS];
	struct column bundle;
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
    const struct column *column, const char *code, const char *why)
{
	memcpy(audit->fault->path, column->path, sizeof(column->path));
	return audit_fail(audit->fault, code, why);
}

/* --- files ------------------------------------------------------------------
 */

/*
 * A log may drop a partial tile once the full one is there: then the full one
 * begins with it. tlog-tiles.
 */
static enum audit_outcome read_tile(
    struct audit *audit, int level, uint64_t index, struct column *column)
{
	struct kl_tile tile = { level, index,
		kl_tile_width(audit->head->size, level, index) };
	enum audit_got got;

	kl_tile_path(&tile, column->path);
	got = audit_source_read(audit->source, column->path, &column->bytes);
	if (got == AUDIT_MISSING && tile.width < KL_TILE_WIDTH) {
		struct column full = { .bytes = column->bytes };

		tile.width = KL_TILE_WIDTH;
		kl_tile_path(&tile, full.path);
		got = audit_source_read(audit->source, full.path, &full.bytes);
		column->bytes = full.bytes;
		if (got == AUDIT_GOT)
			memcpy(column->path, full.path, sizeof(full.path));
	}
	if (got == AUDIT_UNREADABLE)
		return AUDIT_UNUSABLE;
	if (got == AUDIT_MISSING)
		return fail_file(audit, column, "missing", "it is not there");
	if (got == AUDIT_TOO_LARGE)
		return fail_file(audit, column, "size", "it is too large");
	return AUDIT_GOOD;
}

/* How many hashes or entries the file that was read must hold. */
static unsigned width_of(const struct column *column)
{
	struct kl_tile tile = { .width = 0 };

	if (kl_tile_read(column->path, strlen(column->path), &tile))
		return 0;
	return tile.width;
}

/* --- the hashes of one entry -------------------------------------------------
 */

static enum audit_outcome check_hash(
    struct audit *audit, int level, uint64_t entry, const struct kl_hash *hash)
{
	struct column *column = &audit->columns[level];
	uint64_t position = entry >> (8 * level);
	size_t at = (size_t)(position % KL_TILE_WIDTH) * KL_HASH_SIZE;

	if (at == 0) {
		enum audit_outcome outcome =
		    read_tile(audit, level, position / KL_TILE_WIDTH, column);

		if (outcome != AUDIT_GOOD)
			return outcome;
		if (column->bytes.size !=
		    width_of(column) * (size_t)KL_HASH_SIZE)
			return fail_file(audit, column, "size",
			    "it has another size than its name says");
	}
	if (memcmp(column->bytes.data + at, hash->bytes, KL_HASH_SIZE) == 0)
		return AUDIT_GOOD;
	audit->fault->has_index = true;
	audit->fault->index = entry;
	return fail_file(audit, column, level == 0 ? "leaf-hash" : "tile-hash",
	    level == 0 ? "the entry has another hash than this tile holds"
		       : "the tiles below give another hash");
}

/* Was the log so when somebody looked? */
static enum audit_outcome check_known(struct audit *audit)
{
	struct audit_fault *fault = audit->fault;

	for (; audit->known < audit->known_end &&
	       audit->known->size == audit->tree.size;
	     audit->known++) {
		struct kl_hash root = kl_tree_root(&audit->tree);

		if (!kl_hash_equal(&root, &audit->known->root)) {
			fault->known = audit->known;
			fault->has_range = audit->tree.size > audit->agreed;
			fault->first = audit->agreed;
			fault->last = audit->tree.size - 1;
			return audit_fail(fault, "forked",
			    "an entry is not what it was when this checkpoint "
			    "was kept");
		}
		audit->agreed = audit->tree.size;
	}
	return AUDIT_GOOD;
}

static enum audit_outcome take_entry(
    struct audit *audit, const uint8_t *bytes, size_t size)
{
	struct kl_hash formed[KL_TILE_LEVELS];
	struct kl_hash leaf = kl_leaf_hash(bytes, size);
	uint64_t index = audit->tree.size;
	size_t count = kl_tree_append(&audit->tree, &leaf, formed);
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t level = 0; level < count && outcome == AUDIT_GOOD; level++)
		outcome = check_hash(audit, (int)level, index, &formed[level]);
	if (outcome == AUDIT_GOOD)
		outcome = audit_entry(
		    audit->entries, index, bytes, size, audit->fault);
	if (outcome == AUDIT_FAULT && audit->fault->path[0] == '\0')
		memcpy(audit->fault->path, audit->bundle.path,
		    sizeof(audit->bundle.path));
	return outcome == AUDIT_GOOD ? check_known(audit) : outcome;
}

/* --- the log -----------------------------------------------------------------
 */

static enum audit_outcome take_bundle(struct audit *audit, uint64_t number)
{
	unsigned width =
	    kl_tile_width(audit->head->size, KL_TILE_ENTRIES, number);
	struct kl_bundle rest;
	const uint8_t *entry;
	size_t size;
	enum audit_outcome outcome =
	    read_tile(audit, KL_TILE_ENTRIES, number, &audit->bundle);

	rest = (struct kl_bundle){ audit->bundle.bytes.data,
		audit->bundle.bytes.size };
	for (unsigned i = 0;
	     i < width_of(&audit->bundle) && outcome == AUDIT_GOOD; i++) {
		if (kl_bundle_next(&rest, &entry, &size)) {
			audit->fault->has_index = true;
			audit->fault->index = number * KL_TILE_WIDTH + i;
			return fail_file(audit, &audit->bundle, "bundle",
			    "it ends before its last entry");
		}
		if (i < width)
			outcome = take_entry(audit, entry, size);
	}
	if (outcome == AUDIT_GOOD && rest.size > 0)
		return fail_file(audit, &audit->bundle, "bundle",
		    "bytes follow its last entry");
	return outcome;
}

static enum audit_outcome walk(struct audit *audit)
{
	enum audit_outcome outcome = check_known(audit);
	struct kl_hash root;

	for (uint64_t number = 0;
	     audit->tree.size < audit->head->size && outcome == AUDIT_GOOD;
	     number++)
		outcome = take_bundle(audit, number);
	if (outcome != AUDIT_GOOD)
		return outcome;
	root = kl_tree_root(&audit->tree);
	if (kl_hash_equal(&root, &audit->head->root))
		return AUDIT_GOOD;
	snprintf(audit->fault->path, KL_TILE_PATH, "checkpoint");
	return audit_fail(audit->fault, "root",
	    "it signs another root than the entries have");
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
		.fault = fault,
		.bundle = { .bytes = KL_BUF(KL_BUNDLE_SIZE_MAX) },
	};
	enum audit_outcome outcome;

	for (size_t i = 0; i < KL_TILE_LEVELS; i++)
		audit.columns[i].bytes.limit = KL_TILE_SIZE + 1;
	outcome = walk(&audit);
	for (size_t i = 0; i < KL_TILE_LEVELS; i++)
		kl_buf_clear(&audit.columns[i].bytes);
	kl_buf_clear(&audit.bundle.bytes);
	return outcome;
}
