/* route.h -- which function answers which method and path. */
#ifndef ROUTE_H
#define ROUTE_H

#include "db.h"
#include "request.h"

#include <stddef.h>

struct export_table;
struct kind;
struct member;

/*
 * A handler reads `request`, talks to request->db or, in an act, to act.h,
 * and sets the reply: nothing else. It may run twice.
 */
typedef enum error handler(struct request *request);
/* The same, for who wants JSON of it: a new reference. */
typedef enum error json_maker(struct request *request, json_t **made);

enum route_class {
	ROUTE_PAGE,   /* GET, public: kept ready-made while nothing it shows
			 has changed */
	ROUTE_READ,   /* GET for the caller alone; a worker's snapshot */
	ROUTE_MEMORY, /* GET answered on the epoll thread; reads no database */
	ROUTE_ACT,    /* changes something: runs in the writer */
	ROUTE_UPKEEP, /* POST of what has no meaning for the domain, sessions:
			 a worker does it, no event tells of it */
};

/* What a page shows: its version is that of the newest of these. */
enum collection {
	SHOWS_CATEGORIES = 1 << 0,
	SHOWS_INSTITUTIONS = 1 << 1,
	SHOWS_LISTINGS = 1 << 2,
	SHOWS_NOTICES = 1 << 3,
	SHOWS_PARTIES = 1 << 4,
	SHOWS_POLICIES = 1 << 5,
	SHOWS_DRAWS = 1 << 6,
	SHOWS_PROPOSALS = 1 << 7,
	SHOWS_LOG = 1 << 8, /* the published checkpoint */
	SHOWS_REGIONS = 1 << 9,
	SHOWS_SEARCH = 1 << 10, /* the finder's index */
	SHOWS_NOTHING = 0,
};
enum { COLLECTIONS = 11 };

struct route {
	const char *method;
	const char *path; /* "/v1/draws/{id}": {..} is one whole segment;
			     a last {..*} takes the rest */
	handler *handle;
	enum route_class class;
	unsigned who;              /* set of enum role; ROLE_ANYONE for all */
	unsigned shows;            /* a page's set of enum collection */
	size_t body_max;           /* bytes; 0 for no body */
	const char *media;         /* its types, by a space; NULL: JSON */
	size_t part_max;           /* it comes in parts of so many bytes, and
				      is kept by upload.h; 0: as a whole */
	const struct kind *input;  /* members of the body; NULL: any object */
	bool tells_all;            /* its handler reads the body by `input`, so
				      that it tells all that is wrong with it
				      at once, and not only that of its form */
	const struct kind *output; /* what a success shows, for OpenAPI */
	/* Of a GET, for OpenAPI too: what may be asked, but for what a list of
	 * a kind takes; ends with { 0 }, NULL for nothing. Of a list: the
	 * filter that its path or its caller sets; NULL for none. */
	const struct member *query;
	const char *within;
	/* Of a list that is of no kind: as what table it is exported. */
	const struct export_table *table;
	handler *prepare;    /* of an act: on a worker, before the queue. What
				has changed since is ERR_STALE of the handler:
				it is prepared again */
	unsigned scope;      /* set of enum kl_scope, one of which a key or a
				delegation needs; 0: read for a GET, else
				manage */
	bool either;         /* a ROUTE_READ that shows something to whoever has
				no key, too, and perhaps more to `who` */
	bool step_up;        /* a session needs a code that is fresh */
	bool himself;        /* not for somebody else, by no delegation */
	bool slow;           /* hashes passwords: its prepare, or all of what
				is upkeep, is done by few threads */
	bool forgets;        /* an act whose body or answer is a secret: neither
				is kept, nor a digest; what is repeated is
				done again, or refused by its state */
	bool proves_itself;  /* an act taken from anyone: no key, and its
				body is its own idempotency key */
	bool one_query;      /* a GET that asks the database once only */
	bool published;      /* a GET of what a checkpoint covers:
				Klero-Min-Size waits for one */
	bool rehearsal;      /* only there where the log is a rehearsal's */
	handler *instead;    /* of a GET: answers where handle cannot, for any
				reason; reads no database */
	bool site;           /* only there where pages are served, and for
				people: no part of OpenAPI */
	bool bulk;           /* an act that brings many things in: it waits
				for what people do */
	const char *summary; /* one line, served at GET /v1 */
};

/*
 * What happens by itself at a time that an act has set (act_due). `handle` is
 * an act of ROLE_SERVICE: request->params[0] is the subject it was set for.
 */
struct due {
	const char *name;
	handler *handle;
};

/*
 * What takes two persons (service design §7): `propose` checks the payload
 * when it is proposed, `carry_out` does it when another organisation has
 * approved it. Both are acts; request->params[0] is the subject, request->body
 * the payload. `complete`, unless NULL, makes all that the payload stands for,
 * or leaves NULL where that is itself; nothing else sees it before. `changes`,
 * unless NULL, makes the JSON object of what it would change: the approver is
 * shown it, and approves nothing else.
 */
struct two_person {
	const char *name;
	unsigned proposers, approvers; /* sets of enum role */
	handler *propose, *carry_out;
	const char *summary;
	json_maker *complete, *changes;
};

/* One kind of thing this service keeps: its URLs and its SQL. */
struct resource {
	const struct route *routes; /* ends with { 0 }; NULL for none */
	/* Each ends with NULL; NULL for none. */
	const struct db_statement *const *reads;   /* prepared as reader */
	const struct db_statement *const *writes;  /* prepared as writer */
	const struct db_statement *const *upkeeps; /* prepared as upkeep */
	/* Each ends with { 0 }; NULL for none. */
	const struct due *dues;
	const struct two_person *two_persons;
};

/* Is it there? Not all are in every log. */
bool route_is_there(const struct route *route);

/* Every resource; ends with NULL. The one list to extend. */
extern const struct resource *const resources[];

/* NULL: no act of two persons has this name. */
const struct two_person *two_person_named(const char *name);

/*
 * Find the route and set request->route and request->params. A HEAD is
 * answered by the route of its GET.
 * ERR_NOT_FOUND for no such path, ERR_METHOD for no such method on it.
 */
enum error route_find(
    struct request *request, const char *method, const char *path) MUST_CHECK;

#endif
