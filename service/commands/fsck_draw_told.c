/* fsck_draw_told.c -- the row of a draw, from its events. */
#include "fsck_draw.h"

#include "beacons.h"
#include "kl_close.h"
#include "kl_roster.h"
#include "kl_seed.h"
#include "log_keys.h"

#include <stdlib.h>
#include <string.h>

static const struct db_statement select_published = {
	"SELECT bytes FROM log_entry WHERE subject = ? AND kind = ? LIMIT 1",
};

static const struct db_statement select_numbered = {
	"SELECT id FROM notice WHERE number = ?",
};

/* Attempts of the project that were declared before. */
static const struct db_statement select_before = {
	"SELECT d.id FROM draw d JOIN log_entry e ON e.subject = d.id"
	" AND e.kind = 'draw.declared' WHERE d.project = ? AND e.idx < ?"
	" ORDER BY e.idx",
};

static const struct db_statement select_closed = {
	"SELECT draw FROM draw_text WHERE sha256 = ? AND file = 'close.txt'"
	" LIMIT 1",
};

/* --- what it was drafted from --------------------------------------------- */

/* ZJ-… of the notice becomes D-…-<n>. */
static const char *number_of(const char *id, struct arena *arena)
{
	const char *end = strrchr(id, '-');

	if (id[0] != 'D' || !end)
		return "";
	return arena_format(arena, "ZJ%.*s", (int)(end - id - 1), id + 1);
}

static enum error read_first(struct fsck_draw *draw, const char *subject,
    const char *event, const struct kind *kind, const void **row)
{
	json_auto_t *value = NULL;
	struct db_blob bytes;
	struct kl_leaf leaf;
	enum error error = db_row(draw->fsck->db, &select_published,
	    DB_IN(db_text(subject), db_text(event)),
	    DB_OUT(db_to_blob(&bytes)));

	*row = NULL;
	if (error)
		return error == ERR_NOT_FOUND ? ERR_OK : error;
	if (!kl_leaf_read((const char *)bytes.bytes, bytes.size, &value, &leaf))
		*row = fsck_row_of(kind, subject, leaf.data, draw->arena);
	return ERR_OK;
}

static enum error find_notice(struct fsck_draw *draw)
{
	const char *number = number_of(draw->row->object.id, draw->arena);
	const char *id = draw->row->notice;
	const void *row;
	enum error error =
	    read_first(draw, id, "notice.published", &notice_kind, &row);

	draw->notice = row;
	if (error || (row && strcmp(draw->notice->number, number) == 0))
		return error;
	/* The row names another one: which has the number? */
	error = db_row(draw->fsck->db, &select_numbered, DB_IN(db_text(number)),
	    DB_OUT(db_to_text(&id)));
	if (!error)
		error = read_first(
		    draw, id, "notice.published", &notice_kind, &row);
	draw->notice = error ? NULL : row;
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

enum error fsck_draw_terms(struct fsck_draw *draw)
{
	const void *row = NULL;
	enum error error = find_notice(draw);

	if (!error && draw->notice)
		error = read_first(draw, draw->notice->policy, "policy.adopted",
		    &policy_kind, &row);
	draw->policy = row;
	draw->unreadable |= !row;
	return error;
}

static const char *word_of(
    struct fsck_draw *draw, const char *path, const char *fallback)
{
	json_auto_t *word = policy_member(draw->policy, path);

	return json_is_string(word)
		   ? arena_copy(draw->arena, json_string_value(word))
		   : fallback;
}

static void take_terms(struct fsck_draw *draw)
{
	const struct draw_terms terms = notice_terms(draw->notice);
	struct draw *told = draw->told;

	told->notice = terms.notice;
	told->project = told->project_lock = terms.project;
	told->region = terms.region;
	told->policy = terms.policy;
	told->beacon = terms.beacon;
	told->template = terms.template;
	told->selected = terms.selected;
	told->alternates = terms.alternates;
	told->quorum = policy_number(draw->policy, "draw.quorum");
	told->withheld = "void";
	if (draw_has_beacon(told)) {
		told->withheld = word_of(draw, "draw.withheld", "void");
		told->beacon_delay =
		    policy_number(draw->policy, "draw.delay_s");
	}
}

/* --- which attempt it is -------------------------------------------------- */

static enum error count_before(struct fsck_draw *draw)
{
	const char *id;
	enum error error;

	draw->told->attempt = 1;
	db_query(draw->fsck->db, &select_before,
	    DB_IN(db_text(draw->told->project), db_u64(draw->drafted_index)),
	    DB_OUT(db_to_text(&id)));
	while (db_next(draw->fsck->db)) {
		draw->told->previous = id;
		draw->told->attempt++;
	}
	error = db_finish(draw->fsck->db);
	return error;
}

enum error fsck_draw_previous(
    struct fsck *fsck, const struct kl_declare *declare, const char **id)
{
	enum error error;

