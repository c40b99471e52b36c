// A draw that is given up when its outcome could be known: it waits for the beacon,
// whose value shows who would have been selected. Live, and in each width and language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, until } from '../api/client.mjs';
import { everywhere, everyWidth, onOneScreen, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it, relay, prove, policy } = await world();
const EVIDENCE = 'ab'.repeat(32);
// The beacon says nothing until it is let.
let silent = true;
relay.answers.push((path) => silent && /\/public\//.test(path) && [404, '{}']);
const begun = it.aDraw({ title: '测试项目:示例公园改造工程可行性研究报告编制服务', beacon: 'drand', entrants: 5, policy,
  until: 'sealed' });
begun.catch(() => {}); // the test says so

const FORMS = [['zh-CN', 390], ['en', 1280]];
const shows = (page, words) => page.waitForFunction((wanted) =>
  document.querySelector('.status .badge')?.textContent.includes(wanted), words);
const acts = (page) => page.$$eval('.acts > li', (all) => all.map((one) => [...one.classList].join(' ')));
const last = (page) => page.innerText('.acts > li:last-child');
const many = (page, selector) => page.$$eval(selector, (all) => all.length);

async function opened(url) {
  const pages = await Promise.all(FORMS.map(([locale, width]) => view(browser, { url, width, locale })));
  await Promise.all(pages.map((page) => page.waitForSelector('.live.on'))); // what comes, comes by the stream
  return pages;
}
const inEachWidth = (pages, name) => Promise.all(pages.map((page, i) => everyWidth(page, `${name}-${FORMS[i][0]}`)));

async function seenStopped(page, i) {
  await shows(page, ['已叫停，等待信标', 'Given up, beacon awaited'][i]);
  assert.match(await page.innerText('.why'), [/经两方批准取消/, /Cancelled, with two approvals/][i]);
  assert.match(await page.innerText('[aria-live=polite]'), [/已叫停.*本会选中谁/, /Given up.*who would have been drawn/][i]);
  assert.match(await page.innerText('.status .facts'), [/公共随机信标/, /The public beacon/][i]);
  assert.deepEqual(await acts(page), ['done', 'on', 'ahead']);
  assert.match(await page.innerText('.waiting'), [/等待公共随机信标/, /Waiting for the public beacon/][i]);
  assert.match(await last(page), [/不会有结果/, /there will be no result/][i]);
  assert.equal(await many(page, '.winner'), 0);
}

async function seenAfter(page, i, wanted) {
  await shows(page, ['终止', 'Void'][i]);
  await page.waitForSelector('.winner.would');
  assert.deepEqual(await page.$$eval('.winner.would .mono', (all) => all.map((one) => one.textContent)), wanted);
  assert.deepEqual(await acts(page), ['done', 'done', 'on']);
  assert.match(await last(page), [/没有生效/, /does not count/][i]);
  assert.ok((await page.innerText('[aria-live=polite]')).includes(await page.innerText('.winner.would strong')));
  // Nobody may take it for a result.
  assert.equal(await many(page, '.status .selected, .race'), 0);
  // A chain for tests is ticked by nobody.
  assert.deepEqual([await many(page, '.checks li'), await many(page, '.checks .good-text'), await many(page, '.checks .bad-text')], [5, 4, 0]);
}

test('a draw is given up, and its value comes, as it happens', async () => {
  const draw = await begun;
  const { supervisor, auditor } = await it.people();
  const pages = await opened(`${it.url}/draws/${draw.id}`);
  await Promise.all(pages.map((page, i) => shows(page, ['已封存', 'Sealed'][i])));
  assert.equal(await many(pages[0], '.why'), 0);

  await it.twoPersons(supervisor, auditor, 'draw.cancel', draw.id, { explanation: '项目取消', evidence: 'ab'.repeat(32) });
  await Promise.all(pages.map(seenStopped));
  const shown = must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
  assert.deepEqual([shown.state, shown.reason, shown.outcome], ['stopped', 'cancelled', null]);
  await inEachWidth(pages, 'draw-stopped');
  await everywhere(browser, `${it.url}/draws?state=stopped`, 'draws-stopped', { ready: async (page) => {
    await page.waitForSelector('tbody tr');
    assert.deepEqual(await page.$$eval('tbody th .mono', (all) => all.map((one) => one.textContent)), [draw.id]);
    assert.match(await page.innerText('tbody .badge'), /已叫停|Given up/);
    assert.match(await page.innerText('tbody tr'), /本会选中谁|who would have been drawn/);
    assert.equal(await page.inputValue('#state'), 'stopped');
  } });

  silent = false;
  await until(async () => must(await it.call('GET', `/v1/draws/${draw.id}`), 200).state === 'closed', 'the value');
  const { status, verdict, said } = await prove(draw.id, draw.parties);
  assert.equal(status, 0, said);
  const wanted = verdict.attempts.at(-1).entries.filter(({ role }) => role === 'shadow-selected').map(({ id }) => id);
  assert.equal(wanted.length, 1, said);
  await Promise.all(pages.map((page, i) => seenAfter(page, i, wanted)));
  await inEachWidth(pages, 'draw-would');
  const wall = await view(browser, { url: `${it.url}/draws/${draw.id}?wall`, width: 1920 });
  await wall.waitForSelector('.winner.would');
  await onOneScreen(wall);
  await wall.done();
  for (const page of pages)
    await page.done();
});
