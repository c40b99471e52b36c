/* audit_bends.h -- part of audit_cases.h: what is done to plans and events. */
#ifndef AUDIT_BENDS_H
#define AUDIT_BENDS_H

#include "audit_log.h"

/* --- plans ---------------------------------------------------------------- */

static void short_names(struct plan *plan)
{
	plan->names_short = true;
}
static void excluded_first(struct plan *plan)
{
	plan->exclude_first = true;
}
static void wrong_signer(struct plan *plan)
{
	plan->wrong_signer = true;
}
static void names_other(struct plan *plan)
{
	plan->names_other = true;
}
static void other_seed(struct plan *plan)
{
	plan->seed_value = "1111111111111111111111111";
}
static void other_select(struct plan *plan)
{
	plan->result_select = 2;
}
static void wrong_previous(struct plan *plan)
{
	plan->wrong_previous = true;
}
static void not_annulled(struct plan *plan)
{
	plan->annul = false;
}
static void same_secret(struct plan *plan)
{
	plan->secrets[2] = 1;
}
static void old_secret(struct plan *plan)
{
	plan->secrets[1] = 2;
}
static void same_attempt(struct plan *plan)
{
	plan->attempt = 1;
}
static void gap(struct plan *plan)
{
	plan->attempt = 3;
}
static void late_draft(struct plan *plan)
{
	plan->draft_until = 10;
}
static void soon_beacon(struct plan *plan)
{
	plan->beacon_time = 7499;
}
static void other_log(struct plan *plan)
{
	plan->origin = "log.example/b";
}
static void absent_left_out(struct plan *plan)
{
	plan->parts[2] = IS_ABSENT;
	plan->left_out = true;
}
static void withheld_left_out(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->left_out = true;
}
static void withholds(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
}
static void drawn_though_void(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->withheld_void = true;
}
static void cancelled_unknown(struct plan *plan)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
	plan->known = false;
}
static void cancelled(struct plan *plan)
{
	cancelled_unknown(plan);
	plan->known = true;
}
static void unwitnessed(struct plan *plan)
{
	cancelled(plan);
	plan->with_seal = false;
	plan->reason = KL_CLOSE_UNWITNESSED;
}
static void stood_still(struct plan *plan)
{
	unwitnessed(plan);
	plan->with_lock = false;
	plan->quorum = 0;
}
static void unwitnessed_untrue(struct plan *plan)
{
	unwitnessed(plan);
	plan->quorum = 0;
}
static void unsealed_untrue(struct plan *plan)
{
	cancelled(plan);
	plan->reason = KL_CLOSE_UNSEALED;
}
static void unsealed(struct plan *plan)
{
	unsealed_untrue(plan);
	plan->parts[2] = WITHHOLDS;
}
static void unsealed_in_time(struct plan *plan)
{
	unsealed(plan);
	plan->quorum = 0;
}
static void too_few(struct plan *plan)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_TOO_FEW;
}
static void withheld_untrue(struct plan *plan)
{
	plan->with_beacon = plan->with_result = plan->with_seal = false;
	plan->reveals_logged = true;
	plan->reason = KL_CLOSE_WITHHELD;
}
static void replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}
static void wrong_out(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].out = "E00000099";
}
static void wrong_in(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].in = "E00000099";
}
static void wrong_order(struct plan *plan)
{
	replaced(plan);
	plan->replaces[0].approvers[0] = 1;
	plan->replaces[0].approvers[1] = 0;
}
static void annulled(struct plan *plan)
{
	plan->annul = true;
	plan->annul_approvers[1] = 1;
}
static void all_absent(struct plan *plan)
{
	plan->owner_required = true;
	plan->parts[2] = IS_ABSENT;
}
static void many(struct plan *plan)
{
	plan->entries = 1000;
}

/* --- events --------------------------------------------------------------- */

