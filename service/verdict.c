#include "verdict.h"

#include "verdict_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 2048 };

/* The report while it is put into words. */
struct writing {
	const struct kl_pack_report *report;
	enum verdict_language language;
	struct kl_buf *out;
};

/* A line; the format is that of the language. */
static void say(const struct writing *writing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct writing *writing, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	kl_buf_add_text(writing->out, line);
	kl_buf_add_byte(writing->out, '\n');
}

static bool is_chinese(const struct writing *writing)
{
	return writing->language == VERDICT_CHINESE;
}

/* --- what is wrong -------------------------------------------------------- */

static void say_finding(
    const struct writing *writing, const struct kl_finding *finding)
{
	const char *text = is_chinese(writing)
			       ? kl_finding_chinese(finding->code)
			       : kl_finding_english(finding->code);
	char line[24] = "";

	if (finding->line > 0)
		snprintf(line, sizeof(line), ":%zu", finding->line);
	say(writing, "  %s%s: %s: %s%s%s%s", finding->file, line,
	    kl_finding_word(finding->code), text, finding->why ? " (" : "",
	    finding->why ? finding->why : "", finding->why ? ")" : "");
}

static void say_findings(const struct writing *writing)
{
	const struct kl_pack_report *report = writing->report;

	if (report->finding_count == 0) {
		say(writing, "%s",
		    is_chinese(writing) ? "结论：核验通过，未发现问题"
					: "verdict: verified, nothing found");
		return;
	}
	say(writing,
	    is_chinese(writing)
		? "结论：核验未通过，发现 %zu 处问题（第一条为准）"
		: "verdict: NOT verified (findings: %zu); the first one "
		  "decides",
	    report->finding_count + report->findings_left);
	for (size_t i = 0; i < report->finding_count; i++)
		say_finding(writing, &report->findings[i]);
}

/* --- what it amounts to --------------------------------------------------- */

static void say_level(const struct writing *writing)
{
	const struct kl_pack_report *report = writing->report;
	bool chinese = is_chinese(writing);

	say(writing, chinese ? "等级：%s（%s）" : "level: %s (%s)",
	    kl_level_word(report->level),
	    verdict_level_words[report->level][writing->language]);
	for (int i = 0; i < KL_CAP_COUNT; i++)
		if (report->caps[i])
			say(writing, "  %s: %s", kl_cap_word(i),
			    verdict_cap_words[i][writing->language]);
	say(writing, chinese ? "依据（rests on）：%s" : "rests on: %s",
	    report->rests_on);
}

static void say_secrets(
    const struct writing *writing, const struct kl_attempt_report *attempt)
{
	say(writing,
	    is_chinese(writing)
		? "秘密：声明 %zu 方，承诺 %zu 方，实际揭示 %zu 方"
		: "secrets: %zu parties declared, %zu committed, %zu revealed",
	    attempt->parties, attempt->committed, attempt->revealed);
}

static void say_warnings(const struct writing *writing)
{
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(writing->report, &warnings);

	for (size_t i = 0; i < count; i++)
		say(writing,
		    is_chinese(writing) ? "提醒：%s %s：%s"
					: "warning: %s %s: %s",
		    kl_warning_word(warnings[i].code), warnings[i].about,
		    verdict_warning_words[warnings[i].code][writing->language]);
}

/* --- the attempts --------------------------------------------------------- */

static void say_award(
    const struct writing *writing, const struct kl_award *award)
{
	enum verdict_role role = verdict_role_of(award);

	say(writing, "  %zu. %s %.*s %.*s%s%s", award->rank,
	    verdict_role_words[role][writing->language], (int)award->id.size,
	    award->id.at, (int)award->name.size, award->name.at,
	    award->gone ? " - " : "",
	    award->gone
		? verdict_replace_words[award->reason][writing->language]
		: "");
}

static void say_attempt(
    const struct writing *writing, const struct kl_attempt_report *attempt)
{
	const struct kl_award *awards;
	size_t count = kl_pack_awards(writing->report, &awards);
	enum kl_outcome outcome = kl_close_outcome(attempt->reason);
	bool chinese = is_chinese(writing);

	say(writing,
	    chinese ? "第 %lld 次抽取 %.*s：%s（%s）%s%s"
		    : "attempt %lld, %.*s: %s (%s)%s%s",
	    (long long)attempt->attempt, (int)attempt->draw.size,
	    attempt->draw.at, verdict_outcome_words[outcome][writing->language],
	    kl_close_word(attempt->reason),
	    outcome != KL_OUTCOME_RESULT && attempt->known
		? (chinese ? "，当时结果已可知"
			   : ", when the outcome could be known")
		: "",
	    attempt->annulled ? (chinese ? "，结果已撤销" : ", annulled") : "");
	for (size_t i = 0; i < count; i++)
		if (awards[i].attempt == attempt->attempt)
			say_award(writing, &awards[i]);
}

