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

/* --- as a file ------------------------------------------------------------ */

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
	struct kl_buf *bytes = &receipt->bytes;
	const char *text;

	*receipt = (struct audit_receipt){ .path = path,
		.bytes = KL_BUF(FILE_SIZE_MAX) };
	if (!command_read("log", path, bytes))
		return false;
	text = bytes->data ? (char *)bytes->data : "";
	receipt->is_proof = kl_proof_is(text, bytes->size);
	if (receipt->is_proof)
		return !kl_proof_read(text, bytes->size, &receipt->proof) ||
		       refuse(receipt, "no proof of c2sp.org/tlog-proof");
	receipt->json =
	    json_loadb(text, bytes->size, JSON_REJECT_DUPLICATES, NULL);
	return take_apart(receipt, receipt->json) ||
	       refuse(receipt, "no receipt of klero/1");
}

void audit_receipt_clear(struct audit_receipt *receipt)
{
	json_decref(receipt->json);
	kl_buf_clear(&receipt->bytes);
	*receipt = (struct audit_receipt){ 0 };
}

/* --- against the log ------------------------------------------------------ */

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
		if (!entries->receipts[i].is_proof &&
		    !is_signed(&entries->receipts[i], entries->origin, key))
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

static uint64_t index_of(const struct audit_receipt *receipt)
{
	return receipt->is_proof ? receipt->proof.index
				 : (uint64_t)receipt->said.index;
}

enum audit_outcome audit_receipts_meet(struct audit_entries *entries,
    uint64_t index, const void *bytes, size_t size, const struct kl_view *leaf,
    struct audit_fault *fault)
{
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t i = 0; i < entries->receipt_count && !outcome; i++) {
		struct audit_receipt *receipt = &entries->receipts[i];
		struct kl_hash hash;

		if (index_of(receipt) != index)
			continue;
		hash = kl_leaf_hash(bytes, size);
		receipt->leaf = hash;
		if (receipt->is_proof)
			receipt->found = true;
		else
			outcome = meet(receipt, &hash, leaf, fault);
	}
	return outcome;
}

enum audit_outcome audit_receipts_end(
    const struct audit_entries *entries, int64_t now, struct audit_fault *fault)
{
	for (size_t i = 0; i < entries->receipt_count; i++) {
		const struct audit_receipt *receipt = &entries->receipts[i];

		if (receipt->found || receipt->is_proof ||
		    now <= receipt->said.by + CLOCK_SKEW_S)
			continue;
		fault->receipt = receipt;
		return audit_fail_entry(fault, (uint64_t)receipt->said.index,
		    "receipt-broken",
		    "it should have been here by the time that was promised");
	}
	return AUDIT_GOOD;
}

/* Whatever its checkpoint is, it was read as one before. */
static bool proves(const struct audit_receipt *receipt)
{
	const struct kl_proof *proof = &receipt->proof;
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	return receipt->found &&
	       !kl_note_read(
		   proof->checkpoint, proof->checkpoint_size, &note) &&
	       !kl_checkpoint_read(note.text, note.text_size, &checkpoint) &&
	       !kl_inclusion_check(proof->index, checkpoint.size,
		   &receipt->leaf, &proof->path, &checkpoint.root);
}

bool audit_receipts_prove(const struct audit_entries *entries)
{
	for (size_t i = 0; i < entries->receipt_count; i++)
		if (entries->receipts[i].is_proof &&
		    !proves(&entries->receipts[i]))
			return refuse(&entries->receipts[i],
			    "it does not prove what this log has there");
	return true;
}
