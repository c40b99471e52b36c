// The gate over tests/vectors/http/gate.json: what is malformed, or can be read
// in two ways, is refused once, and the connection with it.
//
// A case: bytes (latin1), status and code of the answer (no code: it is let
// in), why.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { answersOf, assertRefused } from './answers.mjs';
import { raw } from './client.mjs';
import { root } from './installation.mjs';

const cases = JSON.parse(readFileSync(join(root, 'tests/vectors/http/gate.json'), 'utf8'));
const GOOD = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
const SLOW = 'GET /v1/notices?nobody=2 HTTP/1.1\r\nHost: localhost\r\n\r\n'; // goes to a worker
const LAST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const MANY = 200;
const BYTEWISE_MAX = 2000; // longer ones come in pieces

const send = (text) => raw(Buffer.from(text, 'latin1'));

// Each piece in a packet of its own, as far as that is ours to say.
async function dripped(text) {
  const socket = connect({ host: '127.0.0.1', port: new URL(process.env.KLERO_URL).port, noDelay: true });
  const parts = [];
  const closed = new Promise((resolve) => { socket.on('close', resolve); });
  socket.on('error', () => {}).on('data', (part) => parts.push(part));
  const piece = Math.ceil(text.length / BYTEWISE_MAX);
  for (let at = 0; at < text.length && socket.writable; at += piece) {
    socket.write(Buffer.from(text.slice(at, at + piece), 'latin1'));
    await turn();
  }
  await closed;
  return Buffer.concat(parts).toString('latin1');
}

// In answer to a case and the request LAST behind it, after `before` others.
function assertAnswered(text, { status, code }, before = 0) {
  if (code)
    return assertRefused(text, status, code, before);
  assert.deepEqual(answersOf(text).slice(before).map((answer) => answer.status), [status, 200], text);
}

describe('the gate', () => {
  for (const it of cases) {
    test(`${it.code ? 'refuses' : 'lets in'} ${it.name}`, async () =>
      assertAnswered(await send(it.bytes + LAST), it));

    test(`${it.code ? 'refuses' : 'lets in'} ${it.name}, byte by byte`, async () =>
      assertAnswered(await dripped(it.bytes + LAST), it));

    test(`${it.code ? 'refuses' : 'lets in'} ${it.name}, behind others`, async () =>
      assertAnswered(await send(GOOD + GOOD + it.bytes + LAST), it, 2));

    test(`${it.code ? 'refuses' : 'lets in'} ${it.name}, behind one that takes its time`, async () =>
      assertAnswered(await send(SLOW + it.bytes + LAST), it, 1));
  }

  test('says why, in the language that is asked for', async () => {
    const bad = (fields) => send(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n${fields}X-A: a\0\r\n\r\n`);
    assert.match(assertRefused(await bad(''), 400, 'bad-request').detail, /^请求头/);
    assert.match(assertRefused(await bad('accept-language: en-GB, zh;q=0.5\r\n'), 400, 'bad-request').detail, /^each field/);
  });

  test('says nothing with the answer to HEAD', async () => {
    const [{ status, body }] = answersOf(await send('HEAD /healthz HTTP/1.1\r\nX: a\0\r\n\r\n'));
    assert.deepEqual([status, body], [400, '']);
  });

  test('answers half a head that will never be whole', async () => {
    const socket = connect({ host: '127.0.0.1', port: new URL(process.env.KLERO_URL).port });
    socket.end('GET /healthz HTTP/1.1\r\nHost: local');
    assertRefused((await socket.setEncoding('latin1').toArray()).join(''), 400, 'bad-request');
  });

  test('answers half a body that will never be whole', async () => {
    const socket = connect({ host: '127.0.0.1', port: new URL(process.env.KLERO_URL).port });
    socket.end(`POST /v1/organisations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: x\r\nAuthorization: Bearer ${'0'.repeat(64)}\r\nContent-Length: 30\r\n\r\n{`);
    assertRefused((await socket.setEncoding('latin1').toArray()).join(''), 400, 'bad-request');
  });

  // While many come at once libmicrohttpd reads on before it has our answer.
  test('forgets no answer for what comes behind', async () => {
    const texts = await Promise.all(Array.from({ length: MANY }, () => send(`${SLOW}X\0`)));
    for (const text of texts)
      assertRefused(text, 400, 'bad-request', 1);
  });

  test('forgets no answer since that was all', async () => {
    const ended = async () => {
      const socket = connect({ host: '127.0.0.1', port: new URL(process.env.KLERO_URL).port });
      socket.end(SLOW);
      return (await socket.setEncoding('latin1').toArray()).join('');
    };
    for (const text of await Promise.all(Array.from({ length: MANY }, ended)))
      assert.deepEqual(answersOf(text).map(({ status }) => status), [422]);
  });

  test('lets nobody ask for its stand-in', async () =>
    assertRefused(await send(`GET ! HTTP/1.1\r\nAccept-Language: en\r\n\r\n`), 400, 'bad-request'));

  test('has its answer read, however much is sent', async () => {
    const much = `X: ${'a'.repeat(200_000)}`.repeat(4);
    assertRefused(await send(`GET /healthz HTTP/1.1\r\n${much}`), 431, 'headers-too-large');
  });
});
