/* party_receipt.c -- what the log has promised us, and whether it keeps it. */
#include "party.h"

#include <stdio.h>
#include <string.h>

enum {
	ANSWER_SIZE_MAX = 1 << 20,
	RECEIPT_MODE = 0644,
	DELAY_S_MAX = 3600, /* no log has longer to publish: merge_delay_s */
};

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
	deed->by = receipt->by;
}

/* What is promised for some day is no promise. */
static enum kl_party_code check_time(
    struct party *party, const struct kl_receipt *receipt)
{
	return receipt->by > party->now + DELAY_S_MAX + KL_PARTY_SKEW_S
		   ? party_about(party, KL_PARTY_RECEIPT_BAD, "by")
		   : KL_PARTY_GOOD;
}

enum kl_party_code party_receipt_take(
    struct party *party, struct party_deed *deed, const char *name)
{
	json_t *json = NULL;
	struct kl_receipt receipt;
	enum kl_party_code code =
	    party_receipt_check(party, &party->answer, &receipt, &json);

	if (!code)
		code = check_time(party, &receipt);
	if (!code && !deed->has_receipt) {
		code = party_folder_write(party, name, party->answer.data,
		    party->answer.size, RECEIPT_MODE);
		if (!code)
			remember(deed, &receipt);
	}
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

/* --- is it kept? ---------------------------------------------------------- */

/* Our own entry of this kind: one such stands in each draw. `other` when the
 * folder does not say whose it is: that is told in its time. */
static const struct party_event *own_event(
    struct party *party, const char *prefix, const struct party_event *other)
{
	char stem[PARTY_NAME_SIZE];
	struct kl_span id;

	if (!party_read_declare(party) || party_secret_read(party))
		return other;
	id = party->told.declare.parties[party->told.party].id;
	snprintf(stem, sizeof(stem), "%s%.*s", prefix, (int)id.size, id.at);
	return party_event_of(party, stem);
}

static bool is_leaf(const struct party_event *event, const struct kl_hash *leaf)
{
	struct kl_hash hash = kl_leaf_hash(event->leaf.data, event->leaf.size);

	return kl_hash_equal(&hash, leaf);
}

/* Once the log is that long the entry stands where it was promised, unless we
 * have not been told of it yet; and it is that long in time. */
static enum kl_party_code find(
    struct party *party, const struct party_deed *deed, const char *prefix)
{
	const struct party_event *event = party_event_at(party, deed->index);

	if (event && !is_leaf(event, &deed->leaf))
		return KL_PARTY_RECEIPT_BROKEN;
	if (event)
		return own_event(party, prefix, event) == event
			   ? KL_PARTY_GOOD
			   : KL_PARTY_RECEIPT_BAD;
	if (deed->index < party->log.checkpoint.size &&
	    !party->log.behind_events)
		return KL_PARTY_RECEIPT_BROKEN;
	if (party->now <= deed->by + KL_PARTY_SKEW_S)
		return KL_PARTY_GOOD;
	return party_log_shows(party, deed->index, &deed->leaf);
}

/* Somebody brought it: it may go on, and the promise is broken all the same. */
static enum kl_party_code go_on_without(const struct party *party,
    struct party_deed *deed, enum kl_party_code code, const char *name)
{
	if (code == KL_PARTY_RECEIPT_BROKEN && !deed->told_it_broke)
		party_say(party,
		    "  ! 日志没有兑现回执 %s/%s，但另有本方的条目："
		    "请保留回执并通知审计机构",
		    "  ! the log does not hold what %s/%s promised, but has "
		    "our entry elsewhere: keep the receipt, and call the "
		    "auditor",
		    party->options->folder, name);
	deed->told_it_broke = true;
	return KL_PARTY_GOOD;
}

static enum kl_party_code hold(struct party *party, struct party_deed *deed,
    const char *prefix, const char *name)
{
	enum kl_party_code code = KL_PARTY_GOOD;

	if (deed->has_receipt)
		code = find(party, deed, prefix);
	if (code != KL_PARTY_RECEIPT_BROKEN && code != KL_PARTY_RECEIPT_BAD)
		return code;
	return own_event(party, prefix, NULL)
		   ? go_on_without(party, deed, code, name)
		   : party_about(party, code, name);
}

enum kl_party_code party_receipts_hold(struct party *party)
{
	enum kl_party_code code = hold(
	    party, &party->committed, "committed-", PARTY_COMMITMENT_RECEIPT);

	return code ? code
		    : hold(party, &party->revealed, "revealed-",
			  PARTY_REVEAL_RECEIPT);
}
