/* fsck_report.c -- findings, and how they are printed. */
#include "fsck_report.h"

#include <inttypes.h>
#include <jansson.h>

static const struct {
	const char *word, *what;
} codes[FSCK_CODE_COUNT] = {
#define FSCK_CODE_TEXT(name, word, what) [FSCK_##name] = { word, what },
	FSCK_CODES(FSCK_CODE_TEXT)
#undef FSCK_CODE_TEXT
};

enum { KEY_SIZE = 24 };

void fsck_tell(struct fsck_report *report, enum fsck_code code,
    const char *table, const char *key, const char *member)
{
	const struct fsck_finding finding = { code, table, key, member };

	report->count++;
	report->tell(report->context, &finding);
}

void fsck_tell_entry(struct fsck_report *report, enum fsck_code code,
    uint64_t index, const char *member)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRIu64, index);
	fsck_tell(report, code, "log_entry", key, member);
}

const char *fsck_code_word(enum fsck_code code)
{
	return codes[code].word;
}

void fsck_print(FILE *to, const struct fsck_finding *finding, bool json)
{
	json_auto_t *object = NULL;

	if (!json) {
		fprintf(to, "%s %s %s: %s\n", finding->table, finding->key,
		    finding->member, codes[finding->code].what);
		return;
	}
	object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "table", finding->table,
	    "key", finding->key, "member", finding->member, "code",
	    codes[finding->code].word, "what", codes[finding->code].what);
	json_dumpf(object, to, JSON_COMPACT);
	fputc('\n', to);
}
