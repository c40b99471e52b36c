/* audit_bends.h -- part of audit_cases.h: what is done to plans and events. */
#ifndef AUDIT_BENDS_H
#define AUDIT_BENDS_H

#include "audit_log.h"

/* --- plans ---------------------------------------------------------------- */

static inline void short_names(struct plan *plan)
{
	plan->names_short = true;
}
static inline void excluded_first(struct plan *plan)
{
	plan->exclude_first = true;
}
static inline void wrong_signer(struct plan *plan)
{
	plan->wrong_signer = true;
}
static inline void names_other(struct plan *plan)
{
	plan->names_other = true;
}
static inline void other_seed(struct plan *plan)
{
	plan->seed_value = "1111111111111111111111111";
}
static inline void other_select(struct plan *plan)
{
	plan->result_select = 2;
}
static inline void wrong_previous(struct plan *plan)
{
	plan->wrong_previous = true;
}
static inline void not_annulled(struct plan *plan)
{
	plan->annul = false;
}
static inline void same_secret(struct plan *plan)
{
	plan->secrets[2] = 1;
}
static inline void old_secret(struct plan *plan)
{
	plan->secrets[1] = 2;
}
static inline void same_attempt(struct plan *plan)
{
	plan->attempt = 1;
}
static inline void gap(struct plan *plan)
{
	plan->attempt = 3;
}
static inline void late_draft(struct plan *plan)
{
	plan->draft_until = 10;
}
static inline void soon_beacon(struct plan *plan)
{
	plan->beacon_time = 7499;
}
static inline void other_log(struct plan *plan)
{
	plan->origin = "log.example/b";
}
static inline void absent_left_out(struct plan *plan)
{
	plan->parts[2] = IS_ABSENT;
	plan->left_out = true;
}
static inline void withheld_left_out(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->left_out = true;
}
static inline void withholds(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
}
static inline void drawn_though_void(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->withheld_void = true;
}
static inline void cancelled_unknown(struct plan *plan)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
	plan->known = false;
}
static inline void cancelled(struct plan *plan)
{
	cancelled_unknown(plan);
	plan->known = true;
}
static inline void unwitnessed(struct plan *plan)
{
	cancelled(plan);
	plan->with_seal = false;
	plan->reason = KL_CLOSE_UNWITNESSED;
}
static inline void stood_still(struct plan *plan)
{
	unwitnessed(plan);
	plan->with_lock = false;
	plan->quorum = 0;
}
static inline void unwitnessed_untrue(struct plan *plan)
{
	unwitnessed(plan);
	plan->quorum = 0;
}
static inline void unsealed_untrue(struct plan *plan)
{
	cancelled(plan);
	plan->reason = KL_CLOSE_UNSEALED;
}
static inline void unsealed(struct plan *plan)
{
	unsealed_untrue(plan);
	plan->parts[2] = WITHHOLDS;
}
static inline void unsealed_in_time(struct plan *plan)
{
	unsealed(plan);
	plan->quorum = 0;
}
static inline void too_few(struct plan *plan)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_TOO_FEW;
}
static inline void withheld_untrue(struct plan *plan)
{
	plan->with_beacon = plan->with_result = plan->with_seal = false;
	plan->reveals_logged = true;
	plan->reason = KL_CLOSE_WITHHELD;
}
static inline void replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}
static inline void wrong_out(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].out = "E00000099";
}
static inline void wrong_in(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].in = "E00000099";
}
static inline void wrong_order(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].approvers[0] = 1;
	plan->replaces[0].approvers[1] = 0;
}
static inline void annulled(struct plan *plan)
{
	plan->annul = true;
	plan->annul_approvers[1] = 1;
}
static inline void all_absent(struct plan *plan)
{
	plan->owner_required = true;
	plan->parts[2] = IS_ABSENT;
}
static inline void many(struct plan *plan)
{
	plan->entries = 1000;
}

/* --- events --------------------------------------------------------------- */

