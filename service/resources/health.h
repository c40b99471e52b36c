/* health.h -- is it alive, is it ready, and how is it doing. */
#ifndef HEALTH_H
#define HEALTH_H

#include "http.h"

/* Whose metrics to show, from http_start() to http_stop(). */
void health_watch(const struct http *http);

#endif
