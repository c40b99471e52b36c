// Every connection to the database is cut: each is made again where it is needed,
// also by those who serve no request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemon, must, until } from './client.mjs';

test('klerod goes on when all its connections are cut', async () => {
  const it = await daemon({ beacon_ms: 20, drand_relays: 'http://127.0.0.1:9' });
  const ids = () => it.sql("SELECT id FROM information_schema.processlist WHERE user LIKE 'klero\\_%'");
  try {
    const { child } = it.daemon;
    const cut = await ids();
    for (const id of cut)
      await it.sql(`KILL ${id}`).catch(() => {}); // that one may be gone by itself
    // Who looks for values of beacons asks all the time.
    await until(async () => (await ids()).some((id) => !cut.includes(id)) || child.signalCode || child.exitCode !== null, 'a new one');
    await until(async () => (await it.call('GET', '/readyz')).status === 200, 'ready');
    must(await it.adminCall('POST', '/v1/organisations', { body: { id: 'cut', name: '断线重连' } }));
    must(await it.call('GET', '/v1/organisations'), 200);
    assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
    assert.match(it.diaryText(), /"event":"db_error"/);
  } finally {
    await it.stop();
  }
});
