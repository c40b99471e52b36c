// Who may do what: every route by every role, against the reviewed table rights.csv.
//
// A line: route, what it is asked about, then one cell for each of COLUMNS: the
// status of a success, or the slug of a refusal. About `any` and `absent` (an object
// that is not there) every route has a line, with the body {}; `own`, `foreign` and
// `wrong` (its own, in a state where that cannot be done) have one where FIXTURES makes
// such an object. A cell that is empty is that of the line before: nothing depends on
// the object. What is not found is answered alike, byte by byte, whether it is there.
//
// To add rows for a new route: run this test; it prints the line that is missing as it
// is answered now. Review each cell before it goes into the table. For an object, add a
// line to FIXTURES and rows `own`, `foreign`, `wrong`.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as shared from './client.mjs';
import { adminCall, aNotice, call, category, institution, must, people, person, policy, twoPersons, until } from './client.mjs';
import { anOffer } from './builders.mjs';
import { digestOf, pdf, uploading } from './evidences.mjs';
import { root } from './installation.mjs';
import { newUscc, sha256 } from './keys.mjs';
import { persons } from './persons.mjs';
import { registering } from './registering.mjs';

// nobody: no key; ended: a session that was ended; reader: an owner's key to read.
// coded, uncoded: an owner's session with a fresh code, and with none; agent, lapsed: who
// acts for an owner by a delegation for his notices, and by one that has expired; signer:
// an institution's key to sign up; registrant: whose institution is not on the roll yet;
// suspended: whose institution is.
const COLUMNS = ['nobody', 'ended', 'reader', 'owner', 'institution', 'reviewer', 'authority',
  'operator', 'supervisor', 'auditor', 'admin', 'coded', 'uncoded', 'agent', 'lapsed', 'signer', 'registrant', 'suspended'];
// Only of a rehearsal, or served where there are pages.
const OTHERS = /^(GET|POST) (\/v1\/rehearsal\/|\/$|\/draws|\/verify|\/assets|\/favicon)/;

const [head, ...lines] = readFileSync(join(root, 'tests/api/rights.csv'), 'utf8').trimEnd().split('\n').map((line) => line.split(','));
const table = new Map(lines.map(([route, what, ...cells]) => [`${route} ${what}`, cells]));

// Each has what call() takes for him; `maker` is who makes his objects where he cannot.
const keys = {};
const { begin, submitted, entered, keeper } = registering(shared);
const { upload } = uploading(shared);
const { invited, setUp, login } = persons({ call, adminCall });
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
const HOUR = 3_600_000;

async function keyOf(organisation, role, scopes) {
  const token = randomBytes(32).toString('hex');
  must(await adminCall('POST', '/v1/accounts', { body: { organisation, role, key_hash: sha256(token), ...scopes && { scopes } } }));
  return { token, role, organisation };
}

// Somebody of another organisation, for an owner, until then.
async function actsFor(until_ms, scopes) {
  const [maker, agent] = [await person('owner'), await person('authority')];
  const { id } = must(await call('POST', '/v1/delegations', { key: maker, body: { delegate: agent.account, capacity: 'agent', scopes,
    valid_from: iso(Date.now() - HOUR), valid_until: iso(Date.now() + until_ms) } }));
  must(await call('POST', `/v1/delegations/${id}/acceptance`, { key: agent, body: {} }), 200);
  return { ...agent, maker, headers: { 'klero-for': maker.organisation } };
}

async function anInstitution() {
  const made = await entered();
  return { ...made, role: 'institution', organisation: made.uscc };
}

async function inSession(options) {
  const who = await login(await setUp(await invited('owner'), options));
  return { ...who, maker: { ...await keyOf(who.organisation, 'owner'), account: who.account } };
}

