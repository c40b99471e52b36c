// relay.mjs -- where the values of the tests' own beacons are, over HTTP, as drand's
// relays and NIST serve them.
//
//   const relay = await new Relay().start();     relay.url
//   relay.chain                                  of beacons.mjs, a round every 3 s
//   relay.info                                   its chain info, as JSON
//   relay.round(n), relay.pulse(time)            what is served, as objects
//   relay.answers.push((path) => [status, body]) in its place, unless undefined;
//                                                status 0 is never an answer
//   relay.asked                                  the paths asked for so far
//   await relay.stop()
//
// node relay.mjs FILE   serve on 127.0.0.1, write the chain info to FILE, then print
//                       where it is
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { chain, nist } from './beacons.mjs';
import { Chance } from './chance.mjs';
import { sha256 } from './ledger.mjs';

const PERIOD_S = 3; // as quicknet's
const MINUTE_MS = 60_000;

function quickChain() {
  for (let n = 0; ; n++)
    if (chain(`relay ${n}`).period === PERIOD_S)
      return chain(`relay ${n}`);
}

export class Relay {
  constructor(now = () => Date.now()) {
    Object.assign(this, { chain: quickChain(), nist: nist(), now, asked: [], answers: [] });
    this.info = this.chain.info;
  }

  round(round) {
    const signature = this.chain.sign(round);
    return { round, randomness: sha256(Buffer.from(signature, 'hex')).toString('hex'), signature };
  }

  pulse(time) {
    const index = Math.floor(time / 60);
    return { pulse: this.nist.pulse({ index, time, chance: new Chance(`pulse ${index}`) }) };
  }

  // A round that is not there yet is not told: nobody can know it.
  #reply(path) {
    const [, hash, round] = path.match(/^\/([0-9a-f]{64})\/public\/([1-9][0-9]{0,14})$/) ?? [];
    const [, at] = path.match(/^\/pulse\/time\/([0-9]{1,16})$/) ?? [];
    if (path === '/info' || path === `/${this.chain.hash}/info`)
      return [200, this.info];
    if (hash === this.chain.hash && this.chain.timeOf(Number(round)) * 1000 <= this.now())
      return [200, JSON.stringify(this.round(Number(round)))];
    if (at && Number(at) % MINUTE_MS === 0 && Number(at) <= this.now())
      return [200, JSON.stringify(this.pulse(Number(at) / 1000))];
    return [404, '{}'];
  }

  async start(port = 0) {
    this.server = createServer((request, response) => {
      this.asked.push(request.url);
      const [status, body] = this.answers.map((answer) => answer(request.url)).find(Boolean) ?? this.#reply(request.url);
      if (status > 0)
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    }).listen(port, '127.0.0.1');
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const relay = await new Relay().start();
  relay.server.ref();
  writeFileSync(process.argv[2], relay.info);
  console.log(relay.url);
}
