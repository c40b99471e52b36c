/* verify.c -- klero verify PACK: is the draw what it claims? protocol §5. */
#include "beacon_file.h"
#include "command.h"
#include "file.h"
#include "verdict.h"
#include "zip.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
    "usage: klero verify PACK [--trust FILE] [--bare] [--min-level A|B|C]\n"
    "           [--accept-chain FILE] [--accept-certificate FILE]\n"
    "           [--rehearsal] [--json] [--lang zh|en]\n"
    "PACK is an evidence pack, <draw-id>.zip or its folder. A beacon whose\n"
    "chain (info of drand) or certificate (PEM) is only accepted is a test.\n";

/* What was asked for, and what was read for it. */
struct verify {
	struct kl_pack_options options;
	struct kl_trust trust;
	struct kl_buf trust_text; /* the trust points into it */
	struct kl_chain chain;
	struct kl_certificate certificate;
	bool json;
	enum verdict_language language;

	struct kl_buf archive; /* of a pack that is one file */
	struct files files;
};

/* --- options -------------------------------------------------------------- */

static bool read_trust(struct verify *verify, const char *path)
{
	size_t line;

	if (!command_read("verify", path, &verify->trust_text))
		return false;
	if (kl_trust_read((const char *)verify->trust_text.data,
		verify->trust_text.size, &verify->trust, &line)) {
		fprintf(
		    stderr, "verify: %s:%zu: no trust policy\n", path, line);
		return false;
	}
	verify->options.trust = &verify->trust;
	return true;
}

static bool read_level(struct verify *verify, const char *text)
{
	if (strlen(text) != 1 || !strchr("ABC", *text))
		return false;
	verify->options.level_min = *text;
	return true;
}

static bool read_chain(struct verify *verify, const char *path)
{
	verify->options.chain = &verify->chain;
	return beacon_read_chain("verify", path, &verify->chain);
}

static bool read_certificate(struct verify *verify, const char *path)
{
	verify->options.certificate = &verify->certificate;
	return beacon_read_certificate("verify", path, &verify->certificate);
}

static bool read_language(struct verify *verify, const char *text)
{
	verify->language =
	    strcmp(text, "en") == 0 ? VERDICT_ENGLISH : VERDICT_CHINESE;
	return strcmp(text, "en") == 0 || strcmp(text, "zh") == 0;
}

static bool take_option(struct verify *verify, int option)
{
	switch (option) {
	case 't':
		return read_trust(verify, optarg);
	case 'b':
		verify->options.bare = true;
		return true;
	case 'm':
		return read_level(verify, optarg);
	case 'c':
		return read_chain(verify, optarg);
	case 'k':
		return read_certificate(verify, optarg);
	case 'r':
		verify->options.rehearsal = true;
		return true;
	case 'j':
		verify->json = true;
		return true;
	case 'l':
		return read_language(verify, optarg);
	default:
		return false;
	}
}

static const char *take_options(struct verify *verify, int argc, char *argv[])
{
	static const struct option options[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "bare", no_argument, NULL, 'b' },
		{ "min-level", required_argument, NULL, 'm' },
		{ "accept-chain", required_argument, NULL, 'c' },
		{ "accept-certificate", required_argument, NULL, 'k' },
		{ "rehearsal", no_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ "lang", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(verify, option))
			return NULL;
	return optind + 1 == argc ? argv[optind] : NULL;
}

/* --- the pack ------------------------------------------------------------- */

static bool read_folder(struct verify *verify, const char *path)
{
	int number = file_read_folder(path, &verify->files);

	if (number)
		fprintf(stderr, "verify: %s: %s\n", path, strerror(number));
	return !number;
}

static bool read_archive(struct verify *verify, const char *path)
{
	struct zip_fault fault = { 0, "no memory" };

	if (!command_read("verify", path, &verify->archive))
		return false;
	if (!zip_read(verify->archive.data, verify->archive.size,
		&verify->files, &fault))
		return true;
	fprintf(stderr, "verify: %s: byte %zu: %s\n", path, fault.offset,
	    fault.why);
	return false;
}

/* --- the answer ----------------------------------------------------------- */

static int print(const struct kl_buf *out)
{
	if (!kl_buf_result(out))
		return command_print(out->data, out->size);
	fprintf(stderr, "verify: no memory\n");
	return COMMAND_UNUSABLE;
}

static void write_json(const struct kl_pack_report *report, struct kl_buf *out)
{
	json_auto_t *json = verdict_json(report);
	char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;

	if (!text)
		out->result = KL_NO_MEMORY;
	else
		kl_buf_add_text(out, text);
	kl_buf_add_byte(out, '\n');
	free(text);
}

static int print_report(
    const struct verify *verify, const struct kl_pack_report *report)
{
	struct kl_buf out = KL_BUF(SIZE_MAX / 2);
	int status;

	if (verify->json)
		write_json(report, &out);
	else
		verdict_write(report, verify->language, &out);
	status = print(&out);
	kl_buf_clear(&out);
	if (!status && report->finding_count > 0)
		status = COMMAND_REFUSED;
	return status;
}

static int check(const struct verify *verify)
{
	struct kl_pack_report *report = malloc(sizeof(*report));
	int status = COMMAND_UNUSABLE;

	if (!report || kl_pack_verify(verify->files.list, verify->files.count,
			   &verify->options, report)) {
		fprintf(stderr, "verify: too many files, or no memory\n");
	} else {
		status = print_report(verify, report);
		kl_pack_report_clear(report);
	}
	free(report);
	return status;
}

static int run(int argc, char *argv[])
{
	struct verify verify = {
		.trust_text = KL_BUF(KL_TRUST_SIZE_MAX),
		.archive = KL_BUF(ZIP_SIZE_MAX),
	};
	const char *path = take_options(&verify, argc, argv);
	int status = COMMAND_UNUSABLE;

	if (!path)
		fputs(usage_text, stderr);
	else if (file_is_folder(path) ? read_folder(&verify, path)
				      : read_archive(&verify, path))
		status = check(&verify);
	files_clear(&verify.files);
	kl_buf_clear(&verify.archive);
	kl_buf_clear(&verify.trust_text);
	return status;
}

const struct command verify_command = {
	"verify",
	"check an evidence pack and say what it proves",
	run,
};