let routes;
before(async () => {
  const made = await people();
  await policy();
  await keeper();
  for (const role of ['owner', 'operator', 'supervisor', 'auditor'])
    keys[role] = made[role];
  keys.institution = await anInstitution();
  keys.reviewer = await person('reviewer');
  keys.authority = await person('authority');
  keys.ended = await inSession();
  must(await call('POST', '/v1/sessions/current/end', { key: keys.ended, body: {} }), 200);
  keys.reader = await keyOf(keys.owner.organisation, 'owner', 'read');
  [keys.coded, keys.uncoded] = [await inSession(), await inSession({ totp: false })];
  [keys.agent, keys.lapsed] = [await actsFor(HOUR, 'read notices'), await actsFor(3000, 'read notices signup registration')];
  const signing = await anInstitution();
  keys.signer = { ...await keyOf(signing.uscc, 'institution', 'signup'), uscc: signing.uscc, maker: signing };
  const draft = await begin();
  keys.registrant = { ...draft, uscc: undefined, role: 'institution', organisation: draft.id, registration: draft.id };
  keys.suspended = { ...await anInstitution(), suspended: true };
  await twoPersons(made.operator, made.supervisor, 'institution.suspend', keys.suspended.uscc, { reason: '测试' });
  await until(async () => (await call('GET', '/v1/accounts/me', { key: keys.lapsed, headers: keys.lapsed.headers })).status === 403, 'the end of it');
  ({ routes } = must(await call('GET', '/v1'), 200));
  routes = routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !OTHERS.test(route));
});

// How often an answer was held to the table.
let checks = 0;
const CHECKS_MIN = 3000;

const whatOf = (route) => (route.includes('{') ? 'absent' : 'any');
const cellOf = ({ status, body }) => (status < 400 ? String(status) : body?.code ?? String(status));

function ask(column, route, { id = 'absent', body = {}, headers } = {}) {
  const [method, path] = route.split(' ');
  const to = column === 'admin' ? adminCall : call;
  return to(method, path.replace(/\{[^}]*\}/, id).replace(/\{[^}]*\}/g, 'absent'),
    { key: column === 'admin' ? undefined : keys[column], headers: { ...keys[column]?.headers, ...headers }, ...method === 'POST' && { body } });
}

