/* kind.h -- what an object is made of: one table drives everything. */
#ifndef KIND_H
#define KIND_H

#include "db.h"
#include "kl_buf.h"
#include "request.h"

#include <jansson.h>

/*
 * A kind of object is a struct that begins with struct object, a table of its
 * name, and one list of members. From the list come: reading a body, the
 * reply, OpenAPI, the columns, and the data of the object's events: the
 * after-image of its public members, and a salted digest of the others.
 */
struct object {
	const char *id;       /* token; the subject of its events */
	const char *state;    /* a word of event.c */
	uint64_t seq;         /* its version: events about it */
	uint64_t event_index; /* of the last one */
};

enum member_type {
	MEMBER_TEXT,   /* const char *; bounds in characters; one line */
	MEMBER_PROSE,  /* the same, line breaks allowed */
	MEMBER_TOKEN,  /* const char *; kl_is_token(); bounds in bytes */
	MEMBER_CHOICE, /* const char *; one of `choices` */
	MEMBER_USCC,   /* const char *; GB 32100 with its check digit */
	MEMBER_HASH,   /* const char *; 64 lower-case digits */
	MEMBER_NUMBER, /* uint64_t; bounds inclusive */
	MEMBER_FLAG,   /* uint64_t, 0 or 1; JSON true or false */
	MEMBER_TIME,   /* int64_t, seconds; DB_TIME_NONE for none */
	MEMBER_JSON,   /* const char *; canonical JSON of an object or array,
			  bounds in bytes */
};

enum member_flag {
	MEMBER_IN = 1 << 0,       /* a client gives it */
	MEMBER_OPTIONAL = 1 << 1, /* may be left out: NULL, 0, none */
	MEMBER_PRIVATE = 1 << 2,  /* in no public answer, and of the log only
				     a salted digest */
	MEMBER_SECRET = 1 << 3,   /* as private, and in no answer at all */
	MEMBER_PASSING = 1 << 4,  /* of a body only: no column, no event */
	MEMBER_UNIQUE = 1 << 5,   /* no two rows have it (a UNIQUE key) */
	MEMBER_LATER = 1 << 6,    /* changes after the object was made */
};

struct member {
	const char *name; /* in JSON, and of the column */
	enum member_type type;
	size_t offset;
	uint64_t minimum, maximum;
	unsigned flags;
	const char *choices; /* words separated by one space */
	const char *help;    /* one sentence */
};

/*
 * A table that takes rows many at a time. `keys` are its UNIQUE keys, so that
 * a duplicate inside a batch is refused to the act that brings it: each lists
 * its columns, counted from 1, ended by 0; an empty one ends the list.
 */
enum { TABLE_KEYS_MAX = 4, TABLE_KEY_COLUMNS_MAX = 4 };
struct act_table {
	struct db_statement insert;
	size_t column_count;
	uint8_t keys[TABLE_KEYS_MAX][TABLE_KEY_COLUMNS_MAX];
};

/*
 * A shape in which the kind is listed: the rows whose `filters` columns have
 * given values, by `sort`. The key `index` has these columns in this order, so
 * that a page is one range of it, however far in. `sort` is id, event_index or
 * a member of text or number; no two rows of one list agree in it.
 */
enum { KIND_FILTERS_MAX = 3 };
struct kind_list {
	const char *index;
	const char *filters[KIND_FILTERS_MAX + 1]; /* ends with NULL */
	const char *sort;
	bool descending;
	struct db_statement select; /* made by kind_prepare(): the filters, the
				       sort of the last row before, a limit */
};

