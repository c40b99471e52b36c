/* list.h -- what readers get: one object, or a page of a list. */
#ifndef LIST_H
#define LIST_H

#include "kind.h"

enum { LIST_LIMIT = 50, LIST_LIMIT_MAX = 200 };

/*
 * The lists of a kind are shapes (struct kind_list). A request picks the one
 * whose filters are exactly its query names, `limit` and `cursor` aside, so
 * every page is a range of one key. The cursor is good for the same list and
 * the same filters only.
 */
struct list_view {
	/* A filter that the handler sets, and no query can. NULL for none. */
	const char *column, *value;
	bool whole; /* show private members too */
	/* May change a row before it is shown; what it answers with
	 * ERR_NOT_FOUND is left out, as what route->query asks for. NULL:
	 * shown as it is. */
	enum error (*look)(struct request *request, void *row);
	const struct kind_claim *claim; /* shown after the members; or NULL */
};

/*
 * Reply {"items": […], "next_cursor": … or null}, and Link: rel="next"; with
 * ?format=csv or xlsx the rows as a file (export.h). `view` may be NULL.
 * ERR_INVALID    a limit beyond LIST_LIMIT_MAX, filters that no shape has, a
 *                cursor of another list
 * ERR_BUSY ERR_DATABASE
 */
enum error list_reply(struct request *request, const struct kind *kind,
    const struct list_view *view) MUST_CHECK;

/*
 * For a GET: the row of this id, in the request's arena. In an act use
 * act_find().
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error list_find(struct request *request, const struct kind *kind,
    const char *id, const void **row) MUST_CHECK;

/* In an act act_find(), of a worker list_find(). Errors likewise. */
enum error list_look(struct request *request, const struct kind *kind,
    const char *id, const void **row) MUST_CHECK;

/* Reply the object that request->params[0] names, its public members. */
enum error list_one(
    struct request *request, const struct kind *kind) MUST_CHECK;

/* Its ETag is its seq, for If-Match, and our build: another one may show it
 * otherwise. service design §6. */
void list_tag(struct request *request, const void *row);

/* Reply a row, its private members too if `whole`; 201 for a new one, whose
 * Location is in `folder`: "/v1/notices". With list_tag(). */
enum error list_made(struct request *request, const struct kind *kind,
    const void *row, const char *folder) MUST_CHECK;
enum error list_shown(struct request *request, const struct kind *kind,
    const void *row, bool whole) MUST_CHECK;

#endif
