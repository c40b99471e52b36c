/* Notes, their keys and cosignatures are those of C2SP and other programs. */
#include "kl_note.h"
#include "vectors.h"

enum { KEYS_MAX = 4 };

static enum kl_result read_key(const char *text, struct kl_note_key *key)
{
	return kl_note_key_read(text, strlen(text), key);
}

/* Read and verify; `verified` gets how many keys have signed. */
static enum kl_result open_note(
    const char *bytes, const json_t *vkeys, size_t *verified)
{
	struct kl_note_key keys[KEYS_MAX];
	struct kl_note_verdict verdicts[KEYS_MAX];
	struct kl_note note;
	enum kl_result result = kl_note_read(bytes, strlen(bytes), &note);

	*verified = 0;
	if (result)
		return result;
	for (size_t i = 0; i < json_array_size(vkeys); i++)
		assert_int_equal(
		    read_key(
			json_string_value(json_array_get(vkeys, i)), &keys[i]),
		    KL_OK);
	result = kl_note_verify(&note, keys, json_array_size(vkeys), verdicts);
	for (size_t i = 0; i < json_array_size(vkeys) && !result; i++)
		*verified += verdicts[i].has_signed;
	return result;
}

static void check_note(const json_t *vector)
{
	bool ok = json_is_true(member(vector, "ok"));
	const char *why = ok ? "" : text_of(vector, "why");
	size_t verified;
	enum kl_result result = open_note(
	    text_of(vector, "note"), member(vector, "vkeys"), &verified);

	if (ok != !result)
		fail_msg("%s: %d", text_of(vector, "desc"), result);
	if (ok)
		assert_int_equal(verified, number_of(vector, "verified"));
	else if (strcmp(why, "malformed") != 0 &&
		 strncmp(why, "more than", 9) != 0)
		assert_int_equal(result, KL_MISMATCH);
	else
		assert_true(result == KL_MALFORMED || result == KL_TOO_LARGE);
}

static void opens_notes_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "signed_note.json");
	json_t *notes = member(file, "notes");
	struct kl_note note;

	(void)state;
	assert_int_equal(json_array_size(notes), 16);
	for (size_t i = 0; i < json_array_size(notes); i++) {
		json_t *vector = json_array_get(notes, i);
		json_t *hex = json_object_get(vector, "bad_utf8_hex");

		check_note(vector);
		if (hex) {
			size_t size;
			uint8_t *bytes =
			    bytes_of_hex(json_string_value(hex), &size);

			assert_int_equal(
			    kl_note_read((char *)bytes, size, &note),
			    KL_MALFORMED);
			free(bytes);
		}
	}
	print_message("signed_note.json: 16 notes\n");
	json_decref(file);
}

static void refuses_altered_keys(void **state)
{
	static const char good[] =
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
	    "LDE4izWy10TW";
	char text[sizeof(good)], again[KL_NOTE_KEY_TEXT];
	struct kl_note_key key;

	(void)state;
	assert_int_equal(read_key(good, &key), KL_OK);
	kl_note_key_write(&key, again);
	assert_string_equal(again, good);
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		memcpy(text, good, sizeof(good));
		text[i]++;
		assert_int_equal(read_key(text, &key), KL_MALFORMED);
	}
	for (size_t start = 0; start < sizeof(good) - 1; start++)
		for (size_t size = 0; size < sizeof(good) - 1 - start; size++)
			assert_int_equal(
			    kl_note_key_read(good + start, size, &key),
			    KL_MALFORMED);
}

static void check_vkeys(const json_t *vkeys, const char *what)
{
	struct kl_note_key key;

	for (size_t i = 0; i < json_array_size(vkeys); i++) {
		json_t *vector = json_array_get(vkeys, i);
		const char *text = text_of(vector, "vkey");
		bool ok = json_is_true(json_object_get(vector, "ok"));

		if (ok != !read_key(text, &key))
			fail_msg("%s", text);
		if (ok)
			assert_int_equal(key.type, number_of(vector, "type"));
	}
	print_message("%s: %zu vkeys\n", what, json_array_size(vkeys));
}

static void reads_vkeys_as_others(void **state)
{
	json_t *notes = vectors_load(TLOG "signed_note.json");
	json_t *cosignatures = vectors_load(TLOG "cosignature.json");

	(void)state;
	check_vkeys(member(notes, "vkeys_bad"), "signed_note.json");
	check_vkeys(member(cosignatures, "vkeys"), "cosignature.json");
	json_decref(notes);
	json_decref(cosignatures);
}

