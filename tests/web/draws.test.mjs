// /draws and /draws/{id}: each state, as it happens and afterwards, in each width and
// language; live through a whole draw.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { must, until } from '../api/client.mjs';
import { approve, evidence } from '../api/evidence.mjs';
import { sha256 } from '../api/keys.mjs';
import { everyWidth, everywhere, onOneScreen, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const DICE = '4162533615246134526163255';

const { browser, it, parties, policy } = await world();
const idle = it.aDraw({ policy, until: 'declared' }); // nobody will commit
idle.catch(() => {}); // the test of it says so
let closed, failed;

const shows = (page, words) => page.waitForFunction((wanted) =>
  document.querySelector('.status .badge')?.textContent.includes(wanted), words);

test('no draw yet', () => everywhere(browser, `${it.url}/draws`, 'draws-empty', {
  prepare: (page) => page.route('**/v1/draws?*', (route) => route.fulfill({ json: { items: [], next_cursor: null } })),
  ready: (page) => page.waitForSelector('.empty') }));

// Whoever has the page open sees all of it without doing anything.
test('one draw, live through every state', async () => {
  // The draft is shown for seconds: the pages are there before it.
  const pages = [
    await view(browser, { width: 390 }),
    await view(browser, { width: 1280, locale: 'en', motion: 'no-preference' }),
    await view(browser, { width: 1920, motion: 'no-preference' }),
  ];
  const draw = await it.aDraw({ title: '测试项目:示例大道改造工程环境影响报告表编制服务', beacon: 'public', template: 'dice25', entrants: 7, alternates: 2, policy, until: 'drafted' });
  const url = `${it.url}/draws/${draw.id}`;
  await Promise.all(pages.map((page, i) => page.goto(i === 2 ? `${url}?wall` : url)));
  const look = async (zh, en, name) => {
    await Promise.all(pages.map((page, i) => shows(page, i === 1 ? en : zh)));
    // Who does not see the page is told the same.
    assert.match(await pages[0].innerText('[aria-live=polite]'), new RegExp(zh));
    assert.match(await pages[1].innerText('[aria-live=polite]'), new RegExp(en));
    await onOneScreen(pages[2], `when ${en}`);
    if (process.env.KLERO_SHOTS)
      for (const [i, page] of pages.entries())
        await page.screenshot({ path: join(process.env.KLERO_SHOTS, `live-${name}-${[390, 1280, 1920][i]}.png`), fullPage: true });
  };
  await look('名单公示', 'Draft', '1-drafted');
  await pages[0].waitForFunction(() => document.querySelector('.live').textContent === '实时');
  await look('已冻结', 'Frozen', '2-declared');
  for (const name of Object.keys(parties))
    must(await draw.commit(name));
  await pages[0].waitForFunction(() => document.querySelectorAll('.acts li.on .good-text').length === 2);
  await look('锁定', 'Locked', '3-locked');
  await it.waitFor(draw, 'locked');
  must(await draw.reveal('operator'));
  await pages[0].waitForFunction(() => document.querySelectorAll('.acts li.on .good-text').length === 1);
  must(await draw.reveal('supervisor'));
  await look('封存', 'Sealed', '4-sealed');
  await pages[0].waitForSelector('.waiting');
  await until(async () => {
    const body = await evidence(it).attestation(draw, DICE, ['operator', 'supervisor']);
    return (await it.call('POST', `/v1/draws/${draw.id}/beacon`, { body })).status === 201;
  }, 'the time of the beacon');
  await look('已有结果', 'Result', '5-racing');
  const { ranking } = await it.waitFor(draw, 'closed');
  for (const [i, page] of pages.entries()) {
    await page.waitForSelector('.winner');
    assert.match(await page.innerText('.winner'), new RegExp(ranking[0].entry));
    if (i < 2)
      assert.ok((await page.innerText('.status .selected')).includes(ranking[0].name));
    const rows = await page.$$eval('.race li .who', (all) => all.map((one) => one.textContent));
    assert.deepEqual([rows.length, rows.slice(0, ranking.length)], [i === 2 ? 6 : 7, ranking.map(({ name }) => name)]);
    assert.equal(await page.$$eval('.checks .bad-text', (all) => all.length), 0);
    assert.equal(await page.$$eval('.checks .good-text', (all) => all.length), 8);
  }
  await look('已有结果', 'Result', '6-closed');

  // The wall is read from afar: nothing on it is smaller than 32 px.
  const small = await pages[2].evaluate(() => [...document.querySelectorAll('main *')].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) && one.offsetParent &&
    !one.closest('.visually-hidden') && parseFloat(getComputedStyle(one).fontSize) < 32).map((one) => `${one.tagName} ${one.className}`));
  assert.deepEqual(small, []);
  assert.ok(await pages[2].isVisible('.code svg'));
  for (const page of pages) {
    assert.deepEqual(page.errors, []);
    await page.done();
  }
  closed = draw;
});

