#include "plain.h"

#include "html.h"
#include "kl_beacon.h"
#include "kl_pulse.h"

#include <string.h>

/* --- words ---------------------------------------------------------------- */

static const struct html_word states[] = {
	{ "drafted", "名单公示", "Draft shown" },
	{ "declared", "已冻结", "Frozen" },
	{ "locked", "已锁定", "Locked" },
	{ "sealed", "已封存", "Sealed" },
	{ "stopped", "已叫停", "Given up" },
	{ "closed", "已结束", "Closed" },
	{ "annulled", "已撤销", "Annulled" },
	{ "dropped", "已取消", "Dropped" },
	{ 0 },
};
static const struct html_word outcomes[] = {
	{ "result", "有结果", "a result" },
	{ "failed", "流标", "failed" },
	{ "void", "终止", "void" },
	{ 0 },
};
static const struct html_word reasons[] = {
	{ "drawn", "按规则抽出", "Drawn by the rule" },
	{ "too-few", "提交承诺的参与方不足两个",
	    "Fewer than two parties committed" },
	{ "absent", "必需的参与方没有提交承诺",
	    "A required party did not commit" },
	{ "unwitnessed", "见证联署不足", "Too few witnesses cosigned in time" },
	{ "unsealed", "有秘密未揭示，且封存未及时联署",
	    "A secret is missing and the seal was not cosigned in time" },
	{ "withheld", "没有任何参与方揭示秘密",
	    "No party revealed its secret" },
	{ "beacon", "约定的信标值没有出现",
	    "The declared beacon value did not come" },
	{ "cancelled", "经两方批准取消", "Cancelled, with two approvals" },
	{ "party", "有参与方没有揭示秘密", "A party withheld its secret" },
	{ 0 },
};
static const struct html_word beacons[] = {
	{ "none", "不使用", "none" },
	{ "public", "现场公开随机值", "a public value" },
	{ "nist", "NIST 信标", "the NIST beacon" },
	{ "drand", "drand 信标", "the drand beacon" },
	{ 0 },
};
static const struct html_word refusals[] = {
	{ "refused", "中选机构放弃", "It refused" },
	{ "silent", "逾期未确认", "It did not answer" },
	{ "unqualified", "不再符合资格", "It no longer qualifies" },
	{ "terminated", "合同终止", "Its contract was terminated" },
	{ 0 },
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void cell_text(struct kl_buf *to, const json_t *row, const char *name)
{
	html_cell(to);
	html_text(to, text_of(row, name));
}

static void cell_number(struct kl_buf *to, const json_t *row, const char *name)
{
	html_cell(to);
	html_number(to, number_of(row, name));
}

/* --- what it says of itself ----------------------------------------------- */

/* Is the beacon one that anybody could have made for a test? protocol §1. */
static bool is_test(const json_t *draw)
{
	const char *kind = text_of(draw, "beacon");
	const char *source = text_of(draw, "beacon_source");
	struct kl_certificate_id id;
	struct kl_hash hash;

	if (strcmp(kind, "drand") == 0)
		return kl_unhex(source, strlen(source), hash.bytes,
			   sizeof(hash.bytes)) == KL_OK &&
		       !kl_chain_pinned(&hash);
	if (strcmp(kind, "nist") == 0)
		return kl_unhex(source, strlen(source), id.bytes,
			   sizeof(id.bytes)) == KL_OK &&
		       !kl_certificate_pinned(&id);
	return false;
}

static void put_warnings(struct kl_buf *to, const json_t *draw)
{
	if (json_is_true(json_object_get(draw, "rehearsal")))
		kl_buf_add_text(to, "<p><strong>演练 REHEARSAL</strong></p>\n");
	if (is_test(draw))
		kl_buf_add_text(to, "<p><strong>测试 test</strong></p>\n");
	if (json_is_true(json_object_get(draw, "overdue"))) {
		kl_buf_add_text(to, "<p><strong>");
		html_both(
		    to, "已逾期，视为失败", "Overdue: it counts as failed");
		kl_buf_add_text(to, "</strong></p>\n");
	}
}

/* --- one draw ------------------------------------------------------------- */

enum form { TEXT, WORD, TIME, NUMBER, NOTICE, DRAW };

static const struct line {
	const char *member, *zh, *en;
	enum form form;
	const struct html_word *words;
} lines[] = {
	{ "state", "状态", "State", WORD, states },
	{ "outcome", "结果", "Outcome", WORD, outcomes },
	{ "reason", "原因", "Reason", WORD, reasons },
	{ "title", "项目", "Project", TEXT, NULL },
	{ "owner_name", "项目业主", "Owner", TEXT, NULL },
	{ "project", "项目编码", "Code of the project", TEXT, NULL },
	{ "notice", "公告", "Notice", NOTICE, NULL },
	{ "attempt", "第几次抽取", "Attempt", NUMBER, NULL },
	{ "previous", "上一次抽取", "Attempt before", DRAW, NULL },
	{ "entrants", "入围", "Entrants", NUMBER, NULL },
	{ "selected", "选取", "To be selected", NUMBER, NULL },
	{ "alternates", "候补", "Alternates", NUMBER, NULL },
	{ "draft_until", "异议截止", "Objections until", TIME, NULL },
	{ "commit_by", "承诺截止", "Commit by", TIME, NULL },
	{ "reveal_by", "揭示截止", "Reveal by", TIME, NULL },
	{ "beacon_time", "信标时间", "Beacon time", TIME, NULL },
	{ "closed_at", "结束时间", "Closed", TIME, NULL },
	{ "beacon", "公共随机信标", "Beacon", WORD, beacons },
	{ "beacon_round", "信标轮次", "Round", NUMBER, NULL },
	{ "beacon_value", "信标值", "Value of the beacon", TEXT, NULL },
	{ "quorum", "所需见证联署", "Cosignatures needed", NUMBER, NULL },
	{ "declare_hash", "冻结声明的摘要", "Digest of the declaration", TEXT,
	    NULL },
};

static bool is_empty(const json_t *value)
{
	return json_is_string(value) ? *json_string_value(value) == '\0'
				     : json_integer_value(value) == 0;
}

static void put_value(
    struct kl_buf *to, const struct line *line, const json_t *value)
{
	const char *text = json_string_value(value);

	switch (line->form) {
	case TEXT:
		html_text(to, text);
		break;
	case WORD:
		html_word(to, line->words, text);
		break;
	case TIME:
		html_time(to, text);
		break;
	case NUMBER:
		html_number(to, json_integer_value(value));
		break;
	case NOTICE:
		html_link(to, "/v1/notices/", text, text);
		break;
	case DRAW:
		html_link(to, "/draws/", text, text);
		break;
	}
}

static void put_lines(struct kl_buf *to, const json_t *draw)
{
	kl_buf_add_text(to, "<dl>\n");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const json_t *value = json_object_get(draw, lines[i].member);

		if (is_empty(value) ||
		    json_is_integer(value) != (lines[i].form == NUMBER))
			continue;
		kl_buf_add_text(to, "<dt>");
		html_both(to, lines[i].zh, lines[i].en);
		kl_buf_add_text(to, "</dt><dd>");
		put_value(to, &lines[i], value);
		kl_buf_add_text(to, "</dd>\n");
	}
	kl_buf_add_text(to, "</dl>\n");
}

