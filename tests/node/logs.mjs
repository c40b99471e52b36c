// Logs as files, made here tile by tile, and what klero log check says of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const ORIGIN = 'log.example/klero';
const WIDTH = 256;
export const HASH = 32;

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const home = mkdtempSync(join(tmpdir(), 'klero-log-'));
after(() => rmSync(home, { recursive: true }));
export const at = (...names) => join(home, ...names);

export const klero = (args, input = '') =>
  spawnSync(program, args, { cwd: home, input, encoding: 'utf8' });
export function done(args, input) {
  const { status, stdout, stderr } = klero(args, input);
  assert.equal(status, 0, stderr);
  return stdout;
}
export const check = (...args) => klero(['log', 'check', ...args]);

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
export const canonical = (value) => value === null || typeof value !== 'object' ? JSON.stringify(value)
  : Array.isArray(value) ? `[${value.map(canonical).join()}]`
    : `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;

const logKey = done(['keygen', 'log.key']).trim();
export const vkey = done(['keygen', '--show', '--log', ORIGIN, 'log.key']).trim();
export const witnessKey = Buffer.from(done(['keygen', 'witness.key']).trim(), 'hex');
export const otherVkey = done(['keygen', '--log', ORIGIN, 'other.key']).trim();

// --- events -------------------------------------------------------------------

export const timeOf = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
export const idOf = (number) => sha256(`event ${number}`).subarray(0, 16).toString('hex');
export const START = 1782864000;

export function event(number, kind, subject, seq, data = {}, by = { org: 'kw', role: 'operator' }) {
  return { at: timeOf(START + number), by, data, id: idOf(number), kind, seq, subject, v: 1 };
}
export const opening = () => event(0, 'log.opened', 'log', 1,
  { origin: ORIGIN, log_key: logKey, receipt_key: logKey, version: '0' }, { org: 'kleroterion', role: 'service' });

// A sealed event, and the entry that opens it later.
export function seal(inner) {
  const salt = sha256(`salt ${inner.id}`);
  const text = canonical(inner);
  const digest = sha256(salt, text).toString('hex');
  return {
    sealed: { at: inner.at, by: {}, data: { digest }, id: inner.id, kind: 'sealed', seq: 0, subject: '-', v: 1 },
    opened: (number, index) => event(number, 'opened', String(index), 1, { event: text, salt: salt.toString('hex') }),
  };
}

// A notice whose sign-up closes `close` seconds after the start.
export const published = (number, name, close) => event(number, 'notice.published', name, 1, { signup_close: timeOf(START + close) });
export const closed = (number, name) => event(number, 'notice.closed', name, 2);
export const judged = (number, name) => event(number, 'notice.opened', name, 3);
export const signUp = (number, name = 'u', notice = 'n', seq = 1) =>
  seal(event(number, 'signup.made', name, seq, { institution: 'i', notice }));

// Entry 0, things of one version each, and a sign-up that is sealed and opened.
export function eventsOf(count) {
  const events = [opening()];
  while (events.length < count)
    events.push(event(events.length, 'institution.admitted', `i${events.length}`, 1, { name: '甲' }));
  return events;
}

// --- a log as files -------------------------------------------------------------

export const leafHash = (entry) => sha256(Buffer.from([0]), entry);
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);
function rootOf(hashes) {
  if (hashes.length < 2)
    return hashes[0] ?? sha256('');
  const half = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

const partsOf = (list) => Array.from({ length: Math.ceil(list.length / WIDTH) }, (_, i) => list.slice(i * WIDTH, (i + 1) * WIDTH));
const pathOf = (level, index, width) =>
  `tile/${level}/${String(index).padStart(3, '0')}${width < WIDTH ? `.p/${width}` : ''}`;

function write(folder, path, bytes) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

export function checkpointOf(entries, { key = 'log.key', origin = ORIGIN, more = '' } = {}) {
  const hash = rootOf(entries.map(leafHash)).toString('base64');
  return done(['note', 'sign', '--key', key, '--name', origin], `${origin}\n${entries.length}\n${hash}\n${more}`);
}

// As the witness w.example signs it at `time`.
export const cosignedAt = (note, time) => done(['note', 'sign', '--key', 'witness.key', '--name', 'w.example', '--cosign', time], note);
// A trust file whose quorum is that witness.
export function trustWitness() {
  const typed = Buffer.concat([Buffer.from([4]), witnessKey]);
  const id = sha256('w.example\n', typed).subarray(0, 4).toString('hex');
  const trust = at('trust.txt');
  writeFileSync(trust, `log ${vkey}\nwitness w w.example+${id}+${typed.toString('base64')}\nquorum w\n`);
  return trust;
}

// Make the log in a new folder: from events, or from entries as they are.
export function logOf(name, events, signed = {}) {
  const folder = at(name);
  const entries = events.map((one) => Buffer.from(typeof one === 'string' ? one : canonical(one)));
  rmSync(folder, { recursive: true, force: true });
  partsOf(entries).forEach((part, index) => write(folder, pathOf('entries', index, part.length),
    Buffer.concat(part.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 255]), entry]))));
  let hashes = entries.map(leafHash);
  for (let level = 0; hashes.length > 0; level++) {
    const parts = partsOf(hashes);
    parts.forEach((part, index) => write(folder, pathOf(level, index, part.length), Buffer.concat(part)));
    hashes = parts.filter((part) => part.length === WIDTH).map(rootOf);
  }
  write(folder, 'checkpoint', checkpointOf(entries, signed));
  return folder;
}

// What the log of these events promised of one: signed by the receipt key.
const receiptKey = createPrivateKey({ format: 'der', type: 'pkcs8',
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(readFileSync(at('log.key'), 'utf8').trim(), 'hex')]) });
export function receiptOf(name, one, index, { by = 60, origin = ORIGIN, key = receiptKey, more = {} } = {}) {
  const text = `klero/1 receipt\norigin ${origin}\nevent ${one.id}\nindex ${index}\nleaf ${leafHash(Buffer.from(canonical(one))).toString('hex')}\nby ${timeOf(START + by)}\n`;
  const file = at(name);
  writeFileSync(file, JSON.stringify({ id: 'x', receipt: { text, signature: sign(null, Buffer.from(text), key).toString('hex'), ...more } }));
  return file;
}

export function alter(folder, path, change) {
  const bytes = readFileSync(join(folder, path));
  writeFileSync(join(folder, path), change(bytes) ?? bytes);
}

// The bundle that entry `index` of the log in `folder` stands in; '' if none does.
export function bundleOf(folder, index) {
  const size = Number(readFileSync(join(folder, 'checkpoint'), 'utf8').split('\n')[1]);
  const first = Math.floor(index / WIDTH);
  return index < size ? pathOf('entries', first, Math.min(WIDTH, size - first * WIDTH)) : '';
}

// At which byte of its bundle an entry begins, counted here.
export function offsetOf(folder, path, index) {
  const bytes = readFileSync(join(folder, path));
  let at = 0;
  for (let i = 0; i < index % WIDTH; i++)
    at += 2 + bytes.readUInt16BE(at);
  return at + 2;
}

function offsetIn(folder, { code, path, index }) {
  if (!path.startsWith('tile/') || index === undefined)
    return undefined;
  if (['leaf-hash', 'tile-hash'].includes(code))
    return Math.floor(index / WIDTH ** Number(path.split('/')[1])) % WIDTH * HASH;
  return offsetOf(folder, path, index) - (code === 'bundle' ? 2 : 0);
}

// The fault must be this one, here, in words and as JSON.
export function assertFault(folder, code, where = {}, ...options) {
  const status = ['forked', 'rolled-back'].includes(code) ? 3 : 1;
  const said = check(folder, '--json', ...options);
  assert.equal(said.status, status, `${code}: ${said.stdout}${said.stderr}`);
  const { good, fault } = JSON.parse(said.stdout);
  assert.equal(good, false);
  const { why, offset, ...found } = fault;
  const path = where.index === undefined ? '' : bundleOf(folder, where.index);
  assert.deepEqual(found, { code, path, ...where });
  if (where.index !== undefined && path)
    assert.equal(offset, offsetIn(folder, found), `${code} at byte`);
  const plain = check(folder, ...options);
  assert.equal(plain.status, status);
  assert.ok(plain.stdout.startsWith(`fault ${code}`) && plain.stdout.includes(why), plain.stdout);
}
