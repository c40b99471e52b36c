/* Parts of logging in: cookies, one-time codes, buckets, networks, hashes. */
#include "unit.h"

#include "bucket.h"
#include "cookie.h"
#include "login.h"
#include "network.h"
#include "password.h"
#include "totp.h"

#include <sodium.h>
#include <stdio.h>

/* --- cookies -------------------------------------------------------------- */

static void finds_our_cookie(void **state)
{
	static const struct {
		const char *field, *value; /* NULL: it is not there */
	} cases[] = {
		{ "__Host-klero=abc", "abc" },
		{ "a=1; __Host-klero=abc", "abc" },
		{ "__Host-klero=abc; a=1, 2; b=\"x y\"", "abc" },
		{ "__Host-klero=", "" },
		{ "__Host-klero=a=b", "a=b" },
		{ "__Host-kleros=abc", NULL },
		{ "__host-klero=abc", NULL },
		{ "x__Host-klero=abc", NULL },
		{ "klero=abc", NULL },
		{ "a=__Host-klero=abc", NULL },
	};
	const char *value;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(
		    cookie_find(cases[i].field, COOKIE_NAME, &value, &size));
		if (!cases[i].value) {
			assert_null(value);
			continue;
		}
		assert_non_null(value);
		assert_int_equal(size, strlen(cases[i].value));
		assert_memory_equal(value, cases[i].value, size);
	}
}

static void refuses_malformed_cookies(void **state)
{
	static const char *const bad[] = { "", " ", ";", "a", "a;", "=1",
		"a=1;", "a=1;b=2", "a=1; ", "a=1;  b=2", "a=1;; b=2", "a b=1",
		"a=1; b", "__Host-klero=1; __Host-klero=1",
		"__Host-klero=1; a=2; __Host-klero=2", "a=\x01", "a=\x7f",
		"a@b=1", "\xc3\xa4=1" };
	const char *value;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (cookie_find(bad[i], COOKIE_NAME, &value, &size))
			fail_msg("\"%s\"", bad[i]);
}

/* --- one-time codes ------------------------------------------------------- */

/* RFC 6238 appendix B, its last six digits. */
#define RFC_SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static void agrees_with_the_rfc(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} cases[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ INT64_C(20000000000), "353130" },
	};
	uint64_t step;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *code = cases[i].code;
		int64_t at = cases[i].at, first = at - at % 30;

		assert_true(totp_check(RFC_SECRET, code, at, &step));
		assert_int_equal(step, at / 30);
		/* A step before and one after, and no second more. */
		assert_true(totp_check(RFC_SECRET, code, first - 30, &step));
		assert_int_equal(step, at / 30);
		assert_true(totp_check(RFC_SECRET, code, first + 59, &step));
		assert_int_equal(step, at / 30);
		assert_false(totp_check(RFC_SECRET, code, first - 31, &step));
		assert_false(totp_check(RFC_SECRET, code, first + 60, &step));
	}
	for (int64_t at = 0; at < 30; at++)
		assert_true(totp_check(RFC_SECRET, "755224", at, &step));
	assert_int_equal(step, 0);
}

static void refuses_what_is_no_code(void **state)
{
	static const char *const bad[] = { "", "28708", "2870822", "28708 ",
		"28708a", "94287082", "-87082" };
	uint64_t step;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(totp_check(RFC_SECRET, bad[i], 59, &step));
	assert_false(totp_check("not base32!", "287082", 59, &step));
	assert_false(totp_check("GEZDGNBV", "287082", 59, &step));
}

static void wants_a_random_secret(void **state)
{
	char text[TOTP_SECRET_MAX + 2];

	(void)state;
	assert_true(totp_secret_good(RFC_SECRET));
	assert_false(totp_secret_good("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	assert_false(totp_secret_good("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOI"));
	assert_false(totp_secret_good("gezdgnbvgy3tqojqgezdgnbvgy3tqojq"));
	assert_false(totp_secret_good("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"));
	assert_false(totp_secret_good(""));
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < TOTP_SECRET_MAX; i++)
		text[i] = "GEZDGNBVGY3TQOJQ"[i % 16];
	assert_false(totp_secret_good(text)); /* 65 bytes */
	text[102] = '\0';
	text[103] = '\0';
	assert_false(totp_secret_good(text)); /* ends in no whole byte */
}

static void makes_recovery_codes(void **state)
{
	struct arena arena = { 0 };
	struct recovery recovery;
	char hex[KL_HASH_HEX];

	(void)state;
	login_make_recovery(&arena, &recovery);
	assert_int_equal(
	    strlen(recovery.hashes), RECOVERY_CODES * KL_HASH_HEX - 1);
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		struct kl_hash hash =
		    kl_hash_of(recovery.codes[i], RECOVERY_DIGITS);

		kl_hash_hex(&hash, hex);
		assert_memory_equal(
		    recovery.hashes + i * KL_HASH_HEX, hex, KL_HASH_HEX - 1);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
			    recovery.codes[i], recovery.codes[j]);
	}
	arena_clear(&arena);
}

/* --- how often ------------------------------------------------------------ */

