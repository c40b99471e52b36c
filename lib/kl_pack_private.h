/* kl_pack_private.h -- how a pack is taken apart while it is checked. */
#ifndef KL_PACK_PRIVATE_H
#define KL_PACK_PRIVATE_H

#include "kl_checkpoint.h"
#include "kl_commit.h"
#include "kl_declare.h"
#include "kl_leaf.h"
#include "kl_pack.h"
#include "kl_proof.h"
#include "kl_roster.h"
#include "kl_steps.h"

/* The texts that have one name. In the order of protocol §5. */
enum kl_pack_text {
	KL_PACK_NOTICE,
	KL_PACK_POLICY,
	KL_PACK_ROSTER,
	KL_PACK_NAMES,
	KL_PACK_EXCLUDED,
	KL_PACK_DECLARE,
	KL_PACK_CLOSE,
	KL_PACK_DRAFT,
	KL_PACK_LOCK,
	KL_PACK_SEAL,
	KL_PACK_BEACON,
	KL_PACK_PULSE,
	KL_PACK_SEED,
	KL_PACK_RESULT,
	KL_PACK_ANNUL,
};

/* The checkpoints, each the first that covers its text. */
enum kl_pack_mark {
	KL_PACK_DECLARED,
	KL_PACK_LOCKED,
	KL_PACK_SEALED,
	KL_PACK_CLOSED,
	KL_PACK_LAST,
};

/* How many there are; the first also stands for none of them. */
#define KL_PACK_TEXTS (KL_PACK_ANNUL + 1)
#define KL_PACK_MARKS (KL_PACK_LAST + 1)

/* The events of a draw, in the order they happen in. protocol §3, §7. */
enum kl_pack_event {
	KL_EVENT_DRAFTED,
	KL_EVENT_ROSTER,
	KL_EVENT_NAMES,
	KL_EVENT_EXCLUDED,
	KL_EVENT_DECLARED,
	KL_EVENT_COMMITTED,
	KL_EVENT_LOCKED,
	KL_EVENT_REVEALED,
	KL_EVENT_SEALED,
	KL_EVENT_BEACON,
	KL_EVENT_SEEDED,
	KL_EVENT_RESULT,
	KL_EVENT_CLOSED,
	KL_EVENT_REPLACED,
	KL_EVENT_ANNULLED,
};

/* All files of the pack by name, and which of them have a place in it. */
struct kl_pack_index {
	struct kl_buf files; /* of const struct kl_file *, ascending */
	struct kl_buf used;  /* of bool */
	size_t count;
};

struct kl_pack_commit {
	const struct kl_file *file; /* NULL: not in the pack */
	struct kl_hash hash;
	struct kl_commit commit;
};

struct kl_pack_replace {
	const struct kl_file *file;
	struct kl_hash hash;
	struct kl_replace replace;
};

struct kl_pack_checkpoint {
	const struct kl_file *file; /* NULL: not in the pack */
	struct kl_note note;
	struct kl_checkpoint checkpoint;
	bool opened;    /* signed by the declared log */
	bool witnessed; /* by the quorum, which may be 0 */
	int64_t time;   /* when it was, unless the quorum is 0 */
};

enum { KL_PACK_STEM_MAX = 48 };

/* One event of the attempt as the log has it. */
struct kl_pack_leaf {
	enum kl_pack_event event;
	size_t number;               /* of the party, or the replacement */
	char stem[KL_PACK_STEM_MAX]; /* log/<stem>.leaf, log/<stem>.proof */
	const struct kl_file *text;  /* what it must hold, or NULL */
	struct kl_hash text_hash;
	const struct kl_file *leaf, *proof_file;
	json_t *value;        /* what `entry` points into */
	struct kl_leaf entry; /* as read */
	struct kl_proof proof;
	struct kl_secret secret; /* of a reveal that is sound */
	bool sound; /* its event and data are right, and it is in the log */
};

/* What a template of the policy permits. */
struct kl_pack_template {
	const char *alphabet;
	size_t alphabet_size, length;
};

/* One attempt under examination. */
struct kl_pack_attempt {
	const struct kl_pack_options *options;
	struct kl_pack_index *index;
	/* Told by a log instead of a pack, kl_pack_told.c: the files as they
	 * were given, and the entry that each is from. NULL for a pack. */
	const struct kl_file *told;
	const uint64_t *told_at;
	/* log/locked is some checkpoint with the lock, not the first one:
	 * reveals that it holds say nothing. A party asks so, while the draw
	 * goes on. */
	bool later_lock;
	struct kl_pack_report *report;
	size_t findings_from; /* where its findings begin in the report */
	bool faulty;          /* it has one, kept or not */
	char prefix[32];      /* of its files: "" or previous/<n>/ */
	enum kl_result result;

