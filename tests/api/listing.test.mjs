// Listings: what institutions offer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, call, category, institution, must, people } from './client.mjs';
import { newUscc } from './keys.mjs';

async function offer(changes) {
  const { uscc } = await institution({ categories: [] });
  return { institution: uscc, category: await category(), fee_min_fen: 100, fee_max_fen: 200, fee_basis: '市场调节价',
    promised_days: 10, deadline_unit: 'workday', ...changes };
}
const publish = async (body, key) => call('POST', '/v1/listings', { key: key ?? (await people()).operator, body });

test('a listing is published, shown and withdrawn', async () => {
  const { operator } = await people();
  const body = await offer({ region: 'demo' });
  const made = must(await publish(body));
  assert.equal(made.state, 'published');
  for (const [name, value] of Object.entries(body))
    assert.equal(made[name], value, name);
  assert.match(made.published_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(must(await call('GET', `/v1/listings/${made.id}`), 200), made);
  for (const query of [`institution=${body.institution}`, `category=${body.category}&institution=${body.institution}`])
    assert.deepEqual(must(await call('GET', `/v1/listings?${query}`), 200).items, [made]);
  const path = `/v1/listings/${made.id}/withdrawal`;
  assertProblem(await call('POST', path, { key: (await people()).owner, body: {} }), 403, 'forbidden');
  assert.equal(must(await call('POST', path, { key: operator, body: {} }), 200).state, 'withdrawn');
  assertProblem(await call('POST', path, { key: operator, body: {} }), 409, 'wrong-state');
});

test('one live listing of an institution in a category', async () => {
  const { operator } = await people();
  const body = await offer();
  const { id } = must(await publish(body));
  assertProblem(await publish(body), 409, 'exists');
  must(await call('POST', `/v1/listings/${id}/withdrawal`, { key: operator, body: {} }), 200);
  const again = must(await publish(body));
  assert.equal(must(await call('GET', `/v1/listings?institution=${body.institution}`), 200).items.length, 2);
  must(await call('POST', `/v1/listings/${again.id}/withdrawal`, { key: operator, body: {} }), 200);
});

test('at their limits they are taken', async () => {
  must(await publish(await offer({ fee_min_fen: 0, fee_max_fen: 0, promised_days: 1 })));
  must(await publish(await offer({ fee_min_fen: 2 ** 53 - 1, fee_max_fen: 2 ** 53 - 1, promised_days: 3650 })));
});

const faults = {
  'no such institution': [async () => ({ institution: newUscc() }), '/institution', 'unknown'],
  'a bad credit code': [async () => ({ institution: '1' }), '/institution', 'form'],
  'no such category': [async () => ({ category: 'none-such' }), '/category', 'unknown'],
  'a highest fee below the lowest': [async () => ({ fee_max_fen: 99 }), '/fee_max_fen', 'bounds'],
  'a fee below nothing': [async () => ({ fee_min_fen: -1 }), '/fee_min_fen', 'bounds'],
  'a fee with a fraction': [async () => ({ fee_min_fen: 1.5 }), '/fee_min_fen', 'bounds'],
  'no days': [async () => ({ promised_days: 0 }), '/promised_days', 'bounds'],
  '3651 days': [async () => ({ promised_days: 3651 }), '/promised_days', 'bounds'],
  'another unit': [async () => ({ deadline_unit: 'week' }), '/deadline_unit', 'form'],
  'no basis of the fee': [async () => ({ fee_basis: null }), '/fee_basis', 'form'],
};
for (const [what, [changes, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    const reply = await publish(await offer(await changes()));
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((error) => [error.pointer, error.code]), [[pointer, code]]);
  });

test('only an operator publishes', async () => {
  assertProblem(await publish(await offer(), (await people()).supervisor), 403, 'forbidden');
});
