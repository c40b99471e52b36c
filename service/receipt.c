#include "receipt.h"

#include "batch.h"
#include "log_keys.h"

#include <string.h>

static enum error sign(json_t *receipt)
{
	const json_t *text = json_object_get(receipt, "text");
	char hex[KL_SIGNATURE_HEX];
	struct kl_signature signature;

	if (!json_is_string(text))
		return ERR_INTERNAL;
	signature = kl_sign(log_receipt_signer(), json_string_value(text),
	    json_string_length(text));
	kl_signature_hex(&signature, hex);
	if (json_object_set_new(receipt, "signature", json_string(hex)))
		return ERR_INTERNAL;
	return ERR_OK;
}

static enum error add_sealed(json_t *receipt, const struct sealed *sealed)
{
	char salt[2 * KL_SALT_SIZE + 1];

	if (!sealed->event)
		return ERR_OK;
	kl_hex(sealed->salt, KL_SALT_SIZE, salt);
	if (json_object_set_new(receipt, "salt", json_string(salt)) ||
	    json_object_set_new(receipt, "event", json_string(sealed->event)))
		return ERR_INTERNAL;
	return ERR_OK;
}

enum error receipt_finish(struct request *request)
{
	json_auto_t *reply = NULL;
	json_t *receipt;
	enum error error;
	char *text;

	if (!request->act || !request->act->signs)
		return ERR_OK;
	reply = json_loadb(request->text, request->text_size, 0, NULL);
	receipt = json_object_get(reply, "receipt");
	error = sign(receipt);
	if (!error)
		error = add_sealed(receipt, &request->act->sealed);
	if (error)
		return error;
	text = json_dumps(reply, JSON_COMPACT);
	if (!text)
		return ERR_INTERNAL;
	return request_reply_bytes(request, request->status,
	    request->content_type, text, strlen(text));
}
