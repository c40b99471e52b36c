// The county of make run, an eighth of it: every state there is, by the public API
// alone; cut short and taken up again; each number of the first page reckoned anew.
// KLERO_COUNTY=1 is all of it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveThrough } from '../../ops/county.mjs';
import { planOf } from '../../ops/county_plan.mjs';
import { daemon, must, program, until } from './client.mjs';
import { root } from './installation.mjs';
import { differences, readEvents } from '../tools/recompute.mjs';

const DAY_MS = 86_400_000;
const WAIT_MS_MAX = 600_000;
const part = Number(process.env.KLERO_COUNTY ?? 1 / 8);
const whole = JSON.parse(readFileSync(join(root, 'ops/data/county.json'), 'utf8'));
const county = { ...whole, notice: { ...whole.notice, beacon: 'none' } };
const from = `${new Date(Date.now() - county.days * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`;
const BEFORE_THE_END = 200 * DAY_MS; // when it is cut short

let it;
let load;
let plan;
before(async () => {
  it = await daemon({}, { rehearsal: from });
  const people = await it.people();
  people.reviewers = [await it.person('reviewer'), await it.person('reviewer')];
  const key = join(it.home, 'operator.key');
  writeFileSync(key, `${people.operator.token}\n`, { mode: 0o400 });
  for (const [what, file] of [['approval-items', 'approval_items.csv'], ['categories', 'categories.csv']]) {
    const { status, stderr } = program('klero', ['admin', '--url', it.url, '--key', key, what, join(root, 'ops/data', file)]);
    assert.equal(status, 0, stderr);
  }
  const secret = randomBytes(32).toString('hex');
  load = () => liveThrough({ url: it.url, socketPath: it.settings.admin_socket, county, people, secret, part });
});
after(() => it.stop());

const home = async () => must(await it.call('GET', '/v1/home'), 200);
const head = async () => Number((await it.sql('SELECT size FROM log_head'))[0]);
const events = () => readEvents(async (path) => must(await it.call('GET', path), 200));

// How many bodies, listings or qualifications of a plan have this fate.
const fates = (list, name = 'fate') => list.reduce((all, one) => ({ ...all, [one[name]]: (all[one[name]] ?? 0) + 1 }), {});

test('a load that is cut short goes on where it was', async () => {
  const cut = assert.rejects(load());
  // All of it may take minutes, where the machine is busy.
  for (const end = Date.now() + WAIT_MS_MAX; (await it.now()).getTime() < Date.now() - BEFORE_THE_END; await sleep(20))
    assert.ok(Date.now() < end, 'the middle of it did not come');
  await it.kill();
  await cut;
  const before = await head();
  await it.start();
  plan = await load();
  assert.ok(await head() > before);
});

test('loading it again changes nothing', async () => {
  const size = await until(async () => {
    const is = await head();
    return (await home()).log_size === is && is;
  }, 'the last of it');
  await load();
  assert.equal(await head(), size);
});

test('institutions and registrations in every state', async () => {
  const registrations = fates(plan.bodies);
  const afterwards = fates(plan.bodies.filter((body) => body.after), 'after');
  const entered = ['passed', 'mended', 'deemed', 'late', 'contested'].reduce((sum, fate) => sum + registrations[fate], 0);
  const { institutions, registrations: shown, form_checks: checks, sanctions } = await home();
  const removed = afterwards.removed + afterwards.blacklisted;
  assert.deepEqual(institutions, { active: entered - removed - afterwards.suspended - afterwards.left,
    suspended: afterwards.suspended, removed, withdrawn: afterwards.left });
  assert.deepEqual(shown, { draft: registrations.draft, submitted: registrations.submitted, returned: registrations.returned,
    publicity: registrations.publicity, entered, rejected: registrations.rejected + registrations.contested,
    withdrawn: registrations.withdrawn, lapsed: registrations.lapsed });
  assert.deepEqual([checks.deemed, checks.overdue, checks.decided - checks.on_time],
    [registrations.deemed, 0, registrations.late + 2 * registrations.contested]);
  assert.deepEqual(sanctions, { imposed: removed + afterwards.suspended + afterwards.commended + afterwards.warned,
    expired: afterwards.served, repaired: afterwards.repaired });
  assert.ok([...Object.values(institutions), ...Object.values(shown), ...Object.values(sanctions)].every((count) => count > 0));
});

