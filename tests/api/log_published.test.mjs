// Who shows what a checkpoint covers waits for one (Klero-Min-Size).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, daemon, must } from './client.mjs';
import { checkpointOf, tilePath } from './merkle.mjs';

let it, number = 0;
async function enrol() {
  const reply = await it.adminCall('POST', '/v1/organisations', { body: { id: `o-${number++}`, name: '公布' } });
  must(reply);
  return Number(reply.headers.get('klero-log-size'));
}

test('each route waits until it is published', async () => {
  it = await daemon({ publish_ms: 1000 });
  try {
    const look = (path, size) => it.call('GET', path, { headers: { 'klero-min-size': String(size) } });
    await look('/log/checkpoint', await enrol());
    for (const [path, check] of [
      [() => '/log/checkpoint', ({ text }, size) => assert.ok(checkpointOf(text).size >= size)],
      [() => '/v1/events', ({ body }, size) => assert.deepEqual([body.published, body.items.length], [size, size])],
      [(size) => `/v1/log/proof?index=${size - 1}`],
      [(size) => `/v1/log/consistency?old=1&new=${size}`],
      [(size) => `/log/${tilePath(0, 0, size)}`],
      [(size) => `/log/${tilePath('entries', 0, size)}`],
    ]) {
      const size = await enrol();
      const reply = await look(path(size), size);
      assert.equal(reply.status, 200, `${path(size)}: ${reply.text}`);
      check?.(reply, size);
    }
    assert.equal((await look('/v1/organisations', await enrol())).status, 200, 'rows need no checkpoint');
    assertProblem(await look('/v1/events', await enrol() + 1), 503, 'busy');
  } finally {
    await it.stop();
  }
});
