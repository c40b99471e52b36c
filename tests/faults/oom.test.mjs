// Memory runs out: the N-th allocation fails, once or from then on, in each kind
// of request, while it starts, and while a county is at work. klerod answers
// with a problem document, or ends at once and is started again; it never gives
// a wrong answer, and what was acknowledged is there, once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertProblem, client, must, until } from '../api/client.mjs';
import { pdf } from '../api/evidences.mjs';
import { Installation, scratch } from '../api/installation.mjs';
import { newUscc } from '../api/keys.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Keeper } from './keeper.mjs';
import { Load } from './load.mjs';
import { Memory, NEVER, build, make } from './memory.mjs';
import { judge } from './oracle.mjs';

const TRIALS = long ? 30 : 1; // of each kind of request: one failure
const TRIALS_FOREVER = long ? 12 : 1; // all of them from then on
const STARTS = long ? 40 : 2;
const GROWTHS = long ? 100 : 4;
const COUNTY = long ? 250 : 4; // failures while a county is at work
const COUNTY_AT_MAX = 1500; // allocations: less than a second of it
const COUNTY_MS_MAX = 2000;
const AFTER_START_MS = 50; // in which an allocation may fail, too
const POLL_MS = 5;
const MS_MAX = 30_000;

const chance = chanceOf();
const history = new History();
const ends = {};
let it, memory, load, notice, clean = false;

const isUp = () => it.daemon.child.exitCode === null && it.daemon.child.signalCode === null;
function countEnd(end) {
  ends[end] = (ends[end] ?? 0) + 1;
  // Out of memory it aborts; anything else, and a fault of its own, is a bug.
  assert.ok(['SIGABRT', 1].includes(end), `klerod ended by ${end}\n${it.diaryText().slice(-2000)}`);
}

before(async () => {
  make();
  it = new Installation(scratch('oom'), build);
  const { call, ...bound } = client(it);
  // Of a failure inside it says no more than 500; who gets that, tries again.
  const patient = async (...request) => {
    const reply = await call(...request);
    return reply.status === 500 ? { ...reply, status: 503 } : reply;
  };
  Object.assign(it, bound, { call: patient, bare: call });
  await it.create();
  memory = new Memory(it);
  await it.start();
  load = new Load(it, history, chanceOf(chance.seed));
  await load.prepare();
  notice = load.open[0];
});
after(async () => {
  await it.stop();
  if (clean) // else there is something to look at
    rmSync(it.home, { recursive: true });
});

// --- each kind of request, on a klerod that was started just now --------------------

const get = (path) => async () => ['GET', path];
const post = (path, who, body) => async () => ['POST', path, { key: await who(), body: await body(), idempotency: randomUUID() }];
const operator = async () => load.people.operator;
const REQUESTS = {
  'the index': get('/v1'),
  'a list': get('/v1/policies'),
  'one thing': async () => ['GET', `/v1/institutions/${load.institutions[0].uscc}`],
  'events': get('/v1/events?limit=20'),
  'openapi': get('/v1/openapi.json'),
  'a checkpoint': get('/log/checkpoint'),
  'entries of the log': get('/log/tile/entries/000.p/9'),
  'an institution': post('/v1/institutions', operator, async () => ({ uscc: newUscc(), name: '示例有限公司' })),
  'a sign-up': async () => ['POST', `/v1/notices/${notice.id}/signups`,
    { key: await load.them.institution(), body: {}, idempotency: randomUUID() }],
  'a proposal': post('/v1/proposals', operator, async () =>
    ({ act: 'institution.suspend', subject: (await load.them.institution()).uscc, payload: { reason: '测试' } })),
  'a file': async () => ['POST', '/v1/files', { key: await load.them.institution(), body: pdf(randomUUID()), idempotency: randomUUID(),
    headers: { 'content-type': 'application/pdf', 'klero-file-name': 'a.pdf' } }],
};

async function startAgain() {
  if (isUp())
    await it.kill();
  await it.start();
}

// One that aborts is not gone at once, though it has answered: it answers again, or
// has ended.
async function settled() {
  for (const end = Date.now() + MS_MAX; isUp(); await sleep(POLL_MS)) {
    if (await it.bare('GET', '/healthz').catch(() => null))
      return;
    assert.ok(Date.now() < end, 'klerod neither answers nor ends');
  }
}

// What came, when the n-th allocation failed from the start of the request on.
async function tryOnce([method, path, options = {}], n, forever) {
  await startAgain();
  memory.fail(n, { forever });
  const reply = await history.once(it.bare)(method, path, options).catch((error) => ({ broken: error.code ?? error.name }));
  memory.spare();
  const { failed } = memory;
  await settled();
  if (!isUp()) {
    countEnd(it.daemon.child.signalCode ?? it.daemon.child.exitCode);
    await it.start();
  }
  return { reply, failed };
}

