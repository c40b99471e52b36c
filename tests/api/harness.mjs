// harness.mjs [THING]... -- run THING.test.mjs, or every test of this folder,
// against installations (installation.mjs) that are made for this run.
//
// KLERO_BUILD is the folder of the programs, build/asan if unset. Passes when
// every test passed, `klero fsck` then finds nothing and all servers end
// cleanly; shows and keeps their logs when not. Tests wait more than they work,
// so there are three lanes, each with servers of its own, that take one file
// after another, the largest first. A file is a process of its own, and what it
// tells is shown when it ends. What the files of a lane make stays, so make your
// own things (client.mjs) and do not count on being alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation, root, scratch } from './installation.mjs';

const TEST_MS_MAX = 840_000;
const LOG_LINES = 40;
const LANES = 3;

const build = process.env.KLERO_BUILD ?? join(root, 'build/asan');

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => interrupted.abort());

async function runTest(it, file) {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', file],
    { stdio: ['inherit', 'pipe', 'inherit'], signal: interrupted.signal, timeout: TEST_MS_MAX,
      env: { ...process.env, KLERO_BUILD: build, KLERO_HOME: it.home, KLERO_URL: it.url } });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  const [code] = await once(child, 'close');
  process.stdout.write(Buffer.concat(parts));
  return code === 0;
}

// All that the tests have done stands in the log as it stands in the tables.
async function isClean(it) {
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

// Take files until none is left. Whether all of it passed.
async function lane(files) {
  const it = new Installation(scratch('test'), build);
  let passed = false;
  try {
    await it.create();
    await it.start();
    passed = true;
    while (files.length)
      passed = await runTest(it, files.shift()) && passed;
    passed = await isClean(it) && passed;
  } catch (error) {
    console.error(interrupted.signal.aborted ? 'interrupted' : error);
    passed = false;
  }
  try {
    await it.stop();
  } catch (error) {
    console.error(error.message);
    passed = false;
  }
  if (passed || interrupted.signal.aborted) {
    rmSync(it.home, { recursive: true });
  } else {
    for (const file of [it.diary, join(it.database, 'err.log')])
      console.error(`--- ${file}\n${tail(file)}`);
    console.error(`kept: ${it.home}`);
  }
  return passed;
}

const here = join(root, 'tests/api');
const wanted = process.argv.slice(2).map((thing) => `${thing}.test.mjs`);
const found = readdirSync(here).filter((file) => file.endsWith('.test.mjs')).sort();
const files = (wanted.length ? wanted : found).map((file) => join(here, file))
  .sort((one, other) => statSync(other).size - statSync(one).size);
const lanes = Array.from({ length: Math.min(LANES, files.length) }, () => lane(files));
const passed = await Promise.all(lanes);
process.exitCode = passed.every(Boolean) ? 0 : 1;
