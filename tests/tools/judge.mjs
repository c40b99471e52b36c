// judge.mjs -- a worker that makes packs and has both verifiers read them.
//
// Gets { kind, seed, name? } as a message and answers { ...job, readings, met }:
//     readings: of each pack that was read { what, first, level, caps, problem }, where
//     first is the first finding's code, `none` or `unreadable`; problem is null or says
//     how the two disagree; met: was the finding there that `name` is to have? Chance
//     may put a wrong where it is none: then others are tried.
import { parentPort } from 'node:worker_threads';
import { Chance } from './chance.mjs';
import { OPTIONS, spoilt } from './options.mjs';
import { makePack } from './packs.mjs';
import { disagreement, readings } from './readings.mjs';
import { damage, WRONGS } from './wrongs.mjs';

const TRIES_MAX = 20;

async function read(pack, what) {
  const said = await readings(pack);
  const { status, first, level, caps } = said.ts;
  return {
    what, level, caps, first: status === 2 ? 'unreadable' : first.split(' ')[0], problem: disagreement(said),
  };
}

const KINDS = {
  good: (seed) => [makePack(seed), 'good', ['none']],
  wrong: (seed, name) => {
    const { make, wants, codes } = WRONGS[name];
    return [makePack(seed, make(new Chance(seed)), wants), name, codes];
  },
  // Wherever it falls: what is found first is not foretold.
  stray: (seed, name) => {
    const wrong = { ...WRONGS[name].make(new Chance(seed)), earlier: true };
    return [makePack(seed, wrong, { attempts: (count) => count > 1, plan: () => true }), `${name}, earlier`, null];
  },
  option: (seed, name) => {
    const { alter, wants, codes } = OPTIONS[name];
    return [alter(makePack(seed, null, wants), new Chance(seed)), name, codes];
  },
  damage: (seed) => {
    const chance = new Chance(`damage ${seed}`);
    const [pack, what] = damage(makePack(seed), chance);
    const [other, more] = chance.happens(0.3) ? spoilt(pack, chance) : [pack, ''];
    return [other, `${what} ${more}`, null];
  },
};

async function judge({ kind, seed, name }) {
  const all = [];
  for (let i = 0; i < TRIES_MAX; i++) {
    const [pack, what, codes] = KINDS[kind](i === 0 ? seed : `${seed}, ${i}`, name);
    const one = await read(pack, `seed ${seed}, ${i}: ${what}`);
    all.push(one);
    if (!codes || codes.includes(one.first)) return { readings: all, met: true };
    if (one.first !== 'none' || one.problem) break;
  }
  return { readings: all, met: false };
}

// Who cannot make or read it says of which: the others go on.
async function answer(job) {
  try {
    return await judge(job);
  } catch (error) {
    return { readings: [{ what: `seed ${job.seed}: ${job.name}`, caps: [], first: 'broken', problem: error.stack }], met: false };
  }
}

parentPort.on('message', async (job) => parentPort.postMessage({ ...job, ...await answer(job) }));
