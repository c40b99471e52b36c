// klerod is killed twenty times while draws are under way. What was acknowledged
// is there, what was shown has not changed, and every draw comes to the result
// that its texts give.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builders } from './builders.mjs';
import { daemon, must, program, until } from './client.mjs';
import { evidence } from './evidence.mjs';
import { sha256 } from './keys.mjs';

const KILLS = 20;
const BETWEEN_MS_MAX = 900;
const DICE = '4162533615246134526163255';
const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(6), commit: s(12), reveal: s(12), delay_min_s: 1, delay_s: 2, withheld: 'continue',
} };

// As a client does who keeps trying: the same request until it is answered.
const steady = (call) => async (method, path, options = {}) => {
  const idempotency = options.idempotency ?? (method === 'POST' ? randomUUID() : undefined);
  return until(async () => {
    try {
      const reply = await call(method, path, { ...options, idempotency });
      return reply.status !== 503 && reply;
    } catch (error) {
      assert.ok(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(error.code), error.stack);
      return false;
    }
  }, `an answer to ${method} ${path}`);
};

// Power cuts at random moments; tells when there were enough.
async function cutPower(it) {
  for (let kills = 0; kills < KILLS; kills++) {
    await sleep(Math.random() * BETWEEN_MS_MAX);
    await it.kill();
    await it.start();
  }
}

async function play(them, proof, beacon) {
  const receipts = [];
  const acknowledged = async (reply) => receipts.push(must(await reply).receipt);
  const draw = await them.aDraw({ beacon, ...beacon === 'public' && { template: 'dice25' },
    entrants: 3, signup_s: 8, policy: POLICY, until: 'declared' });
  const seen = new Map();
  const look = async () => {
    for (const { name, sha256: digest } of must(await them.call('GET', `/v1/draws/${draw.id}`), 200).texts) {
      assert.equal(seen.get(name) ?? digest, digest, name);
      seen.set(name, digest);
    }
  };
  for (const name of ['operator', 'supervisor'])
    await acknowledged(draw.commit(name));
  await look();
  await them.waitFor(draw, 'locked');
  for (const name of ['operator', 'supervisor'])
    await acknowledged(draw.reveal(name));
  await look();
  if (beacon === 'public')
    await until(async () => {
      const reply = await them.call('POST', `/v1/draws/${draw.id}/beacon`,
        { body: await proof.attestation(draw, DICE, ['operator', 'supervisor']) });
      return reply.body.code !== 'too-early' && acknowledged(reply);
    }, 'the value');
  await them.waitFor(draw, 'closed');
  return { draw, receipts, look };
}

// klero/1 receipt, origin, event, index, leaf, by
async function checkReceipt(it, { text, signature }) {
  assert.match(signature, /^[0-9a-f]{128}$/);
  const { event, index, leaf } = Object.fromEntries(text.trim().split('\n').map((line) => line.split(' ')));
  const rows = await it.sql(`SELECT LOWER(HEX(event_id)), LOWER(HEX(leaf)) FROM log_entry WHERE idx = ${index}`);
  assert.deepEqual(rows, [`${event}\t${leaf}`], text);
}

test(`survives ${KILLS} power cuts`, async () => {
  const it = await daemon();
  try {
    const call = steady(it.call);
    const bound = { ...it, call, adminCall: steady(it.adminCall), home: it.home, origin: it.origin, must, until };
    const them = { call, ...builders(bound) };
    const proof = evidence({ ...it, call });
    await them.policy(POLICY);
    await them.category();
    const cuts = cutPower(it);
    const played = await Promise.all(['none', 'public', 'none', 'public'].map((beacon) => play(them, proof, beacon)));
    await cuts;
    for (const { draw, receipts, look } of played) {
      await look();
      for (const receipt of receipts)
        await checkReceipt(it, receipt);
      const { items } = must(await call('GET', `/v1/notices/${draw.notice.id}/entrants`), 200);
      assert.deepEqual(items.map(({ institution }) => institution).sort(),
        draw.institutions.map(({ uscc }) => uscc).sort());
      const seed = sha256(await draw.text('seed.txt'));
      const { stdout } = program('klero', ['rank', seed, '1', '2'], (await draw.text('roster.txt')).toString());
      assert.equal(stdout, (await draw.text('result.txt')).toString());
      await proof.verified(draw.id, draw.parties);
    }
    assert.deepEqual(await it.sql("SELECT kind, subject FROM due WHERE state = 'parked'"), []);
  } finally {
    await it.stop();
  }
});

// What stands still too long ends as the protocol says, and never by choice.
test('stands still past a deadline', async () => {
  const it = await daemon();
  const SHORT = { draw: { ...POLICY.draw, objection: s(2), commit: s(2), reveal: s(2), delay_s: 1 } };
  const { parties } = await it.people();
  const close = async (draw) => (await draw.text('close.txt')).toString();
  const sleepUntil = (time) => sleep(Math.max(0, Date.parse(time) - Date.now() + 1000));
  const begin = async () => {
    const draw = await it.aDraw({ beacon: 'public', template: 'dice25', entrants: 3, policy: SHORT, until: 'declared' });
    for (const name of Object.keys(parties))
      must(await draw.commit(name));
    return draw;
  };
  try {
    const proof = evidence(it);
    const first = await begin();
    const { reveal_by } = must(await it.call('GET', `/v1/draws/${first.id}`), 200);
    await it.kill();
    await sleepUntil(reveal_by);
    await it.start();
    await it.waitFor(first, 'closed');
    assert.match(await close(first), /^outcome failed\nreason unwitnessed\n/m);
    await proof.verified(first.id, parties);

    // One revealed, and the value may be known when the seal could be set.
    const second = await begin();
    const { beacon_time } = await it.waitFor(second, 'locked');
    must(await second.reveal('supervisor'));
    await it.kill();
    await sleepUntil(beacon_time);
    await it.start();
    await it.waitFor(second, 'closed');
    assert.match(await close(second), /^outcome failed\nreason unsealed\n/m);
    await proof.verified(second.id, parties);
  } finally {
    await it.stop();
  }
});

test('is void when one withholds and the policy says so', async () => {
  const it = await daemon();
  const VOID = { draw: { ...POLICY.draw, objection: s(2), commit: s(3), reveal: s(3), withheld: 'void' } };
  try {
    const { parties } = await it.people();
    const draw = await it.aDraw({ beacon: 'public', template: 'dice25', entrants: 3, policy: VOID, until: 'declared' });
    for (const name of Object.keys(parties))
      must(await draw.commit(name));
    await it.waitFor(draw, 'locked');
    must(await draw.reveal('supervisor'));
    await it.waitFor(draw, 'closed');
    assert.match((await draw.text('close.txt')).toString(), /^outcome void\nreason party\ndetail -\nknown yes$/m);
    await evidence(it).verified(draw.id, parties);
  } finally {
    await it.stop();
  }
});
