// /verify and verify.html: a pack in, ten steps and a verdict out, also without a
// network.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { evidence, unzip } from '../api/evidence.mjs';
import { makePack, zip } from '../tools/packs.mjs';
import { everywhere, proper, twoAtATime, view } from './browser.mjs';
import { world } from './world.mjs';

const { browser, it, policy, insecure } = await world();
const begun = it.aDraw({ entrants: 5, policy });
begun.catch(() => {}); // the first test says so
const folder = mkdtempSync(join(tmpdir(), 'klero-web-'));
after(() => rmSync(folder, { recursive: true }));
let draw, good, pack, trust;

// The pack with a byte of one of its files changed, and a right checksum.
function flipped(name, change) {
  const files = unzip(pack);
  const bytes = Buffer.from(pack);
  const file = files.get(name);
  const at = file.byteOffset - pack.byteOffset + change(file);
  bytes[at] ^= 1;
  const sum = crc32(bytes.subarray(file.byteOffset - pack.byteOffset, file.byteOffset - pack.byteOffset + file.length));
  for (let i = 0; i + 46 < bytes.length; i++)
    for (const [mark, size, where] of [[0x04034b50, 30, 14], [0x02014b50, 46, 16]])
      if (bytes.readUInt32LE(i) === mark && bytes.toString('latin1', i + size, i + size + name.length) === name &&
          bytes.readUInt16LE(i + (size === 30 ? 26 : 28)) === name.length)
        bytes.writeUInt32LE(sum, i + where);
  const path = join(folder, `flipped-${name.replaceAll('/', '-')}.zip`);
  writeFileSync(path, bytes);
  return path;
}
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

async function outcomes(page) {
  await page.waitForSelector('[data-verdict]');
  const steps = await page.$$eval('[data-step]', (all) => all.map(({ dataset }) => [dataset.step, dataset.outcome]));
  assert.equal(steps.length, 10);
  return { verdict: await page.getAttribute('[data-verdict]', 'data-verdict'), steps: Object.fromEntries(steps) };
}
const bad = ({ steps }) => Object.keys(steps).filter((name) => steps[name] === 'bad');

// A pack as klero makes it, and the keys to check it with.
test('a draw is made', async () => {
  draw = await begun;
  ({ file: good } = await evidence(it).verified(draw.id, draw.parties));
  pack = readFileSync(good);
  trust = join(good, '../trust.txt');
});

test('empty, in each width and language', () => everywhere(browser, `${it.url}/verify`, 'verify-empty'));

test('a number is fetched; a pack without keys is consistent and no more', () =>
  everywhere(browser, `${it.url}/verify?draw=${draw.id}`, 'verify-unanchored', { ready: async (page) => {
    const seen = await outcomes(page);
    assert.deepEqual([seen.verdict, seen.steps.keys, bad(seen)], ['unanchored', 'unanchored', []]);
  } }));

test('with the keys it verifies, and its bytes can be seen', async () => {
  await twoAtATime([[390, 'zh-CN', 'light'], [1280, 'zh-CN', 'dark'], [1920, 'en', 'contrast']], async ([width, locale, theme]) => {
    const page = await view(browser, { url: `${it.url}/verify`, width, locale, theme });
    await page.setInputFiles('#pack-file', good);
    await outcomes(page);
    await page.setInputFiles('#trust-file', trust);
    await page.waitForSelector('[data-verdict=good]');
    const seen = await outcomes(page);
    assert.deepEqual([seen.steps.keys, seen.steps.result, seen.steps.log, seen.steps.after], ['good', 'good', 'good', 'none']);
    await page.click('[data-step=result] button:has-text("seed.txt")');
    assert.match(await page.innerText('[data-step=result] .bytes'), /klero\/1 seed/);
    assert.match(await page.innerText('[data-step=log] .outputs'), /closed \d+\s+[0-9a-f]{8}…[0-9a-f]{8}/);
    const words = await page.innerText('.verdict');
    assert.match(words, /unwitnessed/);
    assert.match(words, locale === 'en' ? /no other log/ : /没有另外的日志/);
    await proper(page, `verify-good-${width}-${theme}`);
    await page.done();
  });
});

