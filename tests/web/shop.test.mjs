// /shop: a visitor finds services, narrows them down, compares, and passes it on.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must, until } from '../api/client.mjs';
import { digestOf } from '../api/evidences.mjs';
import { registering } from '../api/registering.mjs';
import { everywhere, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { entered } = registering(it);
const KIND = '寻找测绘资质';
const offers = [];

const qualified = (level) => [{ kind: KIND, level, scopes: [], number: 'XZ-1', issuer: '示例省自然资源厅',
  valid_from: '2020-01-01', valid_until: '2098-12-31', evidence: digestOf('certificate') }];
async function offered(name, category, { level, ...members }) {
  const { operator } = await it.people();
  const { uscc } = level ? await entered({ name, qualifications: qualified(level) }) : await it.institution({ name, categories: [] });
  offers.push(must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category, ...members }) })));
}

before(async () => {
  const { operator } = await it.people();
  for (const [code, service] of [['S01', '地形测量'], ['S02', '环境影响报告表编制']])
    must(await it.call('POST', '/v1/categories', { key: operator, body: { code, service } }));
  const levels = { 远山: '乙级', 白鹭: '甲级' };
  const names = ['青禾', '远山', '白鹭', '清源', '润土', '长风'];
  for (const [i, name] of names.entries())
    await offered(`示例县${name}寻找测绘有限公司`, 'S01', { service_name: `地形测量 1:${500 * (i + 1)}`, fee_fen: [(i + 1) * 1000_00, 9999_50], promised_days: 12 - i, level: levels[name] });
  const { fee, ...rest } = anOffer({ service_name: '环评报告表', promised_days: 9, deadline_unit: 'day', urgent_days: 5, urgent_surcharge_bp: 2000 });
  await offered('示例县寻找环境科技有限公司', 'S02', { ...rest, fee: { ...fee, max_fen: null }, regions: [await it.region('nearby')] });
  await until(async () => must(await it.call('GET', '/v1/search?q=%E5%AF%BB%E6%89%BE'), 200).total === offers.length, 'the index');
});

const rows = (page) => page.$$eval('table.cards tbody tr', (all) => all.map((one) => one.innerText));
const shows = (page, count) => page.waitForFunction((wanted) => document.querySelectorAll('table.cards tbody tr').length === wanted, count);
const FOUND = 'q=寻找';

test('what is offered, in each width and language', () => everywhere(browser, `${it.url}/shop?${FOUND}`, 'shop',
  { ready: (page) => shows(page, offers.length) }));

test('nothing like that', () => everywhere(browser, `${it.url}/shop?q=寻找+没有`, 'shop-none',
  { ready: (page) => page.waitForSelector('.empty') }));

test('a visitor finds, narrows down, sorts, and each step is an address', async () => {
  const page = await view(browser, { url: `${it.url}/shop` });
  await page.fill('#shop-words', '寻找 测量');
  await page.press('#shop-words', 'Enter');
  await shows(page, 6);
  await page.selectOption('#shop-sort', 'fee');
  await page.fill('#shop-fee', '3000');
  await page.click('form.shop button[type=submit]');
  await shows(page, 3);
  assert.match((await rows(page))[0], /青禾[^]*1,000 至 9,999\.50/);
  await page.fill('#shop-days', '10');
  await page.selectOption('#shop-category', 'S01');
  await page.click('form.shop button[type=submit]');
  await shows(page, 1);
  assert.match((await rows(page))[0], /白鹭[^]*10 个工作日/);
  const address = new URL(page.url()).searchParams;
  assert.deepEqual(Object.fromEntries(address), { q: '寻找 测量', sort: 'fee', fee: '3000', days: '10', category: 'S01' });
  const other = await view(browser, { url: page.url() });
  await shows(other, 1);
  assert.equal(await other.inputValue('#shop-fee'), '3000');
  await page.goBack();
  await shows(page, 3);
  await page.click('a.button[href="/shop"]');
  await page.waitForFunction(() => location.search === '');
  assert.equal(await page.inputValue('#shop-words'), '');
  for (const one of [page, other]) {
    assert.deepEqual(one.errors, []);
    await one.done();
  }
});

