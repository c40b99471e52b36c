// klero party in a later attempt: how the one before it ended, it sees to itself.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { aDraw, call, category, drawOf, home, must, origin, people, policy, program, waitFor } from './client.mjs';
import { lie, rewrite } from './liar.mjs';

const s = (n) => ({ n: n * Number(process.env.KLERO_SLOWER ?? 1), unit: 'second' });
const policyOf = (commit) => ({ draw: { objection: s(1), commit: s(commit), reveal: s(60), withheld: 'void' } });
const RUN_MS_MAX = 120_000;

const klero = join(process.env.KLERO_BUILD ?? 'build/asan', 'klero');
const root = mkdtempSync(join(home, 'party-previous-'));
const at = (...names) => join(root, ...names);
let first, second;

before(async () => {
  await category();
  const { parties, owner } = await people();
  for (const [name, { key }] of Object.entries(parties))
    writeFileSync(at(`${name}.key`), `${key.seed}\n`, { mode: 0o400 });
  const log = program('klero', ['keygen', '--show', '--log', origin, join(home, 'keys/log.key')]).stdout;
  writeFileSync(at('trust.txt'), `log ${log}quorum none\n${
    Object.entries(parties).map(([name, { key }]) => `party ${name} ${key.public_key}\n`).join('')}`);
  // Nobody commits to the first one.
  first = await aDraw({ entrants: 3, policy: policyOf(15), owner, parties, until: 'declared' });
  await waitFor(first, 'closed');
  await policy(policyOf(90));
  must(await call('POST', `/v1/notices/${first.notice.id}/draws`, { key: owner, body: {} }));
  second = drawOf(first.notice, first.institutions, parties, 2);
  await waitFor(second, 'declared');
});
after(() => rmSync(root, { recursive: true, force: true }));

async function commit(dir, to = process.env.KLERO_URL) {
  const child = spawn(klero, ['party', 'commit', to, second.id, '--dir', at(dir), '--key', at('supervisor.key'),
    '--trust', at('trust.txt'), '--lang', 'en'], { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS_MAX });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].on('data', (part) => { said[stream] += part; });
  const [status] = await once(child, 'close');
  return { status, ...said };
}

async function refuses(code, text) {
  const liar = await lie(() => process.env.KLERO_URL);
  liar.text = text;
  try {
    const said = await commit(`lied-${code}`, liar.url);
    assert.deepEqual([said.status, said.stderr.match(/\[(\S+)\]/)?.[1]], [1, code], said.stdout + said.stderr);
    assert.deepEqual(liar.posts, [], `${code}: nothing is told`);
  } finally {
    await liar.close();
  }
}

// What is told of the closing, which the second attempt does not have yet.
const closing = (change) => (path, bytes) => path.startsWith('/v1/events?subject')
  ? rewrite(bytes, (items) => items.flatMap((item) => item.kind === 'draw.closed' ? change(item) : [item]))
  : bytes;
const edit = (from, to) => closing((item) => {
  assert.match(item.data.text, from);
  return [{ ...item, data: { text: item.data.text.replace(from, to) } }];
});

test('an earlier attempt that is not shown is not passed over', () =>
  refuses('events-bad', closing(() => [])));

test('an earlier attempt that ended otherwise is refused', async () => {
  await refuses('form-close', edit(/klero\/1/, 'klero/2'));
  await refuses('proof-inclusion', edit(/reason too-few/, 'reason absent'));
  await refuses('declare-differs', edit(/declare ./, (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0')));
});

test('another draw in its place is refused', async () => {
  const other = await aDraw({ entrants: 3, until: 'declared' });
  await refuses('events-bad', (path, bytes) => path === `/v1/draws/${second.id}`
    ? Buffer.from(bytes.toString().replace(`"previous":"${first.id}"`, `"previous":"${other.id}"`)) : bytes);
});

test('what was seen of it is kept', async () => {
  const said = await commit('supervisor');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  for (const name of ['close.txt', 'declare.txt', 'log/close.leaf', 'log/close.proof', 'log/declare.leaf'])
    assert.ok(existsSync(at('supervisor', 'checked/previous/1', name)), name);
  assert.deepEqual(readFileSync(at('supervisor', 'checked/previous/1/close.txt')), await first.text('close.txt'));
});
