/* fsck_rules.h -- what one event of the log must be like among the others. */
#ifndef FSCK_RULES_H
#define FSCK_RULES_H

#include "fsck_replay.h"

/* The kind of event of that name; EVENT_COUNT: there is none. */
enum event fsck_event_named(const char *name);

/*
 * Tell what is wrong with an event by itself, after those before it: who
 * caused it, who approved it, when it came, what its digests are of. Versions
 * and states of objects are fsck_replay.h's.
 */
void fsck_rules(struct fsck_replay *replay, uint64_t index, enum event event,
    const struct kl_leaf *leaf, const char *opens_with);

/* --- notices (fsck_notices.c) --------------------------------------------- */

struct fsck_notices *fsck_notices_open(void);
void fsck_notices_close(struct fsck_notices *notices); /* NULL is fine */

/* NULL: the log has told of no such notice. */
struct fsck_notice *fsck_notice_find(
    struct fsck_notices *notices, const char *id);

/* An event of a notice or of a sign-up: in its time, and counted. */
void fsck_notice_rules(struct fsck_replay *replay, uint64_t index,
    enum event event, const struct kl_leaf *leaf, const char *opens_with);

#endif