test('a visitor asks for a qualification, and for its level', async () => {
  const page = await view(browser, { url: `${it.url}/shop?${FOUND}` });
  await shows(page, offers.length);
  assert.equal(await page.isEnabled('#shop-level'), false);
  await page.fill('#shop-qualification', KIND);
  await page.press('#shop-qualification', 'Enter');
  await shows(page, 2);
  await page.fill('#shop-level', '乙级');
  await page.press('#shop-level', 'Enter');
  await shows(page, 1);
  assert.match((await rows(page))[0], /远山/);
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { q: '寻找', qualification: KIND, level: '乙级' });
  await page.fill('#shop-qualification', '');
  await page.press('#shop-qualification', 'Enter');
  await shows(page, offers.length);
  assert.deepEqual(page.errors, []);
  await page.done();
});

test('what is offered in a region above or everywhere is offered in a region', async () => {
  const page = await view(browser, { url: `${it.url}/shop?${FOUND}&region=demo` });
  await shows(page, 6);
  await page.selectOption('#shop-region', 'nearby');
  await page.click('form.shop button[type=submit]');
  await shows(page, 7);
  assert.ok((await rows(page)).some((row) => /环评报告表[^]*9 日[^]*不设上限/.test(row)));
  await page.done();
});

test('five are compared, field by field, and the comparison is passed on', async () => {
  const page = await view(browser, { url: `${it.url}/shop?${FOUND}&sort=fee` });
  await shows(page, offers.length);
  for (let i = 0; i < 5; i++)
    await page.locator('table.cards tbody input').nth(i).check();
  await page.waitForFunction(() => document.querySelectorAll('.side-by-side thead th').length === 6);
  assert.equal(await page.locator('table.cards tbody input:disabled').count(), 2);
  const fields = await page.$$eval('.side-by-side tbody th', (all) => all.map((one) => one.textContent));
  for (const wanted of ['设立依据', '办理条件', '申报材料', '办理程序', '承诺时限', '收费标准（元）', '收费依据', '业务规程与成果标准', '监督投诉渠道'])
    assert.ok(fields.includes(wanted), wanted); // 七公开, 五公开, 四公开
  assert.match(await page.innerText('.side-by-side'), /踏勘/);
  const other = await view(browser, { url: page.url(), width: 390, locale: 'en' });
  await other.waitForFunction(() => document.querySelectorAll('.side-by-side thead th').length === 6);
  await proper(other, 'shop-compare-en-390');
  await page.locator('.side-by-side thead button').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.side-by-side thead th').length === 5);
  await proper(page, 'shop-compare-1280');
  await Promise.all([page.done(), other.done()]);
});

test('dark, high contrast, large type', () => twoAtATime([[390, 'dark', '150'], [1280, 'contrast', '125'], [1280, 'dark', '100']],
  async ([width, theme, care]) => {
    const page = await view(browser, { url: `${it.url}/shop?${FOUND}&compare=${offers[0].id},${offers.at(-1).id}`, width, theme, care });
    await shows(page, offers.length);
    await page.waitForFunction(() => document.querySelectorAll('.side-by-side thead th').length === 3);
    await proper(page, `shop-${theme}-${care}-${width}`);
    await page.done();
  }));

test('one that is gone is told, an address that is none is refused', async () => {
  const page = await view(browser, { url: `${it.url}/shop?${FOUND}&compare=nothing` });
  await page.waitForFunction(() => document.querySelector('.side-by-side')?.textContent.includes('已经看不到'));
  await page.goto(`${it.url}/shop?cursor=zz`);
  await page.waitForSelector('.problem');
  await proper(page, 'shop-refused');
  await page.done();
});