test('a result in each width and language', () => everywhere(browser, `${it.url}/draws/${closed.id}`, 'draw-result',
  { ready: (page) => page.waitForSelector('.winner') }));
test('the wall', async () => {
  const page = await view(browser, { url: `${it.url}/draws/${closed.id}?wall`, width: 1920 });
  await page.waitForSelector('.winner');
  await onOneScreen(page);
  await proper(page, 'draw-wall-1920');
  await page.done();
});

test('dark, high contrast, large type', async () => {
  await twoAtATime([[390, 'dark', '150'], [1280, 'contrast', '125'], [1280, 'dark', '100']], async ([width, theme, care]) => {
    const page = await view(browser, { url: `${it.url}/draws/${closed.id}`, width, theme, care });
    await page.waitForSelector('.winner');
    const height = await page.$eval('.tools button', (one) => one.getBoundingClientRect().height);
    assert.ok(height >= (care === '100' ? 44 : 60), `${height} px`);
    await proper(page, `draw-${theme}-${care}-${width}`);
    await page.done();
  });
});

test('a draw in which nobody commits has failed', async () => {
  failed = await idle;
  await it.waitFor(failed, 'closed');
  await everywhere(browser, `${it.url}/draws/${failed.id}`, 'draw-failed', { ready: async (page) => {
    await page.waitForSelector('.badge.bad');
    await page.waitForSelector('.acts li.on .bad-text');
  } });
});

test('replaced, then annulled, as it happens', async () => {
  const page = await view(browser, { url: `${it.url}/draws/${closed.id}` });
  await page.waitForSelector('.winner');
  const first = await page.innerText('.winner strong');
  const [{ entry: out }] = (await it.waitFor(closed, 'closed')).ranking;
  const { statement } = must(await it.call('GET', `/v1/draws/${closed.id}/replacements/next?out=${out}&reason=silent`), 200);
  must(await it.call('POST', `/v1/draws/${closed.id}/replacements`,
    { body: { out, reason: 'silent', approvals: approve(parties, ['operator', 'supervisor'], statement) } }));
  await page.waitForFunction((name) => document.querySelector('.winners s')?.textContent === name, first);
  assert.notEqual(await page.innerText('.winner strong'), first);
  assert.doesNotMatch(await page.innerText('.selected'), new RegExp(first));
  await proper(page, 'draw-replaced-1280');

  const close = sha256(await closed.text('close.txt'));
  const annul = `klero/1 annul\nclose ${close}\nreason x\nevidence ${sha256('x')}\n`;
  must(await it.call('POST', `/v1/draws/${closed.id}/annulment`,
    { body: { reason: 'x', evidence: sha256('x'), approvals: approve(parties, ['operator', 'supervisor'], annul) } }));
  await shows(page, '撤销');
  await page.waitForSelector('.winner.struck');
  await proper(page, 'draw-annulled-1280');
  await page.done();
});

