// Every public list as a file: row by row what its JSON says, whatever it is a list of.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { anOffer } from './builders.mjs';
import { aDraw, assertProblem, call, home, institution, must, people, until } from './client.mjs';
import { csvRows } from './tables.mjs';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const mark = `X${randomBytes(4).toString('hex')}`;
const FORMULA = `=1+1 ${mark}`;
const lists = {}; // by path of the document: what is asked, and the limit as JSON

before(async () => {
  const { operator } = await people();
  const post = async (path, body) => must(await call('POST', path, { key: operator, body }), path.endsWith('/revision') ? 200 : 201);
  await aDraw();
  await post('/v1/categories', { code: mark, service: FORMULA });
  const who = [];
  for (const [i, name] of [FORMULA, `+${mark}`, `-${mark}`, `@${mark}`].entries()) {
    const { uscc } = await institution({ name, categories: [] });
    who.push(uscc);
    await post('/v1/listings', anOffer({ institution: uscc, category: mark, promised_days: 5 + i, service_name: `${name},"甲"`, steps: '一\n二' }));
  }
  const { items: [{ id }] } = must(await call('GET', `/v1/listings?institution=${who[0]}`), 200);
  const { institution: is, category, ...said } = anOffer({ institution: who[0], category: mark, promised_days: 4 });
  assert.ok(is && category);
  await post(`/v1/listings/${id}/revision`, { ...said, fee: { unit: 'item', formula: 'flat', base_fen: 7 }, rules: `@${mark}` });
  await until(async () => must(await call('GET', `/v1/search?q=${mark}`), 200).total === who.length, 'what is found');
  await until(async () => must(await call('GET', `/v1/events?subject=${id}`), 200).items.length === 2, 'what is published');
  Object.assign(lists, {
    '/v1/directory': [`/v1/directory?q=${mark}&category=${mark}`, 100],
    '/v1/events': [`/v1/events?subject=${id}`, 200],
    '/v1/listings/{id}/price-history': [`/v1/listings/${id}/price-history`],
    '/v1/listings/{id}/versions': [`/v1/listings/${id}/versions`, 100],
    '/v1/markets': ['/v1/markets', 100],
    '/v1/policy-members': ['/v1/policy-members'],
    '/v1/regions/{code}/days': ['/v1/regions/demo/days?from=2026-01-01&to=2026-03-01'],
    '/v1/search': [`/v1/search?q=${mark}&sort=days&days_max=300`, 200],
  });
});

const document = async () => must(await call('GET', '/v1/openapi.json'), 200);
const asked = (path, query) => `${path}${path.includes('?') ? '&' : '?'}${query}`;
const isPublic = (get) => get && get.security.length === 0;
const isExported = (get) => get.parameters.some(({ $ref }) => $ref?.endsWith('/format'));

async function everyItem(path) {
  const items = [];
  for (let next = path; next;) {
    const reply = await call('GET', next);
    items.push(...must(reply, 200).items);
    next = reply.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/)?.[1];
    assert.equal(next === undefined, (reply.body.next_cursor ?? null) === null, path);
  }
  return items;
}

// A cell of a sheet by itself is no formula; of CSV an apostrophe keeps it from being one.
const guarded = (text) => /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
const at = (item, name) => name.split('/').reduce((of, part) => of?.[part], item);
function assertCell(cell, value, guard, where) {
  if (value !== null && typeof value === 'object')
    assert.deepEqual(JSON.parse(cell), value, where);
  else
    assert.equal(cell, typeof value === 'string' ? guard(value) : String(value ?? ''), where);
}

function assertTable([heads, ...rows], items, guard, where) {
  const names = heads.map((head) => head.match(/^[\p{Script=Han}0-9·（）]+ ([a-z0-9_/]+)$/u)?.[1] ?? assert.fail(`${where}: ${head}`));
  const of = (item, name) => name === names[0] && !(name in item) ? item.id : at(item, name);
  assert.equal(new Set(heads).size, heads.length, where);
  assert.equal(rows.length, items.length, where);
  for (const [i, item] of items.entries()) {
    assert.equal(rows[i].length, names.length, where);
    names.forEach((name, k) => assertCell(rows[i][k], of(item, name), guard, `${where} ${i} ${name}`));
    for (const name of Object.keys(item))
      assert.ok(name === 'id' || names.some((one) => one.split('/')[0] === name), `${where}: no column is ${name}`);
  }
}

const plain = (xml) => xml.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
function sheetRows(bytes) {
  const file = join(mkdtempSync(join(home, 'xlsx-')), 'a.xlsx');
  writeFileSync(file, bytes);
  const sheet = execFileSync('unzip', ['-p', file, 'xl/worksheets/sheet1.xml'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(sheet.match(/<f>/), null);
  return [...sheet.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c\/>|<c><v>(.*?)<\/v><\/c>|<c t="inlineStr"><is><t xml:space="preserve">(.*?)<\/t><\/is><\/c>/gs)]
      .map(([, number, text]) => plain(number ?? text ?? '')));
}

