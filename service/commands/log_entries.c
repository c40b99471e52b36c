/* log_entries.c -- every entry of a log: form, id, time, order, seals. */
#include "kl_line.h"
#include "kl_witness.h"
#include "log_audit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SLOTS_FIRST = 1024, ARRAY_FIRST = 64, LARGE_PAGE = 2 << 20 };

/* --- a table -------------------------------------------------------------- */

/* Keys are hashes, so that nobody can choose where they fall. */
static size_t place_of(const struct audit_table *table, const uint8_t *key)
{
	size_t place = 0;

	memcpy(&place, key, sizeof(place));
	place &= table->capacity - 1; /* a power of two */
	while (table->slots[place].used &&
	       memcmp(table->slots[place].key, key, AUDIT_KEY_SIZE) != 0)
		place = (place + 1) & (table->capacity - 1);
	return place;
}

/* Large ones in large pages: every look-up falls somewhere else. */
static struct audit_slot *make_slots(size_t capacity)
{
	size_t size = capacity * sizeof(struct audit_slot);
	struct audit_slot *slots = size < LARGE_PAGE
				       ? calloc(1, size)
				       : aligned_alloc(LARGE_PAGE, size);

	if (!slots)
		abort();
	if (size >= LARGE_PAGE) {
		(void)madvise(slots, size, MADV_HUGEPAGE);
		memset(slots, 0, size);
	}
	return slots;
}

static void grow(struct audit_table *table)
{
	struct audit_table larger = {
		.capacity = table->capacity ? 2 * table->capacity : SLOTS_FIRST,
		.count = table->count,
	};

	larger.slots = make_slots(larger.capacity);
	for (size_t i = 0; i < table->capacity; i++)
		if (table->slots[i].used)
			larger.slots[place_of(&larger, table->slots[i].key)] =
			    table->slots[i];
	free(table->slots);
	*table = larger;
}

uint64_t *audit_table_at(struct audit_table *table,
    const uint8_t key[static AUDIT_KEY_SIZE], bool *is_new)
{
	struct audit_slot *slot;

	if (2 * (table->count + 1) > table->capacity)
		grow(table);
	slot = &table->slots[place_of(table, key)];
	*is_new = !slot->used;
	if (*is_new) {
		memcpy(slot->key, key, AUDIT_KEY_SIZE);
		slot->used = true;
		table->count++;
	}
	return &slot->number;
}

static void expect(
    const struct audit_table *table, const uint8_t key[static AUDIT_KEY_SIZE])
{
	size_t place = 0;

	memcpy(&place, key, sizeof(place));
	if (table->capacity > 0)
		__builtin_prefetch(
		    &table->slots[place & (table->capacity - 1)], 1);
}

void audit_key_make(const struct audit_entries *entries, struct kl_span kind,
    struct kl_span id, uint8_t key[static AUDIT_KEY_SIZE])
{
	uint8_t text[2 * KL_TOKEN_SIZE_MAX + 1];

	/* Tokens both, or an id of 16 bytes: the world cannot make it fail. */
	if (kind.size + 1 + id.size > sizeof(text))
		abort();
	memcpy(text, kind.at, kind.size);
	text[kind.size] = '\n';
	memcpy(text + kind.size + 1, id.at, id.size);
	crypto_shorthash_siphashx24(
	    key, text, kind.size + 1 + id.size, entries->secret);
}

void *audit_grow(
    void *array, size_t count, size_t *capacity, size_t element_size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity ? 2 * *capacity : ARRAY_FIRST;
	array = reallocarray(array, *capacity, element_size);
	if (!array)
		abort();
	return array;
}

/* --- one entry ------------------------------------------------------------ */

/* An entry that is being judged. */
struct judged {
	struct audit_entries *entries;
	struct audit_fault *fault;
	uint64_t index;
};

static enum audit_outcome fail(
    const struct judged *judged, const char *code, const char *why)
{
	return audit_fail_entry(judged->fault, judged->index, code, why);
}

