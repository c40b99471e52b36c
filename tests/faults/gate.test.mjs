// Mutations of tests/vectors/http/gate.json, and each of its lines with LF alone:
// whatever comes, each answer is one in form, none is to what was in another's
// body, and nothing breaks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { answersOf } from '../api/answers.mjs';
import { daemon } from '../api/client.mjs';
import { root } from '../api/installation.mjs';
import { chanceOf, long } from './chance.mjs';
import { lineFeeds, mutationOf, read } from './mutations.mjs';

const MUTATIONS = long ? 1_000_000 : 1000;
// What so many are answered, whatever chance says.
const STATUSES = long ? [200, 400, 401, 405, 411, 414, 417, 421, 431, 505] : [200, 400, 405, 411, 421, 505];
const AT_ONCE = 64;
const ADDRESSES = 200; // of ours: an address has 28,000 ports, each used once a minute
const LAST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

const cases = JSON.parse(readFileSync(join(root, 'tests/vectors/http/gate.json'), 'utf8'))
  .filter(({ bytes }) => bytes.length < 5000);

const answersIn = (text) => (text.match(/HTTP\/1\.1 [2-5]/g) ?? []).length;

// What klerod answers until it closes. We end when it has answered what there
// was to answer, so that it also could answer more.
function exchange(port, address, text, wanted) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: address });
    const began = Date.now();
    let answer = '', broke = '';
    const end = () => setImmediate(() => socket.end());
    socket.setEncoding('latin1').setTimeout(60_000, () => reject(new Error(`no end of ${JSON.stringify(text)}`)));
    socket.on('error', (error) => {
      broke = error.message;
      if (error.syscall === 'connect')
        reject(error);
    });
    socket.on('data', (part) => {
      answer += part;
      if (answersIn(answer) >= wanted)
        end();
    });
    socket.on('close', () => resolve({ answer, end: `${broke || 'closed'} after ${Date.now() - began} ms` }));
    socket.write(text, 'latin1', () => { if (wanted === 0) end(); });
  });
}

function assertAnswered(text, requests, answer, health) {
  const answers = answersOf(answer);
  assert.ok(answers.length <= requests.length, 'more answers than requests');
  answers.forEach(({ status, headers, body }, i) => {
    const { broken, method, path } = requests[i];
    assert.ok(status < 500 || status === 505, `status ${status}`);
    assert.ok(status === 200 || status === 304 || JSON.parse(body || '{}').status !== 200);
    if (broken)
      assert.ok(status >= 400 && headers.connection === 'close', 'what is broken was answered');
    if (status === 200)
      assert.ok(body === '' ? method === 'HEAD' : method === 'GET' && /^\/healthz\??$/.test(path) === (body === health), `${method} ${path} got another's answer`);
  });
  // Fewer only where the last one closed, or what was to come never came.
  if (answers.length < requests.length)
    assert.ok(answers.at(-1)?.headers.connection === 'close' || requests[answers.length].cut || requests[answers.length].broken, 'a request without an answer');
  return answers;
}

test(`${MUTATIONS} mutations of requests`, async (t) => {
  const chance = chanceOf();
  const it = await daemon({ http_header_s: 8, http_body_s: 8, http_request_s: 20 });
  const counts = {};
  const { port } = new URL(it.url);
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  try {
    const { text: health } = await it.call('GET', '/healthz');
    const always = lineFeeds(cases);
    let left = MUTATIONS + always.length;
    const one = async (address) => {
      const text = (always.pop() ?? mutationOf(chance, cases)) + LAST;
      const requests = read(text);
      const { answer, end } = await exchange(port, address, text, requests.filter(({ cut, broken }) => !cut && !broken).length);
      try {
        for (const { status } of assertAnswered(text, requests, answer, health))
          counts[status] = (counts[status] ?? 0) + 1;
      } catch (error) {
        throw new Error(`${error.message}\nfor ${JSON.stringify(text)}\nread as ${JSON.stringify(requests)}\nanswered ${JSON.stringify(answer)}, ${end}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, async (_, i) => {
      for (; left-- > 0;)
        await one(`127.0.1.${1 + (left + i) % ADDRESSES}`);
    }));
    for (const status of STATUSES)
      assert.ok(counts[status] > 0, `nothing was answered ${status}`);
    assert.equal((await it.call('GET', '/healthz')).status, 200);
  } finally {
    t.diagnostic(`answers: ${JSON.stringify(counts)}`);
    await it.stop(); // throws unless it ends cleanly, under the sanitizers, too
  }
});