// States that take an hour or a mishap, made from a draw that is there.
test('what else a draw may be', async () => {
  await twoAtATime([
    ['void', { state: 'closed', outcome: 'void', reason: 'party' }, '终止'],
    ['cancelled', { state: 'closed', outcome: 'void', reason: 'cancelled' }, '终止'],
    ['dropped', { state: 'dropped', outcome: null, reason: null }, '取消'],
    ['overdue', { state: 'locked', outcome: null, reason: null, overdue: true }, '逾期'],
  ], async ([name, changes, words]) => {
    const page = await view(browser, { width: 390 });
    await page.route(`**/v1/draws/${failed.id}`, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: { ...await reply.json(), ...changes } });
    });
    await page.goto(`${it.url}/draws/${failed.id}`);
    await shows(page, words);
    await proper(page, `draw-${name}-390`);
    await page.done();
  });
});

test('weights have a note on chance', async () => {
  const { id } = failed;
  const page = await view(browser, { width: 1280 });
  await page.route('**/texts/roster.txt', async (route) => {
    const reply = await route.fetch();
    const text = (await reply.text()).replace(/^(entry \S+) 1$/m, '$1 3');
    await route.fulfill({ response: reply, body: text });
  });
  await page.goto(`${it.url}/draws/${id}`);
  await page.click('.act > summary');
  assert.match(await page.innerText('.acts .note'), /权重/);
  assert.match(await page.innerText('.checks'), /不一致/);
  await page.done();
});

// Whoever listens: the streams of the service, by its own count.
const listening = async () => Number((await it.call('GET', '/metrics')).text.match(/^klero_streams (\d+)$/m)[1]);

test('a stream that ends is taken up where it ended; who looks away lets go of it', async () => {
  const page = await view(browser);
  const asked = [];
  page.on('request', (request) => request.url().endsWith('/stream') && asked.push(request));
  await page.goto(`${it.url}/draws/${failed.id}`);
  const { items } = must(await it.call('GET', `/v1/events?subject=${failed.id}&limit=200`), 200);
  await until(() => asked.length > 1, 'another stream');
  assert.equal((await asked[0].allHeaders())['last-event-id'], undefined);
  assert.equal((await asked[1].allHeaders())['last-event-id'], String(items.at(-1).index));

  await until(async () => await listening() === 1, 'one who listens');
  const hide = (is) => page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, is);
  await hide(true);
  await until(async () => await listening() === 0, 'nobody who listens');
  const before = asked.length;
  await hide(false);
  await until(() => asked.length > before, 'the stream after it');
  await page.done();
});

