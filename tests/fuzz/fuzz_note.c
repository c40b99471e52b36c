/* A note that is read can be put together again from its parts. */
#include "kl_checkpoint.h"
#include "kl_line.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_together(struct kl_buf *out, const struct kl_note *note)
{
	kl_buf_add(out, note->text, note->text_size);
	kl_buf_add_byte(out, '\n');
	for (size_t i = 0; i < note->count; i++) {
		const struct kl_note_line *line = &note->lines[i];

		assert(kl_is_note_name(line->name, line->name_size));
		kl_buf_add_text(out, "\u2014 ");
		kl_buf_add(out, line->name, line->name_size);
		kl_buf_add_byte(out, ' ');
		kl_buf_add(out, line->base64, line->base64_size);
		kl_buf_add_byte(out, '\n');
	}
}

/* Written again, a checkpoint without extensions has the same text. */
static void check_checkpoint(const struct kl_note *note)
{
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_checkpoint checkpoint;
	char origin[KL_NOTE_NAME_MAX + 1] = { 0 };
	enum kl_result result;

	if (kl_checkpoint_read(note->text, note->text_size, &checkpoint) ||
	    checkpoint.has_extensions ||
	    !kl_is_note_name(checkpoint.origin, checkpoint.origin_size))
		return;
	memcpy(origin, checkpoint.origin, checkpoint.origin_size);
	result = kl_checkpoint_write(
	    &out, origin, checkpoint.size, &checkpoint.root);
	assert(result == KL_OK);
	assert(out.size == note->text_size);
	assert(memcmp(out.data, note->text, out.size) == 0);
	kl_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_key key;
	struct kl_note note;
	char text[KL_NOTE_KEY_TEXT];

	if (!kl_note_key_read((const char *)data, size, &key)) {
		kl_note_key_write(&key, text);
		assert(strlen(text) == size && memcmp(text, data, size) == 0);
	}
	if (kl_note_read((const char *)data, size, &note))
		return 0;
	put_together(&out, &note);
	assert(out.size == size && memcmp(out.data, data, size) == 0);
	check_checkpoint(&note);
	kl_buf_clear(&out);
	return 0;
}
