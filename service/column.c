#include "column.h"

#include "kl_buf.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE_MAX = 1024 };

struct words {
	const char *name, *zh;
};

/* By name, byte by byte. What means the same has the same name everywhere. */
static const struct words words[] = {
	{ "act", "事项动作" },
	{ "added_count", "新增行数" },
	{ "address", "地址" },
	{ "affiliation_group", "关联组" },
	{ "affiliations", "关联关系" },
	{ "alternates", "候补家数" },
	{ "amount_max_fen", "最高金额（分）" },
	{ "answer", "答复" },
	{ "answered_by", "答复单位" },
	{ "approval_item", "审批事项" },
	{ "approval_items", "审批事项编码" },
	{ "approver", "批准单位" },
	{ "at", "时间" },
	{ "attempt", "第几次抽取" },
	{ "authority", "审批部门" },
	{ "authority_name", "审批部门名称" },
	{ "bad_count", "有误行数" },
	{ "basis", "依据" },
	{ "basis_source", "依据可信程度" },
	{ "beacon", "随机信标" },
	{ "beacon_delay", "信标间隔（秒）" },
	{ "beacon_round", "信标轮次" },
	{ "beacon_source", "信标来源" },
	{ "beacon_time", "信标时间" },
	{ "beacon_value", "信标值" },
	{ "by", "办理人" },
	{ "calendar", "工作日历" },
	{ "calendar_ends", "日历止于" },
	{ "cap_days", "期限上限" },
	{ "cap_unit", "期限上限单位" },
	{ "capacity", "代理关系" },
	{ "capital_fen", "注册资本（分）" },
	{ "category", "服务事项" },
	{ "change", "变动" },
	{ "changed_count", "变更行数" },
	{ "changes", "变更内容" },
	{ "close_hash", "结束文本哈希" },
	{ "closed_at", "结束时间" },
	{ "code", "编码" },
	{ "commit_by", "承诺截止" },
	{ "complaint_channel", "投诉渠道" },
	{ "conditions", "受理条件" },
	{ "contact_name", "联系人" },
	{ "contact_phone", "联系电话" },
	{ "counter", "窗口号" },
	{ "counts_from", "起算点" },
	{ "data", "内容" },
	{ "date", "日期" },
	{ "days", "天数" },
	{ "days_left", "剩余天数" },
	{ "days_max", "最长期限" },
	{ "deadline_unit", "期限单位" },
	{ "decided_by", "决定单位" },
	{ "declare_hash", "声明文本哈希" },
	{ "declared_by", "申报人" },
	{ "declared_group", "申报的关联组" },
	{ "deemed", "是否默认通过" },
	{ "defect_count", "待补正项数" },
	{ "defects", "待补正事项" },
	{ "delegate", "代办账号" },
	{ "detail", "详情哈希" },
	{ "digest", "摘要" },
	{ "draft_hash", "拟定名单哈希" },
	{ "draft_until", "名单公示截止" },
	{ "draw", "抽取编号" },
	{ "due_at", "办理截止" },
	{ "effective_at", "生效时间" },
	{ "en", "英文" },
	{ "ended_reason", "结束原因" },
	{ "ends_at", "结束日期" },
	{ "entered_at", "入驻时间" },
	{ "entrants", "可抽取家数" },
	{ "event_index", "日志序号" },
	{ "evidence", "凭据哈希" },
	{ "excluded_count", "排除家数" },
	{ "excluded_hash", "排除名单哈希" },
	{ "facts", "判定依据" },
	{ "fee", "收费" },
	{ "fee_basis", "收费依据" },
	{ "fee_ceiling", "收费上限" },
	{ "fee_fen", "收费（分）" },
	{ "fee_max_fen", "最高收费（分）" },
	{ "fee_min_fen", "最低收费（分）" },
	{ "fees", "收费统计" },
	{ "file_digest", "文件哈希" },
	{ "file_size", "文件大小（字节）" },
	{ "format", "格式" },
	{ "founded", "成立日期" },
	{ "from", "自" },
	{ "fund_source", "资金来源" },
	{ "grounds", "异议理由" },
	{ "heard", "听证日期" },
	{ "hearing", "听证情况" },
	{ "held", "被持有方" },
	{ "held_name", "被持有方名称" },
	{ "holder", "持有方" },
	{ "holder_is_state", "是否国有" },
	{ "holder_name", "持有方名称" },
	{ "id", "编号" },
	{ "imposed_at", "处理起始" },
	{ "included_count", "纳入家数" },
	{ "index", "日志序号" },
	{ "institution", "机构信用代码" },
	{ "institution_name", "机构名称" },
	{ "insured_months", "连续参保月数" },
	{ "issuer", "发证机关" },
	{ "kind", "类别" },
	{ "known", "结果是否已可知" },
	{ "lapses_at", "失效时间" },
	{ "least", "最小值" },
	{ "legal_days", "法定期限" },
	{ "legal_limit", "法定期限原文" },
	{ "legal_representative", "法定代表人" },
	{ "legal_unit", "法定期限单位" },
	{ "level", "等级" },
	{ "licence", "营业执照哈希" },
	{ "limit_source", "期限可信程度" },
	{ "lock_hash", "锁定文本哈希" },
	{ "lower", "下四分位数" },
	{ "materials", "材料" },
	{ "maximum", "上限" },
	{ "measure", "处理措施" },
	{ "median", "中位数" },
	{ "minimum", "下限" },
	{ "months", "月数" },
	{ "most", "最大值" },
	{ "name", "名称" },
	{ "name_en", "英文名称" },
	{ "names_hash", "名称表哈希" },
	{ "notice", "公告编号" },
	{ "notified", "告知日期" },
	{ "number", "号码" },
	{ "offers", "挂牌数" },
	{ "open", "是否可由地方设定" },
	{ "organisation", "组织" },
	{ "outcome", "结局" },
	{ "outlier_count", "偏离数" },
	{ "overdue", "是否逾期" },
	{ "owner", "项目业主" },
	{ "owner_name", "项目业主名称" },
	{ "parent", "上级区划" },
	{ "party", "参与方" },
	{ "path", "参数路径" },
	{ "paused_by", "暂停方" },
	{ "payload", "内容参数" },
	{ "person_name", "姓名" },
	{ "person_number", "证件号码" },
	{ "phase", "项目阶段" },
	{ "pledge", "承诺书哈希" },
	{ "policy", "政策参数" },
	{ "presence", "服务方式" },
	{ "previous", "上一次抽取" },
	{ "price_control", "价格管理" },
	{ "principal", "委托方" },
	{ "project", "项目" },
	{ "project_code", "项目代码" },
	{ "project_lock", "占用的项目" },
	{ "promised_days", "承诺期限" },
	{ "promised_unit", "承诺期限单位" },
	{ "provisional", "是否待定" },
	{ "public_key", "公钥" },
	{ "published_at", "发布时间" },
	{ "qualification", "资质要求" },
	{ "qualifications", "资质" },
	{ "quantity", "数量" },
	{ "quorum", "共签数" },
	{ "reason", "原因" },
	{ "region", "区划" },
	{ "regions", "服务区划" },
	{ "registration", "入驻编号" },
	{ "registration_number", "注册号" },
	{ "rejected_by", "驳回单位" },
	{ "repair", "整改情况" },
	{ "repair_evidence", "整改凭据哈希" },
	{ "replacements", "递补次数" },
	{ "replaces", "所换资质" },
	{ "requirement", "资质条件" },
	{ "result", "办理结果" },
	{ "result_hash", "结果文本哈希" },
	{ "reveal_by", "揭示截止" },
	{ "role", "角色" },
	{ "roster_hash", "名单哈希" },
	{ "round", "提交次数" },
	{ "row_count", "行数" },
	{ "rules", "行业规范" },
	{ "same_count", "不变行数" },
	{ "sanctions", "处理数" },
	{ "scale", "项目规模" },
	{ "scopes", "范围" },
	{ "seal_hash", "封存文本哈希" },
	{ "seed_hash", "种子哈希" },
	{ "select", "选取家数" },
	{ "selected", "选取家数" },
	{ "sentence", "说明" },
	{ "seq", "版本序号" },
	{ "serves", "服务对象" },
	{ "service", "服务名称" },
	{ "service_name", "挂牌名称" },
	{ "services", "所提供的服务" },
	{ "sha256", "文件哈希" },
	{ "share_bp", "持股比例（万分之一）" },
	{ "signed_at", "报名时间" },
	{ "signup_close", "报名截止" },
	{ "signup_count", "报名家数" },
	{ "size", "大小（字节）" },
	{ "source", "来源" },
	{ "staged_at", "导入时间" },
	{ "state", "状态" },
	{ "steps", "流程" },
	{ "stored_at", "存入时间" },
	{ "stricter", "从严方向" },
	{ "subject", "对象" },
	{ "submitted_at", "提交时间" },
	{ "suggested_days", "建议期限" },
	{ "suppliers", "机构数" },
	{ "supply_gap", "机构缺口" },
	{ "target", "导入对象" },
	{ "template", "公共值样式" },
	{ "terms", "术语" },
	{ "title", "标题" },
	{ "type", "类型" },
	{ "unit", "单位" },
	{ "unit_name", "单位名称" },
	{ "upheld", "是否成立" },
	{ "upper", "上四分位数" },
	{ "urgent_days", "加急期限" },
	{ "urgent_surcharge_bp", "加急加收（万分之一）" },
	{ "uscc", "信用代码" },
	{ "v", "格式版本" },
	{ "valid_from", "有效期起" },
	{ "valid_until", "有效期止" },
	{ "values", "可取的值" },
	{ "verified_by", "核实单位" },
	{ "version", "版本" },
	{ "week", "每周工作日" },
	{ "withheld", "不揭示的后果" },
	{ "working", "是否工作日" },
	{ "year", "年份" },
	{ "zh", "中文" },
};

