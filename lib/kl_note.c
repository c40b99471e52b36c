#include "kl_note.h"

#include "kl_base64.h"
#include "kl_utf8.h"

#include <stdio.h>
#include <string.h>

static const char dash[] = "\u2014 "; /* what a signature line begins with */

enum {
	TIME_SIZE = 8, /* bytes before a cosignature, the larger first */
	/* id, time and signature: the longest line that we check */
	BLOB_SIZE_MAX = KL_KEY_ID_SIZE + TIME_SIZE + KL_SIGNATURE_SIZE,
	COSIGNED_PREFIX_MAX = 64, /* "cosignature/v1\ntime <decimal>\n" */
};

/* --- reading -------------------------------------------------------------- */

static bool is_plain(const char *bytes, size_t size)
{
	uint32_t point;
	size_t used;

	for (size_t i = 0; i < size; i += used) {
		used = kl_utf8_next(bytes + i, size - i, &point);
		if (used == 0 || (point < 0x20 && point != '\n'))
			return false;
	}
	return true;
}

/* Where the last empty line is: after the text's newline. 0: nowhere. */
static size_t find_split(const char *bytes, size_t size)
{
	for (size_t i = size; i-- > 1;)
		if (bytes[i] == '\n' && bytes[i - 1] == '\n')
			return i;
	return 0;
}

/* A line without its newline. */
static enum kl_result read_line(
    const char *text, size_t size, struct kl_note_line *line)
{
	size_t start = sizeof(dash) - 1, blob_size;
	struct kl_note_line read;
	const char *space;
	uint8_t first[3 + 3]; /* of the eight digits that hold the id */

	if (size <= start || memcmp(text, dash, start) != 0)
		return KL_MALFORMED;
	read.name = text + start;
	space = memchr(read.name, ' ', size - start);
	if (!space)
		return KL_MALFORMED;
	read.name_size = (size_t)(space - read.name);
	read.base64 = space + 1;
	read.base64_size = size - (size_t)(read.base64 - text);
	if (!kl_is_note_name(read.name, read.name_size) ||
	    kl_base64_check(read.base64, read.base64_size, &blob_size) ||
	    blob_size <= KL_KEY_ID_SIZE)
		return KL_MALFORMED;
	if (blob_size > sizeof(first))
		blob_size = sizeof(first);
	if (kl_base64_read(read.base64, 8, first, blob_size))
		return KL_MALFORMED;
	memcpy(read.id.bytes, first, sizeof(read.id.bytes));
	*line = read;
	return KL_OK;
}

static enum kl_result read_lines(
    const char *text, size_t size, struct kl_note *note)
{
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t used;

		if (!end)
			return KL_MALFORMED;
		if (note->count == KL_NOTE_SIGNATURES_MAX)
			return KL_TOO_LARGE;
		if (read_line(text, (size_t)(end - text),
			&note->lines[note->count++]))
			return KL_MALFORMED;
		used = (size_t)(end - text) + 1;
		text += used;
		size -= used;
	}
	return note->count > 0 ? KL_OK : KL_MALFORMED;
}

enum kl_result kl_note_read(
    const char *bytes, size_t size, struct kl_note *note)
{
	size_t split;

	if (size > KL_NOTE_SIZE_MAX)
		return KL_TOO_LARGE;
	split = find_split(bytes, size);
	if (split == 0 || !is_plain(bytes, size))
		return KL_MALFORMED;
	note->text = bytes;
	note->text_size = split;
	note->count = 0;
	return read_lines(bytes + split + 1, size - split - 1, note);
}

/* --- verifying ------------------------------------------------------------ */

/* What a cosignature signs: a line that names it, its time, the text. */
static enum kl_result write_cosigned(
    struct kl_buf *message, const char *text, size_t size, uint64_t time)
{
	char prefix[COSIGNED_PREFIX_MAX];

	snprintf(prefix, sizeof(prefix), "cosignature/v1\ntime %llu\n",
	    (unsigned long long)time);
	kl_buf_add_text(message, prefix);
	kl_buf_add(message, text, size);
	return kl_buf_result(message);
}

static enum kl_result verify_note(const struct kl_note *note,
    const struct kl_note_line *line, const struct kl_public_key *key)
{
	uint8_t blob[KL_KEY_ID_SIZE + KL_SIGNATURE_SIZE];
	struct kl_signature signature;

	if (kl_base64_read(line->base64, line->base64_size, blob, sizeof(blob)))
		return KL_MISMATCH;
	memcpy(signature.bytes, blob + KL_KEY_ID_SIZE, KL_SIGNATURE_SIZE);
	return kl_verify(key, note->text, note->text_size, &signature);
}