	*id = NULL;
	if (declare->attempt == 1)
		return ERR_OK;
	error = db_row(fsck->db, &select_closed,
	    DB_IN(db_bytes(declare->previous.bytes, KL_HASH_SIZE)),
	    DB_OUT(db_to_text(id)));
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

static enum error find_attempt(struct fsck_draw *draw)
{
	const char *id;
	enum error error;

	if (!draw->declared)
		return count_before(draw);
	error = fsck_draw_previous(draw->fsck, &draw->declare, &id);
	draw->told->attempt = (uint64_t)draw->declare.attempt;
	if (draw->told->attempt > 1)
		draw->told->previous = id ? id : draw->row->previous;
	return error;
}

/* --- event by event ------------------------------------------------------- */

static const char *data_of(
    const struct fsck_draw_event *event, const char *name)
{
	return json_string_value(json_object_get(event->leaf.data, name));
}

static size_t party_named(const struct fsck_draw *draw, const char *id)
{
	return id ? kl_declare_party(&draw->declare, kl_span_of(id)) : SIZE_MAX;
}

static void tell_late(
    struct fsck_draw *draw, const struct fsck_draw_event *event, int64_t end)
{
	if (event->leaf.at >= end)
		fsck_tell_entry(
		    &draw->fsck->report, FSCK_LATE, event->index, "at");
}

static void take_drafted(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	draw->drafted_index = event->index;
	draw->told->draft_until =
	    event->leaf.at + policy_duration(draw->policy, "draw.objection");
}

/* Of a chain that nobody has told, the time is what the row says. */
static void take_chain(
    struct fsck_draw *draw, const struct kl_beacon_choice *choice)
{
	const struct kl_chain *chain = beacons_chain_of(&choice->chain);

	draw->told->beacon_source =
	    arena_hex(draw->arena, choice->chain.bytes, KL_HASH_SIZE);
	draw->told->beacon_round = (uint64_t)choice->round;
	draw->told->beacon_time = chain ? kl_chain_time(chain, choice->round)
					: draw->row->beacon_time;
}

static void take_choice(
    struct fsck_draw *draw, const struct kl_beacon_choice *choice)
{
	draw->seed.kind = choice->kind;
	switch (choice->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		draw->told->beacon_time = choice->time;
		break;
	case KL_BEACON_NIST:
		draw->told->beacon_time = choice->time;
		draw->told->beacon_source = arena_hex(draw->arena,
		    choice->certificate.bytes, KL_CERTIFICATE_ID_SIZE);
		break;
	case KL_BEACON_DRAND:
		take_chain(draw, choice);
		break;
	}
}

static void take_declared(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "declare.txt");
	struct draw *told = draw->told;

	if (kl_declare_read(&draw->declare, text->bytes, text->size, NULL)) {
		fsck_tell_entry(
		    &draw->fsck->report, FSCK_FORM, event->index, "data");
		draw->unreadable = true;
		return;
	}
	draw->declared = true;
	told->commit_by = draw->declare.commit_by;
	told->reveal_by = draw->declare.reveal_by;
	take_choice(draw, &draw->declare.beacon);
	/* Frozen when the objection window was over, not before. */
	if (event->leaf.at < told->draft_until)
		fsck_tell_entry(
		    &draw->fsck->report, FSCK_TIME, event->index, "at");
}

static void take_committed(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	size_t index = party_named(draw, data_of(event, "party"));

	tell_late(draw, event, draw->told->commit_by);
	if (index == SIZE_MAX || draw->parties[index].commit_index) {
		fsck_tell_entry(&draw->fsck->report,
		    index == SIZE_MAX ? FSCK_UNKNOWN : FSCK_TWICE, event->index,
		    "party");
		return;
	}
	draw->parties[index].commit = data_of(event, "commit");
	draw->parties[index].signature = data_of(event, "signature");
	draw->parties[index].commit_index = event->index;
}

static void take_revealed(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	const char *name = data_of(event, "party");
	size_t index = party_named(draw, name);
	struct fsck_draw_party *party;

	tell_late(draw, event, draw->told->reveal_by);
	if (index == SIZE_MAX || draw->parties[index].reveal_index) {
		fsck_tell_entry(&draw->fsck->report,
		    index == SIZE_MAX ? FSCK_UNKNOWN : FSCK_TWICE, event->index,
		    "party");
		return;
	}
	party = &draw->parties[index];
	party->reveal_index = event->index;
	party->reveal = fsck_draw_text(
	    draw, arena_format(draw->arena, "commit-%s.txt", name));
	if (!party->commit || !party->reveal ||
	    strcmp(party->commit, party->reveal->hex) != 0)
		fsck_tell_entry(
		    &draw->fsck->report, FSCK_DIGEST, event->index, "text");
}

static void take_value(struct fsck_draw *draw, const struct kl_beacon *beacon)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "pulse.json");
	json_auto_t *pulse =
	    text ? json_loadb(text->bytes, text->size, 0, NULL) : NULL;

	if (!kl_seed_of(beacon, pulse, &draw->seed))
		draw->told->beacon_value =
		    draw_value_text(&draw->seed, draw->arena);
}