static inline void lock_early(struct world *world)
{
	set_time(world, "lock", 3599);
}
static inline void commit_late(struct world *world)
{
	set_time(world, "committed-owner", 3600);
}
static inline void reveal_late(struct world *world)
{
	set_time(world, "revealed-owner", 7200);
}
static inline void reveal_early(struct world *world)
{
	move_event(world, "revealed-operator", "lock");
}
static inline void seal_early(struct world *world)
{
	set_time(world, "seal", 7199);
}
static inline void seal_late(struct world *world)
{
	set_time(world, "seal", 7500);
}
static inline void beacon_early(struct world *world)
{
	set_time(world, "beacon", 7499);
}
static inline void close_late(struct world *world)
{
	set_time(world, "close", 7500 + 86401);
}
static inline void commit_after_lock(struct world *world)
{
	move_event(world, "lock", "committed-owner");
	set_time(world, "lock", 3600);
	set_time(world, "committed-owner", 3600);
}
static inline void lock_twice(struct world *world)
{
	repeat_event(world, "lock", "revealed-operator");
}
static inline void roster_twice(struct world *world)
{
	repeat_event(world, "roster", "declare");
}
static inline void no_names(struct world *world)
{
	remove_event(world, "names");
}
static inline void no_draft(struct world *world)
{
	remove_event(world, "draft");
}
static inline void no_seed(struct world *world)
{
	remove_event(world, "seed");
}
static inline void no_beacon(struct world *world)
{
	remove_event(world, "beacon");
}
static inline void close_twice(struct world *world)
{
	repeat_event(world, "close", NULL);
}
static inline void commit_twice_same(struct world *world)
{
	repeat_event(world, "committed-owner", "lock");
}

/* The owner signs a second commitment for the same declaration. */
static inline void commit_twice(struct world *world)
{
	struct event *event = repeat_event(world, "committed-owner", "lock");
	const struct made *made = &world->made[event->attempt];
	struct kl_signer signer = signer_of(3);
	struct kl_commitment said = { made->declare, kl_span_of("owner"),
		made->declare };
	struct kl_buf text = KL_BUF(FILE_MAX);
	struct kl_signature signature;
	char hex[KL_HASH_HEX], sign[KL_SIGNATURE_HEX];

	assert_int_equal(kl_commitment_write(&said, &text), KL_OK);
	signature = kl_sign(&signer, text.data, text.size);
	kl_hash_hex(&said.commit, hex);
	kl_signature_hex(&signature, sign);
	json_object_set_new(event->data, "commit", json_string(hex));
	json_object_set_new(event->data, "signature", json_string(sign));
	kl_buf_clear(&text);
}

static inline void commit_unknown(struct world *world)
{
	struct event *event = repeat_event(world, "committed-owner", "lock");

	json_object_set_new(event->data, "party", json_string("entrants"));
}
static inline void reveal_unknown(struct world *world)
{
	struct event *event = repeat_event(world, "revealed-owner", "seal");

	json_object_set_new(event->data, "party", json_string("entrants"));
}
static inline void no_commit(struct world *world)
{
	remove_event(world, "committed-owner");
}
static inline void no_reveal(struct world *world)
{
	remove_event(world, "revealed-owner");
}
static inline void commit_data(struct world *world)
{
	json_object_del(world_event(world, "committed-owner")->data, "commit");
}
static inline void lock_data(struct world *world)
{
	json_object_set_new(
	    world_event(world, "lock")->data, "more", json_true());
}
/* Of the attempt before, where there are two. */
static inline struct event *first_close(struct world *world)
{
	struct event *close = NULL;

	for (size_t i = 0; i < world->event_count && !close; i++)
		if (strcmp(world->events[i].stem, "close") == 0)
			close = &world->events[i];
	assert_non_null(close);
	return close;
}
static inline void no_close_before(struct world *world)
{
	struct event *close = first_close(world);

	json_decref(close->data);
	world->event_count--;
	memmove(close, close + 1,
	    (size_t)(world->events + world->event_count - close) *
		sizeof(*close));
	remove_event(world, "annul");
}
static inline void annul_unsigned(struct world *world)
{
	flip_event(world, "annul", "approve supervisor ");
}
static inline void replace_of_none(struct world *world)
{
	struct event *event = repeat_event(world, "close", NULL);

	snprintf(event->kind, sizeof(event->kind), "draw.replaced");
}

