/* party_say.c -- what klero party tells the person before it. */
#include "command.h"
#include "party.h"

#include <stdarg.h>
#include <stdio.h>

void party_say(const struct party *party, const char *zh, const char *en, ...)
{
	bool chinese = party->options->language == VERDICT_CHINESE;
	va_list arguments;

	va_start(arguments, en);
	vprintf(chinese ? zh : en, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

enum kl_party_code party_about(
    struct party *party, enum kl_party_code code, const char *about)
{
	if (about != party->about)
		snprintf(party->about, sizeof(party->about), "%s", about);
	return code;
}

int party_exit(enum kl_party_code code)
{
	switch (kl_party_way(code)) {
	case KL_PARTY_GO:
		return COMMAND_DONE;
	case KL_PARTY_WAIT:
		return PARTY_NOT_YET;
	case KL_PARTY_LATE:
		return PARTY_LATE;
	case KL_PARTY_REFUSE:
		return COMMAND_REFUSED;
	case KL_PARTY_HAND:
		return PARTY_HAND;
	}
	return COMMAND_UNUSABLE;
}

static const char *way_word(enum kl_party_way way, bool chinese)
{
	static const char *const words[][2] = {
		[KL_PARTY_GO] = { "ok", "好" },
		[KL_PARTY_WAIT] = { "waiting", "等待" },
		[KL_PARTY_LATE] = { "too late", "已逾期" },
		[KL_PARTY_REFUSE] = { "refused", "拒绝" },
		[KL_PARTY_HAND] = { "not done", "未完成" },
	};

	return words[way][chinese];
}

/* Of a finding its own code, place and words count. */
static void tell_finding(const struct party *party, bool chinese)
{
	const struct kl_finding *finding = kl_party_finding(&party->report);

	fprintf(stderr, "%s [%s] %s:%zu: %s%s%s\n",
	    way_word(KL_PARTY_REFUSE, chinese), kl_finding_word(finding->code),
	    finding->file, finding->line,
	    chinese ? kl_finding_chinese(finding->code)
		    : kl_finding_english(finding->code),
	    finding->why ? ": " : "", finding->why ? finding->why : "");
}

void party_tell(struct party *party, enum kl_party_code code)
{
	bool chinese = party->options->language == VERDICT_CHINESE;

	if (code == party->told_last)
		return;
	party->told_last = code;
	if (code == KL_PARTY_GOOD)
		return;
	fflush(stdout);
	if (code == KL_PARTY_FINDING) {
		tell_finding(party, chinese);
		return;
	}
	fprintf(stderr, "%s [%s] %s%s%s\n",
	    way_word(kl_party_way(code), chinese), kl_party_word(code),
	    chinese ? kl_party_chinese(code) : kl_party_english(code),
	    *party->about ? (chinese ? ":" : ": ") : "", party->about);
}
