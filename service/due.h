/* due.h -- acts whose time has come: rows, and the handlers they name. */
#ifndef DUE_H
#define DUE_H

#include "db.h"
#include "kl_leaf.h"
#include "route.h"

/*
 * A due act is a row that an act has written (act_due). It is marked done in
 * the transaction of the act itself, so it happens exactly once. One that
 * fails is tried again later; after DUE_FAILURES_MAX it is parked, which the
 * diary tells as `due_parked`, and waits for a person.
 */
enum { DUE_FAILURES_MAX = 3, DUE_AT_ONCE_MAX = 64 };

struct due_row {
	const char *kind, *subject;
	uint64_t seq, failures;
	int64_t at;     /* when it should happen */
	int64_t try_at; /* when it is tried: later than `at` after a failure */
};

/* The times of the first due act that waits and of the next one after that
 * time; DB_TIME_NONE where there is none. */
enum error due_next(struct db *db, int64_t *first, int64_t *second) MUST_CHECK;

/* How many are parked. */
enum error due_count_parked(struct db *db, uint64_t *count) MUST_CHECK;

/* Those to be tried at the time `try_at`, at most DUE_AT_ONCE_MAX, in order of
 * at, kind, subject and seq, into db_use()'s arena. */
enum error due_list(struct db *db, int64_t try_at,
    struct due_row rows[static DUE_AT_ONCE_MAX], size_t *count) MUST_CHECK;

/* In the transaction of the act. ERR_STATE: it does not wait any more. */
enum error due_done(struct db *db, const struct due_row *row) MUST_CHECK;

/* It failed now: try again later, or park it. `*parked` says which. Counted
 * once, also when it is told twice. */
enum error due_failed(struct db *db, const struct due_row *row, int64_t now,
    bool *parked) MUST_CHECK;

/* H(subject, kind, seq): the id of its first event. */
struct kl_event_id due_event_id(const struct due_row *row);

/* What it does, or NULL when no resource knows such a due act. */
handler *due_handler(const struct resource *const *resources, const char *kind);

/* Prepared as writer; ends with NULL. */
extern const struct db_statement *const due_statements[];

#endif
