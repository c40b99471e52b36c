// GET /v1/directory: institutions by words, region, category and state, page by page.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { anOffer } from './builders.mjs';
import * as it from './client.mjs';
import { digestOf, registering } from './registering.mjs';

const { assertProblem, call, must, people } = it;
const { entered } = registering(it);
const mark = `D${randomBytes(4).toString('hex')}`;
const found = async (query) => must(await call('GET', `/v1/directory?${new URLSearchParams({ q: mark, ...query })}`), 200);
const names = async (query) => (await found(query)).items.map(({ name }) => name).sort();
const all = {};

before(async () => {
  const { operator, supervisor, auditor } = await people();
  await it.region('north');
  await it.region('south', 'north');
  must(await call('POST', '/v1/categories', { key: operator, body: { code: mark, service: '测绘' } }));
  const qualification = { kind: '测绘资质', scopes: ['工程测量'], number: 'C1', issuer: '省厅', valid_from: '2020-01-01', evidence: digestOf('c') };
  all.north = await entered({ name: `${mark}北风测绘`, region: 'north', presence: 'online', counter: null,
    qualifications: [{ ...qualification, valid_until: '2098-05-01' }, { ...qualification, number: 'C2', valid_until: '2097-05-01' }] });
  all.south = await entered({ name: `${mark}南山咨询`, region: 'south' });
  all.old = await it.institution({ name: `${mark}老行`, categories: [mark] });
  must(await call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: all.north.uscc, category: mark }) }));
  const { id } = must(await call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: all.south.uscc, category: mark }) }));
  must(await call('POST', `/v1/listings/${id}/pause`, { key: operator, body: {} }), 200);
  await it.twoPersons(supervisor, auditor, 'institution.suspend', all.old.uscc, { reason: '核查' });
  const sanction = { basis: '办法第九条', reason: '逾期', evidence: digestOf('s'), notified: '2026-01-05', hearing: 'waived' };
  for (const measure of [{ measure: 'commend', months: 12 }, { measure: 'interview' }, { measure: 'delist', category: mark }])
    await it.twoPersons(supervisor, auditor, 'sanction.impose', all.south.uscc, { ...sanction, ...measure });
});

test('what each offers, how long it is qualified, what is held against it', async () => {
  const { items, total, next_cursor: next } = await found();
  assert.deepEqual([total, next, items.length], [3, null, 3]);
  const of = Object.fromEntries(items.map((item) => [item.id, item]));
  const { entered_at: since, ...north } = of[all.north.uscc];
  assert.match(since, /^20\d\d-/);
  assert.deepEqual(north, { id: all.north.uscc, name: `${mark}北风测绘`, state: 'active', affiliation_group: north.affiliation_group,
    region: 'north', presence: 'online', services: [mark], qualifications: 2, valid_until: '2097-05-01', sanctions: 0 });
  assert.deepEqual([of[all.south.uscc].services, of[all.south.uscc].sanctions, of[all.south.uscc].valid_until], [[], 1, null]);
  assert.deepEqual([of[all.old.uscc].region, of[all.old.uscc].entered_at, of[all.old.uscc].state], [null, null, 'suspended']);
});

test('by words, region and those within it, category, state, and all of them at once', async () => {
  const [north, south, old] = [`${mark}北风测绘`, `${mark}南山咨询`, `${mark}老行`];
  assert.deepEqual(await names({ q: `${mark} 测绘 北风` }), [north]);
  assert.deepEqual(await names({ q: all.south.uscc.toLowerCase() }), [south]);
  assert.deepEqual(await names({ q: `${mark} %` }), []);
  assert.deepEqual(await names({ region: 'north' }), [north, south].sort());
  assert.deepEqual(await names({ region: 'south' }), [south]);
  assert.deepEqual(await names({ region: 'nowhere' }), []);
  assert.deepEqual(await names({ category: mark }), [north, old].sort());
  assert.deepEqual(await names({ state: 'suspended' }), [old]);
  assert.deepEqual(await names({ state: 'active', category: mark, region: 'north', q: `${mark} 风` }), [north]);
});

test('page by page, each once', async () => {
  const seen = [];
  for (let cursor; cursor !== null;) {
    const page = await found({ limit: 1, ...cursor && { cursor } });
    assert.deepEqual([page.items.length, page.total], [1, 3]);
    seen.push(page.items[0].id);
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen, Object.values(all).map(({ uscc }) => uscc).sort());
});

test('what is no such query', async () => {
  const refused = async (query) => assertProblem(await call('GET', `/v1/directory?${query}`), 422, 'invalid');
  const words = (size) => encodeURIComponent('a'.repeat(size));
  must(await call('GET', `/v1/directory?q=${words(320)}&limit=100`), 200);
  must(await call('GET', '/v1/directory?q=a+b+c+d'), 200);
  for (const query of [`q=${words(321)}`, 'q=a+b+c+d+e', 'limit=0', 'limit=101', 'cursor=%20', 'region=%E7%A4%BA', 'state=a%20b', 'category=%27', 'x=1'])
    await refused(query);
});
