// signups.bench.mjs -- whole sign-ups: bearer token, Idempotency-Key, sealed
// event, receipt signed, committed before the answer; against the same daemon
// with a batch of 1, and against fastify + npm mariadb with one plain INSERT a
// request (peers/fastify_insert.mjs). The client is load_posts.c.
//
// KLERO_SIGNUPS (10,000) in each of KLERO_ROUNDS (3) rounds. It says where the
// CPU went, thread by thread. KLERO_PERF=FILE keeps a profile of the last run.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newUscc, sha256 } from '../api/keys.mjs';
import { installPeers, median, middle, peer, peersFolder, ratio, rounds, row, scratchInstallation } from './measure.mjs';

const INSTITUTIONS = 2000;
const SIGNUP_DAYS = 7;
const NOTICES_MAX = 200; // of one page
const ROUNDS = Number(process.env.KLERO_ROUNDS ?? 3);
const SIGNUPS = Number(process.env.KLERO_SIGNUPS ?? 10_000);
const GOAL_PER_S = 10_000;
const P99_MS_GOAL = 10;

// --- load --------------------------------------------------------------------

// Send each of `lines` once; what load_posts says of it.
async function load(client, port, connections, lines) {
  const child = spawn(client, [String(port), String(connections)],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(lines.join('\n') + '\n');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => { text += part; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, 'load_posts failed');
  return JSON.parse(text);
}

async function loadAll(client, port, connections, lines) {
  const went = await load(client, port, connections, lines);
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
  static async open(build, client, notices, settings) {
    const county = new County();
    county.it = await scratchInstallation(build,
      { act_queue: 8192, http_connections: 1100, work_queue: 4096, ...settings });
    county.client = client;
    await county.#fill(notices);
    return county;
  }

  async #fill(notices) {
    const { call, people, policy, category } = this.it;
    const { operator, owner } = await people();
    await policy();
    const code = await category();
    this.port = new URL(this.it.url).port;
    const post = (who, path, bodies) => loadAll(this.client, this.port, 32,
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
    return { klerod: this.it.daemon.child.pid, mariadbd: this.it.server_pid() };
  }

  close() {
    return this.it.remove();
  }
}

// --- fastify -------------------------------------------------------------------

// Beside a county: on its database server, asked for as much.
class Peer {
  static async open(county) {
    const beside = new Peer();
    const socket = join(county.it.database, 'db.sock');
    await installPeers();
    execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-e', 'CREATE DATABASE IF NOT EXISTS peer']);
    beside.county = county;
    beside.client = county.client;
    beside.peer = await peer('node', [join(peersFolder, 'fastify_insert.mjs'), socket, 'peer', 'root']);
    beside.port = new URL(beside.peer.url).port;
    return beside;
  }

  take(count) {
    const { institutions } = this.county;
    return Array.from({ length: count }, (_, i) => `/v1/notices/${randomBytes(8).toString('hex')}/signups `
      + `${institutions[i % institutions.length].token} ${randomUUID()} {}`);
  }

  get processes() {
    return { node: this.peer.pid, mariadbd: this.county.processes.mariadbd };
  }

  close() {
    return this.peer.stop();
  }
}

// --- runs ------------------------------------------------------------------------

async function run(what, connections, count) {
  const lines = what.take(count);
  const before = Object.entries(what.processes).map(([name, pid]) => [name, pid, cpuOf(pid)]);
  const perf = process.env.KLERO_PERF && spawn('perf', ['record', '-q', '-e', 'cpu-clock', '-F', '1999', '-g',
    '-o', process.env.KLERO_PERF, '-p', Object.values(what.processes).join()], { stdio: 'inherit' });
  const went = await loadAll(what.client, what.port, connections, lines);
  if (perf) {
    perf.kill('SIGINT');
    await once(perf, 'exit');
  }
  const cpu = Object.fromEntries(before.map(([name, pid, from]) => [name, cpuSince(from, cpuOf(pid), count)]));
  return { rate: count / went.seconds, p50_ms: went.p50_ms, p99_ms: went.p99_ms,
    cpu_us: Object.values(cpu).reduce((sum, threads) => sum + total(threads), 0),
    cpu, client_us: went.cpu_s / count * 1e6 };
}

function told(name, samples) {
  const { cpu, client_us } = samples.slice().sort((a, b) => a.rate - b.rate)[samples.length >> 1];
  const used = Object.entries(cpu).map(([process, threads]) => `${process} ${total(threads).toFixed(0)}`
    + ` (${Object.entries(threads).map(([thread, us]) => `${thread} ${us.toFixed(1)}`).join(', ')})`);
  return `${name}: ${median(samples.map(({ rate }) => rate)).toFixed(0)}/s, CPU µs ${used.join('; ')}; client ${client_us.toFixed(1)}`;
}

export async function bench({ build, peers, say }) {
  const client = join(peers, 'load_posts');
  const count = SIGNUPS;
  const needed = Math.ceil(2 * (ROUNDS + 1) * count / (INSTITUTIONS - 20)) + 1;
  const open = [];
  const opened = async (what) => (open.unshift(await what), open[0]);
  try {
    const gathered = await opened(County.open(build, client, Math.min(NOTICES_MAX, needed), {}));
    const alone = await opened(County.open(build, client, Math.min(NOTICES_MAX, needed), { batch_acts: 1 }));
    const fastify = await opened(Peer.open(gathered));
    const seen = await rounds({
      gathered64: () => run(gathered, 64, count),
      alone64: () => run(alone, 64, Math.ceil(count / 4)),
      fastify64: () => run(fastify, 64, count),
      gathered1000: () => run(gathered, 1000, count),
      alone1000: () => run(alone, 1000, Math.ceil(count / 4)),
      fastify1000: () => run(fastify, 1000, count),
    }, { count: ROUNDS });
    for (const [name, samples] of Object.entries(seen))
      say(told(name, samples));
    const of = (name) => {
      const { rate, p50_ms, p99_ms, cpu_us } = middle(seen[name].map(({ cpu: _, ...numbers }) => numbers));
      return { rate, p50_ms, p99_ms, cpu_us };
    };
    const shown = (name, others) => { const { rate: _, ...numbers } = of(name); return { ...numbers, ...others }; };
    return [
      row('sign-ups, 64 connections', of('gathered64').rate, shown('gathered64', { least: GOAL_PER_S, unit: '/s', digits: 0 })),
      row('sign-ups, 64 connections, p99', of('gathered64').p99_ms, { most: P99_MS_GOAL, unit: 'ms', digits: 1 }),
      row('sign-ups, 64, to a batch of 1', ratio(seen, 'gathered64', 'alone64'), { least: 3, unit: '×', ...shown('alone64', {}) }),
      row('sign-ups, 64, to fastify', ratio(seen, 'gathered64', 'fastify64'), { least: 2, unit: '× fastify', ...shown('fastify64', {}) }),
      row('sign-ups, 1,000 connections', of('gathered1000').rate, shown('gathered1000', { unit: '/s', digits: 0 })),
      row('sign-ups, 1,000, to a batch of 1', ratio(seen, 'gathered1000', 'alone1000'), { unit: '×', ...shown('alone1000', {}) }),
      row('sign-ups, 1,000, to fastify', ratio(seen, 'gathered1000', 'fastify1000'), { unit: '× fastify', ...shown('fastify1000', {}) }),
    ];
  } finally {
    for (const what of open)
      await what.close();
  }
}
