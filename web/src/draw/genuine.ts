// Is the beacon's value genuine, and does the seed follow from it? By the verifier's
// own pass, as far as the published texts and the keys that are built in tell.
import { Attempt, type Settings, type Whole } from '../verify/attempt';
import { digest } from '../verify/bytes';
import { certificateOf } from '../verify/certificate';
import type { Declare } from '../verify/declare';
import { chainOf } from '../verify/drand';
import { Findings, SECTION } from '../verify/findings';
import { parseJson } from '../verify/json';
import type { BeaconText, Seed } from '../verify/outcome';
import { checkBeacon } from '../verify/pass_beacon';
import type { Seal } from '../verify/secrets';
import type { Word } from './facts';

/** What the texts say; a beacon is published after the seal, a seed after both. */
export interface Said {
  declare: Declare | undefined;
  seal: Seal | undefined;
  beacon: BeaconText | undefined;
  seed: Seed | undefined;
}

export interface Proof {
  word: Word;
  /** Null while that cannot be told. */
  seed: boolean | null;
}

const NOTHING_TOLD: Settings = { trust: null, bare: false, rehearsal: false, chain: null, certificate: null };

function isKnown({ beacon }: Declare): boolean {
  if (beacon.kind === 'drand') return chainOf(NOTHING_TOLD, beacon.chain) !== undefined;
  return beacon.kind !== 'nist' || certificateOf(NOTHING_TOLD, beacon.certificate) !== undefined;
}

/** The codes of what is wrong. The pass looks at no other texts than these, and wants
 * a declaration: a draft has none. */
function wrongsOf(texts: Map<string, Uint8Array>, said: Said): string[] {
  if (!said.declare) return [];
  const findings = new Findings();
  const attempt = new Attempt('', texts, NOTHING_TOLD, findings, SECTION.own);
  const pulse = texts.get('pulse.json');
  checkBeacon(attempt, { ...attempt.texts, ...said, pulse: pulse && parseJson(pulse) } as Whole);
  return findings.all().map(({ code }) => code);
}

function wordOf(texts: Map<string, Uint8Array>, { declare, seal, beacon }: Said, wrongs: string[]): Word {
  const pulse = texts.get('pulse.json');
  if (!declare || !seal || !beacon) return 'waits';
  if (wrongs.length > 0 || beacon.declare !== digest(texts.get('declare.txt')!)) return 'false';
  if (beacon.value.kind === 'public') return 'attested';
  if (beacon.value.kind === 'nist' && !pulse) return 'waits';
  if (beacon.value.kind === 'nist' && !(beacon.value.pulse === digest(pulse!) && parseJson(pulse!))) return 'false';
  return isKnown(declare) ? 'signed' : 'unknown';
}

const READ = ['declare.txt', 'seal.txt', 'beacon.txt', 'pulse.json', 'seed.txt'];
let last: { of: string; proof: Proof } | null = null;

/** A signature takes longer to check than all else, and what was published stays: so
 * the last answer is kept. */
export function proofOf(texts: Map<string, Uint8Array>, said: Said): Proof {
  const of = READ.map((file) => digest(texts.get(file) ?? new Uint8Array())).join();
  if (last?.of === of) return last.proof;
  const wrongs = wrongsOf(texts, said);
  const waits = said.beacon?.value.kind === 'nist' && !texts.has('pulse.json');
  const proof = {
    word: wordOf(texts, said, wrongs.filter((code) => code !== 'seed-beacon')),
    seed: waits ? null : !wrongs.includes('seed-beacon'),
  };
  last = { of, proof };
  return proof;
}
