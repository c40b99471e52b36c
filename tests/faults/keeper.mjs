// keeper.mjs -- what a service manager does: klerod is started again whenever
// it ends.
//
//   const keeper = new Keeper(it, { spare });   it is up; `spare` is called
//                                                before each start
//   keeper.ends                   how it ended each time: a signal or a status
//   await keeper.stop();          klerod is up, and is not watched any more
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

export class Keeper {
  ends = [];
  #stopped = false;

  constructor(it, { spare = () => {} } = {}) {
    this.it = it;
    this.spare = spare;
    this.kept = this.#keep();
    this.kept.catch(() => {}); // told by stop()
  }

  #isUp() {
    const { exitCode, signalCode } = this.it.daemon.child;
    return exitCode === null && signalCode === null;
  }

  #ended(error) {
    if (!/^klerod ended instead of starting/.test(error.message))
      throw error;
  }

  async #keep() {
    for (;; await sleep(POLL_MS)) {
      if (!this.#isUp()) {
        const { exitCode, signalCode } = this.it.daemon.child;
        this.ends.push(signalCode ?? exitCode);
        this.spare();
        await this.it.start().catch(this.#ended); // a fault may meet that, too
      } else if (this.#stopped) {
        return;
      }
    }
  }

  async stop() {
    this.#stopped = true;
    await this.kept;
  }
}
