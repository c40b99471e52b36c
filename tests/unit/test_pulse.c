/* Pulses of the NIST beacon: recorded ones, and altered ones. */
#include "beacons.h"

#include <sodium.h>
#include <strings.h>

static json_t *load_pulse(const char *path)
{
	json_auto_t *file = vectors_load(path);

	return json_incref(member(file, "pulse"));
}

static json_t *load_54609(void)
{
	return load_pulse(NIST_VECTORS "pulse-54609.json");
}

static json_t *load_test(size_t index)
{
	return json_loads(test_pulse(index), 0, NULL);
}

/* --- which one ------------------------------------------------------------ */

static void names_the_first_whole_minute(void **state)
{
	(void)state;
	assert_int_equal(kl_pulse_time(0), 0);
	assert_int_equal(kl_pulse_time(1), 60);
	assert_int_equal(kl_pulse_time(59), 60);
	assert_int_equal(kl_pulse_time(60), 60);
	assert_int_equal(kl_pulse_time(61), 120);
	assert_int_equal(kl_pulse_time(-1), 0);
	assert_int_equal(kl_pulse_time(-60), -60);
	assert_int_equal(kl_pulse_time(-61), -60);
	assert_int_equal(kl_pulse_time(-119), -60);
}

static void is_of_one_minute_and_certificate(void **state)
{
	const struct kl_certificate_id *id = &kl_nist_certificate.id;
	struct kl_certificate_id other = *id;
	json_auto_t *pulse = load_54609();
	int64_t time = 1535650980; /* 2018-08-30T17:43:00Z */

	(void)state;
	assert_true(kl_pulse_is_of(pulse, id, time));
	assert_false(kl_pulse_is_of(pulse, id, time - 60));
	assert_false(kl_pulse_is_of(pulse, id, time + 1));
	other.bytes[63] ^= 1;
	assert_false(kl_pulse_is_of(pulse, &other, time));
	json_object_set_new(pulse, "statusCode", json_integer(1));
	assert_false(kl_pulse_is_of(pulse, id, time));
	json_object_set_new(pulse, "statusCode", json_string("0"));
	assert_false(kl_pulse_is_of(pulse, id, time));
	json_object_set_new(pulse, "statusCode", json_integer(0));
	json_object_set_new(
	    pulse, "timeStamp", json_string("2018-08-30T17:43:00.001Z"));
	assert_false(kl_pulse_is_of(pulse, id, time));
	json_object_del(pulse, "timeStamp");
	assert_false(kl_pulse_is_of(pulse, id, time));
}

/* --- what a seed says ----------------------------------------------------- */

static void makes_a_seed_of_a_round(void **state)
{
	struct kl_beacon beacon = { .kind = KL_BEACON_DRAND, .round = 7 };
	struct kl_seed seed;

	(void)state;
	memset(beacon.signature.bytes, 5, sizeof(beacon.signature.bytes));
	assert_int_equal(kl_seed_of(&beacon, NULL, &seed), KL_OK);
	assert_int_equal(seed.kind, KL_BEACON_DRAND);
	assert_int_equal(seed.round, 7);
	assert_hash(&seed.randomness, "bae0441407d7f6e0fe664fd07f8d1443"
				      "40acea5f88820f2ad0c800671c9479e3");
}

static void makes_a_seed_of_a_value(void **state)
{
	struct kl_beacon beacon = { .kind = KL_BEACON_PUBLIC,
		.value = kl_span_of("01 02 03") };
	struct kl_seed seed;

	(void)state;
	assert_int_equal(kl_seed_of(&beacon, NULL, &seed), KL_OK);
	assert_int_equal(seed.kind, KL_BEACON_PUBLIC);
	assert_true(kl_span_is(seed.value, "01 02 03"));
	beacon.kind = KL_BEACON_NONE;
	assert_int_equal(kl_seed_of(&beacon, NULL, &seed), KL_OK);
	assert_int_equal(seed.kind, KL_BEACON_NONE);
}

