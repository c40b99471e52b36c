/* publisher.h -- signs what is stored, and knows what the world may see. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "config.h"
#include "kl_checkpoint.h"
#include "request.h"

struct log_head;

/*
 * There is one publisher in a program. It re-reads and re-hashes what was
 * stored since the last checkpoint, signs, stores the checkpoint, writes the
 * high-water file, and only then lets others see it. service design §5.
 */
enum {
	SIGNED_NOTE_MAX = 2048,       /* as we sign it */
	PUBLISHED_NOTE_MAX = 1 << 14, /* with what witnesses added */
};

/* A published checkpoint. */
struct published {
	uint64_t size;
	struct kl_hash root;
	char note[PUBLISHED_NOTE_MAX]; /* signed; note_size bytes and a NUL */
	size_t note_size;
};

struct publisher_parts {
	const struct config *config;
	/* A checkpoint was published: page_shows(SHOWS_LOG). On its thread. */
	void (*shows)(unsigned collections);
	/* Then: it covers `size` entries. worker_wake_published() */
	void (*published)(uint64_t size);
	/* Is the log ours, by this head? writer_holds() */
	bool (*holds)(const struct log_head *head);
};

/* After log_keys_open() and writer_start(). Publishes what is there, then goes
 * on by itself, as long as the log is ours. Borrows `parts` until
 * publisher_stop(). */
bool publisher_start(const struct publisher_parts *parts) MUST_CHECK;

/* Publish what is committed, then end. Twice is harmless. */
void publisher_stop(void);

/* The log has grown. Any thread; never waits. */
void publisher_wake(uint64_t size);

/* The latest published checkpoint; size 0 before the first. Any thread. */
void publisher_latest(struct published *published);

/* Its size alone. */
uint64_t publisher_size(void);

/* Wait until a checkpoint covers `size` entries; false after timeout_ms. Not
 * for epoll threads. */
bool publisher_wait(uint64_t size, unsigned timeout_ms);

/*
 * Publish nothing any more, for a reason that stands in the diary: what was
 * published is still there to be read. Any thread.
 */
void publisher_halt(const char *reason);

/*
 * The checkpoint of `size` has been cosigned: if it is the latest one, others
 * see this signature line with it from now on. The caller sees to it that none
 * comes twice. Any thread.
 */
void publisher_cosigned(uint64_t size, const char *line, size_t line_size);

/*
 * A quorum of our witnesses has cosigned the checkpoint of `size`: others see
 * this note, which has their lines, as the newest of its kind, unless there is
 * one of a larger log or with more lines. Any thread.
 */
void publisher_quorum(uint64_t size, const struct kl_hash *root,
    const void *note, size_t note_size);

/* The newest of that kind; size 0 before the first. Any thread. */
void publisher_latest_quorum(struct published *published);

/* Does it still publish? Not once what it read was not what it should be;
 * the diary told why. */
bool publisher_works(void);

#endif
