// measure.mjs -- what a bench is made of. Other work on the machine halves any
// rate, so: everything that is compared runs in turn, again and again, a ratio
// is taken within one round, and what counts is the median of the rounds.
//
// rounds({ a, b }, { count }) → { a: [sample…], b: […] }  each once a round, in
//     an order that chance gives, so that none always follows the same other;
//     one round before is thrown away
// ratio(seen, 'a', 'b', of = 'rate')  the median over the rounds of a.of / b.of
// middle(samples) → the median of every number in them
// load(url, { connections, seconds, headers, paths, pids, tool }) → { rate,
//     p50_ms, p99_ms, cpu_us }: `paths` are asked one after another; cpu_us is
//     that of the processes `pids`, user and system, for each request; `tool` is
//     wrk, or h2load for 304, of which wrk waits for the body; `pinned` gives
//     the processes the first core and the client the last
// timed(work) → { ms }
// peer(program, args) → { url, pid, stop } of a server that prints its port
// run(program, args, input) → its stdout
// scratchInstallation(build, settings) → an Installation (tests/api), started,
//     with client.mjs bound to it, and remove()
// cpuOfRun(program, args) → { ms, cpu_us } of a program run to its end
// installPeers()  the packages of peersFolder, the Node peers
// rss_mb(pid)   resident memory
// row(what, value, { least | most, unit, digits, cpu_us, p50_ms, p99_ms, note })
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { client } from '../api/client.mjs';
import { Installation, scratch } from '../api/installation.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const peersFolder = join(here, 'peers');
const ROUNDS = 5;
const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const OUTPUT_MAX = 1 << 26;

// --- numbers -------------------------------------------------------------------

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export const ratio = (seen, a, b, of = 'rate') =>
  median(seen[a].map((sample, round) => sample[of] / seen[b][round][of]));

export const middle = (samples) => Object.fromEntries(
  Object.keys(samples[0]).map((name) => [name, median(samples.map((sample) => sample[name]))]));

export async function rounds(works, { count = ROUNDS } = {}) {
  const names = Object.keys(works);
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < count; round++) {
    const lots = names.map((name) => [Math.random(), name]).sort(([a], [b]) => a - b);
    for (const [, name] of lots) {
      const sample = await works[name]();
      if (round >= 0)
        seen[name].push(sample);
    }
  }
  return seen;
}

export async function timed(work) {
  const from = performance.now();
  await work();
  return { ms: performance.now() - from };
}

// --- processes -----------------------------------------------------------------

// User and system time of the processes so far, in µs.
export function cpu_us(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 1e6 / TICKS_PER_S;
}

export const rss_mb = (pid) =>
  Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)[1]) / 1024;

export function run(program, args, { input = '', both = false, ...options } = {}) {
  return new Promise((done, failed) => {
    const child = execFile(program, args, { maxBuffer: OUTPUT_MAX, ...options }, (error, stdout, stderr) =>
      error ? failed(new Error(`${program}: ${error.message}\n${stderr}`)) : done(both ? stdout + stderr : stdout));
    child.stdin.on('error', () => {}); // it need not read all
    child.stdin.end(input);
  });
}

// User and system time of a child that has ended, from bash's `times`.
export async function cpuOfRun(program, args) {
  const out = await run('bash', ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null', 'bash', program, ...args].map(String),
    { both: true });
  const [real, user, system] = out.trim().split('\n').at(-1).split(' ').map(Number);
  return { ms: real * 1000, cpu_us: (user + system) * 1e6 };
}

