// The workbench of an institution that is on the roll; imports of an operator; the key
// of a registration.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must } from '../api/client.mjs';
import { digestOf, registering } from '../api/registering.mjs';
import { everyWidth, proper, twoAtATime, view } from './browser.mjs';
import { aFile, desk } from './desk_people.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { hired, enter, typeIn, setUp } = desk(it);
const { begin, entered } = registering(it);
const day = (after) => new Date(Date.now() + (8 * 3600 + after * 86400) * 1000).toISOString().slice(0, 10);

let who, uscc;
before(async () => {
  const { operator } = await it.people();
  must(await it.call('POST', '/v1/categories', { key: operator, body: { code: 'G01', service: '地质灾害评估' } }));
  const registration = await entered({ qualifications: [{ kind: '地质灾害评估', level: '甲级', scopes: ['评估'], number: 'D-1', issuer: '省厅',
    valid_from: '2020-01-01', valid_until: day(20), evidence: digestOf('a certificate') }] });
  uscc = registration.body.uscc;
  must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: 'G01', service_name: '地灾评估' }) }));
  const { setup } = must(await it.call('POST', '/v1/accounts', { key: operator, body: { organisation: uscc, role: 'institution' } }));
  who = await setUp({ role: 'institution', organisation: uscc, account: setup.account, code: setup.code });
});

test('each part of an institution, in each width and language; dark, and in large type', () =>
  twoAtATime([['zh-CN', 'light', '100'], ['en', 'light', '100'], ['zh-CN', 'dark', '150']], async ([locale, theme, care]) => {
    const page = await view(browser, { locale, theme, care });
    await enter(page, who, '/desk');
    for (const part of ['', '/listings', '/listings/new', '/qualifications', '/staff', '/ties']) {
      await page.goto(`${it.url}/desk${part}`);
      const ready = () => page.waitForFunction(() => document.querySelector('.desk-head') && !/正在加载|Loading/.test(document.querySelector('main').innerText));
      await ready();
      const name = `work-institution${part.replaceAll('/', '-')}-${locale}-${theme}`;
      if (care === '100') await everyWidth(page, name, ready);
      else await proper(page, `${name}-${care}`);
    }
    await page.done();
  }));

test('what ends soon is its turn first; a renewal waits to be confirmed', async () => {
  const page = await view(browser);
  await enter(page, who, '/desk');
  await page.locator('.task a', { hasText: '资质 20 天后到期' }).click();
  await page.click('button:has-text("续期")');
  await typeIn(page, { '/number': 'D-2', '/valid_from': day(0), '/valid_until': day(1000) });
  await page.setInputFiles('#f-evidence', aFile('renewal.pdf', uscc));
  await page.waitForSelector('.file .hash');
  await page.click('form button.primary');
  await page.waitForFunction(() => document.querySelectorAll('table.cards tbody tr').length === 2);
  await page.done();
  const reviewer = await hired('reviewer');
  const other = await view(browser);
  await enter(other, reviewer, '/desk/declared');
  const row = other.locator('tr', { hasText: uscc });
  await row.waitFor();
  await proper(other, 'work-declared-1280');
  await row.locator('button.primary').click();
  await row.waitFor({ state: 'detached' });
  const { items } = must(await it.call('GET', `/v1/qualifications?institution=${uscc}`), 200);
  assert.deepEqual(items.map(({ number, state }) => [number, state]).sort(), [['D-1', 'replaced'], ['D-2', 'active']]);
  await other.done();
});

test('a listing is paused for a reason, resumed, revised, withdrawn', async () => {
  const page = await view(browser);
  await enter(page, who, '/desk/listings');
  const listing = async () => must(await it.call('GET', `/v1/listings?institution=${uscc}`), 200).items[0];
  const row = page.locator('table.cards tbody tr');
  await row.locator('button', { hasText: '暂停' }).click();
  await row.locator('form input').fill('设备检修');
  await row.locator('form button[type=submit]').click();
  await row.locator('button', { hasText: '恢复' }).waitFor();
  assert.deepEqual([(await listing()).state, (await listing()).reason], ['paused', '设备检修']);
  await row.locator('button', { hasText: '恢复' }).click();
  await row.locator('button', { hasText: '暂停' }).waitFor();
  await row.locator('a.button').click();
  await page.waitForSelector('#f-promised_days');
  assert.equal(await page.inputValue('#f-promised_days'), '15');
  await typeIn(page, { '/promised_days': '9' });
  await page.click('text=公布新版本');
  await page.waitForURL(/done=revised/);
  assert.deepEqual([(await listing()).promised_days, (await listing()).version], [9, 2]);
  await row.locator('button', { hasText: '撤下' }).click();
  await row.locator('form input').fill('不再提供');
  await row.locator('form button[type=submit]').click();
  await page.waitForFunction(() => document.querySelector('table.cards tbody').innerText.includes('已撤下'));
  await page.done();
});

test('somebody is entered who works here; all that is wrong with it is told', async () => {
  const page = await view(browser);
  await enter(page, who, '/desk/staff');
  await page.click('text=登记从业人员');
  await typeIn(page, { '/person_name': '王五', '/kind': '注册岩土工程师' });
  await page.click('form button.primary');
  await page.waitForFunction(() => document.querySelectorAll('.faults li').length >= 3);
  await typeIn(page, { '/person_number': `3607001980010${uscc.slice(12)}`.replace(/\D/g, '1'), '/registration_number': 'AY-0001', '/insured_months': '24' });
  await page.setInputFiles('#f-evidence', aFile('insurance.pdf', uscc));
  await page.waitForSelector('.file .hash');
  await page.click('form button.primary');
  await page.waitForSelector('table.cards tbody tr');
  assert.match(await page.innerText('table.cards tbody'), /王五[^]*在职/);
  await page.done();
});

test('a file is brought in, looked at, and applied as a whole or not at all', async () => {
  const page = await view(browser);
  await enter(page, await hired('operator'), '/desk/imports');
  const bring = async (text) => {
    await page.setInputFiles('#import-file', { name: 'categories.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.waitForURL(/\/desk\/imports\/[0-9a-f]/);
    await page.waitForSelector('dl.facts');
  };
  await bring('code,service,cap_days,cap_unit\nK02,地震安全性评价,20,workday\nK03,文物勘探,x,workday\n');
  assert.match(await page.innerText('main'), /整个文件不能生效/);
  assert.ok(await page.isDisabled('button.primary'));
  await proper(page, 'work-import-bad-1280');
  await page.goto(`${it.url}/desk/imports`);
  await bring('code,service,cap_days,cap_unit\nK02,地震安全性评价,20,workday\nK03,文物勘探,15,workday\n');
  await page.click('text=全部生效');
  await page.waitForURL(/done=applied/);
  assert.equal(must(await it.call('GET', '/v1/categories/K03'), 200).cap_days, 15);
  await page.done();
});

test('the key of a registration leads back to it, another one nowhere', async () => {
  const draft = await begin();
  const page = await view(browser, { url: `${it.url}/login?to=/register` });
  await page.click('summary');
  const key = async (value) => {
    await page.fill('#f-key', value);
    await page.press('#f-key', 'Enter');
  };
  await key('abc');
  await page.waitForSelector('#f-key-error');
  await key('0'.repeat(64));
  await page.waitForFunction(() => /没有这把密钥/.test(document.getElementById('f-key-error')?.textContent ?? ''));
  await key(draft.token);
  await page.waitForURL(/\/register$/);
  await page.waitForSelector('.receipt');
  assert.equal(await page.inputValue('#f-name'), draft.body.name);
  await page.done();
});
