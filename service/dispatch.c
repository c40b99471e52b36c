#include "dispatch.h"

#include "caller.h"
#include "head.h"
#include "kind.h"
#include "kl_canon.h"
#include "page.h"
#include "publisher.h"
#include "receipt.h"
#include "route.h"
#include "upload.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

/* Values, keys and brackets of a body; what each may cost is in kl_canon.h. */
enum { BODY_TOKENS_MAX = 4096, ETAG_BYTES = 16, BODY_AT_ONCE_MAX = 4096 };

/* What a page says of itself: keep it, but ask whether it is still so. */
#define PAGE_CACHING "public, max-age=0, must-revalidate"

/* --- answers -------------------------------------------------------------- */

/* The reply as text, in the order of its members; a page is ready. */
static enum error render(struct request *request)
{
	if (!request->reply)
		return request->text || request->page ? ERR_OK : ERR_INTERNAL;
	free(request->text);
	request->text = json_dumps(request->reply, JSON_COMPACT);
	request->text_size = request->text ? strlen(request->text) : 0;
	request->content_type = NULL;
	return request->text ? ERR_OK : ERR_INTERNAL;
}

/* Of anything but an act: the handler, and what it replied as text. */
static enum error run_handler(struct request *request)
{
	enum error error;

	request_forget(request);
	error = request->route->handle(request);
	if (!error)
		error = request_queries_end(request);
	return error ? error : render(request);
}

static void finish(struct request *request, enum error error)
{
	if (error && request->route->instead) {
		request_forget(request);
		error = request->route->instead(request);
	}
	if (error)
		dispatch_problem(request, error);
	http_finish(request);
}

/* --- what an act needs beforehand ----------------------------------------- */

static enum error parse_body(struct request *request)
{
	json_error_t why = { .line = 0 };
	enum kl_result result;

	json_decref(request->body);
	request->body = NULL;
	if (request->route->body_max == 0 || request->route->media)
		return ERR_OK;
	result = kl_canon_read(request->body_text, request->body_size,
	    BODY_TOKENS_MAX, &request->body, &why);
	if (result == KL_TOO_LARGE)
		return request_fail(request, ERR_TOO_LARGE,
		    "最多 {0} 层、{1} 个记号",
		    "at most {0} levels and {1} tokens",
		    request_number(request, KL_CANON_DEPTH_MAX),
		    request_number(request, BODY_TOKENS_MAX), NULL);
	if (result == KL_NO_MEMORY)
		return ERR_INTERNAL;
	if (result)
		return request_fail(request, ERR_BAD_JSON,
		    "应为一个 JSON 对象;读到第 {0} 行第 {1} 列为止",
		    "it must be one JSON object; read as far as line {0}, "
		    "column {1}",
		    request_number(
			request, (uint64_t)(why.line > 0 ? why.line : 0)),
		    request_number(
			request, (uint64_t)(why.column > 0 ? why.column : 0)),
		    NULL);
	return ERR_OK;
}

static enum error read_input(struct request *request)
{
	const struct kind *input = request->route->input;
	enum error error = parse_body(request);

	if (error || !input || !request->body || request->route->tells_all)
		return error;
	request->input = kind_make(input, &request->arena);
	return kind_read(request, input, request->body, request->input);
}

/* When it is known who asks. */
static enum error prepare_rest(struct request *request)
{
	enum error error = ERR_OK;

	if (request->query_count > 0)
		error = request_fail(request, ERR_BAD_REQUEST,
		    "此处不接受查询参数", "no query is taken here", NULL);
	if (!error)
		error = read_input(request);
	if (!error && request->route->prepare)
		error = request->route->prepare(request);
	return error;
}

/* --- on an epoll thread --------------------------------------------------- */

static bool is_too_early(const struct request *request)
{
	return request->min_size > (request->route->published
					   ? publisher_size()
					   : writer_log_size());
}

