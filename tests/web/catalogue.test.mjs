// /catalogue, /catalogue/{code}, /fees and /listings/{id}: what may be asked for, at
// which fee and in how many days, and all that a listing has ever said.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must, until } from '../api/client.mjs';
import { everywhere, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const get = async (path) => must(await it.call('GET', path), 200);
const WORDS = '示范评估';
const yuan = (fen) => new Intl.NumberFormat('zh-CN', { minimumFractionDigits: fen % 100 === 0 ? 0 : 2, maximumFractionDigits: 2 }).format(fen / 100);
const flat = (base_fen) => ({ unit: 'item', formula: 'flat', base_fen });
let listing;

before(async () => {
  const { operator } = await it.people();
  const authority = 'bureau-of-planning';
  must(await it.adminCall('POST', '/v1/organisations', { body: { id: authority, name: '示例县规划局', region: 'demo' } }));
  must(await it.call('POST', '/v1/approval_items', { key: operator, body: { code: 'P-K01', name: '示范审批', authority, authority_name: '规划局',
    basis: '示范条例第三条', legal_days: 20, legal_unit: 'workday', promised_days: 12, promised_unit: 'workday' } }));
  const requirement = { all: [{ any: [{ kind: 'assessment', level_min: '乙级', scope: 'traffic' }, { kind: 'planning' }] }, { any: [{ kind: 'assessor' }] }],
    ladders: [{ kind: 'assessment', levels: ['甲级', '乙级', '丙级'] }] };
  const category = (body) => it.call('POST', '/v1/categories', { key: operator, body });
  must(await category({ code: 'K01', service: `交通影响${WORDS}`, phase: '示范阶段甲', approval_item: '示范审批', approval_items: ['P-K01'], authority: '规划局',
    basis: '示范条例第五条', qualification: '评估单位', cap_days: 15, cap_unit: 'workday', legal_days: 20, unit: 'workday', requirement, price_control: 'market' }));
  must(await category({ code: 'K02', service: `政府定价${WORDS}`, phase: '示范阶段乙', basis: '示范条例第六条', price_control: 'government',
    fee_ceiling: { unit: 'investment', formula: 'staged', base_fen: 1000_00, brackets: [{ above: 0, rate: 4000 }, { above: 1_000_000_00, rate: 2500 }], discount_bp: 1000, max_fen: 90_000_00 } }));
  must(await it.call('POST', '/v1/authority_categories', { key: operator, body: { category: 'K01', authority, basis: '示范审批' } }));
  const offers = [];
  for (const [i, fee_fen] of [1000_00, 1200_00, 1300_00, 1400_00, 1500_00, 9000_00].entries()) {
    const { uscc } = await it.institution({ name: `示例县${WORDS}机构${i}`, categories: [] });
    offers.push(must(await it.call('POST', '/v1/listings', { key: operator,
      body: anOffer({ institution: uscc, category: 'K01', service_name: `交影评${WORDS}`, promised_days: 10 + (i % 3), fee: flat(fee_fen) }) })));
  }
  [listing] = offers;
  const said = Object.fromEntries(Object.entries(anOffer({ service_name: `交影评${WORDS}`, promised_days: 8, urgent_days: 3, urgent_surcharge_bp: 2550 })));
  for (const fee of [flat(900_00), { ...flat(1100_50) }])
    must(await it.call('POST', `/v1/listings/${listing.id}/revision`, { key: operator, body: { ...said, fee } }), 200);
  await until(async () => (await get(`/v1/listings/${listing.id}/versions`)).items.length === 3, 'three versions');
});

const rows = (page, count, of = 'table.cards tbody tr') => page.waitForFunction(([wanted, all]) => document.querySelectorAll(all).length === wanted, [count, of]);
const part = (page, name) => page.locator(`section[aria-labelledby=${name}]`).innerText();
const CATALOGUE = `${it.url}/catalogue?q=${WORDS}`;
const FEES = `${it.url}/fees?q=${WORDS}`;
const whole = (page) => page.waitForFunction(() => document.querySelectorAll('#approvals ~ table tbody tr').length === 1
  && document.querySelectorAll('#market ~ table tbody tr').length === 3 && document.querySelector('#market ~ table:last-of-type a')?.textContent.includes('机构'));
const told = (page) => page.waitForFunction(() => document.querySelectorAll('#versions ~ table tbody tr').length === 3
  && document.querySelectorAll('#prices ~ table tbody tr').length === 3 && document.querySelector('.chart svg'));

test('the catalogue in each width and language', () => everywhere(browser, CATALOGUE, 'catalogue', { ready: async (page) => {
  await rows(page, 2);
  await page.waitForFunction(() => !/未说明|not said/.test(document.querySelector('tbody').textContent));
} }));

test('by words, phase and supply, each an address; the numbers are the service’s', async () => {
  const page = await view(browser, { url: CATALOGUE });
  await rows(page, 2);
  await page.waitForSelector('tbody td:has-text("家机构")');
  const shown = await page.$$eval('tbody tr', (all) => all.map((one) => one.innerText));
  const { items } = await get('/v1/markets');
  const of = (code) => items.find((one) => one.category === code);
  assert.match(shown[0], new RegExp(`K01[^]*示范审批[^]*规划局[^]*15 个工作日[^]*${of('K01').suppliers} 家机构`));
  assert.match(shown[1], new RegExp(`K02[^]*未设[^]*0 家机构[^]*供给不足，缺 ${of('K02').supply_gap} 家`));
  await page.selectOption('#supply', 'gap');
  await page.click('form.shop button[type=submit]');
  await rows(page, 1);
  await page.selectOption('#phase', '示范阶段甲');
  await page.click('form.shop button[type=submit]');
  await page.waitForSelector('.empty');
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { q: WORDS, supply: 'gap', phase: '示范阶段甲' });
  await proper(page, 'catalogue-none');
  await page.click('a.button[href="/catalogue"]');
  await page.waitForFunction(() => location.search === '' && document.querySelectorAll('tbody tr').length > 2);
  await page.done();
});

