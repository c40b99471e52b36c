/* The texts of events, in their entries or served apart. */
#include "kl_audit_private.h"

#include <string.h>

static enum kl_result refuse(struct kl_audit *audit, enum kl_audit_code code,
    const struct kl_audit_draw *draw, uint64_t index)
{
	kl_audit_find_entry(audit, code, draw, index);
	return KL_MISMATCH;
}

static enum kl_result read_apart(struct kl_audit *audit,
    const struct kl_audit_draw *draw, uint64_t index, const json_t *data,
    struct kl_audit_text *text)
{
	struct kl_hash hash, served;
	const char *hex;
	json_int_t size;
	enum kl_result result;

	if (json_unpack((json_t *)data, "{s:s, s:I !}", "digest", &hex, "size",
		&size) != 0 ||
	    kl_unhex(hex, strlen(hex), hash.bytes, KL_HASH_SIZE) || size < 0)
		return refuse(audit, KL_AUDIT_DRAW_DATA, draw, index);
	result =
	    audit->source->text(audit->source->context, &hash, &text->apart);
	if (result == KL_MISMATCH)
		return refuse(audit, KL_AUDIT_TEXT_MISSING, draw, index);
	if (result)
		return result;
	served = kl_hash_of(text->apart.data, text->apart.size);
	if (!kl_hash_equal(&hash, &served) || text->apart.size != (size_t)size)
		return refuse(audit, KL_AUDIT_TEXT_DIFFERS, draw, index);
	text->text = (const char *)text->apart.data;
	text->size = text->apart.size;
	return KL_OK;
}

enum kl_result kl_audit_text_read(struct kl_audit *audit,
    const struct kl_audit_draw *draw, uint64_t index, const json_t *data,
    struct kl_audit_text *text)
{
	const json_t *here = json_object_get(data, "text");

	*text = (struct kl_audit_text){ .apart = KL_BUF(KL_TEXT_SIZE_MAX) };
	if (!here)
		return read_apart(audit, draw, index, data, text);
	if (!json_is_string(here))
		return refuse(audit, KL_AUDIT_DRAW_DATA, draw, index);
	text->text = json_string_value(here);
	text->size = json_string_length(here);
	return KL_OK;
}
