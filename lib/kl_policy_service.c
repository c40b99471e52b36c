/* The rows of the table: from the service to the sanctions. */
#include "kl_policy_private.h"

/* The limits have one by default besides, and so begin one earlier. */
static const struct kl_policy_term pauses[] = {
	{ "default", { "其他事由", "any other basis" } },
	{ "owner-material", { "待业主补充材料", "material of the owner" } },
	{ "authority-decision",
	    { "待审批部门决定", "a decision of the authority" } },
	{ "expert-review", { "专家评审", "expert review" } },
	{ "site-access", { "现场不具备条件", "access to the site" } },
	{ "season", { "季节或天气", "season or weather" } },
	{ "force-majeure", { "不可抗力", "force majeure" } },
	{ "litigation", { "诉讼", "litigation" } },
	{ "prerequisite", { "待法定前置事项", "a legal prerequisite" } },
	{ "intermediary", { "待中介服务成果", "an intermediary's work" } },
	{ 0 },
};

static const struct kl_policy_term silent[] = {
	{ "neutral", { "计为未评价,不计分", "counted as not rated" } },
	{ 0 },
};

static const struct kl_policy_term weights[] = {
	{ "time", { "时效", "punctuality" } },
	{ "quality", { "质量", "quality" } },
	{ "integrity", { "履约诚信", "integrity" } },
	{ "fee", { "收费", "fees" } },
	{ "owner", { "业主评价", "the owners' opinion" } },
	{ 0 },
};

/* From the lowest up; those from the third on are reached by points. */
static const struct kl_policy_term grades[] = {
	{ "D", { "D 级:严重失信", "D: after a serious event" } },
	{ "C", { "C 级:低于 B 级", "C: below B" } },
	{ "B", { "B 级", "B" } },
	{ "A", { "A 级", "A" } },
	{ "AA", { "AA 级", "AA" } },
	{ "AAA", { "AAA 级", "AAA" } },
	{ 0 },
};

/* The units of kl_fee.h. */
static const struct kl_policy_term fee_units[] = {
	{ "item", { "项", "items" } },
	{ "visit", { "次", "visits" } },
	{ "sample", { "组样品", "samples" } },
	{ "point", { "点位", "monitoring points" } },
	{ "person-day", { "工日", "days of a person" } },
	{ "square-metre", { "平方米", "square metres" } },
	{ "mu", { "亩", "mu" } },
	{ "kilometre", { "公里", "kilometres" } },
	{ "investment", { "分(计费额)", "fen of the investment" } },
	{ 0 },
};

#define ESTIMATES(article)                                                     \
	{                                                                      \
		"比照最高法《财产处置参考价规定》第 " article " 条",           \
		    "by analogy with the Supreme Court's rules on reference "  \
		    "prices, art. " article                                    \
	}

