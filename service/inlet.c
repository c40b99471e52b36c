#include "inlet.h"

#include "gate.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
	SOCKETS_MAX = 1 << 17, /* numbers of sockets with an inlet */
	PIECE = 4096,          /* read at a time behind a part of a head */
	STAND_IN_MAX = 160,
};

/*
 * held: whole heads and bodies that may be handed on, [begin, ready), and the
 * beginning of a head, [ready, end). Mostly empty: what comes as a whole goes
 * straight to libmicrohttpd.
 */
struct inlet {
	int socket;
	struct form form;
	struct deadline *deadline;
	unsigned char *held;
	size_t begin, ready, end, capacity;
	bool stood_in;
	bool ended; /* the client sends no more */
	const struct form_fault *cut;
};

static _Atomic(struct inlet *) inlets[SOCKETS_MAX];

/* By another name, since headers make recv() an inline function. */
ssize_t inlet_recv(int socket, void *to, size_t size, int flags) __asm__(
    "recv");

static const struct form_fault too_late = { ERR_TIMEOUT,
	"请求未在时限内发送完毕", "the request was not sent in time" };
static const struct form_fault late_body = { ERR_TIMEOUT,
	"正文未在时限内发送完毕", "the body was not sent in time" };
static const struct form_fault half_a_body = { ERR_BAD_REQUEST, "正文不完整",
	"the body ends before its length" };
static const struct form_fault half_a_head = { ERR_BAD_REQUEST, "请求头不完整",
	"the head of the request has no end" };

/* --- one inlet ------------------------------------------------------------ */

struct inlet *inlet_open(int socket, struct deadline *deadline)
{
	struct inlet *inlet = calloc(1, sizeof(*inlet));

	if (!inlet || socket < 0 || socket >= SOCKETS_MAX)
		abort();
	inlet->socket = socket;
	inlet->deadline = deadline;
	atomic_store(&inlets[socket], inlet);
	return inlet;
}

void inlet_close(struct inlet *inlet)
{
	if (!inlet)
		return;
	atomic_store(&inlets[inlet->socket], NULL);
	deadline_remove(inlet->deadline);
	free(inlet->held);
	free(inlet);
}

struct deadline *inlet_deadline(const struct inlet *inlet)
{
	return inlet->deadline;
}

void inlet_refuse(struct inlet *inlet, const struct form_fault *fault)
{
	form_break(&inlet->form, fault);
}

const struct form_fault *inlet_fault(const struct inlet *inlet)
{
	return inlet->form.fault;
}

enum deadline_phase inlet_phase(const struct inlet *inlet)
{
	return form_in_head(&inlet->form) ? DEADLINE_READING : DEADLINE_IDLE;
}

const struct form_fault *inlet_cut(const struct inlet *inlet)
{
	return inlet->cut;
}

/* --- holding -------------------------------------------------------------- */

/* Room for `size` bytes behind what is held. */
static unsigned char *make_room(struct inlet *inlet, size_t size)
{
	if (inlet->begin > 0) {
		memmove(inlet->held, inlet->held + inlet->begin,
		    inlet->end - inlet->begin);
		inlet->ready -= inlet->begin;
		inlet->end -= inlet->begin;
		inlet->begin = 0;
	}
	if (inlet->capacity - inlet->end < size) {
		inlet->capacity = inlet->end + size;
		inlet->held = realloc(inlet->held, inlet->capacity);
		if (!inlet->held)
			abort();
	}
	return inlet->held + inlet->end;
}

/* The beginning of a head. */
static void hold(struct inlet *inlet, const void *bytes, size_t size)
{
	memcpy(make_room(inlet, size), bytes, size);
	inlet->end += size;
}

static size_t hand_on(struct inlet *inlet, void *to, size_t size)
{
	if (size > inlet->ready - inlet->begin)
		size = inlet->ready - inlet->begin;
	if (size == 0)
		return 0;
	memcpy(to, inlet->held + inlet->begin, size);
	inlet->begin += size;
	if (inlet->begin == inlet->end) {
		free(inlet->held);
		inlet->held = NULL;
		inlet->begin = inlet->ready = inlet->end = 0;
		inlet->capacity = 0;
	}
	return size;
}

/* --- refusing ------------------------------------------------------------- */

/* Accept-Language of a part of a head; may be cut short. */
static void find_language(
    const struct inlet *inlet, char *value, size_t capacity)
{
	static const char name[] = "\nAccept-Language: ";
	ptrdiff_t size = sizeof(name) - 1;
	const char *at = (const char *)inlet->held;
	const char *end = at;

	value[0] = '\0';
	if (!at)
		return;
	end += inlet->end;
	at += inlet->ready;

	while (at && (end - at < size || strncasecmp(at, name, (size_t)size)))
		at = end - at > size
			 ? memchr(at + 1, '\n', (size_t)(end - at - 1))
			 : NULL;
	if (!at)
		return;
	for (at += size; at < end && *at >= ' ' && *at < 0x7f && capacity > 1;
	     at++, capacity--)
		*value++ = *at;
	*value = '\0';
}

