/* act.h -- what a handler may do inside the writer. */
#ifndef ACT_H
#define ACT_H

#include "event.h"
#include "kind.h"
#include "kl_leaf.h"
#include "request.h"

/*
 * Acts are serial: what a handler reads is what is, until it returns. Every
 * change goes through here, so that it stands in the log, in the tables and
 * in the writer's memory alike, or nowhere. Whatever fails undoes the act.
 */

/* The time of this act in the log: seconds since 1970, never going back. */
int64_t act_at(const struct request *request);

/* The same 32 random bytes in each run of this act, per `label`; secret. */
void act_random(
    const struct request *request, const char *label, uint8_t bytes[static 32]);

/* An id for an object made by this act: 32 hex digits, the same each run. */
const char *act_new_id(struct request *request, const char *label);

/*
 * Read an object: from this batch, from memory, or from its table. The row is
 * shared: copy it (kind_copy) before you change it.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error act_find(struct request *request, const struct kind *kind,
    const char *id, const void **row) MUST_CHECK;

/* As act_find(), when memory holds every row that could have this id. */
enum error act_find_in_memory(struct request *request, const struct kind *kind,
    const char *id, const void **row) MUST_CHECK;

/* Put a row read from the database into memory. */
void act_remember(
    struct request *request, const struct kind *kind, const void *row);

/*
 * Record a new object: its state is where the event leads, its seq 1. `data`
 * (taken over) is the event's, NULL for the after-image of the row. A sealed
 * event is opened with the object `opens_with`. Sets state, seq and
 * event_index of `row`.
 *
 * ERR_EXISTS     there is one of this id, or of this UNIQUE key
 * ERR_STATE      the event cannot begin an object
 */
enum error act_add(struct request *request, const struct kind *kind, void *row,
    enum event event, json_t *data, const char *opens_with) MUST_CHECK;

/*
 * Record a changed object: `row` is a changed copy of what act_find() gave.
 * ERR_STATE      not from its present state
 */
enum error act_change(struct request *request, const struct kind *kind,
    void *row, enum event event, json_t *data,
    const char *opens_with) MUST_CHECK;

/*
 * An event that belongs to no row of its own. `data` is taken over.
 * `*index`, unless NULL, is its place in the log.
 */
enum error act_event(struct request *request, enum event event,
    const char *subject, uint64_t seq, json_t *data,
    uint64_t *index) MUST_CHECK;

/*
 * Put a text into the data of the event that is written next: as `text`, or
 * over KL_LEAF_TEXT_MAX bytes as `digest` and `size`, and then it is stored
 * once, to be served at /log/texts/<sha256>. protocol §7.
 * ERR_TOO_LARGE   over ACT_TEXT_MAX
 * ERR_BUSY ERR_DATABASE
 */
enum { ACT_TEXT_MAX = 16 << 20 };
enum error act_text(struct request *request, json_t *data, const char *text,
    size_t size) MUST_CHECK;

/*
 * Store a text, to be served so, whose digest is in a text of the event that is
 * written next: the pulse that beacon.txt names. Errors likewise.
 */
enum error act_text_beside(
    struct request *request, const char *text, size_t size) MUST_CHECK;

/*
 * Open what was sealed with `opens_with` and is not opened yet, from the log
 * index `from` on, `most` at most: one event `opened` each, in the order of the
 * log. `*opened` of them; `*next` is where to go on, 0 when nothing is left.
 * ERR_BUSY ERR_DATABASE
 */
enum error act_open(struct request *request, const char *opens_with,
    uint64_t from, uint64_t most, uint64_t *opened, uint64_t *next) MUST_CHECK;

/*
 * From here on, what follows from this act by itself: its events name the
 * service, whoever asked. To write seed, result and close after the beacon
 * that somebody brought.
 */
void act_by_itself(struct request *request);

/*
 * A row of a table that is no kind: gathered, and inserted with the batch.
 * ERR_CONFLICT   a row of this batch has the same key; one already in the
 *                table refuses the act later, when the batch is sent
 */
enum error act_insert(struct request *request, const struct act_table *table,
    const struct db_in *in, size_t in_count) MUST_CHECK;

/*
 * Before any statement of your own on request->db: sends what the batch has
 * gathered, and sets the savepoint this act is undone to.
 */
enum error act_direct(struct request *request) MUST_CHECK;

/* act_direct() and db_exec(); exactly `rows` rows must change. */
enum error act_execute(struct request *request,
    const struct db_statement *statement, const struct db_in *in,
    size_t in_count, uint64_t rows) MUST_CHECK;

/* Let `due` happen to `subject` at `at`, once per (due, subject, seq). */
enum error act_due(struct request *request, const char *due,
    const char *subject, uint64_t seq, int64_t at) MUST_CHECK;

/* Try what was parked again, now. ERR_CONFLICT: it is not parked. */
enum error act_due_again(struct request *request, const char *due,
    const char *subject, uint64_t seq) MUST_CHECK;

/* The seq of the due that this act is. */
uint64_t act_due_seq(const struct request *request);

/* How many things one act may do that goes on with the rest in another, so
 * that nobody waits for long: a setting. */
uint64_t act_piece(const struct request *request);

/* How many days before the last published one somebody is told: a setting. */
uint64_t act_calendar_alarm_days(const struct request *request);

/* A page that shows these collections has changed. act_add and act_change
 * say so themselves for the kind's own. */
void act_shows(struct request *request, unsigned collections);

/*
 * Sign a receipt for the event at `index`, which this act wrote, when it is
 * committed, into the reply, a JSON object, as its last member `receipt` (its
 * form: receipt.h). For a sealed event its salt and bytes come along.
 * protocol §7.
 */
enum error act_receipt(struct request *request, uint64_t index) MUST_CHECK;

#endif
