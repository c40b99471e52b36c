// klero log mirror on a running klerod: exactly what is served, as it grows,
// with a whole draw in it; the copy is judged without the service.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { daemon, must, program, until } from './client.mjs';
import { lie } from './liar.mjs';
import { checkpointOf } from './merkle.mjs';

const MORE = 260; // entries: more than a full tile

let it, copy, draw;
before(async () => {
  it = await daemon();
  copy = join(it.home, 'mirror');
  draw = await it.aDraw({ entrants: 3 });
  await it.waitFor(draw, 'closed');
});
after(() => it.stop());

const mirror = () => program('klero', ['log', 'mirror', copy, `${it.url}/log`]);

// Through somebody who counts: the paths that were asked for.
async function mirrorCounted() {
  const liar = await lie(() => it.url);
  const asked = [];
  liar.answer = ({ path }) => {
    asked.push(path.replace('/log/', ''));
    return null;
  };
  const child = spawn(join(it.build, 'klero'), ['log', 'mirror', copy, `${liar.url}/log`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [status]] = await Promise.all([child.stderr.toArray(), once(child, 'exit')]);
  await liar.close();
  assert.equal(status, 0, said.join(''));
  return asked;
}
const sizeOf = (note) => checkpointOf(note).size;
const kept = () => readFileSync(join(copy, 'checkpoint'), 'utf8');

// What was acknowledged is in the checkpoint by then.
async function published() {
  const { headers } = await it.adminCall('POST', '/v1/organisations', { body: { id: `mirror-${Date.now()}`, name: '镜像' } });
  const size = Number(headers.get('klero-log-size'));
  await until(async () => sizeOf((await it.call('GET', '/log/checkpoint')).text) >= size, 'the checkpoint');
}

// Each file of the copy is what is served under its name.
async function assertServed() {
  const paths = readdirSync(copy, { recursive: true }).filter((path) => statSync(join(copy, path)).isFile());
  assert.ok(paths.some((path) => path.startsWith('tile/entries/')));
  for (const path of paths.filter((path) => path !== 'checkpoint'))
    assert.deepEqual(readFileSync(join(copy, path)), must(await it.call('GET', `/log/${path}`), 200, 'bytes'), path);
}

function checkCopy() {
  const { status, stdout, stderr } = program('klero', ['log', 'check', copy, '--json']);
  assert.equal(status, 0, stdout + stderr);
  return JSON.parse(stdout);
}

test('a copy is what is served, and holds the whole draw', async () => {
  await published();
  const { status, stdout, stderr } = mirror();
  assert.equal(status, 0, stdout + stderr);
  await assertServed();
  const { draws, findings, notes, size } = checkCopy();
  assert.deepEqual([draws, findings, notes], [{ declared: 1, closed: 1, drawn: 1 }, [], []]);
  assert.equal(size, sizeOf(kept()));
});

test('it grows with the log, and only what is new is asked for', async () => {
  const grow = async (name) => {
    const before = sizeOf(kept());
    await Promise.all(Array.from({ length: MORE }, (_, i) =>
      it.adminCall('POST', '/v1/organisations', { body: { id: `${name}-${i}`, name: '镜像' } }).then((reply) => must(reply))));
    await published();
    const asked = await mirrorCounted();
    assert.ok(sizeOf(kept()) >= before + MORE);
    await assertServed();
    return asked;
  };
  const full = ['tile/0/000', 'tile/entries/000'];
  const first = await grow('more');
  assert.deepEqual(full.filter((path) => first.includes(path)), full);
  const second = await grow('still-more');
  assert.deepEqual(full.filter((path) => second.includes(path)), [], 'they are there already');
  assert.ok(second.includes('tile/0/001') && second.includes('checkpoint'));
  const [texts, again] = [second.filter((path) => path.startsWith('texts/')), await mirrorCounted()];
  assert.deepEqual(texts, [], 'so are the texts');
  assert.deepEqual(again.filter((path) => !path.includes('.p/')), ['checkpoint']);
  assert.equal(checkCopy().draws.drawn, 1);
});

test('without the service the copy stays what it was', async () => {
  const before = kept();
  await it.kill();
  assert.equal(mirror().status, 2);
  assert.equal(kept(), before);
  assert.equal(checkCopy().size, sizeOf(before));
  await it.start();
});
