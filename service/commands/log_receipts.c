/* log_receipts.c -- what a log has promised: is it there, and in time? */
#include "command.h"
#include "log_audit.h"

#include <stdio.h>
#include <string.h>

enum {
	FILE_SIZE_MAX = 1 << 18, /* bytes: the answer of an act */
	CLOCK_SKEW_S = 60,       /* by which our clock may be ahead */
};

static bool refuse(const struct audit_receipt *receipt, const char *why)
{
	fprintf(stderr, "log: %s: %s\n", receipt->path, why);
	return false;
}

/* --- as a file ---------------------------------------------------------------
 */

/* The receipt alone, or the answer that it came in. */
static bool take_apart(struct audit_receipt *receipt, const json_t *json)
{
	const json_t *inner = json_object_get(json, "receipt");
	const char *signature, *salt = NULL;

	if (json_unpack(inner ? (json_t *)inner : (json_t *)json,
		"{s:s, s:s, s?s, s?s}", "text", &receipt->text, "signature",
		&signature, "event", &receipt->event, "salt", &salt) ||
	    !receipt->event != !salt)
		return false;
	return !kl_receipt_read(&receipt->said, receipt->text,
		   strlen(receipt->text), NULL) &&
	       !kl_signature_read(
		   signature, strlen(signature), &receipt->signature) &&
	       (!salt || !kl_unhex(salt, strlen(salt), receipt->salt,
			     sizeof(receipt->salt)));
}

bool audit_receipt_read(struct audit_receipt *receipt, const char *path)
{
	struct kl_buf bytes = KL_BUF(FILE_SIZE_MAX);
	bool good = false;

	*receipt = (struct audit_receipt){ .path = path };
	if (!command_read("log", path, &bytes))
		goto out;
	receipt->json = json_loadb(bytes.data ? (char *)bytes.data : "",
	    bytes.size, JSON_REJECT_DUPLICATES, NULL);
	good = take_apart(receipt, receipt->json) ||
	       refuse(receipt, "no receipt of klero/1");
out:
	kl_buf_clear(&bytes);
	return good;
}

void audit_receipt_clear(struct audit_receipt *receipt)
{
	json_decref(receipt->json);
	*receipt = (struct audit_receipt){ 0 };
}

/* --- against the log ---------------------------------------------------------
 */

static bool is_signed(const struct audit_receipt *receipt, const char *origin,
    const struct kl_public_key *key)
{
	const struct kl_span *said = &receipt->said.origin;

	if (said->size != strlen(origin) ||
	    memcmp(said->at, origin, said->size) != 0)
		return refuse(receipt, "of another log");
	if (kl_verify(
		key, receipt->text, strlen(receipt->text), &receipt->signature))
		return refuse(
		    receipt, "the receipt key of the log has not signed it");
	return true;
}

bool audit_receipts_signed(
    const struct audit_entries *entries, const struct kl_public_key *key)
{
	for (size_t i = 0; i < entries->receipt_count; i++)
		if (!is_signed(&entries->receipts[i], entries->origin, key))
			return false;
	return true;
}

/* The bytes that came with it are what the leaf shows the digest of. */
static bool is_sealed_as_told(
    const struct audit_receipt *receipt, const struct kl_view *leaf)
{
	struct kl_span hex;
	struct kl_hash digest, told;

	if (!receipt->event)
		return true;
	digest =
	    kl_leaf_seal(receipt->salt, receipt->event, strlen(receipt->event));
	return kl_span_is(leaf->kind, "sealed") &&
	       kl_scan_member(leaf->data, "digest", &hex) && hex.size > 2 &&
	       !kl_unhex(hex.at + 1, hex.size - 2, told.bytes, KL_HASH_SIZE) &&
	       kl_hash_equal(&digest, &told);
}

static enum audit_outcome meet(struct audit_receipt *receipt,
    const struct kl_hash *hash, const struct kl_view *leaf,
    struct audit_fault *fault)
{
	const struct kl_receipt *said = &receipt->said;

	receipt->found =
	    kl_hash_equal(hash, &said->leaf) &&
	    memcmp(leaf->id.bytes, said->event.bytes, KL_EVENT_ID_SIZE) == 0 &&
	    is_sealed_as_told(receipt, leaf);
	if (receipt->found)
		return AUDIT_GOOD;
	fault->receipt = receipt;
	return audit_fail_entry(fault, (uint64_t)said->index, "receipt",
	    "the log has signed that another event would stand here");
}

enum audit_outcome audit_receipts_meet(struct audit_entries *entries,
    uint64_t index, const void *bytes, size_t size, const struct kl_view *leaf,
    struct audit_fault *fault)
{
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t i = 0; i < entries->receipt_count && !outcome; i++) {
		struct audit_receipt *receipt = &entries->receipts[i];
		struct kl_hash hash;

		if ((uint64_t)receipt->said.index != index)
			continue;
		hash = kl_leaf_hash(bytes, size);
		outcome = meet(receipt, &hash, leaf, fault);
	}
	return outcome;
}

enum audit_outcome audit_receipts_end(
    const struct audit_entries *entries, int64_t now, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->receipt_count; i++) {
		const struct audit_receipt *receipt = &entries->receipts[i];

		if (receipt->found || now <= receipt->said.by + CLOCK_SKEW_S)
			continue;
		fault->receipt = receipt;
		return audit_fail_entry(fault, (uint64_t)receipt->said.index,
		    "receipt-broken",
		    "it should have been here by the time that was promised");
	}
	return AUDIT_GOOD;
}
