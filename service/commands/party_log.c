/* party_log.c -- the log as it is served: signed, only growing, proved. */
#include "kl_canon.h"
#include "party.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	SEEN_MODE = 0644,
	/* So often a smaller log is taken for a cache that is slow. */
	BEHIND_MAX = 5,
	PATH_SIZE = 128,
	EVENT_SIZE_MAX = 1 << 20,
	NOT_FOUND = 404,
};

static const char seen_name[] = "seen";
static const char forked_name[] = "forked";

/* --- tiles ---------------------------------------------------------------- */

static bool is_tile(const struct kl_tile *one, const struct kl_tile *other)
{
	return one->level == other->level && one->index == other->index &&
	       one->width == other->width;
}

/* The bytes of a tile; NULL when they do not come. */
static const struct kl_buf *tile_of(
    struct party *party, const struct kl_tile *tile)
{
	struct party_log *log = &party->log;
	char path[PATH_SIZE] = "/log/";
	size_t at = log->tiles_used % PARTY_TILES;

	for (size_t i = 0; i < PARTY_TILES && i < log->tiles_used; i++)
		if (is_tile(&log->tiles[i].tile, tile))
			return &log->tiles[i].bytes;
	kl_tile_path(tile, path + strlen(path));
	if (!party_get(party, path, KL_TILE_SIZE) ||
	    party->answer.size != tile->width * KL_HASH_SIZE)
		return NULL;
	kl_buf_clear(&log->tiles[at].bytes);
	log->tiles[at].tile = *tile;
	log->tiles[at].bytes = party->answer;
	party->answer = (struct kl_buf)KL_BUF(0);
	log->tiles_used++;
	return &log->tiles[at].bytes;
}

/* For proofs: a hash of the newest tree. KL_RANGE when it does not come. */
static enum kl_result get_hash(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	struct party *party = context;
	struct kl_tile_span span = kl_tile_of_node(level, index);
	const struct kl_buf *bytes;
	unsigned needed = span.tile.width;

	span.tile.width = kl_tile_width(
	    party->log.checkpoint.size, span.tile.level, span.tile.index);
	if (span.tile.width < needed)
		return KL_RANGE;
	bytes = tile_of(party, &span.tile);
	if (!bytes)
		return KL_RANGE;
	*hash = kl_tile_node(&span, bytes->data);
	return KL_OK;
}

static struct kl_tree_source source_of(struct party *party)
{
	return (struct kl_tree_source){ get_hash, party };
}

enum kl_party_code party_log_step(
    struct party *party, uint64_t old_size, struct kl_step *step)
{
	struct kl_tree_source source = source_of(party);

	step->old_size = old_size;
	step->new_size = party->log.checkpoint.size;
	return kl_consistency_make(
		   old_size, step->new_size, &source, &step->path)
		   ? KL_PARTY_UNREACHABLE
		   : KL_PARTY_GOOD;
}

enum kl_party_code party_log_grew(
    struct party *party, const struct kl_checkpoint *old)
{
	const struct kl_checkpoint *now = &party->log.checkpoint;
	struct kl_step step = { 0 };
	enum kl_party_code code;

	if (old->size == 0)
		return KL_PARTY_GOOD;
	if (old->size > now->size)
		return KL_PARTY_LOG_FORKED;
	code = party_log_step(party, old->size, &step);
	if (code)
		return code;
	return kl_consistency_check(
		   old->size, now->size, &old->root, &now->root, &step.path)
		   ? KL_PARTY_LOG_FORKED
		   : KL_PARTY_GOOD;
}

enum kl_party_code party_log_prove(
    struct party *party, uint64_t index, struct kl_buf *out)
{
	struct kl_tree_source source = source_of(party);
	struct kl_proof proof = { .index = index,
		.checkpoint = (const char *)party->log.note.data,
		.checkpoint_size = party->log.note.size };

	if (kl_inclusion_make(
		index, party->log.checkpoint.size, &source, &proof.path))
		return KL_PARTY_UNREACHABLE;
	return kl_proof_write(out, &proof) ? KL_PARTY_UNREACHABLE
					   : KL_PARTY_GOOD;
}

/* --- checkpoints ---------------------------------------------------------- */

