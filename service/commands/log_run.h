/* log_run.h -- one run of klero log check: what it is asked, finds and says. */
#ifndef LOG_RUN_H
#define LOG_RUN_H

#include "log_audit.h"

/* --- witnesses (log_witnesses.c) ------------------------------------------ */

/* What a witness has said that was asked. */
struct audit_answer {
	const char *witness;
	const char *silent; /* why it says nothing; or NULL */
	uint64_t size;      /* of what it has cosigned last */
};

/*
 * Ask the witness at `url` what it has cosigned last of the log with this key.
 * What the log has signed is in `known`, whose bytes the caller clears in any
 * case; false: there is nothing, or it is nobody's word but the witness's own.
 */
bool audit_witness_ask(struct audit_known *known, struct audit_answer *answer,
    struct kl_span url, const struct kl_note_key *witness,
    const struct kl_checkpoint *now, const struct kl_note_key *key);

/* --- the report (log_report.c) -------------------------------------------- */

struct audit_report {
	const struct kl_checkpoint *checkpoint;
	const struct kl_buf *note; /* that we were served */
	const struct audit_entries *entries;
	const struct audit_fault *faults; /* in the order to tell them */
	size_t fault_count;               /* 0: it is good */
	const struct audit_doubt *doubt;
	const struct audit_answer *answers;
	size_t answer_count;
	bool anchored;               /* its key is one we trust */
	struct audit_source *source; /* to say where an entry stands */
};

void audit_report_text(const struct audit_report *report);
void audit_report_json(const struct audit_report *report);

/* --- the checks (log_steps.c) --------------------------------------------- */

/* What klero log check was asked for. */
struct audit_options {
	char *base;        /* a folder or an address */
	const char *trust; /* whose keys */
	const char *state; /* the last checkpoint we found good */
	const char *known[AUDIT_KNOWN_MAX];
	const char *receipts[AUDIT_RECEIPTS_MAX];
	size_t known_count, receipt_count;
	/* Beacons to accept besides those that are built in; or NULL. */
	const struct kl_chain *chain;
	const struct kl_certificate *certificate;
	uint64_t age_max_s;   /* of the newest sign of life; 0: any */
	uint64_t overdue_s;   /* so late a notice may be closed, opened */
	bool ask_witnesses;   /* what they have cosigned last */
	bool json, tree_only; /* nothing is asked of what entries say */
	const char *copy;     /* a folder that is made a copy; or NULL */
};

enum {
	AUDIT_FAULTS_MAX = 16, /* at most one of each step */
	/* The state, the copy, those named, those of proofs, of witnesses. */
	AUDIT_HELD_MAX =
	    2 + AUDIT_KNOWN_MAX + AUDIT_RECEIPTS_MAX + KL_TRUST_WITNESSES_MAX,
};

/* All that one run holds. What `note` points to stands in `bytes`. */
struct audit_check {
	const struct audit_options *options;
	struct audit_source source;
	struct kl_buf bytes, trust_text;
	struct kl_trust trust;
	const char *path; /* of the checkpoint */
	struct kl_note note;
	struct kl_checkpoint checkpoint;
	struct kl_note_key key; /* the log's, once known */
	bool has_key;
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct audit_known known[AUDIT_HELD_MAX];
	size_t known_count;
	struct audit_answer answers[KL_TRUST_WITNESSES_MAX];
	size_t answer_count;
	uint64_t copy_size; /* of the copy before */
	struct audit_receipt receipts[AUDIT_RECEIPTS_MAX];
	struct audit_entries entries;
	struct audit_doubt doubt;
	struct audit_fault fault; /* the first of these */
	struct audit_fault faults[AUDIT_FAULTS_MAX];
	size_t fault_count;
	bool unusable; /* something could not be asked; it is on stderr */
};

/* Fill in its fault, about a file of the log; always AUDIT_FAULT. */
enum audit_outcome audit_fail_at(struct audit_check *check, const char *path,
    const char *code, const char *why);

/* What is asked once all entries were read, each by itself; NULL ends them.
 * (log_asked.c) */
extern enum audit_outcome (*const audit_asked[])(struct audit_check *check);

/*
 * All the checks, the first fault in `fault`: what only entries can tell is
 * asked of all that was read, and of draws even if there is no more. Whoever
 * declared it clears it.
 */
enum audit_outcome audit_check_run(
    struct audit_check *check, const struct audit_options *options);
void audit_check_clear(struct audit_check *check);

/* A folder is to be a copy of a log. What it prints and returns is as of klero
 * log check; it is left as it was unless all is good. (log_mirror.c) */
int audit_mirror(const struct audit_options *options);

/* Report what was found, with the status to exit with. (log.c) */
int audit_tell(const struct audit_check *check, enum audit_outcome outcome);

#endif
