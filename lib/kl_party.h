/* kl_party.h -- what a party checks itself before each step. protocol §3. */
#ifndef KL_PARTY_H
#define KL_PARTY_H

#include "kl_commit.h"
#include "kl_declare.h"
#include "kl_pack.h"
#include "kl_receipt.h"

/*
 * Every reason why a party does not take its next step, and what is to be
 * done then: X(name, word, way). The words are stable. The first ones are
 * decided here; those after COMMIT_OTHER by whoever talks to the service.
 */
#define KL_PARTY_CODES(X)                                                      \
	X(GOOD, "good", GO)                                                    \
	X(NOT_DECLARED, "not-declared", WAIT)                                  \
	X(NOT_LOCKED, "not-locked", WAIT)                                      \
	X(NOT_WITNESSED, "not-witnessed", WAIT)                                \
	X(OPERATOR_FIRST, "operator-first", WAIT)                              \
	X(COMMIT_LATE, "commit-late", LATE)                                    \
	X(REVEAL_LATE, "reveal-late", LATE)                                    \
	X(FINDING, "finding", REFUSE) /* its own word says which */            \
	X(DRAW_OTHER, "draw-other", REFUSE)                                    \
	X(TEXT_MISSING, "text-missing", REFUSE)                                \
	X(NOT_LOGGED, "not-logged", REFUSE)                                    \
	X(NOT_A_PARTY, "not-a-party", REFUSE)                                  \
	X(PARTY_KEY, "party-key", REFUSE)                                      \
	X(ROSTER_OTHER, "roster-other", REFUSE)                                \
	X(CLOCK, "clock", REFUSE)                                              \
	X(OWN_ABSENT, "own-absent", REFUSE)                                    \
	X(OWN_DIFFERS, "own-differs", REFUSE)                                  \
	X(COPIED, "copied", REFUSE)                                            \
	X(COMMIT_OTHER, "commit-other", REFUSE)                                \
	X(NOT_CLOSED, "not-closed", WAIT)                                      \
	X(UNREACHABLE, "unreachable", HAND)                                    \
	X(NOT_TAKEN, "not-taken", HAND)                                        \
	X(RECEIPT_BAD, "receipt-bad", HAND)                                    \
	X(CLOSED, "closed", REFUSE)                                            \
	X(LOG_SIGNATURE, "log-signature", REFUSE)                              \
	X(LOG_FORKED, "log-forked", REFUSE)                                    \
	X(LOG_ROLLED_BACK, "log-rolled-back", REFUSE)                          \
	X(LOG_OTHER, "log-other", REFUSE)                                      \
	X(EVENTS_BAD, "events-bad", REFUSE)                                    \
	X(EVENT_TWICE, "event-twice", REFUSE)                                  \
	X(RECEIPT_BROKEN, "receipt-broken", REFUSE)                            \
	X(FOLDER_BUSY, "folder-busy", REFUSE)                                  \
	X(FOLDER_OTHER, "folder-other", REFUSE)                                \
	X(FOLDER_BAD, "folder-bad", REFUSE)                                    \
	X(SECRET_OPEN, "secret-open", REFUSE)                                  \
	X(SECRET_BAD, "secret-bad", REFUSE)                                    \
	X(SECRET_LOST, "secret-lost", REFUSE)                                  \
	X(DICE_BAD, "dice-bad", REFUSE)                                        \
	X(PACK_BAD, "pack-bad", REFUSE)                                        \
	X(PACK_OTHER, "pack-other", REFUSE)                                    \
	X(LEFT_OUT, "left-out", REFUSE)

enum kl_party_code {
#define KL_PARTY_ENUM(name, word, way) KL_PARTY_##name,
	KL_PARTY_CODES(KL_PARTY_ENUM)
#undef KL_PARTY_ENUM
	    KL_PARTY_CODE_COUNT,
};

/* What is to be done. */
enum kl_party_way {
	KL_PARTY_GO,
	KL_PARTY_WAIT,   /* it may still come */
	KL_PARTY_LATE,   /* it cannot come any more */
	KL_PARTY_REFUSE, /* something is wrong: take no step */
	KL_PARTY_HAND,   /* the service does not do its part: others may */
};