/* Signed by a log that we trust: which one, it says itself. */
static bool open_note(const struct party *party, const struct kl_buf *bytes,
    const struct kl_note_key **key, struct kl_checkpoint *checkpoint)
{
	struct kl_note note;

	if (bytes->size == 0 ||
	    kl_note_read((const char *)bytes->data, bytes->size, &note) ||
	    kl_checkpoint_read(note.text, note.text_size, checkpoint))
		return false;
	*key = kl_trust_log(&party->trust,
	    (struct kl_span){ checkpoint->origin, checkpoint->origin_size });
	return *key && !kl_checkpoint_open((const char *)bytes->data,
			   bytes->size, *key, &note, checkpoint);
}

/* What we saw last, also in an earlier run. */
static enum kl_party_code read_seen(
    struct party *party, struct kl_buf *bytes, struct kl_checkpoint *seen)
{
	const struct kl_note_key *key;
	int number = party->options->folder
			 ? party_folder_read(party, seen_name, bytes)
			 : ENOENT;

	*seen = (struct kl_checkpoint){ .size = 0 };
	if (number == ENOENT)
		return KL_PARTY_GOOD;
	if (number || !open_note(party, bytes, &key, seen))
		return party_about(party, KL_PARTY_FOLDER_BAD, seen_name);
	return key == party->log.key
		   ? KL_PARTY_GOOD
		   : party_about(party, KL_PARTY_FOLDER_OTHER, seen_name);
}

/* A cache may be slow; a log that stays small is an old one. */
static enum kl_party_code fall_behind(struct party *party)
{
	party_about(party, KL_PARTY_GOOD, "");
	party->log.behind++;
	return !party->options->wait || party->log.behind > BEHIND_MAX
		   ? KL_PARTY_LOG_ROLLED_BACK
		   : KL_PARTY_UNREACHABLE;
}

/* Both notes, signed by the log itself, are the proof against it. */
static enum kl_party_code keep_forked(struct party *party)
{
	enum kl_party_code code = party_folder_write(party, forked_name,
	    party->log.note.data, party->log.note.size, SEEN_MODE);

	return code ? code
		    : party_about(party, KL_PARTY_LOG_FORKED, "seen, forked");
}

/* Is the new one a continuation of what we have seen? Then it is the last. */
static enum kl_party_code compare(struct party *party)
{
	const struct kl_checkpoint *now = &party->log.checkpoint;
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_checkpoint seen;
	enum kl_party_code code = read_seen(party, &bytes, &seen);

	if (!code && seen.size > now->size)
		code = fall_behind(party);
	else if (!code)
		code = party_log_grew(party, &seen);
	if (code == KL_PARTY_LOG_FORKED)
		code = keep_forked(party);
	if (!code && party->options->folder &&
	    (seen.size != now->size || bytes.size != party->log.note.size ||
		memcmp(bytes.data, party->log.note.data, bytes.size) != 0))
		code = party_folder_write(party, seen_name,
		    party->log.note.data, party->log.note.size, SEEN_MODE);
	kl_buf_clear(&bytes);
	return code;
}

static enum kl_party_code take_note(struct party *party, const char *path)
{
	struct party_log *log = &party->log;
	const struct kl_note_key *key;
	struct kl_checkpoint checkpoint;

	if (!party_get(party, path, KL_NOTE_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	if (!open_note(party, &party->answer, &key, &checkpoint) ||
	    (log->key && log->key != key))
		return party_about(party, KL_PARTY_LOG_SIGNATURE, "");
	kl_buf_clear(&log->note);
	log->note = party->answer; /* the checkpoint points into it */
	party->answer = (struct kl_buf)KL_BUF(0);
	log->checkpoint = checkpoint;
	log->key = key;
	return KL_PARTY_GOOD;
}

/* Have we seen more than this? */
static bool has_seen_more(struct party *party)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_checkpoint seen;
	bool more = !read_seen(party, &bytes, &seen) &&
		    seen.size > party->log.checkpoint.size;

	kl_buf_clear(&bytes);
	return more;
}

/* Where witnesses are needed, one that they have cosigned, if it is served and
 * does not lead back. */
static enum kl_party_code take_newest(struct party *party)
{
	enum kl_party_code code;

