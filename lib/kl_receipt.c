#include "kl_receipt.h"

#include "kl_walk.h"

static void walk_receipt(struct kl_walk *walk, struct kl_receipt *receipt)
{
	kl_walk_kind(walk, "receipt");
	kl_walk_word(walk, "origin");
	kl_walk_key_name(walk, &receipt->origin);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "event");
	kl_walk_hex(walk, receipt->event.bytes, KL_EVENT_ID_SIZE);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "index");
	kl_walk_number(walk, &receipt->index, 0, KL_INTEGER_MAX);
	kl_walk_end_line(walk);
	kl_walk_hash_line(walk, "leaf", &receipt->leaf);
	kl_walk_time_line(walk, "by", &receipt->by);
}

enum kl_result kl_receipt_read(struct kl_receipt *receipt, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_receipt read = { 0 };

	walk_receipt(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*receipt = read;
	return walk.result;
}

enum kl_result kl_receipt_write(
    const struct kl_receipt *receipt, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_receipt copy = *receipt;

	walk_receipt(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}
