/* problem.c -- a refusal as its reader sees it: RFC 9457. */
#include "diary.h"
#include "dispatch.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>

static json_t *complaints_json(const struct request *request)
{
	json_t *list = json_array();

	for (size_t i = 0; i < request->complaint_count; i++) {
		const struct complaint *complaint = &request->complaints[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "pointer", complaint->pointer,
			"code", complaint->code, "detail", complaint->detail));
	}
	if (request->more_complaints)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "pointer", "", "code", "more",
			"detail",
			request->language == LANGUAGE_EN
			    ? "there is more that is wrong: mend this first"
			    : "还有其他错误,请先改正以上各项"));
	return list;
}

static json_t *problem_json(
    const struct request *request, const struct error_info *info)
{
	json_t *problem = json_pack("{s:s+, s:s, s:i, s:s}", "type",
	    "/problems/", info->slug, "title", info->title[request->language],
	    "status", (int)info->status, "code", info->slug);

	if (request->detail)
		json_object_set_new(
		    problem, "detail", json_string(request->detail));
	if (request->complaint_count > 0)
		json_object_set_new(
		    problem, "errors", complaints_json(request));
	return problem;
}

/* Ours to mend, not the client's: the operator hears of it. */
static void tell_diary(struct request *request, const struct error_info *info)
{
	if (info->status < 500 || request->error == ERR_BUSY ||
	    request->error == ERR_VERSION)
		return;
	diary_write("failure", "{s:s, s:s, s:s*, s:s*}", "request",
	    request_id(request), "code", info->slug, "route",
	    request->route ? request->route->path : NULL, "detail",
	    request->detail);
}

void dispatch_problem(struct request *request, enum error error)
{
	const struct error_info *info = error_info(error);
	const char *detail = request->detail;
	unsigned retry_after_s = request->retry_after_s;
	size_t complaint_count = request->complaint_count;
	bool more_complaints = request->more_complaints;
	json_auto_t *problem = NULL;

	request_forget(request); /* what was to be said of a success */
	page_release(request->page);
	request->page = NULL;
	request->log_size = 0;
	request->detail = detail;
	request->retry_after_s = retry_after_s;
	request->complaint_count = complaint_count;
	request->more_complaints = more_complaints;
	request->error = error;
	tell_diary(request, info);
	problem = problem_json(request, info);
	request->text = json_dumps(problem, JSON_COMPACT);
	if (!request->text)
		abort(); /* a problem is plain text; only memory can lack */
	request->text_size = strlen(request->text);
	request->content_type = "application/problem+json";
	request->status = info->status;
}