test('qualifications that were renewed, expired, are about to', async () => {
  const wanted = fates(plan.bodies.filter((body) => body.qualification), 'qualification');
  const { qualifications } = await home();
  assert.deepEqual([qualifications.declared, qualifications.dropped, qualifications.replaced, qualifications.revoked, qualifications.paused, qualifications.expiring],
    [wanted.declared, wanted.refused, wanted.renewed, wanted.revoked, wanted.expired + wanted.paused, wanted.expiring]);
  const kinds = new Set((await events()).map(({ kind }) => kind));
  for (const kind of ['reminded', 'resumed', 'confirmed', 'paused'])
    assert.ok(kinds.has(`qualification.${kind}`), kind);
});

test('listings in every state, their versions, their fees that rise and fall', async () => {
  const listings = plan.bodies.flatMap((body) => body.listings.map((listing) => ({ ...listing, left: body.after === 'left' })));
  const wanted = fates(listings);
  const left = listings.filter((listing) => listing.left).length;
  const { listings: shown, offers } = await home();
  assert.deepEqual(shown, { draft: wanted.draft + wanted.returned, check: wanted.check, paused: wanted.paused, withdrawn: wanted.withdrawn + left,
    published: listings.length - left - ['draft', 'returned', 'check', 'paused', 'withdrawn'].reduce((sum, fate) => sum + wanted[fate], 0) });
  assert.ok(offers.categories >= 40 && offers.single > 0, JSON.stringify(offers));
  const revised = (await events()).filter(({ kind }) => kind === 'listing.revised' || kind === 'listing.published');
  const fees = new Map();
  const changes = new Set();
  for (const { subject, data } of revised) {
    const of = data.fee.min_fen ?? data.fee.base_fen;
    changes.add(Math.sign(of - (fees.get(subject) ?? of)));
    fees.set(subject, of);
  }
  assert.deepEqual([...changes].sort(), [-1, 0, 1]);
  const most = Math.max(...revised.map(({ data }) => data.version));
  assert.ok(most >= 4, `at most ${most} versions`);
});

test('over eighteen months, and each number can be reckoned again', async () => {
  const all = await events();
  const joined = all.find(({ kind }) => kind === 'rehearsal.joined');
  assert.ok(Date.parse(joined.at) - Date.parse(all[0].at) >= 547 * DAY_MS);
  assert.ok(new Set(all.map(({ at }) => at.slice(0, 7))).size >= 12, 'something happens in most months');
  assert.deepEqual(differences(await home(), all), []);
  const { running, notices } = await home();
  assert.deepEqual([running.length, notices.failed], [2, 4]);
});

test('bodies of the whole county: 290 besides the ten who draw, each with its own name and valid code', async () => {
  const catalogue = new Map((must(await it.call('GET', '/v1/categories?limit=200'), 200).items).map((one) => [one.id, { ...one, code: one.id }]));
  const options = { begin: Date.parse(from), part: 1 };
  const { bodies } = planOf(county, catalogue, options);
  assert.equal(bodies.length + county.institutions.length, 300);
  assert.equal(bodies.reduce((sum, body) => sum + body.listings.length, county.institutions.length), 1200);
  assert.equal(new Set([...bodies, ...county.institutions].map(({ uscc }) => uscc)).size, 300);
  assert.equal(new Set(bodies.map(({ name }) => name)).size, 290);
  const { status, stdout } = program('klero', ['uscc', ...bodies.map(({ uscc }) => uscc)]);
  assert.equal(status, 0, stdout);
  assert.equal(JSON.stringify(planOf(county, catalogue, options)), JSON.stringify(planOf(county, catalogue, options)), 'the same every time');
});

test('what is there is what the log tells', async () => {
  assert.deepEqual((await it.fsck()).findings, []);
});
