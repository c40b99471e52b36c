// /v1/events: the published entries, page by page, by kind and by subject.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { adminCall, assertProblem, call, must, sql, until } from './client.mjs';

const list = async (query = '') => must(await call('GET', `/v1/events${query}`), 200);

async function enrol(id) {
  const reply = await adminCall('POST', '/v1/organisations', { body: { id, name: '事件测试' } });
  const { event_index } = must(reply);
  await until(async () => (await list('?limit=1')).published > event_index, 'its checkpoint');
  return event_index;
}

test('events are numbered by their place in the log', async () => {
  const id = `event-${randomUUID().slice(0, 8)}`;
  const index = await enrol(id);
  const { items } = await list(`?after=${index - 1}&limit=1`);
  assert.equal(items.length, 1);
  const [event] = items;
  assert.deepEqual([event.index, event.kind, event.subject, event.seq], [index, 'organisation.enrolled', id, 1]);
  assert.equal(event.data.name, '事件测试');
  assert.deepEqual(event.by, { org: 'kleroterion', role: 'admin' });
});

test('pages follow each other without gap to the published end', async () => {
  await enrol(`event-${randomUUID().slice(0, 8)}`);
  const { published } = await list('?limit=1');
  const seen = [];
  let path = '/v1/events?limit=7';
  while (path && seen.length < published) {
    const reply = await call('GET', path);
    const { items, next_cursor } = must(reply, 200);
    seen.push(...items.map(({ index }) => index));
    const link = reply.headers.get('link');
    assert.equal(link !== null, next_cursor !== null);
    path = link?.match(/^<(.*)>; rel="next"$/)[1];
  }
  assert.deepEqual(seen.slice(0, published), Array.from({ length: published }, (_, n) => n));
});

test('by kind and by subject', async () => {
  const id = `event-${randomUUID().slice(0, 8)}`;
  const index = await enrol(id);
  const indexes = async (query) => (await list(query)).items.map((item) => item.index);
  assert.deepEqual(await indexes(`?subject=${id}`), [index]);
  assert.deepEqual(await indexes(`?subject=${id}&kind=organisation.enrolled`), [index]);
  assert.deepEqual(await indexes(`?subject=${id}&kind=log.opened`), []);
  assert.deepEqual(await indexes('?kind=log.opened'), [0]);
  assert.deepEqual(await indexes(`?kind=organisation.enrolled&after=${index - 1}`), [index]);
  assert.deepEqual(await indexes('?subject=no-such-subject'), []);
});

test('limits and unknown queries', async () => {
  assert.equal((await list('?limit=200')).items.length > 0, true);
  for (const query of ['?limit=0', '?limit=201', '?limit=x', '?after=-1', '?after=x', '?before=3'])
    assertProblem(await call('GET', `/v1/events${query}`), 422, 'invalid');
});

test('each list is a range of one key', async () => {
  const shapes = {
    'WHERE': 'PRIMARY',
    "FORCE INDEX (by_kind) WHERE kind = 'log.opened' AND": 'by_kind',
    "FORCE INDEX (by_subject) WHERE subject = 'log' AND": 'by_subject',
  };
  for (const [where, key] of Object.entries(shapes)) {
    const [plan] = await sql(`EXPLAIN SELECT idx, bytes FROM log_entry ${where}
      idx >= 1 AND idx < 100 ORDER BY idx LIMIT 50`);
    const columns = plan.split('\t');
    assert.equal(columns[3], 'range', plan);
    assert.equal(columns[5], key, plan);
    assert.ok(!/filesort|temporary/.test(plan), plan);
  }
});