// Of the winner's ticket: whatever it is, the form and the order of the ranks stay.
function lastDigitOfTicket(file) {
  const { index, 0: { length } } = /^rank 1 \S*[0-9](?=[a-f]* )/m.exec(file);
  return index + length - 1;
}

// Of the signature at the end: whatever it becomes is base64, too.
function lastLetter(file) {
  let at = file.length - 8;
  while (!/[b-y2-7]/.test(String.fromCharCode(file[at])))
    at--;
  return at;
}

test('a changed byte is a cross at its step', async () => {
  await twoAtATime([
    ['names.txt', (file) => file.length - 2, ['digests']],
    ['result.txt', lastDigitOfTicket, ['digests', 'result']],
    ['log/closed', lastLetter, ['log']],
    ['seal.txt', () => 3, ['form']],
  ], async ([name, change, wanted]) => {
    const page = await view(browser, { url: `${it.url}/verify` });
    await page.setInputFiles('#pack-file', flipped(name, change));
    const seen = await outcomes(page);
    assert.equal(seen.verdict, 'bad', name);
    for (const step of wanted)
      assert.ok(bad(seen).includes(step), `${name}: ${JSON.stringify(seen.steps)}`);
    assert.equal(bad(seen)[0], wanted[0], `${name}: the first cross`);
    if (wanted[0] === 'form')
      assert.equal(seen.steps.result, 'unreached');
    await proper(page, `verify-bad-${name.replace('/', '-')}`);
    await page.done();
  });
});

test('what is no pack, no number, no service', async () => {
  const page = await view(browser, { url: `${it.url}/verify`, width: 390 });
  const junk = join(folder, 'junk.zip');
  writeFileSync(junk, 'PK no');
  await page.setInputFiles('#pack-file', junk);
  await page.waitForSelector('[role=alert]');
  await proper(page, 'verify-junk-390');
  await page.fill('#draw-number', 'D-1');
  await page.press('#draw-number', 'Enter');
  await page.waitForFunction(() => /资源/.test(document.querySelector('[role=alert]')?.textContent ?? ''));
  await page.context().setOffline(true);
  await page.press('#draw-number', 'Enter');
  await page.waitForFunction(() => /连不上/.test(document.querySelector('[role=alert]')?.textContent ?? ''));
  await page.done();
});

test('by keyboard alone, and a file dropped', async () => {
  const page = await view(browser, { url: `${it.url}/verify` });
  await page.waitForSelector('#draw-number');
  for (let presses = 0; presses < 20 && await page.evaluate(() => document.activeElement.id) !== 'draw-number'; presses++)
    await page.keyboard.press('Tab');
  await page.keyboard.type(draw.id.toLowerCase());
  await page.keyboard.press('Enter');
  await outcomes(page);
  await page.focus('[data-step=form] .names button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-step=form] .bytes');

  await page.evaluate(async (bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], 'trust.txt'));
    const field = document.querySelector('#trust-file').closest('.file');
    field.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [...readFileSync(trust)]);
  await page.waitForSelector('[data-verdict=good]');
  await page.done();
});

// Packs of the tests' own making: of another chain and of earlier attempts.
function ownPack(wanted) {
  for (let seed = 1; seed < 200; seed++) {
    const made = makePack(seed);
    if (!made.rehearsal && wanted(made)) {
      const [file, keys, chain, certificate] = ['pack.zip', 'trust.txt', 'chain.json', 'certificate.pem'].map((name) => join(folder, `${seed}-${name}`));
      writeFileSync(file, zip(made.files));
      writeFileSync(keys, made.trust);
      writeFileSync(chain, made.chain);
      writeFileSync(certificate, made.certificate);
      return { ...made, file, keys, chain, certificate };
    }
  }
  return assert.fail('no such pack among 200');
}
const declared = ({ files }) => files.get('declare.txt').toString();

