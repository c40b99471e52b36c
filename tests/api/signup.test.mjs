// Sign-ups: sealed until the close, then opened and judged.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { anOffer } from './builders.mjs';
import { aNotice, assertProblem, call, category, daemon, institution, must, people, person, policy, sql, until } from './client.mjs';
import { canonical, sha256 } from './keys.mjs';

const signUp = (notice, key, options) => call('POST', `/v1/notices/${notice.id}/signups`, { key, body: {}, ...options });
const withdraw = (signup, key) => call('POST', `/v1/signups/${signup.id}/withdrawal`, { key, body: {} });
const judged = (notice) => until(async () => {
  const { body } = await call('GET', `/v1/notices/${notice.id}`);
  return !['open', 'closed'].includes(body.state) && body;
}, `${notice.id} judged`);
const entrants = async (notice) => must(await call('GET', `/v1/notices/${notice.id}/entrants?limit=200`), 200).items;
const opened = async (notice) => Object.fromEntries((await entrants(notice)).map((one) => [one.institution, one]));

const SPKI = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410
async function isReceipt(receipt, leaf) {
  const [first] = await sql('SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE idx = 0');
  const text = receipt.text ?? receipt.receipt;
  const key = JSON.stringify(JSON.parse(first)).match(/"receipt[^"]*":"([0-9a-f]{64})/)[1];
  assert.match(text, new RegExp(`^klero/1 receipt\norigin test\\.example/log\nevent [0-9a-f]{32}\nindex ${leaf.index}\nleaf ${leaf.hash}\nby `));
  const der = createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(key, 'hex')]), format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(text), der, Buffer.from(receipt.signature, 'hex')));
}

test('a sign-up is sealed, and its receipt opens it for who made it', async () => {
  await policy();
  const who = await institution();
  const notice = await aNotice({ signup_s: 3600 });
  const made = must(await signUp(notice, who));
  assert.deepEqual([made.state, made.notice, made.institution, made.name], ['signed', notice.id, who.uscc, who.name]);
  const [row] = await sql(`SELECT CONVERT(bytes USING utf8mb4), LOWER(HEX(leaf)) FROM log_entry WHERE idx = ${made.event_index}`);
  const [bytes, leaf] = row.split('\t');
  const event = JSON.parse(bytes);
  assert.deepEqual([event.kind, event.subject, event.by], ['sealed', '-', {}]);
  assert.ok(!bytes.includes(who.uscc) && !bytes.includes(who.organisation));
  const { receipt } = made;
  assert.equal(event.data.digest, sha256(Buffer.concat([Buffer.from(receipt.salt, 'hex'), Buffer.from(receipt.event)])));
  assert.equal(JSON.parse(receipt.event).data.institution, who.uscc);
  await isReceipt(receipt, { index: made.event_index, hash: leaf });
});

test('who signed up is seen by himself alone before the close', async () => {
  const { owner, operator, supervisor } = await people();
  const [who, other] = [await institution(), await institution()];
  const notice = await aNotice({ signup_s: 3600 });
  const { receipt, ...made } = must(await signUp(notice, who));
  assert.ok(receipt);
  assertProblem(await call('GET', `/v1/notices/${notice.id}/entrants`), 409, 'too-early');
  assert.deepEqual(must(await call('GET', '/v1/signups', { key: who }), 200).items, [made]);
  assert.deepEqual(must(await call('GET', `/v1/signups/${made.id}`, { key: who }), 200), made);
  assert.deepEqual(must(await call('GET', '/v1/signups', { key: other }), 200).items, []);
  for (const key of [owner, operator, supervisor])
    assertProblem(await call('GET', '/v1/signups', { key }), 403, 'forbidden');
  assertProblem(await call('GET', '/v1/signups'), 401, 'unauthenticated');
});

