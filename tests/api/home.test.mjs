// The first page's numbers: each is what the published events come to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { daemon, must, until } from './client.mjs';
import { anOffer } from './builders.mjs';
import { digestOf, registering } from './registering.mjs';
import { differences, readEvents, recompute } from '../tools/recompute.mjs';

const DAY = 86_400;
const FROM = '2019-05-06T02:00:00Z'; // a Monday, so that years can pass

let it;
let its;
before(async () => {
  it = await daemon({}, { rehearsal: FROM });
  its = registering(it);
  await its.keeper();
});
after(() => it.stop());

const home = async (options) => must(await it.call('GET', '/v1/home', options), 200);
const post = async (key, path, body = {}) => must(await it.call('POST', path, { key, body }), path.split('/').length === 3 ? 201 : 200);

// The page as it is when nothing more happens, and the events it is made of.
async function shown() {
  const size = Number((await it.sql('SELECT size FROM log_head'))[0]);
  const events = await until(async () => {
    const all = await readEvents(async (path) => must(await it.call('GET', path), 200));
    return all.length >= size && all;
  }, 'all of it is published');
  const offered = events.findLast(({ kind }) => /^(listing|institution|category)\./.test(kind))?.index ?? -1;
  const page = await until(async () => {
    const seen = await home();
    return seen.log_size >= size && seen.offers?.log_size > offered && seen;
  }, 'the page');
  return { page, events };
}

async function agrees() {
  const { page, events } = await shown();
  assert.deepEqual(differences(page, events), []);
  return page;
}

test('of a service with nothing in it', async () => {
  const page = await agrees();
  assert.equal(page.institutions.active, 0);
  assert.deepEqual(page.offers, { log_size: page.offers.log_size, listings: 0, suppliers: 0, categories: 0, single: 0, median_workdays: 0 });
  assert.deepEqual([page.running, page.next, page.results], [[], [], []]);
});

test('institutions, registrations and form checks in each state', async () => {
  const keeper = await its.keeper();
  const before = await home();
  await its.begin();
  await its.submitted();
  const returned = await its.submitted();
  await it.moveBy(3600);
  must(await its.act(keeper, returned, 'return', { defects: [{ field: '/licence', code: 'unreadable', words: '看不清' }] }), 200);
  const rejected = await its.submitted();
  must(await its.act(keeper, rejected, 'rejection', { reason: '不是中介机构' }), 200);
  must(await its.act(keeper, returned, 'rejection', { reason: '不再办理' }), 200); // it was checked once
  const gone = await its.submitted();
  must(await its.act(gone, gone, 'withdrawal'), 200);
  const [left, bad, worst] = [await its.entered(), await its.entered(), await its.entered()];
  must(await it.call('POST', `/v1/institutions/${left.uscc}/withdrawal`, { key: left, body: {} }), 200);
  const { supervisor } = await it.people();
  for (const [who, measure, months] of [[bad, 'suspend', 1], [worst, 'remove', 0]])
    await it.twoPersons(keeper, supervisor, 'sanction.impose', who.uscc, { measure, months, basis: '某办法', reason: '放弃中选',
      evidence: digestOf('x'), notified: '2019-05-01', hearing: 'held', heard: '2019-05-03' });
  const now = await agrees();
  assert.deepEqual(now.institutions, { active: 0, suspended: 1, removed: 1, withdrawn: 1 });
  assert.deepEqual(now.registrations, { draft: 1, submitted: 1, returned: 0, publicity: 0, entered: 3, rejected: 2, withdrawn: 1, lapsed: 0 });
  assert.equal(now.form_checks.decided - before.form_checks.decided, 5); // the return, a rejection, three passes
  assert.equal(now.form_checks.on_time, now.form_checks.decided);
  assert.equal(now.form_checks.median_s, 0);
});