static void take_beacon(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "beacon.txt");
	struct kl_beacon *beacon = arena_alloc(draw->arena, sizeof(*beacon));

	if (event->leaf.at < draw->told->beacon_time)
		fsck_tell_entry(
		    &draw->fsck->report, FSCK_TIME, event->index, "at");
	if (!kl_beacon_read(beacon, text->bytes, text->size, NULL))
		take_value(draw, beacon);
}

static void take_stopped(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	draw->told->reason = data_of(event, "reason");
	draw->told->detail = data_of(event, "detail");
}

static void take_closed(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "close.txt");
	struct draw *told = draw->told;
	struct kl_close close;

	told->closed_at = event->leaf.at;
	if (kl_close_read(&close, text->bytes, text->size, NULL))
		return;
	told->outcome = kl_outcome_word(kl_close_outcome(close.reason));
	told->reason = kl_close_word(close.reason);
	told->detail = NULL;
	told->known = close.known;
	if (close.reason != KL_CLOSE_DRAWN)
		told->project_lock = NULL;
}

static void take_dropped(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	draw->told->project_lock = NULL;
	draw->told->reason = data_of(event, "reason");
	draw->told->closed_at = event->leaf.at;
}

static void take_replaced(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	(void)event;
	draw->told->replacements++;
}

static void take_annulled(
    struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	(void)event;
	draw->told->project_lock = NULL;
}

/* What an event does to the row beyond keeping the hash of its text. */
#define HASH(name) offsetof(struct draw, name##_hash)
#define NO_HASH    SIZE_MAX
static const struct {
	enum event event;
	size_t hash; /* where it is kept */
	const char *file;
	void (*take)(
	    struct fsck_draw *draw, const struct fsck_draw_event *event);
} steps[] = {
	{ EVENT_DRAW_DRAFTED, HASH(draft), "draft.txt", take_drafted },
	{ EVENT_DRAW_ROSTER, HASH(roster), "roster.txt", NULL },
	{ EVENT_DRAW_NAMES, HASH(names), "names.txt", NULL },
	{ EVENT_DRAW_EXCLUDED, HASH(excluded), "excluded.txt", NULL },
	{ EVENT_DRAW_DECLARED, HASH(declare), "declare.txt", take_declared },
	{ EVENT_DRAW_COMMITTED, NO_HASH, NULL, take_committed },
	{ EVENT_DRAW_LOCKED, HASH(lock), "lock.txt", NULL },
	{ EVENT_DRAW_REVEALED, NO_HASH, NULL, take_revealed },
	{ EVENT_DRAW_SEALED, HASH(seal), "seal.txt", NULL },
	{ EVENT_DRAW_STOPPED, NO_HASH, NULL, take_stopped },
	{ EVENT_DRAW_BEACON, NO_HASH, NULL, take_beacon },
	{ EVENT_DRAW_SEEDED, HASH(seed), "seed.txt", NULL },
	{ EVENT_DRAW_RESULT, HASH(result), "result.txt", NULL },
	{ EVENT_DRAW_CLOSED, HASH(close), "close.txt", take_closed },
	{ EVENT_DRAW_DROPPED, NO_HASH, NULL, take_dropped },
	{ EVENT_DRAW_REPLACED, NO_HASH, NULL, take_replaced },
	{ EVENT_DRAW_ANNULLED, NO_HASH, NULL, take_annulled },
};

static void take(struct fsck_draw *draw, const struct fsck_draw_event *event)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		char *told = (char *)draw->told;

		if (steps[i].event != event->event)
			continue;
		if (steps[i].hash != NO_HASH)
			*(const char **)(told + steps[i].hash) =
			    fsck_draw_text(draw, steps[i].file)->hex;
		if (steps[i].take)
			steps[i].take(draw, event);
	}
}

/* Of the newest roster that there is. */
static void count_entrants(struct fsck_draw *draw)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "roster.txt");
	struct kl_roster roster = { 0 };

	if (!text)
		text = fsck_draw_text(draw, "draft.txt");
	if (!text || kl_roster_read(&roster, text->bytes, text->size, NULL))
		draw->unreadable = true;
	draw->told->entrants = roster.count;
	kl_roster_clear(&roster);
}

enum error fsck_draw_tell(struct fsck_draw *draw)
{
	json_auto_t *data = NULL;
	enum error error = fsck_draw_terms(draw);

	if (error || draw->unreadable)
		return error;
	draw->told = kind_make(&draw_kind, draw->arena);
	draw->told->object = draw->row->object;
	take_terms(draw);
	for (size_t i = 0; i < draw->event_count && !draw->unreadable; i++)
		take(draw, &draw->events[i]);
	count_entrants(draw);
	if (draw->unreadable)
		return ERR_OK;
	error = find_attempt(draw);
	if (error)
		return error;
	data = kind_event_data(&draw_kind, draw->told, NULL);
	fsck_row_tell(&draw->fsck->report, &draw_kind, draw->row, NULL, data);
	return ERR_OK;
}
