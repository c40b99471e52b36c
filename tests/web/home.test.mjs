// /: what there is, what runs and what came out; each number leads to its source.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, until } from '../api/client.mjs';
import { everyWidth, everywhere, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it, policy } = await world();
const open = await it.aNotice({ signup_s: 7200, title: '示例大桥检测' });
const over = it.aDraw({ policy, title: '示例学校测绘' });
over.catch(() => {}); // the test of it says so
const category = await it.category();

const home = async () => must(await it.call('GET', '/v1/home'), 200);
const counter = (page, name) => page.$eval('.counters', (list, wanted) =>
  [...list.children].find((one) => one.querySelector('.what').textContent === wanted).querySelector('strong').textContent, name);
const ready = (page) => page.waitForSelector('.counters li');

test('the first page in each width and language', async () => {
  await over;
  await everywhere(browser, `${it.url}/`, 'home', { ready });
});

test('its numbers, and where each of them leads', async () => {
  const page = await view(browser, { url: `${it.url}/` });
  await ready(page);
  const [shown] = await Promise.all([home(), page.reload()]);
  await ready(page);
  assert.equal(await counter(page, '在册机构'), String(shown.institutions.active));
  assert.equal(await counter(page, '正在报名的公告'), String(shown.notices.open));
  assert.match(await counter(page, '有人承接的事项'), /^\d+ \/ \d+$/);
  const links = await page.$$eval('.counters a, .tallies a, .note a, .three a', (all) => all.map((one) => one.getAttribute('href')));
  assert.ok(links.length >= 20, String(links));
  for (const path of new Set(links))
    assert.equal((await it.call('GET', path)).status, 200, path);
  await page.click('summary');
  const told = await page.$$eval('.tallies section', (all) => all.map((one) => [one.querySelector('h3').textContent,
    Object.fromEntries([...one.querySelectorAll('dl > div')].map((row) => [row.querySelector('dt').textContent, row.querySelector('dd').textContent]))]));
  assert.equal(told.length, 8);
  assert.equal(Object.fromEntries(told)['公告']['报名中'], String(shown.notices.open));
  assert.equal(Object.fromEntries(told)['抽取']['已结束'], String(shown.draws.closed));
  assert.equal(Object.fromEntries(told)['挂牌']['已撤下'], String(shown.listings.withdrawn));
  await everyWidth(page, 'home-every');
  await page.done();
});

test('what runs, what comes next and what came out', async () => {
  const page = await view(browser, { url: `${it.url}/`, width: 390 });
  await ready(page);
  const running = await page.innerText('section[aria-labelledby=running]');
  assert.ok(running.includes('示例大桥检测') && running.includes(open.number), running);
  assert.match(running, /\d\d:\d\d:\d\d/);
  const { id, institutions } = await over;
  const results = await page.innerText('section[aria-labelledby=results]');
  assert.ok(results.includes('示例学校测绘') && institutions.some(({ name }) => results.includes(name)), results);
  await page.click(`section[aria-labelledby=results] a[href="/draws/${id}"]`);
  await page.waitForSelector('.winner');
  await page.done();
});

test('a draw to come leads to its page, with its next step', async () => {
  const draw = await it.aDraw({ policy, title: '示例水库可研', until: 'declared' });
  const page = await view(browser, { url: `${it.url}/`, locale: 'en' });
  await page.waitForSelector(`section[aria-labelledby=next] a[href="/draws/${draw.id}"]`);
  assert.match(await page.innerText('section[aria-labelledby=next]'), /The parties commit|The parties reveal/);
  await page.done();
});

test('searching leads into the shop, verifying to the verifier', async () => {
  const page = await view(browser, { url: `${it.url}/` });
  await page.fill('#home-words', ' 建议书 ');
  await page.press('#home-words', 'Enter');
  await page.waitForURL(/\/shop\?q=/);
  assert.equal(new URL(page.url()).searchParams.get('q'), '建议书');
  await page.goBack();
  await page.click('.welcome a[href="/verify"]');
  await page.waitForSelector('#pack-file');
  await page.done();
});

test('nothing yet, a service that is gone, large type and dark', async () => {
  const { rehearsal: _, ...now } = await home();
  const none = Object.fromEntries(Object.entries(now).map(([name, value]) => [name, Array.isArray(value) ? []
    : value && typeof value === 'object' ? Object.fromEntries(Object.keys(value).map((key) => [key, 0])) : value]));
  await everywhere(browser, `${it.url}/`, 'home-empty', { ready, prepare: (page) =>
    page.route('**/v1/home', (route) => route.fulfill({ json: { ...none, offers: null } })) });
  await twoAtATime([[390, 'dark', '150'], [1280, 'contrast', '125'], [1280, 'dark', '150'], [1920, 'dark', '100']], async ([width, theme, care]) => {
    const page = await view(browser, { url: `${it.url}/`, width, theme, care });
    await ready(page);
    await proper(page, `home-${theme}-${care}-${width}`);
    await page.done();
  });
  const gone = await view(browser, { width: 390 });
  await gone.route('**/v1/home', (route) => route.abort());
  await gone.goto(`${it.url}/`);
  await gone.waitForSelector('.problem');
  await proper(gone, 'home-unreachable-390');
  await gone.unroute('**/v1/home');
  await gone.click('.problem button');
  await ready(gone);
  await gone.done();
});

// In a rehearsal time stands until it has joined real time.
test('a countdown knows whether time goes on', async () => {
  await twoAtATime([[false, /不走动/], [true, /\d\d:\d\d:\d\d/]], async ([joined, words]) => {
    const page = await view(browser);
    await page.route('**/v1/home', async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, headers: { ...reply.headers(), 'klero-rehearsal': 'true' } });
    });
    await page.route('**/v1/rehearsal/time', (route) => route.fulfill({ json: { joined }, headers: { 'klero-rehearsal': 'true' } }));
    await page.goto(`${it.url}/`);
    await until(async () => words.test(await page.innerText('main')), String(words));
    assert.match(await page.innerText('.ribbon'), /演练/);
    await page.done();
  });
});

test('without scripts it says the same in words', async () => {
  const page = await view(browser);
  await page.route((url) => url.pathname === '/', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<script[^>]*><\/script>/g, '').replace(/<\/?noscript>/g, '');
    await route.fulfill({ response, body });
  });
  await page.goto(`${it.url}/`);
  const words = await page.innerText('#plain');
  assert.ok(['示例大桥检测', '示例学校测绘', '在册机构', 'Institutions on the roll'].every((word) => words.includes(word)), words);
  await everyWidth(page, 'plain-home');
  await page.done();
});

test('what is listed is counted', async () => {
  const before = (await home()).offers.listings;
  await it.institution({ categories: [category] });
  await until(async () => (await home()).offers.listings === before + 1, 'it');
});
