// Signed notes, checkpoints and cosignatures: c2sp.org/signed-note,
// /tlog-checkpoint, /tlog-cosignature (v1, Ed25519).
import { sha256 } from '@noble/hashes/sha2';
import { concat, equal, fromBase64, fromHex, fromUtf8, toBase64, toHex, toNumber, utf8 } from './bytes';
import { verifySignature } from './ed25519';
import { FormError, parseInteger } from './text';

export interface Signature {
  name: string;
  /** The first four bytes, as hex. */
  id: string;
  bytes: Uint8Array;
}

export interface Note {
  /** What is signed: it ends with LF. */
  text: string;
  signatures: Signature[];
}

export interface Checkpoint extends Note {
  origin: string;
  size: number;
  root: Uint8Array;
  /** Are there lines after these three? */
  extended: boolean;
}

const SIZE_MAX = 1 << 20; // bytes: protocol §8
const SIGNATURES_MAX = 100;
const PLAIN = 0x01; // c2sp.org/signed-note: Ed25519
const COSIGNATURE = 0x04; // c2sp.org/tlog-cosignature: timestamped Ed25519

/** The key id of an Ed25519 key of this name and type. */
export function keyId(name: string, type: number, key: string): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), fromHex(key))).subarray(0, 4));
}

const NAME_MAX = 255;

export function isNoteName(name: string): boolean {
  const size = utf8(name).length;
  return size > 0 && size <= NAME_MAX && !/[\p{White_Space}\x00-\x1f+]/u.test(name);
}

function parseSignature(line: string, number: number): Signature {
  const match = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  const bytes = match ? fromBase64(match[2]!) : undefined;
  if (!match || !isNoteName(match[1]!) || !bytes || bytes.length < 5) {
    throw new FormError(number, 'not a signature line');
  }
  return { name: match[1]!, id: toHex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
}

/** The note that these bytes are; throws FormError. `first` is the number of
 * their first line. */
export function parseNote(bytes: Uint8Array, first = 1): Note {
  const whole = fromUtf8(bytes);
  if (bytes.length > SIZE_MAX) throw new FormError(first, 'over 1 MiB');
  if (whole === undefined) throw new FormError(first, 'not UTF-8');
  const lineAt = (offset: number): number => first + whole.slice(0, offset).split('\n').length - 1;
  const control = /[\x00-\x09\x0b-\x1f]/.exec(whole);
  if (control) throw new FormError(lineAt(control.index), 'a control character');
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw new FormError(first, 'no empty line');
  if (!whole.endsWith('\n')) throw new FormError(lineAt(whole.length), 'the line does not end with LF');
  const lines = whole.slice(split + 2).split('\n').slice(0, -1);
  const start = lineAt(split + 2);
  if (lines.length === 0) throw new FormError(start, 'no signature');
  if (lines.length > SIGNATURES_MAX) throw new FormError(start + SIGNATURES_MAX, 'too many signatures');
  return {
    text: whole.slice(0, split + 1),
    signatures: lines.map((line, i) => parseSignature(line, start + i)),
  };
}

/** c2sp.org/tlog-checkpoint: the root of the empty tree, SHA-256 of nothing. */
const EMPTY_ROOT = sha256(new Uint8Array());

/** The checkpoint that these bytes are; throws FormError. Extension lines are
 * read and not looked at, but for empty ones. */
export function parseCheckpoint(bytes: Uint8Array, first = 1): Checkpoint {
  const note = parseNote(bytes, first);
  const [origin, size, root, ...extensions] = note.text.split('\n');
  if (!origin) throw new FormError(first, 'no origin');
  const number = parseInteger(size ?? '');
  if (number === undefined) throw new FormError(first + 1, 'not a size');
  const hash = fromBase64(root ?? '');
  if (hash?.length !== 32) throw new FormError(first + 2, 'not a root');
  if (number === 0 && !equal(hash, EMPTY_ROOT)) throw new FormError(first + 2, 'not the root of nothing');
  if (extensions.pop() !== '') throw new FormError(first + 2, 'the line does not end with LF');
  const empty = extensions.indexOf('');
  if (empty >= 0) throw new FormError(first + 3 + empty, 'an empty extension line');
  return { ...note, origin, size: number, root: hash, extended: extensions.length > 0 };
}

export function writeCheckpoint(checkpoint: Note): string {
  const lines = checkpoint.signatures.map(({ name, id, bytes }) =>
    `\u2014 ${name} ${toBase64(concat(fromHex(id), bytes))}\n`);
  return `${checkpoint.text}\n${lines.join('')}`;
}

/** The first signature of a key, if the note has one: a repeated one says nothing. */
function signatureOf(note: Note, name: string, id: string): Signature | undefined {
  return note.signatures.find((signature) => signature.name === name && signature.id === id);
}

/** Did this key sign the note? undefined when it has no signature of the key. */
export function isSigned(note: Note, name: string, key: string): boolean | undefined {
  const signature = signatureOf(note, name, keyId(name, PLAIN, key));
  return signature && verifySignature(key, utf8(note.text), signature.bytes);
}

/** When this key cosigned the checkpoint, in seconds; false when what says so
 * is forged or says no time, which is 0; undefined when nothing does. */
export function cosignedAt(note: Note, name: string, key: string): number | false | undefined {
  const signature = signatureOf(note, name, keyId(name, COSIGNATURE, key));
  if (!signature) return undefined;
  if (signature.bytes.length !== 72) return false;
  const time = toNumber(signature.bytes.subarray(0, 8));
  const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
  if (time < 1n || time >= 2n ** 63n) return false;
  return verifySignature(key, message, signature.bytes.subarray(8)) && Number(time);
}

export interface VerifierKey {
  name: string;
  type: 'log' | 'witness';
  key: string;
}

/** A vkey, `<name>+<id>+<base64 of type and key>`, of one of the two Ed25519
 * types; undefined when it is none. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const bytes = match ? fromBase64(match[3]!) : undefined;
  if (!match || !isNoteName(match[1]!) || bytes?.length !== 33) return undefined;
  const [name, id] = [match[1]!, match[2]!];
  const key = toHex(bytes.subarray(1));
  const type = bytes[0]!;
  if ((type !== PLAIN && type !== COSIGNATURE) || keyId(name, type, key) !== id) return undefined;
  return { name, type: type === PLAIN ? 'log' : 'witness', key };
}