	const struct kl_file *texts[KL_PACK_TEXTS]; /* NULL: not there */
	struct kl_hash hashes[KL_PACK_TEXTS];
	bool sound[KL_PACK_TEXTS]; /* there, and of the right form */

	json_t *notice, *policy, *pulse;
	struct kl_roster roster, draft;
	struct kl_names names;
	struct kl_excluded excluded;
	struct kl_declare declare;
	struct kl_close close;
	struct kl_lock lock;
	struct kl_seal seal;
	struct kl_beacon beacon;
	struct kl_seed seed;
	struct kl_ranking ranking;
	struct kl_annul annul;
	struct kl_pack_commit commits[KL_PARTIES_MAX]; /* as declared */
	struct kl_buf replaces; /* of struct kl_pack_replace */
	size_t replace_count;

	struct kl_pack_checkpoint marks[KL_PACK_MARKS];
	const struct kl_file *steps_file;
	struct kl_steps steps;
	struct kl_buf leaves; /* of struct kl_pack_leaf, by event and number */
	size_t leaf_count;

	struct kl_pack_template template;         /* of a public beacon */
	int64_t beacon_time;                      /* reveal-by without one */
	const struct kl_chain *chain;             /* NULL: not known here */
	const struct kl_certificate *certificate; /* NULL: not known here */
	bool beacon_accepted; /* not pinned here, but accepted */
	bool unsealed;        /* too late, but all is revealed */
	bool known;           /* could the outcome be known when it closed? */
	bool time_unproven;   /* of the closing, where witnesses tell it */
};

/* What later attempts must know of an attempt. */
struct kl_pack_summary {
	char folder[32]; /* the attempt's prefix */
	int64_t attempt;
	struct kl_span draw, project, origin;
	struct kl_public_key log_key;
	struct kl_hash close, previous;
	enum kl_close_reason reason;
	bool known; /* or not shown to be unknown */
	bool annulled;
	bool logged;           /* the two numbers are proved */
	uint64_t begins, ends; /* index of the declaration, of the end */
	struct kl_secret secrets[KL_PARTIES_MAX];
	enum kl_pack_text secret_texts[KL_PARTIES_MAX]; /* seal, or lock */
	size_t secret_lines[KL_PARTIES_MAX];            /* … and where */
	size_t secret_count;
};

/* --- kl_pack_report.c ----------------------------------------------------- */

/* The text's name in the pack, without the attempt's prefix. */
const char *kl_pack_name(enum kl_pack_text text);
const char *kl_pack_mark_name(enum kl_pack_mark mark);

/* Put down a finding about `file` of the attempt; in its place among those. */
void kl_pack_find(struct kl_pack_attempt *attempt, enum kl_finding_code code,
    const char *file, size_t line);
void kl_pack_find_why(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, const char *file, size_t line, const char *why);
/* Likewise about a text of one name. */
void kl_pack_find_in(struct kl_pack_attempt *attempt, enum kl_finding_code code,
    enum kl_pack_text text, size_t line);
/* … about log/<stem>.leaf. */
void kl_pack_find_leaf(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, const struct kl_pack_leaf *leaf);

void kl_pack_warn(struct kl_pack_report *report, enum kl_warning_code code,
    struct kl_span about);

/* --- the passes, in order ------------------------------------------------- */

/* kl_pack.c: those after files and forms, as far as they can be made. */
void kl_pack_run_passes(struct kl_pack_attempt *attempt);

/* kl_pack_files.c */
enum kl_result kl_pack_index_make(struct kl_pack_index *index,
    const struct kl_file files[], size_t count) KL_MUST_CHECK;
void kl_pack_index_clear(struct kl_pack_index *index);
/* The attempt's file of this name, now in use; NULL when there is none. */
const struct kl_file *kl_pack_use(
    struct kl_pack_attempt *attempt, const char *name);
/* Names, doubles and sizes of the whole pack. */
void kl_pack_check_names(struct kl_pack_attempt *attempt);
/* Take the texts that have one name; complain of those always there. */
void kl_pack_take_texts(struct kl_pack_attempt *attempt);
/* After the forms: is there what must be, and nothing else? */
void kl_pack_check_presence(struct kl_pack_attempt *attempt);
/* The same of the folders previous/<n>/, of this attempt and those before. */
void kl_pack_check_previous_names(struct kl_pack_attempt *attempt);

/* kl_pack_form.c, kl_pack_leaf.c */
void kl_pack_check_forms(struct kl_pack_attempt *attempt);
void kl_pack_take_leaves(struct kl_pack_attempt *attempt);
void kl_pack_clear(struct kl_pack_attempt *attempt);

