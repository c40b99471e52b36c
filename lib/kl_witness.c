#include "kl_witness.h"

#include "kl_base64.h"
#include "kl_line.h"
#include "kl_proof.h"

#include <string.h>

/* --- reading a request ---------------------------------------------------- */

/*
 * Signature lines that are out of form are none: what the text says is answered
 * all the same, 403 at the best.
 */
static enum kl_result read_unsigned(struct kl_span bytes, struct kl_note *note)
{
	for (size_t i = bytes.size; i-- > 1;)
		if (bytes.at[i] == '\n' && bytes.at[i - 1] == '\n') {
			note->text = bytes.at;
			note->text_size = i;
			note->count = 0;
			return KL_OK;
		}
	return KL_MALFORMED;
}

static enum kl_result read_note(struct kl_span bytes, struct kl_note *note)
{
	enum kl_result result = kl_note_read(bytes.at, bytes.size, note);

	return result == KL_MALFORMED ? read_unsigned(bytes, note) : result;
}

enum kl_result kl_witness_request_read(
    const char *bytes, size_t size, struct kl_witness_request *request)
{
	struct kl_span rest = { bytes, size }, line;
	enum kl_result result;

	if (size > KL_WITNESS_REQUEST_MAX)
		return KL_TOO_LARGE;
	if (!kl_line_take(&rest, &line) || !kl_line_take_word(&line, "old "))
		return KL_MALFORMED;
	result = kl_decimal_read(line, KL_TREE_SIZE_MAX, &request->old_size);
	if (!result)
		result = kl_proof_path_read(
		    &rest, KL_WITNESS_PROOF_MAX, &request->path);
	if (!result)
		result = read_note(rest, &request->note);
	if (!result)
		result = kl_checkpoint_parse(request->note.text,
		    request->note.text_size, &request->checkpoint);
	return result;
}

/* --- deciding ------------------------------------------------------------- */

static bool is_key_of(
    const struct kl_note_key *key, const struct kl_checkpoint *checkpoint)
{
	return strlen(key->name) == checkpoint->origin_size &&
	       memcmp(key->name, checkpoint->origin, checkpoint->origin_size) ==
		   0;
}

enum kl_witness_status kl_witness_admit(
    const struct kl_witness_request *request, const struct kl_note_key logs[],
    size_t count)
{
	const struct kl_checkpoint *checkpoint = &request->checkpoint;
	bool known = false, has_signed = false;

	for (size_t i = 0; i < count; i++) {
		struct kl_note_verdict verdict;

		if (!is_key_of(&logs[i], checkpoint))
			continue;
		known = true;
		if (kl_note_judge(&request->note, &logs[i], 1, &verdict))
			return KL_WITNESS_UNSIGNED;
		has_signed |= verdict.has_signed;
	}
	if (!known)
		return KL_WITNESS_UNKNOWN;
	if (!has_signed)
		return KL_WITNESS_UNSIGNED;
	if (request->old_size > checkpoint->size)
		return KL_WITNESS_BAD_REQUEST;
	return KL_WITNESS_COSIGNED;
}

/* From nothing nothing can be proved, and nothing may be tried to. */
static bool continues(const struct kl_witness_request *request,
    const struct kl_witness_state *state)
{
	const struct kl_checkpoint *to = &request->checkpoint;

	if (state->size == 0)
		return request->path.count == 0;
	return !kl_consistency_check(
	    state->size, to->size, &state->root, &to->root, &request->path);
}

enum kl_witness_status kl_witness_decide(
    const struct kl_witness_request *request,
    const struct kl_witness_state *state)
{
	const struct kl_checkpoint *checkpoint = &request->checkpoint;
	struct kl_hash empty = kl_hash_of(NULL, 0);

	if (request->old_size != state->size)
		return KL_WITNESS_CONFLICT;
	if (checkpoint->size == 0 && !kl_hash_equal(&checkpoint->root, &empty))
		return KL_WITNESS_INCONSISTENT;
	return continues(request, state) ? KL_WITNESS_COSIGNED
					 : KL_WITNESS_INCONSISTENT;
}

enum kl_result kl_witness_reply_write(struct kl_buf *out,
    const struct kl_witness_request *request, enum kl_witness_status status,
    const struct kl_witness_state *state, const struct kl_note_key *witness,
    const struct kl_signer *signer, uint64_t time)
{
	switch (status) {
	case KL_WITNESS_COSIGNED:
		return kl_note_cosign(out, request->note.text,
		    request->note.text_size, witness, signer, time);
	case KL_WITNESS_CONFLICT:
		kl_decimal_add(out, state->size);
		kl_buf_add_byte(out, '\n');
		break;
	case KL_WITNESS_BAD_REQUEST:
	case KL_WITNESS_UNSIGNED:
	case KL_WITNESS_UNKNOWN:
	case KL_WITNESS_INCONSISTENT:
		break;
	}
	return kl_buf_result(out);
}

