// A rehearsal: time stands still, is moved over months, and joins real time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, beside, call, daemon, must, people, program, until } from './client.mjs';
import { evidence } from './evidence.mjs';
import { defaultPolicy } from './builders.mjs';

const FROM = '2026-01-05T00:30:00Z'; // a Monday morning
const HOUR = 3600;
const DAY = 24 * HOUR;
const DICE = '4162533615246134526163255';

// The default policy's own periods; but no witness is there to ask.
const { draw: { objection, commit, reveal, delay_s, delay_min_s }, notice: { signup_min } } = defaultPolicy();
const POLICY = { draw: { objection, commit, reveal, delay_s, delay_min_s }, notice: { signup_min } };

const text = (date) => new Date(date).toISOString().replace(/\.\d+Z/, 'Z');
const time = async (it) => must(await it.call('GET', '/v1/rehearsal/time'), 200);
const entries = async (it) => (await it.sql('SELECT HEX(bytes) FROM log_entry ORDER BY idx')).map((hex) =>
  JSON.parse(Buffer.from(hex, 'hex')));

// Time never goes back, and left no entry before it was published.
async function assertOrder(it, leaves) {
  const checkpoints = new Set(await it.sql(
    "SELECT size, DATE_FORMAT(signed_at, '%Y-%m-%dT%TZ') FROM log_checkpoint"));
  for (const [i, { at }] of leaves.entries()) {
    const before = leaves[i - 1]?.at ?? at;
    assert.ok(at >= before, `entry ${i}: ${at} after ${before}`);
    assert.ok(at === before || checkpoints.has(`${i}\t${before}`), `${before} passed with ${i} entries`);
  }
}

// A notice with sign-ups, and its draw to come.
async function signUp(it, members = {}) {
  await it.policy(POLICY);
  const institutions = await Promise.all([1, 2, 3, 4].map(() => it.institution()));
  const notice = await it.aNotice({ signup_s: 3 * DAY, ...members });
  for (const who of institutions)
    must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  return it.drawOf(notice, institutions, (await it.people()).parties);
}

const shown = async (it, draw) => must(await it.call('GET', `/v1/draws/${draw.id}`), 200);

// Lived through as people would: each does his part, then time goes on.
async function live(it, draw, beacon) {
  await it.moveTo(draw.notice.signup_close);
  assert.equal((await shown(it, draw)).state, 'drafted');
  await it.moveTo((await shown(it, draw)).draft_until);
  const { commit_by: commitBy, reveal_by: revealBy, beacon_time: beaconTime, state } = await shown(it, draw);
  assert.equal(state, 'declared');
  for (const name of Object.keys(draw.parties))
    must(await draw.commit(name));
  await it.moveTo(commitBy);
  assert.equal((await shown(it, draw)).state, 'locked');
  for (const name of Object.keys(draw.parties))
    must(await draw.reveal(name));
  if (beacon) {
    assert.ok(beaconTime > revealBy);
    await it.moveTo(beaconTime);
    const value = await evidence(it).attestation(draw, DICE, Object.keys(draw.parties));
    must(await it.call('POST', `/v1/draws/${draw.id}/beacon`, { body: value }));
  }
  return it.waitFor(draw, 'closed');
}

function verify(it, file, trust, ...options) {
  return program('klero', ['verify', file, '--trust', trust, '--lang', 'en', ...options]);
}

async function assertRehearsed(it, draw) {
  const folder = mkdtempSync(join(it.home, 'pack-'));
  const file = join(folder, 'pack.zip');
  const trust = join(folder, 'trust.txt');
  const log = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  const parties = Object.entries(draw.parties).map(([name, { key }]) => `party ${name} ${key.public_key}\n`);
  writeFileSync(file, await evidence(it).pack(draw.id));
  writeFileSync(trust, `log ${log}\nquorum none\n${parties.join('')}`);
  const refused = verify(it, file, trust);
  assert.equal(refused.status, 1, refused.stdout);
  assert.match(refused.stdout, /log-rehearsal/);
  const taken = verify(it, file, trust, '--rehearsal');
  assert.equal(taken.status, 0, taken.stdout + taken.stderr);
  assert.match(taken.stdout, /rehearsal/);
}

