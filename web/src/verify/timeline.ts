// When and where in the log the acts of an attempt stand: from the entries of a
// pack and their proofs (protocol §3, §8).
import type { Whole } from './attempt';
import type { Declare } from './declare';
import { earliest } from './pass_policy';
import type { Cosigned } from './pass_log';
import { revealed } from './secrets';

export interface Act {
  stem: string;
  at: number;
  seq: number;
  index: number;
}

export class Timeline {
  private readonly acts = new Map<string, Act>();

  constructor(
    readonly texts: Whole,
    unsound: Set<string>,
    private readonly cosigned: Cosigned,
    /** When the beacon's value is there: of drand its round's time. */
    readonly beaconTime: number,
  ) {
    for (const [stem, { at, seq }] of texts.leaves) {
      const index = texts.proofs.get(stem)?.index;
      if (index !== undefined && !unsound.has(stem)) this.acts.set(stem, { stem, at, seq, index });
    }
  }

  act(stem: string): Act | undefined {
    return this.acts.get(stem);
  }

  /** The commitments or the reveals that the pack shows, by party. */
  ofParties(kind: 'committed' | 'revealed'): (Act & { party: string })[] {
    return this.texts.declare.parties.flatMap(({ id }) => {
      const act = this.acts.get(`${kind}-${id}`);
      return act ? [{ ...act, party: id }] : [];
    });
  }

  /** When the quorum had cosigned the checkpoint, with quorum 0 when its text was
   * logged; Infinity when it never had. */
  cosignedAt(name: string, stem: string): number {
    const time = this.cosigned.get(name) ?? Infinity;
    return time === -Infinity ? this.acts.get(stem)?.at ?? Infinity : time;
  }

  declaredInTime(): boolean {
    return this.cosignedAt('declared', 'declare') < this.texts.declare.commitBy;
  }

  lockedInTime(): boolean {
    return this.cosignedAt('locked', 'lock') < this.texts.declare.revealBy;
  }

  /** Protocol §8: with beacon none no time is too late. */
  sealedInTime(): boolean {
    const time = this.cosignedAt('sealed', 'seal');
    if (this.texts.declare.beacon.kind === 'none') return time < Infinity;
    return time < this.beaconTime && (this.act('seal')?.at ?? 0) < this.beaconTime;
  }

  /** Was the reveal logged before anybody could see the lock cosigned? */
  isEarly({ at, index }: Act): boolean {
    const { declare, checkpoints } = this.texts;
    const locked = checkpoints.get('locked');
    const time = this.cosignedAt('locked', 'lock');
    if (declare.quorum === 0) return index <= (this.act('lock')?.index ?? -1);
    return !locked || index < locked.size || at < time;
  }

  withheld(): string[] {
    const { seal } = this.texts;
    return seal ? seal.secrets.filter(({ secret }) => secret === 'withheld').map(({ party }) => party) : [];
  }

  sealed(): Set<string> {
    return new Set(this.texts.seal ? revealed(this.texts.seal).map(({ party }) => party) : []);
  }
}

/** When the outcome can be known: the beacon's time, or reveal-by without one. */
export function timeOfBeacon(declare: Declare, roundTime: number | undefined): number {
  const { beacon } = declare;
  if (beacon.kind === 'none') return declare.revealBy;
  return beacon.kind === 'drand' ? roundTime ?? earliest(declare) : beacon.time;
}
