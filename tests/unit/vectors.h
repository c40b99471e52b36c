/* vectors.h -- read tests/vectors/tlog; every file of it is one JSON object. */
#ifndef VECTORS_H
#define VECTORS_H

#include "kl_base64.h"
#include "kl_hash.h"
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>

#define TLOG "tests/vectors/tlog/"

/* The caller's, to json_decref(). */
static inline json_t *vectors_load(const char *path)
{
	json_t *value = json_load_file(path, JSON_ALLOW_NUL, NULL);

	if (!value)
		fail_msg("%s: not readable", path);
	return value;
}

/* A member that must be there. */
static inline json_t *member(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	if (!value)
		fail_msg("no member %s", name);
	return value;
}

static inline const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(member(object, name));
}

static inline uint64_t number_of(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(member(object, name));
}

/* The bytes of some hex; the caller's, to free(). */
static inline uint8_t *bytes_of_hex(const char *hex, size_t *size)
{
	uint8_t *bytes;

	*size = strlen(hex) / 2;
	bytes = malloc(*size + 1);
	assert_non_null(bytes);
	assert_int_equal(kl_unhex(hex, strlen(hex), bytes, *size), KL_OK);
	return bytes;
}

static inline struct kl_hash hash_of_hex(const char *hex)
{
	struct kl_hash hash;

	if (kl_unhex(hex, strlen(hex), hash.bytes, sizeof(hash.bytes)))
		fail_msg("%s: not a hash", hex);
	return hash;
}

static inline void assert_hash(const struct kl_hash *hash, const char *expected)
{
	char hex[KL_HASH_HEX];

	kl_hash_hex(hash, hex);
	assert_string_equal(hex, expected);
}

/* Entry `index` of the golden log: how many bytes. */
enum { ENTRY_MAX = 40 };

static inline size_t golden_entry(uint64_t index, char entry[static ENTRY_MAX])
{
	return (size_t)snprintf(
	    entry, ENTRY_MAX, "lottery-event-%llu", (unsigned long long)index);
}

#endif
