/* fsck_draw_follows.c -- lock, seal, seed and result, computed again from what
 * parties brought. */
#include "fsck_draw.h"

#include "kl_commit.h"
#include "kl_draw.h"
#include "kl_seed.h"

#include <string.h>

static void check(struct fsck_draw *draw, const char *file, const char *member,
    struct kl_buf *bytes, enum kl_result result)
{
	fsck_draw_compare(draw, FSCK_RESULT, file, member, bytes, result);
}

static bool hash_of(
    const struct fsck_draw *draw, const char *file, struct kl_hash *hash)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, file);

	if (text)
		*hash = text->hash;
	return text;
}

static void check_lock(struct fsck_draw *draw)
{
	struct kl_lock *lock = arena_alloc(draw->arena, sizeof(*lock));
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	enum kl_result result = KL_OK;

	if (!fsck_draw_text(draw, "lock.txt") ||
	    !hash_of(draw, "declare.txt", &lock->declare))
		return;
	lock->count = draw->declare.party_count;
	for (size_t i = 0; !result && i < lock->count; i++) {
		const struct fsck_draw_party *from = &draw->parties[i];
		struct kl_locked *to = &lock->parties[i];

		to->party = draw->declare.parties[i].id;
		to->absent = !from->commit || !from->signature;
		if (to->absent)
			continue;
		result = kl_unhex(from->commit, strlen(from->commit),
		    to->commit.bytes, KL_HASH_SIZE);
		if (!result)
			result = kl_signature_read(from->signature,
			    strlen(from->signature), &to->signature);
	}
	if (!result)
		result = kl_lock_write(lock, &bytes);
	check(draw, "lock.txt", "lock_hash", &bytes, result);
}

/* Those that were revealed before the seal. */
static enum kl_result fill_sealed(const struct fsck_draw_party *from,
    uint64_t seal_index, struct kl_sealed *to)
{
	struct kl_commit commit;
	enum kl_result result;

	to->reveal = !from->commit ? KL_ABSENT
		     : !from->reveal || from->reveal_index > seal_index
			 ? KL_WITHHELD
			 : KL_REVEALED;
	if (to->reveal != KL_REVEALED)
		return KL_OK;
	result = kl_commit_read(
	    &commit, from->reveal->bytes, from->reveal->size, NULL);
	if (!result)
		to->secret = commit.secret;
	return result;
}

static void check_seal(struct fsck_draw *draw)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "seal.txt");
	struct kl_seal *seal = arena_alloc(draw->arena, sizeof(*seal));
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	enum kl_result result = KL_OK;

	if (!text || !hash_of(draw, "declare.txt", &seal->declare) ||
	    !hash_of(draw, "lock.txt", &seal->lock))
		return;
	seal->count = draw->declare.party_count;
	for (size_t i = 0; !result && i < seal->count; i++) {
		seal->parties[i].party = draw->declare.parties[i].id;
		result = fill_sealed(
		    &draw->parties[i], text->index, &seal->parties[i]);
	}
	if (!result)
		result = kl_seal_write(seal, &bytes);
	check(draw, "seal.txt", "seal_hash", &bytes, result);
}

static void check_seed(struct fsck_draw *draw)
{
	struct kl_seed seed = draw->seed;
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);

	if (!fsck_draw_text(draw, "seed.txt") ||
	    !hash_of(draw, "seal.txt", &seed.seal))
		return;
	check(draw, "seed.txt", "seed_hash", &bytes,
	    kl_seed_write(&seed, &bytes));
}

static void check_result(struct fsck_draw *draw)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "roster.txt");
	const struct kl_declare *declare = &draw->declare;
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_ranking ranking = { 0 };
	struct kl_roster roster = { 0 };
	enum kl_result result;
	struct kl_hash seed;

	if (!text || !fsck_draw_text(draw, "result.txt") ||
	    !hash_of(draw, "seed.txt", &seed))
		return;
	result = kl_roster_read(&roster, text->bytes, text->size, NULL);
	if (!result)
		result = kl_draw(&roster, &seed, declare->select,
		    declare->alternates, &ranking);
	if (!result)
		result = kl_ranking_write(&ranking, &bytes);
	check(draw, "result.txt", "result_hash", &bytes, result);
	kl_ranking_clear(&ranking);
	kl_roster_clear(&roster);
}

void fsck_draw_follows(struct fsck_draw *draw)
{
	if (!draw->declared)
		return;
	check_lock(draw);
	check_seal(draw);
	check_seed(draw);
	check_result(draw);
}
