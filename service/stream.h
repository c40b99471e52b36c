/* stream.h -- what the log publishes of a draw, told to those who listen. */
#ifndef STREAM_H
#define STREAM_H

#include "config.h"
#include "db.h"
#include "request.h"

/*
 * A stream is an answer without an end: text/event-stream of the published
 * entries of one draw, in their order, each once. (WHATWG HTML §9.2). Its
 * event has the index of the entry as its id and {"index":…,"kind":…} as its
 * data; what an entry says stands at /v1/events, what it changes at
 * /v1/draws/{id}. Between events a comment tells that we are there.
 *
 * One thread with a connection of the reader serves all of them. None tells
 * what no published checkpoint covers. http.c suspends the connection of a
 * stream that has nothing to say; no thread waits for a client.
 */
struct stream;

enum { STREAM_END = -1 };

/* How http.c lets a connection rest, and wakes it from any thread. */
struct stream_line {
	void *connection;
	void (*rest)(void *connection);
	void (*wake)(void *connection);
	uint32_t address; /* of the client; 0: of this machine */
};

/* Its statements, for db_check(); ends with NULL. */
extern const struct db_statement *const stream_statements[];

/* Borrows `config` until streams_stop(). */
void streams_start(const struct config *config);

/* End every stream, and let no new one in. Twice is harmless. */
void streams_stop(void);

/* A checkpoint that covers `size` entries is out. Any thread; never waits. */
void streams_published(uint64_t size);

/*
 * The stream that request->stream_of asks for: it begins with request->text.
 * It is the caller's until stream_close(). Copies `line`.
 * ERR_TOO_MANY   config->streams_per_address of that address are open
 * ERR_BUSY       config->streams are open, or we are stopping
 */
enum error stream_open(struct request *request, const struct stream_line *line,
    struct stream **stream) MUST_CHECK;

/*
 * Take up to `size` bytes of what it has to say: how many, STREAM_END, or 0
 * when the connection was put to rest.
 */
ssize_t stream_take(struct stream *stream, char *to, size_t size);

/* Its connection is gone. NULL is fine. */
void stream_close(struct stream *stream);

/* How many are open. */
unsigned streams_count(void);

#endif
