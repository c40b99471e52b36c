// harness.mjs [THING]... -- run THING.test.mjs, or every test of this folder,
// against one installation (installation.mjs) that is made for this run.
//
// KLERO_BUILD is the folder of the programs, build/asan if unset. Passes when
// every test passed, `klero fsck` then finds nothing and both servers end
// cleanly; shows and keeps their logs when not. The files run one after another, each a process of its own,
// all against the same klerod: what they make stays, so make your own things
// (client.mjs) and do not count on being alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Installation, root, scratch } from './installation.mjs';

const TESTS_MS_MAX = 840_000;
const LOG_LINES = 40;

const build = process.env.KLERO_BUILD ?? join(root, 'build/asan');
const home = scratch('test');
const it = new Installation(home, build);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => interrupted.abort());

async function runTests() {
  const here = join(root, 'tests/api');
  const wanted = process.argv.slice(2).map((thing) => `${thing}.test.mjs`);
  const found = readdirSync(here).filter((file) => file.endsWith('.test.mjs')).sort();
  const files = (wanted.length ? wanted : found).map((file) => join(here, file));
  const child = spawn(process.execPath,
    ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files],
    { stdio: 'inherit', signal: interrupted.signal, timeout: TESTS_MS_MAX,
      env: { ...process.env, KLERO_BUILD: build, KLERO_HOME: home, KLERO_URL: it.url } });
  const [code] = await once(child, 'exit');
  return code === 0;
}

// All that the tests have done stands in the log as it stands in the tables.
async function isClean() {
  const { status, findings, stderr } = await it.fsck();
  for (const { table, key, member, what } of findings)
    console.error(`fsck: ${table} ${key} ${member}: ${what}`);
  console.error(stderr.trim());
  return status === 0;
}

function tail(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-LOG_LINES).join('\n');
  } catch {
    return '(none)';
  }
}

let passed = false;
try {
  await it.create();
  await it.start();
  passed = await runTests();
  passed = await isClean() && passed;
} catch (error) {
  console.error(interrupted.signal.aborted ? 'interrupted' : error);
}
try {
  await it.stop();
} catch (error) {
  console.error(error.message);
  passed = false;
}
if (passed || interrupted.signal.aborted) {
  rmSync(home, { recursive: true });
} else {
  for (const file of [it.diary, join(it.database, 'err.log')])
    console.error(`--- ${file}\n${tail(file)}`);
  console.error(`kept: ${home}`);
}
process.exitCode = passed ? 0 : 1;
