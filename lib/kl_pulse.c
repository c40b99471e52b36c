#include "kl_pulse.h"

#include "kl_time.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

enum { MESSAGE_SIZE_MAX = 4096, RSA_EXPONENT = 65537, MINUTE_S = 60 };

/* --- which one ------------------------------------------------------------ */

int64_t kl_pulse_time(int64_t due)
{
	int64_t over = due % MINUTE_S; /* below 0 before 1970 */

	return due - over + (over > 0 ? MINUTE_S : 0);
}

/* YYYY-MM-DDTHH:MM:SS.000Z as the beacon serves it. */
static bool is_time(const json_t *value, int64_t time)
{
	const char *text = json_string_value(value);
	char expected[KL_TIME_TEXT];

	kl_time_write(time, expected);
	return text && strlen(text) == KL_TIME_SIZE + 4 &&
	       memcmp(text, expected, KL_TIME_SIZE - 1) == 0 &&
	       strcmp(text + KL_TIME_SIZE - 1, ".000Z") == 0;
}

bool kl_pulse_is_of(
    const json_t *pulse, const struct kl_certificate_id *id, int64_t time)
{
	const json_t *status = json_object_get(pulse, "statusCode");
	struct kl_certificate_id named;

	return kl_pulse_hash(
		   json_object_get(pulse, "certificateId"), named.bytes) &&
	       memcmp(&named, id, sizeof(named)) == 0 &&
	       is_time(json_object_get(pulse, "timeStamp"), time) &&
	       json_is_integer(status) && json_integer_value(status) == 0;
}

/* --- what it says --------------------------------------------------------- */

static enum kl_result take_pulse(const json_t *pulse, struct kl_seed *seed)
{
	const json_t *index = json_object_get(pulse, "pulseIndex");
	const json_t *value = json_object_get(pulse, "outputValue");

	seed->pulse_index = json_integer_value(index);
	return json_is_integer(index) &&
		       kl_pulse_hash(value, seed->output.bytes)
		   ? KL_OK
		   : KL_MALFORMED;
}

enum kl_result kl_seed_of(
    const struct kl_beacon *beacon, const json_t *pulse, struct kl_seed *seed)
{
	*seed = (struct kl_seed){ .kind = beacon->kind };
	switch (beacon->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		seed->value = beacon->value;
		break;
	case KL_BEACON_NIST:
		return take_pulse(pulse, seed);
	case KL_BEACON_DRAND:
		seed->round = beacon->round;
		seed->randomness =
		    kl_hash_of(&beacon->signature, sizeof(beacon->signature));
		break;
	}
	return KL_OK;
}

/* --- the message ---------------------------------------------------------- */

/* The bytes so far, and whether all was there in its form. */
struct message {
	struct kl_buf *out;
	bool whole;
};

static void add_u32(struct message *message, uint32_t number)
{
	number = htobe32(number);
	kl_buf_add(message->out, &number, sizeof(number));
}

/* A whole number from 0 to `max`, or -1. */
static int64_t read_number(const json_t *object, const char *name, int64_t max)
{
	const json_t *value = json_object_get(object, name);
	int64_t number = json_integer_value(value);

	return json_is_integer(value) && number >= 0 && number <= max ? number
								      : -1;
}

static void add_short(
    struct message *message, const json_t *object, const char *name)
{
	int64_t number = read_number(object, name, UINT32_MAX);

	message->whole &= number >= 0;
	add_u32(message, (uint32_t)number);
}

static void add_long(
    struct message *message, const json_t *object, const char *name)
{
	int64_t number = read_number(object, name, KL_INTEGER_MAX);
	uint64_t big = htobe64((uint64_t)number);

	message->whole &= number >= 0;
	kl_buf_add(message->out, &big, sizeof(big));
}

static void add_text(
    struct message *message, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	size_t size = json_string_length(value);

	message->whole &= json_is_string(value) && size <= KL_PULSE_TEXT_MAX;
	if (!message->whole)
		return;
	add_u32(message, (uint32_t)size);
	kl_buf_add(message->out, json_string_value(value), size);
}

