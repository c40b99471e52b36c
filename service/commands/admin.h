/* admin.h -- what klero admin asks of a running klerod. */
#ifndef ADMIN_H
#define ADMIN_H

#include <jansson.h>
#include <stdbool.h>

struct kind;

/* Where the service is, and who asks: a socket makes us its administrator. */
struct admin_site {
	const char *socket; /* or NULL */
	const char *url;    /* of the service, without a path; or NULL */
	const char *token;  /* of an account; NULL at the socket */
};

/*
 * POST `body` (taken over) to `path`. `key`, unless NULL, names this act for
 * ever: repeated, it happens once. The answer is the caller's, to
 * json_decref(); NULL is a failure, told on stderr, with `*status` a COMMAND_
 * number.
 */
json_t *admin_post(const struct admin_site *site, const char *path,
    json_t *body, const char *key, int *status);

/* What a file is loaded as, and where it is posted. */
struct admin_load {
	const struct admin_site *site;
	const struct kind *kind;
	const char *path;
};

/* Publish each line of a CSV file, whose first names members of the kind, as
 * ops/data/categories.csv does; a file that was cut short goes on when
 * repeated. Returns a COMMAND_ number. */
int admin_load(const struct admin_load *load, const char *path);

#endif
