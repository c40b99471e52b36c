// klerod is killed twenty times while draws are under way, in each phase of
// their lives and straight after something was sent. What was acknowledged is
// in the log, once; and every draw comes to the texts that its own secrets give.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builders } from './builders.mjs';
import { daemon, must, program, until } from './client.mjs';
import { evidence } from './evidence.mjs';
import { commitment, sha256 } from './keys.mjs';

// How often klerod is killed in each phase of a draw: twenty times together.
const QUOTA = { signup: 2, opening: 2, objection: 2, freeze: 2, commit: 3, lock: 2, reveal: 3, seal: 2, publication: 2 };
const KILLS = Object.values(QUOTA).reduce((sum, count) => sum + count);
const AFTER_SENDING_MS_MAX = 60;
const BEFORE_DUE_MS_MAX = 60; // killed then, it is down when its time comes
const PUBLISH_MS = 2500; // long enough to be killed in between, on a busy machine too
const BEACONS = ['none', 'public', 'none', 'public'];
const PARTIES = ['operator', 'supervisor'];
const DICE = '4162533615246134526163255';
const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(10), commit: s(12), reveal: s(12), delay_min_s: 1, delay_s: 2, withheld: 'continue',
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

// Where the draw of a notice stood when klerod was killed, by what it left.
async function phaseOf(it, { id, number, signup_close }) {
  const now = Date.now() + BEFORE_DUE_MS_MAX;
  const draw = `${number.replace(/^ZJ/, 'D')}-1`;
  const [[state, drawn, freeze, lock, ahead]] = (await it.sql(`SELECT n.state, COALESCE(d.state, '-'),
    COALESCE(d.draft_until, '-'), COALESCE(d.commit_by, '-'),
    COALESCE(d.event_index >= (SELECT MAX(size) FROM log_checkpoint), 0)
    FROM notice n LEFT JOIN draw d ON d.id = '${draw}' WHERE n.id = '${id}'`)).map((row) => row.split('\t'));
  const past = (time) => Date.parse(`${time.replace(' ', 'T')}Z`) <= now;
  switch (drawn) {
    case '-': return state === 'open' && Date.parse(signup_close) > now ? 'signup' : 'opening';
    case 'drafted': return past(freeze) ? 'freeze' : 'objection';
    case 'declared': return past(lock) ? 'lock' : 'commit';
    case 'locked': return 'reveal';
    case 'sealed': return 'seal';
    default: return ahead === '1' ? 'publication' : 'after';
  }
}

// Kills one after another. Each draw offers its moments; which of them are
// taken is chance, so that each phase comes to its quota.
function powerCuts(it) {
  const spread = Object.fromEntries(Object.keys(QUOTA).map((phase) => [phase, 0]));
  const offers = Object.fromEntries(Object.keys(QUOTA).map((phase) => [phase, BEACONS.length]));
  offers.seal = BEACONS.filter((beacon) => beacon !== 'none').length;
  const sizes = [];
  let last = Promise.resolve();
  const kill = async (notice) => {
    await it.kill();
    const phase = await phaseOf(it, notice);
    spread[phase] = (spread[phase] ?? 0) + 1;
    sizes.push(Number((await it.sql('SELECT size FROM log_head'))[0]));
    await it.start();
  };
  const cut = (phase, notice, moment) => {
    const left = offers[phase]--;
    if (Math.random() * left >= QUOTA[phase] - spread[phase])
      return null;
    return (async () => {
      await moment();
      last = last.then(() => kill(notice));
      await last;
    })();
  };
  return { cut, spread, sizes };
}
const afterSending = () => sleep(Math.random() * AFTER_SENDING_MS_MAX);
const justBefore = (time) => () => sleep(Date.parse(time) - Date.now() - Math.random() * BEFORE_DUE_MS_MAX);