static bool now(struct request *request)
{
	enum error error;

	if (request->route->class == ROUTE_MEMORY) {
		error = run_handler(request);
		if (error)
			dispatch_problem(request, error);
		return true;
	}
	if (request->route->class == ROUTE_PAGE && !is_too_early(request)) {
		request->page = page_find(request);
		request->status = 200;
	}
	return request->page != NULL;
}

static enum job job_of(const struct request *request)
{
	return request->route->slow ? JOB_SLOW : JOB_PREPARE;
}

/* To a worker, who has a database. */
static enum error queue_act(struct request *request)
{
	enum error error;

	writer_expect(request);
	error = worker_submit(job_of(request), request);
	if (error)
		writer_dismiss(request);
	return error;
}

/* An act that needs no database beforehand goes to the writer at once: two
 * threads less to wake for it. */
static enum error begin_act(struct request *request)
{
	enum error error = ERR_NOT_FOUND;

	if (!request->route->prepare && request->body_size <= BODY_AT_ONCE_MAX)
		error = caller_recall(request);
	if (error == ERR_NOT_FOUND)
		return queue_act(request);
	if (!error)
		error = prepare_rest(request);
	return error ? error : writer_submit(request);
}

static void queue(struct request *request)
{
	enum error error;

	if (request->route->class == ROUTE_ACT) {
		error = begin_act(request);
	} else if (request->route->class == ROUTE_UPKEEP) {
		error = worker_submit(job_of(request), request);
	} else if (is_too_early(request)) {
		error = worker_park(request, request->min_size);
	} else {
		error = worker_submit(JOB_READ, request);
	}
	if (error)
		finish(request, error);
}

static void queue_part(struct request *request)
{
	enum error error = worker_submit(JOB_PART, request);

	if (error)
		http_part_done(request, error);
}

const struct http_stages dispatch_stages = { head_read, now, queue, queue_part,
	dispatch_problem };

/* --- reading -------------------------------------------------------------- */

static const char *etag_of(struct request *request)
{
	struct kl_hash hash = kl_hash_of(request->text, request->text_size);
	char hex[2 * ETAG_BYTES + 1];

	kl_hex(hash.bytes, ETAG_BYTES, hex);
	return arena_format(&request->arena, "\"%s\"", hex);
}

static void make_page(struct request *request, uint64_t version)
{
	const struct page_parts parts = {
		.content_type = request->content_type ? request->content_type
						      : "application/json",
		.cache_control = request->cache_control ? request->cache_control
							: PAGE_CACHING,
		.etag = request->etag ? request->etag : etag_of(request),
		.policy = request->policy,
		.link = request->link,
		.disposition =
		    request->attachment ? request_disposition(request) : NULL,
		.body = request->text,
		.body_size = request->text_size,
	};

	request->page = page_make(&parts);
	page_keep(request, version, request->page);
}

static enum error begin_snapshot(struct request *request)
{
	struct published *published =
	    arena_alloc(&request->arena, sizeof(*published));

	publisher_latest(published);
	request->published = published;
	return db_begin(
	    request->db, request->route->one_query ? DB_READ_ONE : DB_READ);
}

/* One snapshot; the version is taken before it begins (page.h). Of one query
 * the server needs not be told where it begins and ends. */
static enum error read_once(struct request *request)
{
	uint64_t version = page_version(request->route->shows);
	enum error error;

	if (!request->db)
		return ERR_BUSY;
	error = begin_snapshot(request);
	if (error)
		return error;
	error = caller_find(request);
	if (!error)
		error = run_handler(request);
	if (error)
		db_roll_back(request->db);
	else
		error = db_commit(request->db);
	if (!error && request->route->class == ROUTE_PAGE &&
	    request->status == 200 && !request->page)
		make_page(request, version);
	return error;
}

