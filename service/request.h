/* request.h -- one request, from its first header to its reply. */
#ifndef REQUEST_H
#define REQUEST_H

#include "arena.h"
#include "db.h"
#include "error.h"
#include "kl_hash.h"

#include <jansson.h>
#include <stdint.h>

enum { PARAMS_MAX = 4, PROBLEMS_MAX = 100, QUERY_MAX = 16 };

/* The header fields that mean something to us; at most one of each. */
enum header {
	HEADER_AUTHORIZATION,
	HEADER_CONTENT_TYPE,
	HEADER_ACCEPT_LANGUAGE,
	HEADER_IDEMPOTENCY_KEY,
	HEADER_IF_MATCH,
	HEADER_IF_NONE_MATCH,
	HEADER_MIN_SIZE, /* Klero-Min-Size */
	HEADER_LAST_EVENT_ID,
	HEADER_COOKIE,
	HEADER_ORIGIN,
	HEADER_FETCH_SITE,    /* Sec-Fetch-Site */
	HEADER_FORWARDED_FOR, /* X-Forwarded-For */
	HEADER_FOR,           /* Klero-For */
	HEADER_FILE_NAME,     /* Klero-File-Name */
	HEADER_COUNT
};

/* Roles as bits: a route names a set of them. service design §7. */
enum role {
	ROLE_ANYONE = 0, /* no key needed */
	ROLE_OWNER = 1 << 0,
	ROLE_INSTITUTION = 1 << 1,
	ROLE_REVIEWER = 1 << 2,
	ROLE_AUTHORITY = 1 << 3,
	ROLE_OPERATOR = 1 << 4,
	ROLE_SUPERVISOR = 1 << 5,
	ROLE_AUDITOR = 1 << 6,
	ROLE_ADMIN = 1 << 7,
	ROLE_SERVICE = 1 << 8, /* what happens by itself */
	ROLE_SOMEBODY = 0xff   /* any key */
};

/* "owner" …; "service" for what happens by itself. */
const char *role_name(enum role role);

/* The role of that name; ROLE_ANYONE for no such name. */
enum role role_named(const char *name);

/* Who asks. All NULL and ROLE_ANYONE when nobody said. */
struct caller {
	const char *account;      /* its id */
	const char *organisation; /* its id: a token, or a credit code */
	enum role role;
	uint64_t seq;        /* the version of the account this was read from */
	unsigned scopes;     /* set of enum kl_scope; 0: all of them */
	const char *session; /* its id; NULL: a key */
	uint64_t credential_seq; /* of a session: the version it began with */
	int64_t stepped_at;      /* its last code, or DB_TIME_NONE */
	const char *delegation;  /* that lets it act for the organisation, or
				    NULL: it is of it */
};

/* One thing wrong with the body: `pointer` is RFC 6901. */
struct complaint {
	const char *pointer, *code, *detail;
};

struct route;
struct published;
struct page;
struct act;
struct upload;

/* name=value of the query, decoded. */
struct query {
	const char *name, *value;
	bool known; /* somebody asked for it */
};

struct request {
	struct arena arena; /* everything below dies with it */

	/* What was asked: set by http.c before anything else sees it. */
	const char *method, *path;         /* raw; path without the query */
	const char *raw_query;             /* "" if there was none */
	const char *headers[HEADER_COUNT]; /* NULL where absent */
	const char *body_text;             /* body_size bytes and a NUL */
	size_t body_size;
	size_t part_max;       /* the body comes in parts of so many bytes; 0:
				  as a whole */
	bool part_ends;        /* this is the last part */
	struct upload *upload; /* what is known of them, in arena */
	int64_t stamp_us; /* when it was complete at the gate, since 1970 */
	int64_t came_ms;  /* the same, by clock_steady_ms() */
	bool local;       /* came by the admin socket */
	uint32_t address; /* IPv4 of the peer, network order; 0: none */
	bool origin_ours; /* Origin names a host of ours */
	char id[33];      /* "" until request_id() */

	/* What it means: set by dispatch.c. */
	const struct route *route;
	const char *params[PARAMS_MAX]; /* what {..} matched, in order */
	const char *allow;              /* with ERR_METHOD: what would do */
	const char *token;              /* 64 digits that tell who asks, from
					   Authorization or, `by_cookie`, from
					   ours; NULL for nobody */
	bool by_cookie;
	struct query *queries; /* room for QUERY_MAX, in arena */
	size_t query_count;
	enum language language;
	uint64_t min_size; /* Klero-Min-Size; 0 without */
	struct caller caller;
	json_t *body; /* parsed, or NULL; owned */
	void *input;  /* the body as the struct of route->input, in arena */

