// Idempotency-Key: once, however often and however late it is asked.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { aNotice, adminCall, assertProblem, call, daemon, institution, must, person, sql } from './client.mjs';

const newId = () => `same-${randomUUID().slice(0, 8)}`;
const enrol = (id, idempotency, ask = adminCall) =>
  ask('POST', '/v1/organisations', { idempotency, body: { id, name: '重复' } });
const countOf = async (id) => Number((await sql(`SELECT COUNT(*) FROM log_entry WHERE subject = '${id}'`))[0]);

test('a repeated request gets the same answer and nothing happens twice', async () => {
  const [id, key] = [newId(), randomUUID()];
  const first = await enrol(id, key);
  const again = await enrol(id, key);
  must(first);
  assert.deepEqual(again.bytes, first.bytes);
  for (const name of ['klero-log-size', 'location', 'content-type', 'etag'])
    assert.equal(again.headers.get(name), first.headers.get(name), name);
  assert.equal(again.status, first.status);
  assert.equal(await countOf(id), 1);
});

test('the same key with another body is refused', async () => {
  const [id, other, key] = [newId(), newId(), randomUUID()];
  must(await enrol(id, key));
  assertProblem(await enrol(other, key), 422, 'idempotency-key-reused');
  assert.equal(await countOf(other), 0);
});

test('a refusal is not kept: the same key may try again', async () => {
  const [id, key] = [newId(), randomUUID()];
  must(await enrol(id, randomUUID()));
  assertProblem(await enrol(id, key), 409, 'exists');
  const other = newId();
  must(await enrol(other, key));
});

test('a creation without a key is refused', async () => {
  assertProblem(await enrol(newId(), null), 428, 'precondition-required');
});

test('the key is of its account alone', async () => {
  const key = randomUUID();
  for (const who of [await person('operator'), await person('operator')]) {
    const code = `K${randomUUID().slice(0, 6)}`;
    must(await call('POST', '/v1/categories', { key: who, idempotency: key, body: { code, service: '同键不同人' } }));
    assert.equal(await countOf(code), 1);
  }
});

test('twenty at once are one', async () => {
  const [id, key] = [newId(), randomUUID()];
  const replies = await Promise.all(Array.from({ length: 20 }, () => enrol(id, key)));
  for (const reply of replies) {
    must(reply);
    assert.deepEqual(reply.bytes, replies[0].bytes);
  }
  assert.equal(await countOf(id), 1);
});

test('of twenty bodies under one key, one wins', async () => {
  const key = randomUUID();
  const replies = await Promise.all(Array.from({ length: 20 }, () => enrol(newId(), key)));
  assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  for (const reply of replies.filter(({ status }) => status !== 201))
    assertProblem(reply, 422, 'idempotency-key-reused');
});

test('the same key on another route or another path is refused', async () => {
  const [id, key, operator] = [newId(), randomUUID(), await person('operator')];
  const body = { code: `K${randomUUID().slice(0, 6)}`, service: '同键不同路' };
  must(await call('POST', '/v1/categories', { key: operator, idempotency: key, body }));
  assertProblem(await call('POST', '/v1/proposals', { key: operator, idempotency: key,
    body: { act: 'policy.adopt', subject: 'x', payload: body } }), 422, 'idempotency-key-reused');
  must(await enrol(id, randomUUID()));
  const [who, first, second] = [await institution(), await aNotice({ signup_s: 3600 }), await aNotice({ signup_s: 3600 })];
  const signUp = (notice) => call('POST', `/v1/notices/${notice.id}/signups`, { key: who, idempotency: key, body: {} });
  must(await signUp(first));
  assertProblem(await signUp(second), 422, 'idempotency-key-reused');
});

// The columns that hold `bytes`, or their hexadecimal digits, as TABLE.COLUMN.
async function columnsWith(it, bytes) {
  const digits = bytes.toString('hex').toUpperCase();
  const columns = await it.sql(`SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
    WHERE table_schema = 'klero' AND data_type REGEXP 'char|text|blob|binary'`);
  const counts = columns.map((name) => name.split('.')).map(([table, column]) =>
    `SELECT COUNT(*) FROM \`${table}\` WHERE HEX(\`${column}\`) LIKE @bytes OR HEX(\`${column}\`) LIKE @digits`);
  const found = await it.sql(`SET @bytes = '%${digits}%', @digits = CONCAT('%', HEX('${digits.toLowerCase()}'), '%');
    ${counts.join(' UNION ALL ')}`);
  return columns.filter((_, i) => found[i] !== '0');
}

test('a salt that is erased is erased everywhere, and its answer does without', async () => {
  const it = await daemon();
  try {
    const [who, notice] = [await it.institution(), await it.aNotice({ signup_s: 3600 })];
    const signUp = () => it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, idempotency: 'one', body: {} });
    const first = await signUp();
    const { receipt, event_index, ...made } = must(first);
    const [salt, event] = [Buffer.from(receipt.salt, 'hex'), Buffer.from(receipt.event)];
    assert.deepEqual(await columnsWith(it, salt), ['event_private.salt']);
    assert.deepEqual(await columnsWith(it, event), ['event_private.event']);
    await it.kill();
    await it.start();
    assert.deepEqual((await signUp()).bytes, first.bytes);
    await it.sql(`DELETE FROM event_private WHERE event_index = ${event_index}`);
    assert.deepEqual([await columnsWith(it, salt), await columnsWith(it, event)], [[], []]);
    const { text, signature } = receipt;
    assert.deepEqual(must(await signUp()), { ...made, event_index, receipt: { text, signature } });
  } finally {
    await it.stop();
  }
});

test('a replay is answered after a kill', async () => {
  const it = await daemon();
  try {
    const [id, key] = [newId(), randomUUID()];
    const first = await enrol(id, key, it.adminCall);
    must(first);
    await it.kill();
    await it.start();
    assert.deepEqual((await enrol(id, key, it.adminCall)).bytes, first.bytes);
  } finally {
    await it.stop();
  }
});
