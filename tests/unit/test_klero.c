/* Every attempt of tests/vectors/klero: same bytes, same hashes, same result.
 */
#include "changes.h"
#include "kl_draw.h"

#include <jansson.h>
#include <stdlib.h>

#define VECTORS "tests/vectors/klero/"

static const char *const folders[] = { "level-a", "level-a-absent",
	"level-a-withheld", "level-b", "level-c", "weighted" };
static const char *const names[] = { "roster", "names", "excluded", "declare",
	"commit-operator", "commit-supervisor", "commit-owner",
	"commit-entrants", "lock", "seal", "beacon", "seed", "result",
	"close" };

enum {
	FOLDERS = sizeof(folders) / sizeof(*folders),
	NAMES = sizeof(names) / sizeof(*names),
};

/* --- files ---------------------------------------------------------------- */

/* False when there is no such file. */
static bool load(struct kl_buf *out, const char *folder, const char *name)
{
	char path[256], part[4096];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), VECTORS "%s/%s", folder, name);
	*out = (struct kl_buf)KL_BUF(KL_TEXT_SIZE_MAX);
	file = fopen(path, "rb");
	if (!file)
		return false;
	while ((size = fread(part, 1, sizeof(part), file)) > 0)
		kl_buf_add(out, part, size);
	fclose(file);
	assert_int_equal(kl_buf_result(out), KL_OK);
	return true;
}

static bool load_text(struct kl_buf *out, const char *folder, const char *name)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.txt", name);
	return load(out, folder, file);
}

static struct kl_hash hash_file(const char *folder, const char *name)
{
	struct kl_buf text;
	struct kl_hash hash;

	if (!load(&text, folder, name))
		fail_msg("%s/%s is missing", folder, name);
	hash = kl_hash_of(text.data, text.size);
	kl_buf_clear(&text);
	return hash;
}

static void assert_hash(
    const struct kl_hash *hash, const char *folder, const char *name)
{
	struct kl_hash expected = hash_file(folder, name);

	if (!kl_hash_equal(hash, &expected))
		fail_msg("%s/%s has another hash", folder, name);
}

static void assert_file(
    struct kl_buf *text, const char *folder, const char *name)
{
	struct kl_buf expected;

	assert_int_equal(kl_buf_result(text), KL_OK);
	assert_true(load(&expected, folder, name));
	assert_int_equal(text->size, expected.size);
	assert_memory_equal(text->data, expected.data, expected.size);
	kl_buf_clear(text);
	kl_buf_clear(&expected);
}

/* --- one text after another ----------------------------------------------- */

static const struct text_kind *kind_of(const char *name)
{
	return kind_named(strncmp(name, "commit-", 7) == 0 ? "commit" : name);
}

static void writes_what_it_read(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < FOLDERS; i++)
		for (size_t k = 0; k < NAMES; k++) {
			struct kl_buf text;

			if (!load_text(&text, folders[i], names[k]))
				continue;
			assert_taken(
			    kind_of(names[k]), (char *)text.data, text.size);
			kl_buf_clear(&text);
			count++;
		}
	assert_int_equal(count, 72);
}

/* Either refused, or read as exactly what stands there now. */
static void check_changed(
    const struct text_kind *kind, const char *text, size_t size)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	if (kind->rewrite(text, size, NULL, &out) == KL_OK) {
		assert_int_equal(out.size, size);
		assert_memory_equal(out.data, text, size);
	}
	kl_buf_clear(&out);
}

/* Flip each bit, and put each byte that means something, at every place. */
static void change_every_byte(const struct text_kind *kind, struct kl_buf *text)
{
	static const char specials[] = " \n\r\t-0+";
	char *bytes = (char *)text->data;

	for (size_t i = 0; i < text->size; i++) {
		char byte = bytes[i];

		for (int bit = 0; bit < 8; bit++) {
			bytes[i] = (char)(byte ^ (1 << bit));
			check_changed(kind, bytes, text->size);
		}
		for (const char *at = specials; *at; at++) {
			bytes[i] = *at;
			check_changed(kind, bytes, text->size);
		}
		bytes[i] = byte;
	}
}