static void lock_early(struct world *world)
{
	set_time(world, "lock", 3599);
}
static void commit_late(struct world *world)
{
	set_time(world, "committed-owner", 3600);
}
static void reveal_late(struct world *world)
{
	set_time(world, "revealed-owner", 7200);
}
static void reveal_early(struct world *world)
{
	move_event(world, "revealed-operator", "lock");
}
static void seal_early(struct world *world)
{
	set_time(world, "seal", 7199);
}
static void seal_late(struct world *world)
{
	set_time(world, "seal", 7500);
}
static void beacon_early(struct world *world)
{
	set_time(world, "beacon", 7499);
}
static void close_late(struct world *world)
{
	set_time(world, "close", 7500 + 86401);
}
static void commit_after_lock(struct world *world)
{
	move_event(world, "lock", "committed-owner");
	set_time(world, "lock", 3600);
	set_time(world, "committed-owner", 3600);
}
static void lock_twice(struct world *world)
{
	repeat_event(world, "lock", "revealed-operator");
}
static void roster_twice(struct world *world)
{
	repeat_event(world, "roster", "declare");
}
static void no_names(struct world *world)
{
	remove_event(world, "names");
}
static void no_draft(struct world *world)
{
	remove_event(world, "draft");
}
static void no_seed(struct world *world)
{
	remove_event(world, "seed");
}
static void no_beacon(struct world *world)
{
	remove_event(world, "beacon");
}
static void close_twice(struct world *world)
{
	repeat_event(world, "close", NULL);
}
static void commit_twice_same(struct world *world)
{
	repeat_event(world, "committed-owner", "lock");
}

/* The owner signs a second commitment for the same declaration. */
static void commit_twice(struct world *world)
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

static void commit_unknown(struct world *world)
{
	struct event *event = repeat_event(world, "committed-owner", "lock");

	json_object_set_new(event->data, "party", json_string("entrants"));
}
static void reveal_unknown(struct world *world)
{
	struct event *event = repeat_event(world, "revealed-owner", "seal");

	json_object_set_new(event->data, "party", json_string("entrants"));
}
static void no_commit(struct world *world)
{
	remove_event(world, "committed-owner");
}
static void no_reveal(struct world *world)
{
	remove_event(world, "revealed-owner");
}
static void commit_data(struct world *world)
{
	json_object_del(world_event(world, "committed-owner")->data, "commit");
}
static void lock_data(struct world *world)
{
	json_object_set_new(
	    world_event(world, "lock")->data, "more", json_true());
}
static void no_close_before(struct world *world)
{
	struct event *close = NULL;

	for (size_t i = 0; i < world->event_count && !close; i++)
		if (strcmp(world->events[i].stem, "close") == 0)
			close = &world->events[i];
	assert_non_null(close);
	json_decref(close->data);
	world->event_count--;
	memmove(close, close + 1,
	    (size_t)(world->events + world->event_count - close) *
		sizeof(*close));
	remove_event(world, "annul");
}
static void annul_unsigned(struct world *world)
{
	flip_event(world, "annul", "approve supervisor ");
}
static void replace_of_none(struct world *world)
{
	struct event *event = repeat_event(world, "close", NULL);

	snprintf(event->kind, sizeof(event->kind), "draw.replaced");
}

/* The operator has signed another value, and somebody put it on record. */
static void dispute(struct world *world)
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

static void declare_late(struct world *world)
{
	set_time(world, "declare", 3600);
	for (size_t i = 0; i < PARTIES; i++) {
		char stem[48];

		snprintf(stem, sizeof(stem), "committed-%s", party_ids[i]);
		set_time(world, stem, 3600);
	}
}
static void lock_form(struct world *world)
{
	edit_event(world, "lock", "commit owner", "commit  owner");
}
static void declare_form(struct world *world)
{
	edit_event(world, "declare", "\nquorum ", "\nQuorum ");
}
static void roster_other(struct world *world)
{
	edit_event(world, "roster", "draw D-1", "draw D-9");
}
static void roster_weight(struct world *world)
{
	edit_event(world, "roster", "E00000002 1", "E00000002 2");
}
static void seal_secret(struct world *world)
{
	flip_event(world, "seal", "secret operator ");
}
static void beacon_unsigned(struct world *world)
{
	flip_event(world, "beacon", "attest supervisor ");
}
static void beacon_value(struct world *world)
{
	edit_event(world, "beacon", "public dice ", "public coin ");
}
static void result_edit(struct world *world)
{
	flip_event(world, "result", "rank 2 ");
}
static void close_other(struct world *world)
{
	flip_event(world, "close", "declare ");
}
static void not_first(struct world *world)
{
	move_event(world, "revealed-operator", "seal");
}
static void of_nobody_else(struct world *world)
{
	edit_event(world, "revealed-owner", "party owner", "party operator");
}
static void another_round(struct plan *plan)
{
	plan->signature = recorded_signature(DRAND_VECTORS "quicknet.json", 1);
}

#endif