static bool is_of(const struct kl_view *leaf, const char *kinds)
{
	struct kl_span kind = leaf->kind;

	return kl_line_take_word(&kind, kinds);
}

static const char *why_malformed(enum kl_result result)
{
	switch (result) {
	case KL_MISMATCH:
		return "it is not in canonical form";
	case KL_TOO_LARGE:
		return "it is too large or too deep";
	case KL_RANGE:
		return "a member has a value that is not permitted";
	case KL_OK:
	case KL_MALFORMED:
	case KL_NO_MEMORY:
		break;
	}
	return "it is no event";
}

/*
 * An object is a subject of one kind of thing, the first word of its events;
 * every event raises its version by one.
 */
static void make_object_key(const struct audit_entries *entries,
    const struct kl_view *leaf, uint8_t key[static AUDIT_KEY_SIZE])
{
	const char *dot = memchr(leaf->kind.at, '.', leaf->kind.size);
	struct kl_span thing = leaf->kind;

	if (dot)
		thing.size = (size_t)(dot - thing.at);
	audit_key_make(entries, thing, leaf->subject, key);
}

static enum audit_outcome check_seq(const struct judged *judged,
    const struct kl_view *leaf, const uint8_t object[static AUDIT_KEY_SIZE])
{
	bool is_new;
	uint64_t *seq = audit_table_at(&judged->entries->seqs, object, &is_new);

	if (leaf->seq != *seq + 1)
		return fail(judged, "seq",
		    "its seq is not one more than its subject had");
	*seq = leaf->seq;
	return AUDIT_GOOD;
}

/* --- seals ---------------------------------------------------------------- */

static enum audit_outcome take_sealed(
    const struct judged *judged, const struct kl_view *leaf)
{
	struct audit_entries *entries = judged->entries;
	struct audit_sealed sealed = {
		.index = judged->index, .id = leaf->id, .at = leaf->at
	};
	struct kl_span rest = leaf->data;

	if (leaf->organisation.size > 0 || !kl_span_is(leaf->subject, "-") ||
	    leaf->seq != 0 || !kl_line_take_word(&rest, "{\"digest\":\"") ||
	    rest.size != 2 * KL_HASH_SIZE + strlen("\"}") ||
	    kl_unhex(
		rest.at, 2 * KL_HASH_SIZE, sealed.digest.bytes, KL_HASH_SIZE))
		return fail(judged, "sealed",
		    "a sealed entry shows a digest and nothing else");
	entries->sealed = audit_grow(entries->sealed, entries->sealed_count,
	    &entries->sealed_capacity, sizeof(sealed));
	entries->sealed[entries->sealed_count++] = sealed;
	return AUDIT_GOOD;
}

/* Mostly they are opened one after another, as they were sealed. */
struct audit_sealed *audit_sealed_find(
    struct audit_entries *entries, uint64_t index)
{
	size_t low = 0, high = entries->sealed_count;
	size_t middle = entries->sealed_next;