// Who withdraws, answers, revokes …: an object of his own, of another, or past that.
const suspended = async () => (await institution()).account;
async function account(role) {
  if (role !== 'institution')
    return (await person(role)).account;
  return suspended();
}
async function waiting(uscc) {
  return must(await adminCall('POST', '/v1/accounts', { body: { organisation: uscc, role: 'institution' } })).id;
}
async function revoked(id) {
  must(await adminCall('POST', `/v1/accounts/${id}/revocation`, { body: {} }), 200);
  return id;
}
async function signup(who, { withdrawn } = {}) {
  const notice = await aNotice({ signup_s: 300 });
  const { id } = must(await call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  if (withdrawn)
    must(await call('POST', `/v1/signups/${id}/withdrawal`, { key: who, body: {} }), 200);
  return id;
}
async function listing({ withdrawn } = {}) {
  const { operator } = keys;
  const { uscc } = await institution({ categories: [] });
  const { id } = must(await call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: await category() }) }));
  if (withdrawn)
    must(await call('POST', `/v1/listings/${id}/withdrawal`, { key: operator, body: {} }), 200);
  return id;
}
async function proposal(who, { withdrawn } = {}) {
  const { uscc } = await institution();
  const subject = must(await adminCall('POST', '/v1/accounts', { body: who.role === 'operator'
    ? { organisation: uscc, role: 'institution' } : { organisation: who.organisation, role: who.role } })).id;
  const { id } = must(await call('POST', '/v1/proposals', { key: who, body: { act: 'account.reset', subject, payload: { reason: '测试' } } }));
  if (withdrawn)
    must(await call('POST', `/v1/proposals/${id}/withdrawal`, { key: who, body: {} }), 200);
  return id;
}
async function delegation(principal, delegate, { state } = {}) {
  const at = (hours) => iso(Date.now() + hours * HOUR);
  const { id } = must(await call('POST', '/v1/delegations', { key: principal,
    body: { delegate: delegate.account, capacity: 'agent', scopes: 'read', valid_from: at(-1), valid_until: at(1) } }));
  if (state === 'revoked')
    must(await call('POST', `/v1/delegations/${id}/revocation`, { key: principal, body: {} }), 200);
  return id;
}
async function session(role) {
  return (await login(await setUp(await invited(role)))).session;
}
const proposes = (who) => who.role && !who.registration;
const reason = { reason: '测试' };
const any = { headers: { 'if-match': '*' } };
const evidence = digestOf('a right');
// Who has nothing of his own, is asked about somebody else's.
const ofRoll = (who) => (who.uscc && !who.suspended ? who : keys.institution);
async function file(who) {
  return must(await upload(who, pdf(String(Math.random())))).id;
}
async function staff(who) {
  return must(await call('POST', '/v1/staff', { key: who, body: { kind: '测试', insured_months: 99, evidence, person_name: '某人',
    person_number: randomBytes(9).toString('hex').toUpperCase(), registration_number: 'Z12345678' } })).id;
}
// Of one's own, as a draft, or as far as it is to be.
async function offer(who, ...steps) {
  const { operator } = keys;
  const code = `R${randomBytes(4).toString('hex')}`; // one of a category is published
  must(await call('POST', '/v1/categories', { key: operator, body: { code, service: '某服务', basis: '某法' } }));
  const body = anOffer({ institution: who.uscc, category: code });
  const { id } = must(await call('POST', '/v1/listings', { key: who, body }));
  for (const step of steps)
    must(await call('POST', `/v1/listings/${id}/${step}`, { key: step === 'submission' ? who : operator, body: step === 'pause' ? reason : {}, ...any }), 200);
  return id;
}
const newcomer = () => anInstitution();
async function registration(to) {
  return { id: (await (to === 'draft' ? begin() : submitted())).id, ...any };
}
async function qualification(state, more) {
  const who = await newcomer();
  must(await upload(who, pdf('a right')));
  const { id } = must(await call('POST', '/v1/qualifications', { key: who, body: { kind: '测试', scopes: [], number: '1', issuer: '某',
    valid_from: '2020-01-01', valid_until: '2090-01-01', evidence } }));
  const steps = { declared: [], active: ['confirmation'], paused: ['confirmation', 'pause'] }[state];
  for (const step of steps)
    must(await call('POST', `/v1/qualifications/${id}/${step}`, { key: await keeper(), body: step === 'pause' ? reason : {}, ...any }), 200);
  return { id, ...any, ...more };
}
async function affiliation(who, { state, ...more } = {}) {
  const { id } = must(await call('POST', '/v1/affiliations', { key: who, body: { held: who.uscc ?? keys.institution.uscc,
    holder: newUscc(), holder_name: '某上级', kind: 'parent' } }));
  if (state === 'dropped')
    must(await call('POST', `/v1/affiliations/${id}/refusal`, { key: await keeper(), body: reason, ...any }), 200);
  return { id, ...any, ...more };
}
async function sanction({ uscc }) {
  const { operator, supervisor } = keys;
  await twoPersons(operator, supervisor, 'sanction.impose', uscc, { measure: 'reminder', months: 0, basis: '某办法', reason: '某事', evidence,
    notified: '2026-01-02', hearing: 'none' });
  const [{ id }] = must(await call('GET', `/v1/sanctions?institution=${uscc}`), 200).items;
  return { id, body: { repair: '已改', evidence }, ...any };
}
// To be approved by somebody of another organisation.
async function approvable(who) {
  const { account: subject } = who.role === 'operator' ? await invited('institution', keys.institution.uscc) : await invited(who.role, who.organisation);
  const { id, digest } = must(await call('POST', '/v1/proposals', { key: who, body: { act: 'account.reset', subject, payload: reason } }));
  return { id, body: { digest } };
}
async function item({ retired } = {}) {
  const { operator } = keys;
  const code = `R-${randomBytes(4).toString('hex')}`;
  must(await call('POST', '/v1/approval_items', { key: operator, body: { code, name: '某事项', authority: keys.authority.organisation, authority_name: '某局', basis: '某法' } }));
  if (retired)
    must(await call('POST', `/v1/approval_items/${code}/retirement`, { key: operator, body: {}, ...any }), 200);
  return { id: code, ...any };
}

