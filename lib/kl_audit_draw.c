/* A draw put together from its entries, and what the passes say of it. */
#include "kl_attempt.h"
#include "kl_audit_private.h"

#include <stdio.h>
#include <string.h>

/* One event taken apart, and the files that it becomes. */
struct part {
	const struct kl_audit_event *event;
	struct kl_buf again; /* the entry, when it was read again */
	const uint8_t *bytes;
	size_t size;
	json_t *value;
	struct kl_audit_text text; /* text NULL: it has none */
	struct kl_hash hash;       /* of the text */
	char text_name[KL_AUDIT_FILE_MAX], leaf_name[KL_AUDIT_FILE_MAX];
};

struct assembly {
	struct kl_audit *audit;
	const struct kl_audit_draw *draw;
	struct kl_buf parts, files, indices;
	size_t count; /* of parts */
	struct kl_declare declare;
	struct kl_seal seal; /* without parties when there is none */
	struct kl_buf policy, pulse;
	bool has_policy;
};

static struct part *parts_of(const struct assembly *assembly)
{
	return (struct part *)(void *)assembly->parts.data;
}

static const struct part *part_of(
    const struct assembly *assembly, enum kl_pack_event event)
{
	for (size_t i = 0; i < assembly->count; i++)
		if (parts_of(assembly)[i].event->event == event)
			return &parts_of(assembly)[i];
	return NULL;
}

/* --- reading what there is ------------------------------------------------ */

static enum kl_result read_part(struct assembly *assembly, struct part *part)
{
	struct kl_leaf leaf;
	enum kl_result result =
	    kl_audit_event_bytes(assembly->audit, assembly->draw, part->event,
		&part->again, &part->bytes, &part->size);

	if (!result)
		result = kl_leaf_read(
		    (const char *)part->bytes, part->size, &part->value, &leaf);
	if (result || part->event->event == KL_EVENT_COMMITTED)
		return result;
	result = kl_audit_text_read(assembly->audit, assembly->draw,
	    part->event->index, leaf.data, &part->text);
	if (!result)
		part->hash = kl_hash_of(part->text.text, part->text.size);
	return result;
}

/* Of all events but those in `without`, a set of bits. */
static enum kl_result read_parts(struct assembly *assembly, unsigned without)
{
	static const struct part none = { .size = 0 };
	size_t count;
	const struct kl_audit_event *events =
	    kl_audit_events(assembly->draw, &count);
	enum kl_result result = KL_OK;

	assembly->parts.limit = count * sizeof(none);
	for (size_t i = 0; i < count; i++)
		if (!(without & 1U << events[i].event)) {
			kl_buf_add(&assembly->parts, &none, sizeof(none));
			assembly->count++;
		}
	if (kl_buf_result(&assembly->parts)) {
		assembly->count = 0;
		return KL_NO_MEMORY;
	}
	for (size_t i = 0, part = 0; !result && i < count; i++) {
		if (without & 1U << events[i].event)
			continue;
		parts_of(assembly)[part].event = &events[i];
		result = read_part(assembly, &parts_of(assembly)[part++]);
	}
	return result;
}

/* The texts that say which others there must be; the passes see to forms. */
static void read_guides(struct assembly *assembly)
{
	const struct part *declared = part_of(assembly, KL_EVENT_DECLARED);
	const struct part *sealed = part_of(assembly, KL_EVENT_SEALED);

	if (declared && kl_declare_read(&assembly->declare, declared->text.text,
			    declared->text.size, NULL))
		assembly->declare = (struct kl_declare){ .attempt = 0 };
	if (sealed && kl_seal_read(&assembly->seal, sealed->text.text,
			  sealed->text.size, NULL))
		assembly->seal.count = 0;
}

/* The policy of the declaration, if the log has adopted it. */
static enum kl_result read_policy(struct assembly *assembly)
{
	struct kl_audit *audit = assembly->audit;
	const struct kl_hash *wanted = &assembly->declare.policy;
	struct kl_audit_key key =
	    kl_audit_key_of(audit, wanted, sizeof(*wanted));
	uint64_t place = kl_audit_table_find(&audit->policies, &key);
	struct kl_view view;
	struct kl_span text;
	struct kl_hash hash;
	enum kl_result result;