/* The stable word of a code, what it asks for, and one line for people. */
const char *kl_party_word(enum kl_party_code code);
enum kl_party_way kl_party_way(enum kl_party_code code);
const char *kl_party_chinese(enum kl_party_code code);
const char *kl_party_english(enum kl_party_code code);

/* By so much two clocks that are right may differ, in seconds. */
enum { KL_PARTY_SKEW_S = 60 };

enum kl_party_step { KL_PARTY_COMMITS, KL_PARTY_REVEALS };

/* Who asks, when, and what he holds already. */
struct kl_party_asked {
	enum kl_party_step step;
	struct kl_span draw;                /* that he means */
	const struct kl_public_key *key;    /* his own */
	const struct kl_hash *roster;       /* the R he expects, or NULL */
	bool has_own;                       /* else the next two mean nothing */
	struct kl_hash commit;              /* his C */
	struct kl_signature signature;      /* of his commitment statement */
	int64_t now;                        /* by his own clock */
	const struct kl_pack_options *pack; /* whose keys he trusts */
};

/* What he is told. `declare` and `about` point into the files. */
struct kl_party_told {
	enum kl_party_code code;
	struct kl_span about; /* the party or file meant; or empty */
	bool has_declare;     /* else the next three mean nothing */
	struct kl_declare declare;
	struct kl_hash declare_hash; /* D */
	size_t party;                /* his place in it; SIZE_MAX: none */
	/* Is his commitment, or his reveal, in the log? */
	bool committed, revealed;
};

/*
 * May the party commit, or reveal? The files are those of an evidence pack, as
 * far as there are any yet: the texts of the freeze, for a reveal lock.txt; of
 * log/ the entries of this draw with proofs against log/closed, which is here
 * the checkpoint that shows the newest of them; log/declared, log/locked, and
 * log/consistency between the three. What others revealed belongs to the
 * question of a reveal alone. They must stay as long as `told`.
 *
 * - Committing: every rule that kl_pack_verify() keeps about a declaration;
 *   its texts are in the log; the party is in it with this key; whomever the
 *   trust names has the key it gives him; the quorum of the declaration, and
 *   that of the trust, have cosigned; commit-by is to come.
 * - Revealing: all of this; the lock is in the log and follows from the
 *   commitments there; his own stands in it byte for byte; nobody has copied
 *   another's; it is cosigned; reveal-by is to come; without a beacon the
 *   operator has revealed. protocol §3.3.
 *
 * `report` has what the pack's checks found: with KL_PARTY_FINDING the first
 * that counts is `told->about` and kl_party_finding(). Whoever declared it
 * clears it.
 *
 * KL_NO_MEMORY, KL_TOO_LARGE   nothing was checked
 */
enum kl_result kl_party_check(const struct kl_file files[], size_t count,
    const struct kl_party_asked *asked, struct kl_pack_report *report,
    struct kl_party_told *told) KL_MUST_CHECK;

/* The finding that makes a party refuse; NULL when there is none. */
const struct kl_finding *kl_party_finding(const struct kl_pack_report *report);

/*
 * The receipt key that entry 0 of a log announces. protocol §7.
 * KL_MISMATCH    it is no entry 0 of this log: its origin, its key
 * KL_NO_MEMORY
 */
enum kl_result kl_party_receipt_key(const void *leaf, size_t size,
    const struct kl_note_key *log, struct kl_public_key *key) KL_MUST_CHECK;

/*
 * Is this a receipt of the log, signed with its receipt key? `receipt` points
 * into `text`. Whether the log keeps it is seen in the log.
 * KL_MALFORMED   no receipt
 * KL_MISMATCH    of another log, or not signed
 */
enum kl_result kl_party_receipt_read(struct kl_receipt *receipt,
    struct kl_span text, struct kl_span signature,
    const struct kl_note_key *log,
    const struct kl_public_key *key) KL_MUST_CHECK;

#endif
