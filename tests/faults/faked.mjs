// faked.mjs -- a clock that a test sets, for klerod alone (libfaketime).
//
//   const clock = fakeClock(it);     before it.start(): its next start uses it
//   clock.set(-3600)                 seconds off the machine's, from now on
//   clock.to('2038-01-19T03:14:07Z') or a Date; within a second after it
//   clock.step(either)
//   clock.now()                      what time klerod thinks it is, a Date
//   it.faked                         words before what is to go by it, too
//
// What waits goes by a clock of its own, which stays right, as it does when a
// machine's clock is set.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const library = () => [LIBRARY, LIBRARY.replace('x86_64', 'aarch64')].find(existsSync);

// A sanitizer's own library must come first.
function sanitizer(program) {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return stdout.match(/=> (\S*lib[at]san\S*)/)?.[1];
}

export function fakeClock(it) {
  const file = join(it.home, 'clock');
  let offset = 0;
  const set = (seconds) => {
    offset = seconds;
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  const preload = [sanitizer(join(it.build, 'klerod')), library()].filter(Boolean).join(' ');
  it.faked = ['env', `LD_PRELOAD=${preload}`, `FAKETIME_TIMESTAMP_FILE=${file}`, 'FAKETIME_NO_CACHE=1',
    'FAKETIME_DONT_FAKE_MONOTONIC=1'];
  it.before = it.faked;
  // In whole seconds: never before that time.
  const to = (time) => set(Math.ceil((new Date(time) - Date.now()) / 1000));
  return {
    set,
    to,
    step: (step) => typeof step === 'number' ? set(step) : to(step),
    now: () => new Date(Date.now() + offset * 1000),
  };
}
