#include "kl_checkpoint.h"

#include "kl_base64.h"
#include "kl_line.h"
#include "kl_merkle.h"

#include <string.h>

/* Any lines after the three; none of them is empty. */
static enum kl_result skip_extensions(struct kl_span rest, bool *there)
{
	struct kl_span line;

	*there = rest.size > 0;
	while (rest.size > 0)
		if (!kl_line_take(&rest, &line) || line.size == 0)
			return KL_MALFORMED;
	return KL_OK;
}

enum kl_result kl_checkpoint_parse(
    const char *text, size_t size, struct kl_checkpoint *checkpoint)
{
	struct kl_span rest = { text, size }, origin, number, root;
	struct kl_checkpoint read;
	enum kl_result result;

	if (!kl_line_take(&rest, &origin) || !kl_line_take(&rest, &number) ||
	    !kl_line_take(&rest, &root) || origin.size == 0)
		return KL_MALFORMED;
	result = kl_decimal_read(number, KL_TREE_SIZE_MAX, &read.size);
	if (!result)
		result = kl_base64_read(root.at, root.size, read.root.bytes,
		    sizeof(read.root.bytes));
	if (!result)
		result = skip_extensions(rest, &read.has_extensions);
	if (result)
		return result;
	read.origin = origin.at;
	read.origin_size = origin.size;
	*checkpoint = read;
	return KL_OK;
}

enum kl_result kl_checkpoint_read(
    const char *text, size_t size, struct kl_checkpoint *checkpoint)
{
	struct kl_hash empty = kl_hash_of(NULL, 0);
	struct kl_checkpoint read;
	enum kl_result result = kl_checkpoint_parse(text, size, &read);

	if (result)
		return result;
	if (read.size == 0 && !kl_hash_equal(&read.root, &empty))
		return KL_MALFORMED;
	*checkpoint = read;
	return KL_OK;
}

enum kl_result kl_checkpoint_write(struct kl_buf *out, const char *origin,
    uint64_t size, const struct kl_hash *root)
{
	if (!kl_is_note_name(origin, strlen(origin)))
		return KL_MALFORMED;
	kl_buf_add_text(out, origin);
	kl_buf_add_byte(out, '\n');
	kl_decimal_add(out, size);
	kl_buf_add_byte(out, '\n');
	kl_base64_add(out, root->bytes, sizeof(root->bytes));
	kl_buf_add_byte(out, '\n');
	return kl_buf_result(out);
}

enum kl_result kl_checkpoint_sign(struct kl_buf *out,
    const struct kl_note_key *log, const struct kl_signer *signer,
    uint64_t size, const struct kl_hash *root)
{
	size_t start = out->size, text_size;
	enum kl_result result = kl_checkpoint_write(out, log->name, size, root);

	if (result)
		return result;
	text_size = out->size - start;
	kl_buf_add_byte(out, '\n');
	if (kl_buf_result(out))
		return kl_buf_result(out);
	/* Signed before the line is appended: `out` may move then. */
	return kl_note_sign(
	    out, (const char *)out->data + start, text_size, log, signer);
}

enum kl_result kl_checkpoint_open(const char *bytes, size_t size,
    const struct kl_note_key *log, struct kl_note *note,
    struct kl_checkpoint *checkpoint)
{
	enum kl_result result = kl_note_read(bytes, size, note);

	if (!result)
		result = kl_note_verify(note, log, 1, NULL);
	if (!result)
		result =
		    kl_checkpoint_read(note->text, note->text_size, checkpoint);
	if (result)
		return result;
	if (checkpoint->has_extensions ||
	    checkpoint->origin_size != strlen(log->name) ||
	    memcmp(checkpoint->origin, log->name, checkpoint->origin_size) != 0)
		return KL_RANGE;
	return KL_OK;
}
