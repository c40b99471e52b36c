/* clock.c -- klero clock: who held a matter on which day, and is it late. */
#include "command.h"
#include "kl_clock_json.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 64 << 20, LANGUAGES = 2 };

enum language { ZH, EN };

static int usage(void)
{
	fprintf(
	    stderr, "usage: klero clock [--explain [--lang zh|en]] < JSON\n");
	return COMMAND_UNUSABLE;
}

/* --- day by day ----------------------------------------------------------- */

enum { WORD_MAX = 64 };

static const char *const weekdays[LANGUAGES][8] = {
	[ZH] = { "", "一", "二", "三", "四", "五", "六", "日" },
	[EN] = { "", "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" },
};
static const char *const works[LANGUAGES][2] = {
	[ZH] = { "休息", "工作" },
	[EN] = { "off", "works" },
};
static const char *const holders[LANGUAGES][KL_HOLDERS] = {
	[ZH] = { "项目业主", "中介机构", "审批部门", "第三方", "无人" },
	[EN] = { "owner", "intermediary", "authority", "third party",
	    "nobody" },
};
static const char *const states[LANGUAGES][2] = {
	[ZH] = { "计时", "挂起" },
	[EN] = { "runs", "paused" },
};
static const char *const named[LANGUAGES][2] = {
	[ZH] = { "放假", "调休" },
	[EN] = { "day off", "made up" },
};
static const char *const foreseen[LANGUAGES] = {
	[ZH] = "以下按现状推算",
	[EN] = "from here on as if what stands went on",
};

/* The word and what fills it up; a Chinese character is two columns wide. */
static void put(const char *word, int columns)
{
	fputs(word, stdout);
	for (; *word; word++)
		if ((*word & 0xc0) != 0x80)
			columns -= (uint8_t)*word < 0xe0 ? 1 : 2;
	while (columns-- > 0)
		putchar(' ');
}

/* One day, and which counted day it is. */
struct told {
	const struct kl_clock_terms *terms;
	enum language language;
	int64_t counted;
};

static void tell_why(
    const struct told *told, const struct kl_calendar_look *day)
{
	if (!day->named)
		return;
	printf("  %s", named[told->language][day->working]);
	if (day->named->name)
		printf("  %s", day->named->name);
}

static void tell(
    struct told *told, int32_t day, const struct kl_clock_span *span)
{
	struct kl_calendar_look look =
	    kl_calendar_look(told->terms->calendar, day);
	bool counts = !span->paused &&
		      (told->terms->counts >> span->holder & 1) &&
		      (look.working || !told->terms->limit.workdays);
	enum language language = told->language;
	char date[KL_DATE_TEXT], number[WORD_MAX] = "-";

	if (counts)
		snprintf(
		    number, sizeof(number), "%lld", (long long)++told->counted);
	kl_date_write(day, date);
	printf("%s  ", date);
	put(weekdays[language][kl_date_weekday(day)], 4);
	put(works[language][look.working], 7);
	put(holders[language][span->holder], 14);
	put(states[language][span->paused], 8);
	printf("%5s", number);
	tell_why(told, &look);
	putchar('\n');
}

/* The days from where the walk is to the last one. */
static void tell_days(
    struct told *told, struct kl_clock_walk *walk, int32_t last)
{
	while (walk->day <= last) {
		struct kl_clock_span span = kl_clock_walk_next(walk, last);

		for (int32_t day = span.first; day <= span.last; day++)
			tell(told, day, &span);
	}
}

static int explain(const struct kl_clock_input *input,
    const struct kl_clock *clock, enum language language)
{
	struct told told = { &input->terms, language, 0 };
	struct kl_clock_walk walk;

	kl_clock_walk_start(&walk,
	    (const struct kl_clock_event *)input->events.data,
	    input->event_count);
	tell_days(&told, &walk,
	    clock->ended == KL_DATE_NONE ? input->today : clock->ended);
	if (clock->due >= walk.day) {
		printf("-- %s --\n", foreseen[language]);
		tell_days(&told, &walk, clock->due);
	}
	return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_UNUSABLE;
}

/* --- the whole ------------------------------------------------------------ */

static int print(const struct kl_clock *clock)
{
	json_auto_t *shown = kl_clock_json(clock);

	if (!shown || json_dumpf(shown, stdout, 0) || putchar('\n') == EOF ||
	    fflush(stdout))
		return COMMAND_UNUSABLE;
	return COMMAND_DONE;
}

static int refuse(enum kl_result result, const struct kl_clock_fault *fault)
{
	if (result == KL_NO_MEMORY)
		fprintf(stderr, "clock: not enough memory\n");
	else if (result == KL_RANGE)
		fprintf(stderr, "clock: it is due after 2149-12-31\n");
	else if (fault->event != SIZE_MAX)
		fprintf(stderr, "clock: events[%zu]: %s\n", fault->event,
		    fault->why);
	else
		fprintf(stderr, "clock: %s\n", fault->why);
	return COMMAND_UNUSABLE;
}

static int show(const json_t *object, bool explained, enum language language)
{
	struct kl_clock_input input = KL_CLOCK_INPUT;
	struct kl_clock_fault fault;
	struct kl_clock clock;
	enum kl_result result = kl_clock_input_read(&input, object, &fault);
	int status;

	if (!result)
		result = kl_clock_read(&input.terms,
		    (const struct kl_clock_event *)input.events.data,
		    input.event_count, input.today, &clock, &fault);
	if (result)
		status = refuse(result, &fault);
	else if (explained)
		status = explain(&input, &clock, language);
	else
		status = print(&clock);
	kl_clock_input_clear(&input);
	return status;
}

static json_t *read_input(void)
{
	struct kl_buf text = KL_BUF(INPUT_MAX);
	json_error_t error;
	json_t *object;

	if (!command_read("clock", "-", &text))
		return NULL;
	object = json_loadb(text.data ? (const char *)text.data : "", text.size,
	    JSON_REJECT_DUPLICATES, &error);
	kl_buf_clear(&text);
	if (!object)
		fprintf(stderr, "clock: line %d: %s\n", error.line, error.text);
	return object;
}

static bool read_language(const char *text, enum language *language)
{
	*language = strcmp(text, "en") == 0 ? EN : ZH;
	return *language == EN || strcmp(text, "zh") == 0;
}

static int run(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "explain", no_argument, NULL, 'e' },
		{ "lang", required_argument, NULL, 'l' },
		{ 0 },
	};
	enum language language = ZH;
	bool explained = false;
	json_auto_t *object = NULL;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == 'e')
			explained = true;
		else if (option != 'l' || !read_language(optarg, &language))
			return usage();
	if (optind != argc)
		return usage();
	object = read_input();
	return object ? show(object, explained, language) : COMMAND_UNUSABLE;
}

const struct command clock_command = {
	"clock",
	"who held a matter on which day, and is it late",
	run,
};