static char lower(char digit)
{
	return digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit;
}

/* 2 * size digits, upper case or lower. */
static bool read_hex(const json_t *value, uint8_t bytes[], size_t size)
{
	const char *text = json_string_value(value);
	bool read = text && json_string_length(value) == 2 * size;

	for (size_t i = 0; i < size && read; i++) {
		char pair[] = { lower(text[2 * i]), lower(text[2 * i + 1]) };

		read = !kl_unhex(pair, sizeof(pair), &bytes[i], 1);
	}
	return read;
}

bool kl_pulse_hash(const json_t *value, uint8_t hash[static KL_PULSE_HASH_SIZE])
{
	return read_hex(value, hash, KL_PULSE_HASH_SIZE);
}

static void add_hash(
    struct message *message, const json_t *object, const char *name)
{
	uint8_t hash[KL_PULSE_HASH_SIZE] = { 0 };

	message->whole &= kl_pulse_hash(json_object_get(object, name), hash);
	add_u32(message, sizeof(hash));
	kl_buf_add(message->out, hash, sizeof(hash));
}

static const char *const list_types[] = { "previous", "hour", "day", "month",
	"year" };
enum { LIST_SIZE = sizeof(list_types) / sizeof(*list_types) };

/* The `index`th of listValues if it is of its type; otherwise NULL. */
static const json_t *list_value(const json_t *pulse, size_t index)
{
	const json_t *list = json_object_get(pulse, "listValues");
	const json_t *entry = json_array_get(list, index);
	const char *type = json_string_value(json_object_get(entry, "type"));

	if (json_array_size(list) != LIST_SIZE || !type ||
	    strcmp(type, list_types[index]) != 0)
		return NULL;
	return entry;
}

static bool is_version_2(const json_t *pulse)
{
	const char *version =
	    json_string_value(json_object_get(pulse, "version"));

	return version && strcmp(version, "Version 2.0") == 0 &&
	       read_number(pulse, "cipherSuite", 0) == 0;
}

enum kl_result kl_pulse_message(const json_t *pulse, struct kl_buf *out)
{
	const json_t *external = json_object_get(pulse, "external");
	struct message message = { out, is_version_2(pulse) };

	add_text(&message, pulse, "uri");
	add_text(&message, pulse, "version");
	add_short(&message, pulse, "cipherSuite");
	add_short(&message, pulse, "period");
	add_hash(&message, pulse, "certificateId");
	add_long(&message, pulse, "chainIndex");
	add_long(&message, pulse, "pulseIndex");
	add_text(&message, pulse, "timeStamp");
	add_hash(&message, pulse, "localRandomValue");
	add_hash(&message, external, "sourceId");
	add_short(&message, external, "statusCode");
	add_hash(&message, external, "value");
	for (size_t i = 0; i < LIST_SIZE; i++)
		add_hash(&message, list_value(pulse, i), "value");
	add_hash(&message, pulse, "precommitmentValue");
	add_short(&message, pulse, "statusCode");
	return message.whole ? kl_buf_result(out) : KL_MALFORMED;
}

/* --- its signature -------------------------------------------------------- */

/* RSASSA-PKCS1-v1_5, RFC 8017 §8.2.2: the one padding of this hash, whole. */
static enum kl_result verify_hash(const struct kl_certificate *certificate,
    const uint8_t hash[static KL_PULSE_HASH_SIZE], const uint8_t signature[])
{
	RSA *rsa = RSA_new();
	BIGNUM *modulus =
	    BN_bin2bn(certificate->modulus, (int)certificate->size, NULL);
	BIGNUM *exponent = BN_new();
	enum kl_result result = KL_NO_MEMORY;

	ERR_set_mark();
	if (rsa && modulus && exponent && BN_set_word(exponent, RSA_EXPONENT) &&
	    RSA_set0_key(rsa, modulus, exponent, NULL)) {
		modulus = exponent = NULL; /* they are the key's now */
		if (RSA_verify(NID_sha512, hash, KL_PULSE_HASH_SIZE, signature,
			(unsigned)certificate->size, rsa))
			result = KL_OK;
		else if (ERR_GET_REASON(ERR_peek_last_error()) !=
			 ERR_R_MALLOC_FAILURE)
			result = KL_MISMATCH;
	}
	ERR_pop_to_mark();
	BN_free(modulus);
	BN_free(exponent);
	RSA_free(rsa);
	return result;
}

