// Logging in, first use, one's account; sessions that end while somebody works.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { must, until } from '../api/client.mjs';
import { code, newPassword } from '../api/persons.mjs';
import { everywhere, everyWidth, proper, twoAtATime, view } from './browser.mjs';
import { desk } from './desk_people.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { hired, invited, enter, typeIn } = desk(it);
const fill = (page, who, more) => typeIn(page, { '/login': who.login, '/password': who.password, ...more });
const endSessions = (who) => it.sql(`UPDATE session SET ended_at = UTC_TIMESTAMP(6) WHERE account = '${who.account}'`);

let operator, reviewer;
before(async () => { [operator, reviewer] = await Promise.all([hired('operator'), hired('reviewer')]); });

test('the page to log in, in each width and language', () => everywhere(browser, `${it.url}/login`, 'login',
  { ready: (page) => page.waitForSelector('#f-login') }));

test('a wrong password is refused clearly; a recovery code lets in once, where it led from', async () => {
  const page = await view(browser, { url: `${it.url}/desk/policy` });
  await page.waitForURL(/\/login\?to=\/desk\/policy/);
  await fill(page, { ...operator, password: newPassword() }, { '/totp': code(operator.secret) });
  await page.press('#f-totp', 'Enter');
  await page.waitForSelector('.faults');
  assert.match(await page.innerText('.faults'), /登录名、密码或动态口令不对/);
  assert.equal(await page.inputValue('#f-login'), operator.login);
  assert.equal(await page.inputValue('#f-totp'), '');
  await proper(page, 'login-refused-1280');
  const recovery = operator.recovery.pop();
  await fill(page, operator, { '/totp': recovery });
  await page.press('#f-totp', 'Enter');
  await page.waitForURL(/\/desk\/policy$/);
  await page.waitForSelector('table.cards tbody tr');
  await page.click('text=退出');
  await page.waitForURL(/\/login$/);
  await fill(page, operator, { '/totp': recovery });
  await page.press('#f-totp', 'Enter');
  await page.waitForSelector('.faults');
  await page.done();
});

test('an address of another site is no place to be led to', async () => {
  const who = await hired('reviewer');
  const page = await view(browser, { url: `${it.url}/login?to=//evil.example/desk` });
  await fill(page, who, { '/totp': who.recovery.pop() });
  await page.press('#f-totp', 'Enter');
  await page.waitForURL(`${it.url}/desk`);
  await page.done();
});

test('the first use: name, password, authenticator, recovery codes, and in', async () => {
  const id = `reviewer-${Date.now()}`;
  must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: '测试首次单位', region: await it.region() } }));
  const { code: setup } = await invited('reviewer', id);
  const page = await view(browser, { url: `${it.url}/login` });
  await page.click('text=首次使用');
  await page.waitForSelector('.totp svg');
  const password = newPassword();
  const secret = (await page.innerText('.secret')).replace(/\s/g, '');
  await typeIn(page, { '/code': setup, '/login': `u-${id.slice(9)}`, '/password': password, '/again': `${password}x`, '/totp': code(secret) });
  await page.click('button.primary');
  await page.waitForSelector('#f-again-error');
  await proper(page, 'login-setup-1280');
  await typeIn(page, { '/again': password });
  await page.click('button.primary');
  await page.waitForSelector('.codes li');
  assert.equal(await page.locator('.codes li').count(), 10);
  const [recovery] = await page.$$eval('.codes code', (all) => all.map((one) => one.textContent));
  await page.click('text=我已保存');
  await page.waitForSelector('#f-totp');
  assert.equal(await page.inputValue('#f-login'), `u-${id.slice(9)}`);
  await typeIn(page, { '/password': password, '/totp': recovery });
  await page.press('#f-totp', 'Enter');
  await page.waitForURL(/\/desk$/);
  await page.done();
});

test('a session that has ended: what was typed is still there, and goes on', async () => {
  const who = await hired('operator');
  const page = await view(browser);
  await enter(page, who, '/desk/people');
  await typeIn(page, { '/organisation': '91110000600037341L' });
  await endSessions(who);
  await page.click('text=生成设置码');
  await page.waitForSelector('dialog[open] #f-login');
  await proper(page, 'guard-ended-1280');
  await fill(page, who, { '/totp': who.recovery.pop() });
  await page.press('dialog #f-totp', 'Enter');
  await page.waitForSelector('dialog:not([open])', { state: 'attached' });
  await page.waitForSelector('#f-organisation-error');
  assert.match(await page.innerText('#f-organisation-error'), /没有这家机构/);
  assert.equal(await page.inputValue('#f-organisation'), '91110000600037341L');
  await page.done();
});

test('before it ends it warns, and can be extended', async () => {
  const who = await hired('reviewer');
  const page = await view(browser);
  await page.clock.install();
  await enter(page, who, '/desk');
  await page.clock.fastForward((900 - 100) * 1000);
  await page.waitForSelector('dialog[open]');
  assert.match(await page.innerText('dialog'), /还剩 \d+ 秒/);
  await proper(page, 'guard-warn-1280');
  await page.click('dialog button');
  await page.clock.runFor(2000);
  await page.waitForSelector('dialog:not([open])', { state: 'attached' });
  await page.done();
});

