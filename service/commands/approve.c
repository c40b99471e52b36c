/* approve.c -- klero approve: sign a replacement or an annulment. */
#include "command.h"
#include "key_file.h"
#include "kl_line.h"

#include <stdio.h>
#include <string.h>

/* What can be approved begins so; nothing else is signed. protocol §2. */
static bool is_approvable(const struct kl_buf *text)
{
	struct kl_span rest = { (const char *)text->data, text->size };
	struct kl_span line;

	return text->size > 0 && text->data[text->size - 1] == '\n' &&
	       kl_line_take(&rest, &line) &&
	       (kl_span_is(line, "klero/1 replace") ||
		   kl_span_is(line, "klero/1 annul"));
}

/* A party approves once. */
static bool has_approved(const struct kl_buf *text, const char *party)
{
	struct kl_span rest = { (const char *)text->data, text->size };
	struct kl_span line;

	while (kl_line_take(&rest, &line))
		if (kl_line_take_word(&line, "approve ") &&
		    kl_line_take_word(&line, party) &&
		    kl_line_take_word(&line, " "))
			return true;
	return false;
}

static int sign(
    const struct kl_buf *text, const char *key_file, const char *party)
{
	char hex[KL_SIGNATURE_HEX];
	struct kl_signature signature;
	struct kl_signer signer;

	if (!is_approvable(text)) {
		fprintf(stderr, "approve: neither replacement nor annulment\n");
		return COMMAND_REFUSED;
	}
	if (has_approved(text, party)) {
		fprintf(stderr, "approve: %s has approved already\n", party);
		return COMMAND_REFUSED;
	}
	if (key_file_read(key_file, &signer))
		return COMMAND_UNUSABLE;
	signature = kl_sign(&signer, text->data, text->size);
	kl_signer_clear(&signer);
	kl_signature_hex(&signature, hex);
	printf("%s\n", hex);
	return fflush(stdout) ? COMMAND_UNUSABLE : COMMAND_DONE;
}

static int run(int argc, char *argv[])
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	int status = COMMAND_UNUSABLE;

	if (argc != 3 || !kl_is_party_id(argv[2], strlen(argv[2])))
		fprintf(stderr,
		    "usage: klero approve KEY PARTY < TEXT\n"
		    "  TEXT: all lines before the party's own approve line, "
		    "which is the `statement`\n"
		    "  that /v1/draws/{id}/replacements/next and "
		    "…/annulment/next give; read it first.\n"
		    "  Parties sign in declared order; the next one's text "
		    "comes with\n"
		    "  &approvals=PARTY:SIGNATURE,… of those before. In the "
		    "end anybody may POST\n"
		    "  …/replacements or …/annulment with all of them.\n");
	else if (command_read("approve", "-", &text))
		status = sign(&text, argv[1], argv[2]);
	kl_buf_clear(&text);
	return status;
}

const struct command approve_command = {
	"approve",
	"sign a replacement or an annulment as a party",
	run,
};
