/* fsck_draw_rows.c -- what else is stored of a draw: part by part. */
#include "fsck_draw.h"

#include "kl_close.h"
#include "kl_ranking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECOND "'%Y-%m-%dT%H:%i:%sZ'"

static const struct fsck_part texts_part = {
	"draw_text",
	{ "SELECT file, LOWER(HEX(sha256)), CAST(event_index AS CHAR),"
	  " SHA2(body, 256) FROM draw_text WHERE draw = ? ORDER BY file" },
	{ "sha256", "event_index", "body", NULL },
	false,
};

static const struct fsck_part parties_part = {
	"draw_party",
	{ "SELECT LPAD(position, 6, '0'), party, public_key,"
	  " CAST(required AS CHAR), commit_hash, signature,"
	  " CAST(commit_index AS CHAR), CAST(reveal_index AS CHAR)"
	  " FROM draw_party WHERE draw = ? ORDER BY position" },
	{ "party", "public_key", "required", "commit_hash", "signature",
	    "commit_index", "reveal_index", NULL },
	false,
};

static const struct fsck_part ranks_part = {
	"draw_rank",
	{ "SELECT LPAD(place, 6, '0'), entry, ticket, CAST(alternate AS CHAR)"
	  " FROM draw_rank WHERE draw = ? ORDER BY place" },
	{ "entry", "ticket", "alternate", NULL },
	false,
};

static const struct fsck_part replacements_part = {
	"draw_replacement",
	{ "SELECT LPAD(number, 6, '0'), out_entry, in_entry, reason, evidence"
	  " FROM draw_replacement WHERE draw = ? ORDER BY number" },
	{ "out_entry", "in_entry", "reason", "evidence", NULL },
	false,
};

/* What was taken up again after it was parked has another time to try. */
static const struct fsck_part dues_part = {
	"due",
	{ "SELECT CONCAT(kind, '/', subject, '/1'), DATE_FORMAT(at, " SECOND
	  "), DATE_FORMAT(IF(failures = 0 AND NOT EXISTS (SELECT 1 FROM"
	  " log_entry WHERE kind = 'due.resumed' AND bytes LIKE CONCAT("
	  "'%\"subject\":\"', subject, '\"%')), try_at, at), " SECOND
	  ") FROM due WHERE subject = ? AND seq = 1"
	  " AND kind LIKE 'draw.%' ORDER BY kind" },
	{ "at", "try_at", NULL },
	true,
};

static const char *number(struct fsck_draw *draw, uint64_t number)
{
	return arena_format(draw->arena, "%" PRIu64, number);
}

static const char *filled(struct fsck_draw *draw, uint64_t number)
{
	return arena_format(draw->arena, "%06" PRIu64, number);
}

static const char *span(struct fsck_draw *draw, struct kl_span span)
{
	return arena_text(draw->arena, span.at, span.size);
}

static const char *hex(struct fsck_draw *draw, const struct kl_hash *hash)
{
	return arena_hex(draw->arena, hash->bytes, sizeof(hash->bytes));
}

static int by_key(const void *left, const void *right)
{
	const struct fsck_cells *one = left, *other = right;

	return strcmp(one->key, other->key);
}

static enum error compare(struct fsck_draw *draw, const struct fsck_part *part,
    struct fsck_cells *wanted, size_t count)
{
	if (count > 0)
		qsort(wanted, count, sizeof(*wanted), by_key);
	return fsck_compare(
	    draw->fsck, part, draw->row->object.id, wanted, count);
}

/* --- the parts ------------------------------------------------------------ */

static enum error check_texts(struct fsck_draw *draw)
{
	struct fsck_cells *wanted =
	    arena_alloc(draw->arena, (draw->text_count + 1) * sizeof(*wanted));

	for (size_t i = 0; i < draw->text_count; i++) {
		const struct fsck_draw_text *text = &draw->texts[i];

		wanted[i] = (struct fsck_cells){ text->file,
			{ text->hex, number(draw, text->index), text->hex } };
	}
	return compare(draw, &texts_part, wanted, draw->text_count);
}

static enum error check_parties(struct fsck_draw *draw)
{
	struct fsck_cells wanted[KL_PARTIES_MAX];
	const struct kl_declare *declare = &draw->declare;
	size_t count = draw->declared ? declare->party_count : 0;

