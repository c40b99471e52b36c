// The cases of the gate through nginx as ops/nginx.conf has it: what it makes
// of them is written beside each; klerod is asked nothing that was not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getTls, request as requestTls } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { answersOf } from './answers.mjs';
import { daemon } from './client.mjs';
import { pdf } from './evidences.mjs';
import { root } from './installation.mjs';
import { nginx } from './nginx.mjs';

const cases = JSON.parse(readFileSync(join(root, 'tests/vectors/http/gate.json'), 'utf8'));
const AT_ONCE = 32; // an address may have 64 connections to it
const LAST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

describe('nginx in front', () => {
  let it, proxy;
  const send = (text) => proxy.raw(Buffer.from(text, 'latin1'));
  // Of klerod, but for those to us.
  const answered = async () => [...(await it.adminCall('GET', '/metrics')).text.matchAll(/^klero_http_responses_total\{.*\} (\d+)$/gm)]
    .reduce((sum, [, count]) => sum + Number(count), 0);

  before(async () => {
    it = await daemon({ http_hosts: 'localhost,127.0.0.1' });
    proxy = await nginx(it.url);
  });
  after(async () => {
    await proxy?.stop();
    await it?.stop();
  });

  test('says of each case what is written, and hides no request in another', async () => {
    const first = await answered();
    let ours = 1; // the asking
    const one = async ({ name, bytes, nginx: wanted }) => {
      const text = await send(bytes + LAST);
      const answers = text.startsWith('HTTP/1.1 ') ? answersOf(text) : [];
      ours += text.startsWith('HTTP/1.1 ') ? answers.filter(({ headers }) => headers['x-request-id']).length : 1; // HTTP/0.9
      assert.deepEqual(answers.map(({ status }) => status), wanted, `${name}: ${text}`);
      for (const { status, headers, body } of answers)
        if (status >= 400 && body !== '') {
          assert.equal(headers['content-type'], 'application/problem+json', name);
          assert.equal(JSON.parse(body).status, status, name);
        }
    };
    const left = [...cases];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (left.length > 0)
        await one(left.shift());
    }));
    assert.equal(await answered() - first, ours);
    assert.doesNotMatch(proxy.log(), /\[(alert|crit|emerg)\]/);
  });

  test('sends who comes in the clear to TLS, and says HSTS', async () => {
    const [reply] = await once(get({ host: '127.0.0.1', port: proxy.plainPort, path: '/v1?limit=1', headers: { host: 'localhost' } }), 'response');
    reply.resume();
    assert.deepEqual([reply.statusCode, reply.headers.location], [308, 'https://localhost/v1?limit=1']);
    const [{ headers }] = answersOf(await send(LAST));
    assert.match(headers['strict-transport-security'], /^max-age=\d+$/);
    assert.equal(headers.server, 'nginx'); // and no version of it
  });

  test('keeps half a request from klerod', async () => {
    const first = await answered();
    assert.equal(await send('POST /v1/organisations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{'), '');
    assert.equal(await answered() - first, 1); // the asking
  });

  test('hands on what a stream says at once, and leaves an address 16 of them', async () => {
    const { id } = await it.aDraw({ until: 'drafted' });
    const open = [];
    const stream = async () => {
      const outgoing = getTls({ host: '127.0.0.1', port: proxy.port, path: `/v1/draws/${id}/stream`, rejectUnauthorized: false, agent: false,
        headers: { host: 'localhost' } });
      outgoing.on('error', () => {}); // to be cut off
      open.push(outgoing);
      const [incoming] = await once(outgoing, 'response');
      return incoming.setEncoding('utf8');
    };
    try {
      const all = await Promise.all(Array.from({ length: 16 }, stream));
      for (const incoming of all) {
        assert.equal(incoming.statusCode, 200);
        assert.match((await once(incoming, 'data'))[0], /^retry: /);
      }
      const refused = await stream();
      assert.equal(refused.statusCode, 429);
      assert.equal(JSON.parse((await once(refused, 'data'))[0]).code, 'too-many');
      assert.equal(answersOf(await send(LAST))[0].status, 200);
    } finally {
      for (const outgoing of open)
        outgoing.destroy();
    }
  });

  test('hands on a file as it comes, as large as one may be', async () => {
    const who = await it.institution();
    const upload = (bytes, token = who.token) => new Promise((resolve, reject) => {
      const outgoing = requestTls({ host: '127.0.0.1', port: proxy.port, path: '/v1/files', method: 'POST', rejectUnauthorized: false, agent: false,
        headers: { host: 'localhost', authorization: `Bearer ${token}`, 'content-type': 'application/pdf', 'content-length': bytes.length,
          'klero-file-name': 'a.pdf', 'idempotency-key': String(Math.random()) } }, async (incoming) => {
        const parts = [];
        for await (const part of incoming)
          parts.push(part);
        resolve({ status: incoming.statusCode, body: JSON.parse(Buffer.concat(parts)) });
      });
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
    const sized = (size) => pdf('', size - pdf('').length);
    const { status, body } = await upload(sized(50 << 20));
    assert.deepEqual([status, body.size], [201, 50 << 20]);
    assert.equal((await upload(sized(70_000), '0'.repeat(64))).status, 401);
    const late = await upload(sized((50 << 20) + 1)).catch((error) => error);
    assert.ok(late.status === 413 || ['EPIPE', 'ECONNRESET'].includes(late.code), JSON.stringify(late));
  });

  test('says busy while klerod is away', async () => {
    await it.stopDaemon();
    const [{ status, headers, body }] = answersOf(await send(LAST));
    assert.deepEqual([status, headers['retry-after'], JSON.parse(body).code], [503, '1', 'busy']);
    await it.start();
  });
});