	if (place == 0)
		return KL_OK;
	result = audit->source->entry(
	    audit->source->context, place - 1, &assembly->policy);
	if (result)
		return result == KL_MISMATCH ? KL_OK : result;
	if (kl_view_read((const char *)assembly->policy.data,
		assembly->policy.size, &view) ||
	    !kl_scan_member(view.data, "policy", &text))
		return KL_OK;
	hash = kl_hash_of(text.at, text.size);
	assembly->has_policy = kl_hash_equal(&hash, wanted);
	memmove(assembly->policy.data, text.at, text.size);
	assembly->policy.size = text.size;
	return KL_OK;
}

/* The pulse is served as texts are: beacon.txt names it. */
static enum kl_result read_pulse(struct assembly *assembly)
{
	struct kl_audit *audit = assembly->audit;
	const struct part *part = part_of(assembly, KL_EVENT_BEACON);
	struct kl_audit_place place = { .draw = assembly->draw,
		.file = "pulse.json" };
	struct kl_beacon beacon;
	struct kl_hash hash;
	enum kl_result result;

	if (!part ||
	    kl_beacon_read(&beacon, part->text.text, part->text.size, NULL))
		return KL_OK;
	if (beacon.kind != KL_BEACON_NIST)
		return KL_OK;
	place.index = part->event->index;
	result = audit->source->text(
	    audit->source->context, &beacon.pulse, &assembly->pulse);
	if (result == KL_MISMATCH)
		kl_audit_find(audit, KL_AUDIT_TEXT_MISSING, &place);
	if (result)
		return result;
	hash = kl_hash_of(assembly->pulse.data, assembly->pulse.size);
	if (kl_hash_equal(&hash, &beacon.pulse))
		return KL_OK;
	kl_audit_find(audit, KL_AUDIT_TEXT_DIFFERS, &place);
	return KL_MISMATCH;
}

/* --- as files of a pack --------------------------------------------------- */

static void add_file(struct assembly *assembly, const char *name,
    const void *bytes, size_t size, uint64_t index)
{
	struct kl_file file = {
		.name = name, .bytes = bytes ? bytes : "", .size = size
	};

	kl_buf_add(&assembly->files, &file, sizeof(file));
	kl_buf_add(&assembly->indices, &index, sizeof(index));
}

static bool is_sealed(const struct assembly *assembly, struct kl_span party)
{
	for (size_t i = 0; i < assembly->seal.count; i++)
		if (kl_span_equal(assembly->seal.parties[i].party, party))
			return assembly->seal.parties[i].reveal == KL_REVEALED;
	return false;
}

/* Does the text of this event travel with a pack? protocol §5. */
static bool travels(const struct assembly *assembly, const struct part *part)
{
	const struct part *roster = part_of(assembly, KL_EVENT_ROSTER);

	if (part->event->event == KL_EVENT_COMMITTED)
		return false;
	if (part->event->event == KL_EVENT_REVEALED)
		return is_sealed(assembly,
		    assembly->declare.parties[part->event->number].id);
	return part->event->event != KL_EVENT_DRAFTED || !roster ||
	       !kl_hash_equal(&part->hash, &roster->hash);
}

static void add_part(struct assembly *assembly, struct part *part)
{
	enum kl_pack_event event = part->event->event;
	char stem[KL_PACK_STEM_MAX];
	struct kl_span party = { "", 0 };

	kl_pack_stem(&assembly->declare, event, part->event->number, stem);
	snprintf(part->leaf_name, sizeof(part->leaf_name), "log/%s.leaf", stem);
	add_file(assembly, part->leaf_name, part->bytes, part->size,
	    part->event->index);
	if (event == KL_EVENT_REVEALED)
		party = assembly->declare.parties[part->event->number].id;
	if (event == KL_EVENT_REVEALED)
		snprintf(part->text_name, sizeof(part->text_name),
		    "commit-%.*s.txt", (int)party.size, party.at);
	else
		snprintf(
		    part->text_name, sizeof(part->text_name), "%s.txt", stem);
	if (travels(assembly, part))
		add_file(assembly, part->text_name, part->text.text,
		    part->text.size, part->event->index);
}