test('a foreign sign-up is not found, byte for byte', async () => {
  const [who, other] = [await institution(), await institution()];
  const notice = await aNotice({ signup_s: 3600 });
  const made = must(await signUp(notice, who));
  const none = { id: '0'.repeat(32) };
  const bare = ({ status, text }, id) => [status, text.replaceAll(id, '').replace(/"(request_?id|instance)":"[^"]*"/g, '')];
  const get = (id) => call('GET', `/v1/signups/${id}`, { key: other });
  assert.deepEqual(bare(await get(made.id), made.id), bare(await get(none.id), none.id));
  assert.deepEqual(bare(await withdraw(made, other), made.id), bare(await withdraw(none, other), none.id));
  assertProblem(await withdraw(made, other), 404, 'not-found');
  assert.equal(must(await call('GET', `/v1/signups/${made.id}`, { key: who }), 200).state, 'signed');
});

test('one sign-up of an institution; withdrawn, it may come again', async () => {
  const who = await institution();
  const colleague = await call('POST', '/v1/accounts', { key: (await people()).operator,
    body: { organisation: who.uscc, role: 'institution', key_hash: sha256('a'.repeat(40) + who.uscc + '000000') } });
  must(colleague);
  const notice = await aNotice({ signup_s: 3600 });
  const made = must(await signUp(notice, who));
  assertProblem(await signUp(notice, who), 409, 'exists');
  const back = must(await withdraw(made, who), 200);
  assert.deepEqual([back.state, back.seq], ['withdrawn', 2]);
  assert.ok(back.receipt);
  assertProblem(await withdraw(made, who), 409, 'wrong-state');
  const again = must(await signUp(notice, who));
  assert.deepEqual([again.id, again.state, again.seq], [made.id, 'signed', 3]);
  assert.ok(again.event_index > made.event_index);
});

test('a repeated request is the same sign-up with the same receipt', async () => {
  const who = await institution();
  const notice = await aNotice({ signup_s: 3600 });
  const first = must(await signUp(notice, who, { idempotency: notice.id }));
  assert.deepEqual(must(await signUp(notice, who, { idempotency: notice.id })), first);
  assertProblem(await call('POST', `/v1/signups/${first.id}/withdrawal`, { key: who, body: {}, idempotency: notice.id }),
    422, 'idempotency-key-reused');
});

test('many at once, each once', async () => {
  const notice = await aNotice({ signup_s: 3600 });
  const all = [];
  for (let i = 0; i < 8; i++)
    all.push(await institution());
  const replies = await Promise.all([...all, ...all].map((who) => signUp(notice, who)));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [...Array(8).fill(201), ...Array(8).fill(409)]);
  const [count] = await sql(`SELECT COUNT(*) FROM signup WHERE notice = '${notice.id}'`);
  assert.equal(count, '8');
});

test('refused: nobody else signs up, and nothing comes along', async () => {
  const { owner, operator } = await people();
  const notice = await aNotice({ signup_s: 3600 });
  for (const key of [owner, operator])
    assertProblem(await signUp(notice, key), 403, 'forbidden');
  const who = await institution();
  assertProblem(await signUp(notice, who, { body: { price: 1 } }), 422, 'invalid');
  assertProblem(await signUp({ id: 'nothing' }, who), 404, 'not-found');
  assertProblem(await signUp(notice, who, { body: '' }), 400, 'bad-json');
});

test('after the close it is too late, for coming and for going', async () => {
  await policy();
  const [who, late] = [await institution(), await institution()];
  const notice = await aNotice({ signup_s: 2 });
  const made = must(await signUp(notice, who));
  const seen = await judged(notice);
  assert.equal(seen.state, 'failed'); // one is too few
  assert.deepEqual([seen.signup_count, seen.included_count, seen.excluded_count], [1, 1, 0]);
  assertProblem(await signUp(notice, late), 409, 'too-late');
  assertProblem(await withdraw(made, who), 409, 'too-late');
});

