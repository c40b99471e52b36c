// What one person does with another: who acts for whom, who approves or turns down
// whose proposal; and what one changes of how he logs in.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { must, until } from '../api/client.mjs';
import { registering } from '../api/registering.mjs';
import { code } from '../api/persons.mjs';
import { everyWidth, proper, view } from './browser.mjs';
import { desk } from './desk_people.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { hired, enter, typeIn, login, loggedIn } = desk(it);
const { submitted } = registering(it);
const day = (after) => new Date(Date.now() + (8 * 3600 + after * 86400) * 1000).toISOString().slice(0, 10);
const loaded = (page) => page.waitForFunction(() => document.querySelector('.desk-head') && !/正在加载|Loading/.test(document.querySelector('main').innerText));

// In each width, and once more dark and in large type.
async function everyLook(page, name, ready) {
  await everyWidth(page, name, ready);
  await page.evaluate(() => Object.assign(document.documentElement.dataset, { care: '150', theme: 'dark' }));
  await everyWidth(page, `${name}-dark-150`, ready);
  await page.evaluate(() => Object.assign(document.documentElement.dataset, { care: '100', theme: 'light' }));
}

let operator, supervisor;
before(async () => {
  await it.people();
  [operator, supervisor] = await Promise.all([hired('operator'), hired('supervisor')]);
});

// --- one acts for another ---------------------------------------------------------

const GIVEN = '#delegations ~ table >> nth=0';
async function offer(page, delegate, more) {
  await page.click('button:has-text("新的委托")');
  await typeIn(page, { '/delegate': delegate, '/capacity': 'agent', '/valid_from': day(0), '/valid_until': day(30), ...more });
  await page.check('#scope-notices');
  await page.click('text=发出委托');
}

test('a delegation is offered by one, accepted by another, and ended', async () => {
  const [principal, delegate] = await Promise.all([hired('reviewer'), hired('authority')]);
  const page = await view(browser);
  await enter(page, principal, '/account');
  await loaded(page);
  // To nobody it cannot be offered; what is wrong is said at its field.
  await offer(page, 'nobody-here');
  await page.waitForSelector('#f-delegate-error');
  await proper(page, 'account-offer-refused-1280');
  await typeIn(page, { '/delegate': delegate.account });
  await page.click('text=发出委托');
  await page.waitForSelector(GIVEN);
  assert.match(await page.innerText(GIVEN), new RegExp(`${delegate.account}[^]*查看、发布与管理公告[^]*外单位代办人[^]*待接受[^]*撤回`));
  await everyLook(page, 'account-delegations-zh-CN', loaded);

  // It is the other's turn; he takes it.
  const other = await view(browser);
  await enter(other, delegate, '/desk');
  await other.locator('.task a', { hasText: `接受或谢绝代办委托` }).click();
  await other.waitForURL(/\/account$/);
  const row = other.locator('#delegations ~ table tbody tr', { hasText: principal.organisation });
  await row.waitFor();
  assert.match(await row.innerText(), /待接受[^]*接受[^]*不接受/);
  await row.locator('button', { hasText: '接受' }).first().click();
  await row.locator('text=有效').waitFor();
  await everyLook(other, 'account-received-zh-CN', loaded);
  const received = async () => must(await it.call('GET', '/v1/delegations/received', { key: await login(delegate) }), 200).items[0];
  const { state, scopes, valid_until } = await received();
  assert.deepEqual([state, scopes, valid_until.slice(11)], ['accepted', 'read notices', '16:00:00Z']); // the end of a day in Beijing

  // The principal ends it: neither may do anything more.
  await page.reload();
  await loaded(page);
  assert.match(await page.innerText(GIVEN), /有效[^]*结束/);
  await page.locator(GIVEN).locator('button').click();
  await page.waitForFunction(() => /已结束/.test(document.querySelector('#delegations ~ table').innerText));
  assert.equal(await page.locator(GIVEN).locator('button').count(), 0);
  assert.equal((await received()).state, 'revoked');
  await other.goto(`${it.url}/desk`);
  await loaded(other);
  assert.equal(await other.locator('.task').count(), 0);
  await Promise.all([page.done(), other.done()]);
});

test('a delegation is declined, another taken back before it is accepted', async () => {
  const [principal, delegate] = await Promise.all([loggedIn('owner'), hired('reviewer')]);
  const body = { delegate: delegate.account, capacity: 'agent', scopes: 'read', valid_from: new Date(Date.now() - 1000).toISOString().replace(/\.\d+/, ''),
    valid_until: `${day(9)}T00:00:00Z` };
  const { id } = must(await it.call('POST', '/v1/delegations', { key: principal, body }));
  const page = await view(browser);
  await enter(page, delegate, '/account');
  await page.click('button:has-text("不接受")');
  await page.waitForFunction(() => /已结束/.test(document.querySelector('#delegations ~ table')?.innerText));
  await proper(page, 'account-declined-1280');
  const stateOf = async (one, key) => must(await it.call('GET', '/v1/delegations', { key }), 200).items.find((item) => item.id === one).state;
  assert.equal(await stateOf(id, principal), 'revoked');
  await offer(page, principal.account);
  await page.click('button:has-text("撤回")');
  await page.waitForFunction(() => document.querySelectorAll('#delegations ~ table').length === 2 && !document.querySelector('#delegations ~ table button'));
  assert.equal(must(await it.call('GET', '/v1/delegations/received', { key: principal }), 200).items[0].state, 'revoked');
  await page.done();
});

