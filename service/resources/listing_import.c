/* listing_import.c -- listings that an operator brings in as a file. */
#include "imports.h"
#include "institutions.h"
#include "list.h"
#include "listings.h"

const struct db_statement listing_select_live = {
	"SELECT id FROM listing FORCE INDEX (one_live) "
	"WHERE institution = ? AND category = ? AND live = 1",
};

static const char *key(struct request *request, const void *row)
{
	const struct listing *listing = row;

	return arena_format(&request->arena, "%s/%s",
	    listing->institution ? listing->institution : "-",
	    listing->category);
}

/* The one of the offer. */
static enum error find(
    struct request *request, const void *row, const void **now)
{
	const struct listing *listing = row;
	const char *id;
	enum error error;

	if (!listing->institution)
		return ERR_NOT_FOUND;
	error = db_row(request->db, &listing_select_live,
	    DB_IN(db_text(listing->institution), db_text(listing->category)),
	    DB_OUT(db_to_text(&id)));
	return error ? error : list_look(request, &listing_kind, id, now);
}

static enum error check(struct request *request, void *row, const void *now)
{
	struct listing *listing = row;
	const void *institution;
	enum error error;

	(void)now;
	if (!listing->institution)
		return request_complain(request, "/institution", "missing",
		    "必填", "is missing", NULL);
	error = list_look(
	    request, &institution_kind, listing->institution, &institution);
	if (error == ERR_NOT_FOUND)
		return request_complain(request, "/institution", "unknown",
		    "没有这家机构", "there is no such institution", NULL);
	return error ? error : listing_check_whole(request, listing);
}

static enum error complete(
    struct request *request, void *row, const void *now, size_t number)
{
	struct listing *listing = row;
	const struct listing *before = now;

	if (!before) {
		listing->object.id = act_new_id(request,
		    arena_format(&request->arena, "listing %zu", number));
		listing->version = 1;
		listing->published_at = act_at(request);
		listing->effective_at = act_at(request);
		return ERR_OK;
	}
	listing->version = before->version;
	listing->published_at = before->published_at;
	listing->paused_by = before->paused_by;
	listing->reason = before->reason;
	return listing_next_version(request, listing);
}

const struct import_target listing_target = {
	.name = "listings",
	.kind = &listing_kind,
	.key = key,
	.find = find,
	.check = check,
	.added = EVENT_LISTING_PUBLISHED,
	.changed = EVENT_LISTING_REVISED,
	.complete = complete,
};
