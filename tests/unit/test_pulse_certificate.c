/* Certificates of pulses: the pinned one, PEM as it comes, spoilt DER. */
#include "beacons.h"

#include <stdio.h>

static struct kl_buf load_bytes(const char *path)
{
	static char bytes[1 << 14];
	struct kl_buf out = KL_BUF(KL_CERTIFICATE_SIZE_MAX + 1);
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	kl_buf_add(&out, bytes, fread(bytes, 1, sizeof(bytes), file));
	fclose(file);
	return out;
}

static struct kl_buf load_pem(void)
{
	return load_bytes(NIST_VECTORS "certificate-5501e3d7.pem");
}

static enum kl_result read_pem(
    const struct kl_buf *pem, struct kl_certificate *certificate)
{
	return kl_certificate_read(
	    (const char *)pem->data, pem->size, certificate);
}

/* What is built in is what the recorded certificate says. */
static void pins_the_recorded_certificate(void **state)
{
	struct kl_buf pem = load_pem();
	struct kl_certificate certificate;
	struct kl_certificate_id other = { { 1 } };

	(void)state;
	assert_int_equal(read_pem(&pem, &certificate), KL_OK);
	assert_memory_equal(
	    &certificate, &kl_nist_certificate, sizeof(certificate));
	assert_ptr_equal(
	    kl_certificate_pinned(&certificate.id), &kl_nist_certificate);
	assert_null(kl_certificate_pinned(&other));
	kl_buf_clear(&pem);
}

static void refuses_other_keys(void **state)
{
	json_auto_t *file = vectors_load(NIST_VECTORS "test-pulses.json");
	struct kl_certificate certificate;
	json_t *other;
	size_t index;

	(void)state;
	assert_int_equal(json_array_size(member(file, "refused")), 4);
	json_array_foreach (member(file, "refused"), index, other) {
		const char *pem = text_of(other, "certificate");

		if (kl_certificate_read(pem, strlen(pem), &certificate) !=
		    KL_RANGE)
			fail_msg("%s", text_of(other, "what"));
	}
}

/* Around it may stand what people write; lines may end as elsewhere. */
static void reads_pem_as_it_comes(void **state)
{
	json_auto_t *file = vectors_load(NIST_VECTORS "test-pulses.json");
	struct kl_buf pem = load_pem(), other = KL_BUF(1 << 15);
	struct kl_certificate certificate;

	(void)state;
	kl_buf_add_text(&other, "subject=CN = engine.beacon.nist.gov\r\n\r\n");
	for (size_t i = 0; i < pem.size; i++) {
		if (pem.data[i] == '\n')
			kl_buf_add_byte(&other, '\r');
		kl_buf_add_byte(&other, pem.data[i]);
	}
	assert_int_equal(read_pem(&other, &certificate), KL_OK);
	assert_memory_equal(
	    &certificate, &kl_nist_certificate, sizeof(certificate));
	/* The first one counts. */
	kl_buf_add_text(&other, text_of(file, "certificate"));
	assert_int_equal(read_pem(&other, &certificate), KL_OK);
	assert_memory_equal(
	    &certificate, &kl_nist_certificate, sizeof(certificate));
	kl_buf_clear(&other);
	kl_buf_clear(&pem);
}

static void refuses_what_is_no_pem(void **state)
{
	static const char *const texts[] = {
		"", "-----BEGIN CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMA==\n",
		"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
		"-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n"
	};
	struct kl_certificate certificate;
	static char spaces[KL_CERTIFICATE_SIZE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(kl_certificate_read(
				     texts[i], strlen(texts[i]), &certificate),
		    KL_MALFORMED);
	memset(spaces, ' ', sizeof(spaces));
	assert_int_equal(
	    kl_certificate_read(spaces, KL_CERTIFICATE_SIZE_MAX, &certificate),
	    KL_MALFORMED);
	assert_int_equal(
	    kl_certificate_read(spaces, sizeof(spaces), &certificate),
	    KL_TOO_LARGE);
}

/* --- byte by byte --------------------------------------------------------- */

static struct kl_buf der_of_pem(void)
{
	struct kl_buf pem = load_pem(), base64 = KL_BUF(1 << 14);
	struct kl_buf der = KL_BUF(1 << 14);
	static uint8_t bytes[1 << 14];
	size_t size;

	for (size_t i = strlen("-----BEGIN CERTIFICATE-----\n");
	     pem.data[i] != '-'; i++)
		if (pem.data[i] != '\n')
			kl_buf_add_byte(&base64, pem.data[i]);
	assert_int_equal(
	    kl_base64_check((char *)base64.data, base64.size, &size), KL_OK);
	assert_int_equal(
	    kl_base64_read((char *)base64.data, base64.size, bytes, size),
	    KL_OK);
	kl_buf_add(&der, bytes, size);
	kl_buf_clear(&base64);
	kl_buf_clear(&pem);
	return der;
}

static enum kl_result read_der(
    const uint8_t *der, size_t size, struct kl_certificate *certificate)
{
	struct kl_buf pem = KL_BUF(1 << 15);
	enum kl_result result;

	kl_buf_add_text(&pem, "-----BEGIN CERTIFICATE-----\n");
	kl_base64_add(&pem, der, size);
	kl_buf_add_text(&pem, "\n-----END CERTIFICATE-----\n");
	result = read_pem(&pem, certificate);
	kl_buf_clear(&pem);
	return result;
}

/* However short it is cut, and whichever byte is another: no harm, and never
 * the pinned certificate. */
static void refuses_spoilt_der(void **state)
{
	static const uint8_t others[] = { 0x00, 0x80, 0x82, 0xff };
	struct kl_buf der = der_of_pem();
	struct kl_certificate certificate;

	(void)state;
	for (size_t size = 1; size < der.size; size++)
		assert_int_equal(
		    read_der(der.data, size, &certificate), KL_MALFORMED);
	for (size_t i = 0; i < der.size; i++)
		for (size_t j = 0; j < sizeof(others); j++) {
			uint8_t kept = der.data[i];

			der.data[i] = others[j];
			certificate.id = (struct kl_certificate_id){ { 0 } };
			if (kept != others[j] &&
			    !read_der(der.data, der.size, &certificate))
				assert_null(
				    kl_certificate_pinned(&certificate.id));
			der.data[i] = kept;
		}
	kl_buf_add_byte(&der, 0);
	assert_int_equal(
	    read_der(der.data, der.size, &certificate), KL_MALFORMED);
	kl_buf_clear(&der);
}

/* 65537 and nothing near it. */
static void refuses_another_exponent(void **state)
{
	static const uint8_t f4[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
	struct kl_buf der = der_of_pem();
	uint8_t *at = memmem(der.data, der.size, f4, sizeof(f4));
	struct kl_certificate certificate;

	(void)state;
	assert_non_null(at);
	at[4] = 3;
	assert_int_equal(read_der(der.data, der.size, &certificate), KL_RANGE);
	at[4] = 1;
	assert_int_equal(read_der(der.data, der.size, &certificate), KL_OK);
	kl_buf_clear(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_the_recorded_certificate),
		cmocka_unit_test(refuses_other_keys),
		cmocka_unit_test(reads_pem_as_it_comes),
		cmocka_unit_test(refuses_what_is_no_pem),
		cmocka_unit_test(refuses_spoilt_der),
		cmocka_unit_test(refuses_another_exponent),
	};

	return cmocka_run_group_tests_name(
	    "kl_pulse: certificates", tests, NULL, NULL);
}