void verdict_write(const struct kl_pack_report *report,
    enum verdict_language language, struct kl_buf *out)
{
	struct writing writing = { report, language, out };
	const struct kl_attempt_report *attempts;
	size_t count = kl_pack_attempts(report, &attempts);

	say_findings(&writing);
	if (report->finding_count == 0)
		say_level(&writing);
	if (count > 0)
		say_secrets(&writing, &attempts[count - 1]);
	for (size_t i = 0; i < count; i++)
		say_attempt(&writing, &attempts[i]);
	say_warnings(&writing);
	say(&writing, "%s",
	    is_chinese(&writing) ? "本证明不能说明："
				 : "what this does not show:");
	for (size_t i = 0; verdict_limits[i][0]; i++)
		say(&writing, "  - %s", verdict_limits[i][language]);
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *span_json(struct kl_span span)
{
	return json_stringn(span.at, span.size);
}

static json_t *findings_json(const struct kl_pack_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct kl_finding *finding = &report->findings[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:I, s:s?, s:s, s:s}", "code",
			kl_finding_word(finding->code), "check",
			kl_check_word(kl_finding_check(finding->code)), "file",
			finding->file, "line", (json_int_t)finding->line, "why",
			finding->why, "zh", kl_finding_chinese(finding->code),
			"en", kl_finding_english(finding->code)));
	}
	return list;
}

static json_t *awards_json(const struct kl_pack_report *report,
    const struct kl_attempt_report *attempt)
{
	const struct kl_award *awards;
	size_t count = kl_pack_awards(report, &awards);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct kl_award *award = &awards[i];
		enum verdict_role role = verdict_role_of(award);

		if (award->attempt != attempt->attempt)
			continue;
		json_array_append_new(list,
		    json_pack("{s:I, s:s, s:o, s:o, s:s?}", "rank",
			(json_int_t)award->rank, "role",
			verdict_role_words[role][VERDICT_ENGLISH], "id",
			span_json(award->id), "name", span_json(award->name),
			"reason",
			award->gone ? kl_replace_word(award->reason) : NULL));
	}
	return list;
}

static json_t *attempts_json(const struct kl_pack_report *report)
{
	const struct kl_attempt_report *attempts;
	size_t count = kl_pack_attempts(report, &attempts);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct kl_attempt_report *attempt = &attempts[i];
		enum kl_outcome outcome = kl_close_outcome(attempt->reason);

		json_array_append_new(list,
		    json_pack("{s:I, s:o, s:o, s:s, s:s, s:b, s:b, s:s, s:I, "
			      "s:I, s:I, s:o}",
			"attempt", (json_int_t)attempt->attempt, "draw",
			span_json(attempt->draw), "project",
			span_json(attempt->project), "outcome",
			verdict_outcome_words[outcome][VERDICT_ENGLISH],
			"reason", kl_close_word(attempt->reason), "known",
			attempt->known, "annulled", attempt->annulled, "beacon",
			kl_beacon_word(attempt->beacon), "parties",
			(json_int_t)attempt->parties, "committed",
			(json_int_t)attempt->committed, "revealed",
			(json_int_t)attempt->revealed, "entries",
			awards_json(report, attempt)));
	}
	return list;
}

static json_t *warnings_json(const struct kl_pack_report *report)
{
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(report, &warnings);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "code",
			      kl_warning_word(warnings[i].code), "about",
			      warnings[i].about));
	return list;
}

static json_t *caps_json(const struct kl_pack_report *report)
{
	json_t *list = json_array();

	for (int i = 0; i < KL_CAP_COUNT; i++)
		if (report->caps[i])
			json_array_append_new(
			    list, json_string(kl_cap_word(i)));
	return list;
}

static json_t *limits_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; verdict_limits[i][0]; i++)
		json_array_append_new(
		    list, json_string(verdict_limits[i][VERDICT_ENGLISH]));
	return list;
}

json_t *verdict_json(const struct kl_pack_report *report)
{
	bool verified = report->finding_count == 0;

	return json_pack("{s:b, s:s?, s:o, s:s, s:o, s:I, s:o, s:o, s:o}",
	    "verified", verified, "level",
	    verified ? kl_level_word(report->level) : NULL, "caps",
	    caps_json(report), "rests_on", report->rests_on, "findings",
	    findings_json(report), "findings_left",
	    (json_int_t)report->findings_left, "warnings",
	    warnings_json(report), "attempts", attempts_json(report),
	    "does_not_show", limits_json());
}