static enum kl_result assemble(struct assembly *assembly, unsigned without)
{
	const struct part *declared;
	enum kl_result result = read_parts(assembly, without);

	if (result)
		return result;
	read_guides(assembly);
	declared = part_of(assembly, KL_EVENT_DECLARED);
	result = read_policy(assembly);
	if (!result)
		result = read_pulse(assembly);
	if (result)
		return result;
	for (size_t i = 0; i < assembly->count; i++)
		add_part(assembly, &parts_of(assembly)[i]);
	if (assembly->has_policy)
		add_file(assembly, "policy.json", assembly->policy.data,
		    assembly->policy.size, declared->event->index);
	if (assembly->pulse.size > 0)
		add_file(assembly, "pulse.json", assembly->pulse.data,
		    assembly->pulse.size,
		    part_of(assembly, KL_EVENT_BEACON)->event->index);
	return kl_buf_result(&assembly->files)
		   ? kl_buf_result(&assembly->files)
		   : kl_buf_result(&assembly->indices);
}

static void clear(struct assembly *assembly)
{
	for (size_t i = 0; i < assembly->count; i++) {
		struct part *part = &parts_of(assembly)[i];

		json_decref(part->value);
		kl_buf_clear(&part->again);
		kl_buf_clear(&part->text.apart);
	}
	kl_buf_clear(&assembly->parts);
	kl_buf_clear(&assembly->files);
	kl_buf_clear(&assembly->indices);
	kl_buf_clear(&assembly->policy);
	kl_buf_clear(&assembly->pulse);
}

/* --- from a pack's findings to the log's ---------------------------------- */

static struct kl_pack_told told_of(const struct assembly *assembly)
{
	return (struct kl_pack_told){
		.files = (const struct kl_file *)(void *)assembly->files.data,
		.indices = (const uint64_t *)(void *)assembly->indices.data,
		.count = assembly->files.size / sizeof(struct kl_file),
	};
}

static uint64_t index_of(const struct assembly *assembly,
    enum kl_pack_event event, uint64_t otherwise)
{
	const struct part *part = part_of(assembly, event);

	return part ? part->event->index : otherwise;
}

