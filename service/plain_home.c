/* plain_home.c -- the first page as words. */
#include "html.h"
#include "plain.h"

#include <string.h>

/* --- every number --------------------------------------------------------- */

static const struct number {
	const char *of, *in, *zh, *en, *from;
} numbers[] = {
	{ "institutions", "active", "在册机构", "Institutions on the roll",
	    "/v1/institutions" },
	{ "institutions", "suspended", "被暂停的机构", "suspended",
	    "/v1/institutions" },
	{ "registrations", "submitted", "正在审查的入驻申请",
	    "Registrations being checked",
	    "/v1/events?kind=registration.submitted" },
	{ "form_checks", "decided", "人工审结", "Form checks decided",
	    "/v1/events?kind=registration.passed" },
	{ "form_checks", "on_time", "其中按时", "of these in time",
	    "/v1/events?kind=registration.passed" },
	{ "form_checks", "deemed", "超时默认通过", "passed by silence",
	    "/v1/events?kind=registration.deemed" },
	{ "listings", "published", "公开的挂牌", "Listings published",
	    "/v1/listings" },
	{ "categories", "active", "服务事项", "Categories", "/v1/categories" },
	{ "offers", "categories", "有人承接的事项", "of these served",
	    "/v1/listings" },
	{ "offers", "single", "只有一家承接的事项",
	    "of these by one institution alone", "/v1/listings" },
	{ "offers", "median_workdays", "承诺工作日的中位数",
	    "Working days promised, median", "/v1/listings" },
	{ "qualifications", "expiring", "即将到期的资质",
	    "Qualifications about to expire",
	    "/v1/qualifications?state=active" },
	{ "sanctions", "imposed", "执行中的处理决定", "Sanctions in force",
	    "/v1/sanctions?state=imposed" },
	{ "notices", "open", "正在报名的公告", "Notices open for sign-up",
	    "/v1/notices?state=open" },
	{ "outcomes", "result", "有结果的抽取", "Draws with a result",
	    "/draws" },
	{ "outcomes", "failed", "流标的抽取", "Draws that failed", "/draws" },
	{ "outcomes", "void", "终止的抽取", "Draws that were void", "/draws" },
	{ "draws", "annulled", "撤销的结果", "Results annulled", "/draws" },
};

static void put_numbers(struct kl_buf *to, const json_t *home)
{
	HTML_TABLE(to, "2", "今天的超市", "The supermarket today",
	    { "内容", "What" }, { "数量", "How many" }, { "出处", "From" });
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const struct number *number = &numbers[i];
		const json_t *value = json_object_get(
		    json_object_get(home, number->of), number->in);

		if (!json_is_integer(value))
			continue;
		kl_buf_add_text(to, "<tr>");
		html_cell(to);
		html_both(to, number->zh, number->en);
		html_cell(to);
		html_number(to, json_integer_value(value));
		html_cell(to);
		html_link(to, number->from, "", number->from);
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

/* --- what goes on --------------------------------------------------------- */

static const struct html_word steps[] = {
	{ "drafted", "名单公示", "Draft shown" },
	{ "declared", "提交承诺", "Commitments" },
	{ "locked", "揭示秘密", "Reveals" },
	{ "sealed", "等待信标", "Waiting for the beacon" },
	{ 0 },
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void cell_text(struct kl_buf *to, const json_t *row, const char *name)
{
	html_cell(to);
	html_text(to, text_of(row, name));
}

static void cell_time(struct kl_buf *to, const json_t *row, const char *name)
{
	html_cell(to);
	html_time(to, text_of(row, name));
}

/* A row's first cell: its title, which leads to it. */
static void begin_row(
    struct kl_buf *to, const char *folder, const char *id, const json_t *row)
{
	kl_buf_add_text(to, "<tr>");
	html_cell(to);
	html_link(to, folder, id, text_of(row, "title"));
}

static void put_running(struct kl_buf *to, const json_t *list)
{
	const json_t *row;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "正在报名", "Open for sign-up",
	    { "公告", "Notice" }, { "项目业主", "Owner" },
	    { "报名截止", "Sign-up until" });
	json_array_foreach (list, i, row) {
		begin_row(to, "/v1/notices/", text_of(row, "notice"), row);
		cell_text(to, row, "owner_name");
		cell_time(to, row, "signup_close");
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void put_next(struct kl_buf *to, const json_t *list)
{
	const json_t *row;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "即将抽取", "Draws to come", { "抽取", "Draw" },
	    { "步骤", "Step" }, { "到", "Until" });
	json_array_foreach (list, i, row) {
		begin_row(to, "/draws/", text_of(row, "draw"), row);
		html_cell(to);
		html_word(to, steps, text_of(row, "state"));
		cell_time(to, row, "at");
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void put_names(struct kl_buf *to, const json_t *names)
{
	const json_t *name;
	size_t i;

	html_cell(to);
	json_array_foreach (names, i, name) {
		if (i > 0)
			kl_buf_add_text(to, "、");
		html_text(to, text_of(name, "name"));
	}
}

static void put_results(struct kl_buf *to, const json_t *list)
{
	const json_t *row;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "最新结果", "Latest results", { "抽取", "Draw" },
	    { "抽中", "Drawn" }, { "时间", "When" });
	json_array_foreach (list, i, row) {
		begin_row(to, "/draws/", text_of(row, "draw"), row);
		put_names(to, json_object_get(row, "names"));
		cell_time(to, row, "closed_at");
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void put_date(struct kl_buf *to, const json_t *home)
{
	kl_buf_add_text(to, "<p>");
	html_both(to, "数据截至", "As of");
	kl_buf_add_byte(to, ' ');
	html_time(to, text_of(home, "at"));
	kl_buf_add_text(to, " · ");
	html_both(to, "透明日志条数", "entries of the log");
	kl_buf_add_byte(to, ' ');
	html_number(to, json_integer_value(json_object_get(home, "log_size")));
	kl_buf_add_text(to, " · ");
	html_link(to, "/v1/events", "", "/v1/events");
	kl_buf_add_text(to, " · ");
	html_link(to, "/v1/home", "", "JSON");
	kl_buf_add_text(to, "</p>\n");
}

void plain_home(struct kl_buf *to, const json_t *home)
{
	kl_buf_add_text(to, "<h1>");
	html_both(to, "中介服务超市", "Intermediary-service supermarket");
	kl_buf_add_text(to, "</h1>\n");
	if (json_is_true(json_object_get(home, "rehearsal")))
		kl_buf_add_text(to, "<p><strong>演练 REHEARSAL</strong></p>\n");
	kl_buf_add_text(to, "<p>");
	html_link(to, "/draws", "", "抽取列表 All draws");
	kl_buf_add_text(to, " · ");
	html_link(to, "/verify.html", "", "我要验证 Verify");
	kl_buf_add_text(to, "</p>\n");
	put_running(to, json_object_get(home, "running"));
	put_next(to, json_object_get(home, "next"));
	put_results(to, json_object_get(home, "results"));
	put_numbers(to, home);
	put_date(to, home);
}