	while (low < high) {
		if (middle < low || middle >= high)
			middle = low + (high - low) / 2;
		if (entries->sealed[middle].index == index) {
			entries->sealed_next = middle + 1;
			return &entries->sealed[middle];
		}
		if (entries->sealed[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* What was sealed must be the event of that entry, in its place. */
static enum audit_outcome check_opened(
    const struct judged *judged, const struct audit_sealed *sealed)
{
	const struct kl_buf *event = &judged->entries->event;
	uint8_t object[AUDIT_KEY_SIZE];
	struct kl_view leaf;
	enum audit_outcome outcome;

	if (kl_view_read((const char *)event->data, event->size, &leaf))
		return fail(judged, "opened", "what was sealed is no event");
	if (!kl_event_id_equal(&leaf.id, &sealed->id) ||
	    leaf.at != sealed->at || leaf.organisation.size == 0 ||
	    !audit_kind_known(leaf.kind))
		return fail(judged, "opened",
		    "what was sealed has another id, time or kind");
	make_object_key(judged->entries, &leaf, object);
	outcome = check_seq(judged, &leaf, object);
	if (outcome == AUDIT_GOOD && is_of(&leaf, "signup."))
		outcome = audit_notice_opens(judged->entries, judged->index,
		    sealed, &leaf, judged->fault);
	if (outcome == AUDIT_GOOD)
		outcome = audit_draws_opened(
		    judged->entries->draws, judged->index, &leaf);
	return outcome;
}

/* {"event":TEXT,"salt":TEXT} and nothing else: so it ends with what has a size
 * of its own. */
static bool read_opened(struct audit_entries *entries, struct kl_span data,
    uint8_t salt[static KL_SALT_SIZE])
{
	static const char between[] = ",\"salt\":\"";
	const size_t end_size =
	    strlen(between) + 2 * KL_SALT_SIZE + strlen("\"}");
	struct kl_span event = data, end;

	entries->event.limit = KL_LEAF_SIZE_MAX;
	entries->event.size = 0;
	if (!kl_line_take_word(&event, "{\"event\":") || event.size < end_size)
		return false;
	event.size -= end_size;
	end = (struct kl_span){ event.at + event.size, end_size };
	return kl_line_take_word(&end, between) &&
	       kl_scan_text(event, &entries->event) &&
	       !kl_unhex(end.at, 2 * KL_SALT_SIZE, salt, KL_SALT_SIZE) &&
	       !kl_buf_result(&entries->event);
}

static enum audit_outcome take_opened(
    const struct judged *judged, const struct kl_view *leaf)
{
	struct audit_entries *entries = judged->entries;
	struct audit_sealed *sealed = NULL;
	uint8_t salt[KL_SALT_SIZE];
	struct kl_hash digest;
	uint64_t index;

	if (!read_opened(entries, leaf->data, salt))
		return fail(
		    judged, "opened", "it opens with an event and its salt");
	if (!kl_decimal_read(leaf->subject, (uint64_t)KL_INTEGER_MAX, &index))
		sealed = audit_sealed_find(entries, index);
	if (!sealed || sealed->opened)
		return fail(judged, "opened",
		    "its subject is no sealed entry, or is open already");
	digest = kl_leaf_seal(salt, entries->event.data, entries->event.size);
	if (!kl_hash_equal(&digest, &sealed->digest))
		return fail(judged, "opened", "the digest is of other bytes");
	sealed->opened = true;
	entries->opened_count++;
	return check_opened(judged, sealed);
}

/* --- entry 0 -------------------------------------------------------------- */

static enum audit_outcome take_first(
    const struct judged *judged, const struct kl_view *leaf)
{
	struct audit_entries *entries = judged->entries;
	json_auto_t *data = json_loadb(leaf->data.at, leaf->data.size, 0, NULL);
	const char *origin = json_string_value(json_object_get(data, "origin"));
	const char *key = json_string_value(json_object_get(data, "log_key"));
	const char *receipt_key =
	    json_string_value(json_object_get(data, "receipt_key"));
	struct kl_public_key receipts;

	if (!kl_span_is(leaf->kind, "log.opened") || !origin || !key ||
	    !receipt_key || !kl_is_key_name(origin, strlen(origin)) ||
	    kl_public_key_read(key, strlen(key), &entries->log_key) ||
	    kl_public_key_read(receipt_key, strlen(receipt_key), &receipts))
		return fail(judged, "log-opened",
		    "the first entry names the log's origin and keys");
	memcpy(entries->origin, origin, strlen(origin) + 1);
	audit_draws_trust(entries->draws, origin, &entries->log_key);
	entries->rehearsal = json_object_get(data, "rehearsal") != NULL &&
			     kl_is_rehearsal(kl_span_of(origin));
	return audit_receipts_signed(entries, &receipts) ? AUDIT_GOOD
							 : AUDIT_UNUSABLE;
}

/* --- all
 * ---------------------------------------------------------------------- */

static enum audit_outcome judge(
    const struct judged *judged, const struct audit_read *read)
{
	struct audit_entries *entries = judged->entries;
	const struct kl_view *leaf = &read->view;
	enum audit_outcome outcome = AUDIT_GOOD;
	bool is_new;

	audit_table_at(&entries->ids, read->id, &is_new);
	if (!is_new)
		return fail(judged, "event-id", "its id was there before");
	if (!read->is_known)
		return fail(judged, "event-unknown",
		    "no event of a log of this version has this kind");
	if (judged->index > 0 && leaf->at < entries->at)
		return fail(judged, "time", "it is older than the one before");
	entries->at = leaf->at;
	if (kl_span_is(leaf->kind, "sealed"))
		return take_sealed(judged, leaf);
	if (leaf->organisation.size == 0 || kl_span_is(leaf->subject, "-"))
		return fail(judged, "entry-form",
		    "only a sealed entry has no subject and nobody");
	if (judged->index == 0)
		outcome = take_first(judged, leaf);
	else if (kl_span_is(leaf->kind, "log.opened"))
		return fail(judged, "log-opened", "a log is opened once");
	if (outcome == AUDIT_GOOD)
		outcome = check_seq(judged, leaf, read->object);
	if (outcome == AUDIT_GOOD && kl_span_is(leaf->kind, "opened"))
		outcome = take_opened(judged, leaf);
	if (outcome == AUDIT_GOOD && is_of(leaf, "notice."))
		outcome = audit_notice_take(
		    entries, judged->index, leaf, judged->fault);
	if (outcome == AUDIT_GOOD)
		outcome = audit_draws_take(entries->draws, judged->index,
		    read->bytes, read->size, leaf);
	return outcome;
}

/* The time of a rehearsal runs ahead. */
static enum audit_outcome check_time(const struct judged *judged, int64_t at)
{
	const struct audit_entries *entries = judged->entries;

	if (entries->rehearsal || at <= entries->now + KL_WITNESS_SKEW_S)
		return AUDIT_GOOD;
	return fail(judged, "time", "it is of a time that has not come");
}

void audit_entries_begin(struct audit_entries *entries)
{
	randombytes_buf(entries->secret, sizeof(entries->secret));
}

void audit_entry_read(const struct audit_entries *entries, const uint8_t *bytes,
    size_t size, struct audit_read *read)
{
	const struct kl_span none = { "", 0 };

	read->bytes = bytes;
	read->size = size;
	read->result = kl_view_read((const char *)bytes, size, &read->view);
	if (read->result)
		return;
	read->is_known = audit_kind_known(read->view.kind);
	audit_key_make(entries, none,
	    (struct kl_span){
		(const char *)read->view.id.bytes, KL_EVENT_ID_SIZE },
	    read->id);
	make_object_key(entries, &read->view, read->object);
}

void audit_entry_expect(
    const struct audit_entries *entries, const struct audit_read *read)
{
	if (read->result)
		return;
	expect(&entries->ids, read->id);
	expect(&entries->seqs, read->object);
}

enum audit_outcome audit_entry(struct audit_entries *entries, uint64_t index,
    const struct audit_read *read, struct audit_fault *fault)
{
	const struct judged judged = { entries, fault, index };
	enum audit_outcome outcome;

	if (entries->tree_only)
		return AUDIT_GOOD;
	if (read->result)
		return fail(&judged, "entry-form", why_malformed(read->result));
	outcome = judge(&judged, read);
	if (outcome == AUDIT_GOOD)
		outcome = check_time(&judged, read->view.at);
	if (outcome == AUDIT_GOOD)
		outcome = audit_receipts_meet(entries, index, read->bytes,
		    read->size, &read->view, fault);
	return outcome;
}

void audit_entries_clear(struct audit_entries *entries)
{
	free(entries->ids.slots);
	free(entries->seqs.slots);
	free(entries->sealed);
	kl_buf_clear(&entries->event);
	free(entries->notice_places.slots);
	free(entries->notices);
	*entries = (struct audit_entries){ 0 };
}
