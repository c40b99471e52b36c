/* kl_pack.h -- the evidence pack as texts, and every finding about it. */
#ifndef KL_PACK_H
#define KL_PACK_H

#include "kl_beacon.h"
#include "kl_close.h"
#include "kl_file.h"
#include "kl_finding.h"
#include "kl_pulse.h"
#include "kl_ranking.h"
#include "kl_trust.h"

enum {
	KL_PACK_FILES_MAX = 8192,
	KL_PACK_NAME_MAX = 255,     /* bytes of a file's name */
	KL_PACK_FINDINGS_MAX = 256, /* more are counted, not kept */
};

/* What the verifier knows apart from the pack, and asks of it. protocol §5. */
struct kl_pack_options {
	const struct kl_trust *trust; /* whose keys are known; NULL: nobody's */
	bool bare;                    /* there is no log/; level `unproven` */
	bool rehearsal;               /* a rehearsal's log will do */
	const struct kl_chain *chain; /* to accept besides ours; or NULL */
	const struct kl_certificate *certificate; /* likewise, of pulses */
	char level_min;                           /* 'A', 'B', 'C'; 0: any */
};

/* One thing that is wrong. */
struct kl_finding {
	enum kl_finding_code code;
	char file[KL_PACK_NAME_MAX + 1]; /* as named in the pack */
	size_t line; /* from 1; 0: the file as a whole, or that it is missing */
	const char *why; /* more about a form, in English; or NULL */
};

/* What the proof amounts to; the last three stand in place of a level. §1. */
enum kl_level {
	KL_LEVEL_A,
	KL_LEVEL_B,
	KL_LEVEL_C,
	KL_LEVEL_UNPROVEN,
	KL_LEVEL_REHEARSAL,
	KL_LEVEL_TEST,
};

/* Why it is no more than C. X(name, word) */
#define KL_CAPS(X)                                                             \
	X(UNWITNESSED, "unwitnessed")                                          \
	X(UNSEALED, "unsealed")                                                \
	X(SHORT_DELAY, "short-delay")                                          \
	X(LOW_ENTROPY, "low-entropy")                                          \
	X(REDRAWN_KNOWN, "redrawn-known")                                      \
	X(POLICY_C, "policy-c")

/* What a reader should know though it is no fault. X(name, word) */
#define KL_WARNINGS(X)                                                         \
	X(PARTY_UNVERIFIED, "party-unverified")     /* about: its id */        \
	X(PARTY_ABSENT, "party-absent")             /* its id */               \
	X(PARTY_WITHHELD, "party-withheld")         /* its id */               \
	X(WITNESS_UNVERIFIED, "witness-unverified") /* its name */             \
	X(DRAFT_UNPROVEN, "draft-unproven")         /* no leaf of the draft */ \
	X(REDRAWN_WITHHELD, "redrawn-withheld")     /* the party's id */       \
	X(SHADOW_UNKNOWN, "shadow-unknown")         /* the draw's id */        \
	X(CLOSED_LATE, "closed-late")               /* the draw's id */        \
	X(HELPER_UNKNOWN, "helper-unknown")         /* the file's name */

enum kl_cap {
#define KL_CAP_ENUM(name, word) KL_CAP_##name,
	KL_CAPS(KL_CAP_ENUM)
#undef KL_CAP_ENUM
	    KL_CAP_COUNT,
};

enum kl_warning_code {
#define KL_WARNING_ENUM(name, word) KL_WARNING_##name,
	KL_WARNINGS(KL_WARNING_ENUM)
#undef KL_WARNING_ENUM
	    KL_WARNING_CODES,
};

struct kl_warning {
	enum kl_warning_code code;
	char about[KL_PACK_NAME_MAX + 1];
};

/* The level, cap or warning as the word that is stable. */
const char *kl_level_word(enum kl_level level);
const char *kl_cap_word(enum kl_cap cap);
const char *kl_warning_word(enum kl_warning_code code);

/* Somebody of an attempt. Spans point into the pack's files. */
struct kl_award {
	int64_t attempt;
	size_t rank;       /* from 1 */
	bool shadow;       /* would have been; the attempt gave no result */
	bool gone;         /* was selected, and replaced */
	bool came;         /* was an alternate, and selected by replacement */
	enum kl_role role; /* by rank, whatever came after */
	struct kl_span id, name;
	enum kl_replace_reason reason; /* when gone */
};

/* One attempt of the project, the earlier ones first. */
struct kl_attempt_report {
	int64_t attempt;
	struct kl_span draw, project;
	enum kl_close_reason reason; /* of its closing */
	bool known;                  /* as written in close.txt */
	bool annulled;
	enum kl_beacon_kind beacon;
	size_t parties, committed, revealed;
};

/* All that is to be said of a pack. */
struct kl_pack_report {
	struct kl_finding findings[KL_PACK_FINDINGS_MAX];
	size_t finding_count; /* kept; the first is the verdict */
	size_t findings_left; /* beyond those kept */

	/* The rest holds what could be read, findings or not; level, caps and
	 * what it rests on mean something only without a finding. */
	enum kl_level level;
	bool caps[KL_CAP_COUNT];
	char rests_on[KL_PARTIES_MAX * (KL_PARTY_ID_SIZE_MAX + 2) + 16];

	struct kl_buf warnings; /* of struct kl_warning */
	struct kl_buf attempts; /* of struct kl_attempt_report; this one last */
	struct kl_buf awards;   /* of struct kl_award, by attempt and rank: the
				   selected, alternates and shadows */
};

/* How many there are, and which. */
size_t kl_pack_warnings(
    const struct kl_pack_report *report, const struct kl_warning **warnings);
size_t kl_pack_attempts(const struct kl_pack_report *report,
    const struct kl_attempt_report **attempts);
size_t kl_pack_awards(
    const struct kl_pack_report *report, const struct kl_award **awards);

/*
 * Check a pack: all of protocol §1 to §5 and §7 that its texts can show. The
 * files come in any order and must stay as long as the report. Whatever they
 * hold, the answer is in `report`, to be cleared by whoever declared it; the
 * same files and options give the same report.
 *
 * What it does not show is in lib/README.md and in `klero verify`.
 *
 * KL_TOO_LARGE   over KL_PACK_FILES_MAX: nothing was checked
 * KL_NO_MEMORY   nothing is known
 */
enum kl_result kl_pack_verify(const struct kl_file files[], size_t count,
    const struct kl_pack_options *options,
    struct kl_pack_report *report) KL_MUST_CHECK;

void kl_pack_report_clear(struct kl_pack_report *report);

/*
 * Is this what a release of ours put into packs as README.txt or verify.sh?
 * Otherwise the pack's own copy may do anything: `helper-unknown`.
 */
bool kl_pack_knows_helper(const char *name, const void *bytes, size_t size);

/*
 * The name of the log in which time is not real ends in this: so its packs
 * tell it, since entry 0 does not travel with them. protocol §7.
 */
#define KL_REHEARSAL_SUFFIX "/rehearsal"
bool kl_is_rehearsal(struct kl_span origin);

#endif
