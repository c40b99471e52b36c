/* The rows of the table: which policy it is, and the draw. */
#include "kl_policy_private.h"
#include "kl_text.h"

#define PROTOCOL(section)                                                      \
	{                                                                      \
		"klero/1 协议 " section, "protocol klero/1, " section          \
	}

static const struct kl_policy_term beacons[] = {
	{ "drand",
	    { "drand 网络的公共随机数", "a round of the drand network" } },
	{ "nist", { "美国 NIST 的随机数", "a pulse of NIST" } },
	{ "public", { "现场或彩票产生的公共数值", "a value made in public" } },
	{ "none", { "不用信标", "no beacon" } },
	{ 0 },
};

static const struct kl_policy_term parties[] = {
	{ "operator", { "运营机构", "the operator" } },
	{ "supervisor", { "监督者", "the supervisor" } },
	{ "owner", { "项目业主", "the project owner" } },
	{ "entrants", { "报名机构的代表", "the entrants' representative" } },
	{ 0 },
};

static const struct kl_policy_term withheld[] = {
	{ "continue", { "继续抽取,并公布不公开者",
			  "the draw goes on, and the name is told" } },
	{ "void", { "本次抽取作废", "the draw is void" } },
	{ 0 },
};

const struct kl_policy_member kl_policy_draw_rows[KL_POLICY_DRAW_ROWS] = {
	{
	    .path = "region",
	    .type = KL_POLICY_TOKEN,
	    .maximum = KL_POLICY_REGION_MAX,
	    .own = true,
	    .name = { "地区", "region" },
	    .sentence = { "本政策适用于哪个地区。",
		"The region that this policy is for." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "version",
	    .type = KL_POLICY_TOKEN,
	    .maximum = KL_POLICY_VERSION_MAX,
	    .own = true,
	    .name = { "版本", "version" },
	    .sentence = { "本地区政策的哪一版;同一版不得再次通过。",
		"Which policy of the region; none is adopted twice." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "effective_from",
	    .type = KL_POLICY_DATE,
	    .own = true,
	    .name = { "施行日期", "effective from" },
	    .sentence = { "本政策自该日起施行。",
		"The first day on which this policy is in force." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "draw.beacons",
	    .type = KL_POLICY_CHOICES,
	    .terms = beacons,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "允许的信标", "allowed beacons" },
	    .sentence = { "公告可以选用的公共随机来源。",
		"The public sources of randomness that a notice may ask for." },
	    .source = PROTOCOL("§1, §2"),
	},
	{
	    .path = "draw.beacon_default",
	    .type = KL_POLICY_CHOICE,
	    .terms = beacons,
	    .name = { "默认信标", "default beacon" },
	    .sentence = { "公告未指明时所用的信标。",
		"The beacon of a notice that names none." },
	    .source = KL_POLICY_OURS,
	},
	{
	    .path = "draw.level_c_reason",
	    .type = KL_POLICY_TEXT_OR_NULL,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "不用信标的理由", "reason to do without a beacon" },
	    .sentence = { "说明理由后才可以不用信标,此时抽取最高为 C 级;"
			  "空值表示不允许。",
		"Only with a reason may a draw have no beacon, and it is then "
		"of level C at most; null allows none." },
	    .source = PROTOCOL("§1, §2"),
	},
	{
	    .path = "draw.delay_min_s",
	    .type = KL_POLICY_NUMBER,
	    .maximum = KL_DELAY_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "信标最短间隔", "least beacon delay" },
	    .sentence = { "公开秘密截止后至少隔这么久才可取信标;"
			  "不足 30 秒的抽取最高为 C 级。",
		"The beacon is at least this long after the last reveal; with "
		"less than 30 a draw is of level C at most." },
	    .source = PROTOCOL("§1, §2"),
	},
	{
	    .path = "draw.delay_s",
	    .type = KL_POLICY_NUMBER,
	    .maximum = KL_DELAY_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .name = { "信标间隔", "beacon delay" },
	    .sentence = { "公开秘密截止后隔这么久取信标,"
			  "以便封存先由见证人联署。",
		"The beacon is this long after the last reveal, which leaves "
		"the witnesses time to cosign the seal." },
	    .source = PROTOCOL("§2"),
	},
	{
	    .path = "draw.min_entrants",
	    .type = KL_POLICY_NUMBER,
	    .minimum = 1,
	    .maximum = KL_ENTRIES_MAX,
	    .unit = KL_POLICY_ENTRANT,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "最少入围家数", "fewest entrants" },
	    .sentence = { "合格报名机构少于此数时不得照常抽取。",
		"With fewer eligible entrants there is no ordinary draw." },
	    .source = { "比照最高法《指定管理人的规定》第二十一条"
			"及浙江省征收补偿条例第十八条(不少于三家)",
		"by analogy with the Supreme Court's rules on appointing "
		"administrators, art. 21, and Zhejiang's expropriation "
		"regulations, art. 18: no fewer than three" },
	},
	{
	    .path = "draw.required_parties",
	    .type = KL_POLICY_WORDS,
	    .terms = parties,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "必须参与的各方", "required parties" },
	    .sentence = { "每次抽取都须承诺并公开秘密的各方。",
		"Those who commit to a secret in every draw and reveal it." },
	    .source = PROTOCOL("§1, §2"),
	},
	{
	    .path = "draw.optional_parties",
	    .type = KL_POLICY_WORDS,
	    .terms = parties,
	    .name = { "可以参与的各方", "optional parties" },
	    .sentence = { "可以参与承诺并公开秘密的各方。",
		"Those who may take part with a secret of their own." },
	    .source = PROTOCOL("§1, §2"),
	},
	{
	    .path = "draw.weight_max",
	    .type = KL_POLICY_NUMBER,
	    .minimum = 1,
	    .maximum = KL_WEIGHT_MAX,
	    .unit = KL_POLICY_TICKET,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "最大权重", "largest weight" },
	    .sentence = { "一家机构最多有几张签;1 表示机会均等。",
		"How many tickets one institution may have; 1 is equal odds." },
	    .source = PROTOCOL("§2"),
	},
	{
	    .path = "draw.alternates",
	    .type = KL_POLICY_NUMBER,
	    .maximum = KL_SELECT_MAX,
	    .unit = KL_POLICY_ENTRANT,
	    .name = { "候补家数", "alternates" },
	    .sentence = { "公告未指明时抽取几家候补。",
		"How many alternates are drawn where a notice says nothing." },
	    .source = { "比照最高法《指定管理人的规定》第二十一条",
		"by analogy with the Supreme Court's rules on appointing "
		"administrators, art. 21" },
	},
	{
	    .path = "draw.alternates_max",
	    .type = KL_POLICY_NUMBER,
	    .maximum = KL_SELECT_MAX,
	    .unit = KL_POLICY_ENTRANT,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "最多候补家数", "most alternates" },
	    .sentence = { "公告最多可以要求几家候补。",
		"How many alternates a notice may ask for." },
	    .source = PROTOCOL("§2"),
	},
	{
	    .path = "draw.withheld",
	    .type = KL_POLICY_CHOICE,
	    .terms = withheld,
	    .name = { "拒不公开秘密时", "when a secret is withheld" },
	    .sentence = { "一方承诺后不公开秘密时抽取如何进行。",
		"How a draw goes on when a party does not reveal." },
	    .source = PROTOCOL("§4"),
	},
	{
	    .path = "draw.quorum",
	    .type = KL_POLICY_NUMBER,
	    .maximum = KL_WITNESSES_MAX,
	    .unit = KL_POLICY_WITNESS,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "最少联署见证人", "fewest cosigning witnesses" },
	    .sentence = { "每一步至少须由几个日志见证人联署;"
			  "0 个时抽取最高为 C 级。",
		"How many witnesses of the log cosign each step at least; "
		"with 0 a draw is of level C at most." },
	    .source = PROTOCOL("§1, §3"),
	},
	{
	    .path = "draw.objection",
	    .type = KL_POLICY_CLOCKED,
	    .minimum = 1,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_HIGHER,
	    .name = { "名单异议期", "objection window" },
	    .sentence = { "入围名单公示多久后才可冻结。",
		"How long the roster is shown before it may be frozen." },
	    .source = PROTOCOL("§3"),
	},
	{
	    .path = "draw.commit",
	    .type = KL_POLICY_CLOCKED,
	    .minimum = 1,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "承诺期限", "time to commit" },
	    .sentence = { "名单冻结后各方须在多久内提交承诺。",
		"How long the parties have to commit after the freeze." },
	    .source = PROTOCOL("§3"),
	},
	{
	    .path = "draw.reveal",
	    .type = KL_POLICY_CLOCKED,
	    .minimum = 1,
	    .maximum = KL_POLICY_TIME_S_MAX,
	    .unit = KL_POLICY_SECOND,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "公开期限", "time to reveal" },
	    .sentence = { "承诺截止后各方须在多久内公开秘密。",
		"How long the parties have to reveal after that." },
	    .source = PROTOCOL("§3"),
	},
	{
	    .path = "draw.templates",
	    .type = KL_POLICY_TEMPLATES,
	    .minimum = 1,
	    .maximum = 255,
	    .unit = KL_POLICY_SYMBOL,
	    .stricter = KL_POLICY_LOWER,
	    .name = { "公共数值的形式", "forms of a public value" },
	    .sentence = { "现场或彩票产生的数值由哪些字符组成、多长;"
			  "少于 2^64 种可能时抽取最高为 C 级。",
		"Which symbols a value made in public has, and how many; with "
		"fewer than 2^64 possibilities a draw is of level C at "
		"most." },
	    .source = PROTOCOL("§2"),
	},
};