static void makes_a_seed_of_a_pulse(void **state)
{
	const struct kl_beacon beacon = { .kind = KL_BEACON_NIST };
	json_auto_t *pulse = load_54609();
	struct kl_seed seed;
	char hex[2 * KL_NIST_OUTPUT_SIZE + 1];

	(void)state;
	assert_int_equal(kl_seed_of(&beacon, pulse, &seed), KL_OK);
	assert_int_equal(seed.kind, KL_BEACON_NIST);
	assert_int_equal(seed.pulse_index, 54609);
	kl_hex(seed.output.bytes, sizeof(seed.output.bytes), hex);
	assert_int_equal(strcasecmp(hex, text_of(pulse, "outputValue")), 0);
	json_object_set_new(pulse, "pulseIndex", json_string("54609"));
	assert_int_equal(kl_seed_of(&beacon, pulse, &seed), KL_MALFORMED);
	json_object_set_new(pulse, "pulseIndex", json_integer(54609));
	json_object_set_new(pulse, "outputValue", json_string("00"));
	assert_int_equal(kl_seed_of(&beacon, pulse, &seed), KL_MALFORMED);
	assert_int_equal(kl_seed_of(&beacon, NULL, &seed), KL_MALFORMED);
}

/* --- pulses --------------------------------------------------------------- */

static void verifies_recorded_pulses(void **state)
{
	static const char *const paths[] = { NIST_VECTORS "pulse-1.json",
		NIST_VECTORS "pulse-54609.json" };
	struct kl_certificate other = test_certificate();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		json_auto_t *file = vectors_load(paths[i]);
		const json_t *pulse = member(file, "pulse");
		struct kl_buf message = KL_BUF(4096);
		size_t size;
		uint8_t *expected =
		    bytes_of_hex(text_of(file, "message_hex"), &size);

		assert_int_equal(kl_pulse_message(pulse, &message), KL_OK);
		assert_int_equal(message.size, size);
		assert_memory_equal(message.data, expected, size);
		free(expected);
		kl_buf_clear(&message);
		assert_int_equal(
		    kl_pulse_verify(pulse, &kl_nist_certificate), KL_OK);
		assert_int_equal(kl_pulse_verify(pulse, &other), KL_MALFORMED);
	}
}

/* The very key, under another certificate's id. */
static void refuses_another_certificate_of_the_key(void **state)
{
	struct kl_certificate certificate = kl_nist_certificate;
	json_auto_t *pulse = load_54609();

	(void)state;
	certificate.id.bytes[0] ^= 1;
	assert_int_equal(kl_pulse_verify(pulse, &certificate), KL_MISMATCH);
}

/* Upper case or lower, it is the same pulse. */
static void reads_either_case(void **state)
{
	static const char *const names[] = { "certificateId",
		"localRandomValue", "signatureValue", "outputValue" };
	json_auto_t *pulse = load_54609();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (int turn = 0; turn < 2; turn++) {
			char *text = strdup(text_of(pulse, names[i]));

			for (char *at = text; *at; at++)
				if (*at >= 'A' && *at <= 'F')
					*at = (char)(*at - 'A' + 'a');
				else if (*at >= 'a' && *at <= 'f')
					*at = (char)(*at - 'a' + 'A');
			json_object_set_new(pulse, names[i], json_string(text));
			free(text);
			assert_int_equal(
			    kl_pulse_verify(pulse, &kl_nist_certificate),
			    KL_OK);
		}
}

/* The object a member stands in: the pulse, or one within it. */
static json_t *inside(json_t *pulse, const char *where)
{
	if (strcmp(where, "external") == 0)
		return member(pulse, where);
	if (strcmp(where, "list") == 0)
		return json_array_get(member(pulse, "listValues"), 3);
	return pulse;
}

static enum kl_result verify_with(
    const char *where, const char *name, json_t *value)
{
	json_auto_t *pulse = load_54609();
	json_t *object = inside(pulse, where);

	assert_non_null(json_object_get(object, name));
	if (value)
		json_object_set_new(object, name, value);
	else
		json_object_del(object, name);
	return kl_pulse_verify(pulse, &kl_nist_certificate);
}

static char *with_another_digit(const char *hex)
{
	char *text = strdup(hex);

	text[70] = text[70] == '0' ? '1' : '0';
	return text;
}