/* Where the file that a finding names comes from; else the declaration. */
static uint64_t index_of_file(const struct assembly *assembly, const char *name)
{
	struct kl_pack_told told = told_of(assembly);

	for (size_t i = 0; i < told.count; i++)
		if (strcmp(told.files[i].name, name) == 0)
			return told.indices[i];
	return index_of(assembly, KL_EVENT_DECLARED, 0);
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What a pack would lack is something that the log never had. */
static void find_missing(
    const struct assembly *assembly, const struct kl_finding *finding)
{
	const char *name = finding->file;
	struct kl_audit_place place = { .draw = assembly->draw, .file = name };
	enum kl_audit_code code = KL_AUDIT_DRAW_INCOMPLETE;

	place.index = index_of(assembly, KL_EVENT_CLOSED, 0);
	if (starts(name, "log/committed-")) {
		code = KL_AUDIT_LOCK_UNLOGGED;
		place.index = index_of(assembly, KL_EVENT_LOCKED, place.index);
		place.file = kl_pack_name(KL_PACK_LOCK);
	} else if (starts(name, "commit-") || starts(name, "log/revealed-")) {
		code = KL_AUDIT_SEAL_UNLOGGED;
		place.index = index_of(assembly, KL_EVENT_SEALED, place.index);
		place.file = kl_pack_name(KL_PACK_SEAL);
	}
	kl_audit_find(assembly->audit, code, &place);
}

/* A pack has the wrong digest in its lock; in a log the reveal came later, and
 * is what does not match. */
static void place_reveal(const struct assembly *assembly,
    const struct kl_finding *finding, struct kl_audit_place *place)
{
	size_t party = finding->line - kl_lock_line(0);

	for (size_t i = 0; i < assembly->count; i++) {
		const struct part *part = &parts_of(assembly)[i];

		if (part->event->event != KL_EVENT_REVEALED ||
		    part->event->number != party)
			continue;
		place->index = part->event->index;
		place->file = part->text_name;
		place->line = 0;
	}
}

static void translate_one(
    const struct assembly *assembly, const struct kl_finding *finding)
{
	struct kl_audit_place place = {
		.draw = assembly->draw,
		.index = index_of_file(assembly, finding->file),
		.file = starts(finding->file, "log/") ? "" : finding->file,
		.line = starts(finding->file, "log/") ? 0 : finding->line,
		.why = finding->why,
	};

	if (finding->code == KL_FINDING_DIGEST_COMMIT)
		place_reveal(assembly, finding, &place);
	if (finding->code == KL_FINDING_FILE_MISSING)
		find_missing(assembly, finding);
	else if (finding->code == KL_FINDING_FILE_UNEXPECTED)
		kl_audit_find(
		    assembly->audit, KL_AUDIT_TEXT_UNEXPECTED, &place);
	/* Without its policy nobody knows the template. */
	else if (finding->code != KL_FINDING_BEACON_VALUE ||
		 assembly->has_policy)
		kl_audit_find_pack(assembly->audit, finding->code, &place);
}

static void translate(const struct assembly *assembly)
{
	const struct kl_pack_report *report = &assembly->audit->report;
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(report, &warnings);

	for (size_t i = 0; i < report->finding_count; i++)
		translate_one(assembly, &report->findings[i]);
	assembly->audit->findings_left += report->findings_left;
	for (size_t i = 0; i < count; i++)
		if (warnings[i].code == KL_WARNING_CLOSED_LATE)
			kl_audit_note(assembly->audit,
			    KL_AUDIT_NOTE_CLOSED_LATE, assembly->draw,
			    index_of(assembly, KL_EVENT_CLOSED, 0));
}

/* --- the two judgements --------------------------------------------------- */

static struct assembly begin(
    struct kl_audit *audit, const struct kl_audit_draw *draw)
{
	return (struct assembly){
		.audit = audit,
		.draw = draw,
		.files = KL_BUF(KL_PACK_FILES_MAX * sizeof(struct kl_file)),
		.indices = KL_BUF(KL_PACK_FILES_MAX * sizeof(uint64_t)),
		.policy = KL_BUF(KL_LEAF_SIZE_MAX),
		.pulse = KL_BUF(KL_TEXT_SIZE_MAX),
	};
}

static void note(const struct assembly *assembly, int64_t beacon_time)
{
	struct kl_audit *audit = assembly->audit;
	const struct kl_audit_draw *draw = assembly->draw;
	uint64_t declared = index_of(assembly, KL_EVENT_DECLARED, 0);

	if (!assembly->has_policy)
		kl_audit_note(
		    audit, KL_AUDIT_NOTE_POLICY_UNSEEN, draw, declared);
	if (draw->state < KL_AUDIT_CLOSED &&
	    kl_attempt_is_overdue(KL_PHASE_DECLARED, beacon_time, audit->at))
		kl_audit_note(
		    audit, KL_AUDIT_NOTE_DRAW_OVERDUE, draw, declared);
}

enum kl_result kl_audit_judge(
    struct kl_audit *audit, struct kl_audit_draw *draw)
{
	struct assembly assembly = begin(audit, draw);
	enum kl_result result = assemble(&assembly, 0);
	struct kl_pack_told told = told_of(&assembly);
	int64_t beacon_time = 0;

	if (!result) {
		result = kl_pack_check_told(
		    &told, audit->options, &audit->report, &beacon_time);
		if (!result)
			translate(&assembly);
		if (!result && beacon_time > 0)
			note(&assembly, beacon_time);
		kl_pack_report_clear(&audit->report);
	}
	clear(&assembly);
	return result == KL_MISMATCH ? KL_OK : result;
}

enum kl_result kl_audit_judge_after(
    struct kl_audit *audit, struct kl_audit_draw *draw)
{
	struct assembly assembly = begin(audit, draw);
	enum kl_result result =
	    assemble(&assembly, 1U << KL_EVENT_SEALED | 1U << KL_EVENT_BEACON);
	struct kl_pack_told told = told_of(&assembly);

	if (!result) {
		result = kl_pack_check_told_after(
		    &told, audit->options, &audit->report);
		if (!result)
			translate(&assembly);
		kl_pack_report_clear(&audit->report);
	}
	clear(&assembly);
	return result == KL_MISMATCH ? KL_OK : result;
}