async function judgeAnswer(name, request, reply, expected) {
  const [method, path, options] = request;
  if (reply.status >= 500)
    assertProblem(reply, reply.status, reply.body.code);
  else if (!reply.broken && method === 'GET')
    assert.equal(must(reply, 200, 'text'), expected, `${name}: a wrong answer`);
  // Of an act, what came first is what comes again.
  if (method === 'POST') {
    const again = must(await history.steady(it.call, { patience_ms: MS_MAX })(method, path, options), 201, 'text');
    if (reply.status < 300)
      assert.equal(reply.text, again, name);
  }
}

test('the N-th allocation of a request fails', async (t) => {
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const counts = [];
  let trials = 0, fired = 0;
  for (const [name, make] of Object.entries(REQUESTS)) {
    const [, path] = await make();
    const { text } = path.startsWith('/v1/notices') ? {} : await it.call('GET', path).catch(() => ({}));
    const measured = await tryOnce(await make(), NEVER, false);
    const all = memory.count;
    assert.ok(measured.reply.status < 300 && all > 10, `${name}: ${measured.reply.status}, ${all} allocations`);
    const found = { answered: 0, failed: 0, broken: 0 };
    for (let nth = 0; nth < TRIALS + TRIALS_FOREVER; nth++) {
      const forever = nth >= TRIALS;
      const n = 1 + Math.floor(all * chance());
      const request = await make();
      const { reply, failed } = await tryOnce(request, n, forever);
      trials++;
      fired += Math.min(1, failed);
      if (failed > 0)
        found[reply.broken ? 'broken' : reply.status < 300 ? 'answered' : 'failed']++;
      await judgeAnswer(name, request, reply, text);
    }
    counts.push(`${name} ${all}: ${Object.values(found).join('/')}`);
  }
  t.diagnostic(`allocations: answered/refused/broken: ${counts.join(', ')}`);
  assert.ok(fired >= trials / 2, `of ${trials} only ${fired} met an allocation`);
  assert.deepEqual(await judge(it, history), []);
});

// --- its start --------------------------------------------------------------------

// One start after another, each with another allocation that fails: those that
// `pick` gives of `all`.
async function failStarts(options, pick) {
  await it.kill();
  memory.fail(NEVER, options);
  await it.start();
  const all = memory.count;
  let fired = 0, starts = 0;
  for (const [nth, forever] of pick(all)) {
    await it.kill();
    memory.fail(nth, { ...options, forever });
    await it.start().catch((error) => assert.match(error.message, /^klerod ended instead of starting/));
    await sleep(AFTER_START_MS);
    memory.spare();
    await settled();
    fired += Math.min(1, memory.failed);
    starts++;
    if (!isUp()) {
      countEnd(it.daemon.child.signalCode ?? it.daemon.child.exitCode);
      await it.start();
    }
    await until(async () => (await it.bare('GET', '/readyz').catch(() => ({}))).status === 200, 'ready', MS_MAX);
  }
  assert.ok(fired >= starts / 2, `only ${fired} of ${starts} starts met one that failed`);
  assert.deepEqual(await judge(it, history), []);
  return `${all} allocations; ${fired} of ${starts} starts met one that failed`;
}

test('the N-th allocation of a start fails', async (t) => {
  t.diagnostic(await failStarts({}, (all) =>
    Array.from({ length: STARTS }, () => [1 + Math.floor(all * chance()), chance() < 0.3])));
});

test('a buffer of a start cannot grow', async (t) => {
  t.diagnostic(await failStarts({ growing: true }, (all) => {
    const step = Math.max(1, Math.ceil(all / GROWTHS));
    return Array.from({ length: Math.floor(all / step) }, (_, n) => [1 + n * step, false]);
  }));
});

// --- a county at work ----------------------------------------------------------------

test(`memory runs out ${COUNTY} times`, async (t) => {
  const keeper = new Keeper(it, { spare: () => memory.spare() });
  load.start();
  let failed = 0;
  for (let nth = 0; nth < COUNTY; nth++) {
    memory.fail(1 + chance.below(COUNTY_AT_MAX), { forever: chance() < 0.3 });
    const end = Date.now() + COUNTY_MS_MAX;
    while (memory.failed === 0 && Date.now() < end)
      await sleep(5);
    await sleep(chance.below(100));
    failed += Math.min(1, memory.failed);
    memory.spare();
  }
  await keeper.stop();
  await load.stop();
  keeper.ends.forEach(countEnd);
  assert.deepEqual(await judge(it, history), []);
  t.diagnostic(`${failed} failed; klerod ended ${JSON.stringify(ends)}; ${load.told()}; ${history.ambiguous()} answers were lost`);
  assert.ok(failed >= COUNTY / 4, `${failed} failed`);
  clean = true;
});