/* Each member that counts: altered, of another form, gone. */
static void refuses_each_altered_member(void **state)
{
	static const struct {
		const char *where, *name;
		bool number;
	} members[] = {
		{ "", "uri", false },
		{ "", "period", true },
		{ "", "certificateId", false },
		{ "", "chainIndex", true },
		{ "", "pulseIndex", true },
		{ "", "timeStamp", false },
		{ "", "localRandomValue", false },
		{ "external", "sourceId", false },
		{ "external", "statusCode", true },
		{ "external", "value", false },
		{ "list", "value", false },
		{ "", "precommitmentValue", false },
		{ "", "statusCode", true },
		{ "", "signatureValue", false },
		{ "", "outputValue", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const char *where = members[i].where, *name = members[i].name;
		json_auto_t *pulse = load_54609();
		json_t *old = member(inside(pulse, where), name), *altered;

		if (members[i].number) {
			altered = json_integer(json_integer_value(old) + 1);
		} else if (json_string_length(old) > 70) {
			char *text = with_another_digit(json_string_value(old));

			altered = json_string(text);
			free(text);
		} else {
			altered = json_string("2018-08-30T17:43:00.001Z");
		}
		if (verify_with(where, name, altered) != KL_MISMATCH ||
		    verify_with(where, name, NULL) != KL_MALFORMED ||
		    verify_with(where, name, json_true()) != KL_MALFORMED)
			fail_msg("%s", name);
	}
}

static void refuses_another_form(void **state)
{
	static char text[KL_PULSE_TEXT_MAX + 2];

	(void)state;
	memset(text, 'x', KL_PULSE_TEXT_MAX + 1);
	assert_int_equal(
	    verify_with("", "uri", json_string(text)), KL_MALFORMED);
	text[KL_PULSE_TEXT_MAX] = '\0';
	assert_int_equal(
	    verify_with("", "uri", json_string(text)), KL_MISMATCH);
	assert_int_equal(verify_with("", "version", json_string("Version 2.1")),
	    KL_MALFORMED);
	assert_int_equal(verify_with("", "version", NULL), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "cipherSuite", json_integer(1)), KL_MALFORMED);
	assert_int_equal(verify_with("", "cipherSuite", NULL), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "period", json_integer(-1)), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "period", json_integer(UINT32_MAX)), KL_MISMATCH);
	assert_int_equal(
	    verify_with("", "period", json_integer((int64_t)UINT32_MAX + 1)),
	    KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "chainIndex", json_integer(KL_INTEGER_MAX)),
	    KL_MISMATCH);
	assert_int_equal(
	    verify_with("", "chainIndex", json_integer(KL_INTEGER_MAX + 1)),
	    KL_MALFORMED);
	assert_int_equal(
	    verify_with("list", "type", json_string("year")), KL_MALFORMED);
	assert_int_equal(verify_with("list", "type", NULL), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "listValues", json_array()), KL_MALFORMED);
	assert_int_equal(verify_with("", "external", NULL), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "outputValue", json_string("0G")), KL_MALFORMED);
	assert_int_equal(
	    verify_with("", "signatureValue", json_string("00")), KL_MALFORMED);
}

/* One more in the list, that nobody signed. */
static void refuses_a_longer_list(void **state)
{
	json_auto_t *pulse = load_54609();
	json_t *list = member(pulse, "listValues");

	(void)state;
	json_array_append(list, json_array_get(list, 0));
	assert_int_equal(
	    kl_pulse_verify(pulse, &kl_nist_certificate), KL_MALFORMED);
}

/* What is not signed may be anything. */
static void does_not_look_at_the_rest(void **state)
{
	(void)state;
	assert_int_equal(
	    verify_with("list", "uri", json_string("elsewhere")), KL_OK);
	assert_int_equal(verify_with("list", "uri", json_null()), KL_OK);
}

/* Each bit of the signature, with the output made to follow. */
static void refuses_altered_signatures(void **state)
{
	json_auto_t *pulse = load_54609();
	struct kl_buf message = KL_BUF(4096);
	const char *hex = text_of(pulse, "signatureValue");
	uint8_t output[KL_PULSE_HASH_SIZE], signature[KL_RSA_SIZE_MAX];
	char text[2 * KL_RSA_SIZE_MAX + 1];

	(void)state;
	assert_int_equal(kl_pulse_message(pulse, &message), KL_OK);
	for (size_t i = 0; i < sizeof(signature); i++) {
		char pair[] = { hex[2 * i] | 0x20, hex[2 * i + 1] | 0x20 };

		assert_int_equal(kl_unhex(pair, 2, &signature[i], 1), KL_OK);
	}
	for (size_t bit = 0; bit < 8 * sizeof(signature); bit += 37) {
		crypto_hash_sha512_state hash;

		signature[bit / 8] ^= 1 << bit % 8;
		crypto_hash_sha512_init(&hash);
		crypto_hash_sha512_update(&hash, message.data, message.size);
		crypto_hash_sha512_update(&hash, signature, sizeof(signature));
		crypto_hash_sha512_final(&hash, output);
		kl_hex(signature, sizeof(signature), text);
		json_object_set_new(pulse, "signatureValue", json_string(text));
		kl_hex(output, sizeof(output), text);
		json_object_set_new(pulse, "outputValue", json_string(text));
		assert_int_equal(
		    kl_pulse_verify(pulse, &kl_nist_certificate), KL_MISMATCH);
		signature[bit / 8] ^= 1 << bit % 8;
	}
	kl_buf_clear(&message);
}