// One draw from its notice to its close, and all that was acknowledged.
async function play(them, proof, cuts, beacon, nth) {
  const answers = [];
  const sent = { signups: 0, unanswered: 0, kept: 0 };
  // Send it; the power may fail meanwhile, and then it is sent again.
  const act = async (notice, phase, send) => {
    const kills = cuts.sizes.length;
    const cut = phase && cuts.cut(phase, notice, afterSending);
    const [answer] = await Promise.all([send(), cut]);
    answers.push(must(answer));
    if (cut) {
      sent.unanswered++;
      sent.kept += Number(answer.body.receipt?.text.match(/^index (\d+)$/m)[1] ?? Infinity) < cuts.sizes[kills];
    }
    return answer.body;
  };
  const institutions = await Promise.all(Array.from({ length: 3 }, () => them.institution()));
  const notice = await them.aNotice({ beacon, signup_s: 7 + 2 * nth, ...beacon === 'public' && { template: 'dice25' } });
  for (const [i, key] of institutions.entries())
    await act(notice, i === 1 && 'signup', () => them.call('POST', `/v1/notices/${notice.id}/signups`, { key, body: {} }));
  await cuts.cut('opening', notice, justBefore(notice.signup_close));

  const draw = them.drawOf(notice, institutions, (await them.people()).parties);
  const seen = new Map();
  const look = async () => {
    for (const { name, sha256: digest } of must(await them.call('GET', `/v1/draws/${draw.id}`), 200).texts) {
      assert.equal(seen.get(name) ?? digest, digest, name);
      seen.set(name, digest);
    }
  };
  const drafted = await them.waitFor(draw, 'drafted');
  await act(notice, 'objection', () => them.call('POST', `/v1/draws/${draw.id}/objections`,
    { key: institutions[0], body: { reason: 'roster', grounds: '名单有误' } }));
  await cuts.cut('freeze', notice, justBefore(drafted.draft_until));

  const { commit_by } = await them.waitFor(draw, 'declared');
  for (const [i, name] of PARTIES.entries())
    await act(notice, i === nth % 2 && 'commit', () => draw.commit(name));
  await look();
  await cuts.cut('lock', notice, justBefore(commit_by));

  await them.waitFor(draw, 'locked');
  const closed = () => until(async () => (await them.sql(`SELECT state FROM draw WHERE id = '${draw.id}'`))[0] === 'closed');
  await act(notice, 'reveal', () => draw.reveal(PARTIES[0]));
  if (beacon === 'none') {
    await Promise.all([act(notice, null, () => draw.reveal(PARTIES[1])), cuts.cut('publication', notice, closed)]);
  } else {
    await act(notice, null, () => draw.reveal(PARTIES[1]));
    await them.waitFor(draw, 'sealed');
    await cuts.cut('seal', notice, afterSending);
    const body = await proof.attestation(draw, DICE, PARTIES);
    const given = until(async () => {
      const reply = await them.call('POST', `/v1/draws/${draw.id}/beacon`, { body });
      return reply.body.code !== 'too-early' && answers.push(must(reply));
    }, 'the value');
    await Promise.all([given, cuts.cut('publication', notice, closed)]);
  }
  await them.waitFor(draw, 'closed');
  await look();
  return { draw, answers, sent, beacon };
}

// What the texts must be, from the roster and what the parties kept to themselves.
async function reckon(draw, beacon) {
  const text = (kind, ...lines) => `klero/1 ${kind}\n${lines.map((line) => `${line}\n`).join('')}`;
  const D = sha256(await draw.text('declare.txt'));
  const own = PARTIES.map((name) => commitment(D, name, draw.secrets[name], draw.parties[name].key));
  const entries = draw.institutions.map(({ uscc }) => `entry ${uscc} 1`).sort();
  const roster = text('roster', `draw ${draw.id}`, `entries ${entries.length}`, ...entries);
  const lock = text('lock', `declare ${D}`, ...own.map(({ party, commit, signature }) => `commit ${party} ${commit} ${signature}`));
  const seal = text('seal', `declare ${D}`, `lock ${sha256(lock)}`, ...PARTIES.map((name) => `secret ${name} ${draw.secrets[name]}`));
  const seed = text('seed', `seal ${sha256(seal)}`, beacon === 'none' ? 'beacon none' : `beacon public ${DICE}`);
  const result = program('klero', ['rank', sha256(seed), '1', '2'], roster).stdout;
  const close = text('close', `declare ${D}`, 'outcome result', 'reason drawn', `detail ${sha256(result)}`, 'known yes');
  return { roster, lock, seal, seed, result, close };
}

