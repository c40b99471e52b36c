/* kind_write.c -- a row as JSON, written at once: of long lists. */
#include "kind.h"

#include "kl_canon.h"
#include "kl_line.h"
#include "kl_time.h"

#include <stdlib.h>
#include <string.h>

/* A text of the database is UTF-8 without NUL: its columns take no other. */
static void write_text(struct kl_buf *out, const char *text)
{
	if (!text)
		kl_buf_add_text(out, "null");
	else if (kl_canon_write_text(out, text, strlen(text)))
		abort();
}

static void write_name(struct kl_buf *out, const char *name)
{
	kl_buf_add(out, ",\"", 2);
	kl_buf_add_text(out, name);
	kl_buf_add(out, "\":", 2);
}

static void write_member(
    struct kl_buf *out, const struct member *member, const void *row)
{
	const void *at = (const char *)row + member->offset;
	char time[KL_TIME_TEXT];

	switch (member->type) {
	case MEMBER_NUMBER:
		kl_decimal_add(out, *(const uint64_t *)at);
		return;
	case MEMBER_FLAG:
		kl_buf_add_text(out, *(const uint64_t *)at ? "true" : "false");
		return;
	case MEMBER_TIME:
		if (*(const int64_t *)at == DB_TIME_NONE) {
			kl_buf_add_text(out, "null");
		} else {
			kl_time_write(*(const int64_t *)at, time);
			write_text(out, time);
		}
		return;
	case MEMBER_JSON:
		kl_buf_add_text(out, *(const char *const *)at
					 ? *(const char *const *)at
					 : "null");
		return;
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
		write_text(out, *(const char *const *)at);
		return;
	}
}

void kind_write(
    struct kl_buf *out, const struct kind *kind, const void *row, bool whole)
{
	const struct object *object = row;
	unsigned hidden = MEMBER_PASSING | MEMBER_SECRET |
			  (whole ? 0 : (unsigned)MEMBER_PRIVATE);

	kl_buf_add_text(out, "\"id\":");
	write_text(out, object->id);
	write_name(out, "state");
	write_text(out, object->state);
	write_name(out, "seq");
	kl_decimal_add(out, object->seq);
	write_name(out, "event_index");
	kl_decimal_add(out, object->event_index);
	for (const struct member *m = kind->members; m->name; m++) {
		if (m->flags & hidden)
			continue;
		write_name(out, m->name);
		write_member(out, m, row);
	}
}
