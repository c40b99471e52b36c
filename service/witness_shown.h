/* witness_shown.h -- what a witness shows of our log, against what is stored.
 */
#ifndef WITNESS_SHOWN_H
#define WITNESS_SHOWN_H

#include "db.h"
#include "kl_note.h"
#include "witness_call.h"

/*
 * Whoever is between us and a witness can say in its name that we have lost
 * entries. Only what our own key has signed is held against us: that is a
 * proof, for anybody.
 */
enum witness_shows {
	WITNESS_SHOWS_NONE,    /* nothing that our key has signed */
	WITNESS_SHOWS_OURS,    /* the beginning of our log, or all of it */
	WITNESS_SHOWS_LARGER,  /* a log that had more: our records were lost */
	WITNESS_SHOWS_ANOTHER, /* one that ours does not continue */
};

struct witness_shown {
	enum witness_shows shows;
	const char *reason; /* of NONE, in words */
	bool absent;        /* of NONE: it shows no such log (404) */
	/* Of the others. */
	bool cosigned;      /* by this witness itself */
	uint64_t size;      /* leaves it has seen, ... */
	uint64_t head_size; /* ... and that are stored */
	struct kl_buf note; /* the checkpoint; the caller's to clear */
};

/*
 * Ask the witness what it has cosigned of our log last, and compare. `db` may
 * read the log, and has nothing under way.
 *
 * ERR_BUSY ERR_DATABASE   it could not be compared; `shown` is as for NONE
 */
enum error witness_show(struct db *db, struct witness_call *call,
    const struct kl_note_key *witness, struct witness_shown *shown) MUST_CHECK;

/* LARGER and ANOTHER are an alarm: tell it in the diary, with the proof. False
 * for the others. */
bool witness_alarms(
    const struct witness_shown *shown, const struct kl_note_key *witness);

#endif
