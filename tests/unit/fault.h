/* fault.h -- one thing wrong with a pack, and the finding that must be first.
 */
#ifndef FAULT_H
#define FAULT_H

#include "trial.h"

/* Which world it happens in. */
enum setting {
	PUBLIC,
	NONE,
	DRAND, /* quicknet's own signature */
	NIST,  /* NIST's own pulse */
	PLAIN, /* a pulse of little, of a certificate nobody knows */
	AGAIN,
};

/*
 * A case. The steps that are not NULL are done in this order: `plan` changes
 * the plan of the last attempt, `first` that of the one before, `bend` the
 * events before there is a tree, `spoil` the files; then a text is edited,
 * a digit after `flip` changed, or the file removed.
 */
struct fault {
	enum kl_finding_code code;
	const char *at; /* the file */
	size_t line;
	enum setting setting;
	void (*plan)(struct plan *plan);
	void (*first)(struct plan *plan);
	void (*bend)(struct world *world);
	void (*spoil)(struct trial *trial);
	const char *policy[2];             /* this in the policy becomes that */
	const char *file, *edit[2], *flip; /* in a file, likewise */
	bool removed;
	bool bare; /* where the log would see it first */
};

#define HEX_64                                                                 \
	"0000000000000000000000000000000000000000000000000000000000000000"

static const char chain_quicknet[] = "52db9ba70e0cc0f6eaf7803dd07447a1"
				     "f5477735fd3f661792ba94600c84e971";
static const char plain_pulse[] =
    "{\"certificateId\":\"" HEX_64 HEX_64 "\",\"outputValue\":\"" HEX_64 HEX_64
    "\",\"pulseIndex\":7,\"statusCode\":0,"
    "\"timeStamp\":\"2026-07-08T10:05:00.000Z\"}";

static inline struct plan plan_of(enum setting setting)
{
	struct plan plan = plan_public();

	switch (setting) {
	case PUBLIC:
		break;
	case NONE:
		return plan_none();
	case DRAND:
		plan.beacon = KL_BEACON_DRAND;
		plan.chain = chain_quicknet;
		plan.round = QUICKNET_ROUND;
		plan.start = QUICKNET_TIME - plan.beacon_time;
		plan.signature =
		    recorded_signature(DRAND_VECTORS "quicknet.json", 3);
		break;
	case NIST:
		plan.beacon = KL_BEACON_NIST;
		plan.start = NIST_TIME - plan.beacon_time;
		plan.certificate = kl_nist_certificate.id;
		plan.pulse = nist_pulse();
		break;
	case PLAIN:
		plan.beacon = KL_BEACON_NIST;
		plan.pulse = plain_pulse;
		break;
	case AGAIN:
		plan = plan_public();
		plan.draw = "D-2";
		plan.attempt = 2;
		plan.start += 100000;
		plan.secrets[0] = 11;
		plan.secrets[1] = 12;
		plan.secrets[2] = 13;
		break;
	}
	return plan;
}

/* `from` stands in the text once or more; the first one becomes `to`. */
static inline void replace_text(struct kl_buf *out, const char *text,
    size_t size, const char *from, const char *to)
{
	const char *at = memmem(text, size, from, strlen(from));

	if (!at)
		fail_msg("no %s in %.*s", from, (int)size, text);
	kl_buf_add(out, text, (size_t)(at - text));
	kl_buf_add_text(out, to);
	at += strlen(from);
	kl_buf_add(out, at, size - (size_t)(at - text));
}

static inline void edit_file(
    struct world *world, const char *name, const char *from, const char *to)
{
	struct made_file *file = world_file(world, name);
	struct kl_buf out = KL_BUF(FILE_MAX);

	replace_text(&out, (const char *)file->bytes, file->size, from, to);
	memcpy(file->bytes, out.data, out.size);
	file->size = out.size;
	kl_buf_clear(&out);
}

static inline void flip_digit(
    struct world *world, const char *name, const char *after)
{
	struct made_file *file = world_file(world, name);
	uint8_t *at = memmem(file->bytes, file->size, after, strlen(after));

	if (!at)
		fail_msg("no %s in %s", after, name);
	at += strlen(after);
	*at = *at == '0' ? '1' : '0';
}

static inline void make_world(struct trial *trial, const struct fault *fault)
{
	static char policy[2048];
	struct plan plan = plan_of(fault->setting), first = plan_public();
	struct kl_buf text = KL_BUF(sizeof(policy) - 1);

	if (fault->policy[0]) {
		replace_text(&text, plan.policy, strlen(plan.policy),
		    fault->policy[0], fault->policy[1]);
		kl_buf_add_byte(&text, 0);
		memcpy(policy, text.data, text.size);
		plan.policy = policy;
		kl_buf_clear(&text);
	}
	first.annul = true;
	first.annul_approvers[1] = 1;
	if (fault->first)
		fault->first(&first);
	if (fault->plan)
		fault->plan(&plan);
	if (fault->setting == AGAIN)
		make_attempt(trial->world, &first, "previous/1/");
	make_attempt(trial->world, &plan, "");
	if (fault->bend)
		fault->bend(trial->world);
	make_log(trial->world);
}

/* All the steps, and what is told of the pack after them. */
static inline void verify_fault(struct trial *trial, const struct fault *fault)
{
	make_world(trial, fault);
	trial->options.trust = &trial->world->trust;
	trial->options.bare = fault->bare;
	if (fault->spoil)
		fault->spoil(trial);
	if (fault->edit[0])
		edit_file(
		    trial->world, fault->file, fault->edit[0], fault->edit[1]);
	if (fault->flip)
		flip_digit(trial->world, fault->file, fault->flip);
	if (fault->removed)
		remove_file(trial->world, fault->file);
	world_verify(trial->world, &trial->options, &trial->report);
}

/* The first finding must be this one. */
static inline void check_fault(const struct fault *fault)
{
	struct trial trial = begin();
	const struct kl_finding *found = trial.report.findings;

	verify_fault(&trial, fault);
	if (trial.report.finding_count == 0)
		fail_msg("%s: not found", kl_finding_word(fault->code));
	if (found->code != fault->code || strcmp(found->file, fault->at) != 0 ||
	    found->line != fault->line)
		fail_msg("%s:%zu: %s; expected %s:%zu: %s", found->file,
		    found->line, kl_finding_word(found->code), fault->at,
		    fault->line, kl_finding_word(fault->code));
	end(&trial);
}

/* Every code from `first` to `last` has a case. */
static inline void check_faults(const struct fault faults[], size_t count,
    enum kl_finding_code first, enum kl_finding_code last)
{
	bool seen[KL_FINDING_CODES] = { false };

	for (size_t i = 0; i < count; i++) {
		check_fault(&faults[i]);
		seen[faults[i].code] = true;
	}
	for (int code = first; code <= (int)last; code++)
		if (!seen[code])
			fail_msg("%s has no case", kl_finding_word(code));
}

#endif
