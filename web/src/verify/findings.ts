// The table of findings (protocol §9): their passes and their order are the
// protocol's, and tests/vectors/findings.json is the same table as data.

import { compareUtf8 } from './bytes';

type Row = [code: string, zh: string, en: string];

const TABLE: Record<string, Row[]> = {
  files: [
    ['file-name', '证据包不允许有此文件名', 'no file of a pack has this name'],
    ['file-twice', '同名文件出现两次', 'two files have this name'],
    ['file-size', '文件超过 16 MiB', 'the file is over 16 MiB'],
    ['file-missing', '缺少此文件', 'this file is missing'],
    ['file-unexpected', '此次抽取不应有此文件', 'this attempt has no such file'],
  ],
  form: [
    ['form-notice', '采购公告不是规范 JSON', 'the notice is no canonical JSON'],
    ['form-policy', '政策参数不是规范 JSON', 'the policy is no canonical JSON'],
    ['form-roster', '入围名单格式不符', 'the roster breaks its form'],
    ['form-names', '名称表格式不符', 'the names break their form'],
    ['form-excluded', '排除名单格式不符', 'the exclusions break their form'],
    ['form-declare', '冻结声明格式不符', 'the declaration breaks its form'],
    ['form-close', '结束记录格式不符', 'the closing breaks its form'],
    ['form-draft', '名单草案格式不符', 'the draft roster breaks its form'],
    ['form-lock', '承诺锁定格式不符', 'the lock breaks its form'],
    ['form-commit', '揭示文本格式不符', 'the reveal breaks its form'],
    ['form-seal', '封存记录格式不符', 'the seal breaks its form'],
    ['form-beacon', '信标记录格式不符', 'the beacon text breaks its form'],
    ['form-pulse', 'NIST 脉冲不是规范 JSON', 'the pulse is no canonical JSON'],
    ['form-seed', '种子文本格式不符', 'the seed text breaks its form'],
    ['form-result', '结果文本格式不符', 'the result breaks its form'],
    ['form-replace', '递补记录格式不符', 'the replacement breaks its form'],
    ['form-annul', '撤销记录格式不符', 'the annulment breaks its form'],
    ['form-checkpoint', '检查点格式不符', 'the checkpoint breaks its form'],
    ['form-consistency', '一致性证明格式不符', 'the consistency proofs break their form'],
    ['form-leaf', '日志条目格式不符', 'the entry of the log breaks its form'],
    ['form-proof', '包含证明格式不符', 'the inclusion proof breaks its form'],
  ],
  digests: [
    ['draw-differs', '写的是另一次抽取的编号', 'it names another draw'],
    ['digest-notice', '此处摘要与 notice.json 不符', 'this is not the digest of notice.json'],
    ['project-differs', '项目编码与采购公告不符', 'the notice has another project code'],
    ['digest-policy', '此处摘要与 policy.json 不符', 'this is not the digest of policy.json'],
    ['digest-draft', '此处摘要与名单草案不符', 'this is not the digest of the draft roster'],
    ['digest-roster', '此处摘要与 roster.txt 不符', 'this is not the digest of roster.txt'],
    ['digest-names', '此处摘要与 names.txt 不符', 'this is not the digest of names.txt'],
    ['digest-excluded', '此处摘要与 excluded.txt 不符', 'this is not the digest of excluded.txt'],
    ['names-differ', '名称表与入围名单不是同一批机构', 'the names are not those of the roster'],
    ['excluded-entered', '被排除的机构仍在入围名单中', 'an excluded one is in the roster'],
    ['select-entries', '应选数量多于入围机构', 'more are to be selected than entered'],
    ['declare-differs', '此处摘要与 declare.txt 不符', 'this is not the digest of declare.txt'],
    ['lock-parties', '锁定的参与方与声明不符', 'the lock has other parties than declared'],
    ['lock-absent', '必需的参与方缺席，不应锁定', 'a required party is absent, so nothing is locked'],
    ['digest-lock', '此处摘要与 lock.txt 不符', 'this is not the digest of lock.txt'],
    ['seal-parties', '封存的参与方与声明不符', 'the seal has other parties than declared'],
    ['seal-absent', '封存与锁定的缺席情况不一致', 'the seal and the lock differ in who is absent'],
    ['commit-party', '揭示文本写的是另一参与方', 'the reveal names another party'],
    ['digest-commit', '承诺值与揭示文本不符', 'the commitment is not that of the reveal'],
    ['seal-secret', '封存的秘密与揭示文本不同', 'the seal has another secret than the reveal'],
    ['digest-pulse', '此处摘要与 pulse.json 不符', 'this is not the digest of pulse.json'],
    ['digest-seal', '此处摘要与 seal.txt 不符', 'this is not the digest of seal.txt'],
    ['digest-seed', '此处摘要与 seed.txt 不符', 'this is not the digest of seed.txt'],
    ['digest-result', '此处摘要与 result.txt 不符', 'this is not the digest of result.txt'],
    ['digest-close', '此处摘要与 close.txt 不符', 'this is not the digest of close.txt'],
  ],
  policy: [
    ['policy-member', '政策参数缺少成员或成员不合规定', 'the policy lacks a member of its draw, or it has another form'],
    ['policy-beacon', '政策不允许此信标', 'the policy does not allow this beacon'],
    ['policy-reason', '不用信标须在政策中写明理由', 'without a beacon the policy must give its reason'],
    ['policy-delay', '信标延迟短于政策下限', 'the beacon delay is shorter than the policy allows'],
    ['policy-entrants', '入围机构少于政策下限', 'fewer entered than the policy demands'],
    ['policy-parties', '未按政策声明必需的参与方', 'a party the policy requires is not declared as required'],
    ['policy-weight', '权重超过政策上限', "the weight is over the policy's limit"],
    ['policy-alternates', '候补数量超过政策上限', 'more alternates than the policy allows'],
    ['policy-template', '政策中没有此公开随机方式', 'the policy has no such template'],
    ['policy-quorum', '联署数低于政策要求', "the quorum is lower than the policy's"],
  ],
  keys: [
    ['keys-not-anchored', '没有给出可信公钥（--trust），公钥只是证据包自称', "keys not anchored: no trusted keys were given, these are only the pack's own"],
    ['log-untrusted', '这不是您信任的日志及其公钥', 'this is no log and key you trust'],
    ['log-rehearsal', '这是演练日志，须加 --rehearsal', "the log is a rehearsal's: ask for --rehearsal"],
    ['commit-signature', '承诺的签名无效', 'the commitment is not signed by its party'],
    ['secret-twice', '两个参与方用了同一个秘密', 'two parties have one secret'],
  ],
  times: [
    ['draft-time', '异议期未在提交承诺截止前结束', 'the objection window does not end before commit-by'],
    ['chain-unknown', '不认识的信标链', 'the beacon chain is not known here'],
    ['certificate-unknown', '不认识的信标证书', "the beacon's certificate is not known here"],
    ['beacon-time', '信标时间不是按公式算出的', 'the beacon is not the one the formula gives'],
  ],
  log: [
    ['checkpoint-log', '检查点不是声明的日志签发的', 'the checkpoint is not signed by the declared log'],
    ['checkpoint-witness', '检查点上有伪造的见证联署', "a witness's cosignature on the checkpoint is false"],
    ['checkpoint-tree', '检查点之间缺少或不符一致性证明', 'the log is not shown to have only grown between the checkpoints'],
    ['leaf-event', '日志条目不是此次抽取的该项事件', 'the entry is not this event of this draw'],
    ['leaf-data', '日志条目的内容与文本不符', 'the entry does not hold what the text says'],
    ['proof-checkpoint', '包含证明用的是另一检查点', 'the proof is against another checkpoint'],
    ['proof-inclusion', '日志中没有此条目', 'the entry is not in the log'],
    ['checkpoint-early', '检查点没有覆盖该文本', 'the checkpoint does not cover its text'],
    ['log-order', '日志中的先后次序不对', 'the entry stands in the wrong order'],
    ['draft-window', '异议期未在草案公布之后、冻结之前结束', 'the objection window does not end after the draft and before the freeze'],
    ['declare-late', '冻结声明迟于提交承诺截止时间', 'the declaration was logged too late'],
    ['declare-unwitnessed', '冻结声明未及时得到见证联署', 'the declaration was not cosigned in time'],
    ['commitment-late', '承诺迟于截止时间', 'the commitment was logged too late'],
    ['commitment-left-out', '按时提交的承诺被漏掉', 'a commitment in time was left out of the lock'],
    ['lock-early', '锁定早于提交承诺截止时间', 'the lock was logged before commit-by'],
    ['lock-late', '锁定迟于揭示截止时间', 'the lock was logged too late'],
    ['lock-unwitnessed', '锁定未及时得到见证联署', 'the lock was not cosigned in time'],
    ['reveal-early', '揭示早于锁定的联署', 'the reveal was logged before the lock was cosigned'],
    ['reveal-late', '揭示迟于截止时间', 'the reveal was logged too late'],
    ['reveal-left-out', '按时提交的揭示被漏掉', 'a reveal in time was left out of the seal'],
    ['operator-not-first', '无信标时运营机构应最先揭示', 'without a beacon the operator reveals first'],
    ['seal-early', '尚未全部揭示即在截止时间前封存', 'sealed before reveal-by although not all had revealed'],
    ['seal-late', '有秘密未揭示，且封存未在信标之前完成', 'the seal was not set before the beacon although a secret is withheld'],
    ['beacon-early', '信标值早于约定时间', 'the beacon value was logged before its time'],
    ['close-unwitnessed', '最后的检查点没有足够的见证联署', 'the last checkpoint is not cosigned by the quorum'],
    ['close-late', '结果迟于信标时间 24 小时以上，应视为失败', 'closed later than 24 hours after the beacon: the attempt counts as failed'],
    ['known-false', '结束时结果已可知，却写作不可知', 'it says the outcome could not be known, but it could'],
  ],
  beacon: [
    ['beacon-differs', '不是声明的信标', 'it is not the beacon that was declared'],
    ['beacon-forged', '信标值不是该链对该轮次的签名', "the value is not the chain's signature of that round"],
    ['beacon-value', '公开随机值不合规定的样式', 'the public value does not match its template'],
    ['attest-party', '见证人不是已揭示的参与方，或次序不对', 'the attester is no party that revealed, or out of order'],
    ['attest-signature', '公开随机值的签名无效', 'the value is not signed by its attester'],
    ['pulse-differs', '脉冲不是声明时间、状态正常的那一个', 'the pulse is not the declared one, or not in order'],
    ['pulse-forged', '脉冲的输出值或签名与其内容、证书不符', "the pulse's output or signature does not follow from its content and certificate"],
    ['seed-beacon', '种子与信标不符', 'the seed does not follow from the beacon'],
  ],
  result: [
    ['result-differs', '排序与重新计算的不同', 'the ranking is not the one computed from the seed'],
    ['reason-untrue', '结束理由与证据不符', 'the reason for closing is not borne out'],
  ],
  after: [
    ['replace-out', '退出者此时并非中选机构', 'the one who goes was not selected then'],
    ['replace-in', '接替者不是下一顺位候补', 'the one who comes is not the next alternate'],
    ['approve-party', '批准者不是声明的参与方，或次序不对', 'the approver is no declared party, or out of order'],
    ['approve-signature', '批准的签名无效', 'the approval is not signed by its party'],
  ],
  previous: [
    ['previous-attempt', '这不是该次序的抽取', 'it is not the attempt of this number'],
    ['previous-project', '前次抽取属于另一项目', "the earlier attempt is another project's"],
    ['previous-log', '前次抽取在另一日志中', 'the earlier attempt is in another log'],
    ['previous-draw', '两次抽取编号相同', 'two attempts have one draw id'],
    ['digest-previous', '此处摘要与前次的 close.txt 不符', 'this is not the digest of the earlier close.txt'],
    ['previous-stands', '前次结果有效且未撤销，不得重抽', 'the earlier result stands: it was not annulled'],
    ['previous-order', '前次尚未结束就开始新的抽取', 'declared before the earlier attempt was over'],
    ['secret-reused', '前次用过的秘密再次使用', 'a secret of an earlier attempt is used again'],
  ],
  verifier: [
    ['level-low', '等级低于要求', 'the level is lower than asked for'],
  ],
};

