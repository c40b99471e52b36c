/* party_pack.c -- afterwards: is the draw what it claims, and ours in it? */
#include "party.h"
#include "zip.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 256, PACK_MODE = 0644, VERDICT_SIZE_MAX = 1 << 24 };

static const struct kl_file *find(const struct files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->list[i].name, name) == 0)
			return &files->list[i];
	return NULL;
}

/* Whatever we have checked before stands in it unchanged. */
static bool has_what_we_saw(
    const struct party *party, const struct files *files)
{
	for (size_t i = 0; i < party->texts.count; i++) {
		const struct kl_buf *bytes = &party->texts.list[i].bytes;
		const char *name = party->texts.list[i].name;
		const struct kl_file *file = find(files, name);

		/* A draft that became the roster does not travel. */
		if (!file && strcmp(name, "draft.txt") == 0)
			continue;
		if (!file || file->size != bytes->size ||
		    (bytes->size > 0 &&
			memcmp(file->bytes, bytes->data, bytes->size) != 0))
			return false;
	}
	return true;
}

/* We revealed; the seal must say so. */
static bool has_our_secret(const struct party *party, const struct files *files)
{
	const struct kl_file *file = find(files, "seal.txt");
	size_t own = party->told.party;
	struct kl_seal seal;

	if (!party->revealed.done || !file)
		return true;
	return !kl_seal_read(
		   &seal, (const char *)file->bytes, file->size, NULL) &&
	       own < seal.count && seal.parties[own].reveal == KL_REVEALED;
}

/* The checkpoint of its end belongs to the log that we have watched. */
static enum kl_party_code check_log(
    struct party *party, const struct files *files)
{
	const struct kl_file *file = find(files, "log/closed");
	struct kl_checkpoint closed;
	struct kl_note note;

	if (!file || kl_checkpoint_open((const char *)file->bytes, file->size,
			 party->log.key, &note, &closed))
		return KL_PARTY_PACK_BAD;
	if (closed.size > party->log.checkpoint.size)
		return KL_PARTY_NOT_CLOSED; /* the next look shows it */
	return party_log_grew(party, &closed);
}

static enum kl_party_code say_verdict(
    struct party *party, const struct kl_pack_report *report)
{
	struct kl_buf text = KL_BUF(VERDICT_SIZE_MAX);
	enum kl_party_code code;

	verdict_write(report, party->options->language, &text);
	code = party_folder_write(
	    party, "verdict.txt", text.data, text.size, PACK_MODE);
	if (!code)
		party_say(party, "%.*s", "%.*s", (int)text.size,
		    (const char *)text.data);
	kl_buf_clear(&text);
	if (!code && report->finding_count > 0)
		code = party_about(party, KL_PARTY_PACK_BAD,
		    kl_finding_word(report->findings[0].code));
	return code;
}

static enum kl_party_code judge(struct party *party, const struct files *files)
{
	enum kl_party_code code = check_log(party, files);

	if (code)
		return code;
	kl_pack_report_clear(&party->report);
	if (kl_pack_verify(
		files->list, files->count, &party->pack, &party->report))
		return party_about(party, KL_PARTY_PACK_BAD, "memory");
	code = say_verdict(party, &party->report);
	if (!code && !has_what_we_saw(party, files))
		code = KL_PARTY_PACK_OTHER;
	if (!code && !has_our_secret(party, files))
		code =
		    party_about(party, KL_PARTY_LEFT_OUT, PARTY_REVEAL_RECEIPT);
	return code;
}

static enum kl_party_code keep(struct party *party, const struct kl_buf *zip)
{
	char name[PATH_SIZE];
	enum kl_party_code code;

	snprintf(name, sizeof(name), "%s.zip", party->options->draw);
	code = party_folder_write(party, name, zip->data, zip->size, PACK_MODE);
	if (!code)
		party_say(party, "✓ 证据包 %s/%s", "✓ evidence pack %s/%s",
		    party->options->folder, name);
	return code;
}

enum kl_party_code party_pack(struct party *party)
{
	struct files files = { .list = NULL };
	struct zip_fault fault = { 0, "" };
	struct kl_buf zip;
	char path[PATH_SIZE];
	enum kl_party_code code;

	snprintf(path, sizeof(path), "/v1/draws/%s/pack", party->options->draw);
	if (!party_get(party, path, ZIP_SIZE_MAX))
		return KL_PARTY_NOT_CLOSED;
	party_about(party, KL_PARTY_GOOD, "");
	zip = party->answer;
	party->answer = (struct kl_buf)KL_BUF(0);
	code = keep(party, &zip);
	if (!code && zip_read(zip.data, zip.size, &files, &fault))
		code = party_about(party, KL_PARTY_PACK_BAD, fault.why);
	if (!code)
		code = judge(party, &files);
	files_clear(&files);
	kl_buf_clear(&zip);
	return code;
}
