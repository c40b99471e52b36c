// declare.txt, the freeze: protocol §2.
import { compareText } from './bytes';
import { isKeyName, orDash, Reader } from './text';
import { formatTime } from './time';

export interface Party {
  id: string;
  /** Hex, as all keys here. */
  key: string;
  required: boolean;
}

export type DeclaredBeacon =
  | { kind: 'none' }
  | { kind: 'public'; template: string; time: number }
  | { kind: 'nist'; certificate: string; time: number }
  | { kind: 'drand'; chain: string; round: number };

export interface Declare {
  draw: string;
  project: string;
  attempt: number;
  previous: string | null;
  log: { origin: string; key: string };
  witnesses: { name: string; key: string }[];
  quorum: number;
  notice: string;
  policy: string;
  draft: { digest: string; until: number };
  roster: string;
  names: string;
  excluded: string;
  select: { count: number; alternates: number };
  parties: Party[];
  commitBy: number;
  revealBy: number;
  delay: number;
  beacon: DeclaredBeacon;
  withheld: 'continue' | 'void';
  /** Where each word stands first. */
  lines: Map<string, number>;
}

const ENTRIES_MAX = 100_000;
const DELAY_MAX = 2_592_000;
const PARTIES_MAX = 16;
const WITNESSES_MAX = 16;

function parseLog(reader: Reader): Declare['log'] {
  const [origin, key] = reader.take('log', 2) as [string, string];
  if (!isKeyName(origin)) reader.fail('not a key name');
  return { origin, key: reader.key(key) };
}

function parseWitnesses(reader: Reader, log: Declare['log']): Declare['witnesses'] {
  const witnesses: Declare['witnesses'] = [];
  let last = '';
  while (reader.next('witness')) {
    const [name, key] = reader.take('witness', 2) as [string, string];
    if (!isKeyName(name)) reader.fail('not a key name');
    reader.key(key);
    if (compareText(name, last) <= 0) reader.fail('the names do not ascend');
    if (key === log.key) reader.fail('a witness has the key of the log');
    if (witnesses.some((other) => other.key === key)) reader.fail('two witnesses share a key');
    if (witnesses.length === WITNESSES_MAX) reader.fail('too many witnesses');
    witnesses.push({ name, key });
    last = name;
  }
  return witnesses;
}

function parseParties(reader: Reader, witnesses: Declare['witnesses']): Party[] {
  const parties: Party[] = [];
  while (reader.next('party')) {
    const [id, key, required] = reader.take('party', 3) as [string, string, string];
    const party = {
      id: reader.party(id),
      key: reader.key(key),
      required: reader.oneOf(required, ['required', 'optional']) === 'required',
    };
    if (parties.length === PARTIES_MAX) reader.fail('too many parties');
    if (parties.some((other) => other.id === id || other.key === key)) {
      reader.fail('two parties share an id or a key');
    }
    if (witnesses.some((witness) => witness.key === key)) {
      reader.fail('a party has the key of a witness');
    }
    parties.push(party);
  }
  if (parties.length < 2) reader.failNext('fewer than two parties');
  if (!parties.some(({ id }) => id === 'operator')) reader.failNext('no party is `operator`');
  return parties;
}

const BEACON_FIELDS: Record<string, number> = { none: 1, public: 3, nist: 3, drand: 3 };

function parseBeacon(reader: Reader): DeclaredBeacon {
  const kinds = ['none', 'public', 'nist', 'drand'] as const;
  const kind = kinds.find((word) => reader.next(`beacon ${word}`)) ?? 'none';
  const [word, what, when] = reader.take('beacon', BEACON_FIELDS[kind]!) as [string, string, string];
  switch (kind) {
    case 'public': return { kind, template: reader.token(what), time: reader.time(when) };
    case 'nist': return { kind, certificate: reader.hex(what, 64), time: reader.time(when) };
    case 'drand': return { kind, chain: reader.hex(what, 32), round: reader.integer(when, 1) };
    case 'none': reader.oneOf(word, ['none']); return { kind };
  }
}

function parseSelect(reader: Reader): Declare['select'] {
  const [count, alternates] = reader.take('select', 2) as [string, string];
  return {
    count: reader.integer(count, 1, ENTRIES_MAX),
    alternates: reader.integer(alternates, 0, ENTRIES_MAX),
  };
}

