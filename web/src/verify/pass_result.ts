// The pass `result` (protocol §2, §8): tickets, ranks and roles; and whether the
// pack shows the contrary of the reason for closing.
import type { Attempt, Whole } from './attempt';
import { rank } from './draw';
import type { Rank } from './outcome';
import type { Timeline } from './timeline';

function same(a: Rank | undefined, b: Rank | undefined): boolean {
  return a?.ticket === b?.ticket && a?.id === b?.id && a?.role === b?.role;
}

function checkRanks(attempt: Attempt, { declare, roster, result }: Whole): void {
  if (!result) return;
  const expected = rank(roster.entries, declare.select, attempt.digest('seed.txt'));
  const length = Math.max(expected.length, result.ranks.length);
  for (let i = 0; i < length; i++) {
    if (same(expected[i], result.ranks[i])) continue;
    return attempt.find('result-differs', 'result.txt', i + 3);
  }
}

/** What the texts alone show against the reason. */
function textsTell({ declare, close, lock, seal }: Whole): boolean {
  const withheld = seal?.secrets.some(({ secret }) => secret === 'withheld') ?? false;
  const none = declare.beacon.kind === 'none';
  switch (close.reason) {
    case 'unwitnessed': return lock !== undefined && declare.quorum === 0;
    case 'drawn': return withheld && declare.withheld === 'void';
    case 'party': return !withheld || declare.withheld === 'continue';
    case 'unsealed': return none || !withheld;
    case 'beacon': return none;
    default: return false;
  }
}

function cosignaturesTell(time: Timeline, closed: number): boolean {
  const { declare, lock } = time.texts;
  if (!time.declaredInTime() && declare.quorum > 0) return closed < declare.commitBy;
  if (lock && time.lockedInTime()) return true;
  return closed < declare.revealBy;
}

/** What the entries and the checkpoints show against it. */
function logTells(time: Timeline): boolean {
  const { declare, close } = time.texts;
  const closed = time.act('close')?.at ?? Infinity;
  const committed = time.ofParties('committed').filter(({ at }) => at < declare.commitBy);
  const missing = declare.parties.filter(({ id }) => !committed.some(({ party }) => party === id));
  switch (close.reason) {
    case 'too-few': return committed.length >= 2 || closed < declare.commitBy;
    case 'absent': return !missing.some(({ required }) => required) || closed < declare.commitBy;
    case 'withheld': return time.ofParties('revealed').length > 0 || closed < declare.revealBy;
    case 'unsealed': return time.sealedInTime() || closed < time.beaconTime;
    case 'beacon': return closed < time.beaconTime;
    case 'unwitnessed': return cosignaturesTell(time, closed);
    default: return false;
  }
}

/** `time` is null when the log is not read. */
export function checkResult(attempt: Attempt, texts: Whole, time: Timeline | null): void {
  checkRanks(attempt, texts);
  if (textsTell(texts) || (time && logTells(time))) {
    attempt.find('reason-untrue', 'close.txt', 4);
  }
}
