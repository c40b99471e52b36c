// /institutions and /institutions/{id}: who is on the roll, and all that is public of one.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must, until } from '../api/client.mjs';
import { newUscc } from '../api/keys.mjs';
import { digestOf, registering } from '../api/registering.mjs';
import { everywhere, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { entered, submitted, act, keeper } = registering(it);
const WORDS = '名录示范';
const dayAfter = (days) => new Date(Date.now() + days * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 10);
const get = async (path) => must(await it.call('GET', path), 200);
let full, twin, admitted;

// One that has everything.
async function makeFull() {
  const { operator, supervisor, auditor } = await it.people();
  const person = { kind: 'legal-representative', person_name: '欧阳修竹', person_number: '360700197001011234' };
  const qualification = { kind: '工程测量资质', level: '乙级', scopes: ['控制测量', '地形测量'], issuer: '示例省自然资源厅', valid_from: '2020-01-01', evidence: digestOf('certificate') };
  full = await submitted({ name: `示例县${WORDS}测绘有限公司`, affiliations: [person],
    qualifications: [{ ...qualification, number: 'CH-1', valid_until: dayAfter(20) }, { ...qualification, kind: '测绘航空摄影资质', number: 'CH-2', valid_until: '2098-12-31' }] });
  must(await act(await keeper(), full, 'return', { defects: [{ field: 'name', code: 'unclear', words: '名称与执照不符' }] }), 200);
  must(await act(full, full, 'submission'), 200);
  must(await act(await keeper(), full, 'pass'), 200);
  twin = await entered({ name: `示例县${WORDS}咨询有限公司`, affiliations: [person] });
  const authority = 'bureau-of-surveying', centre = newUscc();
  must(await it.adminCall('POST', '/v1/organisations', { body: { id: authority, name: '示例县自然资源局', region: 'demo' } }));
  for (const [code, service, cap_days] of [['N01', '用地勘测定界', 12], ['N02', '房产测绘', 0]])
    must(await it.call('POST', '/v1/categories', { key: operator, body: { code, service, ...cap_days && { cap_days, cap_unit: 'workday' } } }));
  must(await it.call('POST', '/v1/authority_categories', { key: operator, body: { category: 'N01', authority, basis: '建设用地审批' } }));
  for (const body of [{ held: centre, holder: authority, kind: 'parent' },
    { held: full.uscc, holder: centre, holder_name: '示例县自然资源信息中心', kind: 'shareholder', share_bp: 3050 }])
    must(await it.call('POST', '/v1/affiliations', { key: await keeper(), body }));
  for (const category of ['N01', 'N02'])
    must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: full.uscc, category, promised_days: 9, fee_fen: [3000_00, 8000_50] }) }));
  must(await it.call('POST', '/v1/staff', { key: full, body: { kind: '注册测绘师', valid_until: '2090-12-31', insured_months: 7, evidence: digestOf('statement'),
    person_name: '司马迁安', person_number: '360700198001014321', registration_number: 'CHS3620190001' } }));
  const sanction = { basis: '示例县中介服务管理办法第九条', reason: '成果两次逾期', evidence: digestOf('minutes'), notified: '2026-01-05' };
  await it.twoPersons(supervisor, auditor, 'sanction.impose', full.uscc, { ...sanction, measure: 'suspend', months: 3, hearing: 'held', heard: '2026-01-15' });
  await it.twoPersons(supervisor, auditor, 'sanction.impose', full.uscc, { ...sanction, measure: 'commend', months: 12, reason: '连续三年零投诉', hearing: 'none' });
}

before(async () => {
  await makeFull();
  admitted = await it.institution({ name: `示例县${WORDS}录入机构`, categories: [] });
  for (let i = 0; i < 20; i++)
    await it.institution({ name: `示例县翻页机构${String(i).padStart(2, '0')}`, categories: [] });
  await it.institution({ name: '示例县翻页机构甲', categories: [] });
  await until(async () => (await get(`/v1/events?subject=${admitted.uscc}`)).items.length > 0, 'the log');
});

