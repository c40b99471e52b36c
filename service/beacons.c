#include "beacons.h"

#include "diary.h"
#include "file.h"
#include "log_keys.h"

#include <stdlib.h>
#include <string.h>

static struct {
	struct kl_chain chain;
	struct kl_certificate certificate;
} ours;

/* --- files ---------------------------------------------------------------- */

static const char *text_of(const struct kl_buf *buf)
{
	return buf->data ? (const char *)buf->data : "";
}

const char *beacons_read_chain(
    const char *path, struct kl_chain *chain, int *number)
{
	struct kl_buf text = KL_BUF(KL_CHAIN_INFO_SIZE_MAX);
	enum kl_result result = KL_OK;

	*number = file_read(path, &text);
	if (!*number)
		result = kl_chain_read(text_of(&text), text.size, chain);
	kl_buf_clear(&text);
	if (*number)
		return strerror(*number);
	if (result == KL_MISMATCH)
		return "its hash is another";
	if (result == KL_RANGE)
		return "not of scheme bls-unchained-g1-rfc9380, or its key, "
		       "period or time is none";
	return result ? "no chain info of drand" : NULL;
}

const char *beacons_read_certificate(
    const char *path, struct kl_certificate *certificate, int *number)
{
	struct kl_buf pem = KL_BUF(KL_CERTIFICATE_SIZE_MAX);
	enum kl_result result = KL_OK;

	*number = file_read(path, &pem);
	if (!*number)
		result =
		    kl_certificate_read(text_of(&pem), pem.size, certificate);
	kl_buf_clear(&pem);
	if (*number)
		return strerror(*number);
	if (result == KL_RANGE)
		return "its key is not RSA of 2048 to 4096 bits with exponent "
		       "65537";
	return result ? "no certificate in PEM" : NULL;
}

/* --- ours ----------------------------------------------------------------- */

static int refuse(const char *path, const char *reason, int number)
{
	if (!reason)
		return EXIT_SUCCESS;
	diary_write("beacons", "{s:s, s:s}", "path", path, "reason", reason);
	return number && file_may_pass(number) ? EXIT_FAILURE : LOG_REFUSED;
}

static bool is_none(const char *path)
{
	return strcmp(path, "none") == 0;
}

int beacons_open(const struct config *config)
{
	const char *chain = config->drand_chain_file;
	const char *certificate = config->nist_certificate_file;
	const char *reason = NULL;
	int number = 0, status;

	ours.chain = kl_quicknet;
	ours.certificate = kl_nist_certificate;
	if (!is_none(chain))
		reason = beacons_read_chain(chain, &ours.chain, &number);
	status = refuse(chain, reason, number);
	if (status || is_none(certificate))
		return status;
	reason =
	    beacons_read_certificate(certificate, &ours.certificate, &number);
	return refuse(certificate, reason, number);
}

const struct kl_chain *beacons_chain(void)
{
	return &ours.chain;
}

const struct kl_certificate *beacons_certificate(void)
{
	return &ours.certificate;
}

const struct kl_chain *beacons_chain_of(const struct kl_hash *hash)
{
	if (kl_hash_equal(hash, &ours.chain.hash))
		return &ours.chain;
	return kl_chain_pinned(hash);
}

const struct kl_certificate *beacons_certificate_of(
    const struct kl_certificate_id *id)
{
	if (memcmp(id, &ours.certificate.id, sizeof(*id)) == 0)
		return &ours.certificate;
	return kl_certificate_pinned(id);
}
