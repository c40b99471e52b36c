/* audit_cases.h -- each way of spoiling the draws of a log, and where it must
 * be seen: for the lib's own test and for logs as files. */
#ifndef AUDIT_CASES_H
#define AUDIT_CASES_H

#include "audit_bends.h"

struct audit_case {
	const char *code;
	const char *stem; /* of the event at fault */
	const char *file; /* its text; NULL: the entry as such */
	size_t line;
	enum setting setting;
	void (*plan)(struct plan *plan);
	void (*first)(struct plan *plan); /* of the attempt before, AGAIN */
	void (*bend)(struct world *world);
	const char *policy[2];
};

/* --- the table ------------------------------------------------------------ */

#define AT(code_, stem_, file_, line_)                                         \
	.code = code_, .stem = stem_, .file = file_, .line = line_

static const struct audit_case audit_cases[] = {
	{ AT("names-differ", "names", "names.txt", 5), .plan = short_names },
	{ AT("excluded-entered", "excluded", "excluded.txt", 4),
	    .plan = excluded_first },
	{ AT("commit-signature", "committed-owner", NULL, 0),
	    .plan = wrong_signer },
	{ AT("commitment-left-out", "committed-owner", NULL, 0),
	    .plan = absent_left_out },
	{ AT("reveal-left-out", "revealed-owner", NULL, 0),
	    .plan = withheld_left_out },
	{ AT("commit-party", "revealed-owner", "commit-owner.txt", 3),
	    .plan = names_other },
	{ AT("seed-beacon", "seed", "seed.txt", 3), .plan = other_seed },
	{ AT("result-differs", "result", "result.txt", 4),
	    .plan = other_select },
	{ AT("digest-previous", "declare", "declare.txt", 5), .setting = AGAIN,
	    .plan = wrong_previous },
	{ AT("previous-stands", "declare", "declare.txt", 5), .setting = AGAIN,
	    .first = not_annulled },
	{ AT("previous-order", "declare", "declare.txt", 5), .setting = AGAIN,
	    .bend = no_close_before },
	{ AT("declared-twice", "declare", NULL, 0), .setting = AGAIN,
	    .plan = same_attempt },
	{ AT("attempt-gap", "declare", NULL, 0), .setting = AGAIN,
	    .plan = gap },
	{ AT("secret-reused", "revealed-supervisor", NULL, 0), .setting = AGAIN,
	    .plan = old_secret },
	{ AT("secret-twice", "revealed-owner", NULL, 0), .plan = same_secret },
	{ AT("known-false", "close", "close.txt", 6),
	    .plan = cancelled_unknown },
	{ AT("text-unexpected", "lock", "lock.txt", 0), .plan = too_few },
	{ AT("reason-untrue", "close", "close.txt", 4),
	    .plan = drawn_though_void },
	{ AT("reason-untrue", "close", "close.txt", 4),
	    .plan = withheld_untrue },
	{ AT("reason-untrue", "close", "close.txt", 4),
	    .plan = unwitnessed_untrue },
	{ AT("reason-untrue", "close", "close.txt", 4),
	    .plan = unsealed_untrue },
	{ AT("reason-untrue", "close", "close.txt", 4),
	    .plan = unsealed_in_time },
	{ AT("lock-absent", "lock", "lock.txt", 5), .plan = all_absent },
	{ AT("lock-early", "lock", NULL, 0), .bend = lock_early },
	{ AT("commitment-late", "committed-owner", NULL, 0),
	    .bend = commit_late },
	{ AT("reveal-late", "revealed-owner", NULL, 0), .bend = reveal_late },
	{ AT("reveal-early", "revealed-operator", NULL, 0),
	    .bend = reveal_early },
	{ AT("seal-early", "seal", NULL, 0), .plan = withholds,
	    .bend = seal_early },
	{ AT("seal-late", "seal", NULL, 0), .plan = withholds,
	    .bend = seal_late },
	{ AT("beacon-early", "beacon", NULL, 0), .bend = beacon_early },
	{ AT("close-late", "close", NULL, 0), .bend = close_late },
	{ AT("log-order", "committed-owner", NULL, 0),
	    .bend = commit_after_lock },
	{ AT("draw-event", "again", NULL, 0), .bend = lock_twice },
	{ AT("draw-event", "again", NULL, 0), .bend = roster_twice },
	{ AT("draw-event", "again", NULL, 0), .bend = commit_twice_same },
	{ AT("draw-event", "declare", NULL, 0), .bend = no_names },
	{ AT("draw-event", "roster", NULL, 0), .bend = no_draft },
	{ AT("draw-event", "result", NULL, 0), .bend = no_seed },
	{ AT("draw-event", "again", NULL, 0), .plan = cancelled,
	    .bend = replace_of_none },
	{ AT("closed-twice", "again", NULL, 0), .bend = close_twice },
	{ AT("committed-twice", "again", NULL, 0), .bend = commit_twice },
	{ AT("commitment-unknown", "again", NULL, 0), .bend = commit_unknown },
	{ AT("commitment-unknown", "again", NULL, 0), .bend = reveal_unknown },
	{ AT("lock-unlogged", "lock", "lock.txt", 0), .bend = no_commit },
	{ AT("seal-unlogged", "seal", "seal.txt", 0), .bend = no_reveal },
	{ AT("draw-incomplete", "close", "beacon.txt", 0), .bend = no_beacon },
	{ AT("draw-data", "committed-owner", NULL, 0), .bend = commit_data },
	{ AT("draw-data", "lock", NULL, 0), .bend = lock_data },
	{ AT("replace-out", "replace", "replace.txt", 3), .plan = wrong_out },
	{ AT("replace-in", "replace", "replace.txt", 4), .plan = wrong_in },
	{ AT("approve-party", "replace", "replace.txt", 8),
	    .plan = wrong_order },
	{ AT("approve-signature", "annul", "annul.txt", 6), .plan = annulled,
	    .bend = annul_unsigned },
	{ AT("value-twice", "again", NULL, 0), .bend = dispute },
	{ AT("declare-late", "declare", NULL, 0), .bend = declare_late },
	{ AT("draft-window", "declare", "declare.txt", 12),
	    .plan = late_draft },
	{ AT("beacon-time", "declare", "declare.txt", 23),
	    .plan = soon_beacon },
	{ AT("log-untrusted", "declare", "declare.txt", 6), .plan = other_log },
	{ AT("form-lock", "lock", "lock.txt", 5), .bend = lock_form },
	{ AT("form-declare", "declare", "declare.txt", 9),
	    .bend = declare_form },
	{ AT("draw-differs", "roster", "roster.txt", 2), .bend = roster_other },
	{ AT("digest-roster", "declare", "declare.txt", 13),
	    .bend = roster_weight },
	{ AT("seal-secret", "seal", "seal.txt", 4), .bend = seal_secret },
	{ AT("attest-signature", "beacon", "beacon.txt", 5),
	    .bend = beacon_unsigned },
	{ AT("beacon-differs", "beacon", "beacon.txt", 3),
	    .bend = beacon_value },
	{ AT("form-result", "result", "result.txt", 4), .bend = result_edit },
	{ AT("declare-differs", "close", "close.txt", 2), .bend = close_other },
	{ AT("operator-not-first", "revealed-supervisor", NULL, 0),
	    .setting = NONE, .bend = not_first },
	{ AT("commit-party", "revealed-owner", "commit-owner.txt", 3),
	    .bend = of_nobody_else },
	{ AT("policy-entrants", "roster", "roster.txt", 3),
	    .policy = { "\"min_entrants\":3", "\"min_entrants\":30" } },
	{ AT("policy-template", "declare", "declare.txt", 23),
	    .policy = { "\"dice\"", "\"doce\"" } },
	{ AT("beacon-forged", "beacon", "beacon.txt", 3), .setting = DRAND,
	    .plan = another_round },
};

#undef AT

enum { AUDIT_CASES = sizeof(audit_cases) / sizeof(*audit_cases) };

/* The world of a case as a log; to be closed. */
static inline struct world *audit_world(const struct audit_case *one)
{
	struct fault fault = { .setting = one->setting };
	static char policy[2048];
	struct plan plan = plan_of(fault.setting), first = plan_public();
	struct kl_buf text = KL_BUF(sizeof(policy) - 1);
	struct world *world = world_open();

	if (one->policy[0]) {
		replace_text(&text, plan.policy, strlen(plan.policy),
		    one->policy[0], one->policy[1]);
		kl_buf_add_byte(&text, 0);
		memcpy(policy, text.data, text.size);
		plan.policy = policy;
		kl_buf_clear(&text);
	}
	annulled(&first);
	if (one->first)
		one->first(&first);
	if (one->plan)
		one->plan(&plan);
	if (one->setting == AGAIN)
		make_attempt(world, &first, "previous/1/");
	make_attempt(world, &plan, "");
	if (one->bend)
		one->bend(world);
	finish_log(world);
	return world;
}

#endif
