// Who would have been drawn in a draw that was closed without a result when its
// outcome could be known: protocol §3, and §8 where there is no seal.
import { sha256 } from '@noble/hashes/sha2';
import { digest, fromHex, toHex, utf8 } from '../verify/bytes';
import type { Declare } from '../verify/declare';
import { parseJson } from '../verify/json';
import { type BeaconText, type SeedBeacon, writeSeed } from '../verify/outcome';
import { type Lock, revealed, type Seal, writeSeal } from '../verify/secrets';

type TextMap = Map<string, Uint8Array>;

/** What those texts say; the secrets by their parties. */
interface Said {
  declare: Declare;
  lock: Lock | undefined;
  beacon: BeaconText | undefined;
  reveals: Map<string, string>;
}

function pulseOf(texts: TextMap): SeedBeacon | undefined {
  const bytes = texts.get('pulse.json');
  const pulse = bytes && parseJson(bytes);
  const index = pulse?.get('pulseIndex');
  const output = pulse?.get('outputValue');
  if (typeof index !== 'number' || typeof output !== 'string') return undefined;
  return { kind: 'nist', index, output: output.toLowerCase() };
}

function valueOf(texts: TextMap, { declare, beacon }: Said): SeedBeacon | undefined {
  if (declare.beacon.kind === 'none') return { kind: 'none' };
  if (!beacon) return undefined;
  const { value } = beacon;
  if (value.kind === 'public') return { kind: 'public', value: value.value };
  if (value.kind === 'nist') return pulseOf(texts);
  return { kind: 'drand', round: value.round, randomness: toHex(sha256(fromHex(value.signature))) };
}

/** The seal that would have been: the reveals there are, `withheld` for the others. */
function sealOf(texts: TextMap, { lock, reveals }: Said): Uint8Array | undefined {
  const secrets: Seal['secrets'] = (lock?.commits ?? []).map(({ party, commit }) => {
    const hex = reveals.get(party);
    return { party, secret: !commit ? 'absent' : hex ? { hex } : 'withheld' };
  });
  if (revealed({ secrets }).length === 0) return undefined;
  return utf8(writeSeal({ declare: digest(texts.get('declare.txt')!), lock: digest(texts.get('lock.txt')!), secrets }));
}

/** The digest of the seed there would have been; null where the texts do not give it. */
export function shadowSeed(texts: TextMap, said: Said): string | null {
  const beacon = valueOf(texts, said);
  const seal = texts.get('seal.txt') ?? (beacon?.kind === 'none' ? sealOf(texts, said) : undefined);
  return seal && beacon ? digest(utf8(writeSeed({ seal: digest(seal), beacon }))) : null;
}