/* Take each byte away; cut the text at each. */
static void drop_every_byte(const struct text_kind *kind, struct kl_buf *text)
{
	char *less = test_malloc(text->size);

	for (size_t i = 0; i < text->size; i++) {
		memcpy(less, text->data, i);
		memcpy(less + i, text->data + i + 1, text->size - i - 1);
		check_changed(kind, less, text->size - 1);
		check_changed(kind, less, i);
	}
	test_free(less);
}

static void sees_every_changed_byte(void **state)
{
	static const char *const some[] = { "level-a-absent", "level-b" };

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		for (size_t k = 0; k < NAMES; k++) {
			struct kl_buf text;

			if (!load_text(&text, some[i], names[k]))
				continue;
			change_every_byte(kind_of(names[k]), &text);
			drop_every_byte(kind_of(names[k]), &text);
			kl_buf_clear(&text);
		}
}

/* --- the chain of hashes -------------------------------------------------- */

/* All texts of an attempt, read. Their bytes stay in `texts`. */
struct attempt {
	const char *folder;
	struct kl_buf texts[NAMES];
	struct kl_roster roster;
	struct kl_names names;
	struct kl_excluded excluded;
	struct kl_declare declare;
	struct kl_lock lock;
	struct kl_seal seal;
	struct kl_beacon beacon;
	struct kl_seed seed;
	struct kl_close close;
};

#define READ(member, name)                                                     \
	assert_int_equal(kl_##member##_read(&attempt->member,                  \
			     text_of(attempt, name)->size                      \
				 ? (char *)text_of(attempt, name)->data        \
				 : "",                                         \
			     text_of(attempt, name)->size, NULL),              \
	    KL_OK)

static struct kl_buf *text_of(struct attempt *attempt, const char *name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i], name) == 0)
			return &attempt->texts[i];
	fail_msg("no text %s", name);
	return NULL;
}

static void open_attempt(struct attempt *attempt, const char *folder)
{
	attempt->folder = folder;
	for (size_t i = 0; i < NAMES; i++)
		(void)load_text(&attempt->texts[i], folder, names[i]);
	READ(roster, "roster");
	READ(names, "names");
	READ(excluded, "excluded");
	READ(declare, "declare");
	READ(lock, "lock");
	READ(seal, "seal");
	READ(seed, "seed");
	READ(close, "close");
	attempt->beacon.kind = KL_BEACON_NONE;
	if (text_of(attempt, "beacon")->size > 0)
		READ(beacon, "beacon");
}

static void clear_attempt(struct attempt *attempt)
{
	kl_roster_clear(&attempt->roster);
	kl_names_clear(&attempt->names);
	kl_excluded_clear(&attempt->excluded);
	for (size_t i = 0; i < NAMES; i++)
		kl_buf_clear(&attempt->texts[i]);
}

static void check_digests(const struct attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const char *folder = attempt->folder;

	assert_hash(&declare->notice, folder, "notice.json");
	assert_hash(&declare->policy, folder, "policy.json");
	assert_hash(&declare->roster, folder, "roster.txt");
	assert_hash(&declare->draft, folder, "roster.txt");
	assert_hash(&declare->names, folder, "names.txt");
	assert_hash(&declare->excluded, folder, "excluded.txt");
	assert_hash(&attempt->lock.declare, folder, "declare.txt");
	assert_hash(&attempt->seal.declare, folder, "declare.txt");
	assert_hash(&attempt->seal.lock, folder, "lock.txt");
	assert_hash(&attempt->seed.seal, folder, "seal.txt");
	assert_hash(&attempt->close.declare, folder, "declare.txt");
	assert_hash(&attempt->close.detail, folder, "result.txt");
	assert_int_equal(attempt->close.reason, KL_CLOSE_DRAWN);
}

