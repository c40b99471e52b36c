// What failed too often: who sees it, and how it is taken up again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, daemon, must, until } from './client.mjs';

test('what is parked is seen, counted and taken up again', async () => {
  const it = await daemon();
  try {
    const parked = async () => (await it.call('GET', '/metrics')).text.match(/^klero_dues_parked (\d+)$/m)[1];
    const list = async () => must(await it.adminCall('GET', '/v1/dues'), 200).items;
    const resume = (body, options) => it.adminCall('POST', '/v1/dues/resumptions', { body, ...options });
    const due = { kind: 'notice.close', subject: 'nowhere', seq: 1 };

    assert.deepEqual([await list(), await parked()], [[], '0']);
    await it.stopDaemon();
    await it.sql(`INSERT INTO due (kind, subject, seq, at, try_at, state, failures)
      VALUES ('notice.close', 'nowhere', 1, '2020-01-01', '2020-01-01', 'parked', 3)`);
    await it.start();
    await until(async () => await parked() === '1', 'the gauge, at start');
    assert.deepEqual(await list(), [{ ...due, at: '2020-01-01T00:00:00Z', failures: 3 }]);

    assertProblem(await resume({ ...due, seq: 2 }), 404, 'not-found');
    assertProblem(await resume({ ...due, seq: -1 }), 422, 'invalid');
    const { operator, owner } = await it.people();
    must(await it.call('GET', '/v1/dues', { key: operator }), 200);
    assertProblem(await it.call('GET', '/v1/dues', { key: owner }), 403, 'forbidden');
    assertProblem(await it.call('POST', '/v1/dues/resumptions', { body: due, key: operator }), 403, 'forbidden');

    const mark = it.logMark();
    const reply = await resume(due);
    assert.deepEqual(must(reply), due);
    assertProblem(await resume(due), 409, 'wrong-state');
    const { items } = must(await it.call('GET', '/v1/events?kind=due.resumed', {
      headers: { 'klero-min-size': reply.headers.get('klero-log-size') } }), 200);
    assert.deepEqual(items.map(({ data }) => data), [due]);
    await it.logged(/"event":"due_failed"/, mark); // there is no such notice: it is tried, and fails again
  } finally {
    await it.stop();
  }
});
