#include "kl_proof.h"

#include "kl_base64.h"
#include "kl_line.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1\n";

static enum kl_result read_extra(struct kl_span *rest, struct kl_proof *proof)
{
	struct kl_span line;
	size_t size;

	if (!kl_line_take_word(rest, "extra "))
		return KL_OK;
	if (!kl_line_take(rest, &line))
		return KL_MALFORMED;
	if (line.size > KL_PROOF_EXTRA_MAX)
		return KL_TOO_LARGE;
	proof->extra = line.at;
	proof->extra_size = line.size;
	return kl_base64_check(line.at, line.size, &size);
}

enum kl_result kl_proof_path_read(
    struct kl_span *rest, size_t most, struct kl_proof_path *path)
{
	struct kl_span line;

	path->count = 0;
	while (kl_line_take(rest, &line)) {
		struct kl_hash *hash = &path->hashes[path->count];

		if (line.size == 0)
			return KL_OK;
		if (path->count == most)
			return KL_TOO_LARGE;
		if (kl_base64_read(
			line.at, line.size, hash->bytes, sizeof(hash->bytes)))
			return KL_MALFORMED;
		path->count++;
	}
	return KL_MALFORMED;
}

bool kl_proof_is(const char *bytes, size_t size)
{
	struct kl_span rest = { bytes, size };

	return kl_line_take_word(&rest, first_line);
}

enum kl_result kl_proof_read(
    const char *bytes, size_t size, struct kl_proof *proof)
{
	struct kl_span rest = { bytes, size }, line;
	struct kl_proof read = { 0 };
	enum kl_result result;

	if (size > KL_PROOF_SIZE_MAX)
		return KL_TOO_LARGE;
	if (!kl_line_take_word(&rest, first_line))
		return KL_MALFORMED;
	result = read_extra(&rest, &read);
	if (result)
		return result;
	if (!kl_line_take_word(&rest, "index ") || !kl_line_take(&rest, &line))
		return KL_MALFORMED;
	result = kl_decimal_read(line, KL_TREE_SIZE_MAX - 1, &read.index);
	if (!result)
		result =
		    kl_proof_path_read(&rest, KL_PROOF_HASHES_MAX, &read.path);
	if (result)
		return result;
	read.checkpoint = rest.at;
	read.checkpoint_size = rest.size;
	*proof = read;
	return KL_OK;
}

enum kl_result kl_proof_write(struct kl_buf *out, const struct kl_proof *proof)
{
	kl_buf_add_text(out, first_line);
	if (proof->extra) {
		kl_buf_add_text(out, "extra ");
		kl_buf_add(out, proof->extra, proof->extra_size);
		kl_buf_add_byte(out, '\n');
	}
	kl_buf_add_text(out, "index ");
	kl_decimal_add(out, proof->index);
	kl_buf_add_byte(out, '\n');
	for (size_t i = 0; i < proof->path.count; i++) {
		kl_base64_add(out, proof->path.hashes[i].bytes, KL_HASH_SIZE);
		kl_buf_add_byte(out, '\n');
	}
	kl_buf_add_byte(out, '\n');
	kl_buf_add(out, proof->checkpoint, proof->checkpoint_size);
	return kl_buf_result(out);
}

enum kl_result kl_proof_verify(const struct kl_proof *proof,
    const struct kl_hash *leaf, const struct kl_note_key *log,
    struct kl_note *note, struct kl_checkpoint *checkpoint)
{
	enum kl_result result = kl_checkpoint_open(
	    proof->checkpoint, proof->checkpoint_size, log, note, checkpoint);

	if (result)
		return result;
	return kl_inclusion_check(proof->index, checkpoint->size, leaf,
	    &proof->path, &checkpoint->root);
}
