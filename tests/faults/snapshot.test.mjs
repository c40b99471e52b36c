// A reader takes what is published, and then its snapshot. In that order all
// that is published is in the snapshot; the other way round it lacks what came
// in between. Here a lot comes in between: the database is slow to answer one
// reader that its snapshot is there.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { daemon, must, until } from '../api/client.mjs';
import { slowWire } from './slow_wire.mjs';

test('what is published is in the snapshot that comes after it', { timeout: 60_000 }, async () => {
  const it = await daemon();
  const wire = await slowWire(join(it.home, 'wire.sock'), it.settings.db_socket);
  try {
    await it.stopDaemon();
    it.configure({ db_socket: join(it.home, 'wire.sock') });
    await it.start();
    const { owner } = await it.people();
    // The newest entry as one of each reader sees it, by what he is told of it.
    const readers = {
      events: async () => {
        const { items, published } = must(await it.call('GET', '/v1/events?limit=200'), 200);
        assert.equal(items.length, published);
      },
      proof: async () => must(await it.call('GET', '/v1/log/consistency?old=1'), 200),
    };
    for (const [name, read] of Object.entries(readers)) {
      const hold = wire.hold('klero_reader', 'WITH CONSISTENT SNAPSHOT');
      const reading = read();
      reading.catch(() => {}); // it is awaited below
      await hold.held;
      const { event_index } = await it.aNotice({ owner, signup_s: 3600 });
      await until(async () => (await it.call('GET', `/v1/log/proof?index=${event_index}`)).status === 200, 'its checkpoint');
      hold.release();
      await assert.doesNotReject(reading, name);
    }
  } finally {
    await it.stop();
    wire.close();
  }
});
