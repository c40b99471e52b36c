#include "receipt.h"

#include "batch.h"
#include "kl_canon.h"
#include "log_keys.h"

#include <string.h>

/* Of an answer; that of an event in it as text may be twice its size. */
enum { TEXT_MAX = 1 << 20 };

/* Written, not built: it is done for each sign-up. */
static const char unsigned_end[] = "null}}";

static enum error replace(struct request *request, struct kl_buf *text)
{
	size_t size = text->size;

	kl_buf_add_byte(text, '\0');
	if (kl_buf_result(text)) {
		kl_buf_clear(text);
		return ERR_INTERNAL;
	}
	return request_reply_bytes(request, request->status,
	    request->content_type, (char *)text->data, size);
}

/* A text of ours has no NUL. */
static void add_text(struct kl_buf *out, const char *text)
{
	if (kl_canon_write_text(out, text, strlen(text)))
		out->result = KL_RANGE;
}

enum error receipt_begin(struct request *request)
{
	struct kl_buf text = KL_BUF(TEXT_MAX);
	size_t size = request->text_size;

	if (size < sizeof("{\"\":0}") - 1 || request->text[size - 1] != '}')
		return ERR_INTERNAL;
	kl_buf_add(&text, request->text, size - 1);
	kl_buf_add_text(&text, ",\"receipt\":{\"text\":");
	add_text(&text, request->act->receipt);
	kl_buf_add_text(&text, ",\"signature\":");
	kl_buf_add_text(&text, unsigned_end);
	return replace(request, &text);
}

static void sign(struct kl_buf *out, const char *text)
{
	struct kl_signature signature =
	    kl_sign(log_receipt_signer(), text, strlen(text));
	char hex[KL_SIGNATURE_HEX];

	kl_signature_hex(&signature, hex);
	add_text(out, hex);
}

static void add_sealed(struct kl_buf *out, const struct sealed *sealed)
{
	char salt[2 * KL_SALT_SIZE + 1];

	if (!sealed->event)
		return;
	kl_hex(sealed->salt, KL_SALT_SIZE, salt);
	kl_buf_add_text(out, ",\"salt\":");
	add_text(out, salt);
	kl_buf_add_text(out, ",\"event\":");
	add_text(out, sealed->event);
}

/* What was said in a kept answer. */
static const char *text_in(const json_t *reply)
{
	return json_string_value(
	    json_object_get(json_object_get(reply, "receipt"), "text"));
}

static enum error finish(struct request *request, const char *receipt)
{
	size_t end = sizeof(unsigned_end) - 1, size = request->text_size;
	struct kl_buf text = KL_BUF(TEXT_MAX);

	if (!receipt || size < end ||
	    memcmp(request->text + size - end, unsigned_end, end) != 0)
		return ERR_INTERNAL;
	kl_buf_add(&text, request->text, size - end);
	sign(&text, receipt);
	add_sealed(&text, &request->act->sealed);
	kl_buf_add_text(&text, "}}");
	return replace(request, &text);
}

enum error receipt_finish(struct request *request)
{
	json_auto_t *reply = NULL;

	if (!request->act || !request->act->signs)
		return ERR_OK;
	if (request->act->receipt)
		return finish(request, request->act->receipt);
	reply = json_loadb(request->text, request->text_size, 0, NULL);
	return finish(request, text_in(reply));
}