// Each makes an object for the role that asks: its id, or that and a body.
const FIXTURES = {
  'POST /v1/accounts/{id}/invitation': {
    own: async () => waiting((await institution()).uscc),
    foreign: () => account('owner'),
    wrong: async () => revoked(await account('institution')),
  },
  'POST /v1/accounts/{id}/revocation': {
    own: () => account('institution'),
    foreign: () => account('owner'),
    wrong: async () => revoked(await account('institution')),
  },
  'POST /v1/sessions/{id}/end': { foreign: () => session('owner') },
  'POST /v1/sessions/{id}/step-up': { foreign: async () => ({ id: await session('owner'), body: { totp: '123456' } }) },
  'POST /v1/delegations/{id}/acceptance': {
    own: async (who) => (who.role === 'institution' ? 'absent' : delegation(await person('owner'), who)),
    foreign: async () => delegation(await person('owner'), await person('owner')),
    wrong: async (who) => (who.role === 'institution' ? 'absent' : delegation(await person('owner'), who, { state: 'revoked' })),
  },
  'POST /v1/delegations/{id}/revocation': {
    own: async (who) => delegation(who, await person('authority')),
    foreign: async () => delegation(await person('owner'), await person('owner')),
    wrong: async (who) => delegation(who, await person('authority'), { state: 'revoked' }),
  },
  'POST /v1/proposals/{id}/rejection': {
    own: async (who) => (proposes(who) ? { ...await approvable(who), body: reason } : 'absent'),
    foreign: async () => ({ ...await approvable(await person('owner')), body: reason }),
  },
  'POST /v1/proposals/{id}/withdrawal': {
    own: (who) => (proposes(who) ? proposal(who) : 'absent'),
    foreign: async () => proposal(await person('owner')),
    wrong: (who) => (proposes(who) ? proposal(who, { withdrawn: true }) : 'absent'),
  },
  'POST /v1/notices/{id}/signups': {
    own: async () => (await aNotice({ signup_s: 300 })).id,
    wrong: async () => {
      const { id } = await aNotice({ signup_s: 1 });
      await until(async () => must(await call('GET', `/v1/notices/${id}`), 200).state !== 'open', 'the close');
      return id;
    },
  },
  'POST /v1/notices/{id}/draws': {
    own: async (who) => (await aNotice({ owner: who, signup_s: 300 })).id,
    foreign: async () => (await aNotice({ owner: await person('owner'), signup_s: 300 })).id,
  },
  'GET /v1/signups/{id}': {
    own: (who) => signup(ofRoll(who)),
    foreign: async () => signup(await institution()),
  },
  'POST /v1/signups/{id}/withdrawal': {
    own: (who) => signup(ofRoll(who)),
    foreign: async () => signup(await institution()),
    wrong: (who) => signup(ofRoll(who), { withdrawn: true }),
  },
  'POST /v1/listings/{id}/withdrawal': {
    own: () => listing(),
    foreign: async () => offer(await newcomer(), 'submission', 'publication'),
    wrong: () => listing({ withdrawn: true }),
  },
  'POST /v1/listings/{id}/submission': {
    own: async (who) => ({ id: await offer(ofRoll(who)), ...any }),
    foreign: async () => ({ id: await offer(await newcomer()), ...any }),
    wrong: async (who) => ({ id: await offer(ofRoll(who), 'submission'), ...any }),
  },
  'POST /v1/listings/{id}/pause': {
    own: async (who) => ({ id: await offer(ofRoll(who), 'submission', 'publication'), body: reason, ...any }),
    foreign: async () => ({ id: await offer(await newcomer(), 'submission', 'publication'), body: reason, ...any }),
    wrong: async (who) => ({ id: await offer(ofRoll(who)), body: reason, ...any }),
  },
  'POST /v1/listings/{id}/resumption': {
    own: async (who) => ({ id: await offer(ofRoll(who), 'submission', 'publication', 'pause'), ...any }),
    foreign: async () => ({ id: await offer(await newcomer(), 'submission', 'publication', 'pause'), ...any }),
    wrong: async (who) => ({ id: await offer(ofRoll(who), 'submission', 'publication'), ...any }),
  },
  'POST /v1/listings/{id}/publication': {
    own: async () => ({ id: await offer(keys.institution, 'submission'), ...any }),
    wrong: async () => ({ id: await offer(keys.institution), ...any }),
  },
  'GET /v1/own/listings/{id}': {
    own: async (who) => offer(ofRoll(who)),
    foreign: async () => offer(await newcomer()),
  },
  'GET /v1/files/{id}': { own: async (who) => file(ofRoll(who)), foreign: async () => file(await newcomer()) },
  'GET /v1/files/{id}/content': { own: async (who) => file(ofRoll(who)), foreign: async () => file(await newcomer()) },
  'POST /v1/staff/{id}/departure': {
    own: async (who) => ({ id: await staff(ofRoll(who)), ...any }),
    foreign: async () => ({ id: await staff(await newcomer()), ...any }),
  },
  'GET /v1/institutions/{uscc}/staff/whole': { own: async (who) => ofRoll(who).uscc, foreign: async () => (await newcomer()).uscc },
  'GET /v1/institutions/{uscc}/profile/whole': { own: async (who) => ofRoll(who).uscc, foreign: async () => (await newcomer()).uscc },
  'GET /v1/registrations/{id}/whole': {
    own: (who) => who.registration ?? ofRoll(who).id,
    foreign: async () => (await begin()).id,
  },
  'POST /v1/registrations/{id}/submission': {
    own: (who) => ({ id: who.registration ?? 'absent', ...any }),
    foreign: async () => registration('draft'),
    wrong: (who) => ({ id: who.registration ?? 'absent', ...any }),
  },
  'POST /v1/registrations/{id}/pass': { own: () => registration('submitted'), wrong: () => registration('draft') },
  'POST /v1/registrations/{id}/rejection': {
    own: async () => ({ ...await registration('submitted'), body: reason }),
    wrong: async () => ({ ...await registration('draft'), body: reason }),
  },
  'POST /v1/qualifications/{id}/confirmation': { own: () => qualification('declared'), wrong: () => qualification('active') },
  'POST /v1/qualifications/{id}/refusal': { own: () => qualification('declared', { body: reason }), wrong: () => qualification('active', { body: reason }) },
  'POST /v1/qualifications/{id}/pause': { own: () => qualification('active', { body: reason }), wrong: () => qualification('paused', { body: reason }) },
  'POST /v1/qualifications/{id}/resumption': { own: () => qualification('paused'), wrong: () => qualification('declared') },
  'POST /v1/qualifications/{id}/revocation': { own: () => qualification('active', { body: reason }), wrong: () => qualification('declared', { body: reason }) },
  'POST /v1/affiliations/{id}/refusal': {
    own: async (who) => affiliation(ofRoll(who), { body: reason }),
    foreign: async () => affiliation(await newcomer(), { body: reason }),
    wrong: async (who) => affiliation(ofRoll(who), { body: reason, state: 'dropped' }),
  },
  'POST /v1/sanctions/{id}/repair': { own: async (who) => sanction(ofRoll(who)), foreign: async () => sanction(await newcomer()) },
  'POST /v1/proposals/{id}/approval': {
    own: (who) => (proposes(who) ? approvable(who) : 'absent'),
    foreign: async () => approvable(await person('owner')),
  },
  'POST /v1/approval_items/{code}/retirement': {
    own: () => item(),
    wrong: () => item({ retired: true }),
  },
};

