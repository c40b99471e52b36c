// Many institutions sign up at the same moment while notices close under them:
// connections break, requests come twice, the power fails. None acknowledged is
// lost, none comes after its close, none twice.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemon, must, until } from '../api/client.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { judge } from './oracle.mjs';
import { readLog } from './log.mjs';

const CLIENTS = 64;
const NOTICES = long ? 2000 : 12; // each client signs up for each
const CLOSES = long ? 20 : 2;     // moments at which an equal part of them closes
const KILLS = long ? 4 : 1;
const WINDOW_MS_MIN = long ? 10_000 : 4000; // from its publication to its close
const WINDOW_MS_MAX = 60_000;
const AROUND_MS = 1000;
const CUT = 0.03;  // of the requests are not listened to
const CUT_MS_MAX = 20;
const TWICE = 0.05;
const ANOTHER_KEY = 0.05;
const AT_ONCE = 32; // notices under way
const CALL_MS_MAX = 60_000;
const SELECT = CLIENTS + 1; // so no notice has enough, and none is drawn

// Requests of one client, one after another on a connection that is kept; some
// are cut off unheard.
function clientOf(it, chance) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (method, path, { key, body, idempotency }) => new Promise((done, failed) => {
    const content = JSON.stringify(body);
    const sent = request({ host: '127.0.0.1', port: new URL(it.url).port, method, path, agent, timeout: CALL_MS_MAX,
      headers: { authorization: `Bearer ${key.token}`, 'content-type': 'application/json',
        'content-length': Buffer.byteLength(content), 'idempotency-key': idempotency } }, async (reply) => {
      try {
        const parts = [];
        for await (const part of reply)
          parts.push(part);
        const text = Buffer.concat(parts).toString('utf8');
        const headers = new Headers({ 'klero-log-size': reply.headers['klero-log-size'] ?? '' });
        done({ status: reply.statusCode, text, body: JSON.parse(text), headers });
      } catch (error) {
        failed(error);
      }
    });
    sent.on('error', failed);
    sent.end(content);
    if (chance() < CUT)
      setTimeout(() => sent.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' })), chance() * CUT_MS_MAX);
  });
  return { call, end: () => agent.destroy() };
}

// Each of `list` through `work`, that many at a time.
async function each(list, at_once, work) {
  const left = list.slice();
  await Promise.all(Array.from({ length: at_once }, async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift())
      await work(one);
  }));
}

const isoOf = (ms) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');

async function publish(them, count, close) {
  const { owner } = await them.people();
  const category = await them.category();
  const notices = [];
  await each(Array(count).fill(close), AT_ONCE, async () => {
    const { id } = must(await them.call('POST', '/v1/notices', { key: owner, body: { title: '测试项目', service: '编制项目建议书', category,
      amount_max_fen: 10_000_00, days_max: 20, deadline_unit: 'workday', select: SELECT, alternates: 0, beacon: 'none',
      signup_close: close,
      contact_name: '测试', contact_phone: '0000' } }));
    notices.push({ id });
  });
  return notices;
}

// When to sign up: some time before the close; of four, one just around it.
const momentOf = (from, close, chance) => chance() < 0.25 ? close + (2 * chance() - 1) * AROUND_MS
  : from + chance() * (close + AROUND_MS - from);

// One institution: each notice once, each at a moment of its own.
async function signUpForAll({ chance, key, calls, seen }, notices) {
  const plan = notices.map((notice) => ({ ...notice, moment: momentOf(Date.now(), notice.close, chance) }));
  for (const { id, close, moment } of plan.sort((left, right) => left.moment - right.moment)) {
    await sleep(Math.max(0, moment - Date.now()));
    const send = (call, idempotency) => call('POST', `/v1/notices/${id}/signups`, { key, body: {}, idempotency });
    const mine = randomUUID();
    const sends = [send(calls[0], mine)];
    if (chance() < TWICE)
      sends.push(send(calls[1], mine));
    if (chance() < ANOTHER_KEY)
      sends.push(send(calls[2], randomUUID()));
    const from = Date.now();
    for (const { status, body, text } of await Promise.all(sends)) {
      if (status === 201)
        seen.made.add(`${id} ${key.uscc}`);
      else
        assert.ok(['too-late', 'exists'].includes(body.code), text);
      if (Math.abs(from - close) < AROUND_MS)
        seen.near[status === 201 ? 'made' : 'refused']++;
      seen[status === 201 ? 'signed' : body.code]++;
    }
  }
}

test(`${CLIENTS} clients × ${NOTICES} sign-ups across ${CLOSES} closes`, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const it = await daemon();
  const history = new History();
  const seen = { made: new Set(), near: { made: 0, refused: 0 }, signed: 0, exists: 0, 'too-late': 0 };
  try {
    const them = history.people(it);
    await them.policy();
    await them.category();
    const all = await Promise.all(Array.from({ length: CLIENTS }, () => them.institution()));
    const lanes = all.map((key) => Array.from({ length: 3 }, () => clientOf(it, chance)));
    const clients = all.map((key, i) => ({ chance, key, seen, calls: lanes[i].map(({ call }) => history.steady(call)) }));
    const cuts = new Set(Array.from({ length: KILLS }, (_, i) => Math.floor((i + 0.5) * CLOSES / KILLS)));
    let window_ms = WINDOW_MS_MIN;
    for (let nth = 0; nth < CLOSES; nth++) {
      const count = Math.ceil(NOTICES / CLOSES);
      const { signed, 'too-late': late } = seen;
      const close = Math.ceil((Date.now() + window_ms) / 1000) * 1000;
      const notices = await publish(them, count, isoOf(close)).then((made) => made.map(({ id }) => ({ id, close })));
      const signing = Promise.all(clients.map((client) => signUpForAll(client, notices)));
      signing.catch(() => {}); // it is awaited below
      if (cuts.has(nth)) {
        await sleep(Math.max(0, close - Date.now() + (chance() - 0.5) * AROUND_MS));
        await it.kill();
        await it.start();
      }
      await signing;
      // Where it was too short for half of them, the next is longer.
      if (seen['too-late'] - late > seen.signed - signed)
        window_ms = Math.min(WINDOW_MS_MAX, 2 * window_ms);
    }
    lanes.flat().forEach(({ end }) => end());
    await until(async () => (await it.sql("SELECT COUNT(*) FROM notice WHERE state <> 'failed'"))[0] === '0', 'every close', 600_000);
    assert.deepEqual(await judge(it, history, { everything: true }), []);
    const log = await readLog(it.call, 0);
    const logged = log.events.filter(({ kind }) => kind === 'signup.made').map(({ data }) => `${data.notice} ${data.institution}`);
    assert.equal(new Set(logged).size, logged.length, 'none twice');
    assert.deepEqual(logged.filter((one) => !seen.made.has(one)), [], 'none that nobody was told of');
    assert.equal(logged.length, seen.made.size, 'none lost');
  } finally {
    t.diagnostic(`${seen.signed} answered 201, ${seen['too-late']} too late, ${seen.exists} exist; within a second of their close ${
      seen.near.made} made, ${seen.near.refused} refused; ${history.ambiguous()} cut off, ${history.repeated()} sent again`);
    await it.stop();
  }
  assert.ok(seen['too-late'] > 0 && seen.near.made > 0 && seen.near.refused > 0, 'no close was raced');
  assert.ok(history.ambiguous() > 0 && history.repeated() > 0, 'nobody had to send again');
  assert.ok(seen.exists > 0, 'nobody signed up twice');
});