function parseDigest(reader: Reader, word: string): string {
  return reader.hex(reader.take(word, 1)[0]!, 32);
}

function parseHead(reader: Reader) {
  reader.kind('declare');
  const draw = reader.token(reader.take('draw', 1)[0]!);
  const project = reader.token(reader.take('project', 1)[0]!);
  const attempt = reader.integer(reader.take('attempt', 1)[0]!, 1);
  const previous = reader.hexOrNone(reader.take('previous', 1)[0]!, 32);
  if ((previous === null) !== (attempt === 1)) {
    reader.fail('previous is `-` exactly when attempt is 1');
  }
  const log = parseLog(reader);
  const witnesses = parseWitnesses(reader, log);
  const quorum = reader.integer(reader.take('quorum', 1)[0]!, 0, witnesses.length);
  return { draw, project, attempt, previous, log, witnesses, quorum };
}

function parseFrozen(reader: Reader) {
  const notice = parseDigest(reader, 'notice');
  const policy = parseDigest(reader, 'policy');
  const [draft, until] = reader.take('draft', 2) as [string, string];
  return {
    notice,
    policy,
    draft: { digest: reader.hex(draft, 32), until: reader.time(until) },
    roster: parseDigest(reader, 'roster'),
    names: parseDigest(reader, 'names'),
    excluded: parseDigest(reader, 'excluded'),
    select: parseSelect(reader),
  };
}

function parseSchedule(reader: Reader) {
  const commitBy = reader.time(reader.take('commit-by', 1)[0]!);
  const revealBy = reader.time(reader.take('reveal-by', 1)[0]!);
  if (revealBy <= commitBy) reader.fail('reveal-by is not later than commit-by');
  const delay = reader.integer(reader.take('beacon-delay', 1)[0]!, 0, DELAY_MAX);
  const beacon = parseBeacon(reader);
  const withheld = reader.oneOf(reader.take('withheld', 1)[0]!, ['continue', 'void']);
  if (beacon.kind === 'none' && (withheld === 'continue' || delay !== 0)) {
    reader.fail('without a beacon there is nothing to wait for, and nobody may go on');
  }
  return { commitBy, revealBy, delay, beacon, withheld };
}

export function parseDeclare(bytes: Uint8Array): Declare {
  const reader = new Reader(bytes);
  const head = parseHead(reader);
  const frozen = parseFrozen(reader);
  const parties = parseParties(reader, head.witnesses);
  const schedule = parseSchedule(reader);
  reader.end();
  return { ...head, ...frozen, parties, ...schedule, lines: reader.lines };
}

function writeBeacon(beacon: DeclaredBeacon): string {
  switch (beacon.kind) {
    case 'none': return 'none';
    case 'public': return `public ${beacon.template} ${formatTime(beacon.time)}`;
    case 'nist': return `nist ${beacon.certificate} ${formatTime(beacon.time)}`;
    case 'drand': return `drand ${beacon.chain} ${beacon.round}`;
  }
}

export function writeDeclare(d: Declare): string {
  const lines = [
    'klero/1 declare', `draw ${d.draw}`, `project ${d.project}`, `attempt ${d.attempt}`,
    `previous ${orDash(d.previous)}`, `log ${d.log.origin} ${d.log.key}`,
    ...d.witnesses.map(({ name, key }) => `witness ${name} ${key}`),
    `quorum ${d.quorum}`, `notice ${d.notice}`, `policy ${d.policy}`,
    `draft ${d.draft.digest} ${formatTime(d.draft.until)}`,
    `roster ${d.roster}`, `names ${d.names}`, `excluded ${d.excluded}`,
    `select ${d.select.count} ${d.select.alternates}`,
    ...d.parties.map((p) => `party ${p.id} ${p.key} ${p.required ? 'required' : 'optional'}`),
    `commit-by ${formatTime(d.commitBy)}`, `reveal-by ${formatTime(d.revealBy)}`,
    `beacon-delay ${d.delay}`, `beacon ${writeBeacon(d.beacon)}`, `withheld ${d.withheld}`,
  ];
  return lines.join('\n') + '\n';
}
