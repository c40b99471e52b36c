// Rounds of a drand chain of the scheme bls-unchained-g1-rfc9380: signatures in G1,
// keys in G2, each round signed by itself (protocol §2).
import { bls12_381 } from '@noble/curves/bls12-381';
import { sha256 } from '@noble/hashes/sha2';
import type { Settings } from './attempt';
import { bigEndian, concat, digest, equal, fromHex, isHex, utf8 } from './bytes';
import { isInteger, isObject, type Json, type JsonObject, parseAnyJson } from './json';

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
const INFO_MAX = 16 * 1024;
const TIME_MAX = 253402300799; // 9999-12-31T23:59:59Z
const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

export function chainOf(settings: Settings, hash: string): Chain | undefined {
  return [QUICKNET, settings.chain].find((chain) => chain?.hash === hash) ?? undefined;
}

/** The first round that is not earlier than t, in seconds. */
export function roundAt({ genesis, period }: Chain, t: number): number {
  return t <= genesis ? 1 : Math.ceil((t - genesis) / period) + 1;
}

/** No later than times can be written. */
export function timeOfRound({ genesis, period }: Chain, round: number): number {
  return Math.min(genesis + (round - 1) * period, TIME_MAX);
}

function hexOf(info: JsonObject, name: string, size: number): string {
  const value = info.get(name);
  if (typeof value !== 'string' || !isHex(value, size)) throw new ChainError(`the chain has no ${name}`);
  return value;
}

/** The name of the network, and what the hash has of it. */
function idOf(info: JsonObject): string {
  const metadata = info.has('metadata') ? info.get('metadata') : new Map<string, Json>();
  const id = isObject(metadata) ? metadata.get('beaconID') : null;
  if (id !== undefined && typeof id !== 'string') throw new ChainError('the chain has no name');
  return id === 'default' ? '' : id ?? '';
}

/** A chain as drand's `/info` tells it; throws ChainError. Its hash is computed
 * anew, and does not bind the scheme, which is therefore asked for. */
export function parseChain(bytes: Uint8Array): Chain {
  const info = bytes.length <= INFO_MAX ? parseAnyJson(bytes) : undefined;
  if (!info) throw new ChainError('the chain is not a JSON object');
  const [key, hash, group] = [hexOf(info, 'public_key', 96), hexOf(info, 'hash', 32), hexOf(info, 'groupHash', 32)];
  const [period, genesis] = [info.get('period'), info.get('genesis_time')];
  if (info.get('schemeID') !== SCHEME) throw new ChainError(`the scheme is not ${SCHEME}`);
  if (!isInteger(period, 1, 2 ** 32 - 1) || !isInteger(genesis, 0, TIME_MAX)) {
    throw new ChainError('the chain has no period or no beginning');
  }
  if (!publicPoint(key)) throw new ChainError('the chain has no public key');
  const computed = digest(concat(bigEndian(period, 4), bigEndian(genesis, 8), fromHex(key),
    fromHex(group), utf8(idOf(info))));
  if (hash !== computed) throw new ChainError('the chain has another hash');
  return { hash, key, period, genesis, test: hash !== QUICKNET.hash };
}

type G1 = InstanceType<typeof bls12_381.G1.ProjectivePoint>;
type G2 = InstanceType<typeof bls12_381.G2.ProjectivePoint>;

/** The only way to write a point is its own: noble reduces what is over p. */
function readPublicPoint(key: string): G2 | undefined {
  try {
    const point = bls12_381.G2.ProjectivePoint.fromHex(key);
    point.assertValidity();
    return !point.is0() && point.isTorsionFree() && equal(point.toRawBytes(true), fromHex(key)) ? point : undefined;
  } catch {
    return undefined;
  }
}

const CHAINS_MAX = 16;
const points = new Map<string, G2 | undefined>();

/** The point of a chain's key; there are few, and each is checked once. */
function publicPoint(key: string): G2 | undefined {
  const point = points.has(key) ? points.get(key) : readPublicPoint(key);
  if (points.size < CHAINS_MAX) points.set(key, point);
  return point;
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