static int by_name(const void *left, const void *right)
{
	return strcmp(left, ((const struct words *)right)->name);
}

static const char *words_of(const char *name)
{
	const struct words *found = bsearch(name, words,
	    sizeof(words) / sizeof(*words), sizeof(*words), by_name);

	return found ? found->zh : NULL;
}

static bool is_index(const char *part)
{
	return *part && part[strspn(part, "0123456789")] == '\0';
}

/* The words of one part; false: it has none. */
static bool add_part(struct arena *arena, struct kl_buf *out, const char *part)
{
	const char *zh = words_of(part);

	if (out->size > 0)
		kl_buf_add_text(out, "·");
	if (is_index(part))
		zh = arena_format(arena, "%lu", strtoul(part, NULL, 10) + 1);
	kl_buf_add_text(out, zh ? zh : "");
	return zh != NULL;
}

const char *column_head(struct arena *arena, const char *name)
{
	struct kl_buf out = KL_BUF(HEAD_SIZE_MAX);
	char *rest = arena_copy(arena, name), *part;
	bool said = true;
	const char *head = name;

	while ((part = strsep(&rest, "/")))
		said &= add_part(arena, &out, part);
	if (said && !kl_buf_result(&out))
		head = arena_format(arena, "%.*s %s", (int)out.size,
		    (const char *)out.data, name);
	kl_buf_clear(&out);
	return head;
}

const char *column_name(const char *head)
{
	const char *blank = strrchr(head, ' ');

	return blank ? blank + 1 : head;
}
