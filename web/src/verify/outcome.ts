// beacon.txt, seed.txt, result.txt, close.txt, replace*.txt, annul.txt: protocol §2.
import { orDash, Reader } from './text';

export type BeaconValue =
  | { kind: 'drand'; chain: string; round: number; signature: string }
  | { kind: 'nist'; certificate: string; pulse: string }
  | { kind: 'public'; template: string; value: string };

export interface BeaconText {
  declare: string;
  value: BeaconValue;
  /** Attester i stands on line i + 4. */
  attests: Approval[];
}

export interface Approval {
  party: string;
  signature: string;
}

export type SeedBeacon =
  | { kind: 'none' }
  | { kind: 'public'; value: string }
  | { kind: 'nist'; index: number; output: string }
  | { kind: 'drand'; round: number; randomness: string };

export interface Seed {
  seal: string;
  beacon: SeedBeacon;
}

export interface Rank {
  ticket: string;
  id: string;
  role: string;
}

export interface Result {
  seed: string;
  /** Rank i + 1 stands on line i + 3. */
  ranks: Rank[];
}

export interface Close {
  declare: string;
  outcome: 'result' | 'void' | 'failed';
  reason: string;
  detail: string | null;
  known: boolean;
}

export interface Replace {
  close: string;
  out: string;
  in: string | null;
  reason: string;
  evidence: string | null;
  /** Approver i stands on line i + 7; `until` bytes stand before its line. */
  approvals: (Approval & { until: number })[];
}

export interface Annul {
  close: string;
  reason: string;
  evidence: string;
  /** Approver i stands on line i + 5. */
  approvals: (Approval & { until: number })[];
}

const PARTIES_MAX = 16;
const ENTRIES_MAX = 100_000;

function firstOf<Word extends string>(reader: Reader, words: readonly Word[]): Word {
  return words.find((word) => reader.next(word)) ?? words[0]!;
}

function parseValue(reader: Reader): BeaconValue {
  const kind = firstOf(reader, ['drand', 'nist', 'public'] as const);
  const [a, b, c] = reader.take(kind, kind === 'drand' ? 3 : 2) as [string, string, string];
  switch (kind) {
    case 'drand':
      return { kind, chain: reader.hex(a, 32), round: reader.integer(b, 1), signature: reader.hex(c, 48) };
    case 'nist': return { kind, certificate: reader.hex(a, 64), pulse: reader.hex(b, 32) };
    case 'public': return { kind, template: reader.token(a), value: b };
  }
}

function parseApprovals(reader: Reader, word: string): (Approval & { until: number })[] {
  const approvals: (Approval & { until: number })[] = [];
  while (!reader.atEnd()) {
    const until = reader.position();
    const [party, signature] = reader.take(word, 2) as [string, string];
    if (approvals.length === PARTIES_MAX) reader.fail('too many parties');
    if (approvals.some((other) => other.party === party)) reader.fail('a party signs twice');
    approvals.push({ party: reader.party(party), signature: reader.hex(signature, 64), until });
  }
  if (approvals.length < 2) reader.failNext('fewer than two have signed');
  return approvals;
}

/** A public value and an annulment need one of the two who gain nothing by them. */
function needJudge(reader: Reader, approvals: Approval[]): void {
  const judged = approvals.some(({ party }) => party === 'supervisor' || party === 'entrants');
  if (!judged) reader.failNext('neither the supervisor nor the entrants have signed');
}

function writeApprovals(word: string, approvals: Approval[]): string {
  return approvals.map(({ party, signature }) => `${word} ${party} ${signature}\n`).join('');
}

export function parseBeaconText(bytes: Uint8Array): BeaconText {
  const reader = new Reader(bytes);
  reader.kind('beacon');
  const declare = reader.hex(reader.take('declare', 1)[0]!, 32);
  const value = parseValue(reader);
  const attests = value.kind === 'public' ? parseApprovals(reader, 'attest') : [];
  if (value.kind === 'public') needJudge(reader, attests);
  reader.end();
  return { declare, value, attests: attests.map(({ party, signature }) => ({ party, signature })) };
}

export function writeBeaconText({ declare, value, attests }: BeaconText): string {
  const what = value.kind === 'drand' ? `${value.chain} ${value.round} ${value.signature}`
    : value.kind === 'nist' ? `${value.certificate} ${value.pulse}`
      : `${value.template} ${value.value}`;
  return `klero/1 beacon\ndeclare ${declare}\n${value.kind} ${what}\n${writeApprovals('attest', attests)}`;
}

/** What an attester signs of a public value. */
export function publicStatement(declare: string, seal: string, value: string): string {
  return `klero/1 public\ndeclare ${declare}\nseal ${seal}\nvalue ${value}\n`;
}

const SEED_FIELDS: Record<string, number> = { none: 1, public: 2, nist: 3, drand: 3 };

export function parseSeed(bytes: Uint8Array): Seed {
  const reader = new Reader(bytes);
  reader.kind('seed');
  const seal = reader.hex(reader.take('seal', 1)[0]!, 32);
  const kinds = ['public', 'nist', 'drand'] as const;
  const kind = kinds.find((word) => reader.next(`beacon ${word}`)) ?? 'none';
  const [word, a, b] = reader.take('beacon', SEED_FIELDS[kind]!) as [string, string, string];
  let beacon: SeedBeacon = { kind: 'none' };
  if (kind === 'none') reader.oneOf(word, ['none']);
  if (kind === 'public') beacon = { kind, value: a };
  if (kind === 'nist') beacon = { kind, index: reader.integer(a, 0), output: reader.hex(b, 64) };
  if (kind === 'drand') beacon = { kind, round: reader.integer(a, 1), randomness: reader.hex(b, 32) };
  reader.end();
  return { seal, beacon };
}