	/* While it runs. */
	struct db *db; /* the thread's connection */
	/* On a worker: what was published before its snapshot began, so that
	 * all of it is there; in arena. */
	const struct published *published;
	struct act *act; /* in the writer: see act.h */
	void *prepared;  /* what the route's prepare made, in arena */
	unsigned stale;  /* how often that had changed in the meantime */

	/* The answer. One of page, reply and text. */
	struct page *page; /* ready-made; a reference is ours */
	json_t *reply;     /* set by the handler; owned */
	char *text;        /* as it will be sent; owned by malloc */
	size_t text_size;
	const char *content_type; /* of text; NULL for application/json */
	const char *cache_control;
	const char *policy;     /* Content-Security-Policy; NULL: nothing runs
				 */
	const char *etag;       /* quoted */
	const char *location;   /* of what was created */
	const char *link;       /* RFC 8288 */
	const char *attachment; /* a file name: to be saved, not shown */
	const char *set_cookie;
	size_t lent;            /* bytes of it that lending.h counts */
	unsigned retry_after_s; /* with 429 and 503; 0: at once nearly */
	json_t *once;           /* members of the answer to an act that are
				   said to whoever asked first, and kept
				   nowhere; owned */
	uint64_t log_size;      /* Klero-Log-Size; 0 is not said */
	const char *stream_of;  /* a draw whose events follow the text for as
				   long as the client listens; or NULL */
	uint64_t stream_from;   /* from this index of the log on */
	unsigned status;
	enum error error; /* set with a problem document */

	/* What is wrong, for the problem document. */
	const char *detail;
	struct complaint *complaints; /* room for PROBLEMS_MAX, in arena */
	size_t complaint_count;
	bool more_complaints; /* than there is room for */

	/* Queues are made of requests. */
	struct request *next;
	struct request *earlier, *later; /* acts in flight, by stamp */
};

/* For the diary and X-Request-Id: made when it is first asked for. */
const char *request_id(struct request *request);

/*
 * Record what was expected, for the client to read in its language, and pass
 * `error` on. {0}, {1} … in the words stand for the texts that follow, ended
 * by NULL. Never repeat what the client sent: it may be half a character.
 */
enum error request_fail(struct request *request, enum error error,
    const char *zh, const char *en, ...) __attribute__((sentinel));

/* The same about one member of the body. Gathers; passes ERR_INVALID on. After
 * PROBLEMS_MAX the answer ends by saying that there are more. */
enum error request_complain(struct request *request, const char *pointer,
    const char *code, const char *zh, const char *en, ...)
    __attribute__((sentinel));

/* Was anything told of this member, or of what is within it? When more was
 * wrong than there is room for, nothing is known to be sound: true. */
bool request_told(const struct request *request, const char *pointer);

/* `number` in decimal, for the words above. */
const char *request_number(struct request *request, uint64_t number);

/*
 * Answer with `status` and `reply`, which is taken over even on failure.
 * ERR_INTERNAL for a NULL reply.
 */
enum error request_reply(
    struct request *request, unsigned status, json_t *reply) MUST_CHECK;

/* Answer with `size` bytes, malloc'd and taken over. */
enum error request_reply_bytes(struct request *request, unsigned status,
    const char *content_type, char *bytes, size_t size) MUST_CHECK;

/* Say `value` (taken over) as the member `name` of the answer to an act, a JSON
 * object; a repeated request is not told. */
void request_once(struct request *request, const char *name, json_t *value);

/* Must the answer say `"rehearsal": true`? Each object and each list of a
 * rehearsal does; request_reply() sees to it by itself. */
bool request_rehearses(const struct request *request);

/* Content-Disposition of its attachment; in the arena. */
const char *request_disposition(struct request *request);

/* Forget the answer so far: a handler may run again. */
void request_forget(struct request *request);

/*
 * The value of a query name, or NULL. A name that a GET never asks for is
 * refused after its handler: a misspelt filter must not show everything.
 */
const char *request_query(struct request *request, const char *name);

/* The handler has looked at every query itself. */
void request_queries_known(struct request *request);

/* ERR_INVALID: a query that nobody asked for. */
enum error request_queries_end(struct request *request) MUST_CHECK;

/* A query that is a number from minimum to maximum, or `fallback`.
 * ERR_INVALID with a complaint otherwise. */
enum error request_query_u64(struct request *request, const char *name,
    uint64_t minimum, uint64_t maximum, uint64_t fallback,
    uint64_t *number) MUST_CHECK;

/*
 * Is `seq` the version that If-Match names, if it names any?
 * ERR_PRECONDITION
 */
enum error request_match(struct request *request, uint64_t seq) MUST_CHECK;

/* Everything it owns but itself. */
void request_clear(struct request *request);

#endif
