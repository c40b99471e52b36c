// evidences.mjs -- small files that show something, for tests.
//
// pdf(text), png(), jpeg(), ofd() → Buffers that are what they say
// digestOf(text) → the SHA-256 of pdf(text), of which uploadAll() knows the bytes
// uploading(it) → bound to what client.mjs gives for an installation:
//     upload(who, bytes, { name, type, headers, … }) → the reply of POST /v1/files
//     uploadAll(who, digests) → stores for `who` each that digestOf() has given
import { must } from './client.mjs';
import { sha256 } from './keys.mjs';

const known = new Map();

export const pdf = (text, size = 0) =>
  Buffer.concat([Buffer.from(`%PDF-1.7\n% ${text}\n`), Buffer.alloc(size, 'x'), Buffer.from('\n%%EOF\n')]);
export const png = () => Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
export const jpeg = () => Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), Buffer.alloc(64), Buffer.from('ffd9', 'hex')]);

// A ZIP whose local headers have these names, and no more.
export function zip(...names) {
  return Buffer.concat(names.map((name) => {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(name.length, 26);
    return Buffer.concat([head, Buffer.from(name)]);
  }));
}
export const ofd = () => zip('Doc_0/', 'OFD.xml');

export function digestOf(text) {
  const bytes = pdf(text);
  const digest = sha256(bytes);
  known.set(digest, bytes);
  return digest;
}

export function uploading(it) {
  const upload = (who, bytes, { name = encodeURIComponent('证书.pdf'), type = 'application/pdf', headers, ...options } = {}) =>
    it.call('POST', '/v1/files', { key: who, body: bytes, ...options,
      headers: { 'content-type': type, 'klero-file-name': name, ...headers } });
  async function uploadAll(who, digests) {
    for (const digest of new Set(digests))
      if (known.has(digest))
        must(await upload(who, known.get(digest)));
  }
  return { upload, uploadAll };
}