// Roles for which the object may matter: the row before does not refuse them as such.
const depends = (cell) => !['unauthenticated', 'forbidden', 'scope'].includes(cell);

describe('the table of rights', () => {
  test('has the columns that are tried', () => assert.deepEqual(head, ['route', 'what', ...COLUMNS]));

  test('has every route, and no other', async () => {
    const missing = routes.filter((route) => !table.has(`${route} ${whatOf(route)}`));
    const told = [];
    for (const route of missing) {
      const cells = [];
      for (const column of COLUMNS)
        cells.push(cellOf(await ask(column, route)));
      told.push([route, whatOf(route), ...cells].join(','));
    }
    assert.ok(told.length === 0, `to be reviewed, then added to tests/api/rights.csv:\n${told.join('\n')}`);
    const known = new Set(routes.flatMap((route) => [whatOf(route), ...Object.keys(FIXTURES[route] ?? {})].map((what) => `${route} ${what}`)));
    assert.deepEqual([...table.keys()].filter((key) => !known.has(key)), []);
    for (const [key, cells] of table)
      assert.equal(cells.length, COLUMNS.length, key);
  });

  for (const [index, column] of COLUMNS.entries())
    test(`is what ${column} may do, about nothing that is there`, async () => {
      const wrong = [];
      for (const route of routes) {
        const cell = table.get(`${route} ${whatOf(route)}`)?.[index];
        const reply = await ask(column, route);
        checks++;
        if (cell !== undefined && cellOf(reply) !== cell)
          wrong.push(`${route}: ${cellOf(reply)}, not ${cell}`);
      }
      assert.deepEqual(wrong, []);
    });

  for (const [route, makers] of Object.entries(FIXTURES))
    for (const [what, make] of Object.entries(makers))
      test(`${route}: ${what}`, async () => {
        const [absent, cells] = [table.get(`${route} absent`), table.get(`${route} ${what}`)];
        assert.ok(absent, `no line ${route},absent`);
        const wrong = [], found = [];
        for (const [index, column] of COLUMNS.entries()) {
          const wanted = cells?.[index] || absent[index];
          const made = depends(absent[index]) ? await make(keys[column]?.maker ?? keys[column] ?? {}) : 'absent';
          const asked = made.id ? made : { id: made };
          const reply = await ask(column, route, asked);
          found.push(cellOf(reply));
          checks++;
          if (cellOf(reply) !== wanted)
            wrong.push(`${column}: ${cellOf(reply)}, not ${wanted}`);
          if (cellOf(reply) === 'not-found') // there or not, he cannot tell
            assert.equal(reply.text, (await ask(column, route, { ...asked, id: 'absent' })).text, column);
        }
        const line = [route, what, ...found.map((cell, index) => (cell === absent[index] ? '' : cell))].join(',');
        assert.ok(cells && wrong.length === 0, `${wrong.join('; ')}\nas it is answered:\n${line}`);
      });
});

test('a key that was revoked, or is none, is nobody\'s anywhere', async () => {
  const gone = await person('operator');
  must(await adminCall('POST', `/v1/accounts/${gone.account}/revocation`, { body: {} }), 200);
  const wrong = [];
  for (const route of routes)
    if (table.get(`${route} ${whatOf(route)}`)?.[0] === 'unauthenticated')
      for (const key of [gone.token, '0'.repeat(64), newUscc()]) {
        const [method, path] = route.split(' ');
        const reply = await call(method, path.replace(/\{[^}]*\}/g, 'absent'), { key, ...method === 'POST' && { body: {} } });
        checks++;
        if (cellOf(reply) !== 'unauthenticated')
          wrong.push(`${route}: ${cellOf(reply)}`);
      }
  assert.deepEqual(wrong, []);
});

test('so many answers were held to the table', (t) => {
  t.diagnostic(`rights: ${checks} checks`);
  assert.ok(checks >= CHECKS_MIN, String(checks));
});
