/* Findings and warnings, each in its place; their words. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

const char *kl_level_word(enum kl_level level)
{
	static const char *const words[] = {
		[KL_LEVEL_A] = "A",
		[KL_LEVEL_B] = "B",
		[KL_LEVEL_C] = "C",
		[KL_LEVEL_UNPROVEN] = "unproven",
		[KL_LEVEL_REHEARSAL] = "rehearsal",
		[KL_LEVEL_TEST] = "test",
	};

	return words[level];
}

const char *kl_cap_word(enum kl_cap cap)
{
	static const char *const words[] = {
#define WORD(name, word) [KL_CAP_##name] = word,
		KL_CAPS(WORD)
#undef WORD
	};

	return words[cap];
}

const char *kl_warning_word(enum kl_warning_code code)
{
	static const char *const words[] = {
#define WORD(name, word) [KL_WARNING_##name] = word,
		KL_WARNINGS(WORD)
#undef WORD
	};

	return words[code];
}

const char *kl_pack_name(enum kl_pack_text text)
{
	static const char *const names[KL_PACK_TEXTS] = {
		[KL_PACK_NOTICE] = "notice.json",
		[KL_PACK_POLICY] = "policy.json",
		[KL_PACK_ROSTER] = "roster.txt",
		[KL_PACK_NAMES] = "names.txt",
		[KL_PACK_EXCLUDED] = "excluded.txt",
		[KL_PACK_DECLARE] = "declare.txt",
		[KL_PACK_CLOSE] = "close.txt",
		[KL_PACK_DRAFT] = "draft.txt",
		[KL_PACK_LOCK] = "lock.txt",
		[KL_PACK_SEAL] = "seal.txt",
		[KL_PACK_BEACON] = "beacon.txt",
		[KL_PACK_PULSE] = "pulse.json",
		[KL_PACK_SEED] = "seed.txt",
		[KL_PACK_RESULT] = "result.txt",
		[KL_PACK_ANNUL] = "annul.txt",
	};

	return names[text];
}

const char *kl_pack_mark_name(enum kl_pack_mark mark)
{
	static const char *const names[KL_PACK_MARKS] = {
		[KL_PACK_DECLARED] = "log/declared",
		[KL_PACK_LOCKED] = "log/locked",
		[KL_PACK_SEALED] = "log/sealed",
		[KL_PACK_CLOSED] = "log/closed",
		[KL_PACK_LAST] = "log/last",
	};

	return names[mark];
}

/* --- findings ------------------------------------------------------------- */

/* Codes in the order of their table, then files by name, then lines. */
static int compare(
    const struct kl_finding *left, const struct kl_finding *right)
{
	int order;

	if (left->code != right->code)
		return left->code < right->code ? -1 : 1;
	order = strcmp(left->file, right->file);
	if (order != 0)
		return order;
	return (left->line > right->line) - (left->line < right->line);
}

/* Among the findings of its attempt; the last one goes when it is full. */
static void insert(struct kl_pack_report *report, size_t from,
    const struct kl_finding *finding)
{
	size_t at = report->finding_count;
	size_t last = report->finding_count;

	while (at > from && compare(finding, &report->findings[at - 1]) < 0)
		at--;
	if (at > from && compare(finding, &report->findings[at - 1]) == 0)
		return;
	if (report->finding_count < KL_PACK_FINDINGS_MAX)
		report->finding_count++;
	else
		report->findings_left++;
	if (at == KL_PACK_FINDINGS_MAX)
		return;
	if (last == KL_PACK_FINDINGS_MAX)
		last--;
	memmove(&report->findings[at + 1], &report->findings[at],
	    (last - at) * sizeof(*finding));
	report->findings[at] = *finding;
}

void kl_pack_find_why(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, const char *file, size_t line, const char *why)
{
	struct kl_finding finding = { .code = code, .line = line, .why = why };

	snprintf(
	    finding.file, sizeof(finding.file), "%s%s", attempt->prefix, file);
	insert(attempt->report, attempt->findings_from, &finding);
	attempt->faulty = true;
}

void kl_pack_find(struct kl_pack_attempt *attempt, enum kl_finding_code code,
    const char *file, size_t line)
{
	kl_pack_find_why(attempt, code, file, line, NULL);
}

void kl_pack_find_in(struct kl_pack_attempt *attempt, enum kl_finding_code code,
    enum kl_pack_text text, size_t line)
{
	kl_pack_find(attempt, code, kl_pack_name(text), line);
}

void kl_pack_find_leaf(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, const struct kl_pack_leaf *leaf)
{
	char name[KL_PACK_STEM_MAX + 16];

	snprintf(name, sizeof(name), "log/%s.leaf", leaf->stem);
	kl_pack_find(attempt, code, name, 1);
}

/* --- warnings ------------------------------------------------------------- */

size_t kl_pack_warnings(
    const struct kl_pack_report *report, const struct kl_warning **warnings)
{
	*warnings = (const struct kl_warning *)report->warnings.data;
	return report->warnings.size / sizeof(**warnings);
}

size_t kl_pack_attempts(const struct kl_pack_report *report,
    const struct kl_attempt_report **attempts)
{
	*attempts = (const struct kl_attempt_report *)report->attempts.data;
	return report->attempts.size / sizeof(**attempts);
}

size_t kl_pack_awards(
    const struct kl_pack_report *report, const struct kl_award **awards)
{
	*awards = (const struct kl_award *)report->awards.data;
	return report->awards.size / sizeof(**awards);
}

void kl_pack_warn(struct kl_pack_report *report, enum kl_warning_code code,
    struct kl_span about)
{
	struct kl_warning warning = { .code = code };
	const struct kl_warning *others;
	size_t count = kl_pack_warnings(report, &others);

	snprintf(warning.about, sizeof(warning.about), "%.*s", (int)about.size,
	    about.at);
	for (size_t i = 0; i < count; i++)
		if (others[i].code == code &&
		    strcmp(others[i].about, warning.about) == 0)
			return;
	kl_buf_add(&report->warnings, &warning, sizeof(warning));
}

void kl_pack_report_clear(struct kl_pack_report *report)
{
	kl_buf_clear(&report->warnings);
	kl_buf_clear(&report->attempts);
	kl_buf_clear(&report->awards);
}
