// county_chance.mjs -- what is invented of a county: chance from a seed, names,
// credit codes and numbers that nobody has. The same seed, the same county.
import { createHash } from 'node:crypto';

// Minutes from midnight in Beijing of the first day.
export const at = (day, hour, minute = 0) => (day * 24 + hour) * 60 + minute;

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// A sheet of paper with one line on it, as PDF. ISO 32000-1, 7.5.
export function paper(line) {
  const text = `BT /F 14 Tf 60 760 Td (${line}) Tj ET`;
  const parts = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
    `<</Length ${text.length}>>stream\n${text}\nendstream`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
  let all = '%PDF-1.4\n';
  const places = parts.map((part, i) => {
    const place = all.length;
    all += `${i + 1} 0 obj${part}endobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return Buffer.from(`${all}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${all.length}\n%%EOF\n`);
}

// GB 11714 and GB 32100: the two check characters of a credit code.
const LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const total = (text, weights) =>
  [...text].reduce((sum, letter, i) => sum + LETTERS.indexOf(letter) * weights[i], 0);

export function creditCode(region, eight) {
  const inner = 11 - total(eight, [3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  const body = `91${region}${eight}${inner === 11 ? '0' : inner === 10 ? 'X' : inner}`;
  const weights = Array.from({ length: 17 }, (_, i) => 3 ** i % 31);
  return body + LETTERS[(31 - total(body, weights) % 31) % 31];
}

// Numbers in [0, 1) from SHA-256 of seed and label: what is drawn for one does
// not depend on how much was drawn for others.
export class Chance {
  constructor(seed, label) {
    Object.assign(this, { stem: `${seed} ${label}`, drawn: 0 });
  }

  next() {
    return parseInt(sha256(`${this.stem} ${this.drawn++}`).slice(0, 12), 16) / 2 ** 48;
  }

  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  of(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  // In another order.
  shuffle(list) {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  }
}

// Each pair of syllables once: no two bodies have one name.
export function brands({ seed, names }) {
  const all = names.first.flatMap((first) => names.second.map((second) => first + second));
  return new Chance(seed, 'brands').shuffle(all);
}

export function somebody(chance, { names }, number) {
  return { person_name: chance.of(names.surnames) + chance.of(names.given),
    // No region begins with 99, so nobody has this number.
    person_number: `999999${chance.between(1960, 1995)}0101${String(number).padStart(4, '0')}` };
}