async function assertExported(path) {
  const items = await everyItem(path);
  const csv = await call('GET', asked(path, 'format=csv'));
  const xlsx = await call('GET', asked(path, 'format=xlsx'));
  assert.equal(must(csv, 200, 'bytes').subarray(0, 3).toString('hex'), 'efbbbf', path);
  assert.match(csv.headers.get('content-type'), /^text\/csv; charset=utf-8; header=present/);
  assert.match(csv.headers.get('content-disposition'), /^attachment; filename="[a-z_-]+\.csv"$/);
  assertTable(csvRows(csv.text.slice(1)), items, guarded, path);
  assert.equal(xlsx.headers.get('content-type'), XLSX);
  assert.match(xlsx.headers.get('content-disposition'), /^attachment; filename="[a-z_-]+\.xlsx"$/);
  assertTable(sheetRows(must(xlsx, 200, 'bytes')), items, (text) => text, path);
  return items;
}

test('domain 92: each list of items is a table as CSV and as a sheet, its filters kept', async () => {
  for (const [path] of Object.values(lists))
    assert.ok((await assertExported(path)).length > 1, path);
});

test('domain 92: each list of a kind is, too, every row and member of it', async () => {
  const { paths } = await document();
  const kinds = Object.entries(paths).filter(([path, { get }]) => isPublic(get) && isExported(get) && !path.includes('{') && !lists[path]);
  assert.ok(kinds.length >= 16, kinds.map(([path]) => path).join());
  for (const [path] of kinds)
    await assertExported(path);
});

test('no public list is left out, and the document says so of each', async () => {
  const { paths } = await document();
  const NONE = ['/problems']; // what may be refused, for who writes a client
  for (const [path, { get }] of Object.entries(paths)) {
    if (!isPublic(get))
      continue;
    const { content } = get.responses['200'];
    const exported = isExported(get);
    if (path in lists)
      assert.ok(exported, path);
    assert.deepEqual(Object.keys(content).filter((type) => type === 'text/csv' || type === XLSX), exported ? ['text/csv', XLSX] : [], path);
    if (!path.includes('{') && path.startsWith('/v1/') && !exported) {
      const reply = await call('GET', path);
      assert.ok(reply.status !== 200 || !Array.isArray(reply.body?.items), path);
    }
  }
  for (const path of NONE)
    assert.ok(Array.isArray(must(await call('GET', path), 200).items), path);
  const { get } = paths['/v1/search'];
  assert.deepEqual(Object.keys(get.responses['200'].content['application/json'].schema.properties.items.items.properties).slice(0, 3),
    ['id', 'category', 'service']);
  assert.deepEqual(paths['/v1/listings/{id}/price-history'].get.parameters.map(({ name, $ref }) => name ?? $ref.split('/').pop()),
    ['id', 'format', 'min_size']);
});

test('a page of a file leads on to the next, by words that are no token, too', async () => {
  for (const path of [lists['/v1/search'][0], lists['/v1/directory'][0], asked(lists['/v1/events'][0], 'kind=listing.revised'), '/v1/markets']) {
    const rows = [];
    const whole = csvRows(must(await call('GET', asked(path, 'format=csv')), 200, 'text').slice(1)).slice(1);
    for (let next = asked(path, 'format=csv&limit=1'); next;) {
      const reply = await call('GET', next);
      rows.push(...csvRows(must(reply, 200, 'text').slice(1)).slice(1));
      next = reply.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/)[1];
      assert.ok(!next || /[?&]format=csv&/.test(next), next);
    }
    assert.deepEqual(rows, whole, path);
  }
  const words = await call('GET', `/v1/search?q=${encodeURIComponent(`"甲" ${mark}`)}&limit=1&format=csv`);
  assert.match(must(words, 200, 'headers').get('link'), /^<\/v1\/search\?q=%22%E7%94%B2%22%20X[0-9a-f]+&limit=1&format=csv&cursor=[0-9a-f]+>; rel="next"$/);
});

test('the document names the limit of JSON beside that of a file', async () => {
  const { paths } = await document();
  for (const [path, [, most]] of Object.entries(lists).filter(([, [, most]]) => most)) {
    const { schema, description } = paths[path].get.parameters.find(({ name }) => name === 'limit');
    assert.equal(schema.maximum, 5000, path);
    assert.match(description, new RegExp(`of JSON ${most}(;|$)`), path);
  }
});

test('a format that is none, and the limits of each', async () => {
  const refused = async (path) => assertProblem(await call('GET', path), 422, 'invalid');
  for (const [path, most] of Object.values(lists)) {
    for (const format of ['pdf', '', 'CSV'])
      await refused(asked(path, `format=${format}`));
    if (!most) {
      await refused(asked(path, 'format=csv&limit=1'));
      continue;
    }
    must(await call('GET', asked(path, `limit=${most}`)), 200);
    await refused(asked(path, `limit=${most + 1}`));
    for (const format of ['csv', 'xlsx']) {
      must(await call('GET', asked(path, `format=${format}&limit=5000`)), 200, 'bytes');
      await refused(asked(path, `format=${format}&limit=5001`));
      await refused(asked(path, `format=${format}&limit=0`));
    }
  }
});