/* kl_pack_digests.c */
void kl_pack_check_digests(struct kl_pack_attempt *attempt);
/* Do replacements and annulment name this closing? Part of the above. */
void kl_pack_check_after_digests(struct kl_pack_attempt *attempt);

/* kl_pack_policy.c */
void kl_pack_check_policy(struct kl_pack_attempt *attempt);
/* Has a value of this template fewer than 2^64 possibilities? */
bool kl_pack_is_low(const struct kl_pack_template *template);

/* kl_pack_keys.c */
void kl_pack_check_keys(struct kl_pack_attempt *attempt);
void kl_pack_check_times(struct kl_pack_attempt *attempt);
/* Is this party's declared key one the verifier was given? */
bool kl_pack_knows_party(
    const struct kl_pack_attempt *attempt, const struct kl_party *party);

/* kl_pack_log.c, kl_pack_leaf.c, kl_pack_order.c */
void kl_pack_check_log(struct kl_pack_attempt *attempt);
void kl_pack_check_leaves(struct kl_pack_attempt *attempt);
void kl_pack_check_order(struct kl_pack_attempt *attempt);
/* With or without a log: is `known` written where it must be? */
void kl_pack_check_known(struct kl_pack_attempt *attempt);
/* Was the seal not cosigned, or not before the beacon's time? */
bool kl_pack_is_sealed_late(const struct kl_pack_attempt *attempt);
/* What an event is called, and the stem of the files that travel for it. */
const char *kl_pack_event_kind(enum kl_pack_event event);
void kl_pack_stem(const struct kl_declare *declare, enum kl_pack_event event,
    size_t number, char stem[static KL_PACK_STEM_MAX]);
/* The leaf of an event, or NULL; of parties and replacements by number. */
const struct kl_pack_leaf *kl_pack_leaf_of(
    const struct kl_pack_attempt *attempt, enum kl_pack_event event,
    size_t number);

/* kl_pack_beacon.c */
void kl_pack_check_beacon(struct kl_pack_attempt *attempt);
/* The seed that follows from a seal of this hash and beacon.txt, which is
 * there unless there is no beacon. */
struct kl_seed kl_pack_seed_of(
    const struct kl_pack_attempt *attempt, const struct kl_hash *seal);

/* kl_pack_result.c, kl_pack_after.c */
/* Is a secret withheld in the seal? */
bool kl_pack_is_withheld(const struct kl_pack_attempt *attempt);
/* Put everybody selected and every alternate of a ranking in the report. */
void kl_pack_report_awards(struct kl_pack_attempt *attempt,
    const struct kl_ranking *ranking, bool shadow);
void kl_pack_check_result(struct kl_pack_attempt *attempt);
void kl_pack_check_after(struct kl_pack_attempt *attempt);

/* kl_pack_level.c */
void kl_pack_summarize(
    const struct kl_pack_attempt *attempt, struct kl_pack_summary *summary);
/* Summaries of those before it and of this attempt, the first one first. */
void kl_pack_check_previous(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary summaries[], size_t count);
void kl_pack_judge(struct kl_pack_attempt *attempt,
    const struct kl_pack_summary summaries[], size_t count);

/* --- a draw as a log tells it: kl_pack_told.c ----------------------------- */

/*
 * What the entries of a log say of a draw, under the names that a pack has for
 * it: texts, and log/<stem>.leaf for each event. Neither proofs nor
 * checkpoints; policy.json where it is known, never notice.json. draft.txt is
 * there when its bytes are not those of roster.txt.
 */
struct kl_pack_told {
	const struct kl_file *files;
	const uint64_t *indices; /* of the entry that a file is from */
	size_t count;
};

/*
 * All passes that need no witness, over a draw that is closed or still open,
 * without what came after. Findings and warnings in `report`, as from
 * kl_pack_verify(), to be cleared. `beacon_time` is when the beacon is, or
 * reveal-by; 0 where there is no declaration in form.
 *
 * KL_TOO_LARGE   more files than a pack may have
 * KL_NO_MEMORY
 */
enum kl_result kl_pack_check_told(const struct kl_pack_told *told,
    const struct kl_pack_options *options, struct kl_pack_report *report,
    int64_t *beacon_time) KL_MUST_CHECK;

/*
 * What came after a result that was found to be right: of declare.txt,
 * result.txt, close.txt, replace*.txt and annul.txt alone. Likewise.
 */
enum kl_result kl_pack_check_told_after(const struct kl_pack_told *told,
    const struct kl_pack_options *options,
    struct kl_pack_report *report) KL_MUST_CHECK;

#endif
