/* kind_write.c -- a row as JSON, written at once: of long lists, and of what
 * many do at a time. */
#include "kind.h"

#include "kl_canon.h"
#include "kl_leaf.h"
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

/* --- events --------------------------------------------------------------- */

enum { PRIVATE_MAX = 65535 };

/* What stands in an event beside the members. */
static const struct member state_member = { "state", MEMBER_TOKEN,
	offsetof(struct object, state), 1, 16, 0, NULL, NULL };
static const struct member private_member = { .name = "private" };

static int by_name(const void *left, const void *right)
{
	const struct member *const *a = left;
	const struct member *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

/* A kind of more is a mistake of ours, and is found in any start. */
static void check_count(const struct kind *kind)
{
	size_t count = KIND_COLUMN_COUNT;

	for (const struct member *m = kind->members; m->name; m++)
		count++;
	if (count > MEMBERS_MAX)
		abort();
}

void kind_sort(struct kind *kind)
{
	size_t count = 0;

	check_count(kind);
	kind->sorted = calloc(MEMBERS_MAX + 3, sizeof(struct member *));
	if (!kind->sorted)
		abort();
	kind->sorted[count++] = &state_member;
	kind->sorted[count++] = &private_member;
	for (const struct member *m = kind->members; m->name; m++)
		if (!(m->flags & MEMBER_PASSING))
			kind->sorted[count++] = m;
	qsort(kind->sorted, count, sizeof(*kind->sorted), by_name);
}

static bool has_json(const struct kind *kind, const void *row)
{
	for (const struct member *m = kind->members; m->name; m++)
		if (m->type == MEMBER_JSON &&
		    *(const char *const *)((const char *)row + m->offset))
			return true;
	return false;
}

/* The members that are hidden, or the others and what stands beside them. */
static void write_sorted(struct kl_buf *out, const struct kind *kind,
    const void *row, bool hidden, const char *digest)
{
	const size_t begin = out->size;

	for (const struct member *const *m =
		 (const struct member *const *)kind->sorted;
	     *m; m++) {
		if (hidden != (((*m)->flags &
				   (MEMBER_PRIVATE | MEMBER_SECRET)) != 0) ||
		    (*m == &private_member && !digest))
			continue;
		kl_buf_add_text(out, out->size == begin ? "{\"" : ",\"");
		kl_buf_add_text(out, (*m)->name);
		kl_buf_add_text(out, "\":");
		if (*m == &private_member)
			write_text(out, digest);
		else
			write_member(out, *m, row);
	}
	kl_buf_add_byte(out, '}');
}

bool kind_write_event(struct kl_buf *out, const struct kind *kind,
    const void *row, const uint8_t *salt)
{
	struct kl_buf hidden = KL_BUF(PRIVATE_MAX);
	char digest[KL_HASH_HEX];
	struct kl_hash hash;

	if (has_json(kind, row))
		return false;
	if (salt) {
		write_sorted(&hidden, kind, row, true, NULL);
		if (kl_buf_result(&hidden))
			abort(); /* our own members, within their bounds */
		hash = kl_leaf_seal(salt, hidden.data, hidden.size);
		kl_hash_hex(&hash, digest);
		kl_buf_clear(&hidden);
	}
	write_sorted(out, kind, row, false, salt ? digest : NULL);
	return true;
}
