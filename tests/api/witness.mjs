// witness.mjs -- a `klero witness` of a test's own, and a log that signs whatever
// it is told to.
//
//   const witness = new Witness(home, { name: 'w.example/1', logs: [vkey] });
//   witness.init();  await witness.start();  witness.vkey
//   await witness.add(body)       → { status, type, text }
//   await witness.latest(origin)  likewise: what it cosigned last
//   await witness.kill();  await witness.stop();  await witness.refuses() → status
//   witness.before                the words before its command at the next start
//
//   const log = new SignedLog(origin, seed);  log.vkey
//   log.note(leaves)              a signed checkpoint of these leaf hashes
//   log.request(old, leaves)      what is posted to add-checkpoint
//   cosignatures(note)            its lines: { name, id, time, line }
//   cosignedBy(vkey, text, line)  does this line verify over the text?
//
//   const it = await new Pretender('w.example/2').start();   answers as it is told:
//   it.add = ({ old, note, text }) => [status, body]         to add-checkpoint
//   it.latest = () => [status, body]                         to who asks what it knows
//   it.cosign(text, time)         a good line of it;  it.asked counts requests
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './installation.mjs';
import { consistencyOf, rootOf, verifies } from './merkle.mjs';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 60_000;
const POLL_MS = 20;
const LOG = 1, COSIGNATURE = 4; // types of keys

const program = join(process.env.KLERO_BUILD ?? join(root, 'build/asan'), 'klero');
const PKCS8_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyOf = (seed) => createPrivateKey({ key: Buffer.concat([PKCS8_DER, Buffer.from(seed, 'hex')]), format: 'der', type: 'pkcs8' });
const publicOf = (seed) => createPublicKey(keyOf(seed)).export({ format: 'der', type: 'spki' }).subarray(-32);
const idOf = (name, type, key) =>
  createHash('sha256').update(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), key])).digest().subarray(0, 4);
const vkeyOf = (name, type, seed) => {
  const key = publicOf(seed);
  return `${name}+${idOf(name, type, key).toString('hex')}+${Buffer.concat([Buffer.from([type]), key]).toString('base64')}`;
};
export const seedOf = (text) => createHash('sha256').update(text).digest('hex');

// --- a log ----------------------------------------------------------------------

export class SignedLog {
  constructor(origin, seed) {
    Object.assign(this, { origin, seed, vkey: vkeyOf(origin, LOG, seed) });
  }

  note(leaves) {
    const text = `${this.origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;
    const blob = Buffer.concat([idOf(this.origin, LOG, publicOf(this.seed)), sign(null, Buffer.from(text), keyOf(this.seed))]);
    return `${text}\n— ${this.origin} ${blob.toString('base64')}\n`;
  }

  request(old, leaves) {
    const proof = old > 0 && old < leaves.length ? consistencyOf(leaves, old) : [];
    return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${this.note(leaves)}`;
  }
}

// --- cosignatures -----------------------------------------------------------------

export function cosignatures(lines) {
  return lines.split('\n').filter((line) => line.startsWith('— ')).map((line) => {
    const [, name, base64] = line.split(' ');
    const blob = Buffer.from(base64, 'base64');
    return { name, id: blob.subarray(0, 4).toString('hex'), time: Number(blob.readBigUInt64BE(4)), line: `${line}\n` };
  });
}

export function cosignedBy(vkey, text, line) {
  const [name, id, base64] = vkey.match(/^([^+]*)\+([^+]*)\+(.*)$/).slice(1);
  const [told] = cosignatures(line);
  const blob = Buffer.from(line.split(' ')[2], 'base64');
  return told.name === name && told.id === id && blob.length === 76 &&
    verifies(Buffer.from(base64, 'base64').subarray(1).toString('hex'),
      `cosignature/v1\ntime ${told.time}\n${text}`, blob.subarray(12));
}

// --- one that may lie ---------------------------------------------------------------

export class Pretender {
  constructor(name, seed = seedOf(name)) {
    Object.assign(this, { name, seed, asked: 0, vkey: vkeyOf(name, COSIGNATURE, seed) });
    this.add = ({ text }) => [200, this.cosign(text)];
    this.latest = () => [404, ''];
  }