test('one category in each width and language', () => everywhere(browser, `${it.url}/catalogue/K01`, 'category', { ready: whole }));

test('what is said of a category is what the service says', async () => {
  const page = await view(browser, { url: `${it.url}/catalogue/K01` });
  await whole(page);
  const market = await get('/v1/categories/K01/market');
  assert.match(await part(page, 'rules'), /示范条例第五条[^]*15 个工作日[^]*20 个工作日[^]*市场调节价[^]*评估单位[^]*须满足以下 2 项/);
  assert.match((await part(page, 'rules')).replace(/\s+/g, ''), /assessment乙级及以上范围traffic或planningassessor/);
  assert.match(await part(page, 'approvals'), /示范审批[^]*P-K01\s*规划局\s*示范条例第三条\s*20 个工作日\s*12 个工作日[^]*示例县规划局/);
  const text = await part(page, 'market');
  for (const fen of Object.values(market.fees[0].fee_fen))
    assert.ok(text.includes(`${yuan(fen)} 元`), yuan(fen));
  for (const days of Object.values(market.days[0].promised_days))
    assert.ok(text.includes(`${days} 个工作日`), `${days}`);
  assert.match(text, new RegExp(`${market.suppliers} 家机构、${market.offers} 项挂牌[^]*四分位距的 150%[^]*至少 10% 计；同类不足 ${market.rule.offers_min} 项`));
  assert.match(text, /示例县示范评估机构5\s*9,000 元\s*12 个工作日\s*收费明显高于同类/);
  assert.equal(market.outliers.length, 1);
  await page.click('a.button[href="/shop?category=K01"]');
  await page.waitForFunction(() => document.querySelectorAll('table.cards tbody tr').length === 6);
  await page.goto(`${it.url}/catalogue/K02`);
  await page.waitForSelector('#market ~ p:has-text("供给不足")');
  assert.match(await part(page, 'rules'), /政府定价[^]*按投资额（合同额、中标额），分档累进[^]*基价 1,000 元[^]*1,000,000 元以下的部分按0\.4%[^]*超过 1,000,000 元的部分按0\.25%[^]*下浮 10%[^]*最高 90,000 元/);
  await proper(page, 'category-gap');
  await page.goto(`${it.url}/catalogue/none`);
  await page.waitForSelector('.problem:has-text("没有找到")');
  await proper(page, 'category-missing');
  await page.done();
});

test('fees and days in each width and language', () => everywhere(browser, FEES, 'fees', { ready: (page) => rows(page, 1) }));

test('fees: quartiles, cap, what stands out, and the way to compare', async () => {
  const page = await view(browser, { url: FEES });
  await rows(page, 1);
  const { fees: [{ fee_fen: fee }], days: [{ promised_days: days }] } = await get('/v1/categories/K01/market');
  assert.match(await page.innerText('tbody tr'), new RegExp(`6 家机构\\s*${yuan(fee.median)} 元\\s*中间一半 ${yuan(fee.lower)} 元 至 ${yuan(fee.upper)} 元\\s*最低 ${
    yuan(fee.least)} 元，最高 ${yuan(fee.most)} 元（按 1 项）\\s*${days.median} 个工作日\\s*中间一半 ${days.lower} 至 ${days.upper}\\s*上限 15 个工作日\\s*1 项`));
  await page.selectOption('#which', '1');
  await page.click('form.shop button[type=submit]');
  await rows(page, 2);
  await page.selectOption('#phase', '示范阶段乙');
  await page.click('form.shop button[type=submit]');
  await rows(page, 1);
  assert.match(await page.innerText('tbody tr'), /政府定价[^]*暂无公示[^]*未设上限/);
  await page.goBack();
  await page.goBack();
  await rows(page, 1);
  await page.click('a[href="/shop?category=K01&sort=fee"]');
  await page.waitForURL(/shop\?category=K01&sort=fee/);
  await page.waitForFunction(() => document.querySelectorAll('table.cards tbody tr').length === 6);
  await page.goto(`${it.url}/fees?q=没有`);
  await page.waitForSelector('.empty');
  await page.route('**/v1/markets?*', (route) => route.abort());
  await page.goto(FEES);
  await page.waitForSelector('.problem');
  await proper(page, 'fees-unreachable');
  await page.done();
});

