/*
 * make_log.c -- a log to audit: make_log DIR ENTRIES
 *
 * As C2SP tlog-tiles has it: checkpoint, tile/…. Notice after notice, each with
 * 20 sign-ups that are sealed and then opened, and 15 other events, as a county
 * makes them. Its log key is that of a seed of zeros.
 */
#include "kl_checkpoint.h"
#include "kl_leaf.h"
#include "kl_tile.h"
#include "kl_time.h"
#include "peer.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "bench.example/log"

enum { SIGNUPS = 20, OTHERS = 15, NOTICE_S = 10, CLOSE_S = 5 };
static const int64_t begin_at = 1767225600; /* 2026-01-01 */

static struct {
	struct kl_tree tree;
	uint64_t wanted, ids;
	struct kl_buf bundle, hashes[KL_TILE_LEVELS];
} made = { .bundle = KL_BUF(KL_BUNDLE_SIZE_MAX) };

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "make_log: %s\n", what);
	exit(1);
}

/* --- files ---------------------------------------------------------------- */

static void make_folders(char *path)
{
	for (char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		must(mkdir(path, 0755) == 0 || errno == EEXIST, path);
		*at = '/';
	}
}

static void write_file(char *path, const struct kl_buf *bytes)
{
	FILE *file;

	make_folders(path);
	file = fopen(path, "wb");
	must(file && fwrite(bytes->data, 1, bytes->size, file) == bytes->size &&
		 fclose(file) == 0,
	    path);
}

/* Full, or the end of the log: what `bytes` hold becomes a file. */
static void write_tile(int level, uint64_t index, struct kl_buf *bytes)
{
	struct kl_tile tile = { level, index,
		kl_tile_width(made.tree.size, level, index) };
	char path[KL_TILE_PATH];

	kl_tile_path(&tile, path);
	write_file(path, bytes);
	bytes->size = 0;
}

/* --- entries -------------------------------------------------------------- */

static void append(const struct kl_buf *entry)
{
	struct kl_hash leaf = kl_leaf_hash(entry->data, entry->size);
	struct kl_hash formed[KL_TILE_LEVELS];
	size_t count = kl_tree_append(&made.tree, &leaf, formed);
	uint64_t last = made.tree.size - 1;

	must(!kl_bundle_add(&made.bundle, entry->data, entry->size), "bundle");
	for (size_t level = 0; level < count; level++) {
		kl_buf_add(
		    &made.hashes[level], formed[level].bytes, KL_HASH_SIZE);
		if (made.hashes[level].size == KL_TILE_SIZE)
			write_tile((int)level, last >> (8 * (level + 1)),
			    &made.hashes[level]);
	}
	if (made.tree.size % KL_TILE_WIDTH == 0)
		write_tile(KL_TILE_ENTRIES, last / KL_TILE_WIDTH, &made.bundle);
}

static struct kl_event_id next_id(void)
{
	struct kl_hash hash = kl_hash_of(&made.ids, sizeof(made.ids));
	struct kl_event_id id;

	made.ids++;
	memcpy(id.bytes, hash.bytes, sizeof(id.bytes));
	return id;
}

static void add(int64_t at, struct kl_event_id id, const char *kind,
    const char *subject, uint64_t seq, json_t *data)
{
	struct kl_buf entry = KL_BUF(KL_LEAF_SIZE_MAX);
	const struct kl_leaf leaf = { at, "91360700MA35XXXX1Y", "institution",
		data, id, kind, subject, seq };

	must(data && !kl_leaf_write(&entry, &leaf), kind);
	append(&entry);
	kl_buf_clear(&entry);
	json_decref(data);
}

static void add_first(const struct kl_signer *signer)
{
	char key[KL_PUBLIC_KEY_HEX];

	kl_public_key_hex(&signer->key, key);
	add(begin_at, next_id(), "log.opened", "log", 1,
	    json_pack("{s:s, s:s, s:s}", "origin", ORIGIN, "log_key", key,
		"receipt_key", key));
}

/* --- a notice ------------------------------------------------------------- */

struct signup {
	struct kl_buf event;
	uint8_t salt[KL_SALT_SIZE];
	uint64_t index;
};

