// history.mjs -- what clients sent and what they were told, for the oracle.
//
//   const history = new History();
//   const call = history.steady(it.call);    instead of it.call
//   const { status, body } = await call('POST', '/v1/notices', { key: owner, body });
//
// steady(call, options) → a call that sends the same request, with the same
//     Idempotency-Key, until it is answered: no connection, a connection that
//     breaks and a 503 are no answer. It notes each try.
//     { patience_ms } is how long; then it throws, and the record stays open.
// once(call)   → a call that is sent once and recorded; throws as `call` does.
// people(it, call) → the hands of builders.mjs, each act through `call`
// records      → { method, path, account, idempotency, body, tries, reply }
//     tries    → what came each time: a status, `busy`, or the code of an error
//     reply    → the answer that counts: not a 503; null while there is none
// sees(note)   → a signed checkpoint that somebody was shown
//
// A GET is repeated likewise but is no act, and is not recorded.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { builders } from '../api/builders.mjs';
import { must, until } from '../api/client.mjs';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
const LAST_TOLD = 5; // tries, of a request that got no answer
const UNAVAILABLE = 503;
const BROKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'HPE_INVALID_EOF_STATE',
  'UND_ERR_SOCKET']);
// Who tries again need not know why it failed; a mistake of a test is no fault.
const isBroken = (error) => BROKEN.has(error.code) || error.name === 'TimeoutError' || /socket hang up|aborted/.test(error.message);

// It may have happened or not: the connection broke after it was sent, or the
// service itself cannot say. Where nobody listened, nothing was sent.
const isLost = (came) => came === 'unknown-outcome' ||
  typeof came === 'string' && !['ECONNREFUSED', 'ENOENT', 'busy', 'unavailable'].includes(came);

export class History {
  records = [];
  checkpoints = new Map(); // size → the text of a checkpoint of it

  sees(note) {
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const size = Number(text.split('\n')[1]);
    const before = this.checkpoints.get(size) ?? text;
    if (before !== text)
      throw new Error(`two checkpoints of ${size}:\n${before}\n${text}`);
    this.checkpoints.set(size, text);
    return size;
  }

  // How many acts were sent without an answer that says what became of them.
  ambiguous() {
    return this.records.filter(({ tries }) => tries.some((came) => isLost(came))).length;
  }

  // How many needed more than one try.
  repeated() {
    return this.records.filter(({ tries }) => tries.length > 1).length;
  }

  #record(method, path, { key, body, idempotency, admin }) {
    const record = { method, path, idempotency, account: key?.account ?? null, admin: Boolean(admin),
      by: key?.organisation ?? null, body: typeof body === 'string' ? body : JSON.stringify(body), tries: [],
      reply: null, began: Date.now() };
    if (method !== 'GET')
      this.records.push(record);
    return record;
  }

  async #send(call, record, method, path, options) {
    const reply = await call(method, path, options).catch((error) => {
      record.tries.push(error.code ?? error.name);
      throw error;
    });
    record.tries.push(reply.status === UNAVAILABLE ? reply.body?.code ?? 'unavailable' : reply.status);
    if (reply.status !== UNAVAILABLE && record.reply === null) {
      const { status, text, body } = reply;
      record.reply = { status, text, body, log_size: Number(reply.headers.get('klero-log-size') ?? NaN) };
    }
    return reply;
  }

  once(call, { admin } = {}) {
    return (method, path, options = {}) => {
      const idempotency = options.idempotency ?? (method === 'POST' ? randomUUID() : undefined);
      const all = { ...options, idempotency };
      return this.#send(call, this.#record(method, path, { ...all, admin }), method, path, all);
    };
  }

  steady(call, { admin, patience_ms = PATIENCE_MS } = {}) {
    return async (method, path, options = {}) => {
      const idempotency = options.idempotency ?? (method === 'POST' ? randomUUID() : undefined);
      const all = { ...options, idempotency };
      const record = this.#record(method, path, { ...all, admin });
      for (const end = Date.now() + patience_ms; Date.now() < end; await sleep(PAUSE_MS)) {
        try {
          const reply = await this.#send(call, record, method, path, all);
          if (reply.status !== UNAVAILABLE)
            return reply;
        } catch (error) {
          if (!isBroken(error))
            throw error;
        }
      }
      throw new Error(`${method} ${path} was not answered in ${patience_ms} ms: ${record.tries.length} tries, in the end ${record.tries.slice(-LAST_TOLD).join()}`);
    };
  }

  // The builders of builders.mjs for `it`, each act of which is recorded.
  people(it, call = this.steady(it.call), adminCall = this.steady(it.adminCall, { admin: true })) {
    const bound = { ...it, call, adminCall, home: it.home, origin: it.origin, must, until };
    return { ...bound, ...builders(bound) };
  }
}

// Records of one request: what is sent again under one key is one act.
export function actsOf(records) {
  const acts = new Map();
  for (const record of records) {
    const name = record.idempotency && `${record.account ?? (record.admin ? '-' : '')} ${record.idempotency}`;
    const act = acts.get(name) ?? [];
    act.push(record);
    acts.set(name, act);
  }
  return [...acts.values()];
}