  cosign(text, time = Math.floor(Date.now() / 1000)) {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(time));
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), keyOf(this.seed));
    const blob = Buffer.concat([idOf(this.name, COSIGNATURE, publicOf(this.seed)), stamp, signature]);
    return `— ${this.name} ${blob.toString('base64')}\n`;
  }

  async start() {
    this.server = createServer(async (request, response) => {
      const parts = await request.toArray();
      const [, old, note] = Buffer.concat(parts).toString().match(/^old (\d+)\n(?:[^\n]+\n)*\n([^]*)$/) ?? [];
      this.asked += request.method === 'POST';
      const answer = await (note ? this.add({ old: Number(old), note, text: note.slice(0, note.lastIndexOf('\n\n') + 1) })
        : this.latest());
      if (answer)
        response.writeHead(answer[0]).end(answer[1]);
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.server.unref();
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// --- the daemon -------------------------------------------------------------------

export class Witness {
  constructor(home, { name, seed = seedOf(name), logs, prefix = '', port = 0 }) {
    mkdirSync(home, { recursive: true });
    Object.assign(this, { home, name, logs, prefix, port, before: [], env: {} });
    this.vkey = vkeyOf(name, COSIGNATURE, seed);
    this.state = join(home, 'state');
    this.diary = join(home, 'witness.log');
    writeFileSync(this.diary, '');
    writeFileSync(join(home, 'witness.key'), `${seed}\n`, { mode: 0o400 });
    this.trust(logs);
  }

  trust(logs) {
    writeFileSync(join(this.home, 'trust.txt'), `${logs.map((vkey) => `log ${vkey}\n`).join('')}quorum none\n`);
  }

  #args(...more) {
    return ['witness', ...more, '--name', this.name, '--key', join(this.home, 'witness.key'), '--state', this.state];
  }

  init() {
    return spawnSync(program, this.#args('--init'), { encoding: 'utf8' });
  }

  #spawn() {
    const log = openSync(this.diary, 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...this.before, program,
      ...this.#args('--trust', join(this.home, 'trust.txt'), '--listen', `127.0.0.1:${this.port}`, '--prefix', this.prefix)],
    { stdio: ['ignore', log, log], env: { ...process.env, ...this.env } });
    closeSync(log);
    child.unref();
    const exit = once(child, 'exit');
    this.process = { child, get ended() { child.ref(); return exit; } };
    return this.process;
  }

  async start() {
    const mark = this.text().length;
    const { child } = this.#spawn();
    for (let waited = 0; waited < START_MS_MAX; waited += POLL_MS) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`klero witness ended instead of starting:\n${this.text(mark)}`);
      const started = this.text(mark).match(/^\{"event":"started".*"port":(\d+)/m);
      if (started) {
        this.url = `http://127.0.0.1:${started[1]}`;
        this.port = Number(started[1]);
        return this;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`klero witness did not start in ${START_MS_MAX} ms`);
  }

  // One that must not start: the status it ends with.
  async refuses() {
    const { ended } = this.#spawn();
    const [status] = await ended;
    this.process = null;
    return status;
  }

  async kill() {
    this.process.child.kill('SIGKILL');
    await this.process.ended;
    this.process = null;
  }

  async stop() {
    if (!this.process)
      return;
    const { child, ended } = this.process;
    this.process = null;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    const [code, signal] = await ended;
    clearTimeout(late);
    assert.equal(code, 0, `klero witness: ${signal ?? `status ${code}`}\n${this.text().slice(-4000)}`);
  }

  text(mark = 0) {
    return readFileSync(this.diary, 'utf8').slice(mark);
  }

  async #fetch(path, options) {
    const reply = await fetch(this.url + this.prefix + path, options);
    return { status: reply.status, type: reply.headers.get('content-type'), headers: reply.headers, text: await reply.text() };
  }

  add(body) {
    return this.#fetch('/add-checkpoint', { method: 'POST', body });
  }

  latest(origin, method = 'GET') {
    return this.#fetch(`/${createHash('sha256').update(origin).digest('hex')}/checkpoint`, { method });
  }
}
