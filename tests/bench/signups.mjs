// signups.mjs [CASE]... -- whole sign-ups per second: bearer token,
// Idempotency-Key, sealed event, receipt signed, committed before the answer.
//
//   gathered64     a batch of up to 256, 64 connections
//   gathered1000   the same with 1,000 connections
//   alone64        the same daemon with batch_acts = 1
//   fastify64      fastify + npm mariadb, one plain INSERT a request (peers/)
//   fastify1000
//
// All on the cores of this machine, the client (load_posts.c) too. Runs are
// interleaved; what is printed is the median of KLERO_ROUNDS (3) of
// KLERO_SIGNUPS (20,000) each, and the CPU of each process in us a sign-up.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { client } from '../api/client.mjs';
import { Installation, root, scratch } from '../api/installation.mjs';
import { newUscc, sha256 } from '../api/keys.mjs';

const INSTITUTIONS = 2000;
const SIGNUP_DAYS = 7;
const NOTICES_MAX = 200; // of one page
const build = process.env.KLERO_BUILD ?? join(root, 'build/release');
const rounds = Number(process.env.KLERO_ROUNDS ?? 3);
const signups = Number(process.env.KLERO_SIGNUPS ?? 20_000);

// --- load --------------------------------------------------------------------

// Send each of `lines` once; what load_posts says of it.
async function load(port, connections, lines) {
  const child = spawn(join(build, 'tests/bench/load_posts'), [String(port), String(connections)],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(lines.join('\n') + '\n');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => { text += part; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, 'load_posts failed');
  return JSON.parse(text);
}

async function loadAll(port, connections, lines) {
  const went = await load(port, connections, lines);
  assert.deepEqual(went.status, { 201: lines.length });
  return went;
}

// CPU of each thread of a process, in us, by the name of the thread.
function cpuOf(pid) {
  const used = new Map();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
      const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      used.set(name, (used.get(name) ?? 0) + Number(ns) / 1000);
    } catch { /* it has ended */ }
  }
  return used;
}

const cpuSince = (before, after, count) => Object.fromEntries([...after]
  .map(([name, us]) => [name, (us - (before.get(name) ?? 0)) / count])
  .filter(([, us]) => us >= 0.05).sort(([, a], [, b]) => b - a));
const total = (cpu) => Object.values(cpu).reduce((sum, us) => sum + us, 0);

// --- a county that signs up ----------------------------------------------------

class County {
  constructor(name, settings) {
    this.it = new Installation(scratch(name), build, { act_queue: 8192, publish_ms: 200,
      http_connections: 1100, work_queue: 4096, ...settings });
  }

  async open(notices) {
    await this.it.create();
    await this.it.start();
    const { call, people, policy, category } = client(this.it);
    const { operator, owner } = await people();
    await policy();
    const code = await category();
    const port = () => new URL(this.it.url).port;
    const post = (who, path, bodies) => loadAll(port(), 32,
      bodies.map((body) => `${path} ${who.token} ${randomUUID()} ${JSON.stringify(body)}`));
    this.institutions = [...new Set(Array.from({ length: INSTITUTIONS }, newUscc))]
      .map((uscc) => ({ uscc, token: randomBytes(32).toString('hex') }));
    await post(operator, '/v1/institutions', this.institutions.map(({ uscc }) =>
      ({ uscc, name: `示例咨询${uscc.slice(8)}有限公司` })));
    await post(operator, '/v1/accounts', this.institutions.map(({ uscc, token }) =>
      ({ organisation: uscc, role: 'institution', key_hash: sha256(token) })));
    const close = new Date(Date.now() + SIGNUP_DAYS * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
    await post(owner, '/v1/notices', Array.from({ length: notices }, () => ({ title: '测试项目',
      service: '编制项目建议书', category: code, amount_max_fen: 10_000_00, days_max: 20,
      deadline_unit: 'workday', select: 1, alternates: 2, beacon: 'none', signup_close: close,
      contact_name: '测试', contact_phone: '0000' })));
    const { items } = (await call('GET', `/v1/notices?limit=${notices}`)).body;
    assert.equal(items.length, notices);
    this.left = this.#pairs(items.map(({ id }) => id));
    this.port = port();
  }

  // Each institution for each notice, one notice after another.
  * #pairs(notices) {
    for (const notice of notices)
      for (const { token } of this.institutions)
        yield `/v1/notices/${notice}/signups ${token} ${randomUUID()} {}`;
  }

  take(count) {
    const lines = [];
    while (lines.length < count) {
      const { value, done } = this.left.next();
      assert.ok(!done, 'too few notices');
      lines.push(value);
    }
    return lines;
  }

  get processes() {
    const database = readFileSync(join(this.it.database, 'db.pid'), 'utf8').trim();
    return { klerod: this.it.daemon.child.pid, mariadbd: Number(database) };
  }

