/* notify.h -- what the service manager is told: sd_notify(3). */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "config.h"
#include "http.h"

#include <stdbool.h>

/*
 * Datagrams to the socket NOTIFY_SOCKET names; where there is none, nothing
 * happens. An implementation of our own: it is one datagram, and libsystemd
 * would bring four libraries for compression into a daemon on the net.
 */

/*
 * READY=1. Then, if WATCHDOG_USEC asks for it, WATCHDOG=1 twice as often from
 * a thread that looks: the thread that does the work goes round, which `beats`
 * says: writer_beats(), somebody answers where we listen, and none of the
 * threads there hangs in our code. What hangs is silent and is restarted; why
 * it is silent stands in the diary. Borrows all.
 */
void notify_ready(
    const struct config *config, const struct http *http, bool (*beats)(void));

/* STOPPING=1, and the end of the thread. Twice is harmless. */
void notify_stopping(void);

#endif
