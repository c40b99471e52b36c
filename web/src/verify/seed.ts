// What the last randomness comes to (protocol §2, seed.txt), and in an attempt without
// a result what it would have come to (§3, §8).
import { sha256 } from '@noble/hashes/sha2';
import { digest, fromHex, toHex, utf8 } from './bytes';
import type { Declare } from './declare';
import type { JsonObject } from './json';
import { type BeaconText, type BeaconValue, type SeedBeacon, writeSeed } from './outcome';
import { type Lock, revealed, type Seal, writeSeal } from './secrets';

/** What a seed says of this value; undefined where its pulse does not have it. */
export function seedBeacon(value: BeaconValue, pulse: JsonObject | undefined): SeedBeacon | undefined {
  if (value.kind === 'public') return { kind: 'public', value: value.value };
  if (value.kind === 'drand') {
    return { kind: 'drand', round: value.round, randomness: toHex(sha256(fromHex(value.signature))) };
  }
  const index = pulse?.get('pulseIndex');
  const output = pulse?.get('outputValue');
  if (typeof index !== 'number' || typeof output !== 'string') return undefined;
  return { kind: 'nist', index, output: output.toLowerCase() };
}

/** What was published of an attempt that has no result. */
export interface Ended {
  declare: Declare;
  lock?: Lock | undefined;
  seal?: Seal | undefined;
  beacon?: BeaconText | undefined;
  pulse?: JsonObject | undefined;
  digestOf: (file: 'declare.txt' | 'lock.txt') => string;
  /** The secret that a party has revealed, in hex. */
  secretOf: (party: string) => string | undefined;
}

/** Without a seal the one that would have been: the reveals there are, and `withheld`
 * for the others. */
function sealOf({ seal, lock, digestOf, secretOf }: Ended): Seal | undefined {
  if (seal || !lock) return seal;
  const secrets: Seal['secrets'] = lock.commits.map(({ party, commit }) => {
    const hex = secretOf(party);
    return { party, secret: !commit ? 'absent' : hex === undefined ? 'withheld' : { hex } };
  });
  if (revealed({ secrets }).length === 0) return undefined;
  return { declare: digestOf('declare.txt'), lock: digestOf('lock.txt'), secrets };
}

/** The digest of the seed there would have been; undefined where nothing tells. */
export function shadowSeed(ended: Ended): string | undefined {
  const { declare, beacon, pulse } = ended;
  const seal = sealOf(ended);
  const said: SeedBeacon | undefined = declare.beacon.kind === 'none' ? { kind: 'none' }
    : beacon && seedBeacon(beacon.value, pulse);
  return seal && said && digest(utf8(writeSeed({ seal: digest(utf8(writeSeal(seal))), beacon: said })));
}
