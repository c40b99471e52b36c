#include "kl_view.h"

#include "kl_canon.h"
#include "kl_line.h"

#include <string.h>

/* Take what is between here and the next quote, and then `after`: for texts
 * that have no escapes, or are refused. */
static bool take_text(
    struct kl_span *rest, struct kl_span *text, const char *after)
{
	const char *end = memchr(rest->at, '"', rest->size);

	if (!end)
		return false;
	*text = (struct kl_span){ rest->at, (size_t)(end - rest->at) };
	rest->at += text->size;
	rest->size -= text->size;
	return kl_line_take_word(rest, after);
}

static bool is_token(struct kl_span text)
{
	return kl_is_token(text.at, text.size);
}

static bool is_token_or_none(struct kl_span text)
{
	return is_token(text) || kl_span_is(text, "-");
}

static bool take_by(struct kl_span *rest, struct kl_view *view)
{
	if (kl_line_take_word(rest, "{},\"data\":"))
		return true;
	return kl_line_take_word(rest, "{\"org\":\"") &&
	       take_text(rest, &view->organisation, "\",\"role\":\"") &&
	       take_text(rest, &view->role, "\"},\"data\":") &&
	       is_token_or_none(view->organisation) && is_token(view->role);
}

static bool take_data(struct kl_span *rest, struct kl_span *data)
{
	size_t size = rest->size > 0 && *rest->at == '{'
			  ? kl_scan_value(rest->at, rest->size, 1)
			  : 0;

	*data = (struct kl_span){ rest->at, size };
	rest->at += size;
	rest->size -= size;
	return size > 0 && kl_line_take_word(rest, ",\"id\":\"");
}

static bool take_seq(struct kl_span *rest, uint64_t *seq)
{
	struct kl_span digits = { rest->at, 0 };

	while (digits.size < rest->size && rest->at[digits.size] >= '0' &&
	       rest->at[digits.size] <= '9')
		digits.size++;
	rest->at += digits.size;
	rest->size -= digits.size;
	return !kl_decimal_read(digits, (uint64_t)KL_INTEGER_MAX, seq) &&
	       kl_line_take_word(rest, ",\"subject\":\"");
}

/* The members stand in the order of their names. */
static bool take_all(struct kl_span rest, struct kl_view *view)
{
	struct kl_span at, id;

	return kl_line_take_word(&rest, "{\"at\":\"") &&
	       take_text(&rest, &at, "\",\"by\":") &&
	       !kl_time_read(at.at, at.size, &view->at) &&
	       take_by(&rest, view) && take_data(&rest, &view->data) &&
	       take_text(&rest, &id, "\",\"kind\":\"") &&
	       !kl_unhex(
		   id.at, id.size, view->id.bytes, sizeof(view->id.bytes)) &&
	       take_text(&rest, &view->kind, "\",\"seq\":") &&
	       is_token(view->kind) && take_seq(&rest, &view->seq) &&
	       take_text(&rest, &view->subject, "\",\"v\":1}") &&
	       is_token_or_none(view->subject) && rest.size == 0;
}

enum kl_result kl_view_read(
    const char *bytes, size_t size, struct kl_view *view)
{
	struct kl_view seen = { 0 };
	struct kl_leaf leaf;
	json_t *value = NULL;
	enum kl_result result;

	if (size <= KL_LEAF_SIZE_MAX &&
	    take_all((struct kl_span){ bytes, size }, &seen)) {
		*view = seen;
		return KL_OK;
	}
	result = kl_leaf_read(bytes, size, &value, &leaf); /* tells why */
	json_decref(value);
	return result ? result : KL_MISMATCH;
}
