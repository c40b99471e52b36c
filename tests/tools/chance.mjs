// chance.mjs -- chance that comes again: everything follows from the seed.
//
// new Chance(seed): below(n) → 0 … n-1; between(a, b) → a … b; happens(p);
// pick(list); some(list, p) → a part of it, in order; bytes(n); shuffle(list)
import { createHash } from 'node:crypto';

export class Chance {
  #seed;
  #count = 0;
  #pool = Buffer.alloc(0);

  constructor(seed) {
    this.#seed = String(seed);
  }

  bytes(size) {
    while (this.#pool.length < size) {
      const next = createHash('sha256').update(`${this.#seed} ${this.#count++}`).digest();
      this.#pool = Buffer.concat([this.#pool, next]);
    }
    const bytes = this.#pool.subarray(0, size);
    this.#pool = this.#pool.subarray(size);
    return bytes;
  }

  below(count) {
    return this.bytes(6).readUIntBE(0, 6) % Math.max(1, Math.floor(count));
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  happens(probability) {
    return this.below(1e6) < probability * 1e6;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  some(list, probability) {
    return list.filter(() => this.happens(probability));
  }

  shuffle(list) {
    return list
      .map((item) => [this.below(2 ** 40), item])
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  }
}
