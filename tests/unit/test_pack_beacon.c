/* Beacons of packs: odd ones, forged ones, and those a verifier was told. */
#include "told.h"

/* --- the beacon ----------------------------------------------------------- */

static void take_owner_from_seal(struct trial *trial)
{
	drop_last_line(trial->world, "seal.txt");
	remove_file(trial->world, "commit-owner.txt");
}

static void tell_of_drand(struct trial *trial)
{
	struct kl_beacon beacon = { .declare = trial->world->made[0].declare,
		.kind = KL_BEACON_DRAND,
		.round = 1 };
	struct kl_buf text = KL_BUF(FILE_MAX);

	assert_int_equal(kl_beacon_write(&beacon, &text), KL_OK);
	write_file(trial->world, "beacon.txt", &text);
}

static void set_long_seed_value(struct plan *plan)
{
	plan->seed_value = "41625336152461345261632551";
}

static void tells_of_beacons(void **state)
{
	static const struct odd odds[] = {
		/* Who has no line in the seal has not revealed. */
		{ { .spoil = take_owner_from_seal,
		      .file = "beacon.txt",
		      .edit = { "attest operator", "attest owner" },
		      .bare = true },
		    "seal.txt:6 seal-parties\n"
		    "seed.txt:2 digest-seal\n"
		    "beacon.txt:4 attest-party\n"
		    "beacon.txt:5 attest-signature\n" },
		{ { .spoil = tell_of_drand, .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "seed.txt:3 seed-beacon\n" },
		{ { .setting = NIST,
		      .file = "beacon.txt",
		      .flip = "nist ",
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n" },
		/* Nobody asks who signed what was not declared. */
		{ { .setting = DRAND,
		      .file = "beacon.txt",
		      .flip = "drand ",
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n" },
		{ { .setting = DRAND,
		      .file = "beacon.txt",
		      .edit = { "32398885", "32398886" },
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "seed.txt:3 seed-beacon\n" },
		{ { .plan = set_long_seed_value, .bare = true },
		    "seed.txt:3 seed-beacon\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- a pulse -------------------------------------------------------------- */

#define HEX_128 HEX_64 HEX_64
#define PULSE(from, to)                                                        \
	{                                                                      \
		.setting = PLAIN, .file = "pulse.json", .edit = { from, to },  \
		.bare = true                                                   \
	}

#define UNKNOWN "declare.txt:23 certificate-unknown\n"
#define DIFFERS                                                                \
	"beacon.txt:3 digest-pulse\n" UNKNOWN "pulse.json:1 pulse-differs\n"
#define NO_SEED "beacon.txt:3 digest-pulse\n" UNKNOWN "seed.txt:3 seed-beacon\n"

static void cancel_known(struct plan *plan)
{
	plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
}

static void tells_of_pulses(void **state)
{
	static const struct odd odds[] = {
		{ PULSE("\"" HEX_128 "\",\"out", "1,\"out"), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\""), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\"A"), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\"g"), DIFFERS },
		{ PULSE("\"timeStamp", "\"timeStomp"), DIFFERS },
		{ PULSE(".000Z", ".00Z"), DIFFERS },
		{ PULSE("10:05", "10:06"), DIFFERS },
		{ PULSE(".000Z", ".001Z"), DIFFERS },
		{ PULSE("statusCode", "statusCodd"), DIFFERS },
		{ PULSE("\"statusCode\":0", "\"statusCode\":null"), DIFFERS },
		/* No seed follows from these. */
		{ PULSE("outputValue", "outputValuf"), NO_SEED },
		{ PULSE("pulseIndex", "pulseIndey"), NO_SEED },
		{ PULSE("\"pulseIndex\":7", "\"pulseIndex\":\"7\""), NO_SEED },
		{ { .setting = PLAIN,
		      .plan = cancel_known,
		      .file = "pulse.json",
		      .edit = { "outputValue", "outputValuf" },
		      .bare = true },
		    "beacon.txt:3 digest-pulse\n" UNKNOWN
		    "shadow-unknown D-1\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* It is served in upper case, and stands in our texts in lower case. */
static void set_letters(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	for (char *at = pulse; (at = strstr(at, "00000000"));)
		memcpy(at, "ABABABAB", 8);
	plan->pulse = pulse;
	memset(&plan->certificate, 0xab, sizeof(plan->certificate));
}

static void set_no_output(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	memcpy(strstr(pulse, "outputValue"), "outputValuf", 11);
	*(strstr(pulse, "Index\":7") + strlen("Index\":")) = '0';
	plan->pulse = pulse;
	plan->seed_of_nothing = true;
}

static void set_no_index(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	memcpy(strstr(pulse, "pulseIndex"), "pulseIndey", 10);
	plan->pulse = pulse;
	plan->seed_of_nothing = true;
}

static void reads_a_pulse_in_upper_case(void **state)
{
	static const struct odd odds[] = {
		{ { .setting = PLAIN, .plan = set_letters }, UNKNOWN },
		/* A seed of nothing does not follow from what is not there. */
		{ { .setting = PLAIN, .plan = set_no_index },
		    UNKNOWN "seed.txt:3 seed-beacon\n" },
		{ { .setting = PLAIN, .plan = set_no_output },
		    UNKNOWN "seed.txt:3 seed-beacon\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* A known certificate's pulse, altered after it was signed; the digits of the
 * seed that follow from it stay as they are. */
#define FORGED(from, to)                                                       \
	{                                                                      \
		.setting = NIST, .file = "pulse.json", .edit = { from, to },   \
		.bare = true                                                   \
	}

static void tells_of_forged_pulses(void **state)
{
	static const char told[] = "beacon.txt:3 digest-pulse\n"
				   "pulse.json:1 pulse-forged\n";
	static const struct odd odds[] = {
		{ FORGED("\"chainIndex\":1", "\"chainIndex\":2"), told },
		{ FORGED("\"period\":60000", "\"period\":60001"), told },
		{ FORGED("\"period\"", "\"periof\""), told },
		{ FORGED("\"cipherSuite\":0", "\"cipherSuite\":1"), told },
		{ FORGED("Version 2.0", "Version 2.1"), told },
		{ FORGED("/pulse/54609", "/pulse/54608"), told },
		{ FORGED("\"type\":\"hour\"", "\"type\":\"hoor\""), told },
		{ FORGED("\"signatureValue\"", "\"signatureValuf\""), told },
		/* A uri of the list is not signed. */
		{ FORGED("/pulse/54608", "/pulse/54607"),
		    "beacon.txt:3 digest-pulse\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- what is not pinned --------------------------------------------------- */

static void expect_test(struct trial *trial, const struct plan *plan)
{
	make_attempt(trial->world, plan, "");
	verify(trial);
	expect_good(trial);
	assert_int_equal(trial->report.level, KL_LEVEL_TEST);
	end(trial);
}

/* A chain that is not pinned: a test, if the verifier was told to. */
static void takes_a_chain_it_was_told(void **state)
{
	struct kl_chain chain =
	    recorded_chain(DRAND_VECTORS "walkthrough.json");
	struct plan plan = plan_of(DRAND);
	struct trial trial = begin();
	char hash[KL_HASH_HEX];

	(void)state;
	kl_hash_hex(&chain.hash, hash);
	plan.chain = hash;
	plan.round = 38;
	plan.start = kl_chain_time(&chain, 38) - plan.beacon_time;
	plan.signature =
	    recorded_signature(DRAND_VECTORS "walkthrough.json", 0);
	trial.options.chain = &chain;
	expect_test(&trial, &plan);
}

static void takes_a_certificate_it_was_told(void **state)
{
	struct kl_certificate certificate = test_certificate();
	struct plan plan = plan_of(PLAIN);
	struct trial trial = begin();

	(void)state;
	plan.certificate = certificate.id;
	plan.pulse = test_pulse(0);
	trial.options.certificate = &certificate;
	expect_test(&trial, &plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_beacons),
		cmocka_unit_test(tells_of_pulses),
		cmocka_unit_test(reads_a_pulse_in_upper_case),
		cmocka_unit_test(tells_of_forged_pulses),
		cmocka_unit_test(takes_a_chain_it_was_told),
		cmocka_unit_test(takes_a_certificate_it_was_told),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: beacons", tests, NULL, NULL);
}
