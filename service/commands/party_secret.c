/* party_secret.c -- the secret: made once, on this machine, and kept here. */
#include "file.h"
#include "party.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECRET_FILE_MAX = 512, /* bytes; a commit text has some 200 */
	SECRET_MODE = 0400,
	THROWS_MIN = 100, /* of a die: 258 bits */
	DICE_FILE_MAX = 1 << 16,
};

static struct kl_span own_id(const struct party *party)
{
	return party->told.declare.parties[party->told.party].id;
}

static const char secret_name[] = "secret.txt";

/* --- reading -------------------------------------------------------------- */

static bool is_private(const char *path)
{
	struct stat about;

	return lstat(path, &about) == 0 && S_ISREG(about.st_mode) &&
	       about.st_uid == geteuid() && (about.st_mode & 077) == 0;
}

/* What we say of it is the same each time: Ed25519 is deterministic. */
static enum kl_party_code derive(struct party *party)
{
	struct kl_buf statement = KL_BUF(SECRET_FILE_MAX);
	struct kl_commit commit;
	struct kl_commitment said;

	if (party->secret.size == 0 ||
	    kl_commit_read(&commit, (const char *)party->secret.data,
		party->secret.size, NULL))
		return KL_PARTY_SECRET_BAD;
	if (!kl_hash_equal(&commit.declare, &party->told.declare_hash) ||
	    !kl_span_equal(commit.party, own_id(party)))
		return KL_PARTY_FOLDER_OTHER;
	sodium_memzero(&commit.secret, sizeof(commit.secret));
	party->commit = kl_hash_of(party->secret.data, party->secret.size);
	said = (struct kl_commitment){ commit.declare, commit.party,
		party->commit };
	if (kl_commitment_write(&said, &statement)) {
		kl_buf_clear(&statement);
		return KL_PARTY_SECRET_BAD;
	}
	party->signature =
	    kl_sign(&party->signer, statement.data, statement.size);
	kl_buf_clear(&statement);
	return KL_PARTY_GOOD;
}

/* Something was said already, and what it was about is gone. */
static enum kl_party_code check_lost(struct party *party)
{
	struct kl_buf said = KL_BUF(SECRET_FILE_MAX);
	int number = party_folder_read(party, PARTY_COMMITMENT, &said);

	kl_buf_clear(&said);
	return number == ENOENT
		   ? KL_PARTY_GOOD
		   : party_about(party, KL_PARTY_SECRET_LOST, secret_name);
}

enum kl_party_code party_secret_read(struct party *party)
{
	char path[PARTY_PATH_SIZE];
	enum kl_party_code code;
	int number;

	if (party->secret.size > 0)
		return KL_PARTY_GOOD;
	party_about(party, KL_PARTY_GOOD, secret_name);
	party_folder_path(party, secret_name, path);
	party->secret.limit = SECRET_FILE_MAX;
	number = file_read(path, &party->secret);
	if (number == ENOENT)
		return check_lost(party);
	code = number              ? KL_PARTY_SECRET_BAD
	       : !is_private(path) ? KL_PARTY_SECRET_OPEN
				   : derive(party);
	if (code)
		kl_buf_clear(&party->secret);
	return code;
}

/* --- making --------------------------------------------------------------- */

/* SHA-256 of the file: whoever threw can reckon it with sha256sum. */
static enum kl_party_code read_dice(
    struct party *party, struct kl_secret *secret)
{
	struct kl_buf throws = KL_BUF(DICE_FILE_MAX);
	struct kl_hash hash;
	size_t count = 0;
	bool good = !file_read(party->options->dice, &throws);

	for (size_t i = 0; i < throws.size; i++) {
		bool is_throw = throws.data[i] >= '1' && throws.data[i] <= '6';

		count += is_throw;
		good &= is_throw || isspace(throws.data[i]);
	}
	hash = kl_hash_of(throws.data, throws.size);
	memcpy(secret->bytes, hash.bytes, sizeof(secret->bytes));
	sodium_memzero(&hash, sizeof(hash));
	if (throws.data)
		sodium_memzero(throws.data, throws.size);
	kl_buf_clear(&throws);
	if (good && count >= THROWS_MIN)
		return KL_PARTY_GOOD;
	return party_about(party, KL_PARTY_DICE_BAD, party->options->dice);
}

enum kl_party_code party_secret_make(struct party *party)
{
	struct kl_commit commit = { party->told.declare_hash, own_id(party),
		{ { 0 } } };
	enum kl_party_code code = KL_PARTY_GOOD;

	if (party->options->dice)
		code = read_dice(party, &commit.secret);
	else
		randombytes_buf(
		    commit.secret.bytes, sizeof(commit.secret.bytes));
	if (code)
		return code;
	party->secret.limit = SECRET_FILE_MAX;
	if (kl_commit_write(&commit, &party->secret))
		code = KL_PARTY_SECRET_BAD;
	sodium_memzero(&commit.secret, sizeof(commit.secret));
	/* On disk before anybody hears of it. */
	if (!code)
		code = party_folder_write(party, secret_name,
		    party->secret.data, party->secret.size, SECRET_MODE);
	if (!code)
		code = derive(party);
	if (code)
		kl_buf_clear(&party->secret);
	return code;
}
