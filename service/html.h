/* html.h -- pieces of a page in words, Chinese and English. Pure. */
#ifndef HTML_H
#define HTML_H

#include "kl_buf.h"

#include <jansson.h>

/* What a word of ours is to people; a list of them ends with { 0 }. */
struct html_word {
	const char *word, *zh, *en;
};

/* Text, which may come from anybody: no byte of it becomes markup. */
void html_text(struct kl_buf *to, const char *text);

void html_number(struct kl_buf *to, json_int_t number);

/* Our own words, the English ones marked as such. */
void html_both(struct kl_buf *to, const char *zh, const char *en);

/* What the word is in the list; one that is not there as it is. */
void html_word(
    struct kl_buf *to, const struct html_word words[], const char *word);

/* In Beijing's time; what is no time of kl_time.h as it is. */
void html_time(struct kl_buf *to, const char *time);

/* `text` leads to `folder` and `id`, one after the other. */
void html_link(
    struct kl_buf *to, const char *folder, const char *id, const char *text);

/* A heading of level "1" or "2", and a table whose rows, <tr> …, follow. */
void html_table(struct kl_buf *to, const char *level, const char *zh,
    const char *en, const char *const heads[][2], size_t count);
#define HTML_TABLE(to, level, zh, en, ...)                                     \
	html_table(to, level, zh, en, (const char *const[][2]){ __VA_ARGS__ }, \
	    sizeof((const char *const[][2]){ __VA_ARGS__ }) /                  \
		sizeof(const char *const[2]))
void html_table_end(struct kl_buf *to);

/* The next cell of a row begins. */
void html_cell(struct kl_buf *to);

#endif
