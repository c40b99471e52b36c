// The passes `policy`, `keys` and `times`: the declaration against the policy it
// is bound to, whose word it is, and the beacon's time (protocol §2, §5).
import type { Attempt, Whole } from './attempt';
import { fromHex, utf8 } from './bytes';
import type { Declare } from './declare';
import { chainOf, roundAt } from './drand';
import { verifySignature } from './ed25519';
import { certificateOf } from './certificate';
import { parsePolicy } from './policy';
import { commitmentStatement } from './secrets';

export function checkPolicy(attempt: Attempt, texts: Whole): void {
  const { declare, roster } = texts;
  const policy = parsePolicy(texts.policy);
  const { kind } = declare.beacon;
  const find = (code: string, word: string): void => {
    attempt.find(code, 'declare.txt', declare.lines.get(word)!);
  };
  if (!policy) return attempt.find('policy-member', 'policy.json', 1);
  attempt.policy = policy;
  if (!policy.beacons.includes(kind)) find('policy-beacon', 'beacon');
  if (kind === 'none' && policy.reason === null) find('policy-reason', 'beacon');
  if (kind !== 'none' && declare.delay < policy.delayMin) find('policy-delay', 'beacon-delay');
  if (roster.entries.length < policy.entrantsMin) attempt.find('policy-entrants', 'roster.txt', 3);
  for (const id of policy.requiredParties) {
    const place = declare.parties.findIndex((party) => party.id === id);
    if (declare.parties[place]?.required) continue;
    attempt.find('policy-parties', 'declare.txt', declare.lines.get('party')! + Math.max(0, place));
  }
  roster.entries.forEach(({ weight }, i) => {
    if (weight > policy.weightMax) attempt.find('policy-weight', 'roster.txt', i + 4);
  });
  if (declare.select.alternates > policy.alternatesMax) find('policy-alternates', 'select');
  if (declare.beacon.kind === 'public' && !policy.templates.has(declare.beacon.template)) {
    find('policy-template', 'beacon');
  }
  if (declare.quorum !== 0 && declare.quorum < policy.quorum) find('policy-quorum', 'quorum');
}

/** Does the origin name a rehearsal's log? Protocol §8. */
export function isRehearsal(declare: Declare): boolean {
  return declare.log.origin.endsWith('/rehearsal');
}

function checkLogKey(attempt: Attempt, declare: Declare): void {
  const { trust, bare, rehearsal } = attempt.settings;
  const { origin, key } = declare.log;
  const line = declare.lines.get('log')!;
  if (isRehearsal(declare) && !rehearsal) attempt.find('log-rehearsal', 'declare.txt', line);
  if (!trust) {
    if (!bare) attempt.find('keys-not-anchored', 'declare.txt', line);
  } else if (!trust.logs.some((log) => log.name === origin && log.key === key)) {
    attempt.find('log-untrusted', 'declare.txt', line);
  }
}

export function checkKeys(attempt: Attempt, { declare, lock, seal }: Whole): void {
  const hash = attempt.digest('declare.txt');
  const used = new Set<string>();
  checkLogKey(attempt, declare);
  lock?.commits.forEach(({ party, commit }, i) => {
    const key = declare.parties.find(({ id }) => id === party)?.key;
    if (!commit || !key) return;
    const statement = utf8(commitmentStatement(hash, party, commit.digest));
    if (!verifySignature(key, statement, fromHex(commit.signature))) {
      attempt.find('commit-signature', 'lock.txt', i + 3);
    }
  });
  seal?.secrets.forEach(({ secret }, i) => {
    if (typeof secret === 'string') return;
    if (used.has(secret.hex)) attempt.find('secret-twice', 'seal.txt', i + 4);
    used.add(secret.hex);
  });
}

/** When the beacon may come at the earliest: t of protocol §2. */
export function earliest(declare: Declare): number {
  return declare.revealBy + declare.delay;
}

export function checkTimes(attempt: Attempt, { declare }: Whole): void {
  const { beacon } = declare;
  const line = declare.lines.get('beacon')!;
  const t = earliest(declare);
  const find = (code: string): void => attempt.find(code, 'declare.txt', line);
  if (declare.draft.until >= declare.commitBy) {
    attempt.find('draft-time', 'declare.txt', declare.lines.get('draft')!);
  }
  if (beacon.kind === 'drand') {
    const chain = chainOf(attempt.settings, beacon.chain);
    if (!chain) return find('chain-unknown');
    if (roundAt(chain, t) !== beacon.round) find('beacon-time');
  } else if (beacon.kind === 'nist') {
    if (!certificateOf(attempt.settings, beacon.certificate)) find('certificate-unknown');
    if (beacon.time !== Math.ceil(t / 60) * 60) find('beacon-time');
  } else if (beacon.kind === 'public' && beacon.time < t) {
    find('beacon-time');
  }
}
