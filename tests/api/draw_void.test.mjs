// What two persons may do to a draw, and objections in the window.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  aDraw, assertProblem, call, category, institution, must, people, person, policy, sql, twoPersons, until, waitFor,
} from './client.mjs';
import { pack, unzip, verified } from './evidence.mjs';
import { sha256 } from './keys.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(4), commit: s(5), reveal: s(5), delay_min_s: 1, delay_s: 2, withheld: 'continue',
} };
const EVIDENCE = sha256('a register');
const WHY = { explanation: '项目取消' };

const begin = (members) => aDraw({ entrants: 4, policy: POLICY, until: 'drafted', ...members });
const propose = (key, act, subject, payload) =>
  call('POST', '/v1/proposals', { key, body: { act, subject, payload } });
const close = async (draw) => (await draw.text('close.txt')).toString();

async function both(act, draw, payload) {
  const { operator, supervisor } = await people();
  return twoPersons(operator, supervisor, act, draw.id, payload);
}
async function commitAll(draw) {
  for (const name of Object.keys(draw.parties))
    must(await draw.commit(name));
  await waitFor(draw, 'locked');
}

describe('two persons', { concurrency: 4 }, () => {
  before(async () => {
    await policy(POLICY);
    await category();
  });

  test('exclude one in the window, with a reason', async () => {
    const draw = await begin();
    const { operator, supervisor, owner } = await people();
    const out = draw.institutions[0].uscc;
    const payload = { entry: out, reason: 'qualification-expired', evidence: EVIDENCE };
    assertProblem(await propose(operator, 'draw.exclude', draw.id, { ...payload, entry: '91360702MA35000018' }), 422, 'invalid');
    assertProblem(await propose(operator, 'draw.exclude', draw.id, { ...payload, entry: (await institution()).uscc }), 404, 'not-found');
    assertProblem(await propose(operator, 'draw.exclude', 'D-nowhere', payload), 404, 'not-found');
    assertProblem(await propose(operator, 'draw.exclude', draw.id, { entry: out, reason: 'x' }), 422, 'invalid');
    assertProblem(await propose(await person('owner'), 'draw.exclude', draw.id, payload), 404, 'not-found');
    const { id, digest } = must(await propose(owner, 'draw.exclude', draw.id, payload));
    must(await call('POST', `/v1/proposals/${id}/approval`, { key: supervisor, body: { digest } }), 200);
    assertProblem(await propose(operator, 'draw.exclude', draw.id, payload), 409, 'exists');
    const shown = await waitFor(draw, 'declared');
    assert.equal(shown.entrants, 3);
    assert.ok(!(await draw.text('roster.txt')).includes(out));
    assert.ok((await draw.text('draft.txt')).includes(out));
    assert.match((await draw.text('excluded.txt')).toString(),
      new RegExp(`^exclude ${out} qualification-expired ${EVIDENCE}$`, 'm'));
    assertProblem(await propose(operator, 'draw.exclude', draw.id, { ...payload, entry: draw.institutions[1].uscc }), 409, 'wrong-state');
    await commitAll(draw);
    for (const name of ['operator', 'supervisor'])
      must(await draw.reveal(name));
    await waitFor(draw, 'closed');
    assert.ok(unzip(await pack(draw.id)).has('draft.txt'));
    await verified(draw.id, draw.parties);
  });

  test('leave too few, and the notice has failed', async () => {
    const draw = await begin({ entrants: 3 });
    await both('draw.exclude', draw, { entry: draw.institutions[0].uscc, reason: 'affiliated', evidence: EVIDENCE });
    const dropped = await until(async () => {
      const { body } = await call('GET', `/v1/draws/${draw.id}`);
      return body.state === 'dropped' && body;
    }, 'the end');
    assert.equal(dropped.reason, 'too-few-entrants');
    assert.equal(must(await call('GET', `/v1/notices/${draw.notice.id}`), 200).state, 'failed');
    assertProblem(await call('GET', `/v1/draws/${draw.id}/pack`), 404, 'not-found');
    const { owner } = await people();
    assertProblem(await call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} }), 409, 'wrong-state');
  });

  test('cancel a draft without a trace but the event', async () => {
    const draw = await begin();
    await both('draw.cancel', draw, WHY);
    const body = await until(async () => { // as soon as it is published
      const shown = must(await call('GET', `/v1/draws/${draw.id}`), 200);
      return shown.state === 'dropped' && shown;
    }, 'the end');
    assert.deepEqual([body.reason, body.project_lock], ['cancelled', null]);
    const { owner } = await people();
    const again = must(await call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} }));
    assert.deepEqual([again.attempt, again.previous], [1, null], 'what was never declared is no attempt');
    await waitFor(again.id, 'declared');
  });

  test('cancel after the freeze', async () => {
    const draw = await begin({ until: 'declared' });
    must(await draw.commit('operator'));
    const { auditor, operator, supervisor } = await people();
    const { id, digest } = must(await propose(supervisor, 'draw.cancel', draw.id, { ...WHY, evidence: EVIDENCE }));
    const approve = (key) => call('POST', `/v1/proposals/${id}/approval`, { key, body: { digest } });
    assertProblem(await approve(supervisor), 403, 'two-persons');
    assertProblem(await approve(operator), 403, 'forbidden');
    must(await call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } }), 200);
    assert.match(await close(draw), new RegExp(`^outcome void\nreason cancelled\ndetail ${EVIDENCE}\nknown no$`, 'm'));
    await verified(draw.id, draw.parties);
    assertProblem(await propose(operator, 'draw.cancel', draw.id, WHY), 409, 'wrong-state');
    assertProblem(await draw.commit('supervisor'), 409, 'too-late');
  });

  test('cancel between reveals, when the outcome could be known', async () => {
    const draw = await begin({ until: 'declared' });
    await commitAll(draw);
    must(await draw.reveal('operator'));
    await both('draw.cancel', draw, WHY);
    assert.match(await close(draw), /^outcome void\nreason cancelled\ndetail -\nknown yes$/m);
    assert.ok(!unzip(await pack(draw.id)).has('seal.txt'));
    await verified(draw.id, draw.parties);
    assertProblem(await draw.reveal('supervisor'), 409, 'too-late');
  });

  test('void a draw whose beacon does not come', async () => {
    const draw = await begin({ until: 'declared', beacon: 'public', template: 'dice25' });
    const { operator } = await people();
    assertProblem(await propose(operator, 'draw.void', draw.id, WHY), 409, 'wrong-state');
    await commitAll(draw);
    for (const name of ['operator', 'supervisor'])
      must(await draw.reveal(name));
    await waitFor(draw, 'sealed');
    assertProblem(await propose(operator, 'draw.void', draw.id, WHY), 409, 'too-early');
    await until(async () => (await propose(operator, 'draw.void', draw.id, WHY)).status === 201, 'its time');
    await both('draw.void', draw, WHY);
    assert.match(await close(draw), /^outcome void\nreason beacon\ndetail -\nknown yes$/m);
    await verified(draw.id, draw.parties);
    const body = { value: '4162533615246134526163255', attestations: [] };
    assertProblem(await call('POST', `/v1/draws/${draw.id}/beacon`, { body }), 409, 'wrong-state');
  });

  test('do not void a draw that waits for nothing', async () => {
    const draw = await begin({ until: 'declared' });
    await commitAll(draw);
    const { operator } = await people();
    assertProblem(await propose(operator, 'draw.void', draw.id, WHY), 409, 'wrong-state');
    assertProblem(await propose(operator, 'draw.void', draw.id, {}), 422, 'invalid');
    assertProblem(await propose(operator, 'draw.void', draw.id, { explanation: 'x'.repeat(1001) }), 422, 'invalid');
  });
});

