/* enrol.c -- klero enrol: whoever holds a party's key says whose it is. */
#include "command.h"
#include "key_file.h"
#include "kl_leaf.h"
#include "kl_text.h"

#include <stdio.h>
#include <string.h>

enum { STATEMENT_MAX = 1024 };

/* What the roll checks when the key is enrolled. service/resources/parties.c */
static struct kl_signature sign(const struct kl_signer *signer,
    const char *origin, const char *organisation, const char *party,
    const char *key)
{
	char text[STATEMENT_MAX];
	int size = snprintf(text, sizeof(text),
	    "klero/1 party\norigin %s\norganisation %s\nparty %s\nkey %s\n",
	    origin, organisation, party, key);

	return kl_sign(signer, text, (size_t)size);
}

static int print_payload(const struct kl_signer *signer, char *words[])
{
	char key[KL_PUBLIC_KEY_HEX], hex[KL_SIGNATURE_HEX];
	struct kl_signature signature;

	kl_public_key_hex(&signer->key, key);
	signature = sign(signer, words[0], words[1], words[2], key);
	kl_signature_hex(&signature, hex);
	printf(
	    "{\"party\":\"%s\",\"public_key\":\"%s\",\"signature\":\"%s\"}\n",
	    words[2], key, hex);
	return fflush(stdout) ? COMMAND_UNUSABLE : COMMAND_DONE;
}

static bool are_good(char *words[])
{
	return kl_is_key_name(words[0], strlen(words[0])) &&
	       kl_is_token(words[1], strlen(words[1])) &&
	       kl_is_party_id(words[2], strlen(words[2]));
}

static int run(int argc, char *argv[])
{
	struct kl_signer signer;
	int status = COMMAND_UNUSABLE;

	if (argc != 5 || !are_good(argv + 2)) {
		fprintf(stderr,
		    "usage: klero enrol KEY ORIGIN ORGANISATION PARTY\n"
		    "  prints the payload of a proposal party.enrol\n");
		return COMMAND_UNUSABLE;
	}
	if (!key_file_read(argv[1], &signer)) {
		status = print_payload(&signer, argv + 2);
		kl_signer_clear(&signer);
	}
	return status;
}

const struct command enrol_command = {
	"enrol",
	"sign the enrolment of a party's key",
	run,
};