test('a test beacon is told, asked for, and then shown as a test everywhere', async () => {
  await twoAtATime([['drand', 'chain-unknown', '#chain-file'], ['nist', 'certificate-unknown', '#certificate-file']], async ([kind, code, field]) => {
    const made = ownPack((one) => new RegExp(`^beacon ${kind} `, 'm').test(declared(one)) && one.plans.length === 1 &&
      /^close\b/m.test(one.files.get('close.txt').toString().replace('klero/1 ', '')) && one.files.has('result.txt') &&
      !declared(one).includes('52db9ba7'));
    const page = await view(browser, { url: `${it.url}/verify` });
    await page.setInputFiles('#pack-file', made.file);
    const first = await outcomes(page);
    assert.equal(first.verdict, 'bad');
    assert.match((await page.$$eval('.findings', (all) => all.map((one) => one.textContent))).join(), new RegExp(code));
    assert.ok(await page.isVisible(field), 'its option is open');
    await page.setInputFiles(field, made[kind === 'drand' ? 'chain' : 'certificate']);
    await page.setInputFiles('#trust-file', made.keys);
    await page.waitForSelector('[data-verdict=good], [data-verdict=partly]');
    assert.match(await page.innerText('.verdict .level'), /^test$/);
    assert.match(await page.innerText('.ribbon'), /test/);
    await proper(page, `verify-test-${kind}`);
    await page.click('.brand');
    await page.click(`a[href="/draws/${draw.id}"]`); // whose beacon is none for tests
    await page.waitForSelector('.status');
    assert.equal(await page.isVisible('.ribbon'), false);
    await page.done();
  });
});

test('earlier attempts and who would have been selected are shown', async () => {
  const made = ownPack((one) => one.plans.length > 1 && one.files.has('previous/1/seal.txt') &&
    !/drand|nist/.test(declared(one).match(/^beacon .*/m)[0]));
  const page = await view(browser, { url: `${it.url}/verify`, width: 390 });
  await page.setInputFiles('#pack-file', made.file);
  await outcomes(page);
  const told = await page.$$eval('.earlier > li', (all) => all.map((one) => one.textContent));
  assert.equal(told.length, made.plans.length - 1);
  assert.ok(told[0].includes(made.plans[0].draw), told[0]);
  assert.doesNotMatch(told.join(), /shadow-|promoted/);
  await proper(page, 'verify-earlier-390');
  await page.done();
});

// By a name and in the clear a browser gives no crypto.subtle and no clipboard.
test('without a secure context', async () => {
  const page = await view(browser, { url: `${insecure}/verify?draw=${draw.id}` });
  assert.equal(await page.evaluate(() => window.isSecureContext), false);
  const seen = await outcomes(page);
  assert.deepEqual([seen.verdict, bad(seen)], ['unanchored', []]);
  const [dialog] = await Promise.all([page.waitForEvent('dialog').then(async (one) => { await one.accept(); return one; }),
    page.click('[data-step=digests] .hash button')]);
  assert.match(dialog.defaultValue(), /^[0-9a-f]{64}$/);
  await page.goto(`${insecure}/draws/${draw.id}`);
  await page.waitForSelector('.winner');
  await page.waitForFunction(() => document.querySelector('.live').textContent === '实时');
  assert.deepEqual(page.errors, []);
  await page.done();
});

test('the saved file, opened from a disk without a network', async () => {
  const saved = join(folder, 'verify.html');
  writeFileSync(saved, (await it.call('GET', '/verify.html')).bytes);
  const spoilt = flipped('names.txt', (file) => file.length - 2);
  await twoAtATime([[390, 'zh-CN'], [1280, 'en'], [1920, 'zh-CN']], async ([width, locale]) => {
    const page = await view(browser, { url: pathToFileURL(saved).href, width, offline: true });
    if (locale === 'en')
      await page.click('.preferences button');
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.setInputFiles('#pack-file', good);
    await outcomes(page);
    await page.setInputFiles('#trust-file', trust);
    await page.waitForSelector('[data-verdict=good]');
    await page.setInputFiles('#pack-file', spoilt);
    await page.waitForSelector('[data-verdict=bad]');
    assert.equal(bad(await outcomes(page))[0], 'digests');
    assert.deepEqual(asked.filter((url) => !url.startsWith('blob:')), []);
    await proper(page, `verify-offline-${width}`);
    await page.done();
  });
});
