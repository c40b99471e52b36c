/* form.h -- the one form in which requests may stand on the wire. */
#ifndef FORM_H
#define FORM_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads all that comes by a connection, byte by byte as it comes, before
 * libmicrohttpd does, which repairs what is broken: it takes a bare LF or CR
 * for the end of a line, drops what stands behind a NUL, and joins a folded
 * field's name and value. What two programs read differently can be smuggled
 * past one of them. So here is one form alone:
 *
 *	METHOD SP /target SP HTTP/1.1 CR LF
 *	*( name ":" SP value CR LF )
 *	CR LF
 *	as many bytes as Content-Length says, none without it
 *
 * A method or a name is letters, digits and hyphens; a value has no control
 * character but TAB and no blank at its ends; Content-Length comes once at
 * most, in decimal digits; there is no Transfer-Encoding. RFC 9112 §2.2, §3,
 * §5, §6. What a head means is the gate's to judge (gate.h).
 *
 * libmicrohttpd has so much memory for a head (http.c), and takes a query and
 * cookies apart before we are asked; where it has too little for that, it
 * answers twice or not at all. So what it makes of a head is bounded here, too.
 */
enum {
	FORM_METHOD_MAX = 16,
	FORM_TARGET_MAX = 1024, /* bytes, with the query */
	FORM_FIELDS_MAX = 64,
	FORM_FIELD_MAX = 16384, /* bytes of their names and values */
	FORM_LENGTH_DIGITS = 8, /* of Content-Length */
	FORM_COOKIE_MAX = 4096, /* bytes of Cookie */
	FORM_PARTS_MAX = 32,    /* of a query, by &; of Cookie, by ; or , */
	FORM_NAME_KEPT = 20,    /* bytes of a name that are looked at */
};

/* Why a connection is refused; the words of a problem document. */
struct form_fault {
	enum error error;
	const char *zh, *en;
};

struct form {
	enum {
		FORM_METHOD, /* or nothing of a request yet */
		FORM_TARGET,
		FORM_VERSION,
		FORM_NAME, /* or the end */
		FORM_BLANK,
		FORM_VALUE,
		FORM_VALUE_END,
		FORM_HEAD_END,
		FORM_BODY,
		FORM_BROKEN, /* for good: see fault */
	} state;
	size_t size; /* of the part that is read */
	char part[FORM_NAME_KEPT + 1];
	unsigned char last; /* byte of a value */
	bool is_head;       /* the method is HEAD */
	bool is_other;      /* the version is */
	bool is_length;     /* the field is Content-Length */
	bool is_cookie;     /* it is Cookie */
	bool has_length;    /* there was one */
	uint64_t length;    /* what it said */
	uint64_t body_left; /* bytes of the body still to come */
	size_t field_count, field_size;
	unsigned separators;            /* in the query, or in a Cookie */
	const struct form_fault *fault; /* NULL while all is in form */
};

/*
 * Go on with `size` bytes; { 0 } is a fresh form. Returns how many of them
 * belong to whole heads and to bodies: what is behind is the beginning of a
 * head, or broken from there on.
 */
size_t form_read(struct form *form, const void *bytes, size_t size);

/* Refuse what comes next, for a reason of the caller's. */
void form_break(struct form *form, const struct form_fault *fault);

/* Has a request begun whose head is not all in? */
bool form_in_head(const struct form *form);

#endif
