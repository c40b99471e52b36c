// merkle.mjs -- RFC 6962 and C2SP, written apart from lib: what a stranger
// needs to check our log.
import { createHash, createPublicKey, verify } from 'node:crypto';

const SPKI_DER = Buffer.from('302a300506032b6570032100', 'hex');
const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

export const leafHash = (bytes) => hash(Buffer.from([0]), bytes);
const nodeHash = (left, right) => hash(Buffer.from([1]), left, right);

// The largest power of two below n.
const splitOf = (n) => 2 ** Math.floor(Math.log2(n - 1));

export function rootOf(hashes) {
  if (hashes.length === 0)
    return hash();
  if (hashes.length === 1)
    return hashes[0];
  const split = splitOf(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

// RFC 9162 §2.1.3.2: the root that the proof leads to, or null.
export function rootFromProof(index, size, leaf, path) {
  let [fn, sn, result] = [index, size - 1, leaf];
  for (const step of path) {
    if (sn === 0)
      return null;
    if (fn % 2 === 1 || fn === sn) {
      result = nodeHash(step, result);
      while (fn % 2 === 0 && fn !== 0)
        [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      result = nodeHash(result, step);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? result : null;
}

// RFC 6962 §2.1.2, made from the leaves: what a log has to answer.
export function consistencyOf(hashes, old) {
  const proof = (part, m, whole) => {
    if (m === part.length)
      return whole ? [] : [rootOf(part)];
    const split = splitOf(part.length);
    return m <= split
      ? [...proof(part.slice(0, split), m, whole), rootOf(part.slice(split))]
      : [...proof(part.slice(split), m - split, false), rootOf(part.slice(0, split))];
  };
  return proof(hashes, old, true);
}

// A bundle of entries as a list of their bytes.
export function entriesOf(bundle) {
  const entries = [];
  for (let at = 0; at < bundle.length;) {
    const size = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return entries;
}

export function verifies(publicKey, text, signature) {
  const key = createPublicKey({ key: Buffer.concat([SPKI_DER, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, signature);
}

// A signed checkpoint: { origin, size, root, text, verifiedBy(public key) }.
export function checkpointOf(note) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin, size, root, rest] = text.split('\n');
  const lines = note.slice(end + 2).split('\n').slice(0, -1);
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), text, extension: rest,
    verifiedBy: (key) => lines.some((line) => {
      const [dash, name, base64] = line.split(' ');
      const bytes = Buffer.from(base64, 'base64');
      const id = hash(Buffer.from(`${name}\n\x01`), Buffer.from(key, 'hex')).subarray(0, 4);
      return dash === '—' && name === origin && bytes.subarray(0, 4).equals(id) &&
        verifies(key, text, bytes.subarray(4));
    }) };
}

// `tile/<level>/<n>[.p/<width>]`.
export function tilePath(level, index, width = 256) {
  let text = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    text = `x${String(rest % 1000).padStart(3, '0')}/${text}`;
  return `tile/${level}/${text}${width < 256 ? `.p/${width}` : ''}`;
}
