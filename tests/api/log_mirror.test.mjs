// klero log mirror on a running klerod: exactly what is served, as it grows,
// with a whole draw in it; the copy is judged without the service.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { daemon, must, program, until } from './client.mjs';
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
  const before = sizeOf(kept());
  await Promise.all(Array.from({ length: MORE }, (_, i) =>
    it.adminCall('POST', '/v1/organisations', { body: { id: `more-${i}`, name: '镜像' } }).then((reply) => must(reply))));
  await published();
  assert.equal(mirror().status, 0);
  assert.ok(sizeOf(kept()) >= before + MORE);
  await assertServed();
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
