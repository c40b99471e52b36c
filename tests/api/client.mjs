// client.mjs -- what a test may do to a klerod and its database.
//
//   import { call, assertProblem, people } from './client.mjs';
//
//   const { operator } = await people();
//   const reply = await call('POST', '/v1/categories', { key: operator, body: { … } });
//   assertProblem(reply, 422, 'invalid');
//
// call(method, path, options) → { status, headers (Headers), text, body, bytes }
//     body         sent as JSON unless it is a string or Buffer
//     key          a token, or anybody who has one ({ token }); none by default
//     headers      more, or others: { 'accept-language': 'en' }; null drops one
//     idempotency  the Idempotency-Key; a fresh one by default on POST, null for none
// adminCall(…)             the same over the admin socket: the caller is admin
// assertProblem(reply, status, slug)   it is that problem document, well formed
// must(reply, status = 201)            reply.body, or fail and show what came
// sql(text, user = 'root') → rows as lines, columns by tab
// during(text, work)       work() while a transaction with `text` is open
// queued(first, second) → both answers: second() waits at the writer before it has
//     done first(). Only where nobody else acts: whoever waits is taken for theirs.
// logMark(), logged(pattern, mark)     wait until klerod's diary has `pattern`
// program(name, args, input, before) → { status, stdout, stderr } of klero or klerod,
//     which the words `before` stand before
// raw(bytes) → what klerod answered on a bare socket until it closed it
// until(look)              poll until look() gives something true; never sleep
// daemon(settings) → a klerod of its own (Installation) with all of the above
//     bound to it: it.call(…), it.kill(), it.start(), it.stop(), …; use it for
//     tests that kill, restart or need other settings. `await it.stop()` after.
// daemon(settings, { rehearsal: FROM }) → likewise, in a time that stands still:
//     await it.now()           the time there, a Date
//     await it.moveTo(time)    a Date or text: move it there, and return when all
//                              that was due on the way has happened
//     await it.moveBy(seconds)
// beside(it) → another klerod on its database, to be started
//
// The builders people(), person(), party(), policy(), aNotice(), aDraw(), waitFor() are
// described in builders.mjs. Exported here are those of the shared klerod.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { builders } from './builders.mjs';
import { COMMAND_MS_MAX, Installation, scratch } from './installation.mjs';

const CALL_MS_MAX = 60_000;
const WAIT_MS_MAX = 60_000 * Number(process.env.KLERO_SLOWER ?? 1);
const POLL_MS = 20;

const build = process.env.KLERO_BUILD ?? 'build/asan';

// One request on a connection of its own.
async function send(to, method, path, headers, body) {
  const outgoing = request({ ...to, method, path, headers, agent: new Agent({ keepAlive: false }),
    signal: AbortSignal.timeout(CALL_MS_MAX) });
  outgoing.end(body);
  const [incoming] = await once(outgoing, 'response');
  const parts = [];
  for await (const part of incoming)
    parts.push(part);
  return { incoming, bytes: Buffer.concat(parts) };
}

function bodyOf(type, text) {
  return /^application\/([a-z]+\+)?json\b/.test(type ?? '') && text ? JSON.parse(text) : null;
}

async function callOf(to, method, path, { body, key, headers = {}, idempotency } = {}) {
  const content = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
    ? body : JSON.stringify(body);
  const all = {
    ...content !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) },
    ...key && { authorization: `Bearer ${key.token ?? key}` },
    ...method === 'POST' && idempotency !== null && { 'idempotency-key': idempotency ?? randomUUID() },
    ...headers,
  };
  const wanted = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  const { incoming, bytes } = await send(to, method, path, wanted, content);
  const replied = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct ?? incoming.headers))
    replied.set(name, [value].flat().join(', '));
  const text = bytes.toString('utf8');
  return { status: incoming.statusCode, headers: replied, bytes, text, body: bodyOf(replied.get('content-type'), text) };
}

// `reply` is the problem document `slug`, in the language it says.
export function assertProblem(reply, status, slug) {
  assert.ok(reply.body, `no problem document but ${reply.status}: ${reply.text}`);
  const { type, code, title } = reply.body;
  assert.deepEqual([reply.status, code, reply.body.status], [status, slug, status], reply.text);
  assert.ok(type.endsWith(`/problems/${slug}`), type);
  assert.match(reply.headers.get('content-type'), /^application\/problem\+json\b/);
  const english = /^en\b/.test(reply.headers.get('content-language') ?? '');
  assert.equal(/\p{Script=Han}/u.test(title), !english, title);
  assert.ok(reply.body.detail === undefined || reply.body.detail.length > 0);
  for (const { pointer, code: what, detail } of reply.body.errors ?? [])
    assert.deepEqual([typeof pointer, typeof what, typeof detail], ['string', 'string', 'string'], reply.text);
}

// The body of a success.
export function must(reply, status = 201, part = 'body') {
  assert.equal(reply.status, status, reply.text);
  return reply[part];
}

// Poll until `look` gives something true, and return it.
export async function until(look, what = 'it', ms = WAIT_MS_MAX) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(POLL_MS)) {
    const seen = await look();
    if (seen)
      return seen;
  }
  return assert.fail(`${what} did not come in ${ms} ms`);
}

