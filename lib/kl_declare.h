/* kl_declare.h -- the freeze: declare.txt, everything a draw rests on. */
#ifndef KL_DECLARE_H
#define KL_DECLARE_H

#include "kl_text.h"

enum { KL_CERTIFICATE_ID_SIZE = 64 };

enum kl_beacon_kind {
	KL_BEACON_NONE,
	KL_BEACON_PUBLIC,
	KL_BEACON_NIST,
	KL_BEACON_DRAND,
};

/* The word of it in a text: none, public, nist, drand. */
const char *kl_beacon_word(enum kl_beacon_kind kind);

/* The id of a NIST certificate: SHA-512 of its DER bytes. */
struct kl_certificate_id {
	uint8_t bytes[KL_CERTIFICATE_ID_SIZE];
};

/* Which public value is awaited. Only the members of its kind mean anything. */
struct kl_beacon_choice {
	enum kl_beacon_kind kind;
	struct kl_span template;              /* public: a token */
	int64_t time;                         /* public, nist: seconds */
	struct kl_certificate_id certificate; /* nist */
	struct kl_hash chain;                 /* drand */
	int64_t round;                        /* drand: from 1 */
};

struct kl_witness {
	struct kl_span name;
	struct kl_public_key key;
};

struct kl_party {
	struct kl_span id;
	struct kl_public_key key;
	bool required; /* else optional */
};

/*
 * declare.txt. Beyond the form of its lines it is refused when
 * - a key is none that kl_sign.h verifies with; two parties or two witnesses
 *   share a key; a witness has the key of the log or of a party
 * - two parties share an id, or none is `operator`; witnesses do not ascend
 * - quorum exceeds the witnesses; reveal-by is not later than commit-by
 * - beacon none has a delay, or `withheld continue`
 * - previous is `-` in another attempt than 1, or is not in attempt 1
 */
struct kl_declare {
	struct kl_span draw;     /* a token */
	struct kl_span project;  /* a token */
	int64_t attempt;         /* from 1 */
	struct kl_hash previous; /* of close.txt; nothing when attempt is 1 */
	struct kl_span origin;   /* of the log */
	struct kl_public_key log_key;
	struct kl_witness witnesses[KL_WITNESSES_MAX];
	size_t witness_count;
	size_t quorum;
	struct kl_hash notice, policy, draft;
	int64_t draft_until; /* seconds since 1970, as all times */
	struct kl_hash roster, names, excluded;
	size_t select, alternates;
	struct kl_party parties[KL_PARTIES_MAX];
	size_t party_count;
	int64_t commit_by, reveal_by;
	int64_t beacon_delay_s;
	struct kl_beacon_choice beacon;
	bool withheld_void; /* else continue */
};

enum kl_result kl_declare_read(struct kl_declare *declare, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_declare_write(
    const struct kl_declare *declare, struct kl_buf *out) KL_MUST_CHECK;

/* Where a party stands in the declared order, or SIZE_MAX. */
size_t kl_declare_party(const struct kl_declare *declare, struct kl_span id);

/*
 * The t of protocol §2: no beacon value may be older. It is not checked when
 * reading that a public or nist time is right: that is the verifier's.
 */
int64_t kl_declare_beacon_due(const struct kl_declare *declare);

/*
 * The line, from 1, on which something stands in a declaration: faults found
 * later are told by it. Party lines count on from KL_DECLARE_PARTY, witness
 * lines from KL_DECLARE_WITNESS.
 */
enum kl_declare_line {
	KL_DECLARE_DRAW = 2,
	KL_DECLARE_PROJECT,
	KL_DECLARE_ATTEMPT,
	KL_DECLARE_PREVIOUS,
	KL_DECLARE_LOG,
	KL_DECLARE_WITNESS,
	KL_DECLARE_QUORUM, /* from here on moved down by the witnesses */
	KL_DECLARE_NOTICE,
	KL_DECLARE_POLICY,
	KL_DECLARE_DRAFT,
	KL_DECLARE_ROSTER,
	KL_DECLARE_NAMES,
	KL_DECLARE_EXCLUDED,
	KL_DECLARE_SELECT,
	KL_DECLARE_PARTY,
	KL_DECLARE_COMMIT_BY, /* from here on moved down by the parties too */
	KL_DECLARE_REVEAL_BY,
	KL_DECLARE_DELAY,
	KL_DECLARE_BEACON,
	KL_DECLARE_WITHHELD,
};
size_t kl_declare_line(
    const struct kl_declare *declare, enum kl_declare_line line);

#endif
