#include "kl_commit.h"

#include "kl_walk.h"

/* --- commit-<party>.txt --------------------------------------------------- */

static void walk_commit(struct kl_walk *walk, struct kl_commit *commit)
{
	kl_walk_kind(walk, "commit");
	kl_walk_hash_line(walk, "declare", &commit->declare);
	kl_walk_party_line(walk, "party", &commit->party);
	kl_walk_word(walk, "secret");
	kl_walk_hex(walk, commit->secret.bytes, KL_SECRET_SIZE);
	kl_walk_end_line(walk);
}

enum kl_result kl_commit_read(struct kl_commit *commit, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_commit read = { 0 };

	walk_commit(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*commit = read;
	return walk.result;
}

enum kl_result kl_commit_write(
    const struct kl_commit *commit, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_commit copy = *commit;

	walk_commit(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- the commitment statement --------------------------------------------- */

static void walk_commitment(
    struct kl_walk *walk, struct kl_commitment *commitment)
{
	kl_walk_kind(walk, "commitment");
	kl_walk_hash_line(walk, "declare", &commitment->declare);
	kl_walk_party_line(walk, "party", &commitment->party);
	kl_walk_hash_line(walk, "commit", &commitment->commit);
}

enum kl_result kl_commitment_read(struct kl_commitment *commitment,
    const char *text, size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_commitment read = { 0 };

	walk_commitment(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*commitment = read;
	return walk.result;
}

enum kl_result kl_commitment_write(
    const struct kl_commitment *commitment, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_commitment copy = *commitment;

	walk_commitment(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- lock.txt ------------------------------------------------------------- */

static bool is_locked(const struct kl_lock *lock, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (kl_span_equal(
			lock->parties[i].party, lock->parties[count].party))
			return true;
	return false;
}

/* commit <party-id> <C> <signature> | commit <party-id> absent - */
static void walk_locked(struct kl_walk *walk, struct kl_lock *lock, size_t i)
{
	struct kl_locked *locked = &lock->parties[i];

	kl_walk_word(walk, "commit");
	kl_walk_party(walk, &locked->party);
	kl_walk_require(walk, !is_locked(lock, i), "a party stands twice");
	locked->absent = kl_walk_either(walk, "absent", locked->absent);
	if (locked->absent) {
		kl_walk_word(walk, "-");
	} else {
		kl_walk_hash(walk, &locked->commit);
		kl_walk_hex(walk, locked->signature.bytes, KL_SIGNATURE_SIZE);
	}
	kl_walk_end_line(walk);
}

static void walk_lock(struct kl_walk *walk, struct kl_lock *lock)
{
	size_t i, commitments = 0;

	kl_walk_kind(walk, "lock");
	kl_walk_hash_line(walk, "declare", &lock->declare);
	for (i = 0; kl_walk_more(walk, "commit", i, lock->count); i++) {
		kl_walk_require(
		    walk, i < KL_PARTIES_MAX, "more than 16 parties");
		if (!kl_walk_on(walk))
			return;
		walk_locked(walk, lock, i);
		commitments += !lock->parties[i].absent;
	}
	kl_walk_require(walk, commitments >= 2, "fewer than two commitments");
	lock->count = i;
}

enum kl_result kl_lock_read(
    struct kl_lock *lock, const char *text, size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_lock read = { 0 };

	walk_lock(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*lock = read;
	return walk.result;
}

enum kl_result kl_lock_write(const struct kl_lock *lock, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_lock copy = *lock;

	walk_lock(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- seal.txt ------------------------------------------------------------- */

static bool is_sealed(const struct kl_seal *seal, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (kl_span_equal(
			seal->parties[i].party, seal->parties[count].party))
			return true;
	return false;
}

/* secret <party-id> <64 hex | withheld | absent> */
static void walk_sealed(struct kl_walk *walk, struct kl_seal *seal, size_t i)
{
	struct kl_sealed *sealed = &seal->parties[i];

	kl_walk_word(walk, "secret");
	kl_walk_party(walk, &sealed->party);
	kl_walk_require(walk, !is_sealed(seal, i), "a party stands twice");
	if (kl_walk_either(walk, "withheld", sealed->reveal == KL_WITHHELD))
		sealed->reveal = KL_WITHHELD;
	else if (kl_walk_either(walk, "absent", sealed->reveal == KL_ABSENT))
		sealed->reveal = KL_ABSENT;
	else
		kl_walk_hex(walk, sealed->secret.bytes, KL_SECRET_SIZE);
	kl_walk_require(
	    walk, sealed->reveal <= KL_ABSENT, "no such kind of reveal");
	kl_walk_end_line(walk);
}

static void walk_seal(struct kl_walk *walk, struct kl_seal *seal)
{
	size_t i, revealed = 0;

	kl_walk_kind(walk, "seal");
	kl_walk_hash_line(walk, "declare", &seal->declare);
	kl_walk_hash_line(walk, "lock", &seal->lock);
	for (i = 0; kl_walk_more(walk, "secret", i, seal->count); i++) {
		kl_walk_require(
		    walk, i < KL_PARTIES_MAX, "more than 16 parties");
		if (!kl_walk_on(walk))
			return;
		walk_sealed(walk, seal, i);
		revealed += seal->parties[i].reveal == KL_REVEALED;
	}
	kl_walk_require(walk, i >= KL_PARTIES_MIN, "fewer than two parties");
	kl_walk_require(walk, revealed >= 1, "no secret is revealed");
	seal->count = i;
}

enum kl_result kl_seal_read(
    struct kl_seal *seal, const char *text, size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_seal read = { 0 };

	walk_seal(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*seal = read;
	return walk.result;
}

enum kl_result kl_seal_write(const struct kl_seal *seal, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_seal copy = *seal;

	walk_seal(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}
