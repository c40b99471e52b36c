// A history keeps what came each time, and who tries again sends the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, actsOf } from './history.mjs';

// A service that answers in that order.
function answering(...answers) {
  const sent = [];
  return { sent, call: async (...request) => {
    sent.push(request);
    const answer = answers.shift();
    if (typeof answer === 'string')
      throw Object.assign(new Error(answer), { code: answer });
    const [status, body] = answer;
    return { status, text: JSON.stringify(body), body, headers: new Headers({ 'klero-log-size': '7' }) };
  } };
}

test('who is steady sends the same until it is answered', async () => {
  const history = new History();
  const { call, sent } = answering('ECONNREFUSED', 'ECONNRESET', [503, { code: 'unknown-outcome' }], [201, { id: 'x' }]);
  const key = { account: 'me', organisation: 'we', token: 't' };
  assert.equal((await history.steady(call)('POST', '/v1/notices', { key, body: { a: 1 } })).status, 201);
  const [record, ...others] = history.records;
  assert.deepEqual(others, []);
  assert.deepEqual(record.tries, ['ECONNREFUSED', 'ECONNRESET', 'unknown-outcome', 201]);
  assert.deepEqual([record.account, record.body, record.reply.status, record.reply.log_size], ['me', '{"a":1}', 201, 7]);
  for (const request of sent)
    assert.deepEqual(request, ['POST', '/v1/notices', { key, body: { a: 1 }, idempotency: record.idempotency }]);
  assert.deepEqual([history.ambiguous(), history.repeated()], [1, 1]);
});

test('a refusal is an answer, a mistake of the test is none', async () => {
  const history = new History();
  const { call } = answering([409, { code: 'exists' }], 'ERR_INVALID_ARG_TYPE');
  assert.equal((await history.steady(call)('POST', '/x')).status, 409);
  await assert.rejects(history.steady(call)('POST', '/x'), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.deepEqual(history.records.map(({ reply }) => reply?.status), [409, undefined]);
});

test('patience ends, and the record stays open', async () => {
  const history = new History();
  const { call } = answering(...Array(50).fill('ECONNREFUSED'));
  await assert.rejects(history.steady(call, { patience_ms: 100 })('POST', '/x'), /not answered/);
  assert.equal(history.records[0].reply, null);
  assert.equal(history.ambiguous(), 0, 'nobody listened: it was never sent');
});

test('once is once; one key of one account is one act; a GET is none', async () => {
  const history = new History();
  const { call } = answering('ECONNRESET', [201, {}], [201, {}], [200, {}]);
  const [mine, yours] = [{ account: 'me' }, { account: 'you' }];
  await assert.rejects(history.once(call)('POST', '/x', { key: mine, idempotency: 'k' }));
  await history.once(call)('POST', '/x', { key: mine, idempotency: 'k' });
  await history.once(call)('POST', '/x', { key: yours, idempotency: 'k' });
  await history.steady(call)('GET', '/x');
  assert.deepEqual(actsOf(history.records).map((act) => act.map(({ account }) => account)), [['me', 'me'], ['you']]);
});

test('two checkpoints of one size are two histories', () => {
  const history = new History();
  const note = (root) => `test.example/log\n5\n${root}\n\n— test.example/log signature\n`;
  assert.equal(history.sees(note('aaaa')), 5);
  history.sees(note('aaaa').replace('signature', 'another signature'));
  assert.throws(() => history.sees(note('bbbb')), /two checkpoints/);
});