test('every sealed event is opened, in order, and is what was sealed', async () => {
  await policy();
  const [one, two] = [await institution(), await institution()];
  const notice = await aNotice({ signup_s: 3 });
  const first = must(await signUp(notice, one));
  const second = must(await signUp(notice, two));
  const back = must(await withdraw(first, one), 200);
  await judged(notice);
  const rows = await sql(`SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE kind = 'opened'
    AND subject IN (${[first, second, back].map(({ event_index }) => `'${event_index}'`).join()}) ORDER BY idx`);
  const seen = rows.map((row) => JSON.parse(row.replaceAll('\\\\', '\\')));
  assert.deepEqual(seen.map(({ subject }) => Number(subject)), [first, second, back].map(({ event_index }) => event_index));
  for (const [i, { data }] of seen.entries())
    assert.equal(data.event, [first, second, back][i].receipt.event);
  const shown = await opened(notice);
  assert.deepEqual([shown[one.uscc].state, shown[two.uscc].state], ['withdrawn', 'included']);
});

test('who is excluded, and why', async () => {
  await policy();
  const group = `g${Date.now()}`;
  const { operator } = await people();
  const must201 = async (path, body) => must(await call('POST', path, { key: operator, body }));
  const listed = async (changes, options = {}) => {
    const who = await institution({ categories: [], ...options });
    const body = anOffer({ institution: who.uscc, category: await category(), fee_fen: [100, 200], promised_days: 10, ...changes });
    who.listing = await must201('/v1/listings', body);
    return who;
  };
  const owner = await person('owner');
  const cases = [
    [await listed({ promised_days: 20 }), null],
    [await listed({ promised_days: 21 }), 'too-slow'],
    [await listed({ promised_days: 20, deadline_unit: 'day' }), null],
    [await listed({ fee_fen: [1000, 1000] }), null],
    [await listed({ fee_fen: [1001, 1001] }), 'over-limit'],
    [await listed({}, { group }), null],
    [await listed({}, { group }), 'affiliated'],
    [await institution({ categories: [] }), 'no-listing'],
    [await listed({}), 'listing-withdrawn'],
  ];
  const gone = cases.at(-1)[0].listing.id;
  must(await call('POST', `/v1/listings/${gone}/withdrawal`, { key: operator, body: {} }), 200);
  const notice = await aNotice({ owner, signup_s: 4, amount_max_fen: 1000, days_max: 20, deadline_unit: 'workday' });
  for (const [who] of cases)
    must(await signUp(notice, who));
  const seen = await judged(notice);
  assert.deepEqual([seen.state, seen.signup_count, seen.included_count, seen.excluded_count], ['judged', 9, 4, 5]);
  const shown = await opened(notice);
  for (const [who, reason] of cases) {
    const one = shown[who.uscc];
    assert.deepEqual([one.reason, one.state, one.name], [reason, reason ? 'excluded' : 'included', who.name]);
    assert.equal(one.evidence, sha256(canonical(one.facts)));
    assert.deepEqual([one.facts.institution, one.facts.reason], [who.uscc, reason]);
  }
  assert.equal(shown[cases[6][0].uscc].facts.affiliated_with, cases[5][0].uscc);
  const order = (await entrants(notice)).map((one) => one.institution);
  assert.deepEqual(order, [...order].sort());
});

test('of a group the earliest stays; who came again comes last', async () => {
  await policy();
  const group = `h${Date.now()}`;
  const [first, second] = [await institution({ group }), await institution({ group })];
  const notice = await aNotice({ signup_s: 3 });
  const made = must(await signUp(notice, first));
  must(await signUp(notice, second));
  must(await withdraw(made, first), 200);
  must(await signUp(notice, first));
  await judged(notice);
  const shown = await opened(notice);
  assert.deepEqual([shown[first.uscc].reason, shown[second.uscc].reason], ['affiliated', null]);
});

