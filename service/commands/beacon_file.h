/* beacon_file.h -- chains and certificates that somebody vouches for. */
#ifndef BEACON_FILE_H
#define BEACON_FILE_H

#include "kl_beacon.h"
#include "kl_pulse.h"

/*
 * Read a file of chain info, as drand serves it, or of a certificate in PEM.
 * False after it has told on stderr, as `command`, what is wrong with it.
 */
bool beacon_read_chain(
    const char *command, const char *path, struct kl_chain *chain);
bool beacon_read_certificate(
    const char *command, const char *path, struct kl_certificate *certificate);

#endif
