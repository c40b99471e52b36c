/* files.c -- stored once they are whole, and shown to whom they concern. */
#include "files.h"

#include "kl_scope.h"
#include "lending.h"
#include "list.h"
#include "roll.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = 32, SHA256_SHOWN = 16 };

/* Whatever a browser makes of it, it runs nothing and is of no origin. */
#define CONTENT_POLICY "default-src 'none'; frame-ancestors 'none'; sandbox"

#define M(...)         MEMBER(file, __VA_ARGS__)
static const struct member members[] = {
	M(organisation, MEMBER_TOKEN, 1, 64, 0, "whose it is"),
	M(sha256, MEMBER_HASH, 0, 0, 0, "by which it is named as evidence"),
	M(size, MEMBER_NUMBER, 1, UPLOAD_SIZE_MAX, 0, "in bytes"),
	MEMBER_OF(file, type, UPLOAD_MEDIA, 0, "what its content is"),
	M(name, MEMBER_TEXT, 1, UPLOAD_NAME_MAX, MEMBER_PRIVATE,
	    "as its holder calls it"),
	M(stored_at, MEMBER_TIME, 0, 0, 0, "when it was stored"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_organisation",
	    .filters = { "organisation" },
	    .sort = "id" },
	{ 0 },
};

struct kind file_kind = {
	.name = "File",
	.table = "file",
	.size = sizeof(struct file),
	.members = members,
	.shown = SHOWS_NOTHING,
	.lists = lists,
};

/* --- as evidence ---------------------------------------------------------- */

static const struct db_statement count_own = {
	"SELECT COUNT(*) FROM file WHERE sha256 = ? AND organisation IN "
	"(SELECT ? UNION ALL SELECT registration FROM profile WHERE id = ?)",
};

enum error file_check(struct request *request, const char *pointer,
    const char *organisation, const char *sha256)
{
	uint64_t count = 0;
	enum error error;

	if (!sha256)
		return ERR_OK;
	error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_own,
		    DB_IN(db_text(sha256), db_text(organisation),
			db_text(organisation)),
		    DB_OUT(db_to_u64(&count)));
	if (error || count > 0)
		return error;
	return request_complain(request, pointer, "no-file",
	    "本单位没有上传过这份文件(POST /v1/files)",
	    "no file of one's own has this digest: POST /v1/files first", NULL);
}

/* --- storing -------------------------------------------------------------- */

static const struct db_statement select_stored = {
	"SELECT COALESCE(SUM(size), 0) FROM file WHERE organisation = ?",
};

static enum error prepare_store(struct request *request)
{
	const struct upload *upload = request->upload;
	struct file *file = kind_make(&file_kind, &request->arena);

	file->object.id = upload->id;
	file->sha256 = upload->sha256;
	file->size = upload->size;
	file->type = upload->type;
	file->name = upload->name;
	request->prepared = file;
	return ERR_OK;
}

/* In the act, so that none comes between what it counts and what it adds. */
static enum error check_room(struct request *request, const struct file *file)
{
	uint64_t stored = 0, most = upload_each_max();
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_stored,
		    DB_IN(db_text(file->organisation)),
		    DB_OUT(db_to_u64(&stored)));
	if (error || stored + file->size <= most)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "本单位的文件总量不得超过 {0} 字节",
	    "the files of one organisation may have {0} bytes in all",
	    request_number(request, most), NULL);
}

static enum error store(struct request *request)
{
	struct file *file =
	    kind_copy(&file_kind, request->prepared, &request->arena);
	enum error error;

	file->organisation = request->caller.organisation;
	file->stored_at = act_at(request);
	error = check_room(request, file);
	if (!error)
		error = act_add(
		    request, &file_kind, file, EVENT_FILE_STORED, NULL, NULL);
	return error ? error
		     : list_made(request, &file_kind, file, "/v1/files");
}

/* --- who may see it ------------------------------------------------------- */

/*
 * Whose it is by now, and whether something that is public names it: the
 * licence of who is on the roll, and a qualification that somebody has looked
 * at, or that stands because nobody did.
 */
#define HOLDER "COALESCE(r.uscc, f.organisation)"
static const struct db_statement select_standing = {
	"SELECT " HOLDER ", EXISTS (SELECT 1 FROM profile p"
	" WHERE p.id = " HOLDER " AND p.licence = f.sha256)"
	" OR EXISTS (SELECT 1 FROM qualification q"
	" WHERE q.institution = " HOLDER " AND q.evidence = f.sha256"
	" AND q.state NOT IN ('declared', 'dropped'))"
	" FROM file f LEFT JOIN registration r"
	" ON r.id = f.organisation AND r.state = 'entered' WHERE f.id = ?",
};

/* What is not for this caller is as what is not there. */
static enum error find(
    struct request *request, const struct file **file, bool *whole)
{
	const struct caller *caller = &request->caller;
	const char *holder;
	uint64_t public = 0;
	const void *row;
	enum error error =
	    list_find(request, &file_kind, request->params[0], &row);

