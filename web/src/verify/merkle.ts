// The Merkle tree of the log: RFC 6962 §2.1; proofs are checked as RFC 9162
// §2.1.3.2 and §2.1.4.2 write it out. Sizes and indices are safe integers.
import { sha256 } from '@noble/hashes/sha2';
import { concat, equal } from './bytes';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concat(LEAF, entry));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(NODE, left, right));
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === 32;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

/** Is `leaf` the entry `index` of the tree of `size` entries with this root? */
export function checkInclusion(
  index: number, size: number, leaf: Uint8Array, proof: Uint8Array[], root: Uint8Array,
): boolean {
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  if (index >= size || ![leaf, root, ...proof].every(isHash)) return false;
  for (const next of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(next, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, next);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(hash, root);
}

function isPowerOfTwo(n: number): boolean {
  while (n > 1 && n % 2 === 0) n /= 2;
  return n === 1;
}

/** Has the tree (newSize, newRoot) the tree (oldSize, oldRoot) as its beginning?
 * oldSize 0 has no proof and is false. */
export function checkConsistency(
  oldSize: number, newSize: number, oldRoot: Uint8Array, newRoot: Uint8Array, proof: Uint8Array[],
): boolean {
  if (oldSize < 1 || oldSize > newSize || ![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let older = path[0];
  let newer = path[0];
  if (!older || !newer || proof.length === 0) return false;
  for (const next of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(next, older);
      newer = nodeHash(next, newer);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      newer = nodeHash(newer, next);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(older, oldRoot) && equal(newer, newRoot);
}
