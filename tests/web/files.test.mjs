// Lists as files: what a page shows, narrowed down as it is, can be downloaded.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must, until } from '../api/client.mjs';
import { csvRows } from '../api/tables.mjs';
import { view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const MARK = '可下载';
let draw;

before(async () => {
  const { operator } = await it.people();
  const publish = (body) => it.call('POST', '/v1/categories', { key: operator, body });
  must(await publish({ code: 'F01', service: `${MARK}测绘`, phase: '下载阶段' }));
  must(await publish({ code: 'F02', service: `${MARK}环评`, phase: '别的阶段', basis: `${MARK}条例` }));
  for (let i = 0; i < 3; i++) {
    const { uscc } = await it.institution({ name: `示例县${MARK}${i}公司`, categories: [] });
    must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: 'F01', promised_days: 5 + i }) }));
  }
  draw = await it.aDraw();
  await until(async () => must(await it.call('GET', `/v1/search?q=${encodeURIComponent(MARK)}`), 200).total === 3, 'the index');
});

const PAGES = {
  institutions: () => `/institutions?q=${MARK}&category=F01&state=active`,
  'institutions, none of them': () => `/institutions?q=${MARK}&state=removed`,
  catalogue: () => `/catalogue?q=${MARK}&phase=下载阶段`,
  'catalogue, what lacks suppliers': () => `/catalogue?q=${MARK}&supply=gap`,
  'catalogue, what lacks suppliers, by its law': () => `/catalogue?q=${MARK}条例&supply=gap`,
  'fees, of everything, by its law': () => `/fees?q=${MARK}条例&all=1`,
  fees: () => `/fees?q=${MARK}`,
  'fees, of everything': () => `/fees?q=${MARK}&all=1`,
  shop: () => `/shop?q=${MARK}&days=6&sort=days`,
  draws: () => `/draws?project=${encodeURIComponent(draw.project)}`,
};

for (const [name, path] of Object.entries(PAGES))
  test(`${name}: as many rows in each file as are shown`, async () => {
    const page = await view(browser, { url: it.url + path() });
    await page.waitForSelector('table.cards tbody tr, .empty');
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    const shown = await page.$$eval('table.cards tbody tr', (all) => all.length);
    const links = await page.$$eval('a[download]', (all) => all.map((one) => [one.innerText, one.getAttribute('href')]));
    assert.deepEqual(links.map(([words]) => words), ['下载 CSV', '下载 XLSX'], name);
    const [csv, xlsx] = await Promise.all(links.map(([, href]) => it.call('GET', href)));
    assert.equal(csvRows(must(csv, 200, 'text').slice(1)).length, 1 + shown, links[0][1]);
    assert.match(must(xlsx, 200, 'headers').get('content-type'), /spreadsheetml\.sheet$/);
  });

for (const [locale, said] of [['zh-CN', '一个文件只含前 5000 项：请缩小筛选范围，分次下载。'],
  ['en', 'A file has the first 5000 only: narrow the list down to download all of it in parts.']])
  test(`${locale}: a list that is longer than a file says so`, async () => {
    for (const total of [5000, 5001]) {
      const page = await view(browser, { locale });
      await page.route('**/v1/search?*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...await response.json(), total } });
      });
      await page.goto(`${it.url}/shop?q=${MARK}`);
      await page.waitForSelector('table.cards tbody tr');
      const words = await page.$eval('main', (main) => main.innerText);
      assert.equal(words.includes(said), total > 5000, `${total}`);
    }
  });