test('a listing in each width and language', () => everywhere(browser, `${it.url}/listings/${listing.id}`, 'listing', { ready: told }));

test('the seven and the eleven, every version, every price', async () => {
  const page = await view(browser, { url: `${it.url}/listings/${listing.id}` });
  await told(page);
  const now = await get(`/v1/listings/${listing.id}`);
  const marks = await page.$$eval('.open-fields dt', (all) => all.map((one) => one.innerText.replace(/\s+/g, ' ')));
  const marked = (word) => marks.flatMap((text) => text.match(new RegExp(`(\\S+) .*${word} (\\d+)`))?.slice(1, 3).join(' ') ?? []).sort((a, b) => a.split(' ')[1] - b.split(' ')[1]);
  assert.deepEqual(marked('七公开').map((one) => one.split(' ')[0]), ['服务名称', '设立依据', '申报材料', '办理程序', '承诺时限', '收费标准（元）', '收费依据']);
  assert.deepEqual(marked('十一公开').map((one) => one.split(' ')[0]), ['服务名称', '机构', '设立依据', '办理条件', '申报材料', '办理程序', '承诺时限', '业务规程与成果标准', '收费依据', '收费标准（元）', '监督投诉渠道']);
  const fields = await part(page, 'open-fields');
  for (const name of ['basis', 'serves', 'conditions', 'materials', 'steps', 'fee_basis', 'rules', 'qualifications', 'complaint_channel', 'service_name'])
    assert.ok(fields.includes(now[name]), name);
  assert.match(fields, /8 个工作日 自合同签订起\s*事项上限 15 个工作日[^]*加急 3 个工作日，加收 25\.5%[^]*每项，定额\s*定额 1,100\.50 元[^]*第 3 版/);
  const { items: prices } = await get(`/v1/listings/${listing.id}/price-history`);
  assert.deepEqual(prices.map(({ change }) => change), ['first', 'fall', 'rise']);
  assert.match(await part(page, 'prices'), /首次公布\s*1,000 元[^]*降价\s*900 元[^]*涨价，只对以后的公告生效\s*1,100\.50 元/);
  assert.match(await page.getAttribute('.chart svg', 'aria-label'), /共 3 次定价，最高 1,100\.50 元/);
  await page.click('#versions ~ table a:has-text("第 1 版")');
  await page.waitForSelector('.note:has-text("这是第 1 版")');
  assert.equal(new URL(page.url()).search, '?version=1');
  const first = await get(`/v1/listings/${listing.id}/versions/1`);
  assert.match(await part(page, 'open-fields'), new RegExp(`${first.promised_days} 个工作日[^]*不提供加急[^]*定额 1,000 元[^]*第 1 版`));
  await proper(page, 'listing-older');
  const other = await view(browser, { url: page.url(), width: 390 });
  await other.waitForSelector('.note');
  await other.click('.note a');
  await other.waitForFunction(() => !document.querySelector('.note') && location.search === '');
  await other.goto(`${it.url}/listings/none`);
  await other.waitForSelector('.problem:has-text("没有找到")');
  await proper(other, 'listing-missing-390');
  await Promise.all([page.done(), other.done()]);
});

test('dark, and large type', () => twoAtATime([[390, 'dark', '100'], [1280, 'light', '150'], [390, 'light', '150'], [1280, 'dark', '100']],
  async ([width, theme, care]) => {
    const page = await view(browser, { width, theme, care });
    for (const [name, url, ready] of [['catalogue', CATALOGUE, (one) => rows(one, 2)], ['category', `${it.url}/catalogue/K01`, whole],
      ['fees', FEES, (one) => rows(one, 1)], ['listing', `${it.url}/listings/${listing.id}`, told]]) {
      await page.goto(url);
      await ready(page);
      await proper(page, `${name}-${theme}-${care}-${width}`);
    }
    await page.done();
  }));
