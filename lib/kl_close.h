/* kl_close.h -- how an attempt ended, and after: close, replace, annul. */
#ifndef KL_CLOSE_H
#define KL_CLOSE_H

#include "kl_seed.h"
#include "kl_text.h"

enum kl_outcome { KL_OUTCOME_RESULT, KL_OUTCOME_VOID, KL_OUTCOME_FAILED };

/* Why an attempt was closed; each belongs to one outcome. */
enum kl_close_reason {
	KL_CLOSE_DRAWN,   /* result */
	KL_CLOSE_TOO_FEW, /* failed */
	KL_CLOSE_ABSENT,
	KL_CLOSE_UNWITNESSED,
	KL_CLOSE_UNSEALED,
	KL_CLOSE_WITHHELD,
	KL_CLOSE_BEACON, /* void */
	KL_CLOSE_CANCELLED,
	KL_CLOSE_PARTY,
};

/* result, void, failed. */
const char *kl_outcome_word(enum kl_outcome outcome);

/* The word of it in a text, and the outcome that goes with it. */
const char *kl_close_word(enum kl_close_reason reason);
enum kl_outcome kl_close_outcome(enum kl_close_reason reason);

/* The reason of that word. KL_MALFORMED: there is none. */
enum kl_result kl_close_reason_read(
    struct kl_span word, enum kl_close_reason *reason) KL_MUST_CHECK;

/*
 * May log/declared, locked and sealed be missing from the pack of an attempt
 * that ended so: nobody may ever have cosigned them? lib README §8.
 */
bool kl_close_may_lack_marks(enum kl_close_reason reason);

/* close.txt. Reason drawn has a detail and is known. */
struct kl_close {
	struct kl_hash declare;
	enum kl_close_reason reason; /* the outcome follows from it */
	bool has_detail;             /* false: `-` */
	struct kl_hash detail;       /* H(result.txt), or of evidence */
	bool known; /* could the outcome be known when it was written? */
};

enum kl_result kl_close_read(struct kl_close *close, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_close_write(
    const struct kl_close *close, struct kl_buf *out) KL_MUST_CHECK;

enum kl_replace_reason {
	KL_REPLACE_REFUSED,
	KL_REPLACE_SILENT,
	KL_REPLACE_UNQUALIFIED,
	KL_REPLACE_TERMINATED,
};

const char *kl_replace_word(enum kl_replace_reason reason);

/* replace.txt, replace-2.txt …: two or more approve, nobody twice. */
struct kl_replace {
	struct kl_hash close; /* H(close.txt) */
	struct kl_span out;   /* selected until now */
	bool has_in;          /* false: `-`, no alternate is left */
	struct kl_span in;
	enum kl_replace_reason reason;
	bool has_evidence;
	struct kl_hash evidence;
	struct kl_signed approvals[KL_PARTIES_MAX];
	size_t approval_count;
};

enum kl_result kl_replace_read(struct kl_replace *replace, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_replace_write(
    const struct kl_replace *replace, struct kl_buf *out) KL_MUST_CHECK;

/*
 * What approver `index` signs: all bytes before his own line, so the lines of
 * those before him too: they sign in declared order. Approvals from
 * `index` on are not looked at. protocol §2, replace.txt.
 */
enum kl_result kl_replace_write_statement(const struct kl_replace *replace,
    size_t index, struct kl_buf *out) KL_MUST_CHECK;

/*
 * annul.txt: two or more approve, nobody twice, one of them `supervisor` or
 * `entrants`.
 */
struct kl_annul {
	struct kl_hash close;  /* H(close.txt) */
	struct kl_span reason; /* a token */
	struct kl_hash evidence;
	struct kl_signed approvals[KL_PARTIES_MAX];
	size_t approval_count;
};

enum kl_result kl_annul_read(struct kl_annul *annul, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_annul_write(
    const struct kl_annul *annul, struct kl_buf *out) KL_MUST_CHECK;
enum kl_result kl_annul_write_statement(const struct kl_annul *annul,
    size_t index, struct kl_buf *out) KL_MUST_CHECK;

/* The line of approval `index`, from 1. */
static inline size_t kl_replace_line(size_t index)
{
	return index + 7;
}
static inline size_t kl_annul_line(size_t index)
{
	return index + 5;
}

#endif