export function writeSeed({ seal, beacon }: Seed): string {
  const what = beacon.kind === 'drand' ? ` ${beacon.round} ${beacon.randomness}`
    : beacon.kind === 'nist' ? ` ${beacon.index} ${beacon.output}`
      : beacon.kind === 'public' ? ` ${beacon.value}` : '';
  return `klero/1 seed\nseal ${seal}\nbeacon ${beacon.kind}${what}\n`;
}

/** May this role stand after that of the rank before, if there is one? */
function follows(role: string, last: string | undefined): boolean {
  const next = 1 + Number(/^alternate-(\d+)$/.exec(last ?? '')?.[1] ?? 0);
  switch (role) {
    case 'selected': return last === undefined || last === 'selected';
    case `alternate-${next}`: return last !== undefined && last !== 'not-selected';
    case 'not-selected': return last !== undefined;
    default: return false;
  }
}

function isBefore(a: Rank, b: Rank): boolean {
  return a.ticket < b.ticket || (a.ticket === b.ticket && a.id < b.id);
}

export function parseResult(bytes: Uint8Array): Result {
  const reader = new Reader(bytes);
  const ranks: Rank[] = [];
  reader.kind('result');
  const seed = reader.hex(reader.take('seed', 1)[0]!, 32);
  do {
    const [rank, ticket, id, role] = reader.take('rank', 4) as [string, string, string, string];
    reader.integer(rank, ranks.length + 1, Math.min(ranks.length + 1, ENTRIES_MAX));
    const next = { ticket: reader.hex(ticket, 32), id: reader.token(id), role };
    const last = ranks[ranks.length - 1];
    if (!follows(role, last?.role)) reader.fail('roles are selected, then alternate-1 …, then not-selected');
    if (last && !isBefore(last, next)) reader.fail('the ranks do not ascend by ticket and id');
    ranks.push(next);
  } while (!reader.atEnd());
  return { seed, ranks };
}

export function writeResult({ seed, ranks }: Result): string {
  const lines = ranks.map(({ ticket, id, role }, i) => `rank ${i + 1} ${ticket} ${id} ${role}\n`);
  return `klero/1 result\nseed ${seed}\n${lines.join('')}`;
}

const REASONS: Record<Close['outcome'], string[]> = {
  result: ['drawn'],
  failed: ['too-few', 'absent', 'unwitnessed', 'unsealed', 'withheld'],
  void: ['beacon', 'cancelled', 'party'],
};

export function parseClose(bytes: Uint8Array): Close {
  const reader = new Reader(bytes);
  reader.kind('close');
  const declare = reader.hex(reader.take('declare', 1)[0]!, 32);
  const outcome = reader.oneOf(reader.take('outcome', 1)[0]!, ['result', 'void', 'failed']);
  const reason = reader.oneOf(reader.take('reason', 1)[0]!, REASONS[outcome]);
  const detail = reader.hexOrNone(reader.take('detail', 1)[0]!, 32);
  if (outcome === 'result' && detail === null) reader.fail('a result has the hash of result.txt');
  const known = reader.oneOf(reader.take('known', 1)[0]!, ['yes', 'no']) === 'yes';
  if (outcome === 'result' && !known) reader.fail('a result is always known');
  reader.end();
  return { declare, outcome, reason, detail, known };
}

export function writeClose(close: Close): string {
  const { declare, outcome, reason, detail, known } = close;
  return `klero/1 close\ndeclare ${declare}\noutcome ${outcome}\nreason ${reason}\n` +
    `detail ${orDash(detail)}\nknown ${known ? 'yes' : 'no'}\n`;
}

export function parseReplace(bytes: Uint8Array): Replace {
  const reader = new Reader(bytes);
  reader.kind('replace');
  const replace = {
    close: reader.hex(reader.take('close', 1)[0]!, 32),
    out: reader.token(reader.take('out', 1)[0]!),
    in: tokenOrNone(reader, reader.take('in', 1)[0]!),
    reason: reader.oneOf(reader.take('reason', 1)[0]!,
      ['refused', 'silent', 'unqualified', 'terminated']),
    evidence: reader.hexOrNone(reader.take('evidence', 1)[0]!, 32),
  };
  return { ...replace, approvals: parseApprovals(reader, 'approve') };
}

function tokenOrNone(reader: Reader, field: string): string | null {
  return field === '-' ? null : reader.token(field);
}

export function writeReplace(replace: Replace): string {
  return `klero/1 replace\nclose ${replace.close}\nout ${replace.out}\nin ${orDash(replace.in)}\n` +
    `reason ${replace.reason}\nevidence ${orDash(replace.evidence)}\n` +
    writeApprovals('approve', replace.approvals);
}

export function parseAnnul(bytes: Uint8Array): Annul {
  const reader = new Reader(bytes);
  reader.kind('annul');
  const annul = {
    close: reader.hex(reader.take('close', 1)[0]!, 32),
    reason: reader.token(reader.take('reason', 1)[0]!),
    evidence: reader.hex(reader.take('evidence', 1)[0]!, 32),
  };
  const approvals = parseApprovals(reader, 'approve');
  needJudge(reader, approvals);
  return { ...annul, approvals };
}

export function writeAnnul(annul: Annul): string {
  return `klero/1 annul\nclose ${annul.close}\nreason ${annul.reason}\n` +
    `evidence ${annul.evidence}\n${writeApprovals('approve', annul.approvals)}`;
}
