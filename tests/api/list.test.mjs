// Lists: pages by a cursor, each one range of one key.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { aNotice, assertProblem, call, must, people, sql } from './client.mjs';
import { newUscc } from './keys.mjs';

const group = `list-${randomBytes(6).toString('hex')}`;
const COUNT = 7;

async function fill() {
  const { operator } = await people();
  for (let i = 0; i < COUNT; i++)
    must(await call('POST', '/v1/institutions', { key: operator, body: { uscc: newUscc(), name: `列表${i}`, affiliation_group: group } }));
}
let filled;
const get = async (query) => {
  await (filled ??= fill());
  return call('GET', `/v1/institutions?${query}`);
};

test('pages follow each other without gap or overlap', async () => {
  const whole = must(await get(`affiliation_group=${group}`), 200);
  assert.equal(whole.items.length, COUNT);
  assert.equal(whole.next_cursor, null);
  const seen = [];
  let next = `/v1/institutions?affiliation_group=${group}&limit=3`;
  while (next) {
    const reply = await call('GET', next);
    const { items, next_cursor } = must(reply, 200);
    seen.push(...items);
    const link = reply.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/);
    assert.equal(Boolean(link), next_cursor !== null);
    assert.ok(!link || link[1].includes(`cursor=${next_cursor}`));
    next = link?.[1];
  }
  assert.deepEqual(seen, whole.items);
});

test('a page that is just full has no next', async () => {
  const { items, next_cursor } = must(await get(`affiliation_group=${group}&limit=${COUNT}`), 200);
  assert.deepEqual([items.length, next_cursor], [COUNT, null]);
});

test('a limit is 1 to 200', async () => {
  must(await get('limit=1'), 200);
  must(await get('limit=200'), 200);
  for (const limit of ['0', '201', '-1', 'x', '', '1e2'])
    assertProblem(await get(`limit=${limit}`), 422, 'invalid');
});

test('a cursor is good for its own list alone', async () => {
  const { next_cursor } = must(await get(`affiliation_group=${group}&limit=2`), 200);
  must(await get(`affiliation_group=${group}&limit=3&cursor=${next_cursor}`), 200);
  const { next_cursor: other } = must(await get('limit=1'), 200);
  const tag = next_cursor.slice(0, 16);
  const hex = (text) => Buffer.from(text).toString('hex');
  for (const cursor of [other, 'zz', '', tag, `${tag}${hex("' OR 1")}`, `${tag}ff`, `${tag}${hex('x'.repeat(65))}`, next_cursor.toUpperCase(),
    `0${next_cursor.slice(1) === next_cursor ? 1 : next_cursor.slice(1)}0`])
    assertProblem(await get(`affiliation_group=${group}&limit=2&cursor=${cursor}`), 422, 'invalid');
  assertProblem(await get(`limit=2&cursor=${next_cursor}`), 422, 'invalid');
  assertProblem(await call('GET', `/v1/categories?cursor=${other}`), 422, 'invalid');
  const policies = must(await call('GET', '/v1/policies?limit=1'), 200).next_cursor;
  if (policies)
    assertProblem(await call('GET', `/v1/policies?cursor=${policies.slice(0, 16)}${hex('1x')}`), 422, 'invalid');
});

test('filters that no list has are refused', async () => {
  for (const query of ['name=x', 'state=active', `affiliation_group=${group}&id=1`, 'affiliation_group=', 'affiliation_group=a%20b',
    'institution=x'])
    assertProblem(await get(query), 422, 'invalid');
});

// research/performance.md §3: else the server walks all rows before the page.
const shapes = [
  ['organisation', 'PRIMARY', [], 'id', '>'], ['institution', 'by_group', ['affiliation_group'], 'id', '>'],
  ['policy', 'newest', [], 'event_index', '<'], ['proposal', 'by_state', ['state'], 'id', '>'],
  ['proposal', 'by_subject', ['subject'], 'id', '>'], ['party', 'by_organisation', ['organisation'], 'id', '>'],
  ['party', 'by_party', ['party'], 'id', '>'], ['category', 'PRIMARY', [], 'id', '>'],
  ['listing', 'by_institution', ['institution'], 'id', '>'], ['listing', 'by_category', ['category'], 'id', '>'],
  ['listing', 'by_offer', ['institution', 'category'], 'id', '>'], ['notice', 'number', [], 'number', '<'],
  ['notice', 'by_state', ['state'], 'number', '<'], ['notice', 'by_owner', ['owner'], 'number', '<'],
  ['notice', 'by_category', ['category'], 'number', '<'], ['signup', 'one_of_each', ['notice'], 'institution', '>'],
  ['signup', 'by_institution', ['institution'], 'id', '>'],
  ['draw', 'PRIMARY', [], 'id', '<'], ['draw', 'by_notice', ['notice'], 'id', '<'],
  ['draw', 'by_project', ['project'], 'id', '<'], ['draw', 'by_state', ['state'], 'id', '<'],
  ['objection', 'by_draw', ['draw'], 'event_index', '>'],
];
for (const [table, index, filters, sort, way] of shapes)
  test(`a page of ${table} by ${index} is one range of it`, async () => {
    const where = [...filters.map((name) => `${name} = 'x'`), `${sort} ${way} ${sort === 'event_index' ? 5 : "'m'"}`].join(' AND ');
    const order = `${sort}${way === '<' ? ' DESC' : ''}`;
    const [row] = await sql(`EXPLAIN SELECT * FROM ${table} FORCE INDEX (\`${index}\`) WHERE ${where} ORDER BY ${order} LIMIT 51`);
    const [, , , type, , key, , , , extra] = row.split('\t');
    assert.deepEqual([type, key], ['range', index], row);
    assert.ok(!/filesort|temporary/.test(extra), row);
  });

test('what a list shows of an object is what is shown of it alone', async () => {
  const { operator } = await people();
  const made = must(await call('POST', '/v1/institutions', { key: operator,
    body: { uscc: newUscc(), name: '甲"乙"\\丙/丁', affiliation_group: `${group}-one` } }));
  const { items } = must(await call('GET', `/v1/institutions?affiliation_group=${group}-one`), 200);
  assert.deepEqual(items, [must(await call('GET', `/v1/institutions/${made.id}`), 200)]);
  const notice = await aNotice({ service: '一\n"二"\\三', signup_s: 3600 });
  const alone = must(await call('GET', `/v1/notices/${notice.id}`), 200);
  const listed = must(await call('GET', '/v1/notices?limit=200'), 200).items.find(({ id }) => id === notice.id);
  assert.deepEqual(Object.entries(listed), Object.entries(alone));
  const policies = must(await call('GET', '/v1/policies?limit=1'), 200).items;
  assert.deepEqual(policies, [must(await call('GET', `/v1/policies/${policies[0].id}`), 200)]);
});
