// Whatever opens in the workbenches, in English: no Chinese word of ours is left, no
// finding of axe, in each width. Data of others stays as it is, and says so.
import { before, test } from 'node:test';
import { anOffer } from '../api/builders.mjs';
import { must } from '../api/client.mjs';
import { digestOf, registering } from '../api/registering.mjs';
import { everyWidth, view } from './browser.mjs';
import { desk } from './desk_people.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { hired, enter, typeIn, setUp } = desk(it);
const { entered, submitted } = registering(it);
const day = (after) => new Date(Date.now() + (8 * 3600 + after * 86400) * 1000).toISOString().slice(0, 10);
const loaded = (page) => page.waitForFunction(() => document.querySelector('.desk-head') && !/正在加载|Loading/.test(document.querySelector('main').innerText));
const qualification = { kind: '地震安全性评价', scopes: ['评价'], number: 'E-1', issuer: '省局', valid_from: '2020-01-01', valid_until: day(20), evidence: digestOf('of an earthquake') };

let institution, draft, proposed;
before(async () => {
  const { operator } = await it.people();
  must(await it.call('POST', '/v1/categories', { key: operator, body: { code: 'E01', service: '地震安全性评价' } }));
  const who = await entered({ qualifications: [qualification] });
  const { uscc } = who.body;
  must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: 'E01', service_name: '示例评价' }) }));
  draft = must(await it.call('POST', '/v1/listings', { key: who, body: anOffer({ category: 'E01', service_name: '示例评价之二' }) }));
  must(await it.call('POST', `/v1/listings/${draft.id}/submission`, { key: who, body: {} }), 200);
  must(await it.call('POST', '/v1/qualifications', { key: who, body: { ...qualification, number: 'E-2', valid_until: day(900) } }));
  must(await it.call('POST', '/v1/affiliations', { key: who, body: { held: uscc, kind: 'parent', holder: operator.organisation } }));
  const { setup } = must(await it.call('POST', '/v1/accounts', { key: operator, body: { organisation: uscc, role: 'institution' } }));
  institution = await setUp({ role: 'institution', organisation: uscc, account: setup.account, code: setup.code });
});

const open = (selector) => (page) => page.locator(selector).first().click();
const send = (page) => page.locator('form button[type=submit].primary').last().click();

// [part, what opens there, what shows that it did], by whom.
const opened = {
  institution: [
    ['/desk', async () => {}, '.task'],
    ['/desk/listings', open('button:has-text("Pause")'), 'form.reason'],
    ['/desk/listings', open('button:has-text("Withdraw")'), 'form.reason'],
    ['/desk/listings/new', send, '.faults li'],
    ['/desk/qualifications', async (page) => { await open('button.primary[aria-expanded]')(page); await send(page); }, '.faults li'],
    ['/desk/qualifications', open('button:has-text("Renew")'), '#f-number'],
    ['/desk/staff', async (page) => { await open('button.primary[aria-expanded]')(page); await send(page); }, '.faults li'],
    ['/desk/ties', async (page) => { await open('button.primary[aria-expanded]')(page); await send(page); }, '.faults li'],
    ['/desk/ties', open('td button[aria-expanded]'), 'form.reason'],
    ['/account', open('#own-secrets ~ p button >> nth=0'), '#f-new_password'],
    ['/account', open('#own-secrets ~ p button >> nth=1'), '.totp svg'],
    ['/account', open('#own-secrets ~ p button >> nth=2'), '#f-password'],
    ['/account', async (page) => {
      await open('#delegations ~ p button')(page);
      await typeIn(page, { '/delegate': 'nobody-here', '/capacity': 'agent', '/valid_from': day(0), '/valid_until': day(9) });
      await send(page);
    }, '#f-delegate-error'],
  ],
  operator: [
    ['/desk', async () => {}, '.task'],
    ['/desk/registrations/{registration}', open('.decide button[aria-expanded]'), '#f-reason-reject'],
    ['/desk/registrations/{registration}', open('.check button'), '.defect textarea'],
    ['/desk/listings/{listing}', open('.check button'), '.defect textarea'],
    ['/desk/declared', open('td button[aria-expanded]'), 'form.reason'],
    ['/desk/policy', open('td button.quiet'), '.defect input'],
    ['/desk/calendar', async (page) => { await open('summary')(page); await page.click('details form button.primary'); }, '.faults li'],
    ['/desk/people', async (page) => { await page.fill('#f-organisation', '91110000600037341L'); await open('form button.primary')(page); }, '.faults'],
    ['/desk/imports', (page) => page.setInputFiles('#import-file', { name: 'categories.csv', mimeType: 'text/csv',
      buffer: Buffer.from('code,service,cap_days,cap_unit\nZ02,rescue,x,workday\nZ03,survey,3,workday\n') }), 'td .bad-text'],
  ],
  supervisor: [
    ['/desk/proposals', open('article button[aria-expanded]'), 'form.reason'],
  ],
};

