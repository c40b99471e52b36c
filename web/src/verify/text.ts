// What all klero/1 texts share (protocol §2): lines of fields, read strictly and
// each as soon as it stands there, so that the first fault names its line.
import { isHex, latin1 } from './bytes';
import { isPublicKey } from './ed25519';
import { parseTime } from './time';

export class FormError extends Error {
  constructor(readonly line: number, why: string) {
    super(why);
  }
}

const LINE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const TOKEN = /^[A-Za-z0-9._:-]{1,64}$/;
const PARTY = /^[a-z][a-z0-9-]{0,31}$/;
const INTEGER = /^(?:0|[1-9]\d{0,15})$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text) && text !== '-';
}

export function isPartyId(text: string): boolean {
  return PARTY.test(text);
}

/** An integer as all texts write it, or undefined. */
export function parseInteger(text: string): number | undefined {
  const number = INTEGER.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A C2SP key name that is one field: protocol §2, `log`. */
export function isKeyName(text: string): boolean {
  return text.length <= 255 && /^[\x21-\x7e]+$/.test(text) && !text.includes('+');
}

/** Reads a text from its first line to its last. Every method that fails
 * throws FormError with the line on which it failed. */
export class Reader {
  /** The line last read, from 1. */
  line = 0;
  /** Where each word stood first. */
  readonly lines = new Map<string, number>();
  private readonly text: string;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.text = latin1(bytes);
  }

  fail(why: string): never {
    throw new FormError(this.line, why);
  }

  /** What is wrong is that another line does not follow, or that it does. */
  failNext(why: string): never {
    throw new FormError(this.line + 1, why);
  }

  atEnd(): boolean {
    return this.offset === this.text.length;
  }

  /** Where the next line begins, in bytes. */
  position(): number {
    return this.offset;
  }

  next(word: string): boolean {
    return this.text.startsWith(word + ' ', this.offset);
  }

  /** The fields of the next line after its first, which is `word`. */
  take(word: string, count: number): string[] {
    const fields = this.raw().split(' ');
    if (fields[0] !== word) this.fail('another word is expected here');
    if (fields.length !== count + 1) this.fail('more or fewer fields are expected');
    if (!this.lines.has(word)) this.lines.set(word, this.line);
    return fields.slice(1);
  }

  /** The first line, which names the kind. */
  kind(kind: string): void {
    if (this.raw() !== `klero/1 ${kind}`) this.fail('another kind is expected');
  }

  end(): void {
    if (!this.atEnd()) this.failNext('the text goes on after its end');
  }

  private raw(): string {
    const end = this.text.indexOf('\n', this.offset);
    this.line++;
    if (this.atEnd()) this.fail('the text ends too early');
    const line = this.text.slice(this.offset, end < 0 ? undefined : end);
    if (end < 0 || !LINE.test(line)) this.fail('not fields of printable ASCII and LF');
    this.offset = end + 1;
    return line;
  }

  token(field: string): string {
    return isToken(field) ? field : this.fail('not a token');
  }

  party(field: string): string {
    return isPartyId(field) ? field : this.fail('not a party id');
  }

  integer(field: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
    const number = parseInteger(field);
    if (number === undefined || number < min || number > max) this.fail('no such number');
    return number;
  }

  hex(field: string, size: number): string {
    return isHex(field, size) ? field : this.fail('not lower-case hex of the full length');
  }

  hexOrNone(field: string, size: number): string | null {
    return field === '-' ? null : this.hex(field, size);
  }

  time(field: string): number {
    return parseTime(field) ?? this.fail('not a time');
  }

  key(field: string): string {
    this.hex(field, 32);
    return isPublicKey(field) ? field : this.fail('not a key that can sign');
  }

  oneOf<Word extends string>(field: string, words: readonly Word[]): Word {
    return words.find((word) => word === field) ?? this.fail('not one of the words that may stand here');
  }
}

/** `none` for what is `-` in a text. */
export function orDash(field: string | null): string {
  return field ?? '-';
}