test('too few, counted as the policy and the seats want', async () => {
  await policy({ draw: { min_entrants: 2 } });
  const all = [await institution(), await institution(), await institution()];
  const enough = await aNotice({ signup_s: 3, select: 2 });
  const few = await aNotice({ signup_s: 3, select: 3 });
  const one = await aNotice({ signup_s: 3, select: 1 });
  const none = await aNotice({ signup_s: 3 });
  for (const who of all.slice(0, 2)) {
    must(await signUp(enough, who));
    must(await signUp(few, who));
  }
  must(await signUp(one, all[2]));
  const states = [];
  for (const notice of [enough, few, one, none])
    states.push((await judged(notice)).state);
  assert.deepEqual(states, ['judged', 'failed', 'failed', 'failed']);
  await policy();
});

test('a failed notice lets its project be asked for again', async () => {
  await policy();
  const project_code = `2026-${Date.now()}`;
  const notice = await aNotice({ signup_s: 2, project_code });
  assert.equal((await judged(notice)).state, 'failed');
  const again = await aNotice({ signup_s: 3600, project_code });
  assert.equal(again.project_code, project_code);
});

// What happens to one klerod alone: its database is counted and changed.
test('a sign-up asks the database for nothing, and a restart forgets nothing', async () => {
  const it = await daemon();
  try {
    const sign = (notice, key) => it.call('POST', `/v1/notices/${notice.id}/signups`, { key, body: {} });
    const savepoints = async () => Number((await it.sql("SHOW GLOBAL STATUS LIKE 'Com_savepoint'"))[0].split('\t')[1]);
    await it.policy();
    const all = [await it.institution(), await it.institution(), await it.institution()];
    const notice = await it.aNotice({ signup_s: 3600 });
    const before = await savepoints();
    for (const who of all)
      must(await sign(notice, who));
    assertProblem(await sign(notice, all[0]), 409, 'exists');
    assert.equal(await savepoints(), before); // each act of its own statements sets one
    const { items: [gone] } = must(await it.call('GET', '/v1/signups', { key: all[1] }), 200);
    must(await it.call('POST', `/v1/signups/${gone.id}/withdrawal`, { key: all[1], body: {} }), 200);
    await it.kill();
    await it.start();
    assertProblem(await sign(notice, all[0]), 409, 'exists');
    assert.equal(must(await sign(notice, all[1])).seq, 3);
    assertProblem(await sign(notice, all[1]), 409, 'exists');
    const more = [await it.institution(), await it.institution(), await it.institution()];
    await it.kill();
    await it.start();
    must(await sign(notice, more[0])); // the first brings the notice back
    const restarted = await savepoints();
    for (const who of more.slice(1))
      must(await sign(notice, who));
    assertProblem(await sign(notice, all[2]), 409, 'exists');
    assert.equal(await savepoints(), restarted);
  } finally {
    await it.stop();
  }
});

test('a notice takes 100000 sign-ups and not one more', async () => {
  const it = await daemon();
  try {
    await it.policy();
    const all = [await it.institution(), await it.institution()];
    const notice = await it.aNotice({ signup_s: 3600 });
    await it.stopDaemon();
    const digits = [...'0123456789'].map((digit) => `SELECT '${digit}' AS n`).join(' UNION ALL ');
    const tables = [...'abcde'].map((name) => `(${digits}) ${name}`).join();
    await it.sql(`SET STATEMENT max_statement_time = 0 FOR
      INSERT INTO signup (id, state, seq, event_index, notice, institution, name, signed_at)
      SELECT CONCAT(a.n, b.n, c.n, d.n, e.n), 'signed', 1, 1, '${notice.id}', CONCAT(a.n, b.n, c.n, d.n, e.n), 'x', '2026-01-01'
      FROM ${tables} LIMIT 99999`);
    await it.start();
    const sign = (key) => it.call('POST', `/v1/notices/${notice.id}/signups`, { key, body: {} });
    must(await sign(all[0]));
    assertProblem(await sign(all[1]), 409, 'conflict');
  } finally {
    await it.stop();
  }
});
