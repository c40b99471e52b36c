// What joins the attempts of a project: the pass `previous` (protocol §3, §5).
import type { Attempt, Whole } from './attempt';
import { type Findings, SECTION } from './findings';
import { utf8 } from './bytes';
import { parseCommit } from './secrets';
import { FormError } from './text';

export interface Joined {
  attempt: Attempt;
  texts: Whole;
}

type Find = (code: string, file: string, line: number) => void;

function checkIdentity(find: Find, all: Joined[]): void {
  const own = all[all.length - 1]!.texts.declare;
  const draws = new Set<string>();
  all.forEach(({ attempt, texts }, i) => {
    const { declare } = texts;
    const at = (code: string, word: string): void =>
      find(code, `${attempt.prefix}declare.txt`, declare.lines.get(word)!);
    if (declare.attempt !== i + 1) at('previous-attempt', 'attempt');
    if (declare.project !== own.project) at('previous-project', 'project');
    if (declare.log.origin !== own.log.origin || declare.log.key !== own.log.key) at('previous-log', 'log');
    if (draws.has(declare.draw)) at('previous-draw', 'draw');
    draws.add(declare.draw);
  });
}

function checkChain(find: Find, all: Joined[]): void {
  all.slice(1).forEach(({ attempt, texts }, i) => {
    const before = all[i]!;
    const file = `${attempt.prefix}declare.txt`;
    const line = texts.declare.lines.get('previous')!;
    const declared = texts.proofs.get('declare')?.index ?? Infinity;
    const { close, annul, proofs } = before.texts;
    const over = proofs.get(close.outcome === 'result' ? 'annul' : 'close')?.index ?? -1;
    if (texts.declare.previous !== before.attempt.digest('close.txt')) find('digest-previous', file, line);
    if (close.outcome === 'result' && !annul) find('previous-stands', file, line);
    if (declared <= over) find('previous-order', file, 0);
  });
}

/** The secrets that an attempt has shown, with where: in its seal, or else at the
 * commitment that the lock has of it. */
function secretsOf({ attempt, texts }: Joined): { hex: string; file: string; line: number }[] {
  const { declare, leaves, lock, seal } = texts;
  return declare.parties.flatMap(({ id }) => {
    const sealed = seal?.secrets.findIndex(({ party }) => party === id) ?? -1;
    const secret = seal?.secrets[sealed]?.secret;
    const stem = `revealed-${id}`;
    if (typeof secret === 'object') return [{ hex: secret.hex, file: 'seal.txt', line: sealed + 4 }];
    const hex = attempt.unsound.has(stem) ? undefined : secretIn(leaves.get(stem)?.data.get('text'));
    const place = lock?.commits.findIndex(({ party }) => party === id) ?? -1;
    return hex === undefined ? [] : [{ hex, file: 'lock.txt', line: place + 3 }];
  });
}

function secretIn(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return parseCommit(utf8(text)).secret;
  } catch (error) {
    if (error instanceof FormError) return undefined;
    throw error;
  }
}

function checkSecrets(find: Find, all: Joined[]): void {
  const used = new Set<string>();
  for (const one of all) {
    const secrets = secretsOf(one);
    for (const { hex, file, line } of secrets) {
      if (used.has(hex)) find('secret-reused', one.attempt.prefix + file, line);
    }
    for (const { hex } of secrets) used.add(hex);
  }
}

/** `all` are the attempts from the first to the pack's own. */
export function checkJoined(findings: Findings, all: Joined[]): void {
  const find: Find = (code, file, line) => findings.add(SECTION.joined, code, file, line);
  checkIdentity(find, all);
  checkChain(find, all);
  checkSecrets(find, all);
}

