/* party_hand.c -- what the service does not take from us, others may bring. */
#include "command.h"
#include "file.h"
#include "kl_canon.h"
#include "party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HAND_SIZE_MAX = 4096, HAND_MODE = 0600, PATH_SIZE = 256 };

/* --- writing -------------------------------------------------------------- */

enum kl_party_code party_hand_write(
    struct party *party, const char *kind, const char *name, json_t *body)
{
	struct kl_buf text = KL_BUF(HAND_SIZE_MAX);
	json_auto_t *json = json_pack("{s:O, s:s, s:s, s:i}", "body", body,
	    "draw", party->options->draw, "kind", kind, "v", 1);
	enum kl_party_code code = KL_PARTY_FOLDER_BAD;

	if (json && !kl_canon_write(&text, json)) {
		kl_buf_add_byte(&text, '\n');
		code = party_folder_write(
		    party, name, text.data, text.size, HAND_MODE);
	}
	kl_buf_clear(&text);
	return code;
}

/* A reveal is there only when the lock was found good: handing it on is then
 * as good as sending it. */
int party_hand(const struct party_options *options)
{
	static const char *const names[] = { PARTY_REVEAL, PARTY_COMMITMENT };
	const struct party party = { .options = options };
	struct kl_buf text = KL_BUF(HAND_SIZE_MAX);
	int status = COMMAND_REFUSED;

	for (size_t i = 0; i < 2 && status == COMMAND_REFUSED; i++)
		if (!party_folder_read(&party, names[i], &text))
			status = command_print(text.data, text.size);
	kl_buf_clear(&text);
	if (status == COMMAND_REFUSED)
		fprintf(stderr, "%s\n",
		    options->language == VERDICT_CHINESE
			? "拒绝 [nothing-to-hand] "
			  "还没有可以转交的承诺或揭示"
			: "refused [nothing-to-hand] there is nothing to hand "
			  "on yet");
	return status;
}

/* --- bringing ------------------------------------------------------------- */

/* What was handed to us. All points into `json`. */
struct handed {
	json_t *json, *body;
	const char *draw, *kind;
};

static bool is_hex(const json_t *body, const char *name, size_t size)
{
	const char *hex = json_string_value(json_object_get(body, name));

	return hex && strlen(hex) == size &&
	       strspn(hex, "0123456789abcdef") == size;
}

/* A text of its party, whose hash others have signed for. */
static bool is_reveal(const json_t *body, const char *party)
{
	const json_t *text = json_object_get(body, "text");
	struct kl_commit commit;

	return json_is_string(text) &&
	       !kl_commit_read(&commit, json_string_value(text),
		   json_string_length(text), NULL) &&
	       kl_span_is(commit.party, party);
}

static bool is_good(const struct handed *handed)
{
	const char *party =
	    json_string_value(json_object_get(handed->body, "party"));

	if (!kl_is_token(handed->draw, strlen(handed->draw)) || !party ||
	    !kl_is_party_id(party, strlen(party)))
		return false;
	if (strcmp(handed->kind, "commitment") == 0)
		return json_object_size(handed->body) == 3 &&
		       is_hex(handed->body, "commit", KL_HASH_HEX - 1) &&
		       is_hex(handed->body, "signature", KL_SIGNATURE_HEX - 1);
	return strcmp(handed->kind, "reveal") == 0 &&
	       json_object_size(handed->body) == 2 &&
	       is_reveal(handed->body, party);
}

static bool read_handed(const char *file, struct handed *handed)
{
	struct kl_buf text = KL_BUF(HAND_SIZE_MAX);
	int version = 0;
	bool good = command_read("party", file, &text);

	*handed = (struct handed){ .json = NULL };
	if (good)
		handed->json =
		    json_loadb(text.data ? (const char *)text.data : "",
			text.size, JSON_REJECT_DUPLICATES, NULL);
	kl_buf_clear(&text);
	return good &&
	       !json_unpack(handed->json, "{s:o, s:s, s:s, s:i !}", "body",
		   &handed->body, "draw", &handed->draw, "kind", &handed->kind,
		   "v", &version) &&
	       version == 1 && json_is_object(handed->body) && is_good(handed);
}

static bool post(struct party *party, const struct handed *handed)
{
	char *text = json_dumps(handed->body, JSON_COMPACT);
	char path[PATH_SIZE];
	bool taken;

	if (!text)
		abort();
	snprintf(
	    path, sizeof(path), "/v1/draws/%s/%ss", handed->draw, handed->kind);
	taken = party_post(party, path, text);
	free(text);
	return taken;
}

/* Whom the receipt is from; without a trust file nobody is asked. */
static enum kl_party_code check_receipt(struct party *party)
{
	struct kl_buf answer = party->answer;
	struct kl_receipt receipt;
	json_t *json = NULL;
	enum kl_party_code code = KL_PARTY_GOOD;

	party->answer = (struct kl_buf)KL_BUF(0);
	if (party->options->trust)
		code = party_log_look(party);
	if (!code && party->options->trust)
		code = party_log_receipt_key(party);
	if (!code && party->options->trust)
		code = party_receipt_check(party, &answer, &receipt, &json);
	json_decref(json);
	kl_buf_clear(&party->answer);
	party->answer = answer;
	return code;
}

int party_bring(struct party *party, const char *file)
{
	enum kl_party_code code = KL_PARTY_GOOD;
	struct handed handed;
	int status = COMMAND_UNUSABLE;

	if (!read_handed(file, &handed)) {
		fprintf(stderr, "party: %s: %s\n", file,
		    party->options->language == VERDICT_CHINESE
			? "不是可以代交的承诺或揭示"
			: "nothing that can be brought for a party");
		json_decref(handed.json);
		return status;
	}
	if (post(party, &handed)) {
		code = check_receipt(party);
		status = command_print(party->answer.data, party->answer.size);
	} else {
		party_problem(party);
		code =
		    party->status ? KL_PARTY_NOT_TAKEN : KL_PARTY_UNREACHABLE;
	}
	json_decref(handed.json);
	party_tell(party, code);
	return code ? party_exit(code) : status;
}