static void signs_as_the_example(void **state)
{
	json_t *file = vectors_load(TLOG "signed_note.json");
	json_t *example = member(file, "signer_example");
	const char *skey = text_of(example, "skey");
	const char *text = text_of(example, "text");
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	char again[KL_NOTE_KEY_TEXT];
	uint8_t seed[KL_SEED_SIZE];
	struct kl_note_key key;
	struct kl_signer signer;

	(void)state;
	assert_int_equal(
	    kl_note_seed_read(skey, strlen(skey), &key, seed), KL_OK);
	kl_note_seed_write(&key, seed, again);
	assert_string_equal(again, skey);
	kl_signer_make(&signer, seed);
	kl_buf_add_text(&out, text);
	kl_buf_add_byte(&out, '\n');
	assert_int_equal(
	    kl_note_sign(&out, text, strlen(text), &key, &signer), KL_OK);
	assert_int_equal(out.size, strlen(text_of(example, "signed")));
	assert_memory_equal(out.data, text_of(example, "signed"), out.size);
	assert_int_equal(
	    kl_note_seed_read(skey + 1, strlen(skey) - 1, &key, seed),
	    KL_MALFORMED);
	kl_buf_clear(&out);
	json_decref(file);
}

/* --- cosignatures --------------------------------------------------------- */

static struct kl_signer signer_of(const char *seed_hex)
{
	size_t size;
	uint8_t *seed = bytes_of_hex(seed_hex, &size);
	struct kl_signer signer;

	assert_int_equal(size, KL_SEED_SIZE);
	kl_signer_make(&signer, seed);
	free(seed);
	return signer;
}

/* Does `key` say yes to the body under this one line, and at what time? */
static struct kl_note_verdict verdict_on(const struct kl_note_key *key,
    const char *body, const char *line, enum kl_result *result)
{
	struct kl_note_verdict verdict = { 0 };
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note note;

	kl_buf_add_text(&out, body);
	kl_buf_add_text(&out, "\n");
	kl_buf_add_text(&out, line);
	assert_int_equal(
	    kl_note_read((char *)out.data, out.size, &note), KL_OK);
	*result = kl_note_judge(&note, key, 1, &verdict);
	kl_buf_clear(&out);
	return verdict;
}

static void cosigns_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "cosignature.json");
	json_t *vector = json_array_get(member(file, "verifiable"), 0);
	json_t *ignored = member(vector, "must_ignore");
	const char *body = text_of(vector, "body");
	const char *name = text_of(vector, "name");
	struct kl_signer signer = signer_of(text_of(vector, "seed_hex"));
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_verdict verdict;
	struct kl_note_key key;
	enum kl_result result;

	(void)state;
	assert_int_equal(kl_note_key_make(&key, name, strlen(name),
			     KL_KEY_COSIGNATURE, &signer.key),
	    KL_OK);
	assert_int_equal(kl_note_cosign(&out, body, strlen(body), &key, &signer,
			     number_of(vector, "time")),
	    KL_OK);
	kl_buf_add_byte(&out, '\0');
	assert_string_equal((char *)out.data, text_of(vector, "line"));
	verdict = verdict_on(&key, body, text_of(vector, "line"), &result);
	assert_int_equal(result, KL_OK);
	assert_true(verdict.has_signed);
	assert_int_equal(verdict.time, number_of(vector, "time"));
	assert_int_equal(json_array_size(ignored), 3);
	for (size_t i = 0; i < 3; i++) {
		verdict = verdict_on(&key, body,
		    json_string_value(json_array_get(ignored, i)), &result);
		assert_false(verdict.has_signed);
	}
	print_message("cosignature.json: 1 verifiable, 3 to ignore\n");
	kl_buf_clear(&out);
	json_decref(file);
}

/* The time stands after the id, and only where its 8 bytes are. */
static void takes_the_time_of_a_cosignature(void **state)
{
	json_t *file = vectors_load(TLOG "cosignature.json");
	json_t *times = member(file, "timestamps");

	(void)state;
	for (size_t i = 0; i < json_array_size(times); i++) {
		json_t *vector = json_array_get(times, i);
		const char *base64 = text_of(vector, "signature");
		uint8_t blob[4 + 8 + KL_SIGNATURE_SIZE];
		uint64_t time = 0;
		bool whole =
		    !kl_base64_read(base64, strlen(base64), blob, sizeof(blob));

		assert_int_equal(
		    whole, json_object_get(vector, "time") != NULL);
		for (size_t at = 4; whole && at < 12; at++)
			time = time << 8 | blob[at];
		if (whole)
			assert_int_equal(time, number_of(vector, "time"));
	}
	print_message(
	    "cosignature.json: %zu timestamps\n", json_array_size(times));
	json_decref(file);
}

