// What the verifier says of a pack.
import type { Finding } from './findings';
import { rank } from './draw';
import type { Joined } from './join';
import type { Level } from './level';
import type { Standing } from './pass_after';
import { revealed } from './secrets';
import { shadowSeed } from './seed';
import { isGiven } from './trust';

export interface ShownEntry {
  rank: number;
  role: string;
  id: string;
  name: string;
  reason: string | null;
}

export interface ShownAttempt {
  attempt: number;
  draw: string;
  project: string;
  outcome: string;
  reason: string;
  known: boolean;
  annulled: boolean;
  beacon: string;
  parties: number;
  committed: number;
  revealed: number;
  entries: ShownEntry[];
}

export interface Warning {
  code: string;
  about: string;
}

export interface Report {
  verified: boolean;
  level: Level | null;
  caps: string[];
  rests_on: string;
  findings: Finding[];
  findings_left: number;
  warnings: Warning[];
  attempts: ShownAttempt[];
  does_not_show: string[];
}

export const DOES_NOT_SHOW: { zh: string; en: string }[] = [
  { zh: '各参选机构彼此独立、确有资质', en: 'that the entrants are independent or qualified' },
  { zh: '没有人被劝阻或阻止报名', en: 'that nobody was talked out of signing up' },
  { zh: '同一运营机构没有另外的日志', en: 'that no other log of the same operator exists' },
  {
    zh: '日志中没有证据包以外的承诺、揭示或随机值（用 klero log check 核对整个日志）',
    en: 'that the log holds no commitment, reveal or value beyond the pack (klero log check reads all of it)',
  },
];

/** Who would have won: protocol §3. */
function shadow(one: Joined): ShownEntry[] {
  const { attempt, texts } = one;
  const secretOf = (party: string): string | undefined => {
    const text = texts.leaves.get(`revealed-${party}`)?.data.get('text');
    return typeof text === 'string' ? /secret ([0-9a-f]{64})\n$/.exec(text)?.[1] : undefined;
  };
  const seed = shadowSeed({ ...texts, digestOf: (file) => attempt.digest(file), secretOf });
  if (seed === undefined) return [];
  const ranks = rank(texts.roster.entries, texts.declare.select, seed);
  const names = new Map(texts.names.map(({ id, name }) => [id, name]));
  return ranks.flatMap(({ id, role }, i) => {
    if (role === 'not-selected') return [];
    const is = role === 'selected' ? 'shadow-selected' : 'shadow-alternate';
    return [{ rank: i + 1, role: is, id, name: names.get(id) ?? '', reason: null }];
  });
}

function entriesOf({ texts }: Joined, standing: Standing): ShownEntry[] {
  const names = new Map(texts.names.map(({ id, name }) => [id, name]));
  return (texts.result?.ranks ?? []).flatMap(({ id, role }, i) => {
    const reason = standing.gone.get(id) ?? null;
    if (role === 'not-selected') return [];
    const first = role === 'selected' ? 'selected' : 'promoted';
    const is = reason !== null ? 'replaced' : standing.selected.has(id) ? first : 'alternate';
    return [{ rank: i + 1, role: is, id, name: names.get(id) ?? '', reason }];
  });
}

export function showAttempt(one: Joined, standing: Standing): ShownAttempt {
  const { declare, close, lock, seal, annul } = one.texts;
  return {
    attempt: declare.attempt,
    draw: declare.draw,
    project: declare.project,
    outcome: close.outcome,
    reason: close.reason,
    known: close.known,
    annulled: annul !== undefined,
    beacon: declare.beacon.kind,
    parties: declare.parties.length,
    committed: lock?.commits.filter(({ commit }) => commit).length ?? 0,
    revealed: seal ? revealed(seal).length : 0,
    entries: close.outcome === 'result' ? entriesOf(one, standing) : shadow(one),
  };
}

/** The bytes of README.txt and verify.sh of the known releases. */
const HELPERS: Record<string, string[]> = {
  'README.txt': ['c493b8f486db76665ec56c6b41b67fddfbce56b1334b10cdff91634b90eefac4'],
  'verify.sh': ['92af9991b0d2f56dfe9ceb35f56ab871d76943af35d1e7736f4e608072c5538f'],
};

/** What the texts of an attempt show that is no finding. */
function missing({ texts: { seal } }: Joined): Warning[] {
  return (seal?.secrets ?? []).flatMap(({ party, secret }) =>
    typeof secret === 'string' ? [{ code: `party-${secret}`, about: party }] : []);
}

function unknownHelpers({ attempt }: Joined): Warning[] {
  return Object.entries(HELPERS)
    .filter(([file, known]) => attempt.files.has(file) && !known.includes(attempt.digest(file)))
    .map(([file]) => ({ code: 'helper-unknown', about: attempt.prefix + file }));
}

function redrawn({ texts: { close, seal } }: Joined): Warning[] {
  return (close.reason === 'party' ? seal?.secrets ?? [] : [])
    .filter(({ secret }) => secret === 'withheld')
    .map(({ party }) => ({ code: 'redrawn-withheld', about: party }));
}

/** Of an earlier attempt, too, it is told that it counts as failed. */
function closedLate({ attempt }: Joined): Warning[] {
  return attempt.warnings.filter(({ code }) => code === 'closed-late');
}

function unknownShadow(one: Joined): Warning[] {
  const { close, declare } = one.texts;
  const unknown = close.outcome !== 'result' && close.known && shadow(one).length === 0;
  return unknown ? [{ code: 'shadow-unknown', about: declare.draw }] : [];
}

/** Declared witnesses whose key the verifier was not given, each once. */
function unknownWitnesses(all: Joined[]): Warning[] {
  const given = all[0]!.attempt.settings.trust?.witnesses ?? [];
  const names = all.flatMap(({ texts }) => texts.declare.witnesses)
    .filter(({ name, key }) => !given.some((other) => other.name === name && other.key === key))
    .map(({ name }) => name);
  return [...new Set(names)].map((name) => ({ code: 'witness-unverified', about: name }));
}

/** All that is to be said of the attempts, which are from the first to the pack's
 * own, and is no finding. */
export function warningsOf(all: Joined[]): Warning[] {
  const own = all[all.length - 1]!;
  const { trust } = own.attempt.settings;
  const unverified = own.texts.declare.parties.filter(({ id, key }) => !isGiven(trust, id, key));
  return [
    ...missing(own), ...own.attempt.warnings, ...all.slice(0, -1).flatMap(closedLate), ...all.flatMap(unknownHelpers),
    ...all.slice(0, -1).flatMap(redrawn), ...all.flatMap(unknownShadow),
    ...(own.attempt.settings.trust && !own.attempt.settings.bare ? unknownWitnesses(all) : []),
    ...unverified.map(({ id }) => ({ code: 'party-unverified', about: id })),
  ];
}