static void check_entrants(const struct attempt *attempt)
{
	assert_int_equal(attempt->names.count, attempt->roster.count);
	for (size_t i = 0; i < attempt->roster.count; i++)
		assert_true(kl_span_equal(attempt->names.entries[i].id,
		    attempt->roster.entries[i].id));
	for (size_t i = 0; i < attempt->excluded.count; i++)
		assert_null(kl_roster_find(
		    &attempt->roster, attempt->excluded.entries[i].id));
}

static void check_commitment(
    const struct attempt *attempt, const struct kl_locked *locked, size_t i)
{
	struct kl_commitment commitment = {
		.declare = attempt->lock.declare,
		.party = locked->party,
		.commit = locked->commit,
	};
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);

	assert_int_equal(kl_commitment_write(&commitment, &statement), KL_OK);
	assert_int_equal(
	    kl_verify(&attempt->declare.parties[i].key, statement.data,
		statement.size, &locked->signature),
	    KL_OK);
	kl_buf_clear(&statement);
}

/* What the seal reveals gives the commit text, and its hash the lock has. */
static void check_reveal(const struct attempt *attempt, size_t i)
{
	const struct kl_locked *locked = &attempt->lock.parties[i];
	const struct kl_sealed *sealed = &attempt->seal.parties[i];
	struct kl_commit commit = {
		.declare = attempt->lock.declare,
		.party = sealed->party,
		.secret = sealed->secret,
	};
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_hash hash;
	char file[64];

	assert_true(kl_span_equal(locked->party, sealed->party));
	assert_int_equal(locked->absent, sealed->reveal == KL_ABSENT);
	if (!locked->absent)
		check_commitment(attempt, locked, i);
	if (sealed->reveal != KL_REVEALED)
		return;
	assert_int_equal(kl_commit_write(&commit, &text), KL_OK);
	hash = kl_hash_of(text.data, text.size);
	assert_true(kl_hash_equal(&hash, &locked->commit));
	snprintf(file, sizeof(file), "commit-%.*s.txt", (int)sealed->party.size,
	    sealed->party.at);
	assert_file(&text, attempt->folder, file);
}

static void check_attestations(const struct attempt *attempt)
{
	const struct kl_beacon *beacon = &attempt->beacon;
	struct kl_attestation attestation = {
		.declare = beacon->declare,
		.seal = attempt->seed.seal,
		.value = beacon->value,
	};
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);

	if (beacon->kind != KL_BEACON_PUBLIC)
		return;
	assert_int_equal(kl_attestation_write(&attestation, &statement), KL_OK);
	for (size_t i = 0; i < beacon->attest_count; i++) {
		const struct kl_signed *attest = &beacon->attests[i];
		size_t party =
		    kl_declare_party(&attempt->declare, attest->party);

		assert_true(party < attempt->declare.party_count);
		assert_int_equal(
		    kl_verify(&attempt->declare.parties[party].key,
			statement.data, statement.size, &attest->signature),
		    KL_OK);
	}
	kl_buf_clear(&statement);
}

/* The seed that the seal and the beacon make. */
static struct kl_seed make_seed(const struct attempt *attempt)
{
	const struct kl_beacon *beacon = &attempt->beacon;
	struct kl_seed seed = {
		.seal = hash_file(attempt->folder, "seal.txt"),
		.kind = beacon->kind,
	};

	if (beacon->kind == KL_BEACON_PUBLIC) {
		seed.value = beacon->value;
	} else if (beacon->kind == KL_BEACON_DRAND) {
		seed.round = beacon->round;
		seed.randomness = kl_hash_of(
		    beacon->signature.bytes, sizeof(beacon->signature.bytes));
	}
	return seed;
}

static void check_result(const struct attempt *attempt)
{
	struct kl_seed seed = make_seed(attempt);
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_ranking ranking;
	struct kl_hash hash;

	assert_int_equal(attempt->declare.beacon.kind, seed.kind);
	assert_int_equal(kl_seed_write(&seed, &text), KL_OK);
	hash = kl_hash_of(text.data, text.size);
	assert_file(&text, attempt->folder, "seed.txt");
	assert_int_equal(
	    kl_draw(&attempt->roster, &hash, attempt->declare.select,
		attempt->declare.alternates, &ranking),
	    KL_OK);
	assert_int_equal(kl_ranking_write(&ranking, &text), KL_OK);
	assert_file(&text, attempt->folder, "result.txt");
	kl_ranking_clear(&ranking);
}