/* The replacement with this entry as `out` or `in`; or NULL. */
static const json_t *replaced(
    const json_t *draw, const char *member, const char *entry)
{
	const json_t *list = json_object_get(draw, "replaced"), *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (strcmp(text_of(one, member), entry) == 0)
			return one;
	}
	return NULL;
}

static void put_role(struct kl_buf *to, const json_t *draw, const json_t *rank)
{
	const char *entry = text_of(rank, "entry");
	const json_t *left = replaced(draw, "out", entry);
	json_int_t alternate = number_of(rank, "alternate");

	if (left) {
		html_both(to, "中选后退出", "selected, then left");
		kl_buf_add_text(to, ": ");
		html_word(to, refusals, text_of(left, "reason"));
	} else if (alternate == 0) {
		html_both(to, "中选", "selected");
	} else if (replaced(draw, "in", entry)) {
		html_both(to, "候补递补", "moved up");
	} else {
		html_both(to, "候补", "alternate");
		kl_buf_add_byte(to, ' ');
		html_number(to, alternate);
	}
}

static void put_ranking(struct kl_buf *to, const json_t *draw)
{
	const json_t *list = json_object_get(draw, "ranking"), *rank;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "结果", "Result", { "名次", "Rank" },
	    { "机构", "Institution" }, { "代码", "Code" },
	    { "结果", "Result" });
	json_array_foreach (list, i, rank) {
		kl_buf_add_text(to, "<tr>");
		cell_number(to, rank, "rank");
		cell_text(to, rank, "name");
		cell_text(to, rank, "entry");
		html_cell(to);
		put_role(to, draw, rank);
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void cell_flag(struct kl_buf *to, const json_t *row, const char *name)
{
	html_cell(to);
	if (json_is_true(json_object_get(row, name)))
		html_both(to, "是", "yes");
	else
		html_both(to, "否", "no");
}

static void put_parties(struct kl_buf *to, const json_t *draw)
{
	const json_t *list = json_object_get(draw, "parties"), *party;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "参与方", "Parties", { "参与方", "Party" },
	    { "必需", "Required" }, { "已承诺", "Committed" },
	    { "已揭示", "Revealed" });
	json_array_foreach (list, i, party) {
		kl_buf_add_text(to, "<tr>");
		cell_text(to, party, "party");
		cell_flag(to, party, "required");
		cell_flag(to, party, "committed");
		cell_flag(to, party, "revealed");
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void put_texts(struct kl_buf *to, const json_t *draw)
{
	const json_t *list = json_object_get(draw, "texts"), *text;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	HTML_TABLE(to, "2", "公布的文本", "Published texts", { "文本", "Text" },
	    { "SHA-256", "" }, { "日志序号", "Entry of the log" });
	json_array_foreach (list, i, text) {
		kl_buf_add_text(to, "<tr>");
		html_cell(to);
		kl_buf_add_text(to, "<a href=\"/v1/draws/");
		html_text(to, text_of(draw, "id"));
		kl_buf_add_text(to, "/texts/");
		html_text(to, text_of(text, "name"));
		kl_buf_add_text(to, "\">");
		html_text(to, text_of(text, "name"));
		kl_buf_add_text(to, "</a><td><code>");
		html_text(to, text_of(text, "sha256"));
		kl_buf_add_text(to, "</code>");
		cell_number(to, text, "event_index");
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
}

static void put_proof(struct kl_buf *to, const json_t *draw)
{
	const char *id = text_of(draw, "id");

	kl_buf_add_text(to, "<p>");
	if (json_object_get(draw, "close_hash") &&
	    *text_of(draw, "close_hash")) {
		kl_buf_add_text(to, "<a href=\"/v1/draws/");
		html_text(to, id);
		kl_buf_add_text(to, "/pack\">");
		html_both(to, "下载证据包，自己核验",
		    "Download the evidence pack and verify it yourself");
		kl_buf_add_text(to, "</a> · ");
	}
	html_link(to, "/v1/draws/", id, "JSON");
	kl_buf_add_text(to, "</p>\n");
}

void plain_draw(struct kl_buf *to, const json_t *draw)
{
	kl_buf_add_text(to, "<h1>");
	html_both(to, "抽取", "Draw");
	kl_buf_add_byte(to, ' ');
	html_text(to, text_of(draw, "id"));
	kl_buf_add_text(to, "</h1>\n");
	put_warnings(to, draw);
	put_lines(to, draw);
	put_ranking(to, draw);
	put_parties(to, draw);
	put_texts(to, draw);
	put_proof(to, draw);
}

void plain_draw_title(struct kl_buf *to, const json_t *draw)
{
	kl_buf_add_text(to, "抽取 ");
	html_text(to, text_of(draw, "id"));
	kl_buf_add_text(to, " · 中介服务超市");
}

/* --- all draws ------------------------------------------------------------ */

void plain_draws(struct kl_buf *to, const json_t *list)
{
	const json_t *items = json_object_get(list, "items"), *draw;
	const char *next = text_of(list, "next_cursor");
	size_t i;

	HTML_TABLE(to, "1", "抽取列表", "All draws, the newest first",
	    { "编号与项目", "Draw, project" }, { "状态", "State" },
	    { "结果", "Outcome" }, { "入围 / 选取", "Entrants / select" });
	json_array_foreach (items, i, draw) {
		const char *id = text_of(draw, "id");

		kl_buf_add_text(to, "<tr>");
		html_cell(to);
		html_link(to, "/draws/", id, id);
		kl_buf_add_text(to, "<br>");
		html_text(to, text_of(draw, "project"));
		html_cell(to);
		html_word(to, states, text_of(draw, "state"));
		html_cell(to);
		html_word(to, outcomes, text_of(draw, "outcome"));
		cell_number(to, draw, "entrants");
		kl_buf_add_text(to, " / ");
		html_number(to, number_of(draw, "selected"));
		kl_buf_add_text(to, "</tr>\n");
	}
	html_table_end(to);
	if (*next) {
		kl_buf_add_text(to, "<p>");
		html_link(to, "/v1/draws?cursor=", next, "更早的 older (JSON)");
		kl_buf_add_text(to, "</p>\n");
	}
}

/* --- in its place --------------------------------------------------------- */

bool plain_compose(struct kl_buf *to, const char *document,
    const struct kl_buf *title, const struct kl_buf *body)
{
	static const char mark[] = "<main id=\"plain\">";
	const char *from = strstr(document, "<title>");
	const char *end = from ? strstr(from, "</title>") : NULL;
	const char *place = end ? strstr(end, mark) : NULL;

	if (!place)
		return false;
	from += strlen("<title>");
	place += strlen(mark);
	if (title->size > 0) {
		kl_buf_add(to, document, (size_t)(from - document));
		kl_buf_add(to, title->data, title->size);
		document = end;
	}
	kl_buf_add(to, document, (size_t)(place - document));
	kl_buf_add(to, body->data, body->size);
	kl_buf_add_text(to, place);
	return true;
}
