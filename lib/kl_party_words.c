/* What a party is told, for people. */
#include "kl_party.h"

static const struct {
	const char *chinese, *english;
} lines[KL_PARTY_CODE_COUNT] = {
	[KL_PARTY_GOOD] = { "核对无误", "all is as it must be" },
	[KL_PARTY_NOT_DECLARED] = { "名单尚未冻结",
	    "the roster is not frozen yet" },
	[KL_PARTY_NOT_LOCKED] = { "承诺尚未锁定",
	    "the commitments are not locked yet" },
	[KL_PARTY_NOT_WITNESSED] = { "联署见证尚未达到法定数",
	    "not enough witnesses have cosigned in time" },
	[KL_PARTY_OPERATOR_FIRST] = { "没有信标时须由运营机构先揭示，正在等待",
	    "without a beacon the operator reveals first" },
	[KL_PARTY_COMMIT_LATE] = { "承诺截止时间已过，没有作出承诺",
	    "commit-by has passed without a commitment of ours" },
	[KL_PARTY_REVEAL_LATE] = { "揭示截止时间已过，没有公开秘密",
	    "reveal-by has passed without a reveal of ours" },
	[KL_PARTY_FINDING] = { "核对未通过", "a check has failed" },
	[KL_PARTY_DRAW_OTHER] = { "冻结声明属于另一次抽取",
	    "the declaration is of another draw" },
	[KL_PARTY_TEXT_MISSING] = { "缺少声明所依据的文本",
	    "a text that the declaration rests on is not there" },
	[KL_PARTY_NOT_LOGGED] = { "日志里没有应有的条目或检查点",
	    "the log does not show an entry or checkpoint that it must" },
	[KL_PARTY_NOT_A_PARTY] = { "声明里没有使用本方公钥的参与方",
	    "no party is declared with this key" },
	[KL_PARTY_PARTY_KEY] = { "声明的参与方公钥与信任文件不符",
	    "a party is declared with another key than the trust file gives" },
	[KL_PARTY_ROSTER_OTHER] = { "名单不是预期的那一份",
	    "the roster is not the one that was expected" },
	[KL_PARTY_CLOCK] = { "日志的时间超前于本机时钟，请校准本机时钟",
	    "the log is ahead of this machine's clock: set the clock" },
	[KL_PARTY_OWN_ABSENT] = { "锁定文本里没有本方的承诺",
	    "our commitment is not in the lock" },
	[KL_PARTY_OWN_DIFFERS] = { "锁定文本里的本方承诺被改动",
	    "our commitment in the lock is not the one we made" },
	[KL_PARTY_COPIED] = { "有一方抄用了另一方的承诺",
	    "a party has copied another's commitment" },
	[KL_PARTY_COMMIT_OTHER] = { "日志里有一个以本方密钥签名、但不是这里作出"
				    "的承诺：可能有人使用了本方密钥",
	    "the log has a commitment signed with our key that was not made "
	    "here: somebody else may use the key" },
	[KL_PARTY_NOT_CLOSED] = { "抽取尚未结束", "the draw is not over yet" },
	[KL_PARTY_UNREACHABLE] = { "联系不上服务",
	    "the service does not answer" },
	[KL_PARTY_NOT_TAKEN] = { "服务没有接收",
	    "the service does not take it" },
	[KL_PARTY_RECEIPT_BAD] = { "服务给出的回执无效",
	    "the service gave a receipt that is not valid" },
	[KL_PARTY_CLOSED] = { "抽取已经结束，这一步不再需要",
	    "the draw has ended before this step" },
	[KL_PARTY_LOG_SIGNATURE] = { "检查点不是受信任日志所签",
	    "the checkpoint is not signed by the log that is trusted" },
	[KL_PARTY_LOG_FORKED] = { "日志与以前所见不一致(分叉):"
				  "请保留文件夹并通知"
				  "审计机构",
	    "the log is not a continuation of what it was (forked): keep the "
	    "folder, and call the auditor" },
	[KL_PARTY_LOG_ROLLED_BACK] = { "日志比以前所见的短(回滚)",
	    "the log is shorter than it was (rolled back)" },
	[KL_PARTY_LOG_OTHER] = { "日志的第一条记录不是受信任日志的",
	    "entry 0 of the log is not that of the log that is trusted" },
	[KL_PARTY_EVENTS_BAD] = { "服务给出的条目无法读取",
	    "what the service says of the draw cannot be read" },
	[KL_PARTY_EVENT_TWICE] = { "日志里同一事件出现了两次",
	    "the log has an event of the draw twice" },
	[KL_PARTY_RECEIPT_BROKEN] = { "日志没有兑现回执："
				      "请保留回执并通知审计机构",
	    "the log does not hold what its receipt promised by now: keep the "
	    "receipt, and call the auditor" },
	[KL_PARTY_FOLDER_BUSY] = { "另一个进程正在使用这个文件夹",
	    "another run is using this folder" },
	[KL_PARTY_FOLDER_OTHER] = { "这个文件夹属于另一次抽取或另一份声明",
	    "this folder belongs to another draw or declaration" },
	[KL_PARTY_FOLDER_BAD] = { "文件夹无法读写",
	    "the folder cannot be read or written" },
	[KL_PARTY_SECRET_OPEN] = { "秘密文件可被他人读取，或不属于本用户",
	    "others can read the secret, or it is somebody else's file" },
	[KL_PARTY_SECRET_BAD] = { "秘密文件已损坏，或不属于本次抽取",
	    "the secret is damaged, or of another declaration or party" },
	[KL_PARTY_SECRET_LOST] = { "承诺已作出，但秘密文件不见了",
	    "a commitment was made, but its secret is gone" },
	[KL_PARTY_DICE_BAD] = { "骰子文件应只有 1 到 6 的数字，至少 100 个",
	    "the dice file must hold at least 100 digits from 1 to 6" },
	[KL_PARTY_PACK_BAD] = { "证据包核验未通过",
	    "the evidence pack does not verify" },
	[KL_PARTY_PACK_OTHER] = { "证据包里的文本与当初核对的不同",
	    "the evidence pack holds other texts than were checked before" },
	[KL_PARTY_LEFT_OUT] = { "本方已揭示，封印却写作未揭示："
				"请保留回执并通知审计"
				"机构",
	    "we did reveal, but the seal says otherwise: keep the receipt, "
	    "and call the auditor" },
};

const char *kl_party_chinese(enum kl_party_code code)
{
	return lines[code].chinese;
}

const char *kl_party_english(enum kl_party_code code)
{
	return lines[code].english;
}
