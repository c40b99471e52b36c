#include "login.h"

#include "bucket.h"
#include "clock.h"
#include "kl_buf.h"
#include "network.h"
#include "totp.h"
#include "upkeep.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const struct config *settings;

static const struct db_statement take_step = {
	"INSERT INTO totp_use (account, step) VALUES (?, ?)",
};

static const struct db_statement take_recovery = {
	"INSERT INTO recovery_use (code_hash, account, used_at)"
	" VALUES (?, ?, ?)",
};

const struct db_statement *const login_upkeeps[] = { &take_step, &take_recovery,
	NULL };

void login_open(const struct config *config)
{
	settings = config;
}

/* --- how often ------------------------------------------------------------ */

static enum error wait_for(struct request *request, unsigned wait_s)
{
	if (wait_s == 0)
		return ERR_OK;
	request->retry_after_s = wait_s;
	return ERR_TOO_MANY;
}

static struct kl_hash network_name(struct request *request)
{
	return bucket_name("network", network_of(request), NULL);
}

static struct kl_hash name_of(
    struct request *request, const char *what, const char *whose, bool known)
{
	return bucket_name(
	    what, whose, known ? network_of(request) : "elsewhere", NULL);
}

enum error login_try_network(struct request *request)
{
	struct kl_hash name = network_name(request);

	return wait_for(
	    request, bucket_take(&name, settings->login_tries_network,
			 clock_steady_ms()));
}

enum error login_try_register(struct request *request)
{
	struct kl_hash name =
	    bucket_name("register", network_of(request), NULL);

	if (clock_rehearses())
		return ERR_OK;
	return wait_for(
	    request, bucket_take(&name, settings->registrations_network,
			 clock_steady_ms()));
}

enum error login_try(
    struct request *request, const char *what, const char *whose, bool known)
{
	struct kl_hash name = name_of(request, what, whose, known);

	return wait_for(request,
	    bucket_take(&name, settings->login_tries, clock_steady_ms()));
}

void login_forgive(
    struct request *request, const char *what, const char *whose, bool known)
{
	struct kl_hash name = name_of(request, what, whose, known);
	struct kl_hash network = network_name(request);

	bucket_give_back(&name, clock_steady_ms());
	bucket_give_back(&network, clock_steady_ms());
}

/* --- second factors ------------------------------------------------------- */

static enum error once(enum error error, bool *taken)
{
	*taken = !error;
	return error == ERR_CONFLICT ? ERR_OK : error;
}

enum error login_take_code(
    const char *account, const char *secret, const char *code, bool *taken)
{
	uint64_t step;

	*taken = false;
	if (!secret || !code ||
	    !totp_check(secret, code, clock_machine(), &step))
		return ERR_OK;
	return once(upkeep_exec(&take_step,
			DB_IN(db_text(account), db_u64(step)), NULL),
	    taken);
}

/* `hashes` are of one length, so where one begins is known. */
static bool is_among(const char *hashes, const char *hex)
{
	bool found = false;

	for (; strlen(hashes) >= KL_HASH_HEX - 1; hashes += KL_HASH_HEX - 1) {
		found |= sodium_memcmp(hashes, hex, KL_HASH_HEX - 1) == 0;
		if (hashes[KL_HASH_HEX - 1] == '\0')
			break;
		hashes++;
	}
	return found;
}

enum error login_take_recovery(
    const char *account, const char *hashes, const char *code, bool *taken)
{
	struct kl_hash hash;
	char hex[KL_HASH_HEX];

	*taken = false;
	if (!hashes || !code)
		return ERR_OK;
	hash = kl_hash_of(code, strlen(code));
	kl_hash_hex(&hash, hex);
	if (!is_among(hashes, hex))
		return ERR_OK;
	return once(upkeep_exec(&take_recovery,
			DB_IN(db_bytes(hash.bytes, KL_HASH_SIZE),
			    db_text(account), db_time(clock_machine())),
			NULL),
	    taken);
}

void login_make_recovery(struct arena *arena, struct recovery *recovery)
{
	struct kl_buf hashes = KL_BUF(RECOVERY_CODES * KL_HASH_HEX);
	uint8_t bytes[RECOVERY_DIGITS / 2];
	char hex[KL_HASH_HEX];

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		struct kl_hash hash;

		randombytes_buf(bytes, sizeof(bytes));
		kl_hex(bytes, sizeof(bytes), recovery->codes[i]);
		hash = kl_hash_of(recovery->codes[i], RECOVERY_DIGITS);
		kl_hash_hex(&hash, hex);
		if (i > 0)
			kl_buf_add_byte(&hashes, ' ');
		kl_buf_add_text(&hashes, hex);
	}
	if (kl_buf_result(&hashes))
		abort(); /* there is room for all of them */
	recovery->hashes =
	    arena_text(arena, (const char *)hashes.data, hashes.size);
	kl_buf_clear(&hashes);
}
