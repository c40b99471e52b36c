// roster.txt, names.txt and excluded.txt: protocol §2.
import { compareText, fromUtf8 } from './bytes';
import { FormError, orDash, Reader } from './text';

const ENTRIES_MAX = 100_000;
const WEIGHT_MAX = 1000;
const WEIGHTS_MAX = 1_000_000;

export interface Entry {
  id: string;
  weight: number;
}

export interface Roster {
  draw: string;
  /** Ascending by id; entry i stands on line i + 4. */
  entries: Entry[];
}

export interface Excluded {
  draw: string;
  /** Ascending by id; exclusion i stands on line i + 4. */
  exclusions: { id: string; reason: string; evidence: string | null }[];
}

/** Of names.txt; name i stands on line i + 1. */
export type Names = { id: string; name: string }[];

export function parseRoster(bytes: Uint8Array): Roster {
  const reader = new Reader(bytes);
  reader.kind('roster');
  const draw = reader.token(reader.take('draw', 1)[0]!);
  const count = reader.integer(reader.take('entries', 1)[0]!, 1, ENTRIES_MAX);
  const entries: Entry[] = [];
  let sum = 0;
  let last = '';
  while (entries.length < count) {
    const [id, weight] = reader.take('entry', 2) as [string, string];
    const entry = { id: reader.token(id), weight: reader.integer(weight, 1, WEIGHT_MAX) };
    if (compareText(id, last) <= 0) reader.fail('the ids do not ascend');
    sum += entry.weight;
    if (sum > WEIGHTS_MAX) reader.fail('the weights are too many');
    entries.push(entry);
    last = id;
  }
  reader.end();
  return { draw, entries };
}

export function writeRoster(roster: Roster): string {
  const lines = roster.entries.map(({ id, weight }) => `entry ${id} ${weight}\n`);
  return `klero/1 roster\ndraw ${roster.draw}\nentries ${lines.length}\n${lines.join('')}`;
}

export function parseExcluded(bytes: Uint8Array): Excluded {
  const reader = new Reader(bytes);
  reader.kind('excluded');
  const draw = reader.token(reader.take('draw', 1)[0]!);
  const count = reader.integer(reader.take('entries', 1)[0]!, 0, ENTRIES_MAX);
  const exclusions: Excluded['exclusions'] = [];
  let last = '';
  while (exclusions.length < count) {
    const [id, reason, evidence] = reader.take('exclude', 3) as [string, string, string];
    reader.token(id);
    reader.token(reason);
    exclusions.push({ id, reason, evidence: reader.hexOrNone(evidence, 32) });
    if (compareText(id, last) <= 0) reader.fail('the ids do not ascend');
    last = id;
  }
  reader.end();
  return { draw, exclusions };
}

export function writeExcluded(excluded: Excluded): string {
  const lines = excluded.exclusions.map(
    ({ id, reason, evidence }) => `exclude ${id} ${reason} ${orDash(evidence)}\n`);
  return `klero/1 excluded\ndraw ${excluded.draw}\nentries ${lines.length}\n${lines.join('')}`;
}

/** What a name may not hold: controls, and what is not seen or turns the text. */
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
const EDGE = /^[\x20\xa0\u3000]|[\x20\xa0\u3000]$/;

function parseName(line: Uint8Array, number: number): { id: string; name: string } {
  const broken = (why: string): never => {
    throw new FormError(number, why);
  };
  const space = line.indexOf(0x20);
  const size = line.length - space - 1;
  const text = fromUtf8(line) ?? broken('not UTF-8');
  const id = text.slice(0, space);
  const name = text.slice(space + 1);
  if (space < 0 || !/^[A-Za-z0-9._:-]{1,64}$/.test(id) || id === '-') broken('not an id');
  if (size < 1 || size > 256 || UNSEEN.test(name) || EDGE.test(name)) broken('not a name');
  return { id, name };
}

export function parseNames(bytes: Uint8Array): Names {
  const names: Names = [];
  let offset = 0;
  if (bytes.length === 0) throw new FormError(1, 'the text ends too early');
  while (offset < bytes.length) {
    const end = bytes.indexOf(0x0a, offset);
    const number = names.length + 1;
    if (end < 0) throw new FormError(number, 'the line does not end with LF');
    if (number > ENTRIES_MAX) throw new FormError(number, 'too many names');
    const name = parseName(bytes.subarray(offset, end), number);
    const last = names[names.length - 1];
    if (last && compareText(name.id, last.id) <= 0) {
      throw new FormError(number, 'the ids do not ascend');
    }
    names.push(name);
    offset = end + 1;
  }
  return names;
}

export function writeNames(names: Names): string {
  return names.map(({ id, name }) => `${id} ${name}\n`).join('');
}
