// Ed25519 as libsodium verifies it (protocol §2): RFC 8032 with S < ℓ, a canonical
// A, neither A nor R of small order, and without the cofactor.
//
// @noble/curves' own verify() multiplies by the cofactor and lets R be of small
// order, so the equation is evaluated here, on its points.
import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { concat, equal, fromHex } from './bytes';

type Point = InstanceType<typeof ed25519.ExtendedPoint>;

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n; // RFC 8032 §5.1
const KEYS_MAX = 1000;
const TABLES_MAX = 64;
const WINDOW = 4;

interface Key {
  /** null when it cannot sign. */
  point: Point | null;
  uses: number;
}

const keys = new Map<string, Key>();
let tables = 0;

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function readPoint(key: string): Point | null {
  try {
    const point = ed25519.ExtendedPoint.fromHex(fromHex(key), false);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

/** A key; the same ones come again and again. */
function keyOf(hex: string): Key {
  const known = keys.get(hex);
  if (known) return known;
  const key = { point: readPoint(hex), uses: 0 };
  if (keys.size < KEYS_MAX) keys.set(hex, key);
  return key;
}

/** The point of a key that signed. A table of its multiples pays from the second
 * signature on. */
function pointOf(hex: string): Point | null {
  const key = keyOf(hex);
  key.uses++;
  if (key.uses === 2 && key.point && tables < TABLES_MAX) {
    key.point.precompute(WINDOW, true);
    tables++;
  }
  return key.point;
}

/** May this be a public key at all? `key` is hex of 32 bytes. */
export function isPublicKey(key: string): boolean {
  return keyOf(key).point !== null;
}

/** Did the key, hex of 32 bytes, sign the message? False for every signature
 * that is not of 64 bytes. */
export function verifySignature(key: string, message: Uint8Array, signature: Uint8Array): boolean {
  const a = pointOf(key);
  if (!a || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const k = littleEndian(sha512(concat(r, fromHex(key), message))) % ORDER;
  const sb = ed25519.ExtendedPoint.BASE.multiplyUnsafe(s);
  const ka = a.multiplyUnsafe(k);
  const expected = sb.subtract(ka);
  return !expected.isSmallOrder() && equal(expected.toRawBytes(), r);
}
