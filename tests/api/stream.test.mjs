// GET /v1/draws/{id}/stream: what is published of a draw, as it is, and no more.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { assertProblem, call, daemon, must, aDraw, until } from './client.mjs';

const base = process.env.KLERO_URL;

// Listen: { status, headers, events, comments, ended, close() }, filled as it comes.
async function listen(url, id, headers = {}) {
  const outgoing = request(`${url}/v1/draws/${id}/stream`, { headers, agent: false });
  outgoing.on('error', () => {}); // to be cut off is an end, too
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  const it = { status: incoming.statusCode, headers: incoming.headers, events: [], comments: 0, text: '', ended: false };
  let rest = '';
  incoming.setEncoding('utf8');
  incoming.on('error', () => {});
  incoming.on('close', () => { it.ended = true; });
  incoming.on('data', (part) => {
    it.text += part;
    const pieces = (rest + part).split('\n\n');
    rest = pieces.pop();
    for (const piece of pieces) {
      const fields = Object.fromEntries(piece.split('\n').map((line) => line.split(/: ?(.*)/s)));
      if (piece.startsWith(':')) it.comments++;
      else if ('data' in fields) it.events.push({ id: Number(fields.id), ...JSON.parse(fields.data) });
    }
  });
  it.close = () => outgoing.destroy();
  return it;
}

const told = async (it, id) => must(await it.call('GET', `/v1/events?subject=${id}&limit=200`), 200)
  .items.map(({ index, kind }) => ({ id: index, index, kind }));

test('a closed draw is told from its first entry, each once', async () => {
  const draw = await aDraw();
  const stream = await listen(base, draw.id);
  const wanted = await told({ call }, draw.id);
  assert.equal(stream.status, 200);
  assert.match(stream.headers['content-type'], /^text\/event-stream/);
  assert.equal(stream.headers['cache-control'], 'no-store');
  await until(() => stream.events.length >= wanted.length, 'all events');
  assert.deepEqual(stream.events, wanted);
  assert.match(stream.text, /^retry: \d+\n\n/);
  stream.close();

  const [, , third] = wanted;
  const resumed = await listen(base, draw.id, { 'last-event-id': String(third.index) });
  await until(() => resumed.events.length >= wanted.length - 3, 'the rest');
  assert.deepEqual(resumed.events, wanted.slice(3));
  resumed.close();

  const late = await listen(base, draw.id, { 'last-event-id': String(wanted.at(-1).index) });
  assert.equal(late.status, 200);
  assert.deepEqual(late.events, []);
  late.close();
});

test('what it refuses', async () => {
  const { id } = await aDraw({ until: 'drafted' });
  const path = `/v1/draws/${id}/stream`;
  assertProblem(await call('GET', '/v1/draws/D-none/stream'), 404, 'not-found');
  for (const last of ['x', '-1', '1 2', '12345678901234567'])
    assertProblem(await call('GET', path, { headers: { 'last-event-id': last } }), 400, 'bad-request');
  assertProblem(await call('GET', `${path}?a=1`), 422, 'invalid');
  assertProblem(await call('POST', path, { body: {} }), 405, 'method');
  const head = await call('HEAD', path);
  assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'text/event-stream']);
});

test('limits, beats, an end, and nothing that is not published', async () => {
  const it = await daemon({ publish_ms: 700, streams: 3, streams_per_address: 2, stream_s: 5, stream_beat_s: 1 });
  try {
    const { id } = await it.aDraw({ until: 'drafted', signup_s: 8 });
    const [first, second] = [await listen(it.url, id), await listen(it.url, id)];
    assertProblem(await it.call('GET', `/v1/draws/${id}/stream`), 429, 'too-many');
    assert.match((await it.call('GET', '/metrics')).text, /^klero_streams 2$/m);
    second.close(); // its place is free when the next beat finds it gone
    await until(async () => /^klero_streams 1$/m.test((await it.call('GET', '/metrics')).text), 'room');

    // Rows are ahead of the checkpoint; what is told is never.
    let early = 0;
    await until(async () => {
      const seen = first.events.at(-1)?.index ?? 0;
      const { published } = must(await it.call('GET', '/v1/events?limit=1'), 200);
      assert.ok(seen < published, `${seen} was told, ${published} entries are published`);
      const [size] = await it.sql('SELECT size FROM log_head');
      early += Number(size) > published;
      return first.ended;
    }, 'the end of the stream');
    assert.ok(first.comments >= 1, 'it beats');
    const wanted = await told(it, id);
    assert.deepEqual(first.events, wanted.slice(0, first.events.length));
    const next = await listen(it.url, id, { 'last-event-id': String(first.events.at(-1).index) });
    await until(() => first.events.length + next.events.length >= wanted.length, 'the rest');
    assert.deepEqual([...first.events, ...next.events].slice(0, wanted.length), wanted);
  } finally {
    await it.stop();
  }
});

test('killed and started again, nothing is missed and nothing told twice', async () => {
  const it = await daemon({});
  try {
    const draw = await it.aDraw({ until: 'declared' });
    const before = await listen(it.url, draw.id);
    await until(() => before.events.some(({ kind }) => kind === 'draw.declared'), 'the freeze');
    await it.kill();
    await until(() => before.ended, 'the end');
    await it.start();
    await it.waitFor(draw, 'closed'); // nobody commits: it fails
    const after = await listen(it.url, draw.id, { 'last-event-id': String(before.events.at(-1).index) });
    const wanted = await told(it, draw.id);
    await until(() => before.events.length + after.events.length >= wanted.length, 'the rest');
    assert.deepEqual([...before.events, ...after.events], wanted);
    // Also when nothing new is published since the start.
    await it.stopDaemon();
    await it.start();
    const whole = await listen(it.url, draw.id);
    await until(() => whole.events.length >= wanted.length, 'all of it');
    assert.deepEqual(whole.events, wanted);
    // It stops cleanly while somebody listens.
  } finally {
    await it.stop();
  }
});

test('no streams at all, if so set; a client that hangs holds nothing up', async () => {
  const it = await daemon({ streams: 1, stream_beat_s: 1 });
  try {
    const { id } = await it.aDraw({ until: 'drafted' });
    const socket = connect(Number(new URL(it.url).port), '127.0.0.1');
    socket.pause(); // it never reads
    socket.on('error', () => {});
    socket.write(`GET /v1/draws/${id}/stream HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await until(async () => /^klero_streams 1$/m.test((await it.call('GET', '/metrics')).text), 'the stream');
    assertProblem(await it.call('GET', `/v1/draws/${id}/stream`), 503, 'busy');
    assert.equal((await it.call('GET', '/v1/draws')).status, 200);
    socket.destroy();
    await until(async () => /^klero_streams 0$/m.test((await it.call('GET', '/metrics')).text), 'room');
    await it.stopDaemon();
    it.configure({ streams: 0 });
    await it.start();
    assertProblem(await it.call('GET', `/v1/draws/${id}/stream`), 503, 'busy');
  } finally {
    await it.stop();
  }
});
