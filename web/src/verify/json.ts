// Canonical JSON (protocol §6): RFC 8785 where it needs no judgement. One reader
// takes exactly the canonical bytes, which the writer gives; another whatever has
// a canonical form.
import { fromUtf8, utf8 } from './bytes';

export type JsonObject = Map<string, Json>;
export type Json = null | boolean | number | string | Json[] | JsonObject;

const DEPTH_MAX = 16;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /["\\/bfnrt]|u(?![dD][89a-fA-F])[\da-fA-F]{4}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/y;
const SHORT: Record<string, string> = { '"': '"', '\\': '\\', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };
const ESCAPES = new Map(Object.entries(SHORT).map(([letter, is]) => [is, '\\' + letter]));

class Broken extends Error {}

class Parser {
  private at = 0;
  constructor(protected readonly text: string) {}

  top(): JsonObject {
    this.space();
    const value = this.object(1);
    this.space();
    if (this.at !== this.text.length) throw new Broken();
    return value;
  }

  /** What may stand between two tokens: nothing. */
  protected space(): void {}

  protected skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private eat(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private need(word: string): void {
    if (!this.eat(word)) throw new Broken();
  }

  private value(depth: number): Json {
    switch (this.text[this.at]) {
      case '{': return this.object(depth);
      case '[': return this.array(depth);
      case '"': return this.string();
      case 't': this.need('true'); return true;
      case 'f': this.need('false'); return false;
      case 'n': this.need('null'); return null;
      default: return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = new Map();
    let last = '';
    if (depth > DEPTH_MAX) throw new Broken();
    this.need('{');
    this.space();
    if (this.eat('}')) return object;
    do {
      const key = this.key();
      if (object.has(key) || !this.follows(key, last)) throw new Broken();
      object.set(key, this.element(depth));
      last = key;
    } while (this.eat(','));
    this.need('}');
    return object;
  }

  private key(): string {
    this.space();
    const key = this.string();
    if (!/^[\x20-\x7e]+$/.test(key)) throw new Broken();
    this.space();
    this.need(':');
    return key;
  }

  /** May this key stand after that one? */
  protected follows(key: string, last: string): boolean {
    return key > last;
  }

  private element(depth: number): Json {
    this.space();
    const value = this.value(depth + 1);
    this.space();
    return value;
  }

  private array(depth: number): Json[] {
    const array: Json[] = [];
    if (depth > DEPTH_MAX) throw new Broken();
    this.need('[');
    this.space();
    if (this.eat(']')) return array;
    do array.push(this.element(depth));
    while (this.eat(','));
    this.need(']');
    return array;
  }

  private number(): number {
    const match = /^(?:0|-?[1-9]\d{0,15})/.exec(this.text.slice(this.at, this.at + 17));
    if (!match) throw new Broken();
    this.at += match[0].length;
    const number = Number(match[0]);
    if (!Number.isSafeInteger(number)) throw new Broken();
    return number;
  }

  private string(): string {
    let text = '';
    this.need('"');
    for (;;) {
      text += this.skip(PLAIN) ?? '';
      if (this.eat('"')) return text;
      this.need('\\');
      text += this.escape();
    }
  }

  /** What follows a backslash: the shortest of its ways, and never NUL. */
  protected escape(): string {
    const letter = this.text[this.at++] ?? '';
    const short = SHORT[letter];
    if (short !== undefined) return short;
    const match = /^00([01][0-9a-f])/.exec(this.text.slice(this.at, this.at + 4));
    if (letter !== 'u' || !match) throw new Broken();
    this.at += 4;
    const character = String.fromCharCode(parseInt(match[1]!, 16));
    if (character === '\0' || ESCAPES.has(character)) throw new Broken();
    return character;
  }
}

/** Reads what has a canonical form, however it is written. */
class FreeParser extends Parser {
  protected override space(): void {
    this.skip(SPACE);
  }

  protected override follows(): boolean {
    return true;
  }

  /** Any escape of RFC 8259 §7 but NUL and half a pair. */
  protected override escape(): string {
    const found = this.skip(ESCAPE);
    if (found === undefined || found === 'u0000') throw new Broken();
    if (found === '/') return '/';
    if (found.length === 1) return SHORT[found]!;
    return String.fromCharCode(...found.split('\\').map((unit) => parseInt(unit.slice(1), 16)));
  }
}

function parse(bytes: Uint8Array, Reader: typeof Parser): JsonObject | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return new Reader(text).top();
  } catch (error) {
    if (error instanceof Broken) return undefined;
    throw error;
  }
}

/** The object whose canonical form these bytes are, or undefined. Well-formed
 * UTF-8 holds no surrogates, so a lone one can stand nowhere. */
export function parseJson(bytes: Uint8Array): JsonObject | undefined {
  return parse(bytes, Parser);
}

/** The object that these bytes are, if it has a canonical form; otherwise undefined. */
export function parseAnyJson(bytes: Uint8Array): JsonObject | undefined {
  return parse(bytes, FreeParser);
}

function writeString(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.charCodeAt(0);
    out += ESCAPES.get(character) ??
      (code < 0x20 ? '\\u00' + code.toString(16).padStart(2, '0') : character);
  }
  return out + '"';
}

function write(value: Json): string {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? writeString(value) : String(value);
  }
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const keys = [...value.keys()].sort();
  return `{${keys.map((key) => `${writeString(key)}:${write(value.get(key)!)}`).join(',')}}`;
}

/** The canonical form of an object. */
export function writeJson(value: JsonObject): Uint8Array {
  return utf8(write(value));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isInteger(value: Json | undefined, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

/** Has the object these members and no others? `names` in the order of bytes. */
export function hasExactly(object: JsonObject, names: string[]): boolean {
  return object.size === names.length && names.every((name) => object.has(name));
}
