// county_client.mjs -- many acts at once on one service, each once for ever.
//
// Every act has a name (Idempotency-Key): repeated by a load that goes on where it
// was cut short, it is answered as it was the first time.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const AT_ONCE = 64;
const WAIT_S_MAX = 120;
const POLL_MS = 20;

export class Client {
  constructor({ url, socketPath }) {
    const { hostname, port } = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    this.to = { host: hostname, port, agent: this.agent };
    this.local = { socketPath, host: 'localhost' };
    this.acts = 0;
  }

  close() {
    this.agent.destroy();
  }

  #send(to, method, path, headers, content) {
    return new Promise((done, failed) => {
      const sent = request({ ...to, method, path, headers }, (reply) => {
        const parts = [];
        reply.on('data', (part) => parts.push(part));
        reply.on('error', failed);
        reply.on('end', () => done({ status: reply.statusCode, text: Buffer.concat(parts).toString() }));
      });
      sent.on('error', failed);
      sent.setTimeout(WAIT_S_MAX * 1000, () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.end(content);
    });
  }

  // A busy service is asked again, and so is one that closed an idle connection.
  async #again(to, method, path, headers, content) {
    for (const end = Date.now() + WAIT_S_MAX * 1000; ; await sleep(POLL_MS)) {
      const reply = await this.#send(to, method, path, headers, content).catch((error) => {
        if (error.code !== 'ECONNRESET')
          throw error;
        return { status: 503, text: error.message };
      });
      if (![429, 503].includes(reply.status) || Date.now() > end)
        return reply;
    }
  }

  async ask(method, path, { to = this.to, token, body, file, once, seq } = {}) {
    const content = file?.bytes ?? (body && JSON.stringify(body));
    const { status, text } = await this.#again(to, method, path, {
      'accept-language': 'en',
      ...token && { authorization: `Bearer ${token}` },
      ...seq && { 'if-match': `"${seq}"` },
      ...file && { 'klero-file-name': encodeURIComponent(file.name) },
      ...content && { 'content-type': file ? 'application/pdf' : 'application/json', 'content-length': Buffer.byteLength(content) },
      ...content && once !== null && { 'idempotency-key': once ?? randomUUID() },
    }, content);
    if (status >= 300)
      throw new Error(`${method} ${path}: ${status}\n${text}`);
    this.acts += method === 'POST';
    return JSON.parse(text);
  }

  get(path, token) {
    return this.ask('GET', path, { token });
  }

  // `who` is { token }; `once` names the act, null: it proves itself.
  post(who, path, body, once, seq) {
    return this.ask('POST', path, { token: who?.token, body, once, seq });
  }

  // `file` is { name, bytes }, of PDF.
  store(who, file, once) {
    return this.ask('POST', '/v1/files', { token: who.token, file, once });
  }

  admin(path, body, once) {
    return this.ask('POST', path, { to: this.local, body, once });
  }

  async twoPersons(proposer, approver, act, subject, payload, once) {
    const { id, digest } = await this.post(proposer, '/v1/proposals', { act, subject, payload }, once);
    return this.post(approver, `/v1/proposals/${id}/approval`, { digest }, once);
  }

  // Each of `list`, so many at once.
  async each(list, work) {
    const waiting = [...list];
    const one = async () => {
      while (waiting.length > 0)
        await work(waiting.shift());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  }
}