/* The operator has signed another value, and somebody put it on record. */
static inline void dispute(struct world *world)
{
	static const char value[] = "6666666666666666666666666";
	struct event *event = repeat_event(world, "close", NULL);
	const struct made *made = &world->made[event->attempt];
	struct kl_signer signer = signer_of(1);
	struct kl_attestation said = { made->declare, made->seal,
		kl_span_of(value) };
	struct kl_buf text = KL_BUF(FILE_MAX);
	struct kl_signature signature;
	char sign[KL_SIGNATURE_HEX];

	assert_int_equal(kl_attestation_write(&said, &text), KL_OK);
	signature = kl_sign(&signer, text.data, text.size);
	kl_signature_hex(&signature, sign);
	snprintf(event->kind, sizeof(event->kind), "draw.disputed");
	json_decref(event->data);
	event->data = json_pack("{s:s, s:[{s:s, s:s}]}", "value", value,
	    "attestations", "party", "operator", "signature", sign);
	kl_buf_clear(&text);
}

static inline void dispute_data(struct world *world)
{
	dispute(world);
	json_object_del(world_event(world, "again")->data, "value");
}

/* The very value of the beacon. */
static inline void dispute_same(struct world *world)
{
	dispute(world);
	json_object_set_new(world_event(world, "again")->data, "value",
	    json_string(plan_public().value));
}

/* Of a draw that has no seal yet, so that nobody can have attested. */
static inline void dispute_early(struct world *world)
{
	dispute(world);
	move_event(world, "again", "seal");
}

/* Who else is said to have signed it has not. */
static inline void dispute_half(struct world *world)
{
	dispute(world);
	json_array_insert_new(
	    json_object_get(world_event(world, "again")->data, "attestations"),
	    0, json_pack("{s:s, s:s}", "party", "owner", "signature", "00"));
}

static inline void declare_late(struct world *world)
{
	set_time(world, "declare", 3600);
	for (size_t i = 0; i < PARTIES; i++) {
		char stem[48];

		snprintf(stem, sizeof(stem), "committed-%s", party_ids[i]);
		set_time(world, stem, 3600);
	}
}
static inline void lock_form(struct world *world)
{
	edit_event(world, "lock", "commit owner", "commit  owner");
}
static inline void declare_form(struct world *world)
{
	edit_event(world, "declare", "\nquorum ", "\nQuorum ");
}
static inline void roster_other(struct world *world)
{
	edit_event(world, "roster", "draw D-1", "draw D-9");
}
static inline void roster_weight(struct world *world)
{
	edit_event(world, "roster", "E00000002 1", "E00000002 2");
}
static inline void seal_secret(struct world *world)
{
	flip_event(world, "seal", "secret operator ");
}
static inline void beacon_unsigned(struct world *world)
{
	flip_event(world, "beacon", "attest supervisor ");
}
static inline void beacon_value(struct world *world)
{
	edit_event(world, "beacon", "public dice ", "public coin ");
}
static inline void result_edit(struct world *world)
{
	flip_event(world, "result", "rank 2 ");
}
static inline void close_other(struct world *world)
{
	flip_event(world, "close", "declare ");
}
static inline void not_first(struct world *world)
{
	move_event(world, "revealed-operator", "seal");
}
static inline void of_nobody_else(struct world *world)
{
	edit_event(world, "revealed-owner", "party owner", "party operator");
}
static inline void seal_form(struct world *world)
{
	edit_event(world, "seal", "secret operator", "secret  operator");
}
static inline void reveal_form(struct world *world)
{
	edit_event(world, "revealed-owner", "party owner", "Party owner");
}
static inline void reveal_twice(struct world *world)
{
	repeat_event(world, "revealed-owner", "seal");
}
static inline void reveal_data(struct world *world)
{
	json_object_del(world_event(world, "revealed-owner")->data, "text");
}
static inline void other_draft(struct plan *plan)
{
	plan->other_draft = true;
}
static inline void draft_is_roster(struct world *world)
{
	struct event *draft = world_event(world, "draft");

	json_decref(draft->data);
	draft->data = json_deep_copy(world_event(world, "roster")->data);
}
static inline void another_round(struct plan *plan)
{
	plan->signature = recorded_signature(DRAND_VECTORS "quicknet.json", 1);
}

#endif
