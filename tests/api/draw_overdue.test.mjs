// An attempt that is not closed in a day is shown as failed. Nobody can wait for
// that: its times are set back while klerod is down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemon, must, until } from './client.mjs';
import { evidence } from './evidence.mjs';

const PARTIES = ['operator', 'supervisor'];
const DICE = '4162533615246134526163255';
const s = (n) => ({ n, unit: 'second' });
const LONG = { draw: { objection: s(2), commit: s(2), reveal: s(300), delay_min_s: 1, delay_s: 2, withheld: 'continue' } };

test('is shown as failed when it is open a day after its time', async () => {
  const it = await daemon();
  const setBack = async ({ id }, seconds) => {
    const time = `UTC_TIMESTAMP(0) - INTERVAL ${seconds} SECOND`;
    await it.sql(`UPDATE draw SET beacon_time = ${time} WHERE id = '${id}';
      UPDATE due SET at = ${time} + INTERVAL 86401 SECOND, try_at = at WHERE subject = '${id}' AND kind = 'draw.overdue'`);
  };
  try {
    const draw = await it.aDraw({ beacon: 'public', template: 'dice25', entrants: 3, policy: LONG, until: 'locked' });
    for (const name of PARTIES)
      must(await draw.reveal(name));
    await it.waitFor(draw, 'sealed');
    const shown = async () => {
      const one = await it.call('GET', `/v1/draws/${draw.id}`);
      const { items } = must(await it.call('GET', '/v1/draws'), 200);
      return [must(one, 200).state, one.body.overdue, items[0].overdue];
    };
    assert.deepEqual(await shown(), ['sealed', false, false]);
    const { headers } = await it.call('GET', `/v1/draws/${draw.id}`);
    await it.kill();
    await setBack(draw, 86400 - 5); // it has a few seconds left
    await it.start();
    assert.deepEqual(await shown(), ['sealed', false, false]);
    await until(async () => (await shown())[1], 'its time'); // the page is made anew, though nothing happens
    assert.deepEqual(await shown(), ['sealed', true, true]);
    const since = await it.call('GET', `/v1/draws/${draw.id}`, { headers: { 'if-none-match': headers.get('etag') } });
    assert.equal(must(since, 200).overdue, true);
    const body = await evidence(it).attestation(draw, DICE, PARTIES);
    assert.equal((await it.call('POST', `/v1/draws/${draw.id}/beacon`, { body })).body.code, 'too-late');
    assert.deepEqual(await it.sql("SELECT kind FROM due WHERE state = 'parked'"), []);
  } finally {
    await it.stop();
  }
});