describe('a rehearsal', () => {
  let it;
  before(async () => {
    it = await daemon({}, { rehearsal: FROM });
    await it.people();
    await it.category();
  });
  after(() => it.stop());

  test('begins in its own time, which stands still, and every answer says so', async () => {
    await until(async () => !(await time(it)).moving, 'what was sent is published');
    assert.deepEqual(await time(it), { now: FROM, target: null, moving: false, joined: false });
    const [first] = await entries(it);
    assert.deepEqual([first.kind, first.at, first.data.rehearsal], ['log.opened', FROM, true]);
    for (const path of ['/v1', '/v1/draws', '/v1/notices', '/nowhere', '/healthz', '/log/checkpoint'])
      for (const again of [{}, {}]) // made, and from memory
        assert.equal((await it.call('GET', path, again)).headers.get('klero-rehearsal'), 'true', path);
    for (const path of ['/v1', '/v1/draws', '/v1/notices', '/v1/parties'])
      assert.equal(must(await it.call('GET', path), 200).rehearsal, true, path);
    const { etag } = Object.fromEntries((await it.call('GET', '/v1/draws')).headers);
    const known = await it.call('GET', '/v1/draws', { headers: { 'if-none-match': etag } });
    assert.deepEqual([known.status, known.headers.get('klero-rehearsal')], [304, 'true']);
    const { paths, info } = must(await it.call('GET', '/v1/openapi.json'), 200);
    assert.ok(paths['/v1/rehearsal/time'].post && paths['/v1/rehearsal/joining'].post);
    assert.match(info.description, /rehearsal/);
  });

  test('is moved by an operator, and forward only', async () => {
    const { operator, supervisor } = await it.people();
    const move = (to, key = operator) => it.call('POST', '/v1/rehearsal/time', { key, body: { to } });
    const past = await move(FROM);
    assertProblem(past, 422, 'invalid');
    assert.deepEqual(past.body.errors.map(({ pointer, code }) => [pointer, code]), [['/to', 'not-forward']]);
    const future = await move(text(Date.now() + DAY * 1000));
    assert.deepEqual(future.body.errors.map(({ code }) => code), ['not-yet']);
    assertProblem(await move('tomorrow'), 422, 'invalid');
    assertProblem(await move('2026-01-05T01:00:00Z', supervisor), 403, 'forbidden');
    assertProblem(await move('2026-01-05T01:00:00Z', null), 401, 'unauthenticated');
    assert.deepEqual((await time(it)).now, FROM);
    await it.moveTo('2026-01-05T01:00:00Z');
    assert.deepEqual(await time(it), {
      now: '2026-01-05T01:00:00Z', target: '2026-01-05T01:00:00Z', moving: false, joined: false });
    assertProblem(await move('2026-01-05T00:59:59Z'), 422, 'invalid');
    const moved = (await entries(it)).filter(({ kind }) => kind.startsWith('rehearsal.'));
    assert.deepEqual(moved.map(({ kind, at, data }) => [kind, at, data.target]),
      [['rehearsal.moved', FROM, '2026-01-05T01:00:00Z']]);
  });

  test('lives a whole draw through, with the periods of the default policy', async () => {
    const draw = await signUp(it, { beacon: 'public', template: 'dice25' });
    const began = await it.now();
    await live(it, draw, true);
    assert.ok((await it.now()) - began >= (3 * DAY + 6 * HOUR) * 1000);
    assert.equal((await shown(it, draw)).rehearsal, true);
    await assertRehearsed(it, draw);
    await assertOrder(it, await entries(it));
  });

  // Nobody did anything: each due act happens at its own time all the same.
  test('passes months at once, and each due act happens at its own time', async () => {
    const draw = await signUp(it);
    const other = await signUp(it, { signup_s: 20 * DAY });
    await it.moveBy(90 * DAY);
    const leaves = await entries(it);
    await assertOrder(it, leaves);
    for (const { notice, id } of [draw, other]) {
      const close = notice.signup_close;
      const of = (kind, subject) => leaves.filter((leaf) => leaf.kind === kind && leaf.subject === subject);
      assert.deepEqual(of('notice.closed', notice.id).map(({ at }) => at), [close]);
      const [declared] = of('draw.declared', id);
      assert.equal(Date.parse(declared.at) - Date.parse(close), 2 * HOUR * 1000);
      const [closed] = of('draw.closed', id);
      assert.equal(Date.parse(closed.at) - Date.parse(declared.at), 2 * HOUR * 1000);
      assert.match((await it.call('GET', `/v1/draws/${id}/texts/close.txt`)).text, /^outcome failed\nreason too-few$/m);
    }
    // But for what looks at the calendar again, now and then, for ever.
    assert.deepEqual(await it.sql("SELECT kind FROM due WHERE state <> 'done'"), ['region.watch']);
  });

  test('keeps its time over a restart, and goes on where it was killed', async () => {
    const { operator } = await it.people();
    let caught = 0;
    for (let round = 0; round < 3; round++) {
      const draws = [];
      for (const days of [2, 3, 5, 8])
        draws.push(await signUp(it, { signup_s: days * DAY }));
      const to = text(Math.max(...draws.map(({ notice }) => Date.parse(notice.signup_close))) + DAY * 1000);
      must(await it.call('POST', '/v1/rehearsal/time', { key: operator, body: { to } }), 202);
      await until(async () => Number((await it.sql(`SELECT COUNT(*) FROM log_entry WHERE kind = 'notice.closed'
        AND subject IN (${draws.map(({ notice }) => `'${notice.id}'`).join()})`))[0]) > round % 4, 'some of them');
      await it.kill();
      caught += Number((await it.sql(`SELECT COUNT(*) FROM due WHERE state = 'waiting' AND try_at <= '${to.replace('Z', '')}'`))[0]) > 0;
      await it.start();
      await until(async () => !(await time(it)).moving, to);
      assert.equal((await time(it)).now, to);
      const leaves = await entries(it);
      await assertOrder(it, leaves);
      for (const { notice } of draws)
        assert.deepEqual(leaves.filter(({ kind, subject }) => kind === 'notice.closed' && subject === notice.id)
          .map(({ at }) => at), [notice.signup_close], `round ${round}`);
      await it.stopDaemon();
      await it.start();
      assert.equal((await time(it)).now, to, 'after a restart');
    }
    assert.ok(caught > 0, 'it was killed on its way');
  });

  test('is known by its origin, and by nothing else', async () => {
    const other = beside(it);
    const begin = (...how) => program('klerod', ['--init', ...how, join(other.home, 'klerod.conf')]);
    const refused = ({ status, stderr }, reason) => {
      assert.equal(status, 78, stderr);
      assert.match(stderr, new RegExp(`"event":"init_refused","reason":"${reason}`));
    };
    refused(begin(), "log_origin is a rehearsal's");
    refused(begin('--rehearsal', text(Date.now() + DAY * 1000)), 'a rehearsal begins between 1970 and now');
    refused(begin('--rehearsal', '1969-12-31T23:59:59Z'), 'a rehearsal begins between 1970 and now');
    refused(begin('--rehearsal', FROM), 'the database has a log already');
    assert.equal(begin('--rehearsal', 'yesterday').status, 1);
    other.configure({ log_origin: 'test.example/log' });
    refused(begin('--rehearsal', FROM), "a rehearsal's log_origin ends in /rehearsal");
    rmSync(other.home, { recursive: true });
  });

  test('joins real time, and goes on with it', async () => {
    const { operator } = await it.people();
    const draw = await signUp(it);
    const move = (path, body) => it.call('POST', `/v1/rehearsal/${path}`, { key: operator, body });
    must(await move('joining', {}), 202);
    await until(async () => (await time(it)).joined, 'real time');
    const since = Date.parse((await time(it)).now);
    assert.ok(Math.abs(since - Date.now()) < 5000);
    await until(async () => Date.parse((await time(it)).now) > since, 'a second later');
    assert.equal((await shown(it, draw)).state, 'closed');
    assertProblem(await move('joining', {}), 409, 'wrong-state');
    assertProblem(await move('time', { to: text(Date.now() - 1000) }), 409, 'wrong-state');
    assert.equal(must(await it.call('GET', '/v1'), 200).rehearsal, true);
    await it.kill();
    await it.start();
    const again = await time(it);
    assert.ok(again.joined && Math.abs(Date.parse(again.now) - Date.now()) < 5000);
    const leaves = await entries(it);
    assert.ok(leaves.every(({ at }, i) => i === 0 || at >= leaves[i - 1].at));
    const { status, stdout, stderr } = await until(() => {
      const check = program('klero', ['log', 'check', `${it.url}/log`]);
      return !/not-published/.test(check.stdout) && check;
    }, 'a checkpoint');
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^rehearsal: /m);
    assert.deepEqual((await it.fsck()).findings, []);
  });
});

test('a real log has none of it', async () => {
  const { operator } = await people();
  for (const [method, path] of [['GET', 'time'], ['POST', 'time'], ['POST', 'joining']])
    assertProblem(await call(method, `/v1/rehearsal/${path}`, {
      key: operator, ...method === 'POST' && { body: { to: FROM } } }), 404, 'not-found');
  const index = await call('GET', '/v1');
  assert.equal(must(index, 200).rehearsal, false);
  assert.ok(!index.body.routes.some(({ path }) => path.includes('rehearsal')));
  assert.equal(index.headers.get('klero-rehearsal'), null);
  assert.equal(must(await call('GET', '/v1/draws'), 200).rehearsal, undefined);
});