const struct kl_policy_member kl_policy_service_rows[KL_POLICY_SERVICE_ROWS] = {
	{
	    .path = "service.extensions_max",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 100,
	    .unit = KL_POLICY_EXTENSION,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "最多延期次数", "most extensions" },
	    .sentence = { "一份订单的服务期限最多可延几次。",
		"How often the time for one order may be extended." },
	    .source = ESTIMATES("19"),
	},
	{
	    .path = "service.extension_max",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "每次最长延期", "longest extension" },
	    .sentence = { "每次延期最长多久。",
		"By how long one extension is at most." },
	    .source = ESTIMATES("19"),
	},
	{
	    .path = "service.extension_ask_before",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "申请延期提前时间", "notice before an extension" },
	    .sentence = { "延期须在到期前多久申请。",
		"How long before it is due an extension must be asked for." },
	    .source = ESTIMATES("19"),
	},
	{
	    .path = "service.correction",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "补正期限", "time to correct" },
	    .sentence = { "成果被退回后须在多久内补正。",
		"How long an institution has to correct what was returned." },
	    .source = ESTIMATES("20"),
	},
	{
	    .path = "service.pause_max_days",
	    .type = KL_POLICY_OBJECT,
	    .maximum = 3660,
	    .unit = KL_POLICY_DAY,
	    .terms = pauses,
	    .open = true,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "挂起最多日数", "most days paused" },
	    .sentence = { "同一事由的挂起合计最多多少日,超过的不停止计时。",
		"How many days the pauses of one basis may add up to; beyond "
		"that they stop no clock." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "service.pause_basis",
	    .type = KL_POLICY_WORDS,
	    .terms = &pauses[1],
	    .stricter = KL_POLICY_LOWER,
	    .name = { "挂起事由", "bases of a pause" },
	    .sentence = { "只有这些事由可以挂起,且须书面告知预计时间。",
		"A pause has one of these bases, and tells in writing how "
		"long it will be." },
	    .source = { "书面告知所需时间:行政许可法第四十五条;"
			"事由清单为本系统缺省值",
		"that the time is told in writing: Administrative Licensing "
		"Law, art. 45; the list is a default of this system" },
	},
	{
	    .path = "complaint.within",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "投诉时效", "time to complain" },
	    .sentence = { "知道之日起多久内可以投诉。",
		"How long after knowing of it anybody may complain." },
	    .source = { "比照招标投标法实施条例第六十条(10 日)",
		"by analogy with the Regulations on the Tendering Law, art. "
		"60: 10 days" },
	},
	{
	    .path = "complaint.accept",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "投诉受理期限", "time to accept a complaint" },
	    .sentence = { "收到投诉后须在多久内决定是否受理。",
		"How soon it is decided whether a complaint is accepted." },
	    .source = { "比照招标投标法实施条例第六十一条(3 个工作日)",
		"by analogy with the Regulations on the Tendering Law, art. "
		"61: 3 working days" },
	},
	{
	    .path = "complaint.decide",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "投诉处理期限", "time to decide a complaint" },
	    .sentence = { "受理后须在多久内作出处理决定。",
		"How soon a complaint that was accepted is decided." },
	    .source = { "比照招标投标法实施条例第六十一条(30 个工作日)",
		"by analogy with the Regulations on the Tendering Law, art. "
		"61: 30 working days" },
	},
	{
	    .path = "complaint.upheld_year_remove",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 1000,
	    .unit = KL_POLICY_COMPLAINT,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "清退投诉件数", "complaints before removal" },
	    .sentence = { "一年内被查实几件投诉的机构予以清退。",
		"After how many complaints upheld in one year an institution "
		"is removed." },
	    .source = { "唐山市中介超市(2018):一年 3 件",
		"Tangshan (2018): 3 in one year" },
	},
	{
	    .path = "evaluation.window",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "评价期限", "time to rate" },
	    .sentence = { "订单完成后双方须在多久内背对背评价。",
		"How long both sides have to rate a finished order, blind." },
	    .source = { "赣市行管字〔2016〕42 号:背对背评价;期限为缺省值",
		"Ganzhou 2016 no. 42: blind evaluation; the time is a default "
		"of this system" },
	},
	{
	    .path = "evaluation.silent",
	    .type = KL_POLICY_CHOICE,
	    .terms = silent,
	    .name = { "逾期未评价", "no rating" },
	    .sentence = { "逾期未评价如何计算,不得默认满分。",
		"How silence counts; it is never a full score." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "payment.due",
	    .type = KL_POLICY_DURATION,
	    .maximum = 30 * KL_POLICY_DAY_S,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "付款期限", "time to pay" },
	    .sentence = { "验收后业主须在多久内付款。",
		"How soon after acceptance the owner pays." },
	    .source = { "保障中小企业款项支付条例第九条(30 日)",
		"Regulations on Payments to Small and Medium Enterprises, "
		"art. 9: 30 days" },
	},
	{
	    .path = "payment.max",
	    .type = KL_POLICY_DURATION,
	    .maximum = 60 * KL_POLICY_DAY_S,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "最长付款期限", "longest time to pay" },
	    .sentence = { "合同约定的付款期限最长多久。",
		"The longest time to pay that a contract may agree on." },
	    .source = { "保障中小企业款项支付条例第九条(60 日)",
		"Regulations on Payments to Small and Medium Enterprises, "
		"art. 9: 60 days" },
	},
	{
	    .path = "levels_percent",
	    .type = KL_POLICY_NUMBERS,
	    .minimum = 1,
	    .maximum = 1000,
	    .unit = KL_POLICY_PERCENT,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "提醒、预警、红牌", "remind, warn, red" },
	    .sentence = { "用去时限的百分之几时提醒、预警;"
			  "逾期为黄牌,再超过第三个数为红牌。",
		"At which percentages of a limit somebody is reminded and "
		"warned; overdue is yellow, and past the third of them "
		"red." },
	    .source = { "阶梯参照广东省行政审批电子监察(2007);"
			"百分数为缺省值",
		"the ladder after Guangdong's electronic supervision (2007); "
		"the percentages are defaults of this system" },
	    .standard = { 70, 90, 120 },
	},
	{
	    .path = "supervision.order_answer",
	    .type = KL_POLICY_DURATION,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "督办答复期限", "answer to a supervision order" },
	    .sentence = { "收到督办后须在多久内答复。",
		"How soon a supervision order is answered." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "supervision.orders_before_recommendation",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 100,
	    .unit = KL_POLICY_ORDER,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "监察建议前督办次数", "orders before a recommendation" },
	    .sentence = { "几次督办逾期未答复后提出监察建议。",
		"After how many unanswered orders a supervisory "
		"recommendation follows." },
	    .source = { "宁夏市县机关效能建设:两次书面督办逾期",
		"Ningxia's rules on efficiency: two written orders" },
	},
	{
	    .path = "credit.weights",
	    .type = KL_POLICY_OBJECT,
	    .maximum = 100,
	    .unit = KL_POLICY_POINT,
	    .terms = weights,
	    .name = { "信用分权重", "weights of the score" },
	    .sentence = { "信用分的 100 分由各方面各占多少。",
		"How the 100 points of the score are divided." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "credit.grades",
	    .type = KL_POLICY_OBJECT,
	    .maximum = 100,
	    .unit = KL_POLICY_POINT,
	    .terms = &grades[2],
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "信用等级分数线", "points of each grade" },
	    .sentence = { "各信用等级至少须得多少分,低于 B 级为 C 级。",
		"How many points each grade takes; below B is C." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "credit.draw_excluded",
	    .type = KL_POLICY_CHOICES,
	    .terms = grades,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "不得报名的等级", "grades that may not enter" },
	    .sentence = { "这些信用等级的机构不得参加抽取。",
		"Institutions of these grades may not enter a draw." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "sanction.suspend_months",
	    .type = KL_POLICY_NUMBERS,
	    .minimum = 1,
	    .maximum = 120,
	    .unit = KL_POLICY_MONTH,
	    .name = { "暂停报名月数", "months of suspension" },
	    .sentence = { "暂停报名的处理可以为几个月。",
		"For how many months a sanction may suspend." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "sanction.refuse_award_months_min",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 1200,
	    .unit = KL_POLICY_MONTH,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "弃选处罚月数", "months for refusing an award" },
	    .sentence = { "中选后无故放弃的机构至少停止报名几个月。",
		"For how many months at least whoever refuses an award "
		"without cause may not sign up." },
	    .source = { "比照最高法《指定管理人的规定》第三十九条"
			"(1 至 3 年),缺省值较轻",
		"after the Supreme Court's rules on appointing "
		"administrators, art. 39 (1 to 3 years); the default is "
		"milder" },
	},
	{
	    .path = "market.fence_bp",
	    .type = KL_POLICY_NUMBER,
	    .minimum = 1,
	    .maximum = 100000,
	    .unit = KL_POLICY_BASIS_POINT,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "异常标记的界限", "fences of outliers" },
	    .sentence = { "收费或时限超出四分位数之外多少倍四分位距即标为异常;"
			  "10000 为一倍。",
		"How many spreads beyond the quartiles a fee or a limit "
		"stands out; 10000 is one." },
	    .source = { "Tukey《探索性数据分析》(1977):1.5 倍",
		"Tukey, Exploratory Data Analysis (1977): one and a half" },
	},
	{
	    .path = "market.spread_min_bp",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 10000,
	    .unit = KL_POLICY_BASIS_POINT,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "最小四分位距", "smallest spread" },
	    .sentence = { "四分位距至少按中位数的几个基点计算,"
			  "以免相差一分即为异常。",
		"How much of the median the spread counts as at least, lest "
		"one fen stand out of equals." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "market.offers_min",
	    .type = KL_POLICY_NUMBER,
	    .minimum = 1,
	    .maximum = 100000,
	    .unit = KL_POLICY_LISTING,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "标记异常的最少挂牌数", "listings before outliers" },
	    .sentence = { "挂牌少于此数时不标记异常。",
		"With fewer listings nothing stands out." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "market.suppliers_min",
	    .type = KL_POLICY_NUMBER,
	    .maximum = 1000,
	    .unit = KL_POLICY_ENTRANT,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "供给缺口线", "suppliers wanted" },
	    .sentence = { "一个类别的挂牌机构少于此数即为供给不足。",
		"With fewer institutions a category has a supply gap." },
	    .source = { "赣市行管字〔2016〕42 号:部分类别机构较少,事项排队积压",
		"Ganzhou 2016 no. 42: in some categories too few "
		"institutions" },
	},
	{
	    .path = "market.reference",
	    .type = KL_POLICY_OBJECT,
	    .minimum = 1,
	    .maximum = 9007199254740,
	    .unit = KL_POLICY_QUANTITY,
	    .terms = fee_units,
	    .name = { "比价数量", "reference quantities" },
	    .sentence = { "按每种计费单位的此数量比较各家收费。",
		"For which quantity of each unit fees are compared." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "two_person_hours",
	    .type = KL_POLICY_NUMBER,
	    .minimum = 1,
	    .maximum = 720,
	    .unit = KL_POLICY_HOUR,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "双人批准时限", "time for the second person" },
	    .sentence = { "须两人批准的提案多少小时内未获批准即失效。",
		"After how many hours a proposal lapses that a second person "
		"did not approve." },
	    .source = KL_POLICY_OURS,
	    .standard = { 24 },
	},
};
