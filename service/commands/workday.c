/* workday.c -- klero workday: which days are working days. */
#include "command.h"
#include "kl_calendar.h"
#include "kl_line.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 4 << 20, COUNT_MAX = KL_CALENDAR_DAYS };

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero workday add DATE N [--calendar FILE|cn]...\n"
	    "       klero workday count FROM TO\n"
	    "       klero workday is DATE\n"
	    "A DATE is YYYY-MM-DD, of 2010 to 2099. Of several calendars the "
	    "later one,\nwhich is the more local, has the last word.\n");
	return COMMAND_UNUSABLE;
}

/* Calendars to be put on one another, and what they are made of. */
struct stack {
	struct kl_calendar_level levels[KL_CALENDAR_LEVELS_MAX];
	struct kl_buf days[KL_CALENDAR_LEVELS_MAX];
	size_t count;
};

static bool read_file(
    const char *path, struct kl_buf *days, struct kl_calendar_level *level)
{
	struct kl_buf text = KL_BUF(FILE_MAX);
	json_auto_t *object = NULL;
	json_error_t error;
	const char *why = error.text;
	bool good;

	if (!command_read("workday", path, &text))
		return false;
	object = json_loadb(text.data ? (const char *)text.data : "", text.size,
	    JSON_REJECT_DUPLICATES, &error);
	kl_buf_clear(&text);
	good = object && !kl_calendar_read(object, days, level, &why);
	if (!good)
		fprintf(stderr, "workday: %s: %s\n", path, why);
	return good;
}

static bool add_level(struct stack *stack, const char *path)
{
	struct kl_calendar_level *level = &stack->levels[stack->count];
	struct kl_buf *days = &stack->days[stack->count];

	if (stack->count == KL_CALENDAR_LEVELS_MAX) {
		fprintf(stderr, "workday: at most %d calendars\n",
		    KL_CALENDAR_LEVELS_MAX);
		return false;
	}
	*days = (struct kl_buf)KL_BUF(FILE_MAX);
	*level = kl_calendar_cn;
	stack->count++;
	return strcmp(path, kl_calendar_cn.name) == 0 ||
	       read_file(path, days, level);
}

static bool read_date(const char *text, int32_t *day)
{
	if (!kl_date_read(text, strlen(text), day))
		return true;
	fprintf(stderr,
	    "workday: a date is YYYY-MM-DD, from 2010-01-01 to 2099-12-31\n");
	return false;
}

static void warn(const struct kl_calendar *calendar, int32_t day)
{
	char horizon[KL_DATE_TEXT];

	if (!kl_calendar_provisional(calendar, day))
		return;
	kl_date_write(calendar->horizon, horizon);
	fprintf(stderr,
	    "workday: provisional: nothing is published of days after %s\n",
	    horizon);
}

static int add(const struct kl_calendar *calendar, char *words[])
{
	char text[KL_DATE_TEXT];
	int32_t from, day;
	uint64_t n;

	if (!read_date(words[0], &from))
		return COMMAND_UNUSABLE;
	if (kl_decimal_read(kl_span_of(words[1]), COUNT_MAX, &n) || n == 0) {
		fprintf(
		    stderr, "workday: N is a number from 1 to %d\n", COUNT_MAX);
		return COMMAND_UNUSABLE;
	}
	if (kl_calendar_add(calendar, from, (int64_t)n, &day)) {
		fprintf(stderr, "workday: that is after 2149-12-31\n");
		return COMMAND_UNUSABLE;
	}
	warn(calendar, day);
	kl_date_write(day, text);
	printf("%s\n", text);
	return COMMAND_DONE;
}

static int count(const struct kl_calendar *calendar, char *words[])
{
	int32_t from, to;

	if (!read_date(words[0], &from) || !read_date(words[1], &to))
		return COMMAND_UNUSABLE;
	if (to < from) {
		fprintf(stderr, "workday: TO is before FROM\n");
		return COMMAND_UNUSABLE;
	}
	warn(calendar, to);
	printf("%lld\n", (long long)kl_calendar_count(calendar, from, to));
	return COMMAND_DONE;
}

static int is(const struct kl_calendar *calendar, char *words[])
{
	struct kl_calendar_look look;
	int32_t day;

	if (!read_date(words[0], &day))
		return COMMAND_UNUSABLE;
	warn(calendar, day);
	look = kl_calendar_look(calendar, day);
	printf("%s%s%s\n", look.working ? "yes" : "no",
	    look.named && look.named->name ? " " : "",
	    look.named && look.named->name ? look.named->name : "");
	return look.working ? COMMAND_DONE : COMMAND_REFUSED;
}

static const struct question {
	const char *word;
	int words;
	int (*answer)(const struct kl_calendar *calendar, char *words[]);
} questions[] = {
	{ "add", 2, add },
	{ "count", 2, count },
	{ "is", 1, is },
};

static int answer(const struct stack *stack, int argc, char *argv[])
{
	struct kl_calendar calendar = KL_CALENDAR;
	int status = COMMAND_UNUSABLE;
	size_t i, count = sizeof(questions) / sizeof(*questions);

	for (i = 0; i < count; i++)
		if (argc > 0 && strcmp(argv[0], questions[i].word) == 0 &&
		    argc - 1 == questions[i].words)
			break;
	if (i == count)
		return usage();
	if (kl_calendar_make(&calendar,
		stack->count > 0 ? stack->levels : &kl_calendar_cn,
		stack->count > 0 ? stack->count : 1))
		fprintf(stderr, "workday: not enough memory\n");
	else
		status = questions[i].answer(&calendar, argv + 1);
	kl_calendar_clear(&calendar);
	return fflush(stdout) == 0 ? status : COMMAND_UNUSABLE;
}

static int run(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "calendar", required_argument, NULL, 'c' },
		{ 0 },
	};
	struct stack stack = { .count = 0 };
	int option, status = COMMAND_DONE;

	opterr = 0;
	while (status == COMMAND_DONE &&
	       (option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option != 'c')
			status = usage();
		else if (!add_level(&stack, optarg))
			status = COMMAND_UNUSABLE;
	if (status == COMMAND_DONE)
		status = answer(&stack, argc - optind, argv + optind);
	for (size_t i = 0; i < stack.count; i++)
		kl_buf_clear(&stack.days[i]);
	return status;
}

const struct command workday_command = {
	"workday",
	"count working days: add, count, is",
	run,
};