test('what time does: silence, lapses, reminders, expiries', async () => {
  const { uscc, ...first } = (await its.submitted()).body;
  await its.submitted({ ...first, uscc }); // two of one code: neither passes by silence
  await its.entered({ qualifications: [{ kind: '工程咨询单位', scopes: [], number: 'N1', issuer: '某局', valid_from: '2018-01-01',
    valid_until: '2019-07-20', evidence: digestOf('one') }, { kind: '测绘', scopes: [], number: 'N2', issuer: '某局', valid_from: '2018-01-01',
    valid_until: '2019-08-30', evidence: digestOf('two') }] });
  await it.moveBy(75 * DAY);
  let page = await agrees();
  assert.deepEqual([page.form_checks.deemed, page.form_checks.overdue, page.registrations.lapsed, page.sanctions.expired], [1, 2, 1, 1]);
  assert.deepEqual([page.qualifications.active, page.qualifications.expiring], [2, 2]);
  await it.moveBy(5 * DAY);
  page = await agrees();
  assert.deepEqual([page.qualifications.active, page.qualifications.paused, page.qualifications.expiring], [1, 1, 1]);
  const [late] = must(await it.call('GET', `/v1/registrations?uscc=${uscc}`, { key: await its.keeper() }), 200).items;
  must(await its.act(await its.keeper(), late, 'pass'), 200);
  const { form_checks: checks } = await agrees();
  assert.deepEqual([checks.overdue, checks.decided - checks.on_time], [1, 1]);
});

test('listings in each state, and what is offered', async () => {
  const { operator } = await it.people();
  const category = await it.category();
  await post(operator, '/v1/categories', { code: 'B01', phase: '施工许可', service: '规划编制', approval_item: '规划许可', authority: '规划' });
  const [one, other, third] = [await its.entered(), await its.entered(), await its.entered()];
  const draft = (who, of, members) => post(who, '/v1/listings', anOffer({ category: of, ...members }));
  const onListing = (who, { id }, what, body) => post(who, `/v1/listings/${id}/${what}`, body);
  const listed = async (who, of, members) => {
    const made = await draft(who, of, members);
    await onListing(who, made, 'submission');
    return onListing(operator, made, 'publication');
  };
  await listed(one, category, { promised_days: 9 });
  await listed(other, category, { promised_days: 5 });
  await listed(other, 'B01', { promised_days: 7, deadline_unit: 'day' });
  let page = await agrees();
  assert.deepEqual({ ...page.offers, log_size: 0 }, { log_size: 0, listings: 3, suppliers: 2, categories: 2, single: 1, median_workdays: 5 });
  await onListing(one, await listed(one, 'B01'), 'pause');
  const back = await draft(third, 'B01');
  await onListing(third, back, 'submission');
  await onListing(operator, back, 'return', { defects: [{ member: 'materials', words: '不全' }] });
  await onListing(third, await draft(third, 'B01'), 'submission');
  await onListing(third, await draft(third, 'B01'), 'withdrawal');
  const last = await listed(third, category, { promised_days: 11 });
  await post(third, `/v1/listings/${last.id}/revision`, (({ category: _, ...said }) => said)(anOffer({ category, promised_days: 10 })));
  page = await agrees();
  assert.deepEqual(page.listings, { draft: 1, check: 1, published: 4, paused: 1, withdrawn: 1 });
  assert.equal(page.offers.median_workdays, 9);
  // What is offered by nobody who is on the roll, or of no category in force, is not.
  must(await it.call('POST', `/v1/institutions/${third.uscc}/withdrawal`, { key: third, body: {} }), 200);
  await post(operator, '/v1/categories/B01/retirement');
  page = await agrees();
  assert.deepEqual({ ...page.offers, log_size: 0 }, { log_size: 0, listings: 3, suppliers: 2, categories: 1, single: 0, median_workdays: 5 });
  assert.deepEqual(page.categories, { active: 1, retired: 1 });
});

test('notices that run, at most five, those that close first', async () => {
  const { owner } = await it.people();
  const seconds = [6000, 2000, 5000, 1000, 4000, 3000].map((n) => n + 40 * DAY);
  const notices = [];
  for (const signup_s of seconds)
    notices.push(await it.aNotice({ owner, signup_s }));
  const { running, notices: counts } = await agrees();
  assert.equal(counts.open, 6);
  assert.deepEqual(running.map(({ notice }) => notice), [3, 1, 5, 4, 2].map((i) => notices[i].id));
  await it.moveTo(notices[3].signup_close);
  assert.deepEqual((await agrees()).running.map(({ notice }) => notice), [1, 5, 4, 2, 0].map((i) => notices[i].id));
  await it.moveBy(3 * DAY);
  assert.deepEqual((await agrees()).notices, { open: 0, closed: 0, judged: 0, failed: 6 });
});

