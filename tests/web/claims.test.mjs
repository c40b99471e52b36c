// What is ticked, and what is not: a beacon that none was, keys that nobody gave, a
// forged value. And what every page has, on /verify.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../api/installation.mjs';
import { all, drawn, nobody, pack, recorded } from '../tools/claims.mjs';
import { zip } from '../tools/packs.mjs';
import { everywhere, proper, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const folder = mkdtempSync(join(tmpdir(), 'klero-claims-'));
after(() => rmSync(folder, { recursive: true }));

// --- /verify --------------------------------------------------------------------------

let saved = 0;
function save(name, bytes) {
  const path = join(folder, `${saved++}-${name}`);
  writeFileSync(path, bytes);
  return path;
}
const anyVerdict = '[data-verdict]';

function verified(made) {
  const file = save('pack.zip', zip(made.files));
  const trust = save('trust.txt', made.trust);
  return async (page) => {
    if (await page.$(anyVerdict))
      return;
    await page.setInputFiles('#pack-file', file);
    await page.waitForSelector(anyVerdict);
    await page.setInputFiles('#trust-file', trust);
    await page.waitForSelector(`${anyVerdict}:not([data-verdict=unanchored])`);
  };
}
// Names of which no page in English has to complain.
const plain = { ...all, hooks: { text: plainNames } };
function plainNames(of) {
  if (of.name === 'names.txt')
    of.text = of.text.replace(/^(\S+) .*$/gm, '$1 测');
}
const signs = (page, step) => page.$eval(`[data-step=${step}]`, (one) => ({
  outcome: one.dataset.outcome, words: one.querySelector('.outcome').textContent.trim(),
  tick: one.querySelector('.outcome path').getAttribute('d') === 'M5 12.5l4.5 4.5L19 7.5', text: one.textContent }));

test('a draw without a beacon has no tick for one', async () => {
  const ready = verified(pack(drawn('none'), plain));
  await everywhere(browser, `${it.url}/verify`, 'claims-none', { ready: async (page) => {
    await ready(page);
    assert.equal(await page.getAttribute(anyVerdict, 'data-verdict'), 'good');
    const beacon = await signs(page, 'beacon');
    assert.deepEqual([beacon.outcome, beacon.tick], ['none', false]);
    assert.match(beacon.words, /^(不适用|does not apply)$/);
    assert.match(beacon.text, /本次抽取不用信标|This draw uses no beacon/);
    assert.doesNotMatch(beacon.text, /签出|is signed/);
    assert.equal((await signs(page, 'keys')).tick, true);
  } });
});

test('parties whose key was not given are named, at their steps and in the headline', async () => {
  const ready = verified(pack(drawn('public'), { ...nobody, hooks: plain.hooks }));
  await everywhere(browser, `${it.url}/verify`, 'claims-unverified', { ready: async (page) => {
    await ready(page);
    assert.equal(await page.getAttribute(anyVerdict, 'data-verdict'), 'partly');
    const headline = await page.innerText('.verdict');
    assert.match(headline, /监督者|Supervisor/);
    assert.doesNotMatch(headline, /公钥都是您给出的|are those you gave/);
    for (const step of ['keys', 'beacon']) {
      const { outcome, tick, text } = await signs(page, step);
      assert.deepEqual([outcome, tick], ['partly', false], step);
      assert.match(text, /监督者|Supervisor/);
    }
    assert.match((await signs(page, 'beacon')).text, /没有信标为它签名|No beacon signs it/);
    // Who does not see it hears no more than that.
    assert.match(await page.innerText('[role=status][aria-live]'), /有保留|with reservations/);
  } });
});

test('/verify says where one is, and can be shared and printed', async () => {
  const page = await view(browser, { url: `${it.url}/verify` });
  assert.deepEqual(await page.$$eval('.crumbs li', (items) => items.map((one) => one.textContent)), ['抽取', '核验']);
  await page.evaluate(() => {
    window.print = () => { window.printed = true; };
    navigator.clipboard.writeText = () => Promise.reject(new Error());
    navigator.share = undefined;
  });
  const [dialog] = await Promise.all([page.waitForEvent('dialog').then(async (one) => { await one.accept(); return one; }),
    page.click('.tools button:has-text("分享")')]);
  assert.equal(dialog.defaultValue(), `${it.url}/verify`);
  await verified(pack(drawn('none'), plain))(page);
  await page.click('.tools button:has-text("打印")');
  assert.equal(await page.evaluate(() => window.printed), true);
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual([await page.isVisible('.sources'), await page.isVisible('.verdict'),
    await page.isVisible('[data-step=result] .names button')], [false, true, true]);
  await page.done();

  const made = pack(drawn('none'), plain);
  const fetched = await view(browser);
  await fetched.route('**/v1/draws/D-7/pack', (route) => route.fulfill({ contentType: 'application/zip', body: zip(made.files) }));
  await fetched.goto(`${it.url}/verify?draw=D-7`);
  await fetched.waitForSelector(anyVerdict);
  assert.equal(await fetched.getAttribute('.crumbs a >> nth=1', 'href'), '/draws/D-7');
  await proper(fetched, 'claims-crumbs-1280');
  await fetched.done();
});

// --- /draws/{id} ----------------------------------------------------------------------

// A draw that the service would tell with these texts, closed with a result.
function told(files) {
  const declare = files.get('declare.txt').toString();
  const word = (name, i = 1) => declare.match(new RegExp(`^${name} .*$`, 'm'))[0].split(' ')[i];
  const names = [...files.keys()].filter((name) => /^[^/]+\.txt$|^pulse\.json$/.test(name));
  return { id: word('draw'), state: 'closed', notice: 'N-1', project: word('project'), region: '1', previous: null,
    attempt: 1, draft_until: word('draft', 2), commit_by: word('commit-by'), reveal_by: word('reveal-by'),
    beacon_time: word('reveal-by'), beacon: word('beacon'), quorum: 0, selected: Number(word('select')),
    alternates: Number(word('select', 2)), entrants: 3, replacements: 0, outcome: 'result', reason: 'drawn',
    closed_at: word('reveal-by'), lock_hash: 'ab', event_index: 1, overdue: false, parties: [],
    texts: names.map((name) => ({ name, sha256: '', event_index: 1 })) };
}
function served(files) {
  const draw = told(files);
  const prepare = async (page) => {
    await page.route(`**/v1/draws/${draw.id}`, (route) => route.fulfill({ json: draw }));
    await page.route(`**/v1/draws/${draw.id}/stream`, (route) => route.fulfill({ status: 503, body: '' }));
    await page.route(`**/v1/draws/${draw.id}/texts/*`, (route) =>
      route.fulfill({ body: files.get(route.request().url().split('/').at(-1)) }));
    await page.route('**/v1/events?*', (route) => route.fulfill({ json: { items: [], next_cursor: null } }));
    await page.route('**/v1/notices/**', (route) => route.fulfill({ status: 404, body: '' }));
  };
  return [`${it.url}/draws/${draw.id}`, prepare];
}
const beaconCheck = (page) => page.$eval('.checks li:nth-of-type(5)', (one) => one.className);
test('of a round that was verified, of a forged one, of a chain for tests', async () => {
  const genuine = recorded('drand', plain);
  const { rounds } = JSON.parse(readFileSync(join(root, 'tests/vectors/drand/quicknet.json'), 'utf8'));
  const other = rounds.find(({ signature }) => !genuine.get('beacon.txt').includes(signature)).signature;
  const forged = new Map(genuine).set('beacon.txt', Buffer.from(genuine.get('beacon.txt').toString().replace(/[0-9a-f]{96}/, other)));
  for (const [name, files, word, tone] of [['signed', genuine, 'signed', 'good-text'], ['forged', forged, 'false', 'bad-text'],
    ['test', pack(drawn('drand'), plain).files, 'unknown', 'warn-text']]) {
    const [url, prepare] = served(files);
    await everywhere(browser, url, `claims-${name}`, { prepare, ready: async (page) => {
      await page.waitForSelector('.checks');
      await page.$$eval('details.act', (acts) => acts.forEach((one) => { one.open = true; }));
      assert.equal(await page.getAttribute('[data-word]', 'data-word'), word);
      assert.match(await page.getAttribute('[data-word]', 'class'), new RegExp(tone));
      assert.equal(await beaconCheck(page), tone);
      assert.equal(await page.isVisible('[role=alert]:has-text("NOT a genuine"), [role=alert]:has-text("不是约定信标")'), word === 'false');
    } });
  }
});
