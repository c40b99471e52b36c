/* log_report.c -- what klero log check says in the end. */
#include "kl_time.h"
#include "log_run.h"

#include <stdio.h>
#include <string.h>

/* --- where an entry stands ------------------------------------------------ */

struct place {
	char path[KL_TILE_PATH]; /* "" when nobody knows */
	uint64_t offset;
};

static struct place find_place(
    const struct audit_report *report, uint64_t index)
{
	struct place place = { .path = "" };

	if (!audit_locate(report->source, report->checkpoint->size, index,
		place.path, &place.offset))
		place.path[0] = '\0';
	return place;
}

/* A fault that was found later than its entry is not placed by then. */
static struct audit_fault place_fault(
    const struct audit_report *report, const struct audit_fault *found)
{
	struct audit_fault fault = *found;
	struct place place;

	if (!fault.has_index || fault.path[0])
		return fault;
	place = find_place(report, fault.index);
	memcpy(fault.path, place.path, sizeof(fault.path));
	fault.has_offset = place.path[0] != '\0';
	fault.offset = place.offset;
	return fault;
}

/* --- draws ---------------------------------------------------------------- */

static void print_finding(
    const struct audit_report *report, const struct kl_audit_finding *finding)
{
	struct place place = find_place(report, finding->index);

	printf("draw %s: %s at entry %llu in %s at byte %llu", finding->draw,
	    finding->code, (unsigned long long)finding->index, place.path,
	    (unsigned long long)place.offset);
	if (finding->file[0])
		printf(", %s", finding->file);
	if (finding->line > 0)
		printf(":%zu", finding->line);
	if (finding->signup > 0)
		printf(", opened at entry %llu",
		    (unsigned long long)finding->signup);
	printf(": %s; %s", finding->chinese, finding->english);
	if (finding->why)
		printf(" (%s)", finding->why);
	putchar('\n');
}

/* All that was found of them, whether it is the first fault or not. */
static void print_draws(const struct audit_report *report)
{
	const struct kl_audit *audit;

	if (!report->entries->draws)
		return;
	audit = audit_draws_result(report->entries->draws);
	for (size_t i = 0; i < audit->finding_count; i++)
		print_finding(report, &audit->findings[i]);
	if (audit->findings_left > 0)
		printf("and %zu more findings about draws\n",
		    audit->findings_left);
	for (size_t i = 0; i < audit->note_count; i++)
		printf("note %s: draw %s, entry %llu\n", audit->notes[i].word,
		    audit->notes[i].draw,
		    (unsigned long long)audit->notes[i].index);
	if (audit->notes_left > 0)
		printf("and %zu more notes\n", audit->notes_left);
}

static json_t *finding_json(
    const struct audit_report *report, const struct kl_audit_finding *finding)
{
	struct place place = find_place(report, finding->index);

	json_t *json =
	    json_pack("{s:s, s:s, s:I, s:s, s:I, s:s, s:I, s:s, s:s, s:s?}",
		"draw", finding->draw, "code", finding->code, "index",
		(json_int_t)finding->index, "path", place.path, "offset",
		(json_int_t)place.offset, "file", finding->file, "line",
		(json_int_t)finding->line, "zh", finding->chinese, "en",
		finding->english, "why", finding->why);

	if (finding->signup > 0)
		json_object_set_new(
		    json, "signup", json_integer((json_int_t)finding->signup));
	return json;
}

static void add_draws(const struct audit_report *report, json_t *json)
{
	const struct kl_audit *audit;
	json_t *findings = json_array(), *notes = json_array();

	json_object_set_new(json, "findings", findings);
	json_object_set_new(json, "notes", notes);
	if (!report->entries->draws)
		return;
	audit = audit_draws_result(report->entries->draws);
	json_object_set_new(json, "draws",
	    json_pack("{s:I, s:I, s:I}", "declared",
		(json_int_t)audit->declared, "closed",
		(json_int_t)audit->closed, "drawn", (json_int_t)audit->drawn));
	if (audit->unnoticed > 0)
		json_object_set_new(json_object_get(json, "draws"), "unnoticed",
		    json_integer((json_int_t)audit->unnoticed));
	for (size_t i = 0; i < audit->finding_count; i++)
		json_array_append_new(
		    findings, finding_json(report, &audit->findings[i]));
	if (audit->findings_left > 0)
		json_object_set_new(json, "findings_left",
		    json_integer((json_int_t)audit->findings_left));
	for (size_t i = 0; i < audit->note_count; i++)
		json_array_append_new(notes,
		    json_pack("{s:s, s:s, s:I}", "word", audit->notes[i].word,
			"draw", audit->notes[i].draw, "index",
			(json_int_t)audit->notes[i].index));
	if (audit->notes_left > 0)
		json_object_set_new(json, "notes_left",
		    json_integer((json_int_t)audit->notes_left));
}

