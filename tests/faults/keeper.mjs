// keeper.mjs -- what a service manager does: klerod is started again whenever
// it ends.
//
//   const keeper = new Keeper(it, { spare });   it is up; `spare` is called
//                                                before each start
//   keeper.ends                   how it ended each time: a signal or a status
//   await keeper.up();            it has started, and is there
//   await keeper.stop();          klerod is up, and is not watched any more
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
const ZOMBIE_MS_MAX = 2000;
const ANSWER_MS_MAX = 5000;

export class Keeper {
  ends = [];
  #starting = false;
  #broken = false;
  #stopped = false;
  #seen = Date.now(); // alive

  constructor(it, { spare = () => {} } = {}) {
    this.it = it;
    this.spare = spare;
    this.kept = this.#keep();
    this.kept.catch(() => { this.#broken = true; }); // told by stop()
  }

  // One that was killed under strace may stay a zombie until that is gone.
  #isDead(pid) {
    try {
      return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''));
    } catch {
      return true;
    }
  }

  #isAlive() {
    const alive = !this.#isDead(this.it.daemon.child.pid);
    if (alive)
      this.#seen = Date.now();
    return alive;
  }

  // One that was killed a moment ago is there still, but answers nobody.
  async #answers() {
    try {
      return (await fetch(`${this.it.url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })).ok;
    } catch {
      return false;
    }
  }

  // Or it may turn out to have ended.
  #seemsUp() {
    const { exitCode, signalCode } = this.it.daemon.child;
    return exitCode === null && signalCode === null && (this.#isAlive() || Date.now() - this.#seen < ZOMBIE_MS_MAX);
  }

  #ended(error) {
    if (!/^klerod ended instead of starting/.test(error.message))
      throw error;
  }

  async #keep() {
    for (;; await sleep(POLL_MS)) {
      if (!this.#seemsUp()) {
        const { exitCode, signalCode } = this.it.daemon.child;
        this.ends.push(signalCode ?? exitCode ?? 'SIGKILL');
        this.spare();
        this.#starting = true;
        await this.it.start().catch(this.#ended); // a fault may meet that, too
        this.#starting = false;
        this.#seen = Date.now();
      } else if (this.#stopped && this.#isAlive() && await this.#answers()) {
        return;
      }
    }
  }

  async up() {
    while (!this.#broken && (this.#starting || !this.#isAlive()))
      await sleep(POLL_MS);
  }

  async stop() {
    this.#stopped = true;
    await this.kept;
  }
}
