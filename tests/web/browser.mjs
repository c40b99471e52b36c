// browser.mjs -- Debian's chromium, and what every page must be in it.
//
// const browser = await start(...switches)   as world.mjs does; await browser.close() after
// const page = await view(browser, { width, url, locale, care, theme, motion })
//     a page of its own in a fresh profile; page.errors is what the console said
// await proper(page, name)               no error, nothing wider than the window,
//     no finding of axe; also a picture into KLERO_SHOTS, if that is a folder
// await everywhere(browser, url, name, { prepare, ready })   in each of WIDTHS and LOCALES;
//     prepare(page) before it is opened, ready(page) until it shows what is meant
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
const parts = ['common', 'draws', 'draw', 'verify'].flatMap((part) =>
  Object.keys(JSON.parse(readFileSync(join(root, `web/src/i18n/${part}.zh-CN.json`), 'utf8'))));
const KEY = new RegExp(`\\b(${parts.join('|')})\\.(?!txt|zip|html|mjs|leaf|proof|sh\\b)[a-z][A-Za-z-]+\\b|\\{\\w+\\}|undefined|NaN`);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

// What a failed test leaves open would go on listening.
const open = new Set();
afterEach(async () => {
  await Promise.all([...open].map((context) => context.close()));
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
  page.done = () => { open.delete(context); return context.close(); };
  if (url)
    await page.goto(url);
  return page;
}

export async function proper(page, name) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const { wide, lang, title } = await page.evaluate(() => ({
    wide: document.scrollingElement.scrollWidth - window.innerWidth,
    lang: document.documentElement.lang, title: document.title }));
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
  assert.ok(title.length > 5, `${name}: ${title}`);
  const words = await page.evaluate(() => document.body.innerText);
  assert.equal(words.match(KEY)?.[0], undefined, `${name}: a key without words`);
  if (lang === 'en')
    assert.doesNotMatch(await page.evaluate(() => document.querySelector('main').innerText.replace(/.*[测示].*/g, '')),
      /[\u4e00-\u9fff]/, `${name}: Chinese words in English`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
  if (process.env.KLERO_SHOTS)
    await page.screenshot({ path: join(process.env.KLERO_SHOTS, `${name}.png`), fullPage: true });
  assert.deepEqual(told, [], name);
  assert.deepEqual(page.errors, [], `${name}: the console`);
}

// The same page in each width and language, two at a time: there may be two cores.
export async function everywhere(browser, url, name, { prepare, ready, ...options } = {}) {
  for (const width of WIDTHS)
    await Promise.all(LOCALES.map(async (locale) => {
      const page = await view(browser, { width, locale, ...options });
      await prepare?.(page);
      await page.goto(url);
      await ready?.(page);
      await proper(page, `${name}-${width}-${locale}`);
      await page.done();
    }));
}