static void cosigns_only_at_a_time(void **state)
{
	static const uint8_t seed[KL_SEED_SIZE] = { 3 };
	struct kl_buf out = KL_BUF(1024);
	struct kl_signer signer;
	struct kl_note_key key;

	(void)state;
	kl_signer_make(&signer, seed);
	assert_int_equal(
	    kl_note_key_make(&key, "w", 1, KL_KEY_COSIGNATURE, &signer.key),
	    KL_OK);
	assert_int_equal(
	    kl_note_cosign(&out, "a\n", 2, &key, &signer, 0), KL_RANGE);
	assert_int_equal(kl_note_cosign(&out, "a\n", 2, &key, &signer,
			     (uint64_t)INT64_MAX + 1),
	    KL_RANGE);
	assert_int_equal(
	    kl_note_cosign(&out, "a\n", 2, &key, &signer, INT64_MAX), KL_OK);
	kl_buf_clear(&out);
}

/* --- limits --------------------------------------------------------------- */

static void names_are_words(void **state)
{
	/* U+200B is no space: it has no width. */
	static const char *const good[] = { "a", "example.com/log", "密钥",
		"x\xe2\x80\x8by" };
	static const char *const bad[] = { "", "a b", "a+b", "a\nb",
		"a\xc2\xa0", "a\xe2\x80\x83", "\xe3\x80\x80", "a\xff",
		"a\x01" };
	char longest[KL_NOTE_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(kl_is_note_name(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(kl_is_note_name(bad[i], strlen(bad[i])));
	memset(longest, 'n', sizeof(longest));
	assert_true(kl_is_note_name(longest, KL_NOTE_NAME_MAX));
	assert_false(kl_is_note_name(longest, KL_NOTE_NAME_MAX + 1));
}

static enum kl_result read_with_lines(size_t count)
{
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note note;
	enum kl_result result;

	kl_buf_add_text(&out, "text\n\n");
	for (size_t i = 0; i < count; i++)
		kl_buf_add_text(&out, "\u2014 a AAAAAAA=\n");
	result = kl_note_read((char *)out.data, out.size, &note);
	kl_buf_clear(&out);
	return result;
}

static void stops_at_its_limits(void **state)
{
	char *large = malloc(KL_NOTE_SIZE_MAX + 1);
	static const char tail[] = "\n\n\u2014 a AAAAAAA=\n";
	size_t tail_size = sizeof(tail) - 1;
	struct kl_note note;

	(void)state;
	assert_int_equal(read_with_lines(KL_NOTE_SIGNATURES_MAX), KL_OK);
	assert_int_equal(
	    read_with_lines(KL_NOTE_SIGNATURES_MAX + 1), KL_TOO_LARGE);
	memset(large, 'x', KL_NOTE_SIZE_MAX + 1);
	memcpy(large + KL_NOTE_SIZE_MAX - tail_size, tail, tail_size);
	assert_int_equal(kl_note_read(large, KL_NOTE_SIZE_MAX, &note), KL_OK);
	memcpy(large + KL_NOTE_SIZE_MAX + 1 - tail_size, tail, tail_size);
	assert_int_equal(
	    kl_note_read(large, KL_NOTE_SIZE_MAX + 1, &note), KL_TOO_LARGE);
	free(large);
}

static void refuses_lines_of_another_form(void **state)
{
	static const char *const bad[] = {
		"a\n\n\u2014 a AAAAAA==\n",  /* an id and nothing else */
		"a\n\n\u2014 a AAAAAAB=\n",  /* bits that carry nothing */
		"a\n\n\u2014 a AAAAAAA\n",   /* no padding */
		"a\n\n\u2014 a AAAAAAA= \n", /* more after it */
		"a\n\n\u2014 a  AAAAAAA=\n",
		"a\n\n\u2014 AAAAAAA=\n",
		"a\n\n\u2014 a AAAAAAA=\nb\n",
		"a\n\n\u2014 a AAAAAAA=\r\n",
		"a\n\u2014 a AAAAAAA=\n",
		"\n",
		"",
		"\n\n",
		"a\tb\n\n\u2014 a AAAAAAA=\n",
	};
	struct kl_note note;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (kl_note_read(bad[i], strlen(bad[i]), &note) != KL_MALFORMED)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(
	    kl_note_read("a\n\nb\n\n\u2014 a AAAAAAA=\n",
		sizeof("a\n\nb\n\n\u2014 a AAAAAAA=\n") - 1, &note),
	    KL_OK);
	assert_int_equal(note.text_size, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_notes_as_others),
		cmocka_unit_test(refuses_altered_keys),
		cmocka_unit_test(reads_vkeys_as_others),
		cmocka_unit_test(signs_as_the_example),
		cmocka_unit_test(cosigns_as_others),
		cmocka_unit_test(takes_the_time_of_a_cosignature),
		cmocka_unit_test(cosigns_only_at_a_time),
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(stops_at_its_limits),
		cmocka_unit_test(refuses_lines_of_another_form),
	};

	return cmocka_run_group_tests_name("kl_note", tests, NULL, NULL);
}