/* --- two of them ---------------------------------------------------------- */

static enum kl_result follow_with(
    size_t which, const char *where, const char *name, json_t *value)
{
	json_auto_t *earlier = load_test(0), *later = load_test(1);
	json_t *object = which == 0 ? earlier : later;

	if (strcmp(where, "previous") == 0)
		object = json_array_get(member(object, "listValues"), 0);
	assert_int_equal(json_object_set_new(object, name, value), 0);
	return kl_pulse_follows(earlier, later);
}

static void knows_the_next_pulse(void **state)
{
	struct kl_certificate certificate = test_certificate();
	json_auto_t *earlier = load_test(0), *later = load_test(1);
	json_auto_t *recorded = load_54609();
	const char *other = text_of(recorded, "outputValue");

	(void)state;
	assert_int_equal(kl_pulse_verify(earlier, &certificate), KL_OK);
	assert_int_equal(kl_pulse_verify(later, &certificate), KL_OK);
	assert_int_equal(kl_pulse_follows(earlier, later), KL_OK);
	assert_int_equal(kl_pulse_follows(later, earlier), KL_MISMATCH);
	assert_int_equal(kl_pulse_follows(earlier, earlier), KL_MISMATCH);
	assert_int_equal(
	    follow_with(1, "", "chainIndex", json_integer(2)), KL_MISMATCH);
	assert_int_equal(
	    follow_with(1, "", "pulseIndex", json_integer(9)), KL_MISMATCH);
	assert_int_equal(
	    follow_with(0, "", "outputValue", json_string(other)), KL_MISMATCH);
	assert_int_equal(
	    follow_with(1, "previous", "value", json_string(other)),
	    KL_MISMATCH);
	assert_int_equal(
	    follow_with(1, "", "localRandomValue", json_string(other)),
	    KL_MISMATCH);
	assert_int_equal(
	    follow_with(0, "", "precommitmentValue", json_string(other)),
	    KL_MISMATCH);
}

static void wants_both_pulses_whole(void **state)
{
	static const struct {
		size_t which;
		const char *where, *name;
	} cases[] = {
		{ 0, "", "chainIndex" },
		{ 0, "", "pulseIndex" },
		{ 0, "", "outputValue" },
		{ 0, "", "precommitmentValue" },
		{ 1, "", "chainIndex" },
		{ 1, "", "pulseIndex" },
		{ 1, "previous", "value" },
		{ 1, "previous", "type" },
		{ 1, "", "localRandomValue" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(follow_with(cases[i].which, cases[i].where,
				     cases[i].name, json_null()),
		    KL_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_first_whole_minute),
		cmocka_unit_test(is_of_one_minute_and_certificate),
		cmocka_unit_test(makes_a_seed_of_a_round),
		cmocka_unit_test(makes_a_seed_of_a_value),
		cmocka_unit_test(makes_a_seed_of_a_pulse),
		cmocka_unit_test(verifies_recorded_pulses),
		cmocka_unit_test(refuses_another_certificate_of_the_key),
		cmocka_unit_test(reads_either_case),
		cmocka_unit_test(refuses_each_altered_member),
		cmocka_unit_test(refuses_another_form),
		cmocka_unit_test(refuses_a_longer_list),
		cmocka_unit_test(does_not_look_at_the_rest),
		cmocka_unit_test(refuses_altered_signatures),
		cmocka_unit_test(knows_the_next_pulse),
		cmocka_unit_test(wants_both_pulses_whole),
	};

	return cmocka_run_group_tests_name("kl_pulse", tests, NULL, NULL);
}