/* In place of what is held of the broken head. */
static void stand_in(struct inlet *inlet)
{
	char list[STAND_IN_MAX / 2], text[STAND_IN_MAX];
	int size;

	find_language(inlet, list, sizeof(list));
	size = snprintf(text, sizeof(text),
	    "%s " INLET_STAND_IN " HTTP/1.1\r\nAccept-Language: %s\r\n\r\n",
	    inlet->form.is_head ? "HEAD" : "GET",
	    gate_language(list) == LANGUAGE_EN ? "en" : "zh");
	inlet->end = inlet->ready;
	hold(inlet, text, (size_t)size);
	inlet->ready = inlet->end;
	inlet->stood_in = true;
}

/* --- reading -------------------------------------------------------------- */

/* How the socket took our asking. */
enum taken { TAKEN_MORE, TAKEN_ALL, TAKEN_END, TAKEN_NOTHING };

static enum taken receive(
    struct inlet *inlet, void *to, size_t size, size_t *got)
{
	ssize_t result = recvfrom(inlet->socket, to, size, 0, NULL, NULL);

	*got = result > 0 ? (size_t)result : 0;
	if (result < 0)
		return TAKEN_NOTHING;
	if (result == 0)
		return TAKEN_END;
	return (size_t)result < size ? TAKEN_ALL : TAKEN_MORE;
}

/* Straight to libmicrohttpd; *size becomes what was handed on. */
static enum taken read_straight(struct inlet *inlet, void *to, size_t *size)
{
	size_t got, whole;
	enum taken taken = receive(inlet, to, *size, &got);

	whole = form_read(&inlet->form, to, got);
	if (whole < got)
		hold(inlet, (char *)to + whole, got - whole);
	*size = whole;
	return taken;
}

/* Behind the part of a head that is held. */
static enum taken read_behind(struct inlet *inlet)
{
	void *to = make_room(inlet, PIECE);
	size_t got, whole;
	enum taken taken = receive(inlet, to, PIECE, &got);

	whole = form_read(&inlet->form, to, got);
	if (whole > 0)
		inlet->ready = inlet->end + whole;
	inlet->end += got;
	return taken;
}

/* No more comes, or it comes late: zeros for the rest of a body, a refusal for
 * half a head. */
static size_t cut_short(struct inlet *inlet, void *to, size_t size)
{
	bool late = deadline_is_late(inlet->deadline);

	if (inlet->form.state == FORM_BODY) {
		if (size > inlet->form.body_left)
			size = (size_t)inlet->form.body_left;
		memset(to, 0, size);
		inlet->cut = late ? &late_body : &half_a_body;
		return form_read(&inlet->form, to, size);
	}
	if (form_in_head(&inlet->form))
		form_break(&inlet->form, late ? &too_late : &half_a_head);
	return 0;
}

/* Is there a request that is not all in? Then we ask until the socket is
 * empty, to learn whether the client has gone. */
static bool is_midway(const struct inlet *inlet)
{
	return inlet->form.state == FORM_BODY || form_in_head(&inlet->form);
}

/*
 * As much as there is: libmicrohttpd takes less than `size` to mean that the
 * socket is empty, and asks again only when more has come.
 */
static ssize_t take(struct inlet *inlet, char *to, size_t size)
{
	enum taken taken = TAKEN_MORE;
	size_t given = 0;

	/* libmicrohttpd 0.9.75 asks, too, when it goes on with a connection
	 * that was suspended, and an end would make it forget the answer. */
	if (deadline_is_working(inlet->deadline)) {
		errno = EAGAIN;
		return -1;
	}
	while (given < size) {
		size_t piece;

		given += hand_on(inlet, to + given, size - given);
		if (given == size || inlet->stood_in)
			break;
		if (inlet->form.fault) {
			stand_in(inlet);
		} else if (inlet->ended || deadline_is_late(inlet->deadline)) {
			if (!is_midway(inlet))
				break;
			given += cut_short(inlet, to + given, size - given);
		} else if (taken == TAKEN_NOTHING ||
			   (taken == TAKEN_ALL && given > 0 &&
			       !is_midway(inlet))) {
			break;
		} else if (inlet->end > inlet->begin) {
			taken = read_behind(inlet);
		} else {
			piece = size - given;
			taken = read_straight(inlet, to + given, &piece);
			given += piece;
		}
		inlet->ended |= taken == TAKEN_END;
	}
	if (form_in_head(&inlet->form))
		deadline_turn(inlet->deadline, DEADLINE_READING);
	if (given > 0 || inlet->ended || inlet->stood_in ||
	    deadline_is_late(inlet->deadline))
		return (ssize_t)given;
	if (taken != TAKEN_NOTHING)
		errno = EAGAIN;
	return -1;
}

/* The recv() of every thread and library of this program. */
ssize_t inlet_recv(int socket, void *to, size_t size, int flags)
{
	struct inlet *inlet = NULL;

	if (socket >= 0 && socket < SOCKETS_MAX)
		inlet =
		    atomic_load_explicit(&inlets[socket], memory_order_relaxed);
	return inlet ? take(inlet, to, size)
		     : recvfrom(socket, to, size, flags, NULL, NULL);
}

bool inlets_work(void)
{
	void *found = dlsym(RTLD_DEFAULT, "recv");
	ssize_t (*ours)(int, void *, size_t, int) = inlet_recv;

	return memcmp(&found, &ours, sizeof(found)) == 0;
}
