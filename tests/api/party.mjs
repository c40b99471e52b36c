// party.mjs -- klero party as somebody does it at a machine of his own, and what a
// service may lie to him.
//
//   play(words, { faked })         → { child, ended: { status, stdout, stderr } } of
//                                  `klero party WORDS…`; by a clock that is faked
//   codeOf(said)                   of the refusal it told last, or undefined
//   equip(folder, it, parties)     <name>.key of each, and trust.txt, whose path is given
//   promise(it, { index, leaf, late })   a receipt as the log signs it, `late` seconds
//                                  after its time, whatever becomes of it
//
// Of a liar (liar.mjs) each of these is given:
//   events(change)                 the events of the draw are what change(items) gives
//   editText(kind, from, to)       the text of an event is another
//   without(kind)                  an event is not told
//   lagging(kind)                  nor is any since the first entry, by its own word
//   editFile(end, from, to)        what is served at a path with this end is another
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './client.mjs';
import { root } from './installation.mjs';
import { keyFrom } from './keys.mjs';
import { rewrite } from './liar.mjs';

const RUN_MS_MAX = 120_000;
const FAR = 1_000_000; // more entries than there will be

export const klero = join(process.env.KLERO_BUILD ?? join(root, 'build/asan'), 'klero');

export function play(words, { faked } = {}) {
  const all = [klero, 'party', ...words, '--lang', 'en'];
  const [name, ...args] = faked ? ['env', ...faked, ...all] : all;
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS_MAX });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].on('data', (part) => { said[stream] += part; });
  return { child, ended: once(child, 'close').then(([status, signal]) => ({ status: status ?? signal, ...said })) };
}

export const codeOf = ({ stderr }) => stderr.match(/.*\[(\S+)\]/s)?.[1];

export function equip(folder, { origin, home }, parties) {
  const trust = join(folder, 'trust.txt');
  const log = program('klero', ['keygen', '--show', '--log', origin, join(home, 'keys/log.key')]).stdout;
  for (const [name, { key }] of Object.entries(parties))
    writeFileSync(join(folder, `${name}.key`), `${key.seed}\n`, { mode: 0o400 });
  writeFileSync(trust, `log ${log}quorum none\n${
    Object.entries(parties).map(([name, { key }]) => `party ${name} ${key.public_key}\n`).join('')}`);
  return trust;
}

export function promise({ origin, home }, { index = FAR, leaf = '07'.repeat(32), late = 0 } = {}) {
  const by = new Date(Math.floor(Date.now() / 1000 - late) * 1000).toISOString().replace('.000Z', 'Z');
  const text = `klero/1 receipt\norigin ${origin}\nevent ${'ab'.repeat(16)}\nindex ${index}\nleaf ${leaf}\nby ${by}\n`;
  const { sign } = keyFrom(readFileSync(join(home, 'keys/receipt.key'), 'utf8').trim());
  return JSON.stringify({ receipt: { text, signature: sign(text) } });
}

// --- lies -------------------------------------------------------------------------

const page = (change) => (liar) => {
  liar.text = (path, bytes) => path.startsWith('/v1/events?subject') ? change(bytes) : bytes;
};
export const events = (change) => page((bytes) => rewrite(bytes, change));
export const editText = (kind, from, to) => events((items) => items.map((item) => {
  if (item.kind !== kind)
    return item;
  const text = item.data.text.replace(from, to);
  assert.notEqual(text, item.data.text, `${kind} has no ${from}`);
  return { ...item, data: { text } };
}));
export const without = (kind) => events((items) => items.filter((item) => item.kind !== kind));
export const lagging = (kind) => page((bytes) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(rewrite(bytes, (items) => items.filter((item) => item.kind !== kind))), published: 1 })));
export const editFile = (end, from, to) => (liar) => {
  liar.text = (path, bytes) => path.endsWith(end) ? Buffer.from(bytes.toString().replace(from, to)) : bytes;
};
