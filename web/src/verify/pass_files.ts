// The pass `files` (protocol §5, §8): the names a pack may have, and which of
// them an attempt has.
import { type Attempt, CHECKPOINTS, replaceStem } from './attempt';
import type { Declare } from './declare';
import type { Close } from './outcome';
import { type Lock, revealed, type Seal } from './secrets';
import { parseInteger } from './text';

const ALWAYS = ['notice.json', 'policy.json', 'roster.txt', 'names.txt', 'excluded.txt',
  'declare.txt', 'close.txt'];
const HELPERS = ['README.txt', 'verify.sh'];
const PARTY = '[a-z][a-z0-9-]{0,31}';
const REPLACE = 'replace(?:-(?:[2-9]|[1-9][0-9]{1,15}))?';
const STEM = 'roster|names|excluded|declare|draft|lock|seal|beacon|seed|result|close|annul' +
  `|${REPLACE}|committed-${PARTY}|revealed-${PARTY}`;

const NAME = new RegExp(`^(?:${[
  '(?:notice|policy|pulse)\\.json',
  '(?:roster|names|excluded|declare|close|draft|lock|seal|beacon|seed|result|annul|README)\\.txt',
  'verify\\.sh', `commit-${PARTY}\\.txt`, `${REPLACE}\\.txt`,
  `log/(?:${CHECKPOINTS.join('|')}|consistency)`, `log/(?:${STEM})\\.(?:leaf|proof)`,
].join('|')})$`);

/** May a file of an attempt have this name? */
export function isFileName(name: string): boolean {
  const number = /(?:^|\/)replace-(\d+)\./.exec(name)?.[1] ?? '0';
  return NAME.test(name) && parseInteger(number) !== undefined;
}

type Presence = 'must' | 'may' | 'no';

interface Rule {
  lock: Presence;
  seal: Presence;
  log: Presence;
}

/** By the reason of close.txt: the table of protocol §8. */
const RULES: Record<string, Rule> = {
  drawn: { lock: 'must', seal: 'must', log: 'must' },
  beacon: { lock: 'must', seal: 'must', log: 'must' },
  party: { lock: 'must', seal: 'must', log: 'must' },
  'too-few': { lock: 'no', seal: 'no', log: 'must' },
  absent: { lock: 'no', seal: 'no', log: 'must' },
  unwitnessed: { lock: 'may', seal: 'no', log: 'may' },
  unsealed: { lock: 'must', seal: 'must', log: 'may' },
  withheld: { lock: 'must', seal: 'no', log: 'must' },
  cancelled: { lock: 'may', seal: 'may', log: 'may' },
};

/** What an attempt's files must and may be, by name; all others may not be. */
class Expected {
  private readonly presence = new Map<string, Presence>(HELPERS.map((name) => [name, 'may']));

  set(name: string, presence: Presence): void {
    this.presence.set(name, presence);
  }

  allows(name: string): boolean {
    return (this.presence.get(name) ?? 'no') !== 'no';
  }

  /** A leaf and its proof; when one of them is there, both must be. */
  leaf(attempt: Attempt, stem: string, presence: Presence): void {
    const names = [`log/${stem}.leaf`, `log/${stem}.proof`];
    const there = names.some((name) => attempt.files.has(name));
    for (const name of names) this.set(name, presence === 'may' && there ? 'must' : presence);
  }

  judge(attempt: Attempt): void {
    for (const [name, presence] of this.presence) {
      if (presence === 'must' && !attempt.files.has(name)) attempt.find('file-missing', name, 0);
    }
    for (const name of attempt.files.keys()) {
      if (this.allows(name)) continue;
      if (attempt.settings.bare && name.startsWith('log/')) continue;
      attempt.find('file-unexpected', name, 0);
    }
  }
}

function beaconPresence(declare: Declare, close: Close, seal: boolean): Presence {
  const { kind } = declare.beacon;
  if (kind === 'none') return 'no';
  if (close.outcome === 'result') return 'must';
  if (!close.known || close.reason === 'beacon') return 'no';
  return kind === 'public' || !seal ? 'may' : 'must';
}

