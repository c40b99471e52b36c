/* kl_trust.h -- whom a verifier trusts. c2sp.org/tlog-policy, protocol §5. */
#ifndef KL_TRUST_H
#define KL_TRUST_H

#include "kl_note.h"
#include "kl_text.h"

enum {
	KL_TRUST_SIZE_MAX = 1 << 20, /* bytes of the file */
	KL_TRUST_LOGS_MAX = 32,
	KL_TRUST_WITNESSES_MAX = 32,
	KL_TRUST_GROUPS_MAX = 32,
	KL_TRUST_PARTIES_MAX = 64,
	KL_TRUST_VOTERS_MAX = KL_TRUST_WITNESSES_MAX + KL_TRUST_GROUPS_MAX,
};

/* A key that a party of draws signs with, learnt apart from any pack. */
struct kl_trust_party {
	struct kl_span id;
	struct kl_public_key key;
};

/*
 * What can say yes to a checkpoint under a name of the file: a witness, or a
 * group of those defined before it.
 */
struct kl_trust_voter {
	struct kl_span name;
	size_t witness;   /* index of a witness; unused in a group */
	size_t needed;    /* members that must say yes; 0: not a group */
	uint64_t members; /* bit i: voter i is one */
};

/* The file taken apart. It points into the bytes it was read from. */
struct kl_trust {
	struct kl_note_key logs[KL_TRUST_LOGS_MAX];
	size_t log_count;
	struct kl_note_key witnesses[KL_TRUST_WITNESSES_MAX];
	struct kl_span witness_urls[KL_TRUST_WITNESSES_MAX]; /* or empty */
	size_t witness_count;
	struct kl_trust_voter voters[KL_TRUST_VOTERS_MAX];
	size_t voter_count;
	size_t quorum;     /* the voter whose yes is needed */
	bool needs_quorum; /* false: `quorum none` */
	struct kl_trust_party parties[KL_TRUST_PARTIES_MAX];
	size_t party_count;
};

/*
 * Read a tlog-policy of log, witness, group and quorum lines, with our lines
 * `party <id> <64 hex>` among them. Keys are checked as signatures need them.
 * `line` gets the line that is at fault, from 1 (0: the quorum is missing).
 *
 * A party may have several keys (it changed them); a key has one party.
 *
 * KL_MALFORMED   another form, a name or a key twice, a name not yet defined,
 *                a name used twice as a member, no quorum line or two
 * KL_RANGE       a threshold that is 0 or more than the members; a point that
 *                is no key
 * KL_TOO_LARGE   over one of the limits above
 */
enum kl_result kl_trust_read(const char *bytes, size_t size,
    struct kl_trust *trust, size_t *line) KL_MUST_CHECK;

/* The log with this name; NULL when it is not trusted. */
const struct kl_note_key *kl_trust_log(
    const struct kl_trust *trust, struct kl_span name);

/* Does the file give this key to this party? */
bool kl_trust_has_party(const struct kl_trust *trust, struct kl_span id,
    const struct kl_public_key *key);

/* Are those witnesses of the file enough whose verdict is that they signed? */
bool kl_trust_enough(const struct kl_trust *trust,
    const struct kl_note_verdict verdicts[static KL_TRUST_WITNESSES_MAX]);

/*
 * Have enough witnesses cosigned this note? `verdicts` gets one for each
 * witness of the file, as from kl_note_judge().
 *
 * KL_MISMATCH    too few, or one of them with a bad signature
 * KL_NO_MEMORY
 */
enum kl_result kl_trust_quorum(const struct kl_trust *trust,
    const struct kl_note *note,
    struct kl_note_verdict verdicts[static KL_TRUST_WITNESSES_MAX])
    KL_MUST_CHECK;

#endif
