#include "log_keys.h"

#include "diary.h"
#include "file.h"
#include "key_file.h"
#include "kl_pack.h"

#include <stdlib.h>
#include <string.h>

static struct {
	struct kl_note_key key;
	struct kl_signer log, receipt;
} keys;

static int refuse(int number, const char *reason)
{
	diary_write("log_keys", "{s:s}", "reason", reason);
	log_keys_close();
	return file_may_pass(number) ? EXIT_FAILURE : LOG_REFUSED;
}

int log_keys_open(const struct config *config)
{
	const char *origin = config->log_origin;
	int number = key_file_read(config->log_key_file, &keys.log);

	if (!number)
		number = key_file_read(config->receipt_key_file, &keys.receipt);
	if (number)
		return refuse(number, "a key cannot be read");
	if (kl_public_key_equal(&keys.log.key, &keys.receipt.key))
		return refuse(0, "both keys are the same");
	if (kl_note_key_make(
		&keys.key, origin, strlen(origin), KL_KEY_NOTE, &keys.log.key))
		return refuse(0, "log_origin is no key name");
	return 0;
}

void log_keys_close(void)
{
	kl_signer_clear(&keys.log);
	kl_signer_clear(&keys.receipt);
}

const char *log_origin(void)
{
	return keys.key.name;
}

bool log_is_rehearsal(void)
{
	return kl_is_rehearsal(
	    (struct kl_span){ keys.key.name, strlen(keys.key.name) });
}

const struct kl_note_key *log_note_key(void)
{
	return &keys.key;
}

const struct kl_signer *log_signer(void)
{
	return &keys.log;
}

const struct kl_signer *log_receipt_signer(void)
{
	return &keys.receipt;
}