/* --- the whole ------------------------------------------------------------ */

static void print_good(const struct audit_report *report)
{
	const struct audit_entries *entries = report->entries;
	const struct kl_audit *draws = audit_draws_result(entries->draws);
	size_t waiting = entries->sealed_count - entries->opened_count;
	char root[KL_HASH_HEX];

	kl_hash_hex(&report->checkpoint->root, root);
	printf("origin %.*s\nsize %llu\nroot %s\nsealed %zu, opened %zu\n",
	    (int)report->checkpoint->origin_size, report->checkpoint->origin,
	    (unsigned long long)report->checkpoint->size, root, waiting,
	    entries->opened_count);
	printf("draws: %zu declared, %zu closed, %zu with a result\n",
	    draws->declared, draws->closed, draws->drawn);
	if (draws->unnoticed > 0)
		printf(
		    "draws of no notice: %zu; nobody signed up in this log\n",
		    draws->unnoticed);
	if (!report->anchored)
		printf("key not anchored: no --trust\n");
	if (entries->rehearsal)
		printf("rehearsal: its time is not real\n");
	for (size_t i = 0; i < entries->receipt_count; i++)
		printf("receipt %s: %s\n", entries->receipts[i].path,
		    entries->receipts[i].found ? "kept" : "not due yet");
}

/* Both signed notes: the report then stands without the server. */
static void print_notes(
    const struct audit_report *report, const struct audit_known *known)
{
	printf("\n%s has:\n%.*s\nwe were served:\n%.*s", known->path,
	    (int)known->bytes.size, (const char *)known->bytes.data,
	    (int)report->note->size, (const char *)report->note->data);
}

static void print_fault(
    const struct audit_report *report, const struct audit_fault *found)
{
	const struct audit_fault fault = place_fault(report, found);

	printf("fault %s", fault.code);
	if (fault.path[0])
		printf(" in %s", fault.path);
	if (fault.has_offset)
		printf(" at byte %llu", (unsigned long long)fault.offset);
	if (fault.has_index)
		printf(" at entry %llu", (unsigned long long)fault.index);
	if (fault.has_range)
		printf(" from entry %llu to %llu",
		    (unsigned long long)fault.first,
		    (unsigned long long)fault.last);
	if (fault.receipt)
		printf(" against %s", fault.receipt->path);
	printf(": %s\n", fault.why);
	if (fault.known)
		print_notes(report, fault.known);
	if (fault.receipt)
		printf("\n%s", fault.receipt->text);
}

static json_t *fault_json(
    const struct audit_report *report, const struct audit_fault *found)
{
	const struct audit_fault fault = place_fault(report, found);
	json_t *json = json_pack("{s:s, s:s, s:s}", "code", fault.code, "path",
	    fault.path, "why", fault.why);

	if (fault.has_index)
		json_object_set_new(
		    json, "index", json_integer((json_int_t)fault.index));
	if (fault.has_offset)
		json_object_set_new(
		    json, "offset", json_integer((json_int_t)fault.offset));
	if (fault.has_range)
		json_object_set_new(json, "entries",
		    json_pack("[I, I]", (json_int_t)fault.first,
			(json_int_t)fault.last));
	if (fault.known || fault.receipt)
		json_object_set_new(json, "against",
		    json_string(
			fault.known ? fault.known->path : fault.receipt->path));
	return json;
}