  async close() {
    await this.it.stop();
    rmSync(this.it.home, { recursive: true });
  }
}

// --- fastify -------------------------------------------------------------------

// Beside a county: its database server, and as many requests.
class Peer {
  constructor(county) {
    this.county = county;
  }

  async open() {
    const socket = join(this.county.it.database, 'db.sock');
    execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-e', 'CREATE DATABASE IF NOT EXISTS peer']);
    this.child = spawn('node', [join(root, 'tests/bench/peers/fastify_insert.mjs'), socket, 'peer', 'root'],
      { stdio: ['pipe', 'pipe', 'inherit'], cwd: process.env.KLERO_PEERS ?? join(root, 'tests') });
    const [port] = await once(createInterface(this.child.stdout), 'line');
    this.port = port;
  }

  take(count) {
    return Array.from({ length: count }, (_, i) => `/v1/notices/${randomBytes(8).toString('hex')}/signups `
      + `${this.county.institutions[i % INSTITUTIONS].token} ${randomUUID()} {}`);
  }

  get processes() {
    return { node: this.child.pid, mariadbd: this.county.processes.mariadbd };
  }

  async close() {
    this.child.stdin.end();
    await once(this.child, 'exit');
  }
}

// --- runs ------------------------------------------------------------------------

async function run(what, connections, count) {
  const lines = what.take(count);
  const before = Object.entries(what.processes).map(([name, pid]) => [name, pid, cpuOf(pid)]);
  const perf = process.env.KLERO_PERF && spawn('perf', ['record', '-q', '-e', 'cpu-clock', '-F', '1999', '-g',
    '-o', process.env.KLERO_PERF, '-p', Object.values(what.processes).join()], { stdio: 'inherit' });
  const went = await loadAll(what.port, connections, lines);
  if (perf) {
    perf.kill('SIGINT');
    await once(perf, 'exit');
  }
  const cpu = Object.fromEntries(before.map(([name, pid, from]) => [name, cpuSince(from, cpuOf(pid), count)]));
  return { ...went, rate: count / went.seconds, cpu };
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

function tell(name, runs) {
  const of = (look) => median(runs.map(look));
  const middle = runs.slice().sort((a, b) => a.rate - b.rate)[runs.length >> 1];
  const cpu = Object.entries(middle.cpu).map(([process, threads]) => `${process} ${total(threads).toFixed(0)}`
    + ` (${Object.entries(threads).map(([thread, us]) => `${thread} ${us.toFixed(1)}`).join(', ')})`);
  console.log(`${name.padEnd(13)} ${of((r) => r.rate).toFixed(0).padStart(7)}/s  p50 ${of((r) => r.p50_ms).toFixed(1)} ms`
    + `  p99 ${of((r) => r.p99_ms).toFixed(1)} ms  CPU us: ${cpu.join('; ')}; client ${(middle.cpu_s / middle.count * 1e6).toFixed(1)}`);
  return of((r) => r.rate);
}

const wanted = process.argv.slice(2);
const uses = (name) => wanted.length === 0 || wanted.some((one) => one.startsWith(name));
const gathered = new County('gathered', {});
const alone = new County('alone', { batch_acts: 1 });
const notices = Math.min(NOTICES_MAX, Math.ceil(((2 * rounds + 1) * signups) / (INSTITUTIONS - 10)) + 1);
await gathered.open(notices);
if (uses('alone'))
  await alone.open(notices);
const peer = new Peer(gathered);
if (uses('fastify'))
  await peer.open();

const cases = Object.entries({
  gathered64: [gathered, 64, signups],
  fastify64: [peer, 64, signups],
  alone64: [alone, 64, Math.ceil(signups / 4)],
  gathered1000: [gathered, 1000, signups],
  fastify1000: [peer, 1000, signups],
}).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const runs = Object.fromEntries(cases.map(([name]) => [name, []]));
for (const [what, connections] of new Map(cases.map(([, [what, connections]]) => [what, connections])))
  await run(what, connections, Math.ceil(signups / 10)); // warm
for (let round = 0; round < rounds; round++)
  for (const [name, [what, connections, count]] of cases)
    runs[name].push(await run(what, connections, count));
const rates = Object.fromEntries(cases.map(([name]) => [name, tell(name, runs[name])]));
for (const other of ['alone64', 'fastify64'])
  if (rates.gathered64 && rates[other])
    console.log(`gathered64 / ${other}`.padEnd(26), (rates.gathered64 / rates[other]).toFixed(2));
if (rates.gathered1000 && rates.fastify1000)
  console.log('gathered1000 / fastify1000', (rates.gathered1000 / rates.fastify1000).toFixed(2));
if (uses('fastify'))
  await peer.close();
if (uses('alone'))
  await alone.close();
await gathered.close();
