/* maker.h -- whole packs with a log of their own, made with test keys. */
#ifndef MAKER_H
#define MAKER_H

#include "beacons.h"
#include "forest.h"
#include "kl_close.h"
#include "kl_commit.h"
#include "kl_declare.h"
#include "kl_draw.h"
#include "kl_pack.h"
#include "kl_proof.h"
#include "kl_roster.h"
#include "kl_steps.h"
#include "unit.h"

#include <stdio.h>

enum {
	PARTIES = 3, /* operator, supervisor, owner */
	WITNESSES = 2,
	MARKS = 5,
	ENTRIES_MAX = 1200,
	EVENTS_MAX = 80,
	FILES_MAX = 240,
	FILE_MAX = 1 << 17, /* bytes */
	ATTEMPTS_MAX = 3,
};

/* The start of an attempt: its declaration. 2026-07-08T08:00:00Z */
#define START INT64_C(1783497600)

enum part { REVEALS, WITHHOLDS, IS_ABSENT };

/* What an attempt is to be like. Times are seconds after `start`. */
struct plan {
	const char *draw, *project, *notice, *policy, *origin;
	int64_t attempt, start;
	size_t entries, select, alternates;
	uint32_t weight; /* of the first entry; the others have 1 */
	bool other_draft, exclude_first;
	enum kl_beacon_kind beacon;
	const char *template, *value;
	const char *chain, *signature; /* hex; NULL: zeros */
	int64_t round, beacon_time, delay, draft_until;
	bool withheld_void, owner_required;
	size_t quorum, witnesses;
	enum part parts[PARTIES];
	uint8_t secrets[PARTIES]; /* each byte of the secret */
	bool with_lock, with_seal, with_beacon, with_result;
	bool reveals_logged; /* without a seal too */
	enum kl_close_reason reason;
	bool known;
	int64_t cosigned[MARKS]; /* when; 0: never */
	struct {
		const char *out, *in; /* NULL: the right one */
		bool none_left;
		size_t approvers[2];
	} replaces[4];
	size_t replace_count;
	bool annul;
	size_t annul_approvers[2];
	const char *pulse;                    /* with nist */
	struct kl_certificate_id certificate; /* likewise */

	/* What goes wrong, but leaves all digests right. */
	bool names_short;       /* the last entry has no name */
	bool wrong_signer;      /* of the owner's commitment */
	bool left_out;          /* the owner did commit, or reveal */
	bool names_other;       /* the owner's secret, as the operator's */
	bool wrong_previous;    /* digest of the attempt before */
	const char *seed_value; /* another public value */
	bool seed_of_nothing;   /* pulse 0 in place of its index */
	size_t result_select;   /* another number of selected */
};

static const char plain_notice[] = "{\"project_code\":\"P-1\"}";
static const char plain_policy[] =
    "{\"draw\":{\"alternates_max\":100,"
    "\"beacons\":[\"drand\",\"nist\",\"public\",\"none\"],"
    "\"delay_min_s\":30,\"level_c_reason\":null,\"min_entrants\":3,"
    "\"quorum\":1,\"required_parties\":[\"operator\",\"supervisor\"],"
    "\"templates\":{\"coin\":{\"alphabet\":\"01\",\"length\":63},"
    "\"dice\":{\"alphabet\":\"123456\",\"length\":25}},"
    "\"weight_max\":1000}}";
static const char c_policy[] =
    "{\"draw\":{\"alternates_max\":100,\"beacons\":[\"none\"],"
    "\"delay_min_s\":30,\"level_c_reason\":\"no network\","
    "\"min_entrants\":3,\"quorum\":1,"
    "\"required_parties\":[\"operator\",\"supervisor\"],"
    "\"templates\":{},\"weight_max\":1000}}";

/* Level B: a public value, two witnesses of which one must cosign. */
static inline struct plan plan_public(void)
{
	return (struct plan){
		.draw = "D-1",
		.project = "P-1",
		.notice = plain_notice,
		.policy = plain_policy,
		.origin = "log.example/klero",
		.attempt = 1,
		.start = START,
		.entries = 5,
		.select = 1,
		.alternates = 2,
		.weight = 3,
		.beacon = KL_BEACON_PUBLIC,
		.template = "dice",
		.value = "4162533615246134526163255",
		.beacon_time = 7500,
		.delay = 300,
		.draft_until = -60,
		.quorum = 1,
		.witnesses = WITNESSES,
		.secrets = { 1, 2, 3 },
		.with_lock = true,
		.with_seal = true,
		.with_beacon = true,
		.with_result = true,
		.reason = KL_CLOSE_DRAWN,
		.known = true,
		.cosigned = { 10, 3610, 7210, 7610, 9110 },
	};
}

/* Level C: no beacon. */
static inline struct plan plan_none(void)
{
	struct plan plan = plan_public();

	plan.policy = c_policy;
	plan.beacon = KL_BEACON_NONE;
	plan.delay = 0;
	plan.beacon_time = 7200;
	plan.withheld_void = true;
	plan.with_beacon = false;
	return plan;
}

/* With all that may come of one that is drawn: a secret withheld, a draft that
 * was changed, somebody replaced. */
static inline struct plan plan_eventful(void)
{
	struct plan plan = plan_public();

	plan.parts[2] = WITHHOLDS;
	plan.other_draft = true;
	plan.replace_count = 1;
	plan.replaces[0].approvers[1] = 1;
	return plan;
}

/* Cancelled when all had revealed, before there was a seal. */
static inline struct plan plan_cancelled(void)
{
	struct plan plan = plan_none();

	plan.with_seal = plan.with_result = false;
	plan.reveals_logged = true;
	plan.reason = KL_CLOSE_CANCELLED;
	return plan;
}

