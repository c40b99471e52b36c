/* log.c -- the transparency log: checkpoint, tiles, texts, proofs. C2SP. */
#include "kind.h"
#include "kl_base64.h"
#include "log_read.h"
#include "publisher.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_TYPE "text/plain; charset=utf-8"
#define TILE_TYPE "application/octet-stream"
#define IMMUTABLE "public, max-age=31536000, immutable"
#define SHORT     "public, max-age=1"

static enum error reply_copy(struct request *request, const char *type,
    const char *cache_control, const void *bytes, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	copy[size] = '\0';
	request->cache_control = cache_control;
	return request_reply_bytes(request, 200, type, copy, size);
}

static enum error show_checkpoint(struct request *request)
{
	const struct published *published = request->published;

	if (published->size == 0)
		return ERR_NOT_FOUND;
	return reply_copy(
	    request, TEXT_TYPE, SHORT, published->note, published->note_size);
}

/* Older than the latest one, but witnessed. */
static enum error show_cosigned(struct request *request)
{
	struct published *quorum =
	    arena_alloc(&request->arena, sizeof(*quorum));

	publisher_latest_quorum(quorum);
	if (quorum->size == 0)
		return ERR_NOT_FOUND;
	return reply_copy(
	    request, TEXT_TYPE, SHORT, quorum->note, quorum->note_size);
}

/*
 * A partial tile is the beginning of what is there now, so any width that a
 * published tree has had is served, and always with the same bytes.
 */
static enum error show_tile(struct request *request)
{
	const char *path =
	    arena_format(&request->arena, "tile/%s", request->params[0]);
	struct kl_tile tile;
	struct db_blob bytes;
	enum error error;

	if (kl_tile_read(path, strlen(path), &tile) ||
	    tile.width >
		kl_tile_width(request->published->size, tile.level, tile.index))
		return ERR_NOT_FOUND;
	error = log_read_tile(request->db, &request->arena, &tile, &bytes);
	if (error)
		return error;
	return reply_copy(
	    request, TILE_TYPE, IMMUTABLE, bytes.bytes, bytes.size);
}

static enum error show_text(struct request *request)
{
	const char *hex = request->params[0];
	struct kl_hash hash;
	struct db_blob text;
	uint64_t index;
	enum error error;

	if (kl_unhex(hex, strlen(hex), hash.bytes, KL_HASH_SIZE))
		return ERR_NOT_FOUND;
	error = log_read_text(request->db, &hash, &text, &index);
	if (!error && index >= request->published->size)
		error = ERR_NOT_FOUND;
	if (error)
		return error;
	return reply_copy(request, TEXT_TYPE, IMMUTABLE, text.bytes, text.size);
}

/* --- proofs --------------------------------------------------------------- */

static enum error require(struct request *request, const char *name,
    uint64_t minimum, uint64_t maximum, uint64_t *number)
{
	if (!request_query(request, name))
		return request_complain(request, "", "required",
		    "缺少查询参数 {0}", "query {0} is missing", name, NULL);
	return request_query_u64(request, name, minimum, maximum, 0, number);
}

static enum error show_proof(struct request *request)
{
	const struct published *published = request->published;
	struct db_blob text;
	uint64_t index;
	enum error error;

	if (published->size == 0)
		return ERR_NOT_FOUND;
	error = require(request, "index", 0, published->size - 1, &index);
	if (!error)
		error = log_proof_text(
		    log_tiles_begin(request->db, &request->arena),
		    &request->arena, index, published->size, published->note,
		    published->note_size, &text);
	if (error)
		return error;
	return reply_copy(request, TEXT_TYPE, SHORT, text.bytes, text.size);
}

static json_t *path_json(const struct kl_proof_path *path)
{
	json_t *hashes = json_array();

	for (size_t i = 0; i < path->count; i++) {
		struct kl_buf text = KL_BUF(KL_BASE64_SIZE(KL_HASH_SIZE));

		kl_base64_add(&text, path->hashes[i].bytes, KL_HASH_SIZE);
		json_array_append_new(
		    hashes, json_stringn((const char *)text.data, text.size));
		kl_buf_clear(&text);
	}
	return hashes;
}

static enum error show_consistency(struct request *request)
{
	uint64_t published = request->published->size, old_size, new_size;
	struct kl_proof_path path;
	enum error error;

	if (published == 0)
		return ERR_NOT_FOUND;
	error = request_query_u64(
	    request, "new", 1, published, published, &new_size);
	if (!error)
		error = require(request, "old", 1, new_size, &old_size);
	if (!error)
		error = log_read_consistency(
		    log_tiles_begin(request->db, &request->arena), old_size,
		    new_size, &path);
	if (error)
		return error;
	return request_reply(request, 200,
	    json_pack("{s:I, s:I, s:o}", "old", (json_int_t)old_size, "new",
		(json_int_t)new_size, "hashes", path_json(&path)));
}

static const struct member proof_query[] = {
	{ .name = "index",
	    .type = MEMBER_NUMBER,
	    .maximum = INT64_MAX,
	    .help = "Of the entry, below the size of the checkpoint" },
	{ 0 },
};

static const struct member consistency_query[] = {
	{ .name = "old",
	    .type = MEMBER_NUMBER,
	    .minimum = 1,
	    .maximum = INT64_MAX,
	    .help = "How many entries it had" },
	{ .name = "new",
	    .type = MEMBER_NUMBER,
	    .minimum = 1,
	    .maximum = INT64_MAX,
	    .flags = MEMBER_OPTIONAL,
	    .help = "How many it has now; the published size without it" },
	{ 0 },
};

static const struct route routes[] = {
	{ "GET", "/log/checkpoint", show_checkpoint, ROUTE_PAGE,
	    .shows = SHOWS_LOG, .published = true,
	    .summary = "The latest signed checkpoint; tlog-checkpoint" },
	{ "GET", "/log/cosigned", show_cosigned, ROUTE_PAGE, .shows = SHOWS_LOG,
	    .published = true,
	    .summary = "The newest checkpoint that a quorum of the service's "
		       "witnesses has cosigned" },
	{ "GET", "/log/tile/{path*}", show_tile, ROUTE_PAGE,
	    .shows = SHOWS_NOTHING, .published = true,
	    .summary = "Tiles of hashes and bundles of entries; tlog-tiles" },
	{ "GET", "/log/texts/{sha256}", show_text, ROUTE_PAGE,
	    .shows = SHOWS_NOTHING, .published = true,
	    .summary = "A text that is too large for an entry" },
	{ "GET", "/v1/log/proof", show_proof, ROUTE_PAGE, .shows = SHOWS_LOG,
	    .published = true, .query = proof_query,
	    .summary = "That entry ?index= is in the log; tlog-proof" },
	{ "GET", "/v1/log/consistency", show_consistency, ROUTE_PAGE,
	    .shows = SHOWS_LOG, .published = true, .query = consistency_query,
	    .summary = "That the log of ?old= entries is the beginning of "
		       "that of ?new=" },
	{ 0 },
};

const struct resource log_resource = { .routes = routes };
