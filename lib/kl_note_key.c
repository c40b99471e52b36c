#include "kl_base64.h"
#include "kl_hash.h"
#include "kl_note.h"
#include "kl_utf8.h"

#include <stdio.h>
#include <string.h>

static const char private_prefix[] = "PRIVATE+KEY+";

/* A type and a key, or a type and a seed: what stands in base64. */
struct typed {
	uint8_t bytes[1 + KL_PUBLIC_KEY_SIZE];
};

static bool is_space(uint32_t point)
{
	return point == 0x20 || point == 0x85 || point == 0xa0 ||
	       point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
	       point == 0x2028 || point == 0x2029 || point == 0x202f ||
	       point == 0x205f || point == 0x3000;
}

bool kl_is_note_name(const char *name, size_t size)
{
	uint32_t point;
	size_t used;

	if (size < 1 || size > KL_NOTE_NAME_MAX)
		return false;
	for (size_t i = 0; i < size; i += used) {
		used = kl_utf8_next(name + i, size - i, &point);
		if (used == 0 || point < 0x20 || point == '+' ||
		    is_space(point))
			return false;
	}
	return true;
}

struct kl_key_id kl_key_id_of(
    const char *name, enum kl_key_type type, const struct kl_public_key *key)
{
	struct kl_hasher hasher;
	struct kl_hash hash;
	struct kl_key_id id;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, name);
	kl_hasher_add(&hasher, "\n", 1);
	kl_hasher_add(&hasher, &(uint8_t){ (uint8_t)type }, 1);
	kl_hasher_add(&hasher, key->bytes, sizeof(key->bytes));
	hash = kl_hasher_end(&hasher);
	memcpy(id.bytes, hash.bytes, sizeof(id.bytes));
	return id;
}

struct kl_note_key kl_note_key_of(const char *name, size_t name_size,
    enum kl_key_type type, const struct kl_public_key *public_key)
{
	struct kl_note_key key = { .type = type, .key = *public_key };

	memcpy(key.name, name, name_size);
	key.id = kl_key_id_of(key.name, type, public_key);
	return key;
}

enum kl_result kl_note_key_make(struct kl_note_key *key, const char *name,
    size_t name_size, enum kl_key_type type,
    const struct kl_public_key *public_key)
{
	if (!kl_is_note_name(name, name_size))
		return KL_MALFORMED;
	*key = kl_note_key_of(name, name_size, type, public_key);
	return KL_OK;
}

/* --- as text -------------------------------------------------------------- */

static bool is_type(uint8_t byte)
{
	return byte == KL_KEY_NOTE || byte == KL_KEY_COSIGNATURE;
}

/* `name+<8 hex>+base64`: the parts, the base64 decoded. */
static enum kl_result read_parts(const char *text, size_t size,
    size_t *name_size, struct kl_key_id *id, struct typed *typed)
{
	const char *plus = size > 0 ? memchr(text, '+', size) : NULL;
	const char *hex, *base64;

	if (!plus || size < (size_t)(plus - text) + 1 + KL_KEY_ID_HEX)
		return KL_MALFORMED;
	hex = plus + 1;
	base64 = hex + KL_KEY_ID_HEX;
	if (base64[-1] != '+' ||
	    kl_unhex(hex, KL_KEY_ID_HEX - 1, id->bytes, sizeof(id->bytes)) ||
	    kl_base64_read(base64, size - (size_t)(base64 - text), typed->bytes,
		sizeof(typed->bytes)) ||
	    !is_type(typed->bytes[0]))
		return KL_MALFORMED;
	*name_size = (size_t)(plus - text);
	return KL_OK;
}

/* Write `prefix name+<8 hex>+base64(type || bytes)`. */
static void write_parts(const char *prefix, const struct kl_note_key *key,
    const uint8_t bytes[static KL_PUBLIC_KEY_SIZE], char *text)
{
	struct kl_buf base64 = KL_BUF(KL_BASE64_SIZE(sizeof(struct typed)));
	char hex[KL_KEY_ID_HEX];
	struct typed typed = { { (uint8_t)key->type } };

	memcpy(typed.bytes + 1, bytes, KL_PUBLIC_KEY_SIZE);
	kl_hex(key->id.bytes, sizeof(key->id.bytes), hex);
	kl_base64_add(&base64, typed.bytes, sizeof(typed.bytes));
	snprintf(text, KL_NOTE_KEY_TEXT, "%s%s+%s+%.*s", prefix, key->name, hex,
	    (int)base64.size, (const char *)base64.data);
	kl_buf_clear(&base64);
}

enum kl_result kl_note_key_read(
    const char *text, size_t size, struct kl_note_key *key)
{
	struct kl_public_key public_key;
	struct kl_note_key read;
	struct kl_key_id id;
	struct typed typed;
	size_t name_size;

	if (read_parts(text, size, &name_size, &id, &typed))
		return KL_MALFORMED;
	memcpy(public_key.bytes, typed.bytes + 1, sizeof(public_key.bytes));
	if (kl_note_key_make(&read, text, name_size,
		(enum kl_key_type)typed.bytes[0], &public_key) ||
	    memcmp(read.id.bytes, id.bytes, sizeof(id.bytes)) != 0)
		return KL_MALFORMED;
	*key = read;
	return KL_OK;
}

void kl_note_key_write(
    const struct kl_note_key *key, char text[static KL_NOTE_KEY_TEXT])
{
	write_parts("", key, key->key.bytes, text);
}

enum kl_result kl_note_seed_read(const char *text, size_t size,
    struct kl_note_key *key, uint8_t seed[static KL_SEED_SIZE])
{
	size_t prefix = sizeof(private_prefix) - 1, name_size;
	struct kl_note_key read;
	struct kl_signer signer;
	struct kl_key_id id;
	struct typed typed;
	enum kl_result result;

	if (size < prefix || memcmp(text, private_prefix, prefix) != 0 ||
	    read_parts(text + prefix, size - prefix, &name_size, &id, &typed))
		return KL_MALFORMED;
	kl_signer_make(&signer, typed.bytes + 1);
	result = kl_note_key_make(&read, text + prefix, name_size,
	    (enum kl_key_type)typed.bytes[0], &signer.key);
	kl_signer_clear(&signer);
	if (result || memcmp(read.id.bytes, id.bytes, sizeof(id.bytes)) != 0)
		return KL_MALFORMED;
	*key = read;
	memcpy(seed, typed.bytes + 1, KL_SEED_SIZE);
	return KL_OK;
}

void kl_note_seed_write(const struct kl_note_key *key,
    const uint8_t seed[static KL_SEED_SIZE], char text[static KL_NOTE_KEY_TEXT])
{
	write_parts(private_prefix, key, seed, text);
}
