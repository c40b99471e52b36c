// Clients that drip, stall, idle or do not read: each is closed when its time
// is over, however little it sends and however often, and is told where that
// can be; honest clients do not notice.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersOf, assertRefused } from '../api/answers.mjs';
import { daemon, until } from '../api/client.mjs';
import { long } from './chance.mjs';

const GREEDY = long ? 500 : 120;
const HEADER_S = long ? 10 : 3, BODY_S = long ? 20 : 5, REQUEST_S = long ? 60 : 10;
const FLOOD_MS = long ? 60_000 : 5000; // and until the honest had their answers
const DRIP_MS = 250;
const SLACK_MS = 3000; // of this machine; klerod looks four times a second
const HONEST = 8;
const HONEST_SERVED_MIN = 50;
const HONEST_MS_MAX = REQUEST_S * 1000; // what klerod itself gives a request
const HONEST_ERRORS_MAX = 0.001; // a connection that it closes as it is used again
const MEMORY_MB_MAX = 8;

const host = 'Host: localhost\r\n';
const get = `GET /v1/openapi.json HTTP/1.1\r\n${host}\r\n`;
const post = `POST /v1/organisations HTTP/1.1\r\n${host}Content-Type: application/json\r\nIdempotency-Key: x\r\nAuthorization: Bearer ${'0'.repeat(64)}\r\nContent-Length: 4000\r\n\r\n{`;

// What it begins with, whether it drips on, after how long it is closed, what
// it is told.
const kinds = {
  'a line that drips': { begin: 'GET /', drips: true, seconds: HEADER_S, told: 408 },
  'a head that drips': { begin: `GET /healthz HTTP/1.1\r\n${host}X: a`, drips: true, seconds: HEADER_S, told: 408 },
  'a body that drips': { begin: post, drips: true, seconds: BODY_S, told: 408 },
  'half a head': { begin: `GET /healthz HTTP/1.1\r\n${host}`, seconds: HEADER_S, told: 408 },
  'half a body': { begin: post, seconds: BODY_S, told: 408 },
  'nothing': { begin: '', seconds: HEADER_S },
  'one request and no more': { begin: `GET /healthz HTTP/1.1\r\n${host}\r\n`, seconds: HEADER_S, first: 200 },
  'one request and half of the next': { begin: `GET /healthz HTTP/1.1\r\n${host}\r\nGET /`, seconds: HEADER_S, first: 200, told: 408 },
};

// Resolves when it was closed: { ms, answer }.
function greedy(port, { begin, drips, seconds }, localAddress = '127.0.0.1') {
  const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
  const from = performance.now();
  let answer = '';
  const timer = drips && setInterval(() => socket.write('a'), DRIP_MS);
  socket.setEncoding('latin1').on('error', () => {}).on('data', (part) => { answer += part; });
  socket.write(begin, 'latin1');
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.destroy(), seconds * 1000 + 2 * SLACK_MS);
    socket.on('close', () => {
      clearInterval(timer);
      clearTimeout(late);
      resolve({ ms: performance.now() - from, answer });
    });
  });
}

// Asks for answers and reads none of them, for ever.
function deaf(port) {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {}).pause();
  socket.write(get.repeat(100));
  return socket;
}

// Honest clients, until stop(): { served, failed, p99, slowest }. Each is served
// before a request's time is over; how fast, is said and not judged.
function honest(it) {
  let going = true, failed = 0;
  const times = [];
  const workers = Array.from({ length: HONEST }, async (_, i) => {
    for (; going; await sleep(10)) {
      const from = performance.now();
      const reply = await it.call('GET', i % 2 ? '/v1' : '/readyz').catch(() => null);
      times.push(performance.now() - from);
      failed += reply?.status !== 200;
    }
  });
  return async () => {
    await until(() => times.length >= HONEST_SERVED_MIN, 'answers to the honest');
    going = false;
    await Promise.all(workers);
    times.sort((a, b) => a - b);
    return { served: times.length, failed, p99: times[Math.floor(times.length * 0.99)], slowest: times.at(-1) };
  };
}

function assertHonest({ served, failed, slowest }) {
  assert.ok(failed <= served * HONEST_ERRORS_MAX, `${failed} of ${served} honest requests failed`);
  assert.ok(slowest < HONEST_MS_MAX, `an honest request took ${slowest} ms`);
}

