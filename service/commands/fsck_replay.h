/* fsck_replay.h -- what the log tells, event by event: the pure part. */
#ifndef FSCK_REPLAY_H
#define FSCK_REPLAY_H

#include "event.h"
#include "fsck_report.h"
#include "kind.h"
#include "kl_leaf.h"

/*
 * Events are taken in order of the log; then each row is asked about. What is
 * remembered of an object has a fixed size, and there is a limit of objects:
 * when it is reached, half of them are left for another pass over the log
 * (`parts`), so that memory is bounded whatever the log holds.
 */
enum {
	FSCK_KEY_SIZE = 16,
	FSCK_IMAGE_SIZE = 12,
	FSCK_OBJECTS_FIRST = 1 << 10,
	FSCK_NO_TABLE = UINT8_MAX,  /* the kind of what is told of only */
	FSCK_OBJECTS_MAX = 3 << 20, /* remembered at a time: 200 MB */
};

struct fsck_object {
	uint8_t key[FSCK_KEY_SIZE];     /* of kind and id */
	uint8_t image[FSCK_IMAGE_SIZE]; /* of the data of its last event */
	uint32_t seq;
	uint64_t constant; /* of the members that never change */
	uint64_t last : 40, event : 10, kind : 8;
	uint64_t used : 1, seen : 1, doubted : 1;
};

struct fsck_notice {
	int64_t close;
	uint64_t index; /* of notice.closed; 0: it is open */
	uint64_t sealed, opened, included, excluded;
	bool judged;
};

struct fsck_notices;

struct fsck_replay {
	struct fsck_report *report;
	unsigned part, parts; /* which of how many passes over the log */
	size_t limit;         /* objects of a pass */
	struct fsck_object *objects;
	size_t capacity, count;
	struct fsck_notices *notices;

	bool first;    /* the pass that judges, too: part 0 */
	bool holes;    /* entries are missing: versions may be, too */
	int64_t at;    /* of the last entry */
	bool approved; /* the last entry is proposal.approved, of … */
	char act[KL_TOKEN_SIZE_MAX + 1], subject[KL_TOKEN_SIZE_MAX + 1],
	    organisation[KL_TOKEN_SIZE_MAX + 1];
};

/* `limit` is FSCK_OBJECTS_MAX but in tests. */
void fsck_replay_open(
    struct fsck_replay *replay, struct fsck_report *report, size_t limit);
void fsck_replay_close(struct fsck_replay *replay);

/* Begin the next pass; false when each object has had its own. */
bool fsck_replay_again(struct fsck_replay *replay);

/*
 * Take the event at `index`: what a leaf shows, or a sealed one that its
 * `opens_with` is known of (else NULL). Tells what may not be.
 */
void fsck_replay_event(struct fsck_replay *replay, uint64_t index,
    const struct kl_leaf *leaf, const char *opens_with);

/* An entry cannot be read: nothing can be said of what it tells about. */
void fsck_replay_hole(
    struct fsck_replay *replay, const char *kind, const char *subject);

/* An entry `opened` has opened one that was sealed for this notice. */
void fsck_replay_opened(
    struct fsck_replay *replay, uint64_t index, const char *notice);

/* What the log tells of this object; NULL: nothing, or in another pass. */
struct fsck_object *fsck_replay_find(
    struct fsck_replay *replay, const struct kind *kind, const char *id);
bool fsck_replay_is_ours(
    const struct fsck_replay *replay, const struct kind *kind, const char *id);

/* Its state, a word of event.h; NULL before any. */
const char *fsck_object_state(const struct fsck_object *object);

/* Does this row look as its last event says? `salt` is that of its private
 * members, or NULL. */
bool fsck_row_is(const struct fsck_object *object, const struct kind *kind,
    const void *row, const uint8_t *salt);

/*
 * Tell each member of a row that is not what the data of its last event says.
 * True if any is.
 */
bool fsck_row_tell(struct fsck_report *report, const struct kind *kind,
    const void *row, const uint8_t *salt, const json_t *data);

#endif