/* What the pulse says of itself besides its message. */
struct claims {
	uint8_t signature[KL_RSA_SIZE_MAX];
	uint8_t output[KL_PULSE_HASH_SIZE];
	struct kl_certificate_id certificate;
};

static bool read_claims(const json_t *pulse, size_t size, struct claims *claims)
{
	return read_hex(json_object_get(pulse, "signatureValue"),
		   claims->signature, size) &&
	       kl_pulse_hash(
		   json_object_get(pulse, "outputValue"), claims->output) &&
	       kl_pulse_hash(json_object_get(pulse, "certificateId"),
		   claims->certificate.bytes);
}

static enum kl_result verify_message(const struct kl_buf *message,
    const struct claims *claims, const struct kl_certificate *certificate)
{
	uint8_t hash[KL_PULSE_HASH_SIZE], output[KL_PULSE_HASH_SIZE];
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, message->data, message->size);
	crypto_hash_sha512_update(&state, claims->signature, certificate->size);
	crypto_hash_sha512_final(&state, output);
	if (memcmp(output, claims->output, sizeof(output)) != 0 ||
	    memcmp(&claims->certificate, &certificate->id,
		sizeof(certificate->id)) != 0)
		return KL_MISMATCH;
	crypto_hash_sha512(hash, message->data, message->size);
	return verify_hash(certificate, hash, claims->signature);
}

enum kl_result kl_pulse_verify(
    const json_t *pulse, const struct kl_certificate *certificate)
{
	struct kl_buf message = KL_BUF(MESSAGE_SIZE_MAX);
	enum kl_result result = kl_pulse_message(pulse, &message);
	struct claims claims;

	if (!result && !read_claims(pulse, certificate->size, &claims))
		result = KL_MALFORMED;
	if (!result)
		result = verify_message(&message, &claims, certificate);
	kl_buf_clear(&message);
	return result;
}

/* --- two of them ---------------------------------------------------------- */

enum kl_result kl_pulse_follows(const json_t *earlier, const json_t *later)
{
	uint8_t output[KL_PULSE_HASH_SIZE], previous[KL_PULSE_HASH_SIZE];
	uint8_t committed[KL_PULSE_HASH_SIZE], local[KL_PULSE_HASH_SIZE];
	int64_t chain = read_number(earlier, "chainIndex", KL_INTEGER_MAX);
	int64_t index = read_number(earlier, "pulseIndex", KL_INTEGER_MAX);
	int64_t same = read_number(later, "chainIndex", KL_INTEGER_MAX);
	int64_t next = read_number(later, "pulseIndex", KL_INTEGER_MAX);

	if (chain < 0 || index < 0 || same < 0 || next < 0 ||
	    !kl_pulse_hash(json_object_get(earlier, "outputValue"), output) ||
	    !kl_pulse_hash(
		json_object_get(earlier, "precommitmentValue"), committed) ||
	    !kl_pulse_hash(
		json_object_get(list_value(later, 0), "value"), previous) ||
	    !kl_pulse_hash(json_object_get(later, "localRandomValue"), local))
		return KL_MALFORMED;
	crypto_hash_sha512(local, local, sizeof(local));
	if (same != chain || next != index + 1 ||
	    memcmp(previous, output, sizeof(output)) != 0 ||
	    memcmp(local, committed, sizeof(local)) != 0)
		return KL_MISMATCH;
	return KL_OK;
}