/* What is wrong besides the first; of draws all is among the findings. */
static void add_faults(const struct audit_report *report, json_t *json)
{
	json_t *others = json_array();

	json_object_set_new(
	    json, "fault", fault_json(report, &report->faults[0]));
	for (size_t i = 1; i < report->fault_count; i++)
		if (!report->faults[i].finding)
			json_array_append_new(
			    others, fault_json(report, &report->faults[i]));
	if (json_array_size(others) > 0)
		json_object_set(json, "faults", others);
	json_decref(others);
}

static void print_faults(const struct audit_report *report)
{
	for (size_t i = 0; i < report->fault_count; i++)
		if (i == 0 || !report->faults[i].finding)
			print_fault(report, &report->faults[i]);
}

/* Of sealed entries that may be for several notices. */
static void print_doubt(const struct audit_doubt *doubt)
{
	char until[KL_TIME_TEXT];

	if (doubt->count == 0)
		return;
	kl_time_write(doubt->until, until);
	printf("note sealed-doubt: %zu from entry %llu on may have been for a "
	       "notice that is opened by now, or are for another; it is told "
	       "when those are opened that close by %s\n",
	    doubt->count, (unsigned long long)doubt->first, until);
}

static void add_doubt(const struct audit_doubt *doubt, json_t *json)
{
	char until[KL_TIME_TEXT];

	if (doubt->count == 0)
		return;
	kl_time_write(doubt->until, until);
	json_object_set_new(json, "sealed_doubt",
	    json_pack("{s:I, s:I, s:s}", "count", (json_int_t)doubt->count,
		"first", (json_int_t)doubt->first, "until", until));
}

static void print_answers(const struct audit_report *report)
{
	for (size_t i = 0; i < report->answer_count; i++) {
		const struct audit_answer *answer = &report->answers[i];

		if (answer->silent)
			printf("note witness-silent: %s: %s\n", answer->witness,
			    answer->silent);
		else
			printf("witness %s: %llu entries\n", answer->witness,
			    (unsigned long long)answer->size);
	}
}

/* Of each witness asked what it has cosigned last, or why it is silent. */
static void add_answers(const struct audit_report *report, json_t *json)
{
	json_t *answers = json_array();

	for (size_t i = 0; i < report->answer_count; i++) {
		const struct audit_answer *answer = &report->answers[i];

		json_array_append_new(answers,
		    answer->silent
			? json_pack("{s:s, s:s}", "witness", answer->witness,
			      "silent", answer->silent)
			: json_pack("{s:s, s:I}", "witness", answer->witness,
			      "size", (json_int_t)answer->size));
	}
	if (report->answer_count > 0)
		json_object_set(json, "witnesses", answers);
	json_decref(answers);
}

/* Each file, and whether it is kept by now. */
static json_t *receipts_json(const struct audit_entries *entries)
{
	json_t *json = json_object();

	for (size_t i = 0; i < entries->receipt_count; i++)
		json_object_set_new(json, entries->receipts[i].path,
		    json_boolean(entries->receipts[i].found));
	return json;
}

void audit_report_json(const struct audit_report *report)
{
	const struct audit_entries *entries = report->entries;
	char root[KL_HASH_HEX];
	json_t *json;

	kl_hash_hex(&report->checkpoint->root, root);
	json = json_pack("{s:b, s:s%, s:I, s:s, s:I, s:I, s:b, s:b}", "good",
	    report->fault_count == 0, "origin",
	    report->checkpoint->origin ? report->checkpoint->origin : "",
	    report->checkpoint->origin_size, "size",
	    (json_int_t)report->checkpoint->size, "root", root, "sealed",
	    (json_int_t)(entries->sealed_count - entries->opened_count),
	    "opened", (json_int_t)entries->opened_count, "anchored",
	    report->anchored, "rehearsal", entries->rehearsal);
	if (json && report->fault_count > 0)
		add_faults(report, json);
	if (json)
		add_doubt(report->doubt, json);
	if (json)
		add_answers(report, json);
	if (json)
		add_draws(report, json);
	if (json && entries->receipt_count > 0)
		json_object_set_new(json, "receipts", receipts_json(entries));
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
}

void audit_report_text(const struct audit_report *report)
{
	if (report->fault_count > 0)
		print_faults(report);
	else
		print_good(report);
	print_answers(report);
	print_doubt(report->doubt);
	print_draws(report);
}
