/* From keyed hashes to numbers: open addressing in a buffer. */
#include "kl_audit_private.h"

#include <sodium.h>
#include <string.h>

enum { SLOTS_FIRST = 64 };

struct slot {
	struct kl_audit_key key;
	uint64_t number; /* 0: free */
};

struct kl_audit_key kl_audit_key_of(
    const struct kl_audit *audit, const void *bytes, size_t size)
{
	struct kl_audit_key key;

	crypto_shorthash_siphashx24(key.bytes, bytes, size, audit->secret);
	return key;
}

static size_t capacity_of(const struct kl_audit_table *table)
{
	return table->slots.size / sizeof(struct slot);
}

/* Keys are hashes, so that nobody can choose where they fall. */
static struct slot *slot_of(
    const struct kl_audit_table *table, const struct kl_audit_key *key)
{
	struct slot *slots = (struct slot *)(void *)table->slots.data;
	size_t mask = capacity_of(table) - 1; /* a power of two */
	size_t place = 0;

	memcpy(&place, key->bytes, sizeof(place));
	place &= mask;
	while (slots[place].number &&
	       memcmp(&slots[place].key, key, sizeof(*key)) != 0)
		place = (place + 1) & mask;
	return &slots[place];
}

static bool grow(struct kl_audit_table *table)
{
	static const struct slot none = { .number = 0 };
	const struct slot *old = (const struct slot *)(void *)table->slots.data;
	size_t old_capacity = capacity_of(table);
	size_t capacity = old_capacity ? 2 * old_capacity : SLOTS_FIRST;
	struct kl_audit_table larger = { KL_BUF(capacity * sizeof(none)),
		table->count };

	for (size_t i = 0; i < capacity; i++)
		kl_buf_add(&larger.slots, &none, sizeof(none));
	if (kl_buf_result(&larger.slots)) {
		kl_buf_clear(&larger.slots);
		return false;
	}
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].number)
			*slot_of(&larger, &old[i].key) = old[i];
	kl_buf_clear(&table->slots);
	*table = larger;
	return true;
}

uint64_t *kl_audit_table_at(
    struct kl_audit_table *table, const struct kl_audit_key *key)
{
	struct slot *slot;

	if (2 * (table->count + 1) > capacity_of(table) && !grow(table))
		return NULL;
	slot = slot_of(table, key);
	if (!slot->number) {
		slot->key = *key;
		table->count++; /* the caller gives it a number */
	}
	return &slot->number;
}

uint64_t kl_audit_table_find(
    const struct kl_audit_table *table, const struct kl_audit_key *key)
{
	return table->count > 0 ? slot_of(table, key)->number : 0;
}
