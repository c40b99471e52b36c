#include "beacon_file.h"

#include "command.h"

#include <stdio.h>

static bool tell(const char *command, const char *path, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", command, path, why);
	return false;
}

bool beacon_read_chain(
    const char *command, const char *path, struct kl_chain *chain)
{
	struct kl_buf text = KL_BUF(KL_CHAIN_INFO_SIZE_MAX);
	enum kl_result result;

	if (!command_read(command, path, &text))
		return false;
	result = kl_chain_read(
	    text.data ? (const char *)text.data : "", text.size, chain);
	kl_buf_clear(&text);
	if (result == KL_MISMATCH)
		return tell(command, path, "its hash is another");
	if (result == KL_RANGE)
		return tell(command, path,
		    "not of scheme bls-unchained-g1-rfc9380, or its key, "
		    "period or time is none");
	return !result || tell(command, path, "no chain info of drand");
}

bool beacon_read_certificate(
    const char *command, const char *path, struct kl_certificate *certificate)
{
	struct kl_buf pem = KL_BUF(KL_CERTIFICATE_SIZE_MAX);
	enum kl_result result;

	if (!command_read(command, path, &pem))
		return false;
	result = kl_certificate_read(
	    pem.data ? (const char *)pem.data : "", pem.size, certificate);
	kl_buf_clear(&pem);
	if (result == KL_RANGE)
		return tell(command, path,
		    "its key is not RSA of 2048 to 4096 bits with exponent "
		    "65537");
	return !result || tell(command, path, "no certificate in PEM");
}