// --- what takes two ---------------------------------------------------------------

async function proposeYear(page, where, version, days) {
  await page.goto(`${it.url}/desk/calendar`);
  await page.click('summary');
  await typeIn(page, { '/payload/region': where, '/payload/year': '2026', '/payload/version': version, '/payload/source': '测试县人民政府通知', ...days });
  await page.click('button:has-text("提案")');
}

test('the notice of a year is proposed by one, approved by another, and in the calendar', async () => {
  await it.region('yearland', 'demo');
  const page = await view(browser);
  await enter(page, operator, '/desk/calendar');
  // What is wrong with it is told at its field, and what was typed stays.
  await proposeYear(page, 'yearland', '1', { '/payload/days': '2026-11-16 县庆', '/payload/makeup': '2026-13-01 县庆' });
  await page.waitForSelector('#f-payload-makeup-error');
  assert.match(await page.innerText('#f-payload-makeup-error'), /^2026-13-01 /);
  assert.equal(await page.locator('#f-payload-days-error').count(), 0);
  await page.locator('.faults a').first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-payload-makeup');
  await proper(page, 'work-calendar-refused-1280');
  assert.equal(await page.inputValue('#f-payload-source'), '测试县人民政府通知');
  await typeIn(page, { '/payload/days': '2026-11-16 县庆', '/payload/makeup': '2026-11-21 县庆' });
  await page.click('button:has-text("提案")');
  await page.waitForURL(/done=proposed/);
  const own = page.locator('article', { hasText: 'yearland-2026-1' });
  await own.waitFor();
  assert.match(await own.innerText(), /2026-11-16[^]*2026-11-21[^]*须由另一单位批准/);
  assert.equal(await own.locator('button:has-text("驳回"), button:has-text("批准")').count(), 0);

  // Another operator may not decide it, and is not asked to.
  const colleague = await view(browser);
  await enter(colleague, await hired('operator'), '/desk');
  await loaded(colleague);
  assert.equal(await colleague.locator('.task', { hasText: 'yearland-2026-1' }).count(), 0);
  await colleague.goto(`${it.url}/desk/proposals`);
  await colleague.locator('article', { hasText: 'yearland-2026-1' }).waitFor();
  assert.equal(await colleague.locator('article', { hasText: 'yearland-2026-1' }).locator('.tools button').count(), 0);
  await colleague.done();

  const other = await view(browser);
  await enter(other, supervisor, '/desk');
  await other.locator('.task a', { hasText: 'yearland-2026-1' }).click();
  const article = other.locator('article', { hasText: 'yearland-2026-1' });
  await article.locator('button.primary').waitFor();
  await everyLook(other, 'work-proposal-year-zh-CN', () => article.waitFor());
  await article.locator('button', { hasText: '批准' }).click();
  await article.waitFor({ state: 'detached' });
  await other.goto(`${it.url}/desk/calendar`);
  await other.selectOption('#calendar-region', 'yearland');
  await other.waitForFunction(() => /测试县人民政府通知/.test(document.querySelector('table.cards')?.innerText));
  const counted = (one) => one.waitForFunction(() => /示例yearland\s*2 天/.test(document.querySelector('#horizon')?.parentElement.innerText));
  await counted(other);
  await everyLook(other, 'work-calendar-year-zh-CN', counted);
  const { items } = must(await it.call('GET', '/v1/regions/yearland/days?from=2026-11-16&to=2026-11-21'), 200);
  assert.deepEqual([items[0].kind, items[5].kind], ['off', 'makeup']);
  await Promise.all([page.done(), other.done()]);
});