/* --- the log -------------------------------------------------------------- */

enum kl_result kl_witness_request_write(struct kl_buf *out, uint64_t old_size,
    const struct kl_proof_path *path, const char *note, size_t note_size)
{
	size_t count = path ? path->count : 0;

	if (count > KL_WITNESS_PROOF_MAX)
		return KL_TOO_LARGE;
	kl_buf_add_text(out, "old ");
	kl_decimal_add(out, old_size);
	kl_buf_add_byte(out, '\n');
	for (size_t i = 0; i < count; i++) {
		kl_base64_add(out, path->hashes[i].bytes, KL_HASH_SIZE);
		kl_buf_add_byte(out, '\n');
	}
	kl_buf_add_byte(out, '\n');
	kl_buf_add(out, note, note_size);
	return kl_buf_result(out);
}

/* Does this line begin with `— name `, and the id of this key? */
static bool is_by(
    const struct kl_note_line *line, const struct kl_note_key *key)
{
	return memcmp(line->id.bytes, key->id.bytes, sizeof(key->id.bytes)) ==
		   0 &&
	       strlen(key->name) == line->name_size &&
	       memcmp(line->name, key->name, line->name_size) == 0;
}

/* The line as it stands in `body`, which was read behind another text. */
static struct kl_span line_in(const struct kl_note *read,
    const struct kl_note_key *witness, struct kl_span body)
{
	struct kl_span line = { body.at, 0 };

	for (size_t i = 0; i < read->count; i++) {
		if (!kl_line_take(&body, &line))
			break;
		if (is_by(&read->lines[i], witness))
			break;
	}
	line.size++;
	return line;
}

/* The lines of the body are what a note of our text would end with. */
static enum kl_witness_outcome read_lines(const struct kl_note *note,
    const struct kl_note_key *witness, struct kl_span body,
    struct kl_witness_reply *reply)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_verdict verdict = { 0 };
	struct kl_note read;
	enum kl_result result;

	kl_buf_add(&bytes, note->text, note->text_size);
	kl_buf_add_byte(&bytes, '\n');
	kl_buf_add(&bytes, body.at, body.size);
	result = kl_buf_result(&bytes);
	if (!result)
		result =
		    kl_note_read((const char *)bytes.data, bytes.size, &read);
	/* A body with an empty line in it would make another text of ours. */
	if (!result && read.text_size != note->text_size)
		result = KL_MALFORMED;
	if (!result)
		result = kl_note_verify(&read, witness, 1, &verdict);
	if (!result) {
		reply->line = line_in(&read, witness, body);
		reply->time = verdict.time;
	}
	kl_buf_clear(&bytes);
	if (result == KL_NO_MEMORY)
		return KL_WITNESS_LATER;
	return result ? KL_WITNESS_NO : KL_WITNESS_DONE;
}

/* `<size>\n`, and nothing else. */
static enum kl_witness_outcome read_size(uint64_t old_size, uint64_t our_size,
    struct kl_span body, struct kl_witness_reply *reply)
{
	struct kl_span line;
	uint64_t size;

	if (!kl_line_take(&body, &line) || body.size > 0 ||
	    kl_decimal_read(line, KL_TREE_SIZE_MAX, &size) || size == old_size)
		return KL_WITNESS_NO;
	reply->size = size;
	return size > our_size ? KL_WITNESS_AHEAD : KL_WITNESS_RETRY;
}

enum kl_witness_outcome kl_witness_reply_read(
    const struct kl_checkpoint *checkpoint, const struct kl_note *note,
    uint64_t old_size, const struct kl_note_key *witness, long status,
    const char *body, size_t body_size, struct kl_witness_reply *reply)
{
	struct kl_span rest = { body, body_size };

	*reply = (struct kl_witness_reply){ 0 };
	if (body_size > KL_WITNESS_REPLY_MAX)
		return KL_WITNESS_NO;
	if (status == KL_WITNESS_COSIGNED)
		return read_lines(note, witness, rest, reply);
	if (status == KL_WITNESS_CONFLICT)
		return read_size(old_size, checkpoint->size, rest, reply);
	if (status == KL_WITNESS_INCONSISTENT)
		return KL_WITNESS_FORKED;
	return status == 429 || status >= 500 ? KL_WITNESS_LATER
					      : KL_WITNESS_NO;
}
