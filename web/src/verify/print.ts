// A report as text for people, in Chinese or English.
import type { Level } from './level';
import { DOES_NOT_SHOW, type Report, type ShownAttempt } from './report';

export type Language = 'zh' | 'en';

type Words = Record<Language, string>;

const VERDICT: Record<'good' | 'bad', Words> = {
  good: { zh: '结论：核验通过', en: 'verdict: verified' },
  bad: { zh: '结论：核验未通过', en: 'verdict: NOT verified' },
};

const LEVELS: Record<Level, Words> = {
  A: { zh: 'A', en: 'A' },
  B: { zh: 'B', en: 'B' },
  C: { zh: 'C', en: 'C' },
  unproven: { zh: 'unproven（未核对日志）', en: 'unproven (the log was not read)' },
  rehearsal: { zh: 'rehearsal（演练）', en: 'rehearsal' },
  test: { zh: 'test（测试信标）', en: 'test (a beacon for tests)' },
};

const ROLES: Record<string, Words> = {
  selected: { zh: '中选', en: 'selected' },
  alternate: { zh: '候补', en: 'alternate' },
  replaced: { zh: '已退出', en: 'replaced' },
  promoted: { zh: '递补中选', en: 'selected as alternate' },
  'shadow-selected': { zh: '本应中选', en: 'would have been selected' },
  'shadow-alternate': { zh: '本应候补', en: 'would have been alternate' },
};

const WARNINGS: Record<string, Words> = {
  'party-absent': { zh: '该参与方没有提交承诺', en: 'the party made no commitment' },
  'party-withheld': { zh: '该参与方没有揭示秘密', en: 'the party withheld its secret' },
  'party-unverified': { zh: '未给出该参与方的公钥，身份未核实', en: 'its key was not given: it may be anybody' },
  'witness-unverified': { zh: '未给出该见证人的公钥，不计入', en: 'its key was not given: it counts for nothing' },
  'draft-unproven': { zh: '没有名单草案公布的证据', en: 'nothing shows when the draft was shown' },
  'helper-unknown': { zh: '不是已发布的版本', en: 'these are no bytes of a known release' },
  'redrawn-withheld': { zh: '前次因其未揭示而作废', en: 'an earlier attempt was void because it withheld' },
  'shadow-unknown': { zh: '证据包不能说明谁本会中选', en: 'the pack does not show who would have been selected' },
  'closed-late': { zh: '结束迟于信标时间 24 小时以上', en: 'closed later than 24 hours after the beacon' },
};

const OUTCOMES: Record<string, Words> = {
  result: { zh: '有结果', en: 'a result' },
  failed: { zh: '失败', en: 'failed' },
  void: { zh: '作废', en: 'void' },
};

function attemptLines(attempt: ShownAttempt, language: Language): string[] {
  const zh = language === 'zh';
  const outcome = OUTCOMES[attempt.outcome]![language];
  const { parties, committed, revealed } = attempt;
  return [
    zh ? `第 ${attempt.attempt} 次抽取 ${attempt.draw}：${outcome}（${attempt.reason}）`
      : `attempt ${attempt.attempt}, draw ${attempt.draw}: ${outcome} (${attempt.reason})`,
    zh ? `  声明 ${parties} 方，承诺 ${committed} 方，实际揭示 ${revealed} 方`
      : `  secrets: ${parties} parties declared, ${committed} committed, ${revealed} revealed`,
    ...attempt.entries.map(({ rank, role, id, name }) =>
      `  ${rank}. ${ROLES[role]![language]} ${id} ${name}`),
  ];
}

export function printReport(report: Report, language: Language): string {
  const zh = language === 'zh';
  const colon = zh ? '：' : ': ';
  const lines = [VERDICT[report.verified ? 'good' : 'bad'][language]];
  for (const finding of report.findings) {
    const place = finding.line > 0 ? `${finding.file}:${finding.line}` : finding.file;
    lines.push(`  ${place}: ${finding.code}: ${finding[language]}`);
  }
  if (report.level) {
    const caps = report.caps.length > 0 ? ` (${report.caps.join(', ')})` : '';
    lines.push((zh ? '等级：' : 'level: ') + LEVELS[report.level][language] + caps);
    lines.push(`rests on: ${report.rests_on}`);
  }
  for (const attempt of report.attempts) lines.push(...attemptLines(attempt, language));
  for (const { code, about } of report.warnings) {
    const words = WARNINGS[code]?.[language] ?? '';
    lines.push(`${zh ? '提醒：' : 'warning: '}${[code, about].filter(Boolean).join(' ')}${colon}${words}`);
  }
  lines.push(zh ? '本证明不能说明：' : 'what this does not show:');
  for (const words of DOES_NOT_SHOW) lines.push(`  - ${words[language]}`);
  return lines.join('\n') + '\n';
}
