// chance.mjs -- chance that can be had again: KLERO_SEED, or one of its own,
// which every test prints. Moments of other processes are not in it.
import { randomInt } from 'node:crypto';

const SEED_MAX = 2 ** 32;
const WORD = 2 ** 32;

export const long = process.env.KLERO_FAULTS === 'long';

// mulberry32: chance() in [0, 1), chance.below(n), chance.of(list).
export function chanceOf(seed = Number(process.env.KLERO_SEED ?? randomInt(SEED_MAX))) {
  let state = seed;
  const chance = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / WORD;
  };
  return Object.assign(chance, { seed, below: (n) => Math.floor(chance() * n), of: (list) => list[Math.floor(chance() * list.length)] });
}
