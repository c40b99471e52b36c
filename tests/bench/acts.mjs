// acts.mjs -- acts per second with gathered inserts, against statement by
// statement: the same requests to two installations of this build.
//
// What it measures is the service with a client beside it on the same cores.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { client } from '../api/client.mjs';
import { Installation, scratch } from '../api/installation.mjs';
import { newUscc } from '../api/keys.mjs';

const ACTS = 4000;
const AT_A_TIME = 64;

const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });

function post(url, token, body) {
  const content = JSON.stringify(body);
  return new Promise((done, failed) => {
    const sent = request(url, { method: 'POST', agent, headers: { authorization: `Bearer ${token}`,
      'content-type': 'application/json', 'content-length': Buffer.byteLength(content),
      'idempotency-key': randomUUID() } }, (reply) => {
      reply.resume();
      reply.on('end', () => done(reply.statusCode));
    });
    sent.on('error', failed);
    sent.end(content);
  });
}

async function actsPerSecond(staging) {
  const it = new Installation(scratch('bench'), process.env.KLERO_BUILD, { batch_staging: staging });
  await it.create();
  await it.start();
  const { token } = await client(it).person('operator');
  const codes = [...new Set(Array.from({ length: ACTS }, newUscc))];
  const count = codes.length;
  const from = performance.now();
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    for (let uscc = codes.pop(); uscc; uscc = codes.pop())
      assert.equal(await post(`${it.url}/v1/institutions`, token, { uscc, name: '示例咨询有限公司' }), 201);
  }));
  const rate = count / ((performance.now() - from) / 1000);
  await it.stop();
  rmSync(it.home, { recursive: true });
  return rate;
}

const gathered = await actsPerSecond(1);
const single = await actsPerSecond(0);
agent.destroy();
const row = (what, number, digits) => console.log(`${what.padEnd(13)} ${number.toFixed(digits).padStart(10)}`);
row('gathered', gathered, 0);
row('one by one', single, 0);
row('ratio', gathered / single, 2);