	if (!party->trust.needs_quorum)
		return take_note(party, "/log/checkpoint");
	code = take_note(party, "/log/cosigned");
	if ((code && party->status == NOT_FOUND) ||
	    (!code && has_seen_more(party)))
		code = take_note(party, "/log/checkpoint");
	return code;
}

enum kl_party_code party_log_look(struct party *party)
{
	struct party_log *log = &party->log;
	uint64_t size = log->checkpoint.size;
	enum kl_party_code code = take_newest(party);

	if (code)
		return code;
	log->grown = log->behind_events || log->checkpoint.size != size;
	code = compare(party);
	if (!code)
		log->behind = 0;
	return code;
}

/* --- one entry ------------------------------------------------------------ */

/* The latest, if it has more than the one we know. */
static enum kl_party_code look_ahead(
    struct party *party, struct kl_buf *note, struct kl_checkpoint *latest)
{
	const struct kl_note_key *key;

	if (!party_get(party, "/log/checkpoint", KL_NOTE_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	*note = party->answer; /* the checkpoint points into it */
	party->answer = (struct kl_buf)KL_BUF(0);
	if (!open_note(party, note, &key, latest) || key != party->log.key)
		return party_about(party, KL_PARTY_LOG_SIGNATURE, "");
	if (latest->size < party->log.checkpoint.size)
		*latest = party->log.checkpoint;
	return KL_PARTY_GOOD;
}

/* Against the checkpoint that is in party->log for as long. */
static enum kl_party_code show(
    struct party *party, uint64_t index, const struct kl_hash *leaf)
{
	struct kl_tree_source source = source_of(party);
	const struct kl_checkpoint *now = &party->log.checkpoint;
	struct kl_proof_path path;

	if (index >= now->size)
		return KL_PARTY_RECEIPT_BROKEN;
	if (kl_inclusion_make(index, now->size, &source, &path))
		return KL_PARTY_UNREACHABLE;
	return kl_inclusion_check(index, now->size, leaf, &path, &now->root)
		   ? KL_PARTY_RECEIPT_BROKEN
		   : KL_PARTY_GOOD;
}

enum kl_party_code party_log_shows(
    struct party *party, uint64_t index, const struct kl_hash *leaf)
{
	const struct kl_checkpoint known = party->log.checkpoint;
	struct kl_buf note = KL_BUF(0);
	struct kl_checkpoint latest;
	enum kl_party_code code = look_ahead(party, &note, &latest);

	if (!code) {
		party->log.checkpoint = latest;
		code = show(party, index, leaf);
		party->log.checkpoint = known;
	}
	kl_buf_clear(&note);
	return code;
}

/* --- entry 0 -------------------------------------------------------------- */

static enum kl_party_code check_first(
    struct party *party, const struct kl_buf *leaf)
{
	struct kl_tree_source source = source_of(party);
	const struct kl_checkpoint *now = &party->log.checkpoint;
	struct kl_hash hash = kl_leaf_hash(leaf->data, leaf->size);
	struct kl_proof_path path;

	if (kl_inclusion_make(0, now->size, &source, &path))
		return KL_PARTY_UNREACHABLE;
	if (kl_inclusion_check(0, now->size, &hash, &path, &now->root) ||
	    kl_party_receipt_key(leaf->data, leaf->size, party->log.key,
		&party->log.receipt_key))
		return party_about(party, KL_PARTY_LOG_OTHER, "");
	party->log.has_receipt_key = true;
	return KL_PARTY_GOOD;
}

enum kl_party_code party_log_receipt_key(struct party *party)
{
	struct kl_buf leaf = KL_BUF(KL_LEAF_SIZE_MAX);
	json_auto_t *json = NULL;
	json_t *first;
	enum kl_party_code code = KL_PARTY_EVENTS_BAD;

	if (party->log.has_receipt_key)
		return KL_PARTY_GOOD;
	if (!party_get(party, "/v1/events?limit=1", EVENT_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	json = party_answer_json(party);
	first = json_array_get(json_object_get(json, "items"), 0);
	party_about(party, code, "0");
	if (first && !json_object_del(first, "index") &&
	    !kl_canon_write(&leaf, first))
		code = check_first(party, &leaf);
	kl_buf_clear(&leaf);
	return code;
}
