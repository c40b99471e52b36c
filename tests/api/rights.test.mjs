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
import { before, describe, test } from 'node:test';
import { adminCall, aNotice, call, category, institution, must, people, person, policy, until } from './client.mjs';
import { anOffer } from './builders.mjs';
import { root } from './installation.mjs';
import { newUscc, sha256 } from './keys.mjs';
import { persons } from './persons.mjs';

// nobody: no key; ended: a session that was ended; reader: an owner's key to read.
const COLUMNS = ['nobody', 'ended', 'reader', 'owner', 'institution', 'reviewer', 'authority',
  'operator', 'supervisor', 'auditor', 'admin'];
// Only of a rehearsal, or served where there are pages.
const OTHERS = /^(GET|POST) (\/v1\/rehearsal\/|\/$|\/draws|\/verify|\/assets|\/favicon)/;

const [head, ...lines] = readFileSync(join(root, 'tests/api/rights.csv'), 'utf8').trimEnd().split('\n').map((line) => line.split(','));
const table = new Map(lines.map(([route, what, ...cells]) => [`${route} ${what}`, cells]));

const keys = {};
let routes;
before(async () => {
  const made = await people();
  await policy();
  const { invited, setUp, login } = persons({ call, adminCall });
  for (const role of ['owner', 'operator', 'supervisor', 'auditor'])
    keys[role] = made[role];
  keys.institution = await institution();
  keys.reviewer = await person('reviewer');
  keys.authority = await person('authority');
  keys.ended = await login(await setUp(await invited('owner')));
  must(await call('POST', '/v1/sessions/current/end', { key: keys.ended, body: {} }), 200);
  const token = randomBytes(32).toString('hex');
  must(await adminCall('POST', '/v1/accounts', { body: { organisation: keys.owner.organisation, role: 'owner', key_hash: sha256(token), scopes: 'read' } }));
  keys.reader = { token };
  ({ routes } = must(await call('GET', '/v1'), 200));
  routes = routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !OTHERS.test(route));
});

const whatOf = (route) => (route.includes('{') ? 'absent' : 'any');
const cellOf = ({ status, body }) => (status < 400 ? String(status) : body?.code ?? String(status));

function ask(column, route, { id = 'absent', body = {} } = {}) {
  const [method, path] = route.split(' ');
  const to = column === 'admin' ? adminCall : call;
  return to(method, path.replace(/\{[^}]*\}/, id).replace(/\{[^}]*\}/g, 'absent'),
    { key: column === 'admin' ? undefined : keys[column], ...method === 'POST' && { body } });
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
  const at = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
  const { id } = must(await call('POST', '/v1/delegations', { key: principal,
    body: { delegate: delegate.account, capacity: 'agent', scopes: 'read', valid_from: at(-1), valid_until: at(1) } }));
  if (state === 'revoked')
    must(await call('POST', `/v1/delegations/${id}/revocation`, { key: principal, body: {} }), 200);
  return id;
}
async function session(role) {
  const { loggedIn } = persons({ call, adminCall });
  return (await loggedIn(role)).session;
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
  'POST /v1/proposals/{id}/withdrawal': {
    own: (who) => (who.role ? proposal(who) : 'absent'),
    foreign: async () => proposal(await person('owner')),
    wrong: (who) => (who.role ? proposal(who, { withdrawn: true }) : 'absent'),
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
    own: (who) => signup(who),
    foreign: async () => signup(await institution()),
  },
  'POST /v1/signups/{id}/withdrawal': {
    own: (who) => signup(who),
    foreign: async () => signup(await institution()),
    wrong: (who) => signup(who, { withdrawn: true }),
  },
  'POST /v1/listings/{id}/withdrawal': {
    own: () => listing(),
    wrong: () => listing({ withdrawn: true }),
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
          const made = depends(absent[index]) ? await make(keys[column] ?? {}) : 'absent';
          const asked = made.id ? made : { id: made };
          const reply = await ask(column, route, asked);
          found.push(cellOf(reply));
          if (cellOf(reply) !== wanted)
            wrong.push(`${column}: ${cellOf(reply)}, not ${wanted}`);
          if (cellOf(reply) === 'not-found') // there or not, he cannot tell
            assert.equal(reply.text, (await ask(column, route, { body: asked.body })).text, column);
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
        if (cellOf(reply) !== 'unauthenticated')
          wrong.push(`${route}: ${cellOf(reply)}`);
      }
  assert.deepEqual(wrong, []);
});
