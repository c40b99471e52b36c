/* party_receipt.c -- what the log has promised us, and whether it keeps it. */
#include "party.h"

#include <string.h>

enum { ANSWER_SIZE_MAX = 1 << 20, RECEIPT_MODE = 0644 };

static struct kl_span text_of(const json_t *json, const char *name)
{
	const json_t *text = json_object_get(json, name);

	return json_is_string(text) ? (struct kl_span){ json_string_value(text),
		json_string_length(text) }
				    : kl_span_of("");
}

enum kl_party_code party_receipt_check(struct party *party,
    const struct kl_buf *answer, struct kl_receipt *receipt, json_t **json)
{
	const json_t *inner;

	*json = json_loadb(answer->data ? (const char *)answer->data : "",
	    answer->size, JSON_REJECT_DUPLICATES, NULL);
	inner = json_object_get(*json, "receipt");
	if (kl_party_receipt_read(receipt, text_of(inner, "text"),
		text_of(inner, "signature"), party->log.key,
		&party->log.receipt_key))
		return party_about(party, KL_PARTY_RECEIPT_BAD, "");
	return KL_PARTY_GOOD;
}

static void remember(struct party_deed *deed, const struct kl_receipt *receipt)
{
	deed->has_receipt = true;
	deed->index = (uint64_t)receipt->index;
	deed->leaf = receipt->leaf;
}

enum kl_party_code party_receipt_take(
    struct party *party, struct party_deed *deed, const char *name)
{
	json_t *json = NULL;
	struct kl_receipt receipt;
	enum kl_party_code code =
	    party_receipt_check(party, &party->answer, &receipt, &json);

	if (!code)
		code = party_folder_write(party, name, party->answer.data,
		    party->answer.size, RECEIPT_MODE);
	if (!code)
		remember(deed, &receipt);
	json_decref(json);
	return code;
}

void party_receipt_read(
    struct party *party, struct party_deed *deed, const char *name)
{
	struct kl_buf answer = KL_BUF(ANSWER_SIZE_MAX);
	struct kl_receipt receipt;
	json_t *json = NULL;

	if (!party_folder_read(party, name, &answer) &&
	    !party_receipt_check(party, &answer, &receipt, &json))
		remember(deed, &receipt);
	json_decref(json);
	kl_buf_clear(&answer);
}

/* Once the log is that long, the entry stands where it was promised; unless we
 * have not been told of it yet. */
static bool holds(const struct party *party, const struct party_deed *deed)
{
	struct kl_hash hash;

	if (!deed->has_receipt || deed->index >= party->log.checkpoint.size)
		return true;
	for (size_t i = 0; i < party->event_count; i++) {
		const struct party_event *event = &party->events[i];

		if (event->index != deed->index)
			continue;
		hash = kl_leaf_hash(event->leaf.data, event->leaf.size);
		return kl_hash_equal(&hash, &deed->leaf);
	}
	return party->log.behind_events;
}

enum kl_party_code party_receipts_hold(struct party *party)
{
	if (!holds(party, &party->committed))
		return party_about(
		    party, KL_PARTY_RECEIPT_BROKEN, PARTY_COMMITMENT_RECEIPT);
	if (!holds(party, &party->revealed))
		return party_about(
		    party, KL_PARTY_RECEIPT_BROKEN, PARTY_REVEAL_RECEIPT);
	return KL_PARTY_GOOD;
}
