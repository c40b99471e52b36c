/* kl_finding.h -- what can be wrong with a pack, in the order of checking. */
#ifndef KL_FINDING_H
#define KL_FINDING_H

#include "kl_base.h"

/*
 * The one table of codes: of the findings about a pack the first one here is
 * the verdict. tests/vectors/findings.json says the same as data, lib/README.md
 * in prose, and kl_finding.c for people: who changes one changes all. Within
 * a code they stand in the order of files and lines. protocol §5.
 */
#define KL_FINDINGS(X)                                                         \
	X(FILE_NAME, "file-name", FILES)                                       \
	X(FILE_TWICE, "file-twice", FILES)                                     \
	X(FILE_SIZE, "file-size", FILES)                                       \
	X(FILE_MISSING, "file-missing", FILES)                                 \
	X(FILE_UNEXPECTED, "file-unexpected", FILES)                           \
	X(FORM_NOTICE, "form-notice", FORM)                                    \
	X(FORM_POLICY, "form-policy", FORM)                                    \
	X(FORM_ROSTER, "form-roster", FORM)                                    \
	X(FORM_NAMES, "form-names", FORM)                                      \
	X(FORM_EXCLUDED, "form-excluded", FORM)                                \
	X(FORM_DECLARE, "form-declare", FORM)                                  \
	X(FORM_CLOSE, "form-close", FORM)                                      \
	X(FORM_DRAFT, "form-draft", FORM)                                      \
	X(FORM_LOCK, "form-lock", FORM)                                        \
	X(FORM_COMMIT, "form-commit", FORM)                                    \
	X(FORM_SEAL, "form-seal", FORM)                                        \
	X(FORM_BEACON, "form-beacon", FORM)                                    \
	X(FORM_PULSE, "form-pulse", FORM)                                      \
	X(FORM_SEED, "form-seed", FORM)                                        \
	X(FORM_RESULT, "form-result", FORM)                                    \
	X(FORM_REPLACE, "form-replace", FORM)                                  \
	X(FORM_ANNUL, "form-annul", FORM)                                      \
	X(FORM_CHECKPOINT, "form-checkpoint", FORM)                            \
	X(FORM_CONSISTENCY, "form-consistency", FORM)                          \
	X(FORM_LEAF, "form-leaf", FORM)                                        \
	X(FORM_PROOF, "form-proof", FORM)                                      \
	X(DRAW_DIFFERS, "draw-differs", DIGESTS)                               \
	X(DIGEST_NOTICE, "digest-notice", DIGESTS)                             \
	X(PROJECT_DIFFERS, "project-differs", DIGESTS)                         \
	X(DIGEST_POLICY, "digest-policy", DIGESTS)                             \
	X(DIGEST_DRAFT, "digest-draft", DIGESTS)                               \
	X(DIGEST_ROSTER, "digest-roster", DIGESTS)                             \
	X(DIGEST_NAMES, "digest-names", DIGESTS)                               \
	X(DIGEST_EXCLUDED, "digest-excluded", DIGESTS)                         \
	X(NAMES_DIFFER, "names-differ", DIGESTS)                               \
	X(EXCLUDED_ENTERED, "excluded-entered", DIGESTS)                       \
	X(SELECT_ENTRIES, "select-entries", DIGESTS)                           \
	X(DECLARE_DIFFERS, "declare-differs", DIGESTS)                         \
	X(LOCK_PARTIES, "lock-parties", DIGESTS)                               \
	X(LOCK_ABSENT, "lock-absent", DIGESTS)                                 \
	X(DIGEST_LOCK, "digest-lock", DIGESTS)                                 \
	X(SEAL_PARTIES, "seal-parties", DIGESTS)                               \
	X(SEAL_ABSENT, "seal-absent", DIGESTS)                                 \
	X(COMMIT_PARTY, "commit-party", DIGESTS)                               \
	X(DIGEST_COMMIT, "digest-commit", DIGESTS)                             \
	X(SEAL_SECRET, "seal-secret", DIGESTS)                                 \
	X(DIGEST_PULSE, "digest-pulse", DIGESTS)                               \
	X(DIGEST_SEAL, "digest-seal", DIGESTS)                                 \
	X(DIGEST_SEED, "digest-seed", DIGESTS)                                 \
	X(DIGEST_RESULT, "digest-result", DIGESTS)                             \
	X(DIGEST_CLOSE, "digest-close", DIGESTS)                               \
	X(POLICY_MEMBER, "policy-member", POLICY)                              \
	X(POLICY_BEACON, "policy-beacon", POLICY)                              \
	X(POLICY_REASON, "policy-reason", POLICY)                              \
	X(POLICY_DELAY, "policy-delay", POLICY)                                \
	X(POLICY_ENTRANTS, "policy-entrants", POLICY)                          \
	X(POLICY_PARTIES, "policy-parties", POLICY)                            \
	X(POLICY_WEIGHT, "policy-weight", POLICY)                              \
	X(POLICY_ALTERNATES, "policy-alternates", POLICY)                      \
	X(POLICY_TEMPLATE, "policy-template", POLICY)                          \
	X(POLICY_QUORUM, "policy-quorum", POLICY)                              \
	X(KEYS_NOT_ANCHORED, "keys-not-anchored", KEYS)                        \
	X(LOG_UNTRUSTED, "log-untrusted", KEYS)                                \
	X(LOG_REHEARSAL, "log-rehearsal", KEYS)                                \
	X(COMMIT_SIGNATURE, "commit-signature", KEYS)                          \
	X(SECRET_TWICE, "secret-twice", KEYS)                                  \
	X(DRAFT_TIME, "draft-time", TIMES)                                     \
	X(CHAIN_UNKNOWN, "chain-unknown", TIMES)                               \
	X(CERTIFICATE_UNKNOWN, "certificate-unknown", TIMES)                   \
	X(BEACON_TIME, "beacon-time", TIMES)                                   \
	X(CHECKPOINT_LOG, "checkpoint-log", LOG)                               \
	X(CHECKPOINT_WITNESS, "checkpoint-witness", LOG)                       \
	X(CHECKPOINT_TREE, "checkpoint-tree", LOG)                             \
	X(LEAF_EVENT, "leaf-event", LOG)                                       \
	X(LEAF_DATA, "leaf-data", LOG)                                         \
	X(PROOF_CHECKPOINT, "proof-checkpoint", LOG)                           \
	X(PROOF_INCLUSION, "proof-inclusion", LOG)                             \
	X(CHECKPOINT_EARLY, "checkpoint-early", LOG)                           \
	X(LOG_ORDER, "log-order", LOG)                                         \
	X(DRAFT_WINDOW, "draft-window", LOG)                                   \
	X(DECLARE_LATE, "declare-late", LOG)                                   \
	X(DECLARE_UNWITNESSED, "declare-unwitnessed", LOG)                     \
	X(COMMITMENT_LATE, "commitment-late", LOG)                             \
	X(COMMITMENT_LEFT_OUT, "commitment-left-out", LOG)                     \
	X(LOCK_EARLY, "lock-early", LOG)                                       \
	X(LOCK_LATE, "lock-late", LOG)                                         \
	X(LOCK_UNWITNESSED, "lock-unwitnessed", LOG)                           \
	X(REVEAL_EARLY, "reveal-early", LOG)                                   \
	X(REVEAL_LATE, "reveal-late", LOG)                                     \
	X(REVEAL_LEFT_OUT, "reveal-left-out", LOG)                             \
	X(OPERATOR_NOT_FIRST, "operator-not-first", LOG)                       \
	X(SEAL_EARLY, "seal-early", LOG)                                       \
	X(SEAL_LATE, "seal-late", LOG)                                         \
	X(BEACON_EARLY, "beacon-early", LOG)                                   \
	X(CLOSE_UNWITNESSED, "close-unwitnessed", LOG)                         \
	X(CLOSE_LATE, "close-late", LOG)                                       \
	X(KNOWN_FALSE, "known-false", LOG)                                     \
	X(BEACON_DIFFERS, "beacon-differs", BEACON)                            \
	X(BEACON_FORGED, "beacon-forged", BEACON)                              \
	X(BEACON_VALUE, "beacon-value", BEACON)                                \
	X(ATTEST_PARTY, "attest-party", BEACON)                                \
	X(ATTEST_SIGNATURE, "attest-signature", BEACON)                        \
	X(PULSE_DIFFERS, "pulse-differs", BEACON)                              \
	X(PULSE_FORGED, "pulse-forged", BEACON)                                \
	X(SEED_BEACON, "seed-beacon", BEACON)                                  \
	X(RESULT_DIFFERS, "result-differs", RESULT)                            \
	X(REASON_UNTRUE, "reason-untrue", RESULT)                              \
	X(REPLACE_OUT, "replace-out", AFTER)                                   \
	X(REPLACE_IN, "replace-in", AFTER)                                     \
	X(APPROVE_PARTY, "approve-party", AFTER)                               \
	X(APPROVE_SIGNATURE, "approve-signature", AFTER)                       \
	X(PREVIOUS_ATTEMPT, "previous-attempt", PREVIOUS)                      \
	X(PREVIOUS_PROJECT, "previous-project", PREVIOUS)                      \
	X(PREVIOUS_LOG, "previous-log", PREVIOUS)                              \
	X(PREVIOUS_DRAW, "previous-draw", PREVIOUS)                            \
	X(DIGEST_PREVIOUS, "digest-previous", PREVIOUS)                        \
	X(PREVIOUS_STANDS, "previous-stands", PREVIOUS)                        \
	X(PREVIOUS_ORDER, "previous-order", PREVIOUS)                          \
	X(SECRET_REUSED, "secret-reused", PREVIOUS)                            \
	X(LEVEL_LOW, "level-low", VERIFIER)

enum kl_check {
	KL_CHECK_FILES,
	KL_CHECK_FORM,
	KL_CHECK_DIGESTS,
	KL_CHECK_POLICY,
	KL_CHECK_KEYS,
	KL_CHECK_TIMES,
	KL_CHECK_LOG,
	KL_CHECK_BEACON,
	KL_CHECK_RESULT,
	KL_CHECK_AFTER,
	KL_CHECK_PREVIOUS,
	KL_CHECK_VERIFIER,
};

enum kl_finding_code {
#define KL_FINDING_ENUM(name, word, check) KL_FINDING_##name,
	KL_FINDINGS(KL_FINDING_ENUM)
#undef KL_FINDING_ENUM
	    KL_FINDING_CODES,
};

/* The stable word of a code, and the pass that finds it. */
const char *kl_finding_word(enum kl_finding_code code);
enum kl_check kl_finding_check(enum kl_finding_code code);
const char *kl_check_word(enum kl_check check);

/* One line for people. */
const char *kl_finding_chinese(enum kl_finding_code code);
const char *kl_finding_english(enum kl_finding_code code);

#endif