static void recomputes_every_attempt(void **state)
{
	(void)state;
	for (size_t i = 0; i < FOLDERS; i++) {
		struct attempt attempt;

		open_attempt(&attempt, folders[i]);
		check_digests(&attempt);
		check_entrants(&attempt);
		assert_int_equal(
		    attempt.lock.count, attempt.declare.party_count);
		assert_int_equal(
		    attempt.seal.count, attempt.declare.party_count);
		for (size_t k = 0; k < attempt.lock.count; k++)
			check_reveal(&attempt, k);
		check_attestations(&attempt);
		check_result(&attempt);
		clear_attempt(&attempt);
	}
}

/* --- from the case alone -------------------------------------------------- */

static const char *item(const json_t *array, size_t index)
{
	return json_string_value(json_array_get(array, index));
}

static void check_case_entries(const json_t *given, const char *folder)
{
	const json_t *list = json_object_get(given, "entries");
	size_t count = json_array_size(list);
	struct kl_entry *entries = test_calloc(count, sizeof(*entries));
	struct kl_named *named = test_calloc(count, sizeof(*named));
	const char *draw = json_string_value(json_object_get(given, "draw"));
	struct kl_roster roster = { kl_span_of(draw), entries, count,
		KL_BUF(0) };
	struct kl_names list_of_names = { named, count, KL_BUF(0) };
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < count; i++) {
		const json_t *entry = json_array_get(list, i);

		entries[i].id = named[i].id = kl_span_of(item(entry, 0));
		named[i].name = kl_span_of(item(entry, 2));
		entries[i].weight =
		    (uint32_t)json_integer_value(json_array_get(entry, 1));
	}
	assert_int_equal(kl_roster_write(&roster, &out), KL_OK);
	assert_file(&out, folder, "roster.txt");
	assert_int_equal(kl_names_write(&list_of_names, &out), KL_OK);
	assert_file(&out, folder, "names.txt");
	test_free(entries);
	test_free(named);
}

static void check_case_excluded(const json_t *given, const char *folder)
{
	const json_t *list = json_object_get(given, "excluded");
	const char *draw = json_string_value(json_object_get(given, "draw"));
	struct kl_exclusion entries[4] = { 0 };
	struct kl_excluded excluded = { kl_span_of(draw), entries,
		json_array_size(list), KL_BUF(0) };
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	assert_true(excluded.count <= 4);
	for (size_t i = 0; i < excluded.count; i++) {
		const json_t *entry = json_array_get(list, i);
		const char *evidence = item(entry, 2);

		entries[i].id = kl_span_of(item(entry, 0));
		entries[i].reason = kl_span_of(item(entry, 1));
		entries[i].has_evidence =
		    kl_unhex(evidence, strlen(evidence),
			entries[i].evidence.bytes, KL_HASH_SIZE) == KL_OK;
	}
	assert_int_equal(kl_excluded_write(&excluded, &out), KL_OK);
	assert_file(&out, folder, "excluded.txt");
}

static void writes_the_rolls_of_a_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < FOLDERS; i++) {
		char path[256];
		json_auto_t *given = NULL;

		snprintf(
		    path, sizeof(path), VECTORS "%s.case.json", folders[i]);
		given = json_load_file(path, 0, NULL);
		assert_non_null(given);
		check_case_entries(given, folders[i]);
		check_case_excluded(given, folders[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_it_read),
		cmocka_unit_test(sees_every_changed_byte),
		cmocka_unit_test(recomputes_every_attempt),
		cmocka_unit_test(writes_the_rolls_of_a_case),
	};

	return cmocka_run_group_tests_name("vectors/klero", tests, NULL, NULL);
}
