/* attacks.h -- part of test_attacks.c: what is done to plans, events, files. */
#ifndef ATTACKS_H
#define ATTACKS_H

#include "audit_run.h"
#include "party.h"

/* --- by plan -------------------------------------------------------------- */

static inline void forged_beacon(struct plan *plan)
{
	/* Whatever it is, seed.txt has its SHA-256. */
	plan->signature = "8f00000000000000000000000000000000000000"
			  "0000000000000000000000000000000000000000"
			  "0000000000000001";
}
static inline void later_round(struct plan *plan)
{
	plan->round++;
}
static inline void copied(struct plan *plan)
{
	plan->copied = true;
}
static inline void own_censored(struct plan *plan)
{
	plan->parts[ME] = IS_ABSENT;
}
static inline void low_entropy(struct plan *plan)
{
	plan->template = "coin";
	plan->value = "0101010101010101010101010101010"
		      "10101010101010101010101010101010";
}
static inline void own_template(struct plan *plan)
{
	plan->template = "coins";
}
static inline void short_delay(struct plan *plan)
{
	plan->delay = 29;
	plan->beacon_time = 7229;
}
static inline void never_cosigned(struct plan *plan)
{
	memset(plan->cosigned, 0, sizeof(plan->cosigned));
}
static inline void closing_not_cosigned(struct plan *plan)
{
	plan->cosigned[3] = 0;
}
static inline void no_quorum(struct plan *plan)
{
	plan->quorum = 0;
	never_cosigned(plan);
}
static inline void two_must_cosign(struct plan *plan)
{
	plan->quorum = 2;
}
static inline void cancelled_first(struct plan *plan)
{
	cancelled(plan);
	plan->annul = false;
}
static inline void cancelled_unwitnessed(struct plan *plan)
{
	cancelled_unknown(plan);
	closing_not_cosigned(plan);
	plan->annul = false;
}
static inline void party_voids(struct plan *plan)
{
	cancelled_first(plan);
	plan->parts[2] = WITHHOLDS;
	plan->withheld_void = true;
	plan->reason = KL_CLOSE_PARTY;
}
static inline void few(struct plan *plan)
{
	plan->entries = 2;
}

/* --- by events ------------------------------------------------------------ */

/* The round after the declared one, in text and entry alike. */
static inline void next_round(struct world *world)
{
	char from[32], to[32];

	snprintf(from, sizeof(from), " %d ", QUICKNET_ROUND);
	snprintf(to, sizeof(to), " %d ", QUICKNET_ROUND + 1);
	edit_event(world, "beacon", from, to);
	edit_file(world, "beacon.txt", from, to);
}

static inline void roster_after_lock(struct world *world)
{
	repeat_event(world, "roster", "revealed-operator");
	edit_event(world, "again", "E00000002 1", "E00000002 2");
}

/* Cancelled when the beacon was there, as if it had been before. */
static inline void close_backdated(struct world *world)
{
	set_time(world, "close", 7300);
	number_events(world);
}

/* Likewise the attempt before. */
static inline void first_close_backdated(struct world *world)
{
	struct event *close = first_close(world);

	close->at = world->made[close->attempt].plan.start + 7300;
}

/* Everything that was ever said of the closing is put before the seal. */
static inline void close_before_seal(struct world *world)
{
	set_time(world, "close", 7199);
}

static inline void redeclared(struct world *world)
{
	struct event *event = repeat_event(world, "declare", "lock");

	event->at = world_event(world, "lock")->at - 1;
}

static inline void operator_not_first(struct world *world)
{
	not_first(world);
	number_events(world);
}

static inline void second_seal(struct world *world)
{
	repeat_event(world, "seal", "beacon");
}
static inline void second_beacon(struct world *world)
{
	repeat_event(world, "beacon", "seed");
}
static inline void second_result(struct world *world)
{
	repeat_event(world, "result", "close");
}

/* --- by files, with every key but the parties' ---------------------------- */

/* A checkpoint anew: over this tree, and cosigned when. */
static inline void write_mark(struct trial *trial, size_t number,
    const char *name, const struct kl_hash *root,
    const int64_t cosigned[static WITNESSES])
{
	const struct made *made = &trial->world->made[0];
	struct kl_note_key log = log_key_of(&made->plan);
	struct kl_signer signer = signer_of(0);
	struct made_file *file = world_file(trial->world, name);
	struct kl_buf note = KL_BUF(FILE_MAX);
	char text[512];
	size_t size;

	assert_int_equal(kl_checkpoint_sign(&note, &log, &signer,
			     size_of_mark(made, number), root),
	    KL_OK);
	size = (size_t)((uint8_t *)memmem(note.data, note.size, "\n\n", 2) + 1 -
			note.data);
	memcpy(text, note.data, size);
	for (size_t i = 0; i < WITNESSES; i++) {
		struct kl_note_key key = witness_key_of(i);

		signer = signer_of((uint8_t)(10 + i));
		assert_int_equal(
		    kl_note_cosign(&note, text, size, &key, &signer,
			(uint64_t)(made->plan.start + cosigned[i])),
		    KL_OK);
	}
	memcpy(file->bytes, note.data, note.size);
	file->size = note.size;
	kl_buf_clear(&note);
}

/* Another history up to the lock, to which the witnesses lent their names. */
static inline void fork_at_lock(struct trial *trial)
{
	struct world *world = trial->world;
	struct kl_hash root;

	world->hashes[0].bytes[0] ^= 1;
	root = kl_merkle_root(world->hashes, size_of_mark(&world->made[0], 1));
	world->hashes[0].bytes[0] ^= 1;
	write_mark(trial, 1, "log/locked", &root,
	    (const int64_t[WITNESSES]){ 3610, 3611 });
}

/* One of two witnesses has seen the freeze in time, and the other only says
 * so: the later one counts. */
static inline void one_lies_of_time(struct trial *trial)
{
	struct world *world = trial->world;
	struct kl_hash root =
	    kl_merkle_root(world->hashes, size_of_mark(&world->made[0], 0));

	write_mark(trial, 0, "log/declared", &root,
	    (const int64_t[WITNESSES]){ 10, 3600 });
}

/* The lock as it was, and the log cut back behind it. */
static inline void roll_back(struct trial *trial)
{
	const struct made_file *from = world_file(trial->world, "log/declared");
	struct made_file *to = world_file(trial->world, "log/closed");

	memcpy(to->bytes, from->bytes, from->size);
	to->size = from->size;
}

static inline void forge_cosignature(struct trial *trial)
{
	struct made_file *file = world_file(trial->world, "log/sealed");
	uint8_t *last = &file->bytes[file->size - 10];

	*last = *last == 'A' ? 'B' : 'A';
}

static inline void other_log_key(struct trial *trial)
{
	trial->world->trust.logs[0].key = signer_of(7).key;
}
static inline void nobodys_keys(struct trial *trial)
{
	trial->options.trust = NULL;
}
static inline void owner_unknown(struct trial *trial)
{
	trial->world->trust.party_count = 2;
}
static inline void owner_is_another(struct trial *trial)
{
	trial->world->trust.parties[2].key = signer_of(8).key;
}
static inline void at_least_b(struct trial *trial)
{
	trial->options.level_min = 'B';
}

#endif
