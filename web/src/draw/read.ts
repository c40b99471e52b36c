// From the texts of a draw to what they say: the parsers and the ranking are those
// of the verifier, so nothing here is what the service says of itself.
import { digest } from '../verify/bytes';
import { type Declare, parseDeclare } from '../verify/declare';
import { rank } from '../verify/draw';
import { parseJson } from '../verify/json';
import {
  parseAnnul, parseBeaconText, parseClose, parseReplace, parseResult, parseSeed, type Rank, type Seed,
  type BeaconText,
} from '../verify/outcome';
import { type Names, parseExcluded, parseNames, parseRoster, type Roster } from '../verify/roster';
import { type Lock, parseCommit, parseLock, parseSeal, type Seal } from '../verify/secrets';
import { shadowSeed } from '../verify/seed';
import { FormError } from '../verify/text';
import type { Answer, Check, Declared, Facts, Ranked, Word } from './facts';
import { type Proof, proofOf } from './genuine';
import { isTestBeacon } from './pinned';

type TextMap = Map<string, Uint8Array>;

class Broken extends Error {
  constructor(readonly file: string, readonly line: number) {
    super(file);
  }
}

export function broken(error: unknown): Answer {
  const { file, line } = error instanceof Broken ? error : new Broken('', 0);
  return { kind: 'broken', file, line };
}

/** What a text says; undefined while it is not published. Throws Broken. */
function parsed<T>(texts: TextMap, file: string, parse: (bytes: Uint8Array) => T): T | undefined {
  const bytes = texts.get(file);
  if (!bytes) return undefined;
  try {
    return parse(bytes);
  } catch (error) {
    throw new Broken(file, error instanceof FormError ? error.line : 0);
  }
}

function isTest(beacon: Declare['beacon']): boolean {
  if (beacon.kind === 'drand') return isTestBeacon(beacon.chain);
  return beacon.kind === 'nist' && isTestBeacon(beacon.certificate);
}

function declaredOf(declare: Declare, bytes: Uint8Array): Declared {
  const { attempt, previous, quorum, witnesses, parties, beacon, select, withheld } = declare;
  return {
    digest: digest(bytes), attempt, previous, quorum, parties, select, withheld,
    witnesses: witnesses.map(({ name }) => name),
    beacon: { kind: beacon.kind, round: beacon.kind === 'drand' ? beacon.round : null, test: isTest(beacon) },
  };
}

function beaconOf({ value, attests }: BeaconText, word: Word): Facts['beacon'] {
  const shown = { word, attesters: attests.map(({ party }) => party) };
  if (value.kind === 'drand') return { ...shown, kind: 'drand', round: value.round, value: value.signature };
  return { ...shown, kind: value.kind, round: null, value: value.kind === 'public' ? value.value : value.pulse };
}

function ranksOf(roster: Roster, declare: Declare, seed: string, names: Map<string, string>,
  tell: (done: number, all: number) => void): Ranked[] {
  const weights = new Map(roster.entries.map(({ id, weight }) => [id, weight]));
  tell(0, roster.entries.length);
  const ranks = rank(roster.entries, declare.select, seed);
  tell(roster.entries.length, roster.entries.length);
  return ranks.map((one) => ({ ...one, name: names.get(one.id) ?? '', weight: weights.get(one.id) ?? 1 }));
}

function sameRanks(a: Rank[], b: Ranked[]): boolean {
  return a.length === b.length && a.every(({ id, ticket, role }, i) =>
    id === b[i]!.id && ticket === b[i]!.ticket && role === b[i]!.role);
}

interface Read {
  declare: Declare | undefined;
  lock: Lock | undefined;
  seal: Seal | undefined;
  seed: Seed | undefined;
  beacon: BeaconText | undefined;
}

function hash(texts: TextMap, file: string): string {
  const bytes = texts.get(file);
  return bytes ? digest(bytes) : '';
}

/** The seed of a draw that was closed when its outcome could be known. */
function wouldBe(texts: TextMap, it: Read & { declare: Declare }): string | undefined {
  const pulse = texts.get('pulse.json');
  return shadowSeed({ ...it, pulse: pulse && parseJson(pulse), digestOf: (file) => hash(texts, file),
    secretOf: (party) => parsed(texts, `commit-${party}.txt`, parseCommit)?.secret });
}

/** Every reveal that is published is what the lock holds, and what the seal has. */
function revealsFit(texts: TextMap, { lock, seal }: Read): boolean {
  return (lock?.commits ?? []).every(({ party, commit }) => {
    const file = `commit-${party}.txt`;
    const reveal = parsed(texts, file, parseCommit);
    const sealed = seal?.secrets.find((one) => one.party === party)?.secret;
    if (!reveal) return !sealed || typeof sealed === 'string';
    return commit?.digest === hash(texts, file) &&
      (!sealed || (typeof sealed === 'object' && sealed.hex === reveal.secret));
  });
}

const WORTH: Record<Word, boolean | null> = { signed: true, attested: true, unknown: null, waits: null, false: false };

