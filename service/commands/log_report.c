/* log_report.c -- what klero log check says in the end. */
#include "log_audit.h"

#include <stdio.h>

static void print_good(const struct audit_report *report)
{
	const struct audit_entries *entries = report->entries;
	size_t waiting = entries->sealed_count - entries->opened_count;
	char root[KL_HASH_HEX];

	kl_hash_hex(&report->checkpoint->root, root);
	printf("origin %.*s\nsize %llu\nroot %s\nsealed %zu, opened %zu\n",
	    (int)report->checkpoint->origin_size, report->checkpoint->origin,
	    (unsigned long long)report->checkpoint->size, root, waiting,
	    entries->opened_count);
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

static void print_fault(const struct audit_report *report)
{
	const struct audit_fault *fault = report->fault;

	printf("fault %s", fault->code);
	if (fault->path[0])
		printf(" in %s", fault->path);
	if (fault->has_index)
		printf(" at entry %llu", (unsigned long long)fault->index);
	if (fault->has_range)
		printf(" from entry %llu to %llu",
		    (unsigned long long)fault->first,
		    (unsigned long long)fault->last);
	if (fault->receipt)
		printf(" against %s", fault->receipt->path);
	printf(": %s\n", fault->why);
	if (fault->known)
		print_notes(report, fault->known);
	if (fault->receipt)
		printf("\n%s", fault->receipt->text);
}

static json_t *fault_json(const struct audit_fault *fault)
{
	json_t *json = json_pack("{s:s, s:s, s:s}", "code", fault->code, "path",
	    fault->path, "why", fault->why);

	if (fault->has_index)
		json_object_set_new(
		    json, "index", json_integer((json_int_t)fault->index));
	if (fault->has_range)
		json_object_set_new(json, "entries",
		    json_pack("[I, I]", (json_int_t)fault->first,
			(json_int_t)fault->last));
	if (fault->known || fault->receipt)
		json_object_set_new(json, "against",
		    json_string(fault->known ? fault->known->path
					     : fault->receipt->path));
	return json;
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
	    !report->fault, "origin",
	    report->checkpoint->origin ? report->checkpoint->origin : "",
	    report->checkpoint->origin_size, "size",
	    (json_int_t)report->checkpoint->size, "root", root, "sealed",
	    (json_int_t)(entries->sealed_count - entries->opened_count),
	    "opened", (json_int_t)entries->opened_count, "anchored",
	    report->anchored, "rehearsal", entries->rehearsal);
	if (json && report->fault)
		json_object_set_new(json, "fault", fault_json(report->fault));
	if (json && entries->receipt_count > 0)
		json_object_set_new(json, "receipts", receipts_json(entries));
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
}

void audit_report_text(const struct audit_report *report)
{
	if (report->fault)
		print_fault(report);
	else
		print_good(report);
}
