/* fsck_report.h -- what klero fsck has found wrong. */
#ifndef FSCK_REPORT_H
#define FSCK_REPORT_H

#include "kl_base.h"

#include <stdio.h>

/*
 * X(name, word, what): the word is for programs and never changes, `what`
 * completes "TABLE KEY MEMBER: …" for people.
 */
#define FSCK_CODES(X)                                                          \
	X(MISSING, "missing", "should be there and is not")                    \
	X(UNKNOWN, "unknown", "nothing that the log tells of")                 \
	X(DIFFERS, "differs", "not what the log tells")                        \
	X(FORM, "form", "of a form that is never written")                     \
	X(LEAF, "leaf", "not what was hashed into the tree")                   \
	X(COLUMN, "column", "not what the bytes of the entry say")             \
	X(TREE, "tree", "not that of the entries")                             \
	X(BEYOND, "beyond", "beyond the end of the log")                       \
	X(SIGNATURE, "signature", "not signed by the log's key")               \
	X(FOREIGN, "foreign", "of another log or of another key")              \
	X(BEHIND, "behind", "says more was signed than is there")              \
	X(TIME, "time", "not in the order of time")                            \
	X(SEQ, "seq", "not the next version of its object")                    \
	X(TRANSITION, "transition", "not allowed in the state it found")       \
	X(ACTOR, "actor", "not caused by anyone who may")                      \
	X(TWO_PERSONS, "two-persons", "not approved by a second person")       \
	X(SEAL, "seal", "does not open what was sealed")                       \
	X(LATE, "late", "came after the end of its time")                      \
	X(TWICE, "twice", "happened before and may happen once")               \
	X(DIGEST, "digest", "not the digest of what it names")                 \
	X(ROSTER, "roster", "not who signed up and was not excluded")          \
	X(RESULT, "result", "not what the published texts give")               \
	X(PACK, "pack", "its texts do not verify")

enum fsck_code {
#define FSCK_CODE_ENUM(name, word, what) FSCK_##name,
	FSCK_CODES(FSCK_CODE_ENUM)
#undef FSCK_CODE_ENUM
	    FSCK_CODE_COUNT
};

/* `member` is a column; "-" is the row as a whole. */
struct fsck_finding {
	enum fsck_code code;
	const char *table, *key, *member;
};

/* Where findings go. `tell` borrows what it is given. */
struct fsck_report {
	void (*tell)(void *context, const struct fsck_finding *finding);
	void *context;
	uint64_t count;
};

void fsck_tell(struct fsck_report *report, enum fsck_code code,
    const char *table, const char *key, const char *member);

/* Likewise of an entry of the log. */
void fsck_tell_entry(struct fsck_report *report, enum fsck_code code,
    uint64_t index, const char *member);

const char *fsck_code_word(enum fsck_code code);

/* Print one on a line: for people, or as an object of JSON. */
void fsck_print(FILE *to, const struct fsck_finding *finding, bool json);

#endif
