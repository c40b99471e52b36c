/* party.h -- a world as a party sees it, and what it must be told. */
#ifndef PARTY_H
#define PARTY_H

#include "fault.h"
#include "kl_party.h"

enum { ME = 1 }; /* the supervisor */

/* A world, and what the party is told of it. */
struct party {
	struct world *world;
	struct plan plan;
	struct kl_pack_options pack;
	struct kl_party_asked asked;
	struct kl_signer signer;
	struct kl_pack_report report;
	struct kl_party_told told;
};

/* Frozen: everybody but us has committed. */
static inline struct plan plan_declared(void)
{
	struct plan plan = plan_public();

	plan.parts[ME] = IS_ABSENT;
	plan.with_lock = plan.with_seal = false;
	plan.with_beacon = plan.with_result = plan.known = false;
	plan.reason = KL_CLOSE_CANCELLED;
	return plan;
}

/* Locked: nobody has revealed. */
static inline struct plan plan_locked(void)
{
	struct plan plan = plan_declared();

	plan.with_lock = plan.reveals_logged = true;
	for (size_t i = 0; i < PARTIES; i++)
		plan.parts[i] = WITHHOLDS;
	return plan;
}

static inline struct plan plan_none_locked(void)
{
	struct plan plan = plan_none();

	plan.with_seal = plan.with_result = plan.known = false;
	plan.reveals_logged = true;
	plan.reason = KL_CLOSE_CANCELLED;
	for (size_t i = 0; i < PARTIES; i++)
		plan.parts[i] = WITHHOLDS;
	return plan;
}

static inline void sign_own(struct party *party)
{
	struct made *made = &party->world->made[0];
	struct kl_buf text = KL_BUF(FILE_MAX), said = KL_BUF(FILE_MAX);
	struct kl_commitment commitment = { made->declare,
		kl_span_of(party_ids[ME]), { { 0 } } };

	commitment.commit = commit_of(made, ME, &text);
	assert_int_equal(kl_commitment_write(&commitment, &said), KL_OK);
	party->asked.has_own = true;
	party->asked.commit = commitment.commit;
	party->asked.signature = kl_sign(&party->signer, said.data, said.size);
	kl_buf_clear(&text);
	kl_buf_clear(&said);
}

/* `bend`, unless NULL, changes events before there is a tree. */
static inline struct party open_party(
    const struct plan *plan, void (*bend)(struct world *world))
{
	struct party party = { .world = world_open(), .plan = *plan };

	make_attempt(party.world, plan, "");
	if (bend)
		bend(party.world);
	make_log(party.world);
	party.signer = signer_of(1 + ME);
	party.asked = (struct kl_party_asked){
		.step = plan->with_lock ? KL_PARTY_REVEALS : KL_PARTY_COMMITS,
		.draw = kl_span_of(plan->draw),
		.now = plan->start + (plan->with_lock ? 3800 : 60),
	};
	return party;
}

static inline enum kl_party_code ask(struct party *party)
{
	static struct kl_file files[FILES_MAX];
	struct world *world = party->world;

	for (size_t i = 0; i < world->file_count; i++)
		files[i] = (struct kl_file){ world->files[i].name,
			world->files[i].bytes, world->files[i].size };
	party->pack.trust = &world->trust;
	party->asked.pack = &party->pack;
	party->asked.key = &party->signer.key;
	kl_pack_report_clear(&party->report);
	assert_int_equal(kl_party_check(files, world->file_count, &party->asked,
			     &party->report, &party->told),
	    KL_OK);
	return party->told.code;
}

static inline void expect(struct party *party, enum kl_party_code code)
{
	const struct kl_finding *finding;

	ask(party);
	finding = kl_party_finding(&party->report);
	if (party->told.code != code)
		fail_msg("%s (%.*s) %s %s; expected %s",
		    kl_party_word(party->told.code),
		    (int)party->told.about.size,
		    party->told.about.at ? party->told.about.at : "",
		    finding ? kl_finding_word(finding->code) : "",
		    finding ? finding->file : "", kl_party_word(code));
}

static inline void expect_finding(
    struct party *party, enum kl_finding_code code)
{
	const struct kl_finding *finding;

	expect(party, KL_PARTY_FINDING);
	finding = kl_party_finding(&party->report);
	assert_non_null(finding);
	if (finding->code != code)
		fail_msg("%s; expected %s", kl_finding_word(finding->code),
		    kl_finding_word(code));
	assert_int_equal(party->told.about.size, strlen(finding->file));
}

static inline void close_party(struct party *party)
{
	kl_pack_report_clear(&party->report);
	world_close(party->world);
}

static inline struct party declared(void)
{
	struct plan plan = plan_declared();

	return open_party(&plan, NULL);
}

static inline struct party locked(void)
{
	struct plan plan = plan_locked();
	struct party party = open_party(&plan, NULL);

	sign_own(&party);
	return party;
}

#endif