describe('an objection', () => {
  test('is taken from who signed up, in the window; its grounds stay private', async () => {
    await policy(POLICY);
    const draw = await begin();
    const { operator, owner } = await people();
    const [who] = draw.institutions;
    const path = `/v1/draws/${draw.id}/objections`;
    const body = { reason: 'affiliated-entrant', grounds: '某机构与另一机构\n同一法定代表人' };
    const made = must(await call('POST', path, { key: who, body }));
    assert.deepEqual([made.institution, made.draw, made.grounds], [who.uscc, draw.id, body.grounds]);
    assertProblem(await call('POST', path, { key: await institution(), body }), 403, 'forbidden');
    assertProblem(await call('POST', path, { key: owner, body }), 403, 'forbidden');
    assertProblem(await call('POST', path, { body }), 401, 'unauthenticated');
    assertProblem(await call('POST', path, { key: who, body: { ...body, grounds: '' } }), 422, 'invalid');
    assertProblem(await call('POST', path, { key: who, body: { ...body, grounds: 'x'.repeat(2001) } }), 422, 'invalid');
    for (let i = 1; i < 10; i++)
      must(await call('POST', path, { key: who, body }));
    assertProblem(await call('POST', path, { key: who, body }), 429, 'too-many');
    const { items } = must(await call('GET', path), 200);
    assert.equal(items.length, 10);
    assert.ok(!('grounds' in items[0]) && items[0].reason === body.reason);
    const told = must(await call('GET', `${path}/grounds`, { key: operator }), 200);
    assert.equal(told.items[0].grounds, body.grounds);
    assertProblem(await call('GET', `${path}/grounds`, { key: who }), 403, 'forbidden');
    assert.deepEqual(await sql(`SELECT COUNT(*) FROM log_entry WHERE kind = 'objection.made'
      AND INSTR(bytes, '法定代表人') > 0`), ['0']);
    await waitFor(draw, 'declared');
    assertProblem(await call('POST', path, { key: who, body }), 409, 'wrong-state');
  });

  test('is answered by owner or operator before the freeze, to everybody', async () => {
    await policy(POLICY);
    const draw = await begin();
    const { operator, owner, supervisor } = await people();
    const [who] = draw.institutions;
    const path = `/v1/draws/${draw.id}/objections`;
    const object = async () => must(await call('POST', path, { key: who, body: { reason: 'roster', grounds: '名单有误' } }));
    const [first, second, third] = [await object(), await object(), await object()];
    const answer = (key, { id }, body, options) => call('POST', `/v1/objections/${id}/answer`, { key, body, ...options });
    const no = { upheld: 'no', answer: '经核实,\n名单无误' };
    for (const key of [supervisor, who])
      assertProblem(await answer(key, first, no), 403, 'forbidden');
    assertProblem(await answer(await person('owner'), first, no), 404, 'not-found');
    assertProblem(await answer(owner, { id: draw.id }, no), 404, 'not-found');
    assertProblem(await answer(owner, first, { ...no, upheld: 'perhaps' }), 422, 'invalid');
    assertProblem(await answer(owner, first, { upheld: 'no' }), 422, 'invalid');
    assertProblem(await answer(owner, first, { ...no, answer: '' }), 422, 'invalid');
    assertProblem(await answer(owner, first, { ...no, answer: '无'.repeat(2001) }), 422, 'invalid');
    assertProblem(await answer(owner, first, no, { headers: { 'if-match': '"2"' } }), 412, 'precondition-failed');
    const answered = must(await answer(owner, first, no, { headers: { 'if-match': '"1"' } }), 200);
    assert.deepEqual([answered.state, answered.upheld, answered.answer, answered.answered_by],
      ['answered', 'no', no.answer, owner.organisation]);
    must(await answer(operator, second, { upheld: 'yes', answer: '无'.repeat(2000) }), 200);
    assertProblem(await answer(operator, first, no), 409, 'wrong-state');
    const { items } = must(await call('GET', path), 200);
    const shown = Object.fromEntries(items.map((item) => [item.id, item]));
    assert.deepEqual([first, second, third].map(({ id }) => shown[id].upheld), ['no', 'yes', null]);
    assert.deepEqual([shown[first.id].answer, shown[first.id].grounds], [no.answer, undefined]);
    const grounds = `${path}/grounds`;
    assert.equal(must(await call('GET', grounds, { key: owner }), 200).items[0].grounds, '名单有误');
    assertProblem(await call('GET', grounds, { key: await person('owner') }), 404, 'not-found');
    const event = await until(async () => must(await call('GET', `/v1/events?subject=${first.id}&kind=objection.answered`), 200).items[0], 'it');
    assert.deepEqual([event.by, event.data.upheld, event.data.answer, 'grounds' in event.data],
      [{ org: owner.organisation, role: 'owner' }, 'no', no.answer, false]);
    await waitFor(draw, 'declared');
    assertProblem(await answer(owner, third, no), 409, 'wrong-state');
  });
});
