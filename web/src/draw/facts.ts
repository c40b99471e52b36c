// What the published texts of a draw say, between the worker that reads them and
// the page that shows it.

export interface Person {
  id: string;
  name: string;
}

export interface Ranked extends Person {
  weight: number;
  ticket: string;
  role: string;
}

export interface Declared {
  digest: string;
  attempt: number;
  previous: string | null;
  quorum: number;
  witnesses: string[];
  parties: { id: string; key: string; required: boolean }[];
  /** `test`: not one of the public beacons. */
  beacon: { kind: string; round: number | null; test: boolean };
  select: { count: number; alternates: number };
  withheld: string;
}

/** Of the value of a beacon: `signed` by the beacon, as verified here; `attested` by
 * parties, whose signatures were verified here; `unknown`, of a beacon for tests;
 * `waits` for a text that proves it; or `false`. */
export type Word = 'signed' | 'attested' | 'unknown' | 'waits' | 'false';

export interface Check {
  what: 'freeze' | 'lock' | 'reveals' | 'seal' | `beacon.${Word}` | 'seed' | 'result' | 'close';
  /** Null for what was not checked. */
  good: boolean | null;
}

export interface Facts {
  roster: (Person & { weight: number })[];
  weights: { equal: boolean; sum: number };
  excluded: { id: string; reason: string; evidence: string | null }[];
  declared: Declared | null;
  lock: { digest: string; commits: { party: string; digest: string | null }[] } | null;
  seal: { digest: string; secrets: { party: string; secret: string }[] } | null;
  beacon: { kind: string; round: number | null; value: string; word: Word; attesters: string[] } | null;
  /** Its digest, from which the ranks follow. */
  seed: string | null;
  replaced: { out: string; in: string | null; reason: string }[];
  annulled: string | null;
  /** As computed here, from the roster and the seed; of a draw that was closed without
   * a result, those there would have been, if that can be known. */
  ranks: Ranked[];
  checks: Check[];
  /** Is what was computed what was published? Null before there is a result. */
  agrees: boolean | null;
}

export type Texts = [name: string, bytes: Uint8Array][];

export type Answer =
  | { kind: 'facts'; facts: Facts }
  | { kind: 'progress'; done: number; all: number }
  | { kind: 'broken'; file: string; line: number };