async function published(call) {
  const events = [];
  for (let after = -1, more = true; more;) {
    const { items } = must(await call('GET', `/v1/events?limit=200${after < 0 ? '' : `&after=${after}`}`), 200);
    events.push(...items);
    after = items.at(-1)?.index;
    more = items.length === 200;
  }
  return events;
}

// Each act of a draw had its effect once, whatever was sent how often.
function checkEffects(events, { draw, answers, beacon }) {
  const count = {};
  for (const { subject, kind } of events.filter((event) => event.subject === draw.id))
    count[kind] = (count[kind] ?? 0) + 1;
  const once = ['drafted', 'roster', 'names', 'excluded', 'declared', 'locked', 'sealed', 'seeded', 'result', 'closed'];
  assert.deepEqual(count, {
    ...Object.fromEntries(once.map((kind) => [`draw.${kind}`, 1])), ...beacon === 'public' && { 'draw.beacon': 1 },
    'draw.committed': PARTIES.length, 'draw.revealed': PARTIES.length,
  });
  const receipts = answers.filter(({ receipt }) => receipt);
  assert.equal(receipts.length, 3 + 2 * PARTIES.length + (beacon === 'public'));
  for (const { receipt: { text } } of receipts) {
    const [, id, index] = text.match(/^event (.*)\nindex (.*)$/m);
    assert.deepEqual(events.filter((event) => event.id === id).map((event) => event.index), [Number(index)], text);
  }
}

// The log holds what the receipts promise, says who has no part in it.
function checkReceipts(it, played) {
  const folder = mkdtempSync(join(it.home, 'receipts-'));
  const files = played.flatMap(({ answers }) => answers).filter(({ receipt }) => receipt).map((answer, i) => {
    const file = join(folder, `${i}.json`);
    writeFileSync(file, JSON.stringify(answer));
    return file;
  });
  const { status, stdout, stderr } = program('klero', ['log', 'check', `${it.url}/log`, ...files.flatMap((file) => ['--receipt', file])]);
  assert.equal(status, 0, stdout + stderr);
}

test(`survives ${KILLS} power cuts`, async (t) => {
  const it = await daemon({ publish_ms: PUBLISH_MS });
  try {
    const call = steady(it.call);
    const bound = { ...it, call, adminCall: steady(it.adminCall), home: it.home, origin: it.origin, must, until };
    const them = { ...bound, ...builders(bound) };
    const proof = evidence({ ...it, call });
    await them.policy(POLICY);
    await them.category();
    const cuts = powerCuts(it);
    const played = await Promise.all(BEACONS.map((beacon, nth) => play(them, proof, cuts, beacon, nth)));
    const sum = (name) => played.reduce((total, { sent }) => total + sent[name], 0);
    t.diagnostic(`killed in ${Object.entries(cuts.spread).map(([phase, count]) => `${phase} ${count}`).join(', ')}`);
    t.diagnostic(`${sum('unanswered')} acts were on their way; ${sum('kept')} were in the log before they were sent again`);
    assert.ok(cuts.sizes.length >= KILLS, `${cuts.sizes.length} kills`);
    for (const phase of Object.keys(QUOTA))
      assert.ok(cuts.spread[phase] > 0, `none in ${phase}`);

    const events = await published(call);
    assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
    for (const one of played) {
      const { draw } = one;
      const wanted = await reckon(draw, one.beacon);
      for (const [name, text] of Object.entries(wanted))
        assert.equal((await draw.text(`${name}.txt`)).toString(), text, name);
      checkEffects(events, one);
      for (const path of [`/v1/notices/${draw.notice.id}/entrants`, `/v1/draws/${draw.id}/objections`]) {
        const { items } = must(await call('GET', path), 200);
        assert.deepEqual(items.map(({ institution }) => institution).sort(),
          draw.institutions.slice(0, path.endsWith('objections') ? 1 : 3).map(({ uscc }) => uscc).sort(), path);
      }
      await proof.verified(draw.id, draw.parties);
    }
    checkReceipts(it, played);
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