struct kind {
	const char *name;             /* of the schema in OpenAPI */
	const char *table;            /* NULL for a body that is not stored */
	size_t size;                  /* of the struct */
	const struct member *members; /* ends with { 0 } */
	unsigned shown;               /* its enum collection */
	struct kind_list *lists;      /* ends with { 0 }; NULL for none */
	bool hot; /* each act wants one: a batch brings them in together */
	/* Made by kind_prepare(). */
	struct act_table *rows;
	struct db_statement *select, *update;
	struct db_statement *select_many; /* KIND_MANY ids; NULL unless hot */
	struct db_statement *scan;    /* after an id, so many: of klero fsck */
	const struct member **sorted; /* what an event tells, by name */
};

/* What is true or false of a row at the moment, though no member says it. */
struct kind_claim {
	const char *name;
	bool (*holds)(const void *row);
};

enum { MEMBERS_MAX = 48, KIND_MANY = 256 };

/* `struct STRUCT` has a field named as the member. */
#define MEMBER(struct_, field_, type_, minimum_, maximum_, flags_, help_)      \
	{                                                                      \
		.name = #field_, .type = type_,                                \
		.offset = offsetof(struct struct_, field_),                    \
		.minimum = (minimum_), .maximum = (maximum_),                  \
		.flags = (flags_), .help = (help_)                             \
	}
#define MEMBER_OF(struct_, field_, choices_, flags_, help_)                    \
	{                                                                      \
		.name = #field_, .type = MEMBER_CHOICE,                        \
		.offset = offsetof(struct struct_, field_), .flags = (flags_), \
		.choices = (choices_), .help = (help_)                         \
	}

/* Of a body that has no members: {}. */
extern const struct kind kind_nothing;

/* Every kind that has a table; ends with NULL. In kinds.c. */
extern struct kind *const kinds[];

/* Build the statements of every kind. Once, before any thread. */
void kind_prepare(void);

/* Every statement of every kind: `writes` or reads; NULL-terminated, lives
 * as long as the program. */
const struct db_statement *const *kind_statements(bool writes);

/* A new struct of this kind in `arena`, all members none. */
void *kind_make(const struct kind *kind, struct arena *arena);

/* A deep copy: into `arena`, or with NULL into one malloc'd piece. */
void *kind_copy(const struct kind *kind, const void *row, struct arena *arena);

/*
 * Read the body into `row`. Members not given by clients are refused, as are
 * unknown ones; each fault is a complaint, and what it is about is none in
 * `row`: the others are there, so that they can be judged, too.
 * ERR_INVALID
 */
enum error kind_read(struct request *request, const struct kind *kind,
    const json_t *body, void *row) MUST_CHECK;

/* The object as its readers see it; private members only if `whole`. */
json_t *kind_json(const struct kind *kind, const void *row, bool whole);

/* The members of that object as text, in its order, without the braces. */
void kind_write(
    struct kl_buf *out, const struct kind *kind, const void *row, bool whole);

/* The id and the public members that never change: the same at any time. */
json_t *kind_constant(const struct kind *kind, const void *row);

/*
 * The data of an event: state and public members, and the digest of private
 * ones under `private`, salted with `salt` (NULL when it has none).
 */
json_t *kind_event_data(
    const struct kind *kind, const void *row, const uint8_t *salt);

/*
 * The same as canonical JSON, of a kind that has a table. False, and nothing
 * written, for a row with a member of JSON: how deep that is nobody knows.
 */
bool kind_write_event(struct kl_buf *out, const struct kind *kind,
    const void *row, const uint8_t *salt);

/* Make kind->sorted; of kind_prepare(). */
void kind_sort(struct kind *kind);
bool kind_has_private(const struct kind *kind);

/* Values of the insert: id, state, seq, event_index, then the members.
 * Returns their number. */
size_t kind_bind(const struct kind *kind, const void *row,
    struct db_in in[static MEMBERS_MAX]);

/* Places of the select, in the same order, into `row`. */
size_t kind_fetch(
    const struct kind *kind, void *row, struct db_out out[static MEMBERS_MAX]);

/* The columns that every kind has. */
#define KIND_COLUMNS "id, state, seq, event_index"
enum { KIND_COLUMN_COUNT = 4 };

#endif
