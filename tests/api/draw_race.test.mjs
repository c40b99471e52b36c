// What may not happen twice is asked for by several at the same moment: it has
// one effect, whoever comes first, and the others are refused.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { aDraw, call, category, institution, must, people, policy, sql, until, waitFor } from './client.mjs';
import { approve, verified } from './evidence.mjs';
import { sha256 } from './keys.mjs';

const TRIALS = 24;
const AROUND_MS = 150; // before and after the time of a due act
const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: { objection: s(5), commit: s(6), reveal: s(6), delay_min_s: 1, delay_s: 2, withheld: 'void' } };
const PARTIES = ['operator', 'supervisor'];
const EVIDENCE = sha256('a register');

const trials = (what) => Promise.all(Array.from({ length: TRIALS }, (_, i) => what(i)));
// At its time, give or take: some are before it, some after.
const around = (time) => sleep(Date.parse(time) - Date.now() + (2 * Math.random() - 1) * AROUND_MS);
const eventsOf = async (draw) => (await sql(`SELECT kind FROM log_entry WHERE subject = '${draw.id}' ORDER BY idx`));
const count = (events, kind) => events.filter((event) => event === kind).length;

async function proposed(key, act, draw, payload) {
  const { id, digest } = must(await call('POST', '/v1/proposals', { key, body: { act, subject: draw.id, payload } }));
  const { auditor } = await people();
  return () => call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } });
}

// One success, and every other refused with that code.
function oneOf(replies, status, codes) {
  const good = replies.filter((reply) => reply.status === status);
  assert.equal(good.length, 1, replies.map((reply) => reply.text).join('\n'));
  for (const { status: other, body } of replies.filter((reply) => reply !== good[0]))
    assert.ok(other === 409 || other === 422 ? codes.includes(body.code) : false, `${other} ${body.code}`);
  return good[0].body;
}

describe('at the same moment', () => {
  let institutions;
  const begin = (members) => aDraw({ institutions: [...institutions], entrants: 4, policy: POLICY, signup_s: 4, ...members });
  before(async () => {
    await policy(POLICY);
    await category();
    institutions = await Promise.all(Array.from({ length: 4 }, () => institution()));
  });

  test('two exclusions of one entrant; then the lock and a cancellation', async (t) => {
    const { operator, supervisor } = await people();
    const draws = await trials(() => begin({ until: 'drafted' }));
    await Promise.all(draws.map(async (draw) => {
      const entry = institutions[0].uscc;
      const both = await Promise.all([operator, supervisor].map((key, i) =>
        proposed(key, 'draw.exclude', draw, { entry, reason: `reason-${i}`, evidence: EVIDENCE })));
      oneOf(await Promise.all(both.map((approval) => approval())), 200, ['exists', 'conflict']);
    }));
    let locked = 0;
    await Promise.all(draws.map(async (draw) => {
      const { commit_by } = await waitFor(draw, 'declared');
      for (const name of PARTIES)
        must(await draw.commit(name));
      const cancel = await proposed(operator, 'draw.cancel', draw, { explanation: '项目取消' });
      await around(commit_by);
      must(await cancel(), 200);
      await waitFor(draw, 'closed');
      const events = await eventsOf(draw);
      assert.deepEqual([count(events, 'draw.struck'), count(events, 'draw.closed'), events.at(-1)], [1, 1, 'draw.closed']);
      assert.ok(count(events, 'draw.locked') <= 1);
      locked += count(events, 'draw.locked');
      assert.equal((await draw.text('excluded.txt')).toString().match(/^exclude /gm).length, 1);
      await verified(draw.id, draw.parties);
    }));
    t.diagnostic(`${locked} of ${TRIALS} were locked before they were cancelled`);
  });

  test('the last reveal and the seal that is due; then a new attempt, twice', async (t) => {
    const { owner } = await people();
    let results = 0;
    await trials(async () => {
      const draw = await begin({ until: 'locked' });
      const { reveal_by } = must(await call('GET', `/v1/draws/${draw.id}`), 200);
      must(await draw.reveal('operator'));
      await around(reveal_by);
      const reply = await draw.reveal('supervisor');
      const shown = await waitFor(draw, 'closed');
      const taken = reply.status === 201;
      assert.ok(taken || reply.body.code === 'too-late', reply.text);
      assert.deepEqual([shown.outcome, shown.reason], taken ? ['result', 'drawn'] : ['void', 'party']);
      const events = await eventsOf(draw);
      for (const kind of ['draw.sealed', 'draw.closed'])
        assert.equal(count(events, kind), 1, kind);
      assert.equal(count(events, 'draw.revealed'), taken ? 2 : 1);
      await verified(draw.id, draw.parties);
      results += taken;
      const again = () => call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} });
      const replies = await Promise.all([again(), again(), again()]);
      if (taken)
        assert.deepEqual(replies.map(({ body }) => body.code), ['exists', 'exists', 'exists']);
      else
        assert.equal(oneOf(replies, 201, ['exists', 'conflict']).attempt, 2);
      assert.deepEqual(await sql(`SELECT COUNT(*) FROM draw WHERE notice = '${draw.notice.id}'`), [taken ? '1' : '2']);
    });
    t.diagnostic(`${results} of ${TRIALS} were revealed in time`);
  });

  test('two replacements by one alternate', async () => {
    await trials(async () => {
      const draw = await begin({ until: 'closed', select: 2, alternates: 1 });
      const path = `/v1/draws/${draw.id}/replacements`;
      const bodies = await Promise.all([0, 1].map(async (place) => {
        const out = draw.shown.ranking[place].entry;
        const { statement, in: next } = must(await call('GET', `${path}/next?out=${out}&reason=refused`), 200);
        assert.equal(next, draw.shown.ranking[2].entry);
        return { out, reason: 'refused', approvals: approve(draw.parties, PARTIES, statement) };
      }));
      oneOf(await Promise.all(bodies.map((body) => call('POST', path, { body }))), 201, ['bad-signature']);
      await until(async () => must(await call('GET', `/v1/draws/${draw.id}`), 200).replacements === 1, 'it');
      assert.equal(count(await eventsOf(draw), 'draw.replaced'), 1);
      await verified(draw.id, draw.parties);
    });
  });
});