test('draws: when each goes on, and what came out last', async () => {
  await it.policy({ draw: { objection: { n: 1, unit: 'hour' }, commit: { n: 2, unit: 'hour' }, reveal: { n: 3, unit: 'hour' }, withheld: 'continue' } });
  const institutions = [];
  for (let i = 0; i < 3; i++)
    institutions.push(await it.institution());
  const draws = [];
  for (let i = 0; i < 7; i++) {
    const notice = await it.aNotice({ signup_s: 3 * DAY + i });
    for (const who of institutions)
      must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    draws.push(it.drawOf(notice, institutions, (await it.people()).parties));
  }
  const states = (page) => page.next.map(({ draw, state }) => [draws.findIndex(({ id }) => id === draw), state]);
  await it.moveTo(draws[6].notice.signup_close);
  const first = await agrees();
  assert.deepEqual(states(first), [0, 1, 2, 3, 4].map((i) => [i, 'drafted']));
  await it.moveBy(3600);
  assert.deepEqual(states(await agrees()), [0, 1, 2, 3, 4].map((i) => [i, 'declared']));
  for (const draw of draws.slice(0, 6)) // nobody plays the last one
    for (const name of Object.keys(draw.parties))
      must(await draw.commit(name));
  await it.moveBy(2 * 3600);
  assert.deepEqual(states(await agrees()), [0, 1, 2, 3, 4].map((i) => [i, 'locked']));
  for (const draw of draws.slice(0, 6))
    for (const name of Object.keys(draw.parties))
      must(await draw.reveal(name));
  await it.moveBy(4 * 3600);
  const last = await agrees();
  assert.deepEqual([last.next, last.outcomes, last.draws.closed], [[], { result: 6, failed: 1, void: 0 }, 7]);
  assert.deepEqual(last.results.map(({ draw }) => draws.findIndex(({ id }) => id === draw)).sort(), [1, 2, 3, 4, 5]);
  assert.ok(last.results.every(({ names, entrants }) => names.length === 1 && entrants === 3));
});

// A number that is not what the events say is found, whichever it is.
test('each number that is altered is found', async () => {
  const { page, events } = await shown();
  delete page.rehearsal;
  assert.deepEqual(differences(page, events), []);
  let altered = 0;
  const alter = (object) => {
    for (const [name, value] of Object.entries(object)) {
      if (value !== null && typeof value === 'object') {
        alter(value);
        continue;
      }
      if (name === 'log_size')
        continue; // it says which events
      object[name] = typeof value === 'number' ? value + 1 : `${value}x`;
      assert.notDeepEqual(differences(page, events), [], `${name}: ${value}`);
      object[name] = value;
      altered++;
    }
  };
  alter(page);
  assert.ok(altered > 60, `${altered} numbers`);
  const less = events.filter(({ kind }) => kind !== 'registration.deemed');
  assert.ok(differences(page, less).some(([path]) => path === '/form_checks/deemed'), 'nor is an event left out');
});

test('it is kept ready, and made anew when something has changed', async () => {
  const { headers } = await it.call('GET', '/v1/home');
  const tag = headers.get('etag');
  assert.equal((await it.call('GET', '/v1/home', { headers: { 'if-none-match': tag } })).status, 304);
  const { log_size: size } = await agrees();
  await its.begin();
  const page = await agrees();
  assert.ok(page.log_size > size);
  assert.notEqual((await it.call('GET', '/v1/home')).headers.get('etag'), tag);
});

test('a restart forgets nothing', async () => {
  const page = await agrees();
  await it.stopDaemon();
  await it.start();
  const again = await agrees();
  for (const name of ['form_checks', 'registrations', 'results', 'listings'])
    assert.deepEqual(again[name], page[name], name);
  assert.deepEqual((await it.fsck()).findings, []);
});
