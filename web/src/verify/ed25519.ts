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
const points = new Map<string, Point | null>();

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** The point of a key that can sign, or null; keys come again and again. */
function pointOf(key: string): Point | null {
  const known = points.get(key);
  if (known !== undefined) return known;
  let point: Point | null = null;
  try {
    point = ed25519.ExtendedPoint.fromHex(fromHex(key), false);
    if (point.isSmallOrder()) point = null;
  } catch {
    point = null;
  }
  if (points.size < 1000) points.set(key, point);
  return point;
}

/** May this be a public key at all? `key` is hex of 32 bytes. */
export function isPublicKey(key: string): boolean {
  return pointOf(key) !== null;
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
  const zero = ed25519.ExtendedPoint.ZERO;
  const sb = s === 0n ? zero : ed25519.ExtendedPoint.BASE.multiply(s);
  const ka = k === 0n ? zero : a.multiplyUnsafe(k);
  const expected = sb.subtract(ka);
  return !expected.isSmallOrder() && equal(expected.toRawBytes(), r);
}