const LIST = `${it.url}/institutions?q=${WORDS}`;
const rows = (page, count) => page.waitForFunction((wanted) => document.querySelectorAll('table.cards tbody tr').length === wanted, count);
const whole = (page) => page.waitForFunction(() => document.querySelectorAll('main section.panel').length === 10
  && document.querySelectorAll('#history ~ ol li').length > 0 && document.querySelectorAll('#entry ~ ol li').length === 2
  && document.querySelectorAll('.ties li').length > 2 && document.querySelectorAll('#offers ~ table tbody tr').length === 2);
const part = (page, name) => page.locator(`section[aria-labelledby=${name}]`).innerText();

test('the roll in each width and language', () => everywhere(browser, LIST, 'institutions', { ready: (page) => rows(page, 3) }));

test('nobody like that, and no such query', async () => {
  await everywhere(browser, `${LIST}+没有`, 'institutions-none', { ready: (page) => page.waitForSelector('.empty') });
  const page = await view(browser, { url: `${it.url}/institutions?state=a%20b` });
  await page.waitForSelector('.problem');
  await proper(page, 'institutions-refused');
  await page.done();
});

test('a visitor narrows the roll down, and each step is an address; the numbers are the service’s', async () => {
  const page = await view(browser, { url: LIST });
  await rows(page, 3);
  const { items, total } = await get(`/v1/directory?q=${encodeURIComponent(WORDS)}`);
  assert.equal(total, 3);
  const shown = await page.$$eval('table.cards tbody tr', (all) => all.map((one) => one.innerText));
  assert.deepEqual(shown.map((text) => text.match(/[0-9A-Z]{18}/)[0]), items.map(({ id }) => id));
  const of = shown.find((text) => text.includes(full.uscc));
  assert.match(of, new RegExp(`暂停参加抽取[^]*用地勘测定界、房产测绘[^]*2 项有效，最早到期 ${dayAfter(20)}[^]*20 天内到期[^]*1 项在期`));
  await page.selectOption('#category', 'N01');
  await page.selectOption('#state', 'suspended');
  await page.selectOption('#region', 'demo');
  await page.click('form.shop button[type=submit]');
  await rows(page, 1);
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { q: WORDS, category: 'N01', state: 'suspended', region: 'demo' });
  const other = await view(browser, { url: page.url() });
  await rows(other, 1);
  assert.equal(await other.inputValue('#state'), 'suspended');
  await other.click('tbody th a');
  await whole(other);
  await other.done();
  await page.click('a.button[href="/institutions"]');
  await page.waitForFunction(() => location.search === '');
  assert.deepEqual(page.errors, []);
  await page.done();
});

test('page after page, and back to the first', async () => {
  const page = await view(browser, { url: `${it.url}/institutions?q=翻页机构` });
  await rows(page, 20);
  await page.click('.pager button');
  await rows(page, 1);
  assert.match(await page.innerText('.pager'), /已到最后一页/);
  await proper(page, 'institutions-last');
  await page.click('.pager button');
  await rows(page, 20);
  await page.done();
});

test('one institution in each width and language', () => everywhere(browser, `${it.url}/institutions/${full.uscc}`, 'institution', { ready: whole }));

