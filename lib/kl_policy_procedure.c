/* The rows of the table: entry, notice, gate, result. */
#include "kl_policy_private.h"

static const struct kl_policy_term too_few[] = {
	{ "two", { "只有两家", "two entered" } },
	{ "one", { "只有一家", "one entered" } },
	{ "none", { "无人报名", "nobody entered" } },
	{ 0 },
};

static const struct kl_policy_term ways[] = {
	{ "draw_with_reason",
	    { "业主公开理由后在两家中抽取",
		"a draw of two, when the owner publishes a reason" } },
	{ "direct_with_second_approval",
	    { "经第二人批准后直接选取",
		"a direct choice that a second person approves" } },
	{ "failed", { "流标", "it has failed" } },
	{ 0 },
};

const struct kl_policy_member
    kl_policy_procedure_rows[KL_POLICY_PROCEDURE_ROWS] = {
	    {
		.path = "entry.form_check",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "入驻形式审查期限", "form check" },
		.sentence = { "运营机构须在多久内审查入驻申请。",
		    "How long the operator has to check a registration." },
		.source = { "湖南省衡东县中介超市服务指南(2022):2 个工作日",
		    "service guide of Hengdong, Hunan (2022): 2 working days" },
	    },
	    {
		.path = "entry.draft",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "入驻草稿保留期", "time to complete a draft" },
		.sentence = { "未提交或被退回的入驻申请保留多久。",
		    "How long a registration is kept that nobody submits, or "
		    "submits again." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "entry.share_min_bp",
		.type = KL_POLICY_NUMBER,
		.minimum = 1,
		.maximum = 10000,
		.unit = KL_POLICY_BASIS_POINT,
		.stricter = KL_POLICY_LOWER,
		.name = { "关联持股比例", "share that affiliates" },
		.sentence = { "持股达到万分之几即视为关联。",
		    "From which share on, in 1/10000, a shareholder is "
		    "affiliated." },
		.source = { "比照证券法第四十四条(5%)",
		    "by analogy with the Securities Law, art. 44: 5 %" },
		.standard = { 500 },
	    },
	    {
		.path = "entry.deemed_pass",
		.type = KL_POLICY_FLAG,
		.stricter = KL_POLICY_LOWER,
		.name = { "逾期视为通过", "deemed passed" },
		.sentence = { "逾期未审查的入驻申请是否视为通过。",
		    "Whether a registration passes that nobody checked in "
		    "time." },
		.source = { "绵阳市游仙区审批超时默认制(2017)",
		    "deemed approval in Youxian, Mianyang (2017)" },
	    },
	    {
		.path = "entry.publicity",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_HIGHER,
		.name = { "入驻公示期", "publicity of a registration" },
		.sentence = { "入驻机构须公示多久才可接受业务;0 为直接入驻。",
		    "How long a registration is shown before the institution "
		    "may "
		    "enter; 0 is at once." },
		.source = { "比照最高法《指定管理人的规定》第十一条(10 日);"
			    "各地中介超市多为直接入驻",
		    "by analogy with the Supreme Court's rules on appointing "
		    "administrators, art. 11 (10 days); most supermarkets have "
		    "none" },
	    },
	    {
		.path = "entry.staff_social_months",
		.type = KL_POLICY_NUMBER,
		.maximum = 120,
		.unit = KL_POLICY_MONTH,
		.stricter = KL_POLICY_HIGHER,
		.name = { "从业人员社保月数", "months of social insurance" },
		.sentence = { "从业人员须有近几个月的社保记录。",
		    "For how many months staff must have been insured." },
		.source = { "广东省网上中介服务超市入驻流程:近 3 个月",
		    "Guangdong's online supermarket, rules of entry: 3 "
		    "months" },
	    },
	    {
		.path = "entry.clean_years",
		.type = KL_POLICY_NUMBER,
		.maximum = 100,
		.unit = KL_POLICY_YEAR,
		.stricter = KL_POLICY_HIGHER,
		.name = { "无不良记录年数", "years without a bad record" },
		.sentence = { "申请入驻的机构须在近几年内无不良信用记录。",
		    "For how many years an institution must have had no bad "
		    "credit record." },
		.source = { "唐山市中介超市入驻条件(2018):3 年",
		    "Tangshan's conditions of entry (2018): 3 years" },
	    },
	    {
		.path = "entry.reentry_years",
		.type = KL_POLICY_NUMBER,
		.maximum = 100,
		.unit = KL_POLICY_YEAR,
		.stricter = KL_POLICY_HIGHER,
		.name = { "清退后再入驻年数", "years before re-entry" },
		.sentence = { "被清退的机构几年内不得再次入驻。",
		    "For how many years an institution that was removed may "
		    "not "
		    "register again." },
		.source = { "比照最高法《指定管理人的规定》第九条(3 年)",
		    "by analogy with the Supreme Court's rules on appointing "
		    "administrators, art. 9 (3 years)" },
	    },
	    {
		.path = "entry.expiry_reminders_days",
		.type = KL_POLICY_NUMBERS,
		.maximum = 3660,
		.unit = KL_POLICY_DAY,
		.name = { "资质到期提醒", "reminders of expiry" },
		.sentence = { "资质到期前几日提醒机构。",
		    "How many days before a qualification expires its "
		    "institution "
		    "is reminded." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "notice.review",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "公告审核期限", "review of a notice" },
		.sentence = { "运营机构须在多久内审核采购公告。",
		    "How long the operator has to review a notice." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "notice.signup_min",
		.type = KL_POLICY_CLOCKED,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_HIGHER,
		.name = { "最短报名期", "shortest time to sign up" },
		.sentence = { "公告发布后至少开放报名多久。",
		    "How long anybody may sign up at least." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "notice.signup",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.name = { "报名期", "time to sign up" },
		.sentence = { "公告未指明时开放报名多久。",
		    "How long anybody may sign up where a notice says "
		    "nothing." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "notice.extend_once",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.name = { "延长报名", "one more time to sign up" },
		.sentence = { "报名家数不足时一次性延长多久。",
		    "By how long the sign-up is extended, once, when too few "
		    "came." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "notice.too_few",
		.type = KL_POLICY_OBJECT,
		.terms = too_few,
		.values = ways,
		.name = { "家数仍不足时", "when still too few came" },
		.sentence = { "延长后家数仍不足时,按家数如何处理。",
		    "What becomes of a notice to which too few came even "
		    "then." },
		.source = { "比照浙江省征收补偿条例第十八条(不少于三家)",
		    "by analogy with Zhejiang's expropriation regulations, "
		    "art. "
		    "18: no fewer than three" },
	    },
	    {
		.path = "gate.tender_limit_fen",
		.type = KL_POLICY_NUMBER,
		.maximum = KL_INTEGER_MAX,
		.unit = KL_POLICY_FEN,
		.stricter = KL_POLICY_LOWER,
		.name = { "必须招标限额", "tender limit" },
		.sentence = { "达到此金额的必须招标,不得抽取。",
		    "From this amount on there must be a tender, and no "
		    "draw." },
		.source = { "必须招标的工程项目规定(国家发展改革委 2018 年"
			    "第 16 号令)第五条第一款第三项:"
			    "勘察、设计、监理等服务 100 万元以上",
		    "Provisions on projects that must be tendered (NDRC order "
		    "16 of 2018), art. 5 (1) item 3: surveying, design, "
		    "supervision and such services of 1,000,000 yuan and "
		    "more" },
	    },
	    {
		.path = "gate.procurement_limit_fen",
		.type = KL_POLICY_NUMBER,
		.maximum = KL_INTEGER_MAX,
		.unit = KL_POLICY_FEN,
		.stricter = KL_POLICY_LOWER,
		.name = { "政府采购限额", "procurement limit" },
		.sentence = { "财政性资金达到此金额的须政府采购,不得抽取。",
		    "From this amount on public money takes public "
		    "procurement, "
		    "and no draw." },
		.source = { "政府采购法第八条:地方预算的由省级人民政府或其"
			    "授权的机构确定;50 万元取自福建",
		    "Government Procurement Law, art. 8: for local budgets the "
		    "province, or whom it authorises, sets it; 500,000 yuan is "
		    "Fujian's" },
	    },
	    {
		.path = "gate.direct_max_fen",
		.type = KL_POLICY_NUMBER,
		.maximum = KL_INTEGER_MAX,
		.unit = KL_POLICY_FEN,
		.stricter = KL_POLICY_LOWER,
		.name = { "直接选取限额", "direct choice limit" },
		.sentence = { "不超过此金额的可以直接选取;0 为不允许。",
		    "Up to this amount an owner may choose directly; 0 is "
		    "never." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "gate.split_window_months",
		.type = KL_POLICY_NUMBER,
		.maximum = 120,
		.unit = KL_POLICY_MONTH,
		.stricter = KL_POLICY_HIGHER,
		.name = { "拆分合并计算期", "window for split amounts" },
		.sentence = { "同一项目同类服务在几个月内的金额合并计算,"
			      "以防拆分规避限额。",
		    "Over how many months the amounts of one project and "
		    "category "
		    "are added up, so that none is split to stay below a "
		    "limit." },
		.source = { "比照政府采购法实施条例第二十八条"
			    "(一个财政年度内多次采购累计);招标限额另见"
			    "国家发展改革委 2018 年第 16 号令第五条第二款",
		    "by analogy with the Regulations on the Government "
		    "Procurement Law, art. 28: what is bought several times in "
		    "one fiscal year is added up; for tenders also NDRC order "
		    "16 of 2018, art. 5 (2)" },
	    },
	    {
		.path = "result.publicity",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_HIGHER,
		.name = { "中选公示期", "publicity of a result" },
		.sentence = { "中选结果至少公示多久,期间可以提出异议。",
		    "How long a result is shown, and may be objected to." },
		.source = { "比照招标投标法实施条例第五十四条(不少于 3 日)",
		    "by analogy with the Regulations on the Tendering Law, "
		    "art. "
		    "54: at least 3 days" },
	    },
	    {
		.path = "result.objection_answer",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "异议答复期限", "answer to an objection" },
		.sentence = { "业主须在多久内答复异议,答复前暂停。",
		    "How long the owner has to answer an objection; until then "
		    "nothing goes on." },
		.source = { "比照招标投标法实施条例第五十四条(3 日)",
		    "by analogy with the Regulations on the Tendering Law, "
		    "art. "
		    "54: 3 days" },
	    },
	    {
		.path = "result.confirm",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "中选确认期限", "time to confirm" },
		.sentence = { "中选机构须在多久内确认,逾期由候补递补。",
		    "How long the selected institution has to confirm before "
		    "the "
		    "next alternate takes its place." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "result.award_notice",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "中选通知书期限", "award notice" },
		.sentence = { "确认后须在多久内发出中选通知书。",
		    "How soon after that the award notice is issued." },
		.source = { "比照政府采购法实施条例第四十三条(2 个工作日)",
		    "by analogy with the Regulations on the Government "
		    "Procurement Law, art. 43: 2 working days" },
	    },
	    {
		.path = "result.contract",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "签订合同期限", "time to contract" },
		.sentence = { "中选通知书发出后须在多久内签订合同。",
		    "How soon after the award notice the contract is signed." },
		.source = KL_POLICY_OURS,
	    },
	    {
		.path = "result.contract_max",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "签订合同最长期限", "longest time to contract" },
		.sentence = { "经延长后签订合同的最长期限。",
		    "How late it may be signed when it is put off." },
		.source = { "比照招标投标法第四十六条、政府采购法第四十六条"
			    "(30 日)",
		    "by analogy with the Tendering Law, art. 46, and the "
		    "Government Procurement Law, art. 46: 30 days" },
	    },
	    {
		.path = "result.filing",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "合同备案期限", "filing of a contract" },
		.sentence = { "合同签订后须在多久内备案。",
		    "How soon a contract is filed after it was signed." },
		.source = { "比照政府采购法第四十七条(7 个工作日)",
		    "by analogy with the Government Procurement Law, art. 47: "
		    "7 "
		    "working days" },
	    },
	    {
		.path = "result.publish_contract",
		.type = KL_POLICY_DURATION,
		.maximum = KL_POLICY_TIME_S_MAX,
		.unit = KL_POLICY_SECOND,
		.stricter = KL_POLICY_LOWER,
		.name = { "合同公开期限", "publication of a contract" },
		.sentence = { "合同签订后须在多久内公开。",
		    "How soon a contract is published after it was signed." },
		.source = { "比照政府采购法实施条例第五十条(2 个工作日)",
		    "by analogy with the Regulations on the Government "
		    "Procurement Law, art. 50: 2 working days" },
	    },
    };
