/* Findings in the order of the log; their words. */
#include "kl_audit_private.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *word, *chinese, *english;
} codes[] = {
#define CODE(name, word, chinese, english)                                     \
	[KL_AUDIT_##name] = { word, chinese, english },
	KL_AUDITS(CODE)
#undef CODE
};

static const char *const notes[] = {
#define NOTE(name, word) [KL_AUDIT_NOTE_##name] = word,
	KL_AUDIT_NOTES(NOTE)
#undef NOTE
};

const char *kl_audit_word(enum kl_audit_code code)
{
	return codes[code].word;
}

const char *kl_audit_chinese(enum kl_audit_code code)
{
	return codes[code].chinese;
}

const char *kl_audit_english(enum kl_audit_code code)
{
	return codes[code].english;
}

static int compare(
    const struct kl_audit_finding *left, const struct kl_audit_finding *right)
{
	if (left->index != right->index)
		return left->index < right->index ? -1 : 1;
	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	if (strcmp(left->file, right->file) != 0)
		return strcmp(left->file, right->file);
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return (left->signup > right->signup) - (left->signup < right->signup);
}

/* In its place; the last one goes when there is no room. */
static void insert(
    struct kl_audit *audit, const struct kl_audit_finding *finding)
{
	size_t at = audit->finding_count, last = at;

	while (at > 0 && compare(finding, &audit->findings[at - 1]) < 0)
		at--;
	if (at > 0 && compare(finding, &audit->findings[at - 1]) == 0)
		return;
	if (last < KL_AUDIT_FINDINGS_MAX)
		audit->finding_count++;
	else
		audit->findings_left++;
	if (at == KL_AUDIT_FINDINGS_MAX)
		return;
	if (last == KL_AUDIT_FINDINGS_MAX)
		last--;
	memmove(&audit->findings[at + 1], &audit->findings[at],
	    (last - at) * sizeof(*finding));
	audit->findings[at] = *finding;
}

static void place_it(
    struct kl_audit_finding *finding, const struct kl_audit_place *place)
{
	finding->index = place->index;
	finding->line = place->line;
	finding->why = place->why;
	finding->signup = place->signup;
	snprintf(finding->draw, sizeof(finding->draw), "%s", place->draw->id);
	snprintf(finding->file, sizeof(finding->file), "%s",
	    place->file ? place->file : "");
}

void kl_audit_find(struct kl_audit *audit, enum kl_audit_code code,
    const struct kl_audit_place *place)
{
	struct kl_audit_finding finding = {
		.order = KL_FINDING_CODES + code,
		.code = kl_audit_word(code),
		.chinese = kl_audit_chinese(code),
		.english = kl_audit_english(code),
	};

	place_it(&finding, place);
	insert(audit, &finding);
}

void kl_audit_find_pack(struct kl_audit *audit, enum kl_finding_code code,
    const struct kl_audit_place *place)
{
	struct kl_audit_finding finding = {
		.order = code,
		.code = kl_finding_word(code),
		.chinese = kl_finding_chinese(code),
		.english = kl_finding_english(code),
	};

	place_it(&finding, place);
	insert(audit, &finding);
}

void kl_audit_find_entry(struct kl_audit *audit, enum kl_audit_code code,
    const struct kl_audit_draw *draw, uint64_t index)
{
	kl_audit_find(audit, code,
	    &(struct kl_audit_place){ .draw = draw, .index = index });
}

void kl_audit_note(struct kl_audit *audit, enum kl_audit_note_code code,
    const struct kl_audit_draw *draw, uint64_t index)
{
	struct kl_audit_note *note;

	if (audit->note_count == KL_AUDIT_NOTES_MAX) {
		audit->notes_left++;
		return;
	}
	note = &audit->notes[audit->note_count++];
	*note = (struct kl_audit_note){ .word = notes[code], .index = index };
	snprintf(note->draw, sizeof(note->draw), "%s", draw->id);
}
