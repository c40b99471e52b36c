// browser.mjs -- Debian's chromium, and what every page must be in it.
//
// const browser = await start(...switches)   as world.mjs does; await browser.close() after
// const page = await view(browser, { width, url, locale, care, theme, motion })
//     a page of its own in a fresh profile; page.errors is what the console said
// await proper(page, name)               no error, nothing wider than the window,
//     no finding of axe; also a picture into KLERO_SHOTS, if that is a folder
// await onOneScreen(page, when)         nobody scrolls a wall
// await twoAtATime(all, look)            look(one) for each of them: there may be two cores
// await everywhere(browser, url, name, { prepare, ready })   in each of WIDTHS and LOCALES;
//     prepare(page) before it is opened, ready(page) until it shows what is meant. It is
//     opened once in each language, and seen in each width
// await everyWidth(page, name, ready)    the same of a page that is open already
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import { chromium } from 'playwright-core';
import { root } from '../api/installation.mjs';

export const WIDTHS = [390, 1280, 1920];
export const LOCALES = ['zh-CN', 'en'];
const HEIGHTS = { 390: 844, 1280: 900, 1920: 1080 };
const WAIT_MS_MAX = 60_000;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// A key that stands where its words should.
const spoken = join(root, 'web/src/i18n');
const parts = readdirSync(spoken).filter((name) => name.endsWith('.zh-CN.json')).flatMap((name) =>
  Object.keys(JSON.parse(readFileSync(join(spoken, name), 'utf8'))));
const KEY = new RegExp(`\\b(${parts.join('|')})\\.(?!txt|zip|html|mjs|leaf|proof|sh\\b)[a-z][A-Za-z-]+\\b|\\{\\w+\\}|undefined|NaN`);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

// What a failed test leaves open would go on listening.
const open = new Set();
afterEach(async () => {
  await Promise.all([...open].map(async (context) => {
    await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await context.close();
  }));
  open.clear();
});

export const start = (...switches) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...switches], timeout: WAIT_MS_MAX });

export async function view(browser, { width = 1280, url, locale = 'zh-CN', care = '100', theme = 'light',
  motion = 'reduce', offline = false, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height: HEIGHTS[width] ?? 900 },
    reducedMotion: motion, colorScheme: 'light', offline, ...more });
  open.add(context);
  context.setDefaultTimeout(WAIT_MS_MAX);
  await context.addInitScript((kept) => {
    try {
      if (!localStorage.getItem('kleroterion')) localStorage.setItem('kleroterion', kept);
    } catch { /* of a file there may be none */ }
  }, JSON.stringify({ locale, care, theme }));
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  // That something was refused is told by the page, and tested there.
  page.on('console', (message) => message.type() === 'error' && !/^Failed to load resource/.test(message.text()) &&
    page.errors.push(message.text()));
  // What still answers a request for the page would find its answer gone.
  page.done = async () => {
    await page.unrouteAll({ behavior: 'wait' });
    open.delete(context);
    await context.close();
  };
  if (url)
    await page.goto(url);
  return page;
}

// What a reader has before him: in English no word of it is Chinese, but for names
// and for what is said to be: lang="zh-CN".
function seen() {
  const main = document.querySelector('main');
  const own = document.documentElement.lang === 'zh-CN' ? [] : [...main.querySelectorAll('[lang="zh-CN"]')].map((one) => one.innerText)
    .flatMap((text) => text.split('\n')).filter(Boolean).sort((a, b) => b.length - a.length);
  const without = (text) => own.reduce((left, words) => left.replaceAll(words, ''), text);
  return document.fonts.ready.then(() => ({
    wide: document.scrollingElement.scrollWidth - window.innerWidth,
    lang: document.documentElement.lang,
    title: document.title,
    words: document.body.innerText,
    main: without(main.innerText).replace(/.*[测示].*/g, ''),
  }));
}

async function violations(page) {
  if (!await page.evaluate(() => 'axe' in window))
    await page.evaluate(axe);
  return page.evaluate(async (values) => {
    const found = (await window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })).violations;
    return found.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
  }, TAGS);
}

export async function proper(page, name) {
  const { wide, lang, title, words, main } = await page.evaluate(seen);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
  assert.ok(title.length > 5, `${name}: ${title}`);
  assert.equal(words.match(KEY)?.[0], undefined, `${name}: a key without words`);
  if (lang === 'en')
    assert.doesNotMatch(main, /[\u4e00-\u9fff]/, `${name}: Chinese words in English`);
  const told = await violations(page);
  if (process.env.KLERO_SHOTS)
    await page.screenshot({ path: join(process.env.KLERO_SHOTS, `${name}.png`), fullPage: true });
  assert.deepEqual(told, [], name);
  assert.deepEqual(page.errors, [], `${name}: the console`);
}

export async function onOneScreen(page, when = '') {
  const over = await page.evaluate(() => document.scrollingElement.scrollHeight - window.innerHeight);
  assert.ok(over <= 0, `nobody scrolls a wall: ${over} px ${when}`);
}

export async function twoAtATime(all, look) {
  const left = [...all];
  const work = async () => {
    while (left.length > 0)
      await look(left.shift());
  };
  await Promise.all([work(), work()]);
}

// No script of ours looks at the width: the sheet of style does.
export async function everyWidth(page, name, ready) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
    await ready?.(page);
    await proper(page, `${name}-${width}`);
  }
}

export async function everywhere(browser, url, name, { prepare, ready, ...options } = {}) {
  await twoAtATime(LOCALES, async (locale) => {
    const page = await view(browser, { width: WIDTHS[0], locale, ...options });
    await prepare?.(page);
    await page.goto(url);
    await everyWidth(page, `${name}-${locale}`, ready);
    await page.done();
  });
}
