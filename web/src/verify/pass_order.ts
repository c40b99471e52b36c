// The second half of the pass `log` (protocol §3, §8): the order of the acts, their
// times, and the witnesses'.
import { type Attempt, replaceStem, type Whole } from './attempt';
import type { Act, Timeline } from './timeline';

const DAY = 86_400;
const MARGIN = 60;

function leafOf(stem: string): string {
  return `log/${stem}.leaf`;
}

/** The acts in the order in which they must stand; those of one group in any. */
function groups(time: Timeline, texts: Whole): Act[][] {
  const one = (stem: string): Act[] => {
    const act = time.act(stem);
    return act ? [act] : [];
  };
  const after = texts.replaces.map((_, i) => one(replaceStem(i + 1)));
  return [
    one('draft'), [...one('roster'), ...one('names'), ...one('excluded')], one('declare'),
    time.ofParties('committed'), one('lock'), time.ofParties('revealed'), one('seal'),
    one('beacon'), one('seed'), one('result'), one('close'), ...after, one('annul'),
  ].filter((group) => group.length > 0);
}

/** As the log has them, neither steps of the draw nor time nor seq go back. */
function checkOrder(attempt: Attempt, time: Timeline): void {
  const acts = groups(time, time.texts)
    .flatMap((group, rank) => group.map((act) => ({ ...act, rank })))
    .sort((a, b) => a.index - b.index);
  acts.slice(1).forEach((act, i) => {
    const before = acts[i]!;
    if (act.rank < before.rank || act.seq <= before.seq || act.at < before.at) {
      attempt.find('log-order', leafOf(act.stem), 1);
    }
  });
}

/** Closed because witnesses were missing, or at somebody's wish: that a cosignature
 * is missing is no fault then. Protocol §8. */
function needsWitnesses({ declare, close }: Whole): boolean {
  return declare.quorum > 0 && close.reason !== 'unwitnessed' && close.reason !== 'cancelled';
}

function checkFreeze(attempt: Attempt, time: Timeline, texts: Whole): void {
  const { declare } = texts;
  const declared = time.act('declare');
  const draft = time.act('draft');
  const { until } = declare.draft;
  if (!draft) attempt.warn('draft-unproven', declare.draw);
  if ((draft && until <= draft.at) || (declared && until > declared.at)) {
    attempt.find('draft-window', 'declare.txt', declare.lines.get('draft')!);
  }
  if (declared && declared.at >= declare.commitBy) attempt.find('declare-late', leafOf('declare'), 1);
  if (needsWitnesses(texts) && !time.declaredInTime()) attempt.find('declare-unwitnessed', 'log/declared', 0);
}

function checkLock(attempt: Attempt, time: Timeline, texts: Whole): void {
  const { declare, lock } = texts;
  const locked = time.act('lock');
  for (const { party, at, stem } of time.ofParties('committed')) {
    const holds = lock?.commits.some((line) => line.party === party && line.commit);
    if (at >= declare.commitBy) attempt.find('commitment-late', leafOf(stem), 1);
    if (lock && !holds && at < declare.commitBy) attempt.find('commitment-left-out', leafOf(stem), 1);
  }
  if (!locked) return;
  if (locked.at < declare.commitBy) attempt.find('lock-early', leafOf('lock'), 1);
  if (locked.at >= declare.revealBy) attempt.find('lock-late', leafOf('lock'), 1);
  if (needsWitnesses(texts) && !time.lockedInTime()) attempt.find('lock-unwitnessed', 'log/locked', 0);
}

function checkReveals(attempt: Attempt, time: Timeline, { declare, seal }: Whole): void {
  const reveals = time.ofParties('revealed');
  const sealed = time.sealed();
  for (const act of reveals) {
    const early = time.isEarly(act);
    const late = act.at >= declare.revealBy;
    if (early) attempt.find('reveal-early', leafOf(act.stem), 1);
    if (late) attempt.find('reveal-late', leafOf(act.stem), 1);
    if (seal && !sealed.has(act.party) && !late && !early) {
      attempt.find('reveal-left-out', leafOf(act.stem), 1);
    }
  }
  if (declare.beacon.kind === 'none') checkFirst(attempt, reveals);
}

/** Whoever revealed before the operator did is at fault, or everybody where it never did. */
function checkFirst(attempt: Attempt, reveals: (Act & { party: string })[]): void {
  const operator = reveals.find(({ party }) => party === 'operator')?.index ?? Infinity;
  for (const { stem, index } of reveals) {
    if (index < operator) attempt.find('operator-not-first', leafOf(stem), 1);
  }
}

function checkSeal(attempt: Attempt, time: Timeline, { declare, close }: Whole): void {
  const seal = time.act('seal');
  const withheld = time.withheld().length > 0;
  if (!seal) return;
  if (withheld && seal.at < declare.revealBy) attempt.find('seal-early', leafOf('seal'), 1);
  if (time.sealedInTime()) return;
  if (!withheld && declare.quorum > 0) attempt.caps.add('unsealed');
  if (withheld && close.outcome === 'result') attempt.find('seal-late', leafOf('seal'), 1);
}

function checkClose(attempt: Attempt, time: Timeline, { declare, close }: Whole): void {
  const closed = time.act('close');
  const beacon = time.act('beacon');
  const result = close.outcome === 'result';
  if (beacon && beacon.at < time.beaconTime) attempt.find('beacon-early', leafOf('beacon'), 1);
  for (const name of result && declare.quorum > 0 ? ['closed', 'last'] : []) {
    if (!attempt.files.has(`log/${name}`) || time.cosignedAt(name, 'close') < Infinity) continue;
    attempt.find('close-unwitnessed', `log/${name}`, 0);
  }
  attempt.timeUnproven = declare.beacon.kind !== 'none' && declare.quorum > 0 &&
    time.cosignedAt('closed', 'close') === Infinity;
  if (!closed) return;
  if (closed.at > time.beaconTime + DAY) {
    if (result) attempt.find('close-late', leafOf('close'), 1);
    else attempt.warn('closed-late', declare.draw);
  }
  if (!close.known && couldBeKnown(time, closed)) attempt.find('known-false', 'close.txt', 6);
}

/** Protocol §2, close.txt: by the time of log/closed; with beacon none, when any
 * secret was revealed. */
function couldBeKnown(time: Timeline, closed: Act): boolean {
  const { declare, seal } = time.texts;
  if (declare.beacon.kind === 'none') return seal !== undefined || time.ofParties('revealed').length > 0;
  const cosigned = time.cosignedAt('closed', 'close');
  return (cosigned < Infinity ? cosigned : closed.at) >= time.beaconTime - MARGIN;
}

export function checkActs(attempt: Attempt, time: Timeline): void {
  const { texts } = time;
  checkOrder(attempt, time);
  checkFreeze(attempt, time, texts);
  checkLock(attempt, time, texts);
  checkReveals(attempt, time, texts);
  checkSeal(attempt, time, texts);
  checkClose(attempt, time, texts);
}
