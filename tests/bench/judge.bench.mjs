// judge.bench.mjs -- 10,000 sign-ups judged when a notice closes: of a category
// that asks for a qualification, and of one that asks for none. CPU of klerod and
// of the database, from the last sign-up until who may be drawn is known.
//
// KLERO_SIGNUPS (10,000). KLERO_PERF=FILE keeps a profile of the stricter one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { cpu_us, row, run, scratchInstallation } from './measure.mjs';
import { fillEntrants } from './fill.mjs';

const SIGNUPS = Number(process.env.KLERO_SIGNUPS ?? 10_000);
const SIGNUP_S = Number(process.env.KLERO_SIGNUP_S ?? 45);
const EACH = 3; // qualifications of each institution
const KIND = 'assessment';
const CODES = { free: 'J00', strict: 'J01' };

async function fill(it) {
  const { operator } = await it.people();
  const publish = async (body) => assert.equal((await it.call('POST', '/v1/categories', { key: operator, body })).status, 201);
  await publish({ code: CODES.free, service: '测绘' });
  await publish({ code: CODES.strict, service: '测绘', requirement: { all: [{ any: [{ kind: KIND, level_min: '乙级', scope: 'water' }] }], ladders: [{ kind: KIND, levels: ['甲级', '乙级'] }] } });
  const tokens = await fillEntrants(it, SIGNUPS, CODES.free);
  await it.sql(`
    INSERT INTO listing (id, state, seq, event_index, institution, category, fee_min_fen, fee_max_fen, fee_basis, promised_days, deadline_unit, published_at)
    SELECT CONCAT(id, '-strict'), state, seq, event_index, institution, '${CODES.strict}', fee_min_fen, fee_max_fen, fee_basis, promised_days, deadline_unit, published_at FROM listing;
    INSERT INTO qualification (id, state, seq, event_index, institution, kind, level, scopes, number, issuer, valid_from, valid_until, evidence, days_left)
    SELECT CONCAT('bench-', i.id, '-', n.seq), 'active', 1, 0, i.id, '${KIND}', IF(n.seq = 1 AND RIGHT(i.id, 2) = '7X', '丙级', '甲级'), '["road","water"]', 'C1', '协会', '2020-01-01', '2098-12-31', REPEAT('0', 64), 0
    FROM institution i, seq_1_to_${EACH} n;
    UPDATE institution SET event_index = 0; UPDATE listing SET event_index = 0`);
  return tokens;
}

async function signUp(it, peers, notice, tokens) {
  const out = JSON.parse(await run(join(peers, 'load_posts'), [new URL(it.url).port, '32'],
    { input: tokens.map((token) => `/v1/notices/${notice}/signups ${token} ${randomUUID()} {}\n`).join('') }));
  assert.deepEqual(out.status, { 201: tokens.length });
}

async function judged(it, peers, tokens, code) {
  const { id } = await it.aNotice({ category: code, signup_s: SIGNUP_S });
  await signUp(it, peers, id, tokens);
  const pids = [it.daemon.child.pid, it.server_pid()];
  const state = async () => (await it.call('GET', `/v1/notices/${id}`)).body;
  assert.equal((await state()).state, 'open');
  const perf = process.env.KLERO_PERF && code === CODES.strict && spawn('perf', ['record', '-q', '-e', 'cpu-clock', '-F', '999', '-g',
    '-o', process.env.KLERO_PERF, '-p', pids.join()], { stdio: 'inherit' });
  const klerod = cpu_us([pids[0]]), database = cpu_us([pids[1]]);
  let from = 0, now;
  for (now = await state(); now.state === 'open' || now.state === 'closed'; now = await state()) {
    if (now.state === 'closed')
      from ||= performance.now();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  const seconds = (performance.now() - from) / 1000;
  const used = { klerod_us: (cpu_us([pids[0]]) - klerod) / SIGNUPS, database_us: (cpu_us([pids[1]]) - database) / SIGNUPS };
  if (perf) {
    perf.kill('SIGINT');
    await once(perf, 'exit');
  }
  assert.equal(now.signup_count, SIGNUPS);
  return { seconds, ...used, cpu_us: used.klerod_us + used.database_us };
}

export async function bench({ build, peers, say }) {
  const it = await scratchInstallation(build, { act_queue: 8192 });
  try {
    const tokens = await fill(it);
    const free = await judged(it, peers, tokens, CODES.free);
    const strict = await judged(it, peers, tokens, CODES.strict);
    for (const [name, { seconds, klerod_us, database_us }] of Object.entries({ free, strict }))
      say(`${name}: ${seconds.toFixed(1)} s, CPU µs a sign-up: klerod ${klerod_us.toFixed(0)}, mariadbd ${database_us.toFixed(0)}`);
    return [
      row(`${SIGNUPS} sign-ups judged`, free.seconds, { unit: 's', cpu_us: free.cpu_us }),
      row('the same by qualifications', strict.cpu_us / free.cpu_us, { unit: '× CPU', cpu_us: strict.cpu_us, note: `${strict.seconds.toFixed(2)} s` }),
    ];
  } finally {
    await it.remove();
  }
}
