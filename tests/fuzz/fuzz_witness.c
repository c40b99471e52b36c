/* A request that a witness takes is the one that a log would have written; and
 * nothing a stranger replies is a cosignature. */
#include "fuzz.h"
#include "kl_witness.h"

static void check_reply(const char *text, size_t size)
{
	static const struct kl_note_key nobody = { .name = "nobody",
		.type = KL_KEY_COSIGNATURE };
	static const struct kl_note note = { .text = "a\n", .text_size = 2 };
	static const struct kl_checkpoint checkpoint = { .size = 5 };
	struct kl_witness_reply reply;

	assert(kl_witness_reply_read(&checkpoint, &note, 3, &nobody, 200, text,
		   size, &reply) == KL_WITNESS_NO);
	switch (kl_witness_reply_read(
	    &checkpoint, &note, 3, &nobody, 409, text, size, &reply)) {
	case KL_WITNESS_RETRY:
		assert(reply.size <= 5 && reply.size != 3);
		break;
	case KL_WITNESS_AHEAD:
		assert(reply.size > 5);
		break;
	case KL_WITNESS_NO:
		break;
	case KL_WITNESS_DONE:
	case KL_WITNESS_FORKED:
	case KL_WITNESS_LATER:
		assert(!"an answer that no 409 has");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct kl_buf out = KL_BUF(KL_WITNESS_REQUEST_MAX);
	struct kl_witness_request request;
	size_t note_size;

	check_reply(text, size);
	if (kl_witness_request_read(text, size, &request))
		return 0;
	note_size = size - (size_t)(request.note.text - text);
	assert(!kl_witness_request_write(&out, request.old_size, &request.path,
	    request.note.text, note_size));
	fuzz_same(&out, data, size);
	assert(kl_witness_admit(&request, NULL, 0) == KL_WITNESS_UNKNOWN);
	kl_buf_clear(&out);
	return 0;
}
