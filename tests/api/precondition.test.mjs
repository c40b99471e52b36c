// ETag and If-Match: nobody changes what he has not seen. service design §6.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aDraw, adminCall, aNotice, assertProblem, call, category, institution, must, people, person, policy } from './client.mjs';
import { defaultPolicy } from './builders.mjs';

const anything = (key, body = {}) => ({ key, body });

// What each route changes: { path, options, seq, send? }, made anew for each test.
const changes = {
  'POST /v1/accounts/{id}/revocation': async () => {
    const { account } = await person('owner');
    return { path: `/v1/accounts/${account}/revocation`, options: anything(), seq: 1, send: adminCall };
  },
  'POST /v1/listings/{id}/withdrawal': async () => {
    const who = await institution();
    const { items: [{ id }] } = must(await call('GET', `/v1/listings?institution=${who.uscc}`), 200);
    return { path: `/v1/listings/${id}/withdrawal`, options: anything((await people()).operator), seq: 1 };
  },
  'POST /v1/signups/{id}/withdrawal': async () => {
    await policy();
    const who = await institution();
    const notice = await aNotice({ signup_s: 3600 });
    const { id } = must(await call('POST', `/v1/notices/${notice.id}/signups`, anything(who)));
    return { path: `/v1/signups/${id}/withdrawal`, options: anything(who), seq: 1, foreign: await institution() };
  },
  'POST /v1/proposals/{id}/withdrawal': async () => {
    const { supervisor } = await people();
    const { id } = await propose();
    return { path: `/v1/proposals/${id}/withdrawal`, options: anything(supervisor), seq: 1 };
  },
  'POST /v1/proposals/{id}/approval': async () => {
    const { auditor } = await people();
    const { id, digest } = await propose();
    return { path: `/v1/proposals/${id}/approval`, options: anything(auditor, { digest }), seq: 1 };
  },
  'POST /v1/draws/{id}/commitments': async () => {
    const draw = await aDraw({ until: 'declared' });
    const { seq } = must(await call('GET', `/v1/draws/${draw.id}`), 200);
    return { path: `/v1/draws/${draw.id}/commitments`, options: { body: await draw.statement('operator') }, seq };
  },
};

async function propose() {
  const { items: [{ policy: now }] } = must(await call('GET', '/v1/policies?limit=1'), 200);
  const payload = { ...now, version: `m${Date.now()}` };
  return must(await call('POST', '/v1/proposals', { key: (await people()).supervisor,
    body: { act: 'policy.adopt', subject: `${payload.region}-${payload.version}`, payload } }));
}

for (const [route, make] of Object.entries(changes))
  test(`If-Match on ${route}`, async () => {
    await policy();
    const { path, options, seq, send = call, foreign } = await make();
    const post = (version, more = {}) => send('POST', path, { ...options, ...more, headers: { 'if-match': version } });
    assertProblem(await post(`"${seq + 1}"`), 412, 'precondition-failed');
    assertProblem(await post('"0"'), 412, 'precondition-failed');
    assertProblem(await post(`${seq}`), 400, 'bad-request');
    if (foreign) // what is not his he does not learn the version of
      assertProblem(await post(`"${seq + 1}"`, { key: foreign }), 404, 'not-found');
    const done = await post(`"${seq}"`);
    assert.ok(done.status < 300, done.text);
    const repeated = await post('*', { idempotency: 'x'.repeat(8) });
    assert.notEqual(repeated.status, 412, repeated.text);
  });

// `"SEQ-BUILD"`: what it shows may differ after an upgrade.
const seqOf = (reply) => reply.headers.get('etag').match(/^"(\d+)-[\w.-]+"$/)[1];

test('the ETag of an object is its seq, and a list has another', async () => {
  await policy();
  const { operator } = await people();
  const who = await institution();
  const notice = await aNotice({ signup_s: 3600 });
  const made = await call('POST', `/v1/notices/${notice.id}/signups`, anything(who));
  assert.equal(seqOf(made), '1');
  const { items: [listing] } = must(await call('GET', `/v1/listings?institution=${who.uscc}`), 200);
  const paths = [`/v1/institutions/${who.uscc}`, `/v1/listings/${listing.id}`, `/v1/notices/${notice.id}`,
    `/v1/categories/${await category()}`, `/v1/organisations/${operator.organisation}`, `/v1/policies/${notice.policy}`];
  for (const path of paths) {
    const reply = await call('GET', path);
    assert.equal(seqOf(reply), String(must(reply, 200).seq), path);
    assert.equal((await call('GET', path, { headers: { 'if-none-match': `"${reply.body.seq}-another-build"` } })).status, 200);
    assert.equal((await call('GET', path, { headers: { 'if-none-match': reply.headers.get('etag') } })).status, 304);
  }
  const signup = `/v1/signups/${made.body.id}`;
  const withdrawn = await call('POST', `${signup}/withdrawal`, { ...anything(who), headers: { 'if-match': made.headers.get('etag') } });
  assert.deepEqual([must(withdrawn, 200).seq, seqOf(withdrawn)], [2, '2']);
  assert.equal(seqOf(await call('GET', signup, { key: who })), '2');
  const old = await call('GET', `/v1/listings/${listing.id}`);
  must(await call('POST', `/v1/listings/${listing.id}/withdrawal`, anything(operator)), 200);
  const now = await call('GET', `/v1/listings/${listing.id}`, { headers: { 'if-none-match': old.headers.get('etag') } });
  assert.deepEqual([must(now, 200).state, seqOf(now)], ['withdrawn', '2']);
  assert.match((await call('GET', `/v1/listings?institution=${who.uscc}`)).headers.get('etag'), /^"[0-9a-f]{32}"$/);
});

test('a version of the proposal is not taken for one of what it changes', async () => {
  await policy();
  const { operator, auditor } = await people();
  const draw = await aDraw({ until: 'drafted', policy: { draw: { ...defaultPolicy().draw, objection: { n: 1, unit: 'minute' },
    beacons: ['none'], beacon_default: 'none', level_c_reason: 'a test', quorum: 0, optional_parties: [], withheld: 'void' } } });
  const made = must(await call('POST', '/v1/proposals', { key: operator,
    body: { act: 'draw.cancel', subject: draw.id, payload: { explanation: '项目取消' } } }));
  const done = await call('POST', `/v1/proposals/${made.id}/approval`, { ...anything(auditor, { digest: made.digest }),
    headers: { 'if-match': '"1"' } });
  assert.equal(must(done, 200).state, 'approved');
  await policy();
});