/* An event of the log, to be bent before the tree is made. */
struct event {
	char kind[24], stem[48]; /* stem "": not in a pack */
	char subject[32];
	json_t *data;
	int64_t at, seq;
	int id;         /* each byte of it */
	bool nobodys;   /* by is {} */
	size_t attempt; /* index of it */
	size_t index;   /* in the log, once that is made */
};

struct made_file {
	char name[96];
	uint8_t bytes[FILE_MAX];
	size_t size;
};

/* One attempt as texts. */
struct made {
	struct plan plan;
	struct kl_hash declare, lock, seal, seed, result, close;
	struct kl_commit commits[PARTIES];
	struct kl_declare declared;
	struct kl_ranking ranking;
	char ids[ENTRIES_MAX][24];
	struct kl_entry entries[ENTRIES_MAX];
	struct kl_roster roster;
	size_t mark_events[MARKS]; /* index of the event, + 1 */
	const char *prefix;
};

/* A log, its attempts, and the pack of the last one. */
struct world {
	struct made made[ATTEMPTS_MAX];
	size_t made_count;
	struct event events[EVENTS_MAX];
	size_t event_count;
	struct made_file files[FILES_MAX];
	size_t file_count;
	struct kl_buf leaves[EVENTS_MAX];
	struct kl_hash hashes[EVENTS_MAX];
	struct kl_trust trust;
	bool bare;
};

static const char *const party_ids[PARTIES] = { "operator", "supervisor",
	"owner" };
static const char *const witness_names[WITNESSES] = { "one.example",
	"two.example" };

/* Keys by number: 0 the log, from 1 the parties, from 10 the witnesses. */
static inline struct kl_signer signer_of(uint8_t number)
{
	struct kl_signer signer;
	uint8_t seed[KL_SEED_SIZE];

	memset(seed, number + 1, sizeof(seed));
	kl_signer_make(&signer, seed);
	return signer;
}

/* --- files ---------------------------------------------------------------- */

static inline struct made_file *world_file(
    struct world *world, const char *name)
{
	for (size_t i = 0; i < world->file_count; i++)
		if (strcmp(world->files[i].name, name) == 0)
			return &world->files[i];
	fail_msg("there is no %s", name);
	return NULL;
}

static inline struct kl_hash add_file(struct world *world, const char *prefix,
    const char *name, const void *bytes, size_t size)
{
	struct made_file *file = &world->files[world->file_count++];

	assert_true(world->file_count <= FILES_MAX && size <= FILE_MAX);
	snprintf(file->name, sizeof(file->name), "%s%s", prefix, name);
	memcpy(file->bytes, bytes, size);
	file->size = size;
	return kl_hash_of(bytes, size);
}

static inline struct kl_hash add_text(struct world *world, const char *prefix,
    const char *name, struct kl_buf *text)
{
	struct kl_hash hash;

	assert_int_equal(kl_buf_result(text), KL_OK);
	hash = add_file(world, prefix, name, text->data, text->size);
	kl_buf_clear(text);
	return hash;
}

static inline void remove_file(struct world *world, const char *name)
{
	struct made_file *file = world_file(world, name);

	*file = world->files[--world->file_count];
}

/* --- events --------------------------------------------------------------- */

static inline struct event *add_event(struct world *world, const char *kind,
    const char *stem, json_t *data, int64_t after)
{
	const struct made *made = &world->made[world->made_count];
	struct event *event = &world->events[world->event_count++];

	assert_true(world->event_count <= EVENTS_MAX);
	*event = (struct event){ .data = data,
		.at = made->plan.start + after,
		.seq = (int64_t)world->event_count,
		.id = (int)world->event_count,
		.attempt = world->made_count };
	snprintf(event->kind, sizeof(event->kind), "%s", kind);
	snprintf(event->stem, sizeof(event->stem), "%s", stem);
	snprintf(event->subject, sizeof(event->subject), "%s", made->plan.draw);
	return event;
}

/* The event of the last file, which goes by its name. */
static inline void log_text(struct world *world, const char *kind,
    const char *stem, const struct made_file *file, int64_t after)
{
	struct kl_hash hash = kl_hash_of(file->bytes, file->size);
	char hex[KL_HASH_HEX];
	json_t *data;

	kl_hash_hex(&hash, hex);
	data = file->size <= KL_LEAF_TEXT_MAX
		   ? json_pack("{s:s%}", "text", file->bytes, file->size)
		   : json_pack("{s:s, s:I}", "digest", hex, "size",
			 (json_int_t)file->size);
	assert_non_null(data);
	add_event(world, kind, stem, data, after);
}

static inline struct kl_hash publish(struct world *world, const char *kind,
    const char *stem, struct kl_buf *text, int64_t after)
{
	const char *prefix = world->made[world->made_count].prefix;
	struct kl_hash hash;
	char name[64];

	snprintf(name, sizeof(name), "%s.txt", stem);
	hash = add_text(world, prefix, name, text);
	log_text(
	    world, kind, stem, &world->files[world->file_count - 1], after);
	return hash;
}

static inline void mark(struct world *world, size_t number)
{
	world->made[world->made_count].mark_events[number] = world->event_count;
}

static inline struct event *world_event(struct world *world, const char *stem)
{
	for (size_t i = world->event_count; i-- > 0;)
		if (strcmp(world->events[i].stem, stem) == 0)
			return &world->events[i];
	fail_msg("there is no event %s", stem);
	return NULL;
}

#include "maker_attempt.h"
#include "maker_log.h"

#endif
