// klero party in a later attempt: how the one before it ended, it sees to itself.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { aDraw, call, category, drawOf, home, must, origin, people, policy, waitFor } from './client.mjs';
import { lie, rewrite } from './liar.mjs';
import { codeOf, equip, play } from './party.mjs';

const s = (n) => ({ n: n * Number(process.env.KLERO_SLOWER ?? 1), unit: 'second' });
const policyOf = (commit) => ({ draw: { objection: s(1), commit: s(commit), reveal: s(60), withheld: 'void' } });

const root = mkdtempSync(join(home, 'party-previous-'));
const at = (...names) => join(root, ...names);
let first, second, trust;

before(async () => {
  await category();
  const { parties, owner } = await people();
  trust = equip(root, { origin, home }, parties);
  // Nobody commits to the first one.
  first = await aDraw({ entrants: 3, policy: policyOf(15), owner, parties, until: 'declared' });
  await waitFor(first, 'closed');
  await policy(policyOf(90));
  must(await call('POST', `/v1/notices/${first.notice.id}/draws`, { key: owner, body: {} }));
  second = drawOf(first.notice, first.institutions, parties, 2);
  await waitFor(second, 'declared');
});
after(() => rmSync(root, { recursive: true, force: true }));

const commit = (dir, to = process.env.KLERO_URL) =>
  play(['commit', to, second.id, '--dir', at(dir), '--key', at('supervisor.key'), '--trust', trust]).ended;

async function refuses(code, text) {
  const liar = await lie(() => process.env.KLERO_URL);
  liar.text = text;
  try {
    const said = await commit(`lied-${code}`, liar.url);
    assert.deepEqual([said.status, codeOf(said)], [1, code], said.stdout + said.stderr);
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
