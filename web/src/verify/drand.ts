// Rounds of a drand chain of the scheme bls-unchained-g1-rfc9380: signatures in G1,
// keys in G2, each round signed by itself (protocol §2).
import { bls12_381 } from '@noble/curves/bls12-381';
import { sha256 } from '@noble/hashes/sha2';
import type { Settings } from './attempt';
import { bigEndian, concat, digest, equal, fromHex, fromUtf8, isHex, utf8 } from './bytes';

export interface Chain {
  hash: string;
  key: string;
  period: number;
  genesis: number;
  /** Not pinned here, but accepted because the verifier was told to. */
  test: boolean;
}

export class ChainError extends Error {}

/** The network quicknet of the League of Entropy. */
const QUICKNET: Chain = {
  hash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  key: '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c' +
    '8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb' +
    '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  period: 3,
  genesis: 1692803367,
  test: false,
};

const SCHEME = 'bls-unchained-g1-rfc9380';
const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

export function chainOf(settings: Settings, hash: string): Chain | undefined {
  return [QUICKNET, settings.chain].find((chain) => chain?.hash === hash) ?? undefined;
}

/** The first round that is not earlier than t, in seconds. */
export function roundAt({ genesis, period }: Chain, t: number): number {
  return t <= genesis ? 1 : Math.ceil((t - genesis) / period) + 1;
}

export function timeOfRound({ genesis, period }: Chain, round: number): number {
  return genesis + (round - 1) * period;
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseFields(bytes: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes) ?? '');
    if (isFields(value)) return value;
  } catch {
    // Told below, as every other form that is not expected.
  }
  throw new ChainError('the chain is not a JSON object');
}

function isNatural(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

/** A chain as drand's `/info` tells it; throws ChainError. Its hash is computed
 * anew, and does not bind the scheme, which is therefore asked for. */
export function parseChain(bytes: Uint8Array): Chain {
  const info = parseFields(bytes);
  const { public_key: key, period, genesis_time: genesis, hash, groupHash: group, schemeID } = info;
  const metadata = isFields(info['metadata']) ? info['metadata'] : {};
  const id = metadata['beaconID'] ?? 'default';
  if (schemeID !== SCHEME) throw new ChainError(`the scheme is not ${SCHEME}`);
  if (!isNatural(period, 2 ** 32 - 1) || !isNatural(genesis, Number.MAX_SAFE_INTEGER)) {
    throw new ChainError('the chain has no period or no beginning');
  }
  if (typeof key !== 'string' || !isHex(key, 96) || !publicPoint(key)) {
    throw new ChainError('the chain has no public key');
  }
  if (typeof group !== 'string' || !/^([0-9a-f]{2})*$/.test(group) || typeof id !== 'string') {
    throw new ChainError('the chain has no group');
  }
  const computed = digest(concat(bigEndian(period, 4), bigEndian(genesis, 8), fromHex(key),
    fromHex(group), id === 'default' ? utf8('') : utf8(id)));
  if (hash !== computed) throw new ChainError('the chain has another hash');
  return { hash: computed, key, period, genesis, test: computed !== QUICKNET.hash };
}

type G1 = InstanceType<typeof bls12_381.G1.ProjectivePoint>;
type G2 = InstanceType<typeof bls12_381.G2.ProjectivePoint>;

/** The only way to write a point is its own: noble reduces what is over p. */
function publicPoint(key: string): G2 | undefined {
  try {
    const point = bls12_381.G2.ProjectivePoint.fromHex(key);
    point.assertValidity();
    return !point.is0() && point.isTorsionFree() && equal(point.toRawBytes(true), fromHex(key)) ? point : undefined;
  } catch {
    return undefined;
  }
}

function signaturePoint(signature: string): G1 | undefined {
  try {
    const point = bls12_381.G1.ProjectivePoint.fromHex(signature);
    point.assertValidity();
    const canonical = equal(point.toRawBytes(true), fromHex(signature));
    return !point.is0() && point.isTorsionFree() && canonical ? point : undefined;
  } catch {
    return undefined;
  }
}

/** Is this, hex of 48 bytes, the chain's signature of that round? */
export function verifyRound(chain: Chain, round: number, signature: string): boolean {
  const point = signaturePoint(signature);
  const key = publicPoint(chain.key);
  if (!point || !key) return false;
  const message = sha256(bigEndian(round, 8));
  const signed = bls12_381.G1.hashToCurve(message, { DST: DOMAIN }) as G1;
  const product = bls12_381.pairingBatch([
    { g1: point, g2: bls12_381.G2.ProjectivePoint.BASE.negate() },
    { g1: signed, g2: key },
  ]);
  return bls12_381.fields.Fp12.eql(product, bls12_381.fields.Fp12.ONE);
}
