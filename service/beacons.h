/* beacons.h -- the public beacons that draws of this service await. */
#ifndef BEACONS_H
#define BEACONS_H

#include "config.h"
#include "error.h"
#include "kl_beacon.h"
#include "kl_pulse.h"

/*
 * With drand a draw awaits a round of the chain of config->drand_chain_file,
 * with nist a pulse under the certificate of ->nist_certificate_file; `none` is
 * what is built in. Any other is a test: verifiers say so.
 */

/*
 * Read both files. Once, before any thread. The status to end with, the fault
 * being in the diary as `beacons`: 0, LOG_REFUSED, or 1 if it cannot be read
 * just now.
 */
int beacons_open(const struct config *config) MUST_CHECK;

const struct kl_chain *beacons_chain(void);
const struct kl_certificate *beacons_certificate(void);

/* The one of this hash or id, ours or one that is built in; NULL: not known. */
const struct kl_chain *beacons_chain_of(const struct kl_hash *hash);
const struct kl_certificate *beacons_certificate_of(
    const struct kl_certificate_id *id);

/*
 * Bring the values that draws await, from config->drand_relays and
 * ->nist_relays: of several the next one when one has none, or not the one that
 * was declared; and again after ->beacon_ms. On a thread of its own, which asks
 * this service by HTTP on `port` as anybody would. Borrows `config` until
 * beacons_stop(). Nothing happens without relays. False on failure, which is in
 * the diary. service/jobs/beacons.c
 */
bool beacons_start(const struct config *config, unsigned port) MUST_CHECK;
void beacons_stop(void); /* twice is harmless */

/*
 * Read a file of chain info, as drand serves it, or of a certificate in PEM.
 * NULL, or in words why it is none; `*number` is then of errno.h, 0 when the
 * file could be read.
 */
const char *beacons_read_chain(
    const char *path, struct kl_chain *chain, int *number) MUST_CHECK;
const char *beacons_read_certificate(const char *path,
    struct kl_certificate *certificate, int *number) MUST_CHECK;

#endif