/* A lost connection is replaced by db_begin(), so once more may do. */
static void run_read(struct request *request)
{
	enum error error;

	if (is_too_early(request)) {
		error =
		    request_fail(request, ERR_BUSY, "日志尚未达到所要的长度",
			"the log has not that size yet", NULL);
	} else {
		error = read_once(request);
		if (error == ERR_BUSY)
			error = read_once(request);
	}
	finish(request, error);
}

/* --- acts: on a worker ---------------------------------------------------- */

static enum error prepare_inside(struct request *request)
{
	enum error error = caller_find(request);

	return error ? error : prepare_rest(request);
}

static enum error prepare_once(struct request *request)
{
	enum error error;

	request->detail = NULL;
	request->complaint_count = 0;
	request->more_complaints = false;
	request->prepared = NULL;
	request->act = NULL; /* whoever prepares anew is a worker */
	if (!request->db)
		return ERR_BUSY;
	error = begin_snapshot(request);
	if (error)
		return error;
	error = prepare_inside(request);
	if (!error)
		return db_commit(request->db);
	db_roll_back(request->db);
	return error;
}

/* The whole of what is upkeep: once, since a try at a password counts. */
static enum error do_upkeep(struct request *request)
{
	enum error error = request->db ? begin_snapshot(request) : ERR_BUSY;

	if (error)
		return error;
	error = prepare_inside(request);
	if (!error)
		error = run_handler(request);
	if (error)
		db_roll_back(request->db);
	else
		error = db_commit(request->db);
	return error;
}

static void prepare_act(struct request *request)
{
	enum error error = prepare_once(request);

	if (error == ERR_BUSY)
		error = prepare_once(request);
	if (error)
		writer_dismiss(request);
	else
		error = writer_submit(request);
	if (error)
		finish(request, error);
}

static void run_prepare(struct request *request)
{
	if (request->route->class == ROUTE_UPKEEP)
		finish(request, do_upkeep(request));
	else
		prepare_act(request);
}

/* --- acts: afterwards ----------------------------------------------------- */

void dispatch_again(struct request *request)
{
	enum error error = queue_act(request);

	if (error) {
		request->error = error;
		request->next = NULL;
		worker_finish(request);
	}
}

/* What is said once, as the last members of the answer. */
static enum error add_once(struct request *request)
{
	char *members, *text;
	size_t size = request->text_size, more;

	if (!request->once)
		return ERR_OK;
	members = json_dumps(request->once, JSON_COMPACT);
	more = members ? strlen(members) : 0;
	text = members ? malloc(size + more + 1) : NULL;
	if (!text || size < sizeof("{\"\":0}") - 1) {
		free(members);
		free(text);
		return ERR_INTERNAL;
	}
	/* `{"id":0` and `,"once":0}` */
	memcpy(text, request->text, size - 1);
	text[size - 1] = ',';
	memcpy(text + size, members + 1, more);
	free(members);
	return request_reply_bytes(request, request->status,
	    request->content_type, text, size + more - 1);
}

static void run_finish(struct request *request)
{
	enum error error = request->error;

	if (!error)
		error = receipt_finish(request);
	if (!error)
		error = add_once(request);
	if (!error)
		error = render(request);
	finish(request, error);
}

/* --- bodies that come in parts -------------------------------------------- */

static enum error begin_upload(struct request *request)
{
	enum error error = request->db ? begin_snapshot(request) : ERR_BUSY;

	if (error)
		return error;
	error = caller_find(request);
	if (!error)
		error = upload_begin(request);
	db_roll_back(request->db);
	return error;
}

static void run_part(struct request *request)
{
	http_part_done(request,
	    request->upload ? upload_part(request) : begin_upload(request));
}

worker_run *const dispatch_jobs[JOBS] = {
	[JOB_FINISH] = run_finish,
	[JOB_PREPARE] = run_prepare,
	[JOB_SLOW] = run_prepare,
	[JOB_READ] = run_read,
	[JOB_PART] = run_part,
};
