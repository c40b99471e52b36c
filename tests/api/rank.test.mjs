// klero rank: the attempts of tests/vectors/klero again, and what it refuses.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from './client.mjs';
import { root } from './installation.mjs';

const vectors = join(root, 'tests/vectors/klero');
const folders = readdirSync(vectors, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const seed = '0'.repeat(64);
const roster = 'klero/1 roster\ndraw D\nentries 2\nentry a 1\nentry b 1000\n';

for (const { name } of folders)
  test(`rank gives the result of ${name}`, async () => {
    const text = (file) => readFileSync(join(vectors, name, file), 'utf8');
    const hash = createHash('sha256').update(text('seed.txt')).digest('hex');
    const [, k, alternates] = text('declare.txt').match(/^select (\d+) (\d+)$/m);
    const ran = await program('klero', ['rank', hash, k, alternates], text('roster.txt'));
    assert.deepEqual(ran, { status: 0, stdout: text('result.txt'), stderr: '' });
  });

test('rank selects at most as many as there are', async () => {
  assert.equal((await program('klero', ['rank', seed, '2', '100000'], roster)).status, 0);
  const ran = await program('klero', ['rank', seed, '3', '0'], roster);
  assert.equal(ran.status, 1);
  assert.equal(ran.stdout, '');
  assert.match(ran.stderr, /only 2 entries/);
});

test('rank tells the line that is wrong', async () => {
  const ran = await program('klero', ['rank', seed, '1', '0'], roster.replace('1000', '1001'));
  assert.equal(ran.status, 1);
  assert.equal(ran.stdout, '');
  assert.match(ran.stderr, /line 5: the number is out of bounds/);
});

test('rank refuses a roster over 16 MiB', async () => {
  const ran = await program('klero', ['rank', seed, '1', '0'], 'x'.repeat((16 << 20) + 1));
  assert.equal(ran.status, 2);
});

for (const args of [[], [seed, '1'], [seed, '1', '0', '0'], [seed, '0', '0'], [seed, '01', '0'],
  [seed, '100001', '0'], [seed, '1', '100001'], [seed, '1', '-1'], [seed.slice(1), '1', '0'],
  [seed.replace('0', 'A'), '1', '0']])
  test(`rank is not used like this: ${args.join(' ')}`, async () => {
    const ran = await program('klero', ['rank', ...args], roster);
    assert.equal(ran.status, 2);
    assert.equal(ran.stdout, '');
    assert.match(ran.stderr, /^usage: klero rank/);
  });
