/* log_draws.c -- every draw of a log: what kl_audit.h asks for is read here. */
#include "kl_line.h"
#include "log_run.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct audit_draws {
	struct kl_audit audit;
	struct kl_trust trust; /* this log alone */
	struct kl_pack_options options;
	struct kl_audit_source asked;
	struct audit_source source;
	char *base;
	uint64_t size; /* of the log */
	struct audit_file bundle;
	uint64_t bundle_index; /* of what is in it; UINT64_MAX: nothing */
};

/* Unreadable things are told on stderr; the rest is for the lib to judge. */
static enum kl_result result_of(enum audit_got got)
{
	switch (got) {
	case AUDIT_GOT:
		return KL_OK;
	case AUDIT_MISSING:
	case AUDIT_TOO_LARGE:
		return KL_MISMATCH;
	case AUDIT_UNREADABLE:
		break;
	}
	return KL_RANGE;
}

static enum kl_result read_bundle(struct audit_draws *draws, uint64_t index)
{
	enum audit_got got;

	if (draws->bundle_index == index)
		return KL_OK;
	draws->bundle_index = UINT64_MAX;
	got = audit_tile_read(&draws->source, draws->size, KL_TILE_ENTRIES,
	    index, &draws->bundle);
	if (got == AUDIT_GOT)
		draws->bundle_index = index;
	return result_of(got);
}

static enum kl_result give_entry(
    void *context, uint64_t index, struct kl_buf *out)
{
	struct audit_draws *draws = context;
	enum kl_result result = read_bundle(draws, index / KL_TILE_WIDTH);
	struct kl_bundle rest = { draws->bundle.bytes.data,
		draws->bundle.bytes.size };
	const uint8_t *entry;
	size_t size;

	out->size = 0;
	for (uint64_t i = 0; !result && i <= index % KL_TILE_WIDTH; i++)
		if (rest.size == 0 || kl_bundle_next(&rest, &entry, &size))
			result = KL_MISMATCH; /* it was there before */
	if (result)
		return result;
	kl_buf_add(out, entry, size);
	return kl_buf_result(out);
}

static enum kl_result give_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	struct audit_draws *draws = context;
	char path[sizeof("texts/") + 2 * KL_HASH_SIZE] = "texts/";
	struct kl_hash got_hash;
	enum audit_got got;

	kl_hash_hex(hash, path + strlen(path));
	got = audit_source_read(&draws->source, path, out);
	if (got != AUDIT_GOT)
		return result_of(got);
	got_hash =
	    kl_hash_of(out->data ? out->data : (const uint8_t *)"", out->size);
	if (kl_hash_equal(&got_hash, hash) &&
	    !audit_copy_put(&draws->source, path, out->data, out->size))
		return KL_RANGE;
	return KL_OK;
}

struct audit_draws *audit_draws_open(const struct audit_source *like,
    uint64_t size, const struct audit_options *options)
{
	struct audit_draws *draws = calloc(1, sizeof(*draws));
	uint8_t secret[KL_AUDIT_SECRET_SIZE];

	if (!draws || !(draws->base = strdup(like->base)))
		abort();
	audit_source_open(&draws->source, draws->base);
	draws->source.copy = like->copy;
	draws->size = size;
	draws->bundle.bytes.limit = KL_BUNDLE_SIZE_MAX;
	draws->bundle_index = UINT64_MAX;
	draws->asked = (struct kl_audit_source){ give_entry, give_text, draws };
	draws->options.trust = &draws->trust;
	draws->options.rehearsal = true;
	draws->options.chain = options->chain;
	draws->options.certificate = options->certificate;
	randombytes_buf(secret, sizeof(secret));
	kl_audit_begin(&draws->audit, &draws->options, &draws->asked, secret);
	return draws;
}

void audit_draws_close(struct audit_draws *draws)
{
	if (!draws)
		return;
	kl_audit_clear(&draws->audit);
	kl_buf_clear(&draws->bundle.bytes);
	audit_source_close(&draws->source);
	free(draws->base);
	free(draws);
}

void audit_draws_trust(struct audit_draws *draws, const char *origin,
    const struct kl_public_key *key)
{
	draws->trust.log_count = 1;
	draws->trust.logs[0] =
	    kl_note_key_of(origin, strlen(origin), KL_KEY_NOTE, key);
}

/* Of what the lib could not go on with, only this is not told by now. */
static enum audit_outcome outcome_of(enum kl_result result)
{
	if (result == KL_NO_MEMORY)
		abort();
	if (result == KL_TOO_LARGE)
		fprintf(stderr, "log: a draw has too many events\n");
	return result ? AUDIT_UNUSABLE : AUDIT_GOOD;
}

/* A copy has every text that an entry names, whatever becomes of its draw. */
static enum kl_result copy_text(
    struct audit_draws *draws, const struct kl_view *leaf)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_span kind = leaf->kind, data = leaf->data;
	struct kl_hash hash;
	enum kl_result result = KL_OK;

	if (draws->source.copy && kl_line_take_word(&kind, "draw.") &&
	    kl_line_take_word(&data, "{\"digest\":\"") &&
	    data.size > 2 * KL_HASH_SIZE &&
	    !kl_unhex(data.at, 2 * KL_HASH_SIZE, hash.bytes, KL_HASH_SIZE))
		result = give_text(draws, &hash, &text);
	kl_buf_clear(&text);
	return result == KL_MISMATCH ? KL_OK : result; /* the audit says it */
}

enum audit_outcome audit_draws_take(struct audit_draws *draws, uint64_t index,
    const void *bytes, size_t size, const struct kl_view *leaf)
{
	enum kl_result result = copy_text(draws, leaf);

	if (!result)
		result = kl_audit_take(&draws->audit, index, bytes, size, leaf);
	return outcome_of(result);
}

enum audit_outcome audit_draws_opened(
    struct audit_draws *draws, uint64_t index, const struct kl_view *event)
{
	return outcome_of(kl_audit_opened(&draws->audit, index, event));
}

enum audit_outcome audit_draws_end(
    struct audit_draws *draws, struct audit_fault *fault)
{
	const struct kl_audit_finding *first = draws->audit.findings;
	enum audit_outcome outcome = outcome_of(kl_audit_end(&draws->audit));

	if (outcome || draws->audit.finding_count == 0)
		return outcome;
	fault->finding = first;
	return audit_fail_entry(
	    fault, first->index, first->code, first->english);
}

const struct kl_audit *audit_draws_result(const struct audit_draws *draws)
{
	return &draws->audit;
}