static void add_sealed(int64_t at, const char *notice, struct signup *signup)
{
	struct kl_event_id id = next_id();
	struct kl_buf entry = KL_BUF(KL_LEAF_SIZE_MAX);
	char subject[32], institution[32];
	struct kl_hash digest;
	json_t *data;

	snprintf(
	    subject, sizeof(subject), "s%016llx", (unsigned long long)made.ids);
	snprintf(institution, sizeof(institution), "91360700MA%07lluX",
	    (unsigned long long)made.ids % 10000000);
	data = json_pack("{s:s, s:s, s:s, s:s, s:s}", "state", "sealed",
	    "notice", notice, "institution", institution, "account", subject,
	    "name", "示例工程咨询有限公司");
	signup->event = (struct kl_buf)KL_BUF(KL_LEAF_SIZE_MAX);
	memset(signup->salt, (int)made.ids, sizeof(signup->salt));
	must(data && !kl_leaf_write(&signup->event,
			 &(struct kl_leaf){ at, institution, "institution",
			     data, id, "signup.made", subject, 1 }),
	    "signup");
	json_decref(data);
	digest =
	    kl_leaf_seal(signup->salt, signup->event.data, signup->event.size);
	signup->index = made.tree.size;
	must(!kl_leaf_write_sealed(&entry, at, &id, &digest), "sealed");
	append(&entry);
	kl_buf_clear(&entry);
}

static void add_opened(int64_t at, struct signup *signup)
{
	char subject[32], salt[2 * KL_SALT_SIZE + 1];

	snprintf(subject, sizeof(subject), "%llu",
	    (unsigned long long)signup->index);
	kl_hex(signup->salt, KL_SALT_SIZE, salt);
	add(at, next_id(), "opened", subject, 1,
	    json_pack("{s:s%, s:s}", "event", signup->event.data,
		signup->event.size, "salt", salt));
	kl_buf_clear(&signup->event);
}

static void add_others(int64_t at, const char *notice)
{
	char draw[40];

	snprintf(draw, sizeof(draw), "D%s", notice);
	for (uint64_t seq = 1; seq <= OTHERS; seq++)
		add(at, next_id(), "listing.published", draw, seq,
		    json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "state",
			"declared", "file", "lock.txt", "hash",
			"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd1"
			"5d6c15b0f00a08",
			"notice", notice, "size", (json_int_t)1234, "text",
			"klero/1 lock\ndeclare …\n"));
}

static void add_notice(uint64_t number)
{
	int64_t at = begin_at + (int64_t)number * NOTICE_S;
	char notice[32], close[KL_TIME_TEXT];
	struct signup signups[SIGNUPS];

	snprintf(notice, sizeof(notice), "ZJ-360700-2026-%06llu",
	    (unsigned long long)number);
	kl_time_write(at + CLOSE_S, close);
	add(at, next_id(), "notice.published", notice, 1,
	    json_pack("{s:s, s:s, s:s, s:I, s:s}", "state", "open", "title",
		"某县乡道改造工程可行性研究报告编制", "signup_close", close,
		"amount_max_fen", (json_int_t)1000000, "service",
		"编制可行性研究报告,含现场踏勘、\n投资估算与评审配合"));
	for (size_t i = 0; i < SIGNUPS; i++)
		add_sealed(at + 1, notice, &signups[i]);
	add(at + CLOSE_S, next_id(), "notice.closed", notice, 2,
	    json_pack("{s:s}", "state", "closed"));
	for (size_t i = 0; i < SIGNUPS; i++)
		add_opened(at + CLOSE_S + 1, &signups[i]);
	add(at + CLOSE_S + 2, next_id(), "notice.opened", notice, 3,
	    json_pack("{s:s}", "state", "opened"));
	add_others(at + CLOSE_S + 3, notice);
}

/* --- the end -------------------------------------------------------------- */

static void write_rest(void)
{
	uint64_t size = made.tree.size;

	if (made.bundle.size > 0)
		write_tile(KL_TILE_ENTRIES, size / KL_TILE_WIDTH, &made.bundle);
	for (size_t level = 0; level < KL_TILE_LEVELS; level++)
		if (made.hashes[level].size > 0)
			write_tile((int)level, size >> (8 * (level + 1)),
			    &made.hashes[level]);
}

int main(int count, char **args)
{
	const uint8_t seed[KL_SEED_SIZE] = { 0 };
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX);
	char path[] = "checkpoint";
	struct kl_note_key key;
	struct kl_signer signer;
	struct kl_hash root;

	if (count != 3)
		return 2;
	must(chdir(args[1]) == 0, args[1]);
	made.wanted = strtoull(args[2], NULL, 10);
	for (size_t i = 0; i < KL_TILE_LEVELS; i++)
		made.hashes[i].limit = KL_TILE_SIZE;
	kl_signer_make(&signer, seed);
	must(!kl_note_key_make(
		 &key, ORIGIN, strlen(ORIGIN), KL_KEY_NOTE, &signer.key),
	    "key");
	add_first(&signer);
	for (uint64_t i = 0; made.tree.size < made.wanted; i++)
		add_notice(i);
	write_rest();
	root = kl_tree_root(&made.tree);
	must(!kl_checkpoint_sign(&note, &key, &signer, made.tree.size, &root),
	    "checkpoint");
	write_file(path, &note);
	printf("%llu\n", (unsigned long long)made.tree.size);
	return 0;
}