test('what is said of one is what the service says', async () => {
  const page = await view(browser, { url: `${it.url}/institutions/${full.uscc}` });
  await whole(page);
  const profile = await get(`/v1/institutions/${full.uscc}/profile`);
  const facts = await part(page, 'facts');
  for (const wanted of [full.uscc, '示例demo', '企业', '张三丰', '1,000,000 元', '二楼 12 号', profile.contact_name, profile.contact_phone])
    assert.ok(facts.includes(wanted), wanted);
  assert.ok(!/欧阳修竹|司马迁安|13812345678|360700198001014321/.test(await page.innerText('main')), 'persons are masked');
  assert.match(await part(page, 'offers'), /9 个工作日\s*上限 12 个工作日[^]*3,000 至 8,000\.50 元[^]*事项未设上限/);
  assert.match(await part(page, 'qualifications'), /工程测量资质[^]*乙级[^]*控制测量、地形测量[^]*有效[^]*还有 20 天到期/);
  assert.match(await part(page, 'sanctions'), /列入红名单[^]*暂停报名[^]*至 20\d\d-[^]*示例县中介服务管理办法第九条[^]*成果两次逾期[^]*2026-01-05 告知、已听证 2026-01-15/);
  const ties = await part(page, 'ties');
  const why = await get(`/v1/institutions/${full.uscc}/ties?category=N01`);
  assert.match(ties, /N01 用地勘测定界\s*不得承接：审批部门是 示例县自然资源局。原因：由审批部门的下属单位举办或持有/);
  assert.ok(ties.includes(why.words));
  assert.match(ties, /的股东（持股 30\.5%）是\s*示例县自然资源信息中心[^]*的上级、举办或主管单位\s*是\s*示例县自然资源局/);
  assert.match(ties, /N02 房产测绘\s*尚未登记审批部门/);
  assert.match(await part(page, 'affiliations'), new RegExp(`股东 持股 30\\.5%[^]*与以下 1 家机构同属一个关联组[^]*${twin.body.name}`));
  const { items: staff } = await get(`/v1/institutions/${full.uscc}/staff`);
  const shown = await part(page, 'staff');
  for (const wanted of ['共 1 人', staff[0].person_name, staff[0].person_number, staff[0].registration_number, '连续 7 个月'])
    assert.ok(shown.includes(wanted), wanted);
  assert.match(await part(page, 'entry'), /第 1 次提交[^]*退回补正、用时 0 个工作日，限 2 个工作日[^]*第 2 次提交[^]*通过、用时 0 个工作日，限 2 个工作日/);
  const { items: events } = await get(`/v1/events?subject=${full.uscc}`);
  const history = await part(page, 'history');
  for (const { index } of events)
    assert.ok(history.includes(`日志第 ${index} 条`), `${index}`);
  assert.match(history, /入驻，进入名录[^]*暂停参加抽取/);
  await page.click('#pledge ~ details summary');
  assert.ok((await part(page, 'pledge')).includes((await get('/v1/pledge')).text.split('\n')[0].trim()));
  await page.done();
});

test('one that the operator entered, one that is none, and a part that fails', async () => {
  const page = await view(browser, { url: `${it.url}/institutions/${admitted.uscc}`, width: 390 });
  await page.waitForSelector('#history ~ ol li');
  assert.match(await part(page, 'facts'), /由运营机构直接录入/);
  await proper(page, 'institution-admitted-390');
  await page.goto(`${it.url}/institutions/${newUscc()}`);
  await page.waitForSelector('.problem:has-text("没有找到")');
  await proper(page, 'institution-missing-390');
  await page.route('**/v1/sanctions?*', (route) => route.abort());
  await page.goto(`${it.url}/institutions/${full.uscc}`);
  await page.waitForSelector('section[aria-labelledby=sanctions] .problem');
  await page.unroute('**/v1/sanctions?*');
  await page.click('section[aria-labelledby=sanctions] .problem button');
  await whole(page);
  await page.done();
});

test('dark, and large type', () => twoAtATime([[390, 'dark', '100'], [1280, 'light', '150'], [390, 'light', '150'], [1280, 'dark', '100']],
  async ([width, theme, care]) => {
    const page = await view(browser, { url: LIST, width, theme, care });
    await rows(page, 3);
    await proper(page, `institutions-${theme}-${care}-${width}`);
    await page.goto(`${it.url}/institutions/${full.uscc}`);
    await whole(page);
    await proper(page, `institution-${theme}-${care}-${width}`);
    await page.done();
  }));