const socketsOf = (it) => readdirSync(`/proc/${it.daemon.child.pid}/fd`).length;
const memoryOf = (it) => Number(readFileSync(`/proc/${it.daemon.child.pid}/status`, 'latin1').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

describe('greedy clients', () => {
  let it, port, sockets, memory;

  async function assertAtRest() {
    await until(() => socketsOf(it) <= sockets, `${sockets} descriptors, as at first`);
    if (!it.build.includes('asan')) // which keeps what was freed
      assert.ok(memoryOf(it) < memory + MEMORY_MB_MAX, `${memoryOf(it)} MB, at first ${memory} MB`);
  }

  before(async () => {
    it = await daemon({ http_connections: 1024, http_header_s: HEADER_S, http_body_s: BODY_S, http_request_s: REQUEST_S });
    port = new URL(it.url).port;
    for (let i = 0; i < 10; i++)
      await Promise.all(['/v1/openapi.json', '/v1', '/readyz'].map((path) => it.call('GET', path)));
    await until(async () => /^klero_http_connections 1$/m.test((await it.call('GET', '/metrics')).text), 'rest');
    [sockets, memory] = [socketsOf(it), memoryOf(it)];
  });
  after(() => it.stop());

  test(`${GREEDY} of them are closed when their time is over, and told`, async (t) => {
    const stop = honest(it);
    const closed = await Promise.all(Array.from({ length: GREEDY }, async (_, i) => {
      const kind = Object.keys(kinds)[i % Object.keys(kinds).length];
      return { kind, ...await greedy(port, kinds[kind]) };
    }));
    const counts = await stop();
    t.diagnostic(JSON.stringify(counts));
    for (const { kind, ms, answer } of closed) {
      const { seconds, first, told } = kinds[kind];
      assert.ok(ms > seconds * 1000 - 50 && ms < seconds * 1000 + SLACK_MS, `${kind} was closed after ${ms} ms`);
      if (told)
        assertRefused(answer, told, 'request-timeout', first ? 1 : 0);
      else
        assert.deepEqual(answersOf(answer).map(({ status }) => status), first ? [first] : [], kind);
    }
    assertHonest(counts);
    await assertAtRest();
  });

  test('that do not read are closed', async (t) => {
    const stop = honest(it);
    const those = Array.from({ length: GREEDY / 4 }, () => deaf(port));
    await until(() => socketsOf(it) >= sockets + those.length, 'all of them');
    const from = Date.now();
    await until(() => socketsOf(it) <= sockets + 2 * HONEST, 'their end', REQUEST_S * 1000 + 2 * SLACK_MS);
    t.diagnostic(`${Date.now() - from} ms; ${JSON.stringify(await stop().then((counts) => (assertHonest(counts), counts)))}`);
    for (const socket of those)
      socket.destroy();
    await assertAtRest();
  });

  test('more than there is room for do not lock others out', async (t) => {
    await it.stopDaemon();
    it.configure({ http_connections: 64 });
    await it.start();
    port = new URL(it.url).port;
    let going = true;
    const stop = honest(it);
    const names = Object.keys(kinds);
    const flood = Array.from({ length: GREEDY }, async (_, i) => {
      for (; going; await sleep(20))
        await greedy(port, kinds[names[i % names.length]], '127.0.0.2');
    });
    await sleep(FLOOD_MS);
    const counts = await stop();
    going = false;
    await Promise.all(flood);
    t.diagnostic(JSON.stringify(counts));
    assertHonest(counts);
  });

  test('of one address make room among themselves', async () => {
    await it.stopDaemon();
    it.configure({ http_connections: 64, http_connections_per_address: 4 });
    await it.start();
    port = new URL(it.url).port;
    const there = Array.from({ length: 4 }, () => greedy(port, kinds['half a head']));
    const fifth = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
    await sleep(100);
    const another = greedy(port, kinds['half a head']);
    const { ms, answer } = await Promise.race(there);
    assert.ok(ms < HEADER_S * 1000 - 100, `it went after ${ms} ms`);
    assertRefused(answer, 408, 'request-timeout');
    fifth.write(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    assert.equal(answersOf((await fifth.setEncoding('latin1').toArray()).join(''))[0].status, 200);
    await Promise.all([...there, another]);
  });

  test('that wait for us are not sent away: who comes then is told to come again', async () => {
    await it.stopDaemon();
    it.configure({ http_connections: 16, http_connections_per_address: 0, http_request_s: 30, read_workers: 1 });
    await it.start();
    port = new URL(it.url).port;
    const ask = () => it.call('GET', '/v1/organisations', { headers: { 'klero-min-size': '99999999' } });
    const waiting = Array.from({ length: 16 }, ask);
    await until(async () => /^klero_http_pending 16$/m.test((await it.adminCall('GET', '/metrics')).text), 'all of them');
    const reply = await it.call('GET', '/healthz');
    assert.deepEqual([reply.status, reply.body.code, reply.headers.get('retry-after')], [503, 'busy', '1']);
    for (const { status, body } of await Promise.all(waiting))
      assert.deepEqual([status, body.code], [503, 'busy']); // their own time was over
    assert.equal((await it.call('GET', '/healthz')).status, 200);
  });
});