// Run a program of ours to its end.
export function program(name, args, input = '', before = []) {
  const [command, ...words] = [...before, join(build, name), ...args];
  const { status, stdout, stderr } = spawnSync(command, words,
    { input, encoding: 'utf8', timeout: COMMAND_MS_MAX });
  return { status, stdout, stderr };
}

// Everything a test may do to `it`, an Installation. It may be restarted, so
// its URL is looked at anew with each call.
export function client(it) {
  const database = (user) => ['--no-defaults', `--socket=${it.settings.db_socket}`,
    '--batch', '--skip-column-names', '--unbuffered', `--user=${user}`, 'klero'];
  const tcp = () => ({ host: '127.0.0.1', port: new URL(it.url).port });

  async function sql(text, user = 'root', timeout = CALL_MS_MAX) {
    const { stdout } = await promisify(execFile)('mariadb', [...database(user), `--execute=${text}`],
      { timeout });
    return stdout.split('\n').slice(0, -1);
  }

  async function during(text, work) {
    const session = spawn('mariadb', database('root'), { stdio: ['pipe', 'pipe', 'inherit'], timeout: CALL_MS_MAX });
    const ended = once(session, 'exit');
    session.stdin.write(`BEGIN; ${text}; SELECT 'open';\n`);
    for await (const part of session.stdout.iterator({ destroyOnReturn: false }))
      if (String(part).includes('open'))
        break;
    try {
      return await work(() => session.stdin.end('ROLLBACK;\n'));
    } finally {
      session.stdin.end();
      session.stdout.resume();
      await ended;
    }
  }

  async function queued(first, second) {
    const waiting = async () => Number((await callOf(tcp(), 'GET', '/metrics')).text.match(/^klero_acts_waiting (\d+)/m)[1]);
    return during('SELECT * FROM log_head FOR UPDATE', async (release) => {
      const one = first();
      await until(async () => (await sql("SELECT 1 FROM information_schema.processlist WHERE user = 'klero_writer' AND info LIKE '%log_head%FOR UPDATE'")).length, 'the writer');
      const before = await waiting();
      const two = second();
      await until(async () => await waiting() > before, 'the second in the queue');
      release();
      return Promise.all([one, two]);
    });
  }

  async function raw(bytes) {
    const socket = connect(tcp());
    const parts = [];
    socket.setTimeout(CALL_MS_MAX, () => socket.destroy());
    socket.on('error', () => {}); // a reset is an answer, too
    socket.on('data', (part) => parts.push(part));
    socket.write(bytes);
    await once(socket, 'close');
    return Buffer.concat(parts).toString('latin1');
  }

  // The time there: of a rehearsal, as it stands.
  const time = async () => must(await callOf(tcp(), 'GET', '/v1/rehearsal/time'), 200);
  const now = async () => it.rehearsal ? new Date((await time()).now) : new Date();

  async function moveTo(to) {
    const { operator } = await bound.people();
    const text = new Date(to).toISOString().replace(/\.\d+Z/, 'Z');
    must(await callOf(tcp(), 'POST', '/v1/rehearsal/time', { key: operator, body: { to: text } }), 202);
    await until(async () => !(await time()).moving, `the time ${text}`);
  }

  const bound = {
    call: (method, path, options) => callOf(tcp(), method, path, options),
    adminCall: (method, path, options) =>
      callOf({ socketPath: it.settings.admin_socket, host: 'localhost' }, method, path, options),
    sql, during, queued, raw,
    now, moveTo, moveBy: async (seconds) => moveTo(new Date((await now()).getTime() + seconds * 1000)),
    logMark: () => it.mark(),
    logged: (pattern, mark) => until(() => pattern.test(it.diaryText(mark)), String(pattern)),
    home: it.home,
    origin: it.settings.log_origin,
  };
  return Object.assign(bound, builders({ ...bound, must, until }));
}

// The klerod of harness.mjs.
const shared = new Installation(process.env.KLERO_HOME ?? '/nonexistent', build);
shared.url = process.env.KLERO_URL;
export const {
  call, adminCall, sql, during, queued, raw, logMark, logged, home, origin,
  people, person, region, party, institution, policy, category, twoPersons, aNotice, aDraw, drawOf, waitFor,
} = client(shared);

// A klerod and a database for one test alone, empty and started.
export async function daemon(settings = {}, { rehearsal } = {}) {
  const it = new Installation(scratch('daemon'), build, settings, { rehearsal });
  await it.create();
  await it.start();
  const stop = it.stop.bind(it);
  return Object.assign(it, client(it), {
    stop: async () => { // and leave nothing behind, unless that fails
      await stop();
      rmSync(it.home, { recursive: true });
    },
  });
}

// Another klerod on the database of `it`, not started: its high-water file is
// its own, and not there yet. End it by stopDaemon(), before `it`.
export function beside(it) {
  const home = scratch('beside');
  const other = new Installation(home, build, {
    ...it.settings, admin_socket: join(home, 'admin.sock'), high_water_file: join(home, 'high-water') });
  other.configure({});
  return Object.assign(other, client(other));
}