export async function peer(program, args, options = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const [port] = await Promise.race([once(lines, 'line'), ended.then(([status]) => {
    throw new Error(`${program} ended with status ${status}`);
  })]);
  return {
    url: `http://127.0.0.1:${port}`, pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

// The packages of the Node peers, once and when their list changes.
export async function installPeers() {
  const time = (name) => statSync(join(peersFolder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (time('node_modules/.package-lock.json') <= time('package-lock.json'))
    await run('npm', ['ci', '--prefix', peersFolder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

export async function scratchInstallation(build, settings = {}) {
  const it = new Installation(scratch('bench'), build, { publish_ms: 200, ...settings });
  await it.create();
  await it.start();
  return Object.assign(it, client(it), {
    server_pid: () => Number(readFileSync(join(it.database, 'db.pid'), 'utf8')),
    remove: async () => {
      await it.stop();
      rmSync(it.home, { recursive: true });
    },
  });
}

// --- load ----------------------------------------------------------------------

// On a busy machine the scheduler puts a client and its server now on one core
// and now on two, and does so otherwise for each pair.
const lastCore = cpus().length - 1;
const onLastCore = (pinned) => pinned && lastCore > 0 ? ['taskset', '-c', lastCore] : ['env'];

async function wrk(url, { connections, seconds, headers, paths, pinned }) {
  const folder = mkdtempSync(join(tmpdir(), 'klero-wrk-'));
  const file = join(folder, 'paths');
  if (paths)
    writeFileSync(file, paths.map((path) => `${path}\n`).join(''));
  try {
    const [program, ...before] = [...onLastCore(pinned), 'wrk'].map(String);
    const out = await run(program, [...before, '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', join(here, 'wrk.lua'),
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), url],
    { env: { ...process.env, ...paths && { BENCH_PATHS: file } } });
    return JSON.parse(out.match(/^\{.*\}$/m)[0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// It writes a line for each answer: when, status, µs.
async function h2load(url, { connections, seconds, headers, pinned }) {
  const folder = mkdtempSync(join(tmpdir(), 'klero-h2load-'));
  const log = join(folder, 'log');
  try {
    const [program, ...before] = [...onLastCore(pinned), 'h2load'].map(String);
    const out = await run(program, [...before, '--h1', '-t1', `-c${connections}`, `-D${seconds}`, `--log-file=${log}`,
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), url]);
    const [, done, failed, errored, timeout] =
      out.match(/(\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/).map(Number);
    const times = readFileSync(log, 'utf8').trim().split('\n').map((line) => Number(line.split('\t')[2])).sort((a, b) => a - b);
    const at = (part) => times[Math.floor((times.length - 1) * part)];
    return { requests: done, errors: failed + errored + timeout, duration_us: seconds * 1e6, p50_us: at(0.5), p99_us: at(0.99) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tools = { wrk, h2load };

export async function load(url, { connections = 64, seconds = 1, headers = {}, paths, pids = [], tool = 'wrk', pinned } = {}) {
  for (const pid of pinned && lastCore > 0 ? pids : [])
    execFileSync('taskset', ['-apc', '0', String(pid)], { stdio: 'ignore' });
  const before = cpu_us(pids);
  const { requests, errors, duration_us, p50_us, p99_us } = await tools[tool](url,
    { connections, seconds, headers, paths, pinned });
  const used = cpu_us(pids) - before;
  if (errors > 0)
    throw new Error(`${url}: ${errors} of ${requests} failed`);
  return { rate: requests / (duration_us / 1e6), p50_ms: p50_us / 1000, p99_ms: p99_us / 1000,
    ...pids.length > 0 && { cpu_us: used / requests } };
}

// --- the table -----------------------------------------------------------------

const GOAL_SIGNS = { least: '≥', most: '≤' };

export function row(what, value, { unit = '', digits = 2, least, most, ...others }) {
  const kind = least !== undefined ? 'least' : most !== undefined ? 'most' : null;
  const limit = least ?? most;
  const show = (number) => `${number.toLocaleString('en', { maximumFractionDigits: digits,
    minimumFractionDigits: Number.isInteger(number) && number >= 100 ? 0 : digits })} ${unit}`.trim();
  return { what, value, goal: kind ? `${GOAL_SIGNS[kind]} ${limit.toLocaleString('en')} ${unit}`.trim() : '',
    measured: show(value), ...kind && { met: kind === 'least' ? value >= limit : value <= limit }, ...others };
}

export function table(rows) {
  const number = (value, digits) => value === undefined ? '' : value.toFixed(digits);
  const cells = [['', 'goal', 'measured', '', 'CPU µs', 'p50 ms', 'p99 ms', ''], ...rows.map((one) => [one.what,
    one.goal, one.measured, one.met === undefined ? '' : one.met ? 'met' : 'MISSED',
    number(one.cpu_us, 1), number(one.p50_ms, 2), number(one.p99_ms, 2), one.note ?? ''])];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells.map((line) => line.map((cell, column) =>
    column > 3 && column < 7 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}
