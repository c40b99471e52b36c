// Both verifiers, written apart, say the same of whole packs: of good ones that there
// is no finding, of spoilt ones which comes first; and what caps the level, and what
// it rests on. Every wrong and every option that the tools know is tried, and must be
// found as what it is. KLERO_PACKS is how many packs (300; a half of them good),
// KLERO_SEED where to begin.
import { strict as assert } from 'node:assert';
import { availableParallelism } from 'node:os';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { OPTIONS } from '../tools/options.mjs';
import { WRONGS } from '../tools/wrongs.mjs';

const COUNT = Number(process.env.KLERO_PACKS ?? 300);
const SEED = Number(process.env.KLERO_SEED ?? 1);
const numbers = (count) => Array.from({ length: Math.ceil(count) }, (_, i) => SEED + i);

const workers = Array.from({ length: Math.min(8, availableParallelism()) },
  () => new Worker(new URL('../tools/judge.mjs', import.meta.url)));
after(() => Promise.all(workers.map((worker) => worker.terminate())));

function ask(worker, job) {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (said) => {
      worker.off('error', reject);
      resolve(said);
    });
    worker.postMessage(job);
  });
}

// All jobs, each by the next worker that is free.
async function judge(jobs) {
  const left = jobs[Symbol.iterator]();
  const all = [];
  await Promise.all(workers.map(async (worker) => {
    for (const job of left) all.push(await ask(worker, job));
  }));
  const problems = all.flatMap(({ readings }) => readings).filter(({ problem }) => problem);
  assert.equal(problems.map(({ what, problem }) => `${what}\n${problem}`).join('\n\n'), '');
  return all;
}

const firsts = ({ readings }) => readings.map(({ what, first }) => `${what}: ${first}`).join('\n');

// Every name, and each time its finding.
async function judgeNamed(kind, names, count) {
  const jobs = numbers(Math.max(count, names.length)).map((seed) => ({ kind, seed: `${kind} ${seed}`, name: names[seed % names.length] }));
  const all = await judge(jobs);
  assert.deepEqual([...new Set(all.map(({ name }) => name))].sort(), [...names].sort());
  assert.equal(all.filter(({ met }) => !met).map(firsts).join('\n\n'), '');
  return all;
}

test(`${COUNT / 2} good packs have no finding in either, at every level`, async () => {
  const all = await judge(numbers(COUNT / 2).map((seed) => ({ kind: 'good', seed })));
  assert.equal(all.filter(({ met }) => !met).map(firsts).join('\n'), '');
  const levels = new Set(all.flatMap(({ readings }) => readings.map(({ level }) => level)));
  assert.deepEqual([...levels].sort(), ['A', 'B', 'C', 'rehearsal', 'test']);
});

test('each wrong decision is found as what it is', async () => {
  const all = await judgeNamed('wrong', Object.keys(WRONGS), COUNT / 4);
  const caps = (name) => all.filter((one) => one.name === name).flatMap(({ readings }) => readings.flatMap((one) => one.caps));
  assert.ok(caps('low entropy').includes('low-entropy'));
  assert.ok(caps('the policy gives a reason').includes('policy-c'));
});

test('each option does what it is for', () => judgeNamed('option', Object.keys(OPTIONS), COUNT / 8));

test(`${Math.ceil(COUNT / 16)} packs with a wrong decision in an earlier attempt`, () => {
  const names = Object.keys(WRONGS);
  return judge(numbers(COUNT / 16).map((seed) => ({ kind: 'stray', seed: `stray ${seed}`, name: names[(seed * 31) % names.length] })));
});

test(`${Math.ceil(COUNT / 8)} packs damaged`, async () => {
  const all = await judge(numbers(COUNT / 8).map((seed) => ({ kind: 'damage', seed: `damaged ${seed}` })));
  const found = all.filter(({ readings }) => readings.some(({ first }) => first !== 'none'));
  assert.ok(found.length > COUNT / 16, `only ${found.length} of them were found`);
});
