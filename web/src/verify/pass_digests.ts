// The pass `digests`: what one text says of another (protocol §2). A wrong digest
// is found where it stands; its code names the text that it should be of.
import type { Attempt, Whole } from './attempt';
import { replaceStem } from './attempt';

/** `said` on a line of `file` should be the digest of `of`. */
function same(attempt: Attempt, code: string, file: string, line: number, said: string, of: string): void {
  if (said !== attempt.digest(of)) attempt.find(code, file, line);
}

function checkDraw(attempt: Attempt, texts: Whole): void {
  const { draw } = texts.declare;
  if (texts.roster.draw !== draw) attempt.find('draw-differs', 'roster.txt', 2);
  if (texts.excluded.draw !== draw) attempt.find('draw-differs', 'excluded.txt', 2);
  if (texts.draft && texts.draft.draw !== draw) attempt.find('draw-differs', 'draft.txt', 2);
}

function checkDeclare(attempt: Attempt, { declare, notice }: Whole): void {
  const at = (word: string): number => declare.lines.get(word)!;
  const code = notice.get('project_code');
  same(attempt, 'digest-notice', 'declare.txt', at('notice'), declare.notice, 'notice.json');
  same(attempt, 'digest-policy', 'declare.txt', at('policy'), declare.policy, 'policy.json');
  if (attempt.files.has('draft.txt')) {
    same(attempt, 'digest-draft', 'declare.txt', at('draft'), declare.draft.digest, 'draft.txt');
  }
  same(attempt, 'digest-roster', 'declare.txt', at('roster'), declare.roster, 'roster.txt');
  same(attempt, 'digest-names', 'declare.txt', at('names'), declare.names, 'names.txt');
  same(attempt, 'digest-excluded', 'declare.txt', at('excluded'), declare.excluded, 'excluded.txt');
  if (code !== undefined && code !== null && code !== declare.project) {
    attempt.find('project-differs', 'declare.txt', at('project'));
  }
}

function checkRoster(attempt: Attempt, { declare, roster, names, excluded }: Whole): void {
  const { entries } = roster;
  const entered = new Set(entries.map(({ id }) => id));
  const length = Math.max(entries.length, names.length);
  for (let i = 0; i < length; i++) {
    if (entries[i]?.id === names[i]?.id) continue;
    attempt.find('names-differ', 'names.txt', i + 1);
    break;
  }
  excluded.exclusions.forEach(({ id }, i) => {
    if (entered.has(id)) attempt.find('excluded-entered', 'excluded.txt', i + 4);
  });
  if (declare.select.count > entries.length) {
    attempt.find('select-entries', 'declare.txt', declare.lines.get('select')!);
  }
}

function checkLock(attempt: Attempt, { declare, lock, commits }: Whole): void {
  if (!lock) return;
  const length = Math.max(declare.parties.length, lock.commits.length);
  for (let i = 0; i < length; i++) {
    const party = declare.parties[i];
    const line = lock.commits[i];
    if (party?.id !== line?.party) {
      attempt.find('lock-parties', 'lock.txt', i + 3);
      break;
    }
    if (party?.required && !line?.commit) attempt.find('lock-absent', 'lock.txt', i + 3);
  }
  lock.commits.forEach(({ party, commit }, i) => {
    const file = `commit-${party}.txt`;
    if (!commit || !commits.has(party)) return;
    same(attempt, 'digest-commit', 'lock.txt', i + 3, commit.digest, file);
  });
}

function checkSeal(attempt: Attempt, { declare, lock, seal, commits }: Whole): void {
  if (!seal || !lock) return;
  const length = Math.max(declare.parties.length, seal.secrets.length);
  same(attempt, 'digest-lock', 'seal.txt', 3, seal.lock, 'lock.txt');
  for (let i = 0; i < length; i++) {
    if (declare.parties[i]?.id === seal.secrets[i]?.party) continue;
    attempt.find('seal-parties', 'seal.txt', i + 4);
    break;
  }
  seal.secrets.forEach(({ party, secret }, i) => {
    const locked = lock.commits.find((line) => line.party === party);
    const commit = commits.get(party);
    if (locked && (locked.commit === null) !== (secret === 'absent')) {
      attempt.find('seal-absent', 'seal.txt', i + 4);
    }
    if (typeof secret === 'string' || !commit) return;
    if (commit.secret !== secret.hex) attempt.find('seal-secret', 'seal.txt', i + 4);
  });
}

function checkDeclared(attempt: Attempt, texts: Whole): void {
  const { close, lock, seal, beacon, commits } = texts;
  const said = (file: string, declare: string | undefined): void => {
    if (declare) same(attempt, 'declare-differs', file, 2, declare, 'declare.txt');
  };
  said('close.txt', close.declare);
  said('lock.txt', lock?.declare);
  said('seal.txt', seal?.declare);
  said('beacon.txt', beacon?.declare);
  for (const [party, commit] of commits) {
    said(`commit-${party}.txt`, commit.declare);
    if (commit.party !== party) attempt.find('commit-party', `commit-${party}.txt`, 3);
  }
}

function checkOutcome(attempt: Attempt, { beacon, seed, result, close, replaces, annul }: Whole): void {
  if (beacon?.value.kind === 'nist' && attempt.files.has('pulse.json')) {
    same(attempt, 'digest-pulse', 'beacon.txt', 3, beacon.value.pulse, 'pulse.json');
  }
  if (seed) same(attempt, 'digest-seal', 'seed.txt', 2, seed.seal, 'seal.txt');
  if (result) same(attempt, 'digest-seed', 'result.txt', 2, result.seed, 'seed.txt');
  if (result) same(attempt, 'digest-result', 'close.txt', 5, close.detail ?? '-', 'result.txt');
  replaces.forEach((replace, i) => {
    same(attempt, 'digest-close', `${replaceStem(i + 1)}.txt`, 2, replace.close, 'close.txt');
  });
  if (annul) same(attempt, 'digest-close', 'annul.txt', 2, annul.close, 'close.txt');
}

export function checkDigests(attempt: Attempt, texts: Whole): void {
  checkDraw(attempt, texts);
  checkDeclare(attempt, texts);
  checkRoster(attempt, texts);
  checkDeclared(attempt, texts);
  checkLock(attempt, texts);
  checkSeal(attempt, texts);
  checkOutcome(attempt, texts);
}
