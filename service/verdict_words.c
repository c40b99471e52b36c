#include "verdict_words.h"

verdict_words verdict_level_words[] = {
	[KL_LEVEL_A] = { "信标在秘密公开之后才产生",
	    "the beacon came after the secrets were public" },
	[KL_LEVEL_B] = { "现场或彩票等公开随机值，有参与方见证",
	    "a public value, attested by parties" },
	[KL_LEVEL_C] = { "依靠至少一个诚实的参与方，且无人中途退出",
	    "rests on one honest party, and on nobody aborting" },
	[KL_LEVEL_UNPROVEN] = { "未核对透明日志，先后次序未经证明",
	    "the log was not checked: the order of events is not proved" },
	[KL_LEVEL_REHEARSAL] = { "演练，不是真实抽取",
	    "a rehearsal, no real draw" },
	[KL_LEVEL_TEST] = { "试验用信标，其链或证书不是本程序认可的",
	    "a test: the beacon's chain or certificate is not pinned here" },
};

verdict_words verdict_cap_words[KL_CAP_COUNT] = {
	[KL_CAP_UNWITNESSED] = { "没有见证人联署日志",
	    "no witness cosigns the log" },
	[KL_CAP_UNSEALED] = { "封存未及时联署，但全部秘密都已揭示",
	    "the seal was not cosigned in time, but all was revealed" },
	[KL_CAP_SHORT_DELAY] = { "揭示截止到信标之间不足 30 秒",
	    "less than 30 seconds from the reveals to the beacon" },
	[KL_CAP_LOW_ENTROPY] = { "公开随机值的可能性少于 2 的 64 次方",
	    "the public value has fewer than 2^64 possibilities" },
	[KL_CAP_REDRAWN_KNOWN] = { "此前一次抽取在结果可知后被结束",
	    "an earlier attempt ended when its outcome could be known" },
	[KL_CAP_POLICY_C] = { "政策参数写明只能达到 C 级",
	    "the policy gives a reason for level C" },
};

verdict_words verdict_warning_words[KL_WARNING_CODES] = {
	[KL_WARNING_PARTY_UNVERIFIED] = { "未给出该参与方的公钥，身份未核实",
	    "its key was not given: who it is was not verified" },
	[KL_WARNING_PARTY_ABSENT] = { "该参与方没有提交承诺",
	    "this party made no commitment" },
	[KL_WARNING_PARTY_WITHHELD] = { "该参与方承诺之后没有揭示",
	    "this party committed, and did not reveal" },
	[KL_WARNING_WITNESS_UNVERIFIED] = { "未给出该见证人的公钥，不计入",
	    "its key was not given: it counts for nothing" },
	[KL_WARNING_DRAFT_UNPROVEN] = { "名单草案何时公布未经日志证明",
	    "nothing proves when the draft roster was shown" },
	[KL_WARNING_REDRAWN_WITHHELD] = { "该参与方不揭示，导致重新抽取",
	    "drawn again because this party withheld its secret" },
	[KL_WARNING_SHADOW_UNKNOWN] = { "结果当时已可知，但无法重算",
	    "the outcome could be known, but not be computed here" },
	[KL_WARNING_CLOSED_LATE] = { "超过 24 小时才结束，视为失败",
	    "not closed within 24 hours: it counts as failed" },
	[KL_WARNING_HELPER_UNKNOWN] = { "不是已知版本，请勿运行包内脚本",
	    "not of a known release: do not run the pack's own copy" },
};

verdict_words verdict_outcome_words[] = {
	[KL_OUTCOME_RESULT] = { "有结果", "result" },
	[KL_OUTCOME_VOID] = { "终止", "void" },
	[KL_OUTCOME_FAILED] = { "流标", "failed" },
};

verdict_words verdict_role_words[VERDICT_ROLES] = {
	[VERDICT_SELECTED] = { "中选", "selected" },
	[VERDICT_PROMOTED] = { "递补中选", "promoted" },
	[VERDICT_REPLACED] = { "已被替换", "replaced" },
	[VERDICT_ALTERNATE] = { "候补", "alternate" },
	[VERDICT_SHADOW] = { "（影子结果）本应中选", "shadow-selected" },
	[VERDICT_SHADOW_ALTERNATE] = { "（影子结果）本应候补",
	    "shadow-alternate" },
};

verdict_words verdict_replace_words[] = {
	[KL_REPLACE_REFUSED] = { "放弃", "refused" },
	[KL_REPLACE_SILENT] = { "逾期未确认", "silent" },
	[KL_REPLACE_UNQUALIFIED] = { "不具备资格", "unqualified" },
	[KL_REPLACE_TERMINATED] = { "合同终止", "terminated" },
};

const char *const verdict_limits[][VERDICT_LANGUAGES] = {
	{ "各参选机构彼此独立、确有资质",
	    "that the entrants are independent or qualified" },
	{ "没有人被劝阻或阻止报名",
	    "that nobody was talked out of signing up" },
	{ "同一运营机构没有另外的日志",
	    "that no other log of the same operator exists" },
	{ "日志中没有证据包以外的承诺、揭示或随机值"
	  "（用 klero log check 核对整个日志）",
	    "that the log holds no commitment, reveal or value beyond the "
	    "pack (klero log check reads all of it)" },
	{ NULL, NULL },
};

enum verdict_role verdict_role_of(const struct kl_award *award)
{
	if (award->shadow)
		return award->role == KL_SELECTED ? VERDICT_SHADOW
						  : VERDICT_SHADOW_ALTERNATE;
	if (award->gone)
		return VERDICT_REPLACED;
	if (award->came)
		return VERDICT_PROMOTED;
	return award->role == KL_SELECTED ? VERDICT_SELECTED
					  : VERDICT_ALTERNATE;
}
