/* log_keys.h -- the keys of the log: one for checkpoints, one for receipts. */
#ifndef LOG_KEYS_H
#define LOG_KEYS_H

#include "config.h"
#include "kl_note.h"

/* What a program ends with when a person must do something before it is started
 * again: EX_CONFIG of sysexits.h. */
enum { LOG_REFUSED = 78 };

/*
 * Both are files as `klero keygen` makes them, of mode 0400 and ours; they are
 * never in the database. Once, before any thread. The status to end with, the
 * fault being in the diary: 0, LOG_REFUSED, or 1 if a file cannot be read just
 * now. The checkpoint key's name is config->log_origin.
 */
int log_keys_open(const struct config *config) KL_MUST_CHECK;

/* Wipe them. Closing twice is harmless. */
void log_keys_close(void);

const char *log_origin(void);

/* By its origin, as who verifies a pack knows it. protocol §7. */
bool log_is_rehearsal(void);

const struct kl_note_key *log_note_key(void);
const struct kl_signer *log_signer(void);
const struct kl_signer *log_receipt_signer(void);

#endif