async function inEnglish(who, role, fill = (path) => path) {
  const page = await view(browser, { locale: 'en' });
  await enter(page, who, '/desk');
  for (const [index, [path, act, ready]] of opened[role].entries()) {
    await page.goto(`${it.url}${fill(path)}`);
    await loaded(page);
    await act(page);
    const shown = (one) => one.waitForSelector(ready);
    await shown(page);
    await everyWidth(page, `english-${role}-${index}`, shown);
  }
  await page.done();
}

test('what an institution opens', () => inEnglish(institution, 'institution'));

test('what an operator opens', async () => {
  const { id } = await submitted({ qualifications: [qualification] });
  await inEnglish(await hired('operator'), 'operator', (path) => path.replace('{registration}', id).replace('{listing}', draft.id));
});

test('what a supervisor opens', async () => {
  const { operator } = await it.people();
  proposed = must(await it.call('POST', '/v1/proposals', { key: operator, body: { act: 'institution.suspend', subject: institution.organisation, payload: { reason: '示例' } } }));
  await inEnglish(await hired('supervisor'), 'supervisor');
});

test('registering: all that is wrong', async () => {
  const page = await view(browser, { locale: 'en', url: `${it.url}/register` });
  await page.waitForSelector('#f-uscc');
  await page.click('#f-qualifications');
  await page.click('#f-affiliations');
  await send(page);
  const shown = (one) => one.waitForSelector('.faults li');
  await shown(page);
  await everyWidth(page, 'english-register', shown);
  await page.done();
});

test('the dialogs over whatever is being done: a code, the end of a session', async () => {
  const supervisor = await hired('supervisor');
  const page = await view(browser, { locale: 'en' });
  await enter(page, supervisor, '/desk/proposals');
  await it.sql(`UPDATE session SET stepped_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE account = '${supervisor.account}'`);
  await page.locator('article button.primary').first().click();
  await page.waitForSelector('dialog[open] #f-guard-totp');
  await page.fill('#f-guard-totp', '000000');
  await page.press('#f-guard-totp', 'Enter');
  const refused = (one) => one.waitForSelector('dialog[open] .faults');
  await refused(page);
  await everyWidth(page, 'english-guard-code', refused);
  await page.locator('dialog button[type=button]').click();
  await page.waitForSelector('dialog:not([open])', { state: 'attached' });
  await it.sql(`UPDATE session SET ended_at = UTC_TIMESTAMP(6) WHERE account = '${supervisor.account}'`);
  await page.locator('article button.primary').first().click();
  const ended = (one) => one.waitForSelector('dialog[open] #f-login');
  await ended(page);
  await everyWidth(page, 'english-guard-ended', ended);
  await page.done();
  must(await it.call('POST', `/v1/proposals/${proposed.id}/withdrawal`, { key: (await it.people()).operator, body: {} }), 200);
});

test('the dialog before a session ends', async () => {
  const page = await view(browser, { locale: 'en' });
  await page.clock.install();
  await enter(page, await hired('reviewer'), '/desk');
  await page.clock.fastForward((900 - 100) * 1000);
  const warned = (one) => one.waitForSelector('dialog[open] button');
  await warned(page);
  await everyWidth(page, 'english-guard-warn', warned);
  await page.done();
});