test('a refused stream is asked for again; a draw that is long over is not listened to', async () => {
  const page = await view(browser, { width: 390 });
  await page.clock.install();
  await page.route('**/stream', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${it.url}/draws/${failed.id}`);
  await page.waitForFunction(() => document.querySelector('.live')?.textContent === '每 5 秒更新');
  const again = page.waitForRequest((request) => request.url().endsWith(`/v1/draws/${failed.id}`));
  await page.clock.fastForward(5_000);
  await again;
  await page.unroute('**/stream');
  await page.clock.fastForward(60_000);
  await page.waitForFunction(() => document.querySelector('.live').textContent === '实时');
  await page.done();

  const old = await view(browser, { width: 390 });
  await old.route(`**/v1/draws/${failed.id}`, async (route) => {
    const reply = await route.fetch();
    await route.fulfill({ response: reply, json: { ...await reply.json(), closed_at: '2020-01-01T00:00:00Z' } });
  });
  await old.goto(`${it.url}/draws/${failed.id}`);
  await old.waitForFunction(() => document.querySelector('.live')?.textContent === '已结束');
  await until(async () => await listening() === 0, 'nobody who listens');
  await old.done();
});

// What a draw on a chain of its own would publish: the texts of one that is there.
test('a draw on a test beacon says so wherever it is shown', async () => {
  const chain = 'ab'.repeat(32);
  const onTest = async (page) => {
    await page.route('**/v1/draws?*', async (route) => {
      const reply = await route.fetch();
      const list = await reply.json();
      await route.fulfill({ response: reply, json: { ...list, items: list.items.map((one) => one.id === closed.id ? { ...one, beacon: 'drand' } : one) } });
    });
    await page.route(`**/v1/draws/${closed.id}/texts/declare.txt`, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, body: (await reply.text()).replace(/^beacon .*$/m, `beacon drand ${chain} 12345`) });
    });
  };
  await everywhere(browser, `${it.url}/draws/${closed.id}`, 'draw-test', { prepare: onTest, ready: async (page) => {
    await page.waitForSelector('.ribbon:has-text("test")');
    assert.match(await page.textContent('.acts'), /12345/);
  } });
  const wall = await view(browser, { width: 1920 });
  await onTest(wall);
  await wall.goto(`${it.url}/draws/${closed.id}?wall`);
  await wall.waitForSelector('.ribbon:has-text("test")');
  await wall.waitForSelector('.winner');
  const [ribbon, acts] = await wall.$$eval('.ribbon, .acts', (all) => all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
  assert.ok(ribbon[1] <= acts[0], `the ribbon is above: ${ribbon} ${acts}`);
  await onOneScreen(wall);
  await proper(wall, 'draw-test-wall-1920');
  await wall.done();
  const list = await view(browser);
  await onTest(list);
  await list.goto(`${it.url}/draws`);
  // It, and those of other files that are tests indeed.
  const { items } = must(await it.call('GET', '/v1/draws?limit=20'), 200);
  const tests = items.filter(({ id, beacon }) => id === closed.id || beacon === 'drand').map(({ id }) => id);
  const marked = () => list.$$eval('tbody tr', (rows) => rows.filter((row) => row.querySelector('.test')).map((row) => row.querySelector('.mono').textContent));
  await until(async () => (await marked()).length === tests.length, 'their marks');
  assert.deepEqual(await marked(), tests);
  assert.match(await list.innerText('.ribbon'), /test/);
  await proper(list, 'draws-test-1280');
  await list.done();
});

test('a second signed value is told', async () => {
  const page = await view(browser, { width: 390 });
  await page.route('**/v1/events?*', async (route) => {
    const reply = await route.fetch();
    const events = await reply.json();
    await route.fulfill({ response: reply, json: { ...events, items: [...events.items, { ...events.items.at(-1), kind: 'draw.disputed' }] } });
  });
  await page.goto(`${it.url}/draws/${closed.id}`);
  await page.waitForSelector('.status .bad-text:has-text("另有一个")');
  await proper(page, 'draw-disputed-390');
  await page.done();
});

test('no such draw; a service that is gone; what cannot be searched for', async () => {
  await everywhere(browser, `${it.url}/draws/D-1`, 'draw-missing', { ready: async (page) => {
    await page.waitForSelector('.problem');
  } });
  const gone = await view(browser, { width: 390 });
  await gone.route('**/v1/draws?*', (route) => route.abort());
  await gone.goto(`${it.url}/draws`);
  await gone.waitForSelector('.problem');
  await proper(gone, 'draws-unreachable-390');
  await gone.unroute('**/v1/draws?*');
  await gone.click('.problem button');
  await gone.waitForSelector('tbody tr');
  await gone.fill('#words', '没有 这个');
  await gone.press('#words', 'Enter');
  await gone.waitForSelector('.problem:has-text("查找条件")');
  await gone.done();
});

test('the list in each width and language', () => everywhere(browser, `${it.url}/draws`, 'draws',
  { ready: (page) => page.waitForSelector('tbody tr') }));

test('the list: find, filter, turn over, by keyboard', async () => {
  const page = await view(browser, { url: `${it.url}/draws` });
  await page.waitForSelector('tbody tr');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /跳到正文/);
  await page.selectOption('#state', 'annulled');
  await page.waitForURL(/state=annulled/);
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.selectOption('#state', 'dropped');
  await page.waitForSelector('.empty');
  await page.fill('#words', failed.notice.number);
  await page.press('#words', 'Enter');
  await page.waitForURL(/project=/);
  await page.waitForFunction((id) => document.querySelector('tbody')?.textContent.includes(id), failed.id);
  await page.fill('#words', ` ${failed.id.toLowerCase()} `);
  await page.press('#words', 'Enter');
  await page.waitForURL(new RegExp(`/draws/${failed.id}$`));
  // What is typed goes with the page: back, there is what was looked for there.
  await page.goBack();
  await page.waitForSelector('tbody tr');
  assert.equal(await page.inputValue('#words'), failed.notice.number);
  await page.fill('#words', '没有按下');
  await page.goBack();
  await page.waitForURL(/state=dropped/);
  await page.waitForFunction(() => document.querySelector('#words').value === '');
  assert.equal(await page.inputValue('#state'), 'dropped');
  await page.done();

  const paged = await view(browser, { width: 390 });
  await paged.route('**/v1/draws?*', async (route) => { // one draw to a page
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '1');
    await route.continue({ url: url.href });
  });
  await paged.goto(`${it.url}/draws`);
  await paged.waitForSelector('tbody tr');
  const first = await paged.innerText('tbody th .mono'); // its title comes later
  await paged.click('.pager .button');
  await paged.waitForFunction((id) => ![id, undefined].includes(document.querySelector('tbody th .mono')?.innerText), first);
  await paged.click('.pager .button');
  await paged.waitForFunction((id) => document.querySelector('tbody th .mono')?.innerText === id, first);
  await paged.done();
});

// As size.test.mjs reckons it from the files, so the browser fetches it.
test('a first visit fetches no more than it may', async () => {
  await twoAtATime([['/', '.counters'], ['/draws', 'tbody tr'], [`/draws/${closed.id}`, '.winner'], ['/verify', '#pack-file']], async ([path, ready]) => {
    const page = await view(browser, { locale: 'zh-CN' });
    const scripts = [];
    page.on('response', (response) => /\/assets\/(?!worker).*\.js$/.test(response.url()) && scripts.push(response));
    await page.goto(it.url + path);
    await page.waitForSelector(ready);
    await page.waitForLoadState('load');
    const sizes = await Promise.all(scripts.map(async (one) => gzipSync(await one.body(), { level: 6 }).length));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(all > 40_000 && all <= 60_000, `${path}: ${all} bytes in ${scripts.length} scripts`);
    await page.done();
  });
});

test('without scripts a page says what it shows, in words', async () => {
  const off = await view(browser, { url: `${it.url}/draws/${closed.id}`, javaScriptEnabled: false });
  assert.ok((await off.innerText('#plain')).includes(closed.id));
  await off.done();
  // A browser does not look at a page for us when its scripts are off: so they are
  // taken out of this one.
  const page = await view(browser);
  await page.route((url) => /^\/draws(\/.*)?$/.test(url.pathname), async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<script[^>]*><\/script>/g, '').replace(/<\/?noscript>/g, '');
    await route.fulfill({ response, body });
  });
  const { ranking } = must(await it.call('GET', `/v1/draws/${closed.id}`), 200);
  await page.goto(`${it.url}/draws/${closed.id}`);
  const words = await page.innerText('#plain');
  assert.ok([closed.id, ranking[0].name, ranking[0].entry, '中选', 'selected'].every((word) => words.includes(word)), words);
  await everyWidth(page, 'plain-draw');
  await page.click('footer a[href="/draws"]');
  await page.waitForSelector(`#plain a[href="/draws/${closed.id}"]`);
  await everyWidth(page, 'plain-draws');
  await page.click(`#plain a[href="/draws/${failed.id}"]`);
  await page.waitForSelector('#plain dl');
  assert.match(await page.innerText('#plain'), new RegExp(`${failed.id}[^]*流标`));
  await page.done();
});

test('language and type are kept; motion can be stopped', async () => {
  const page = await view(browser, { url: `${it.url}/draws` });
  await page.waitForSelector('tbody tr');
  await page.click('.preferences button');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  await page.selectOption('.preferences select >> nth=0', '150');
  await page.selectOption('.preferences select >> nth=1', 'dark');
  await page.reload();
  await page.waitForFunction(() => document.documentElement.lang === 'en' && document.documentElement.dataset.care === '150');
  await page.waitForSelector('.preferences select');
  assert.deepEqual(await page.$$eval('.preferences select', (all) => all.map(({ value }) => value)), ['150', 'dark']);
  await page.done();
});
