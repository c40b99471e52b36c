// memory.mjs -- the memory of a klerod in the hands of a test, by the library of
// oom.c that is preloaded to it.
//
//   const memory = new Memory(it);     before it.start()
//   memory.fail(n, { forever });       from now on the n-th allocation fails,
//                                      with `forever` each one after it, too;
//                                      with `growing` only those by realloc()
//   memory.failed                      how many have failed since
//   memory.count                       how many were asked for since
//   memory.spare();                    none fails any more
import { execFileSync } from 'node:child_process';
import { openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../api/installation.mjs';

const WORD = 8;
const ARMED = 0, FAIL_AT = 1, FOREVER = 2, COUNT = 3, FAILED = 4, GROWING = 5, WORDS = 6;
export const NEVER = 2 ** 40;

// The sanitizers have an allocator of their own: the release build is failed.
// Not the make we may be run by: its flags and job server are not for this one.
export const build = join(root, 'build/release');
export const make = () => execFileSync('make',
  ['-C', root, '--no-print-directory', 'MODE=release', 'programs', 'build/release/tests/faults/oom.so'],
  { env: { ...process.env, MAKEFLAGS: '', MAKELEVEL: '', MFLAGS: '' }, stdio: 'ignore' });

export class Memory {
  #file;

  constructor(it) {
    const path = join(it.home, 'memory');
    writeFileSync(path, Buffer.alloc(WORDS * WORD));
    this.#file = openSync(path, 'r+');
    it.env = { ...it.env, LD_PRELOAD: join(build, 'tests/faults/oom.so'), KLERO_OOM: path };
  }

  #put(at, number) {
    const bytes = Buffer.alloc(WORD);
    bytes.writeBigUInt64LE(BigInt(number));
    writeSync(this.#file, bytes, 0, WORD, at * WORD);
  }

  #get(at) {
    const bytes = Buffer.alloc(WORD);
    readSync(this.#file, bytes, 0, WORD, at * WORD);
    return Number(bytes.readBigUInt64LE());
  }

  fail(n, { forever = false, growing = false } = {}) {
    this.spare();
    this.#put(COUNT, 0);
    this.#put(FAILED, 0);
    this.#put(FAIL_AT, n);
    this.#put(FOREVER, forever ? 1 : 0);
    this.#put(GROWING, growing ? 1 : 0);
    this.#put(ARMED, 1);
  }

  spare() {
    this.#put(ARMED, 0);
  }

  get count() {
    return this.#get(COUNT);
  }

  get failed() {
    return this.#get(FAILED);
  }
}