test('a part of another role is told, and not shown', async () => {
  const page = await view(browser);
  await enter(page, reviewer, '/desk/imports');
  await page.waitForSelector('.problem');
  assert.match(await page.innerText('.problem'), /您的角色没有这一部分/);
  await proper(page, 'work-forbidden-1280');
  await page.done();
});

test('one ends another session of his own, and changes his password', async () => {
  const who = await hired('reviewer');
  const page = await view(browser);
  const other = await view(browser);
  await enter(other, who, '/desk');
  await enter(page, who, '/account');
  await page.waitForFunction(() => document.querySelectorAll('#own-sessions ~ table tbody tr').length === 2);
  await everyWidth(page, 'account-zh-CN', (one) => one.waitForSelector('#own-sessions'));
  await page.click('#own-sessions ~ table button');
  await page.waitForFunction(() => document.querySelectorAll('#own-sessions ~ table tbody tr').length === 1);
  await other.reload();
  await other.waitForURL(/\/login/);
  await page.click('button:has-text("修改密码")');
  const password = newPassword();
  await typeIn(page, { '/password': 'not the present one', '/new_password': password, '/again': password });
  await page.click('text=确认修改');
  await page.waitForSelector('#f-password-error');
  await typeIn(page, { '/password': who.password });
  await page.click('text=确认修改');
  await page.waitForURL(/\/login\?to=\/account/);
  await fill(page, { ...who, password }, { '/totp': who.recovery.pop() });
  await page.press('#f-totp', 'Enter');
  await page.waitForURL(/\/account$/);
  await Promise.all([page.done(), other.done()]);
});

test('an approval wants a fresh code, and the proposal shows what it changes', async () => {
  const auditor = await hired('auditor');
  const page = await view(browser);
  await it.region('deskland'); // its own, so that others keep theirs
  await enter(page, operator, '/desk/policy');
  await page.selectOption('#policy-region', 'deskland');
  await page.fill('#policy-find', 'two_person');
  const row = page.locator('tr', { hasText: 'two_person_hours' });
  await row.locator('button').click();
  await row.locator('input').fill('30');
  const version = `d-${Date.now()}`;
  await typeIn(page, { '/payload/version': version });
  await proper(page, 'work-policy-1280');
  await page.click('text=提案（1 处变更）');
  await page.waitForURL(/done=proposed/);
  await page.waitForFunction((own) => [...document.querySelectorAll('article')].some(({ textContent }) =>
    textContent.includes(own) && /30/.test(textContent.replace(own, ''))), version);
  const approver = await view(browser);
  await enter(approver, auditor, '/desk/proposals');
  await it.sql(`UPDATE session SET stepped_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE account = '${auditor.account}'`);
  await approver.locator('article', { hasText: version }).locator('button.primary').click();
  await approver.waitForSelector('dialog[open] input');
  await approver.fill('dialog input', code(auditor.secret, 1));
  await approver.press('dialog input', 'Enter');
  await until(async () => must(await it.call('GET', '/v1/regions/deskland/policy?on=2099-01-01'), 200).policy.two_person_hours === 30, 'the policy');
  await Promise.all([page.done(), approver.done()]);
});

async function inEach(who, parts) {
  await twoAtATime([['zh-CN', 'light', '100'], ['en', 'light', '100'], ['zh-CN', 'dark', '150']], async ([locale, theme, care]) => {
    const page = await view(browser, { locale, theme, care });
    await enter(page, who, '/desk');
    for (const part of parts) {
      await page.goto(`${it.url}/desk${part}`);
      const ready = () => page.waitForFunction(() => document.querySelector('.desk-head') && !/正在加载|Loading/.test(document.querySelector('main').innerText));
      await ready();
      const name = `work-${who.role}${part.replaceAll('/', '-')}-${locale}-${theme}`;
      if (care === '100') await everyWidth(page, name, ready);
      else await proper(page, `${name}-${care}`);
    }
    await page.done();
  });
}

test('each part of an operator, in each width and language; dark, and in large type', () =>
  inEach(operator, ['', '/registrations', '/listings', '/declared', '/proposals', '/policy', '/calendar', '/imports', '/people']));

test('each part of a reviewer likewise', () => inEach(reviewer, ['', '/registrations', '/declared']));

test('logging in, registering and the account: both languages, large type, dark', () =>
  twoAtATime([['zh-CN', 'light', '100'], ['en', 'light', '100'], ['zh-CN', 'light', '150'], ['zh-CN', 'dark', '100'], ['zh-CN', 'dark', '150']],
    async ([locale, theme, care]) => {
      const page = await view(browser, { locale, theme, care });
      const seen = async (path, ready) => {
        await page.goto(`${it.url}${path}`);
        await page.waitForSelector(ready);
        await everyWidth(page, `${path.slice(1)}-${locale}-${theme}-${care}`, (is) => is.waitForSelector(ready));
      };
      await seen('/login', '#f-login');
      await seen('/register', '#f-uscc');
      await enter(page, operator, '/account');
      await page.waitForFunction(() => !/正在加载|Loading/.test(document.querySelector('main').innerText));
      await everyWidth(page, `account-${locale}-${theme}-${care}`, (is) => is.waitForSelector('.desk-head'));
      await page.done();
    }));
