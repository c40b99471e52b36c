// ledger.mjs -- a transparency log in memory, its witnesses and their keys: RFC 6962
// and C2SP signed notes, written for the tests alone.
//
// key(seed) → { hex, sign(bytes) → Buffer }     Ed25519; made once for each seed
// canonical(value) → canonical JSON of it (ASCII keys)
// new Ledger(origin, key): append(entry) → index; size; root(size);
//     inclusion(index, size), consistency(old, size) → Buffers
// checkpoint(ledger, size, cosignatures) → { size, text, note }
// noteOf(ledger, text, cosignatures) → the note of that text
// vkey(name, type, hex)
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

export const PLAIN = 1;
export const COSIGNATURE = 4;
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hex(text) {
  return sha256(text).toString('hex');
}

const keys = new Map();

export function key(seed) {
  if (!keys.has(seed)) keys.set(seed, makeKey(seed));
  return keys.get(seed);
}

function makeKey(seed) {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, sha256(`key ${seed}`)]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { hex: raw.toString('hex'), sign: (bytes) => sign(null, Buffer.from(bytes), secret) };
}

export function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
}

const node = (left, right) => sha256(Buffer.of(1), left, right);

// The largest power of two below n.
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

export class Ledger {
  #leaves = [];
  #known = new Map();

  constructor(origin, logKey) {
    this.origin = origin;
    this.key = logKey;
  }

  get size() {
    return this.#leaves.length;
  }

  append(entry) {
    return this.#leaves.push(sha256(Buffer.of(0), entry)) - 1;
  }

  #hash(from, to) {
    if (to - from === 1) return this.#leaves[from];
    const name = `${from} ${to}`;
    const known = this.#known.get(name);
    if (known) return known;
    const middle = from + split(to - from);
    const hash = node(this.#hash(from, middle), this.#hash(middle, to));
    this.#known.set(name, hash);
    return hash;
  }

  root(size) {
    return size === 0 ? sha256('') : this.#hash(0, size);
  }

  inclusion(index, size, from = 0) {
    if (size - from === 1) return [];
    const middle = from + split(size - from);
    return index < middle
      ? [...this.inclusion(index, middle, from), this.#hash(middle, size)]
      : [...this.inclusion(index, size, middle), this.#hash(from, middle)];
  }

  consistency(old, size, from = 0, whole = true) {
    if (old === size) return whole ? [] : [this.#hash(from, size)];
    const middle = from + split(size - from);
    return old <= middle
      ? [...this.consistency(old, middle, from, whole), this.#hash(middle, size)]
      : [...this.consistency(old, size, middle, false), this.#hash(from, middle)];
  }
}

function keyId(name, type, publicKey) {
  return sha256(`${name}\n`, Buffer.of(type), Buffer.from(publicKey, 'hex')).subarray(0, 4);
}

export function vkey(name, type, publicKey) {
  const bytes = Buffer.concat([Buffer.of(type), Buffer.from(publicKey, 'hex')]);
  return `${name}+${keyId(name, type, publicKey).toString('hex')}+${bytes.toString('base64')}`;
}

export function signatureLine(name, type, publicKey, bytes) {
  return `— ${name} ${Buffer.concat([keyId(name, type, publicKey), bytes]).toString('base64')}\n`;
}

// In a world before 1970 its clock stands at the first second that it can say.
export function cosign(text, { name, key: witness, time: said }) {
  const time = said < 0 ? 1 : said;
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = witness.sign(`cosignature/v1\ntime ${time}\n${text}`);
  return signatureLine(name, COSIGNATURE, witness.hex, Buffer.concat([stamp, signature]));
}

// cosignatures: [{ name, key, time }]
export function noteOf(ledger, text, cosignatures) {
  const own = signatureLine(ledger.origin, PLAIN, ledger.key.hex, ledger.key.sign(text));
  return `${text}\n${own}${cosignatures.map((one) => cosign(text, one)).join('')}`;
}

export function checkpoint(ledger, size, cosignatures) {
  const text = `${ledger.origin}\n${size}\n${ledger.root(size).toString('base64')}\n`;
  return { size, text, note: noteOf(ledger, text, cosignatures) };
}
