/*
 * write_draws.c -- logs with draws as files, for klero log check to judge.
 *
 *   write_draws cases DIR               DIR/<n>: each case of audit_cases.h,
 *                                       and on stdout what must be said of it
 *   write_draws clean DIR SEED          one log of up to three attempts, with
 *                                       whatever may happen to them
 *   write_draws grow DIR ATTEMPTS       as clean, always the same: so many
 *                                       attempts, the last of 1000 entries
 *   write_draws notice DIR              one draw, of the notice with the text
 *                                       that is told on stdout
 */
#include "audit_cases.h"
#include "kl_tile.h"

#include <errno.h>
#include <sys/stat.h>

/* --- files ---------------------------------------------------------------- */

static void write_bytes(
    const char *folder, const char *path, const void *bytes, size_t size)
{
	char name[1024];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s", folder, path);
	for (char *at = strchr(name + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		assert_true(mkdir(name, 0755) == 0 || errno == EEXIST);
		*at = '/';
	}
	file = fopen(name, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void write_tile(
    const char *folder, int level, size_t count, const void *bytes, size_t size)
{
	const struct kl_tile tile = { level, 0, (unsigned)count };
	char path[KL_TILE_PATH];

	assert_true(count < KL_TILE_WIDTH); /* there are never so many */
	kl_tile_path(&tile, path);
	write_bytes(folder, path, bytes, size);
}

static void write_checkpoint(const char *folder, const struct world *world)
{
	const struct plan plan = { .origin = AUDIT_ORIGIN };
	struct kl_note_key key = log_key_of(&plan);
	struct kl_signer signer = signer_of(0);
	struct kl_hash root = kl_merkle_root(world->hashes, world->event_count);
	struct kl_buf note = KL_BUF(FILE_MAX);

	assert_int_equal(
	    kl_checkpoint_sign(&note, &key, &signer, world->event_count, &root),
	    KL_OK);
	write_bytes(folder, "checkpoint", note.data, note.size);
	kl_buf_clear(&note);
}

static void write_texts(const char *folder, const struct world *world)
{
	for (size_t i = 0; i < world->file_count; i++) {
		const struct made_file *file = &world->files[i];
		struct kl_hash hash = kl_hash_of(file->bytes, file->size);
		char path[80] = "texts/";

		if (file->size <= KL_LEAF_TEXT_MAX)
			continue;
		kl_hash_hex(&hash, path + strlen(path));
		write_bytes(folder, path, file->bytes, file->size);
	}
}

static void write_log(const char *folder, const struct world *world)
{
	struct kl_buf bundle = KL_BUF(KL_BUNDLE_SIZE_MAX);
	size_t count = world->event_count;

	for (size_t i = 0; i < count; i++)
		assert_int_equal(kl_bundle_add(&bundle, world->leaves[i].data,
				     world->leaves[i].size),
		    KL_OK);
	write_tile(folder, KL_TILE_ENTRIES, count, bundle.data, bundle.size);
	write_tile(folder, 0, count, world->hashes, count * KL_HASH_SIZE);
	write_texts(folder, world);
	write_checkpoint(folder, world);
	kl_buf_clear(&bundle);
}

/* --- cases ---------------------------------------------------------------- */

static void write_cases(const char *folder)
{
	for (size_t i = 0; i < AUDIT_CASES; i++) {
		const struct audit_case *one = &audit_cases[i];
		struct world *world = audit_world(one);
		char name[512];

		snprintf(name, sizeof(name), "%s/%zu", folder, i);
		write_log(name, world);
		printf("{\"code\":\"%s\",\"index\":%zu,\"file\":\"%s\","
		       "\"line\":%zu}\n",
		    one->code, place_of(world, one->stem),
		    one->file ? one->file : "", one->line);
		world_close(world);
	}
}

/* --- chance --------------------------------------------------------------- */

static uint64_t chance;

/* Below `most`. Knuth's MMIX generator: the same for the same seed. */
static size_t any(size_t most)
{
	chance = chance * 6364136223846793005U + 1442695040888963407U;
	return (size_t)(chance >> 33) % most;
}

static void choose_roster(struct plan *plan)
{
	plan->entries = any(8) == 0 ? 700 + any(400) : 3 + any(40);
	plan->select = 1 + any(3);
	plan->alternates = any(5);
	plan->weight = (uint32_t)(1 + any(1000));
	plan->other_draft = any(3) == 0;
}

/* Closed without a result, for a reason that is true. */
static void choose_end(struct plan *plan)
{
	plan->with_beacon = plan->with_result = false;
	switch (any(7)) {
	case 0: /* by somebody's wish, at any stage */
		plan->reason = KL_CLOSE_CANCELLED;
		plan->with_lock = any(3) > 0;
		plan->with_seal = plan->with_lock && any(2) > 0;
		plan->reveals_logged = plan->with_lock && any(2) > 0;
		break;
	case 1:
		plan->reason = KL_CLOSE_TOO_FEW;
		plan->parts[1] = plan->parts[2] = IS_ABSENT;
		plan->with_lock = plan->with_seal = false;
		break;
	case 2:
		plan->reason = KL_CLOSE_ABSENT;
		plan->parts[1] = IS_ABSENT;
		plan->with_lock = plan->with_seal = false;
		break;
	case 3:
		unwitnessed(plan);
		plan->quorum = 1;
		break;
	case 4:
		stood_still(plan);
		break;
	case 5:
		if (plan->beacon != KL_BEACON_NONE) {
			unsealed(plan);
			plan->quorum = 1;
			break;
		} /* else going on is never too late */
		  /* fall through */
	default:
		plan->reason = KL_CLOSE_PARTY;
		plan->withheld_void = true;
		plan->parts[2] = WITHHOLDS;
		break;
	}
}

static void choose_after(struct plan *plan)
{
	size_t most = plan->select == 1 ? plan->alternates : 0;

	if (most > 2)
		most = 2;
	if (most > plan->entries - 1)
		most = plan->entries - 1;
	plan->replace_count = any(most + 1);
	for (size_t i = 0; i < plan->replace_count; i++)
		plan->replaces[i].approvers[1] = 1;
	if (any(2) == 0)
		annulled(plan);
}

/* The number-th attempt of the log; `before`: the one before it, or NULL. */
static struct plan choose(size_t number, const struct plan *before)
{
	static char names[ATTEMPTS_MAX][2][32];
	struct plan plan = any(2) == 0 ? plan_public() : plan_none();
	bool again =
	    before && (before->reason != KL_CLOSE_DRAWN || before->annul);

	snprintf(names[number][0], sizeof(names[0][0]), "D-%zu", number);
	snprintf(names[number][1], sizeof(names[0][0]), "P-%zu", number);
	plan.draw = names[number][0];
	plan.project = again ? before->project : names[number][1];
	plan.attempt = again ? before->attempt + 1 : 1;
	plan.start = START + (int64_t)number * 100000;
	plan.quorum = any(2);
	for (size_t i = 0; i < PARTIES; i++)
		plan.secrets[i] = (uint8_t)(1 + PARTIES * number + i);
	choose_roster(&plan);
	if (any(3) == 0)
		choose_end(&plan);
	else
		choose_after(&plan);
	if (plan.reason == KL_CLOSE_DRAWN && any(4) == 0)
		plan.parts[2] = IS_ABSENT;
	else if (plan.reason == KL_CLOSE_DRAWN && !plan.withheld_void &&
		 any(4) == 0)
		plan.parts[2] = WITHHOLDS;
	return plan;
}

static void write_clean(const char *folder, uint64_t seed, size_t attempts)
{
	struct world *world = world_open();
	struct plan plan;

	chance = seed;
	for (size_t i = 0; i < attempts; i++) {
		plan = choose(i, i > 0 ? &world->made[i - 1].plan : NULL);
		make_attempt(world, &plan, "");
	}
	finish_log(world);
	write_log(folder, world);
	world_close(world);
}

static void go_on(struct plan *plan)
{
	plan->draw = "D-3";
	plan->project = "P-2";
	plan->attempt = 1;
	plan->start += 100000;
	for (size_t i = 0; i < PARTIES; i++)
		plan->secrets[i] = (uint8_t)(21 + i);
}

/* A log that grows: the attempts of fewer are the beginning. */
static void write_grown(const char *folder, size_t attempts)
{
	struct world *world = world_open();

	for (size_t i = 0; i < attempts; i++) {
		struct plan plan = i == 0 ? plan_public() : plan_of(AGAIN);

		if (i == 0)
			annulled(&plan);
		else
			many(&plan);
		if (i == 2) /* of a project of its own */
			go_on(&plan);
		make_attempt(world, &plan, "");
	}
	finish_log(world);
	write_log(folder, world);
	world_close(world);
}

/* Its events are for the caller to add. */
static void write_noticed(const char *folder)
{
	struct plan plan = plan_public();
	struct world *world = world_open();

	plan.draw = "D-x-000001-1";
	plan.notice = "{\"id\":\"n\",\"number\":\"ZJ-x-000001\","
		      "\"project_code\":\"P-1\","
		      "\"signup_close\":\"2026-07-07T18:06:40Z\"}";
	make_attempt(world, &plan, "");
	finish_log(world);
	write_log(folder, world);
	world_close(world);
	printf("%s\n", plan.notice);
}

int main(int count, char **args)
{
	if (count == 3 && strcmp(args[1], "cases") == 0)
		write_cases(args[2]);
	else if (count == 4 && strcmp(args[1], "clean") == 0)
		write_clean(args[2], strtoull(args[3], NULL, 10),
		    1 + strtoull(args[3], NULL, 10) % ATTEMPTS_MAX);
	else if (count == 4 && strcmp(args[1], "grow") == 0)
		write_grown(args[2], strtoull(args[3], NULL, 10));
	else if (count == 3 && strcmp(args[1], "notice") == 0)
		write_noticed(args[2]);
	else
		return 2;
	return 0;
}