static void a_bucket_fills_in_an_hour(void **state)
{
	struct kl_hash name = bucket_name("test", "an hour", NULL);
	struct kl_hash other = bucket_name("test", "another", NULL);
	int64_t now = 1000;

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(bucket_take(&name, 10, now), 0);
	assert_in_range(bucket_take(&name, 10, now), 360, 361);
	assert_int_equal(bucket_take(&other, 10, now), 0);
	assert_in_range(bucket_take(&name, 10, now + 359999), 1, 2);
	assert_int_equal(bucket_take(&name, 10, now + 360000), 0);
	assert_true(bucket_take(&name, 10, now + 360000) > 0);
	bucket_give_back(&name, now + 360000);
	assert_int_equal(bucket_take(&name, 10, now + 360000), 0);
	now += 1000 * 3600000ll; /* full, and no more than that */
	for (int i = 0; i < 10; i++)
		assert_int_equal(bucket_take(&name, 10, now), 0);
	assert_true(bucket_take(&name, 10, now) > 0);
}

/* Small refills add up: who asks often does not lose what came back. */
static void a_bucket_loses_nothing(void **state)
{
	struct kl_hash name = bucket_name("test", "often", NULL);
	int64_t now = 5;

	(void)state;
	assert_int_equal(bucket_take(&name, 1, now), 0);
	for (int64_t end = now + 3599999; now < end; now += 999)
		assert_true(bucket_take(&name, 1, now) > 0);
	assert_int_equal(bucket_take(&name, 1, 5 + 3600000), 0);
}

/* Whoever makes many names up pushes out none that was used up. */
static void a_used_bucket_stays(void **state)
{
	struct kl_hash name = bucket_name("test", "used", NULL);
	char text[32];

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(bucket_take(&name, 5, 1), 0);
	for (int i = 0; i < 200000; i++) {
		struct kl_hash made_up;

		snprintf(text, sizeof(text), "%d", i);
		made_up = bucket_name("made up", text, NULL);
		assert_int_equal(bucket_take(&made_up, 5, 1), 0);
	}
	assert_true(bucket_take(&name, 5, 1) > 0);
}

/* --- networks ------------------------------------------------------------- */

static const char *network(
    uint32_t address, const char *forwarded, const char *proxy)
{
	static char text[64];
	static struct config config;
	struct request request = { .address = address };

	snprintf(config.http_proxy, sizeof(config.http_proxy), "%s", proxy);
	network_open(&config);
	request.headers[HEADER_FORWARDED_FOR] = forwarded;
	snprintf(text, sizeof(text), "%s", network_of(&request));
	request_clear(&request);
	return text;
}

static void believes_its_proxy_alone(void **state)
{
	const uint8_t bytes[] = { 192, 0, 2, 7 };
	uint32_t peer;

	(void)state;
	memcpy(&peer, bytes, sizeof(peer));
	assert_string_equal(network(peer, NULL, "none"), "192.0.2.0/24");
	assert_string_equal(
	    network(peer, "198.51.100.9", "none"), "192.0.2.0/24");
	assert_string_equal(
	    network(peer, "198.51.100.9", "192.0.2.8"), "192.0.2.0/24");
	assert_string_equal(
	    network(peer, "198.51.100.9", "192.0.2.7"), "198.51.100.0/24");
	assert_string_equal(
	    network(peer, "203.0.113.1, 198.51.100.9", "192.0.2.7"),
	    "198.51.100.0/24");
	assert_string_equal(
	    network(peer, "2001:db8:1:2::9", "192.0.2.7"), "2001:db8:1::/48");
	assert_string_equal(network(peer, "::ffff:198.51.100.9", "192.0.2.7"),
	    "198.51.100.0/24");
	assert_string_equal(network(peer, NULL, "192.0.2.7"), "unknown");
	assert_string_equal(network(peer, "nobody", "192.0.2.7"), "unknown");
	assert_string_equal(network(peer, "", "192.0.2.7"), "unknown");
}

/* --- hashes --------------------------------------------------------------- */

static void checks_a_hash(void **state)
{
	struct config config;
	char hash[PASSWORD_HASH_SIZE];
	bool matches;
	uint64_t before;

	(void)state;
	config_init(&config);
	config.password_mb = 19;
	assert_true(password_open(&config));
	before = password_count();
	assert_int_equal(password_hash("kaoqin-lu37x", hash), ERR_OK);
	assert_memory_equal(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_int_equal(
	    password_check("kaoqin-lu37x", hash, &matches), ERR_OK);
	assert_true(matches);
	assert_int_equal(
	    password_check("kaoqin-lu37y", hash, &matches), ERR_OK);
	assert_false(matches);
	assert_int_equal(
	    password_check("kaoqin-lu37x", NULL, &matches), ERR_OK);
	assert_false(matches);
	assert_int_equal(password_check("", "", &matches), ERR_OK);
	assert_false(matches);
	assert_int_equal(password_count() - before, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_our_cookie),
		cmocka_unit_test(refuses_malformed_cookies),
		cmocka_unit_test(agrees_with_the_rfc),
		cmocka_unit_test(refuses_what_is_no_code),
		cmocka_unit_test(wants_a_random_secret),
		cmocka_unit_test(makes_recovery_codes),
		cmocka_unit_test(a_bucket_fills_in_an_hour),
		cmocka_unit_test(a_bucket_loses_nothing),
		cmocka_unit_test(a_used_bucket_stays),
		cmocka_unit_test(believes_its_proxy_alone),
		cmocka_unit_test(checks_a_hash),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