	for (size_t i = 0; i < count; i++) {
		const struct fsck_draw_party *party = &draw->parties[i];
		char *key = arena_alloc(draw->arena, KL_PUBLIC_KEY_HEX);

		kl_public_key_hex(&declare->parties[i].key, key);
		wanted[i] = (struct fsck_cells){ filled(draw, i),
			{ span(draw, declare->parties[i].id), key,
			    declare->parties[i].required ? "1" : "0",
			    party->commit, party->signature,
			    number(draw, party->commit_index),
			    number(draw, party->reveal_index) } };
	}
	return compare(draw, &parties_part, wanted, count);
}

/* Of the result that was logged; whether it is right is asked elsewhere. */
static enum error check_ranks(struct fsck_draw *draw)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "result.txt");
	struct kl_ranking ranking = { 0 };
	struct fsck_cells *wanted = NULL;
	size_t count = 0;

	if (text && kl_ranking_read(&ranking, text->bytes, text->size, NULL))
		return ERR_OK;
	while (count < ranking.count &&
	       ranking.entries[count].role != KL_NOT_SELECTED)
		count++;
	wanted = arena_alloc(draw->arena, (count + 1) * sizeof(*wanted));
	for (size_t i = 0; i < count; i++) {
		const struct kl_ranked *ranked = &ranking.entries[i];

		wanted[i] = (struct fsck_cells){ filled(draw, i + 1),
			{ span(draw, ranked->id), hex(draw, &ranked->ticket),
			    number(draw, ranked->alternate) } };
	}
	kl_ranking_clear(&ranking);
	return compare(draw, &ranks_part, wanted, count);
}

static void add_replacement(struct fsck_draw *draw,
    const struct fsck_draw_text *text, struct fsck_cells *wanted, size_t *count)
{
	struct kl_replace *replace = arena_alloc(draw->arena, sizeof(*replace));

	if (kl_replace_read(replace, text->bytes, text->size, NULL))
		return;
	wanted[*count] = (struct fsck_cells){ filled(draw, *count + 1),
		{ span(draw, replace->out),
		    replace->has_in ? span(draw, replace->in) : NULL,
		    kl_replace_word(replace->reason),
		    replace->has_evidence ? hex(draw, &replace->evidence)
					  : NULL } };
	++*count;
}

static enum error check_replacements(struct fsck_draw *draw)
{
	struct fsck_cells *wanted =
	    arena_alloc(draw->arena, (draw->text_count + 1) * sizeof(*wanted));
	size_t count = 0;

	for (size_t i = 0; i < draw->text_count; i++)
		if (strncmp(
			draw->texts[i].file, "replace", strlen("replace")) == 0)
			add_replacement(draw, &draw->texts[i], wanted, &count);
	return compare(draw, &replacements_part, wanted, count);
}

static void add_due(struct fsck_draw *draw, const char *kind, int64_t at,
    struct fsck_cells *wanted, size_t *count)
{
	char *time = arena_alloc(draw->arena, KL_TIME_TEXT);

	kl_time_write(at, time);
	wanted[(*count)++] = (struct fsck_cells){
		arena_format(
		    draw->arena, "%s/%s/1", kind, draw->row->object.id),
		{ time, time },
	};
}

static enum error check_dues(struct fsck_draw *draw)
{
	const struct draw *told = draw->told;
	struct fsck_cells wanted[5];
	size_t count = 0;

	add_due(draw, DUE_FREEZE, told->draft_until, wanted, &count);
	if (draw->declared) {
		add_due(draw, DUE_LOCK, told->commit_by, wanted, &count);
		add_due(draw, DUE_OVERDUE,
		    kl_attempt_overdue_at(draw_last_time(told)), wanted,
		    &count);
	}
	if (told->lock_hash)
		add_due(draw, DUE_SEAL, told->reveal_by, wanted, &count);
	if (told->seal_hash && draw_has_beacon(told))
		add_due(draw, DUE_BEACON, told->beacon_time, wanted, &count);
	return compare(draw, &dues_part, wanted, count);
}

enum error fsck_draw_rows(struct fsck_draw *draw)
{
	static enum error (*const parts[])(struct fsck_draw *) = { check_texts,
		check_parties, check_ranks, check_replacements, check_dues };
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < sizeof(parts) / sizeof(*parts); i++)
		error = parts[i](draw);
	return error;
}
