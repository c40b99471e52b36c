// / and /draws/{id}: each state, as it happens and afterwards, in each width and
// language; live through a whole draw.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { daemon, must, until } from '../api/client.mjs';
import { approve, evidence } from '../api/evidence.mjs';
import { root } from '../api/installation.mjs';
import { sha256 } from '../api/keys.mjs';
import { everywhere, proper, start, view } from './browser.mjs';

const DICE = '4162533615246134526163255';
const slower = Number(process.env.KLERO_SLOWER ?? 1);
const s = (n) => ({ n: n * slower, unit: 'second' });
// Long enough for three pages to be opened and seen in each state.
const POLICY = { draw: { objection: s(15), commit: s(20), reveal: s(20), delay_min_s: 1, delay_s: 2, withheld: 'continue' } };

let browser, it, parties, closed, failed;

before(async () => {
  browser = await start();
  it = await daemon({ web_root: join(root, 'web/dist'), stream_beat_s: 1 });
  ({ parties } = await it.people());
});
after(async () => {
  await browser?.close();
  await it?.stop();
});

const badge = (page) => page.waitForSelector('.status .badge').then((found) => found.innerText());
const shows = (page, words) => page.waitForFunction((wanted) =>
  document.querySelector('.status .badge')?.textContent.includes(wanted), words);

test('no draw yet', () => everywhere(browser, it.url, 'draws-empty', { ready: (page) => page.waitForSelector('.empty') }));

// Whoever has the page open sees all of it without doing anything.
test('one draw, live through every state', async () => {
  const draw = await it.aDraw({ title: '测试项目:示例大道改造工程环境影响报告表编制服务', beacon: 'public', template: 'dice25', entrants: 7, alternates: 2, policy: POLICY, until: 'drafted' });
  const url = `${it.url}/draws/${draw.id}`;
  const pages = [
    await view(browser, { url, width: 390 }),
    await view(browser, { url, width: 1280, locale: 'en', motion: 'no-preference' }),
    await view(browser, { url: `${url}?wall`, width: 1920, motion: 'no-preference' }),
  ];
  const look = async (zh, en, name) => {
    await Promise.all(pages.map((page, i) => shows(page, i === 1 ? en : zh)));
    const over = await pages[2].evaluate(() => document.scrollingElement.scrollHeight - window.innerHeight);
    assert.ok(over <= 0, `nobody scrolls a wall: ${over} px when ${en}`);
    if (process.env.KLERO_SHOTS)
      for (const [i, page] of pages.entries())
        await page.screenshot({ path: join(process.env.KLERO_SHOTS, `live-${name}-${[390, 1280, 1920][i]}.png`), fullPage: true });
  };
  await look('名单公示', 'Draft', '1-drafted');
  assert.equal(await pages[0].innerText('.live'), '实时');
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
  const over = await page.evaluate(() => document.scrollingElement.scrollHeight - window.innerHeight);
  assert.ok(over <= 0, `nobody scrolls a wall: ${over} px`);
  await proper(page, 'draw-wall-1920');
  await page.done();
});

test('dark, high contrast, large type', async () => {
  for (const [width, theme, care] of [[390, 'dark', '150'], [1280, 'contrast', '125'], [1280, 'dark', '100']]) {
    const page = await view(browser, { url: `${it.url}/draws/${closed.id}`, width, theme, care });
    await page.waitForSelector('.winner');
    const height = await page.$eval('.tools button', (one) => one.getBoundingClientRect().height);
    assert.ok(height >= (care === '100' ? 44 : 60), `${height} px`);
    await proper(page, `draw-${theme}-${care}-${width}`);
    await page.done();
  }
});

test('a draw in which nobody commits has failed', async () => {
  failed = await it.aDraw({ until: 'declared' });
  await it.waitFor(failed, 'closed');
  await everywhere(browser, `${it.url}/draws/${failed.id}`, 'draw-failed', { ready: async (page) => {
    await page.waitForSelector('.badge.bad');
    await page.waitForSelector('.acts .bad-text');
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
  for (const [name, changes, words] of [
    ['void', { state: 'closed', outcome: 'void', reason: 'party' }, '终止'],
    ['cancelled', { state: 'closed', outcome: 'void', reason: 'cancelled' }, '终止'],
    ['dropped', { state: 'dropped', outcome: null, reason: null }, '取消'],
    ['overdue', { state: 'locked', outcome: null, reason: null, overdue: true }, '逾期'],
  ]) {
    const page = await view(browser, { width: 390 });
    await page.route(`**/v1/draws/${failed.id}`, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: { ...await reply.json(), ...changes } });
    });
    await page.goto(`${it.url}/draws/${failed.id}`);
    await shows(page, words);
    await proper(page, `draw-${name}-390`);
    await page.done();
  }
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
  await page.click('summary:has-text("入围名单")');
  assert.match(await page.innerText('.acts .note'), /权重/);
  assert.match(await page.innerText('.checks'), /不一致/);
  await page.done();
});

test('no such draw; a service that is gone; a stream that is refused', async () => {
  await everywhere(browser, `${it.url}/draws/D-1`, 'draw-missing', { ready: async (page) => {
    await page.waitForSelector('.problem');
  } });
  const page = await view(browser, { width: 390 });
  await page.route('**/stream', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${it.url}/draws/${failed.id}`);
  await page.waitForSelector('.live.polling');
  await page.context().setOffline(true);
  await page.goto(`${it.url}/`).catch(() => {});
  await page.done();
  const gone = await view(browser, { width: 390 });
  await gone.route('**/v1/draws?*', (route) => route.abort());
  await gone.goto(it.url);
  await gone.waitForSelector('.problem');
  await proper(gone, 'draws-unreachable-390');
  await gone.unroute('**/v1/draws?*');
  await gone.click('.problem button');
  await gone.waitForSelector('tbody tr');
  await gone.done();
});

test('the list in each width and language', () => everywhere(browser, it.url, 'draws',
  { ready: (page) => page.waitForSelector('tbody tr') }));

test('the list: find, filter, turn over, by keyboard', async () => {
  const page = await view(browser, { url: it.url });
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
  await page.goBack();
  await page.waitForSelector('tbody tr');
  await page.done();

  const paged = await view(browser, { width: 390 });
  await paged.route('**/v1/draws?*', async (route) => { // one draw to a page
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '1');
    await route.continue({ url: url.href });
  });
  await paged.goto(it.url);
  await paged.waitForSelector('tbody tr');
  const first = await paged.innerText('tbody th');
  await paged.click('.pager .button');
  await paged.waitForFunction((words) => document.querySelector('tbody th')?.innerText !== words, first);
  await paged.click('.pager .button');
  await paged.waitForFunction((words) => document.querySelector('tbody th')?.innerText === words, first);
  await paged.done();
});

test('without scripts the data is linked', async () => {
  const page = await view(browser, { url: `${it.url}/draws/${failed.id}`, javaScriptEnabled: false });
  assert.ok(await page.isVisible('noscript a[href="/v1/draws"]') || /\/v1\/draws/.test(await page.content()));
  await page.done();
});

test('language and type are kept; motion can be stopped', async () => {
  const page = await view(browser, { url: it.url });
  await page.waitForSelector('tbody tr');
  await page.click('.preferences button');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  await page.selectOption('.preferences select >> nth=0', '150');
  await page.reload();
  await page.waitForFunction(() => document.documentElement.lang === 'en' && document.documentElement.dataset.care === '150');
  await page.done();
});
