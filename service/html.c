#include "html.h"

#include "kl_time.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT = 32, TIME_SHOWN = sizeof("YYYY-MM-DD HH:MM:SS") - 1 };

/* Asia/Shanghai, without a summer time since 1991. */
#define BEIJING_S INT64_C(28800)

void html_text(struct kl_buf *to, const char *text)
{
	static const struct {
		char byte;
		const char *entity;
	} marks[] = {
		{ '&', "&amp;" },
		{ '<', "&lt;" },
		{ '>', "&gt;" },
		{ '"', "&quot;" },
		{ '\'', "&#39;" },
	};
	const char *end;

	for (;;) {
		end = text + strcspn(text, "&<>\"'");
		kl_buf_add(to, text, (size_t)(end - text));
		if (*end == '\0')
			return;
		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
			if (marks[i].byte == *end)
				kl_buf_add_text(to, marks[i].entity);
		text = end + 1;
	}
}

void html_number(struct kl_buf *to, json_int_t number)
{
	char text[NUMBER_TEXT];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, number);
	kl_buf_add_text(to, text);
}

void html_both(struct kl_buf *to, const char *zh, const char *en)
{
	html_text(to, zh);
	kl_buf_add_text(to, " <span lang=\"en\">");
	html_text(to, en);
	kl_buf_add_text(to, "</span>");
}

void html_word(
    struct kl_buf *to, const struct html_word words[], const char *word)
{
	for (; words->word; words++)
		if (strcmp(words->word, word) == 0) {
			html_both(to, words->zh, words->en);
			return;
		}
	html_text(to, word);
}

void html_time(struct kl_buf *to, const char *time)
{
	char text[KL_TIME_TEXT];
	int64_t seconds;

	if (kl_time_read(time, strlen(time), &seconds) ||
	    seconds > KL_TIME_MAX - BEIJING_S) {
		html_text(to, time);
		return;
	}
	kl_time_write(seconds + BEIJING_S, text);
	text[strcspn(text, "T")] = ' ';
	text[TIME_SHOWN] = '\0';
	kl_buf_add_text(to, "<time datetime=\"");
	kl_buf_add_text(to, time);
	kl_buf_add_text(to, "\">");
	kl_buf_add_text(to, text);
	kl_buf_add_text(to, "</time>");
}

void html_link(
    struct kl_buf *to, const char *folder, const char *id, const char *text)
{
	kl_buf_add_text(to, "<a href=\"");
	html_text(to, folder);
	html_text(to, id);
	kl_buf_add_text(to, "\">");
	html_text(to, text);
	kl_buf_add_text(to, "</a>");
}

void html_table(struct kl_buf *to, const char *level, const char *zh,
    const char *en, const char *const heads[][2], size_t count)
{
	kl_buf_add_text(to, "<h");
	kl_buf_add_text(to, level);
	kl_buf_add_byte(to, '>');
	html_both(to, zh, en);
	kl_buf_add_text(to, "</h");
	kl_buf_add_text(to, level);
	kl_buf_add_text(to, ">\n<table><thead><tr>");
	for (size_t i = 0; i < count; i++) {
		kl_buf_add_text(to, "<th scope=\"col\">");
		html_both(to, heads[i][0], heads[i][1]);
		kl_buf_add_text(to, "</th>");
	}
	kl_buf_add_text(to, "</tr></thead><tbody>\n");
}

void html_table_end(struct kl_buf *to)
{
	kl_buf_add_text(to, "</tbody></table>\n");
}

void html_cell(struct kl_buf *to)
{
	kl_buf_add_text(to, "<td>");
}