static enum kl_result verify_cosignature(const struct kl_note *note,
    const struct kl_note_line *line, const struct kl_public_key *key,
    uint64_t *time)
{
	struct kl_buf message = KL_BUF(KL_NOTE_SIZE_MAX + COSIGNED_PREFIX_MAX);
	uint8_t blob[BLOB_SIZE_MAX];
	struct kl_signature signature;
	enum kl_result result;

	if (kl_base64_read(line->base64, line->base64_size, blob, sizeof(blob)))
		return KL_MISMATCH;
	*time = 0;
	for (size_t i = 0; i < TIME_SIZE; i++)
		*time = *time << 8 | blob[KL_KEY_ID_SIZE + i];
	if (*time < 1 || *time > INT64_MAX)
		return KL_MISMATCH;
	memcpy(signature.bytes, blob + KL_KEY_ID_SIZE + TIME_SIZE,
	    KL_SIGNATURE_SIZE);
	result = write_cosigned(&message, note->text, note->text_size, *time);
	if (!result)
		result = kl_verify(key, message.data, message.size, &signature);
	kl_buf_clear(&message);
	return result;
}

bool kl_note_is_by(
    const struct kl_note_line *line, const struct kl_note_key *key)
{
	return memcmp(line->id.bytes, key->id.bytes, sizeof(key->id.bytes)) ==
		   0 &&
	       strlen(key->name) == line->name_size &&
	       memcmp(line->name, key->name, line->name_size) == 0;
}

static enum kl_result judge_one(const struct kl_note *note,
    const struct kl_note_key *key, struct kl_note_verdict *verdict)
{
	size_t i = 0;
	enum kl_result result = KL_MISMATCH;

	*verdict = (struct kl_note_verdict){ 0 };
	while (i < note->count && !kl_note_is_by(&note->lines[i], key))
		i++;
	if (i == note->count)
		return KL_OK;
	switch (key->type) {
	case KL_KEY_NOTE:
		result = verify_note(note, &note->lines[i], &key->key);
		break;
	case KL_KEY_COSIGNATURE:
		result = verify_cosignature(
		    note, &note->lines[i], &key->key, &verdict->time);
		break;
	}
	verdict->has_signed = !result;
	return result;
}

/* `signer_count` gets how many keys have signed. */
static enum kl_result judge(const struct kl_note *note,
    const struct kl_note_key keys[], size_t count,
    struct kl_note_verdict verdicts[], size_t *signer_count)
{
	*signer_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct kl_note_verdict verdict;
		enum kl_result result = judge_one(note, &keys[i], &verdict);

		if (result)
			return result;
		*signer_count += verdict.has_signed;
		if (verdicts)
			verdicts[i] = verdict;
	}
	return KL_OK;
}

enum kl_result kl_note_judge(const struct kl_note *note,
    const struct kl_note_key keys[], size_t count,
    struct kl_note_verdict verdicts[])
{
	size_t signer_count;

	return judge(note, keys, count, verdicts, &signer_count);
}

enum kl_result kl_note_verify(const struct kl_note *note,
    const struct kl_note_key keys[], size_t count,
    struct kl_note_verdict verdicts[])
{
	size_t signer_count;
	enum kl_result result =
	    judge(note, keys, count, verdicts, &signer_count);

	if (!result && signer_count == 0)
		return KL_MISMATCH;
	return result;
}

/* --- writing -------------------------------------------------------------- */

static enum kl_result write_line(struct kl_buf *out,
    const struct kl_note_key *key, const void *blob, size_t size)
{
	kl_buf_add_text(out, dash);
	kl_buf_add_text(out, key->name);
	kl_buf_add_byte(out, ' ');
	kl_base64_add(out, blob, size);
	kl_buf_add_byte(out, '\n');
	return kl_buf_result(out);
}

enum kl_result kl_note_sign(struct kl_buf *out, const char *text, size_t size,
    const struct kl_note_key *key, const struct kl_signer *signer)
{
	struct kl_signature signature = kl_sign(signer, text, size);
	uint8_t blob[KL_KEY_ID_SIZE + KL_SIGNATURE_SIZE];

	memcpy(blob, key->id.bytes, KL_KEY_ID_SIZE);
	memcpy(blob + KL_KEY_ID_SIZE, signature.bytes, KL_SIGNATURE_SIZE);
	return write_line(out, key, blob, sizeof(blob));
}

enum kl_result kl_note_cosign(struct kl_buf *out, const char *text, size_t size,
    const struct kl_note_key *key, const struct kl_signer *signer,
    uint64_t time)
{
	struct kl_buf message = KL_BUF(KL_NOTE_SIZE_MAX + COSIGNED_PREFIX_MAX);
	struct kl_signature signature;
	uint8_t blob[BLOB_SIZE_MAX];
	enum kl_result result;

	if (time < 1 || time > INT64_MAX)
		return KL_RANGE;
	result = write_cosigned(&message, text, size, time);
	if (!result) {
		signature = kl_sign(signer, message.data, message.size);
		memcpy(blob, key->id.bytes, KL_KEY_ID_SIZE);
		for (size_t i = 0; i < TIME_SIZE; i++)
			blob[KL_KEY_ID_SIZE + i] =
			    (uint8_t)(time >> (8 * (TIME_SIZE - 1 - i)));
		memcpy(blob + KL_KEY_ID_SIZE + TIME_SIZE, signature.bytes,
		    KL_SIGNATURE_SIZE);
		result = write_line(out, key, blob, sizeof(blob));
	}
	kl_buf_clear(&message);
	return result;
}
