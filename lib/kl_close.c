#include "kl_close.h"

#include "kl_walk.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* --- close.txt ------------------------------------------------------------ */

static const char *const outcome_words[] = {
	[KL_OUTCOME_RESULT] = "result",
	[KL_OUTCOME_VOID] = "void",
	[KL_OUTCOME_FAILED] = "failed",
};

static const char *const close_words[] = {
	[KL_CLOSE_DRAWN] = "drawn",
	[KL_CLOSE_TOO_FEW] = "too-few",
	[KL_CLOSE_ABSENT] = "absent",
	[KL_CLOSE_UNWITNESSED] = "unwitnessed",
	[KL_CLOSE_UNSEALED] = "unsealed",
	[KL_CLOSE_WITHHELD] = "withheld",
	[KL_CLOSE_BEACON] = "beacon",
	[KL_CLOSE_CANCELLED] = "cancelled",
	[KL_CLOSE_PARTY] = "party",
};

const char *kl_outcome_word(enum kl_outcome outcome)
{
	return outcome_words[outcome];
}

const char *kl_close_word(enum kl_close_reason reason)
{
	return close_words[reason];
}

enum kl_result kl_close_reason_read(
    struct kl_span word, enum kl_close_reason *reason)
{
	for (size_t i = 0; i < COUNT(close_words); i++)
		if (kl_span_is(word, close_words[i])) {
			*reason = (enum kl_close_reason)i;
			return KL_OK;
		}
	return KL_MALFORMED;
}

bool kl_close_may_lack_marks(enum kl_close_reason reason)
{
	return reason == KL_CLOSE_UNWITNESSED || reason == KL_CLOSE_UNSEALED ||
	       reason == KL_CLOSE_CANCELLED;
}

enum kl_outcome kl_close_outcome(enum kl_close_reason reason)
{
	switch (reason) {
	case KL_CLOSE_DRAWN:
		return KL_OUTCOME_RESULT;
	case KL_CLOSE_TOO_FEW:
	case KL_CLOSE_ABSENT:
	case KL_CLOSE_UNWITNESSED:
	case KL_CLOSE_UNSEALED:
	case KL_CLOSE_WITHHELD:
		return KL_OUTCOME_FAILED;
	case KL_CLOSE_BEACON:
	case KL_CLOSE_CANCELLED:
	case KL_CLOSE_PARTY:
		break;
	}
	return KL_OUTCOME_VOID;
}

static void walk_close(struct kl_walk *walk, struct kl_close *close)
{
	static const char *const known[] = { "no", "yes" };
	size_t outcome = kl_close_outcome(close->reason);
	bool drawn;

	kl_walk_kind(walk, "close");
	kl_walk_hash_line(walk, "declare", &close->declare);
	kl_walk_word(walk, "outcome");
	outcome =
	    kl_walk_choice(walk, outcome_words, COUNT(outcome_words), outcome);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "reason");
	close->reason = (enum kl_close_reason)kl_walk_choice(
	    walk, close_words, COUNT(close_words), close->reason);
	kl_walk_require(walk, outcome == kl_close_outcome(close->reason),
	    "this reason belongs to another outcome");
	kl_walk_end_line(walk);
	drawn = close->reason == KL_CLOSE_DRAWN;
	kl_walk_word(walk, "detail");
	kl_walk_maybe_hash(walk, &close->has_detail, &close->detail);
	kl_walk_require(walk, !drawn || close->has_detail,
	    "a result has the hash of result.txt as its detail");
	kl_walk_end_line(walk);
	kl_walk_word(walk, "known");
	kl_walk_bool(walk, known, &close->known);
	kl_walk_require(
	    walk, !drawn || close->known, "a result is always known");
	kl_walk_end_line(walk);
}

enum kl_result kl_close_read(struct kl_close *close, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_close read = { 0 };

	walk_close(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*close = read;
	return walk.result;
}

enum kl_result kl_close_write(const struct kl_close *close, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_close copy = *close;

	walk_close(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- replace.txt ---------------------------------------------------------- */

static const char *const replace_words[] = {
	[KL_REPLACE_REFUSED] = "refused",
	[KL_REPLACE_SILENT] = "silent",
	[KL_REPLACE_UNQUALIFIED] = "unqualified",
	[KL_REPLACE_TERMINATED] = "terminated",
};

const char *kl_replace_word(enum kl_replace_reason reason)
{
	return replace_words[reason];
}

static void walk_replace_head(struct kl_walk *walk, struct kl_replace *replace)
{
	kl_walk_kind(walk, "replace");
	kl_walk_hash_line(walk, "close", &replace->close);
	kl_walk_token_line(walk, "out", &replace->out);
	kl_walk_word(walk, "in");
	replace->has_in = !kl_walk_either(walk, "-", !replace->has_in);
	if (replace->has_in)
		kl_walk_token(walk, &replace->in);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "reason");
	replace->reason = (enum kl_replace_reason)kl_walk_choice(
	    walk, replace_words, COUNT(replace_words), replace->reason);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "evidence");
	kl_walk_maybe_hash(walk, &replace->has_evidence, &replace->evidence);
	kl_walk_end_line(walk);
}

static void walk_replace(struct kl_walk *walk, struct kl_replace *replace)
{
	walk_replace_head(walk, replace);
	kl_walk_signed(walk, "approve", false, replace->approvals,
	    &replace->approval_count);
}

enum kl_result kl_replace_read(struct kl_replace *replace, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_replace read = { 0 };

	walk_replace(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*replace = read;
	return walk.result;
}

enum kl_result kl_replace_write(
    const struct kl_replace *replace, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_replace copy = *replace;

	walk_replace(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

enum kl_result kl_replace_write_statement(
    const struct kl_replace *replace, size_t index, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_replace copy = *replace;

	walk_replace_head(&walk, &copy);
	kl_walk_signed_lines(&walk, "approve", copy.approvals, &index);
	return kl_walk_end(&walk, NULL);
}

/* --- annul.txt ------------------------------------------------------------ */

static void walk_annul_head(struct kl_walk *walk, struct kl_annul *annul)
{
	kl_walk_kind(walk, "annul");
	kl_walk_hash_line(walk, "close", &annul->close);
	kl_walk_token_line(walk, "reason", &annul->reason);
	kl_walk_hash_line(walk, "evidence", &annul->evidence);
}

static void walk_annul(struct kl_walk *walk, struct kl_annul *annul)
{
	walk_annul_head(walk, annul);
	kl_walk_signed(
	    walk, "approve", true, annul->approvals, &annul->approval_count);
}

enum kl_result kl_annul_read(struct kl_annul *annul, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_annul read = { 0 };

	walk_annul(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*annul = read;
	return walk.result;
}

enum kl_result kl_annul_write(const struct kl_annul *annul, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_annul copy = *annul;

	walk_annul(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

enum kl_result kl_annul_write_statement(
    const struct kl_annul *annul, size_t index, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_annul copy = *annul;

	walk_annul_head(&walk, &copy);
	kl_walk_signed_lines(&walk, "approve", copy.approvals, &index);
	return kl_walk_end(&walk, NULL);
}