test('another notice is turned down with a reason, which everybody reads', async () => {
  const page = await view(browser);
  await enter(page, operator, '/desk/calendar');
  await proposeYear(page, 'cn', '7', { '/payload/year': '2027', '/payload/days': '2027-01-01 元旦' }); // of the nation
  await page.waitForURL(/done=proposed/);
  const other = await view(browser);
  await enter(other, supervisor, '/desk/proposals');
  const article = other.locator('article', { hasText: 'cn-2027-7' });
  await article.locator('button', { hasText: '驳回' }).click();
  await article.locator('form.reason input').fill('通知尚未正式印发');
  await everyLook(other, 'work-proposal-reason-zh-CN', () => article.locator('form.reason').waitFor());
  await article.locator('form button[type=submit]').click();
  await article.waitFor({ state: 'detached' });
  const rejected = (one) => one.waitForFunction(() => /cn-2027-7[^]*通知尚未正式印发/.test(document.querySelector('#rejected ~ table')?.innerText));
  await rejected(other);
  await page.reload();
  await rejected(page);
  await everyLook(page, 'work-proposal-rejected-zh-CN', rejected);
  const { items } = must(await it.call('GET', '/v1/proposals?subject=cn-2027-7'), 200);
  assert.deepEqual(items.map(({ state, rejected_by, reason }) => [state, rejected_by, reason]), [['rejected', supervisor.organisation, '通知尚未正式印发']]);
  assert.equal((await it.call('GET', '/v1/calendars/cn-2027-7')).status, 404);
  await Promise.all([page.done(), other.done()]);
});

test('a registration is turned down with a reason, and who sent it reads it', async () => {
  const registration = await submitted();
  const page = await view(browser);
  await enter(page, await hired('reviewer'), `/desk/registrations/${registration.id}`);
  await page.waitForSelector('.check');
  await page.locator('.decide button[aria-expanded]').click();
  await page.fill('#f-reason-reject', '不属于中介服务机构');
  await everyLook(page, 'work-reject-reason-zh-CN', (one) => one.waitForSelector('#f-reason-reject'));
  await page.click('.reason button[type=submit]');
  await page.waitForURL(/done=rejection/);
  await page.waitForSelector('.note[role=status]');
  await page.goto(`${it.url}/desk/registrations/${registration.id}`);
  await page.waitForFunction(() => document.querySelector('main').innerText.includes('不属于中介服务机构'));
  assert.equal(await page.locator('.decide').count(), 0);
  await proper(page, 'work-rejected-1280');
  const { state, reason } = must(await it.call('GET', `/v1/registrations/${registration.id}`), 200);
  assert.deepEqual([state, reason], ['rejected', '不属于中介服务机构']);
  await page.done();
});

// --- how one logs in ----------------------------------------------------------------

const logIn = async (page, who, totp) => {
  await page.waitForSelector('#f-totp');
  await typeIn(page, { '/login': who.login, '/password': who.password, '/totp': totp });
  await page.press('#f-totp', 'Enter');
};
const codesOf = (page) => page.$$eval('.codes code', (all) => all.map((one) => one.textContent));

test('another authenticator, other recovery codes; what was before lets nobody in', async () => {
  const who = await hired('reviewer');
  const old = [...who.recovery];
  const page = await view(browser);
  await enter(page, who, '/account');
  await page.click('#own-secrets ~ p button >> nth=1');
  await page.waitForSelector('.totp svg');
  const secret = (await page.innerText('.secret')).replace(/\s/g, '');
  await typeIn(page, { '/password': who.password, '/totp': code(secret, 10) }); // of another time
  await page.click('text=确认修改');
  await page.waitForSelector('#f-totp-error');
  await everyLook(page, 'account-totp-zh-CN', (one) => one.waitForSelector('.totp svg'));
  assert.equal((await page.innerText('.secret')).replace(/\s/g, ''), secret);
  await typeIn(page, { '/password': who.password, '/totp': code(secret) });
  await page.click('text=确认修改');
  await page.waitForFunction(() => document.querySelector('.codes li') || location.pathname === '/login');
  const first = await codesOf(page);
  if (first.length > 0) await page.click('text=我已保存');
  await page.waitForURL(/\/login\?to=\/account/);
  await logIn(page, who, code(who.secret, 1));
  await page.waitForSelector('.faults');
  await logIn(page, who, code(secret, 1));
  await page.waitForURL(/\/account$/);

  // New codes: the former ones are good no more, and a new one is, once.
  await page.click('#own-secrets ~ p button >> nth=2');
  await typeIn(page, { '/password': 'not the present one' });
  await page.click('text=确认修改');
  await page.waitForSelector('#f-password-error');
  await typeIn(page, { '/password': who.password });
  await page.click('text=确认修改');
  await page.waitForSelector('.codes li');
  await everyLook(page, 'account-codes-zh-CN', (one) => one.waitForSelector('.codes li'));
  const codes = await codesOf(page);
  assert.equal(new Set([...codes, ...first, ...old]).size, 10 + first.length + old.length);
  await page.click('text=我已保存');
  await page.waitForURL(/\/login\?to=\/account/);
  await logIn(page, who, old[0]);
  await page.waitForSelector('.faults');
  await logIn(page, who, codes[0]);
  await page.waitForURL(/\/account$/);
  await until(async () => await page.locator('#own-sessions ~ table tbody tr').count() === 1, 'one session, of the new code');
  await page.click('text=退出');
  await logIn(page, who, codes[0]);
  await page.waitForSelector('.faults');
  await page.done();
});