function expectTexts(attempt: Attempt, declare: Declare, close: Close, expected: Expected): void {
  const { files } = attempt;
  const rule = RULES[close.reason]!;
  const result = close.outcome === 'result' ? 'must' : 'no';
  const seal = rule.seal === 'may' && !files.has('lock.txt') ? 'no' : rule.seal;
  const beacon = beaconPresence(declare, close, files.has('seal.txt'));
  for (const name of ALWAYS) expected.set(name, 'must');
  expected.set('draft.txt', declare.draft.digest === declare.roster ? 'no' : 'must');
  expected.set('lock.txt', rule.lock);
  expected.set('seal.txt', seal);
  expected.set('beacon.txt', beacon);
  expected.set('pulse.json', declare.beacon.kind === 'nist' && files.has('beacon.txt') ? 'must' : 'no');
  expected.set('seed.txt', result);
  expected.set('result.txt', result);
  if (result === 'must') expected.set('annul.txt', 'may');
}

function expectReplaces(attempt: Attempt, close: Close, expected: Expected): void {
  if (close.outcome !== 'result') return;
  for (let n = 1; attempt.files.has(`${replaceStem(n)}.txt`); n++) {
    expected.set(`${replaceStem(n)}.txt`, 'must');
  }
}

function expectLog(attempt: Attempt, close: Close, expected: Expected): void {
  const { files } = attempt;
  const { log } = RULES[close.reason]!;
  const after = files.has('replace.txt') || files.has('annul.txt');
  expected.set('log/declared', log);
  expected.set('log/locked', files.has('lock.txt') ? log : 'no');
  expected.set('log/sealed', files.has('seal.txt') ? log : 'no');
  expected.set('log/closed', 'must');
  expected.set('log/last', after ? 'must' : 'no');
  expected.set('log/consistency', 'may');
  for (const name of files.keys()) {
    const text = /^([^/]+)\.txt$/.exec(name)?.[1];
    if (text && !/^(?:README$|commit-|replace)/.test(text)) expected.leaf(attempt, text, 'must');
  }
  for (let n = 1; files.has(`${replaceStem(n)}.txt`); n++) expected.leaf(attempt, replaceStem(n), 'must');
  if (!files.has('draft.txt')) expected.leaf(attempt, 'draft', 'may');
}

function expectParties(
  attempt: Attempt, declare: Declare, lock: Lock | undefined, seal: Seal | undefined, expected: Expected,
): void {
  const { bare } = attempt.settings;
  const declared = (party: string): boolean => declare.parties.some(({ id }) => id === party);
  for (const { id } of bare ? [] : declare.parties) {
    expected.leaf(attempt, `committed-${id}`, 'may');
    expected.leaf(attempt, `revealed-${id}`, 'may');
  }
  for (const { party, commit } of bare ? [] : lock?.commits ?? []) {
    if (commit && declared(party)) expected.leaf(attempt, `committed-${party}`, 'must');
  }
  for (const { party } of seal ? revealed(seal) : []) {
    if (!declared(party)) continue;
    expected.set(`commit-${party}.txt`, 'must');
    if (!bare) expected.leaf(attempt, `revealed-${party}`, 'must');
  }
}

/** What earlier attempts brought, by number. */
export type Earlier = Map<number, Map<string, Uint8Array>>;

/** What must be there and what must not, once the texts that say so have their
 * form; until then only what is always there. */
export function checkPresence(attempt: Attempt, earlier: Earlier): void {
  const { declare, close, lock, seal } = attempt.texts;
  const { files, settings } = attempt;
  const broken = (files.has('lock.txt') && !lock) || (files.has('seal.txt') && !seal);
  if (!declare || !close || broken) {
    for (const name of ALWAYS) {
      if (!files.has(name)) attempt.find('file-missing', name, 0);
    }
    return;
  }
  const expected = new Expected();
  expectTexts(attempt, declare, close, expected);
  expectReplaces(attempt, close, expected);
  if (!settings.bare) expectLog(attempt, close, expected);
  expectParties(attempt, declare, lock, seal, expected);
  expected.judge(attempt);
  for (const [n, brought] of earlier) {
    if (n < declare.attempt) continue;
    for (const name of brought.keys()) attempt.find('file-unexpected', `previous/${n}/${name}`, 0);
  }
}