	if (!error)
		error = db_row(request->db, &select_standing,
		    DB_IN(db_text(request->params[0])),
		    DB_OUT(db_to_text(&holder), db_to_u64(&public)));
	if (error)
		return error;
	*file = row;
	*whole = caller->account &&
		 ((caller->role & ROLL_READERS) ||
		     strcmp(caller->organisation, (*file)->organisation) == 0 ||
		     strcmp(caller->organisation, holder) == 0);
	return *whole || public ? ERR_OK : ERR_NOT_FOUND;
}

static enum error show(struct request *request)
{
	const struct file *file;
	bool whole;
	enum error error = find(request, &file, &whole);

	return error ? error : list_shown(request, &file_kind, file, whole);
}

static enum error list_own(struct request *request)
{
	const struct list_view view = { .column = "organisation",
		.value = request->caller.organisation,
		.whole = true };

	return list_reply(request, &file_kind, &view);
}

static const struct db_statement select_any = {
	"SELECT EXISTS (SELECT 1 FROM file WHERE organisation = ?)",
};

/* Of who has stored none as of who is not there. */
static enum error list_of(struct request *request)
{
	const struct list_view view = { .column = "organisation",
		.value = request->params[0],
		.whole = true };
	uint64_t any = 0;
	enum error error = db_row(request->db, &select_any,
	    DB_IN(db_text(request->params[0])), DB_OUT(db_to_u64(&any)));

	if (error)
		return error;
	return any ? list_reply(request, &file_kind, &view) : ERR_NOT_FOUND;
}

/* --- its content ---------------------------------------------------------- */

static const struct db_statement select_part = {
	"SELECT bytes FROM file_part WHERE file = ? AND number = ?",
};

static enum error read_parts(
    struct request *request, const struct file *file, char *bytes)
{
	enum error error = ERR_OK;
	uint64_t number = 0;

	for (uint64_t at = 0; at < file->size && !error; at += UPLOAD_PART) {
		size_t left = (size_t)(file->size - at);

		error = db_row(request->db, &select_part,
		    DB_IN(db_text(file->object.id), db_u64(number++)),
		    DB_OUT(db_to_bytes(
			bytes + at, left < UPLOAD_PART ? left : UPLOAD_PART)));
	}
	/* A part that is gone is our fault, not the client's. */
	return error == ERR_NOT_FOUND ? ERR_DATABASE : error;
}

/* For others it is named by its digest. */
static const char *name_of(
    struct request *request, const struct file *file, bool whole)
{
	return whole ? file->name
		     : arena_format(&request->arena, "%.*s.%s", SHA256_SHOWN,
			   file->sha256, upload_suffix(file->type));
}

static enum error show_content(struct request *request)
{
	const struct file *file;
	char *bytes;
	bool whole;
	enum error error = find(request, &file, &whole);

	if (!error)
		error = lending_take(request, (size_t)file->size);
	if (error)
		return error;
	bytes = arena_malloc((size_t)file->size);
	error = read_parts(request, file, bytes);
	if (error) {
		free(bytes);
		return error;
	}
	request->attachment = name_of(request, file, whole);
	request->policy = CONTENT_POLICY;
	request->cache_control = "private, no-store";
	return request_reply_bytes(
	    request, 200, file->type, bytes, (size_t)file->size);
}

/* --- the resource --------------------------------------------------------- */

static const struct route routes[] = {
	{ "POST", "/v1/files", store, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION | KL_SCOPE_MANAGE,
	    .who = ROLE_INSTITUTION | ROLL_KEEPERS, .body_max = UPLOAD_SIZE_MAX,
	    .media = UPLOAD_MEDIA, .part_max = UPLOAD_PART,
	    .output = &file_kind, .prepare = prepare_store,
	    .summary = "Store a file of evidence" },
	{ "GET", "/v1/files", list_own, ROUTE_READ,
	    .scope = KL_SCOPE_REGISTRATION | KL_SCOPE_READ,
	    .who = ROLE_INSTITUTION | ROLL_KEEPERS, .output = &file_kind,
	    .within = "organisation", .summary = "The files of one's own" },
	{ "GET", "/v1/organisations/{id}/files", list_of, ROUTE_READ,
	    .scope = KL_SCOPE_READ, .who = ROLL_READERS, .output = &file_kind,
	    .within = "organisation",
	    .summary = "The files of a registration or an institution" },
	{ "GET", "/v1/files/{id}", show, ROUTE_READ,
	    .scope = KL_SCOPE_REGISTRATION | KL_SCOPE_READ,
	    .who = ROLE_SOMEBODY, .either = true, .output = &file_kind,
	    .summary = "A file that is public or one's own, for who keeps the "
		       "roll any" },
	{ "GET", "/v1/files/{id}/content", show_content, ROUTE_READ,
	    .scope = KL_SCOPE_REGISTRATION | KL_SCOPE_READ,
	    .who = ROLE_SOMEBODY, .either = true,
	    .summary = "Its bytes, to be saved" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_any,
	&select_standing, &select_part, NULL };
static const struct db_statement *const writes[] = { &count_own, &select_stored,
	NULL };

const struct resource files_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
	.upkeeps = upload_upkeeps,
};