function checksOf(texts: TextMap, it: Read, proof: Proof): Check[] {
  const { declare, lock, seal, seed, beacon } = it;
  const checks: Check[] = [];
  const add = (what: Check['what'], good: boolean | null): number => checks.push({ what, good });
  if (declare) {
    add('freeze', declare.roster === hash(texts, 'roster.txt') && declare.names === hash(texts, 'names.txt') &&
      declare.excluded === hash(texts, 'excluded.txt'));
  }
  if (lock) add('lock', lock.declare === hash(texts, 'declare.txt'));
  if (lock && seal) add('reveals', revealsFit(texts, it));
  if (seal) add('seal', seal.lock === hash(texts, 'lock.txt') && seal.declare === hash(texts, 'declare.txt'));
  if (beacon) add(`beacon.${proof.word}`, WORTH[proof.word]);
  if (seed && seal) add('seed', seed.seal === hash(texts, 'seal.txt') && proof.seed);
  return checks;
}

function afterOf(texts: TextMap): Pick<Facts, 'replaced' | 'annulled'> {
  const replaced: Facts['replaced'] = [];
  for (let n = 1; ; n++) {
    const replace = parsed(texts, n === 1 ? 'replace.txt' : `replace-${n}.txt`, parseReplace);
    if (!replace) break;
    replaced.push({ out: replace.out, in: replace.in, reason: replace.reason });
  }
  return { replaced, annulled: parsed(texts, 'annul.txt', parseAnnul)?.reason ?? null };
}

function secretsOf(seal: Seal, bytes: Uint8Array): NonNullable<Facts['seal']> {
  return {
    digest: digest(bytes),
    secrets: seal.secrets.map(({ party, secret }) =>
      ({ party, secret: typeof secret === 'string' ? secret : secret.hex })),
  };
}

function rosterOf(texts: TextMap, names: Names): { roster: Roster | undefined; shown: Facts['roster'] } {
  const frozen = parsed(texts, 'roster.txt', parseRoster);
  const roster = frozen ?? parsed(texts, 'draft.txt', parseRoster);
  const known = new Map(names.map(({ id, name }) => [id, name]));
  return {
    roster: frozen,
    shown: (roster?.entries ?? []).map((entry) => ({ ...entry, name: known.get(entry.id) ?? '' })),
  };
}

/** The result, computed here and held against the published one; or the one there
 * would have been. */
function resultOf(texts: TextMap, it: Read, roster: Roster | undefined, names: Map<string, string>,
  tell: (done: number, all: number) => void): Pick<Facts, 'seed' | 'ranks' | 'agrees'> & { checks: Check[] } {
  const result = parsed(texts, 'result.txt', parseResult);
  const close = parsed(texts, 'close.txt', parseClose);
  const published = texts.get('seed.txt');
  const checks: Check[] = [];
  const none = { seed: null, ranks: [], agrees: null, checks };
  if (!roster || !it.declare) return none;
  const seed = published ? digest(published)
    : close?.known ? wouldBe(texts, { ...it, declare: it.declare }) : undefined;
  if (!seed) return none;
  const ranks = ranksOf(roster, it.declare, seed, names, tell);
  const agrees = result ? result.seed === seed && sameRanks(result.ranks, ranks) : null;
  if (agrees !== null) checks.push({ what: 'result', good: agrees });
  if (close?.outcome === 'result') {
    checks.push({ what: 'close', good: close.detail === hash(texts, 'result.txt') });
  }
  return { seed, ranks, agrees, checks };
}

/** Throws Broken where a text breaks its form. */
export function read(texts: TextMap, tell: (done: number, all: number) => void): Facts {
  const names = parsed(texts, 'names.txt', parseNames) ?? [];
  const { roster, shown } = rosterOf(texts, names);
  const it: Read = {
    declare: parsed(texts, 'declare.txt', parseDeclare),
    lock: parsed(texts, 'lock.txt', parseLock),
    seal: parsed(texts, 'seal.txt', parseSeal),
    seed: parsed(texts, 'seed.txt', parseSeed),
    beacon: parsed(texts, 'beacon.txt', parseBeaconText),
  };
  const known = new Map(names.map(({ id, name }) => [id, name]));
  const proof = proofOf(texts, it);
  const { checks, ...result } = resultOf(texts, it, roster, known, tell);
  return {
    roster: shown,
    weights: {
      equal: shown.every(({ weight }) => weight === shown[0]!.weight),
      sum: shown.reduce((sum, { weight }) => sum + weight, 0),
    },
    excluded: parsed(texts, 'excluded.txt', parseExcluded)?.exclusions ?? [],
    declared: it.declare ? declaredOf(it.declare, texts.get('declare.txt')!) : null,
    lock: it.lock ? {
      digest: hash(texts, 'lock.txt'),
      commits: it.lock.commits.map(({ party, commit }) => ({ party, digest: commit?.digest ?? null })),
    } : null,
    seal: it.seal ? secretsOf(it.seal, texts.get('seal.txt')!) : null,
    beacon: it.beacon ? beaconOf(it.beacon, proof.word) : null,
    ...result,
    ...afterOf(texts),
    checks: [...checksOf(texts, it, proof), ...checks],
  };
}