export interface Kind {
  code: string;
  pass: string;
  order: number;
  zh: string;
  en: string;
}

/** Every kind of finding, in the order of checking. */
export const KINDS: Kind[] = Object.entries(TABLE)
  .flatMap(([pass, rows]) => rows.map(([code, zh, en]) => ({ code, pass, zh, en })))
  .map((kind, i) => ({ ...kind, order: i + 1 }));

const BY_CODE = new Map(KINDS.map((kind) => [kind.code, kind]));

export interface Finding {
  code: string;
  check: string;
  /** With the folder of its attempt. */
  file: string;
  /** From 1; 0 is the file as a whole, or that it is missing. */
  line: number;
  why: string | null;
  zh: string;
  en: string;
}

/** Where the order of checking begins anew: protocol §9. */
export const SECTION = { everywhere: 0, own: 1, joined: 1e9, verifier: 2e9 };

interface Placed {
  section: number;
  order: number;
  finding: Finding;
}

function compare(a: Placed, b: Placed): number {
  const [left, right] = [a.finding, b.finding];
  if (a.section !== b.section) return a.section - b.section;
  if (a.order !== b.order) return a.order - b.order;
  return compareUtf8(left.file, right.file) || left.line - right.line;
}

export class Findings {
  private readonly placed: Placed[] = [];
  private readonly seen = new Set<string>();

  /** One finding of a kind a line is enough. */
  add(section: number, code: string, file: string, line: number, why: string | null = null): void {
    const kind = BY_CODE.get(code);
    const key = `${section} ${code} ${line} ${file}`;
    if (!kind) throw new Error(`no such finding: ${code}`);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const { pass, order, zh, en } = kind;
    this.placed.push({ section, order, finding: { code, check: pass, file, line, why, zh, en } });
  }

  count(section: number): number {
    return this.placed.filter((one) => one.section === section).length;
  }

  /** In the order of checking: the first is the verdict. */
  all(): Finding[] {
    return this.placed.sort(compare).map(({ finding }) => finding);
  }
}
