// One attempt of a pack: its files, what they say, and where its findings go.
import { digest } from './bytes';
import type { Chain } from './drand';
import type { Declare } from './declare';
import type { Findings } from './findings';
import type { JsonObject } from './json';
import type { Leaf } from './leaf';
import type { Certificate } from './certificate';
import type { Checkpoint } from './note';
import type { Annul, BeaconText, Close, Replace, Result, Seed } from './outcome';
import type { Policy } from './policy';
import type { Proof, Step } from './proof';
import type { Excluded, Names, Roster } from './roster';
import type { Commit, Lock, Seal } from './secrets';
import type { Trust } from './trust';

/** The texts of an attempt that have their form. */
export interface Texts {
  notice?: JsonObject;
  policy?: JsonObject;
  roster?: Roster;
  names?: Names;
  excluded?: Excluded;
  declare?: Declare;
  close?: Close;
  draft?: Roster;
  lock?: Lock;
  /** By the party of the file's name. */
  commits: Map<string, Commit>;
  seal?: Seal;
  beacon?: BeaconText;
  pulse?: JsonObject;
  seed?: Seed;
  result?: Result;
  replaces: Replace[];
  annul?: Annul;
  /** By file name in log/, in the order of CHECKPOINTS. */
  checkpoints: Map<string, Checkpoint>;
  steps?: Step[];
  leaves: Map<string, Leaf>;
  proofs: Map<string, Proof>;
}

export const CHECKPOINTS = ['declared', 'locked', 'sealed', 'closed', 'last'];

/** What the verifier was told. */
export interface Settings {
  trust: Trust | null;
  bare: boolean;
  rehearsal: boolean;
  chain: Chain | null;
  certificate: Certificate | null;
}

/** The texts that there are always. */
export type Whole = Texts &
  Required<Pick<Texts, 'notice' | 'policy' | 'roster' | 'names' | 'excluded' | 'declare' | 'close'>>;

export class Attempt {
  readonly texts: Texts = {
    commits: new Map(), replaces: [], checkpoints: new Map(), leaves: new Map(), proofs: new Map(),
  };
  /** What the policy demands, once it was read. */
  policy: Policy | null = null;
  readonly caps = new Set<string>();
  /** Stems of the entries that are not what they should be, or not in the log: they
   * say nothing. */
  readonly unsound = new Set<string>();
  /** Do witnesses have to tell when it closed, and have not? */
  timeUnproven = false;
  readonly warnings: { code: string; about: string }[] = [];
  private readonly digests = new Map<string, string>();

  /** `prefix` is the folder of the attempt, as `previous/1/`. */
  constructor(
    readonly prefix: string,
    readonly files: Map<string, Uint8Array>,
    readonly settings: Settings,
    private readonly findings: Findings,
    private readonly section: number,
  ) {}

  find(code: string, file: string, line: number, why: string | null = null): void {
    this.findings.add(this.section, code, this.prefix + file, line, why);
  }

  warn(code: string, about: string): void {
    this.warnings.push({ code, about });
  }

  hasFindings(): boolean {
    return this.findings.count(this.section) > 0;
  }

  /** H of a file; of one that is missing, no digest at all. */
  digest(file: string): string {
    const known = this.digests.get(file);
    if (known !== undefined) return known;
    const bytes = this.files.get(file);
    const hash = bytes ? digest(bytes) : 'missing';
    this.digests.set(file, hash);
    return hash;
  }

  /** The texts, when all that must be there are and have their form. */
  whole(): Whole | undefined {
    const { notice, policy, roster, names, excluded, declare, close } = this.texts;
    if (!notice || !policy || !roster || !names || !excluded || !declare || !close) return undefined;
    return { ...this.texts, notice, policy, roster, names, excluded, declare, close };
  }
}

/** The file of the n-th replacement, from 1. */
export function replaceStem(n: number): string {
  return n === 1 ? 'replace' : `replace-${n}`;
}
