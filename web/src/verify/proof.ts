// What proves an entry to be in the log, and the log to have only grown:
// c2sp.org/tlog-proof, and log/consistency of protocol §5.
import { fromBase64, latin1 } from './bytes';
import { type Checkpoint, parseCheckpoint } from './note';
import { FormError, parseInteger } from './text';

const SIZE_MAX = (1 << 20) + (1 << 17); // bytes, as of the extra: protocol §8
const EXTRA_MAX = 1 << 16; // digits of base64
const HASHES_MAX = 64;
const STEPS_MAX = 4; // between five checkpoints: protocol §5

export interface Proof {
  index: number;
  hashes: Uint8Array[];
  /** What stands where a checkpoint should; null when it is none. */
  checkpoint: Checkpoint | null;
}

/** A step of log/consistency, and where it begins. */
export interface Step {
  old: number;
  new: number;
  hashes: Uint8Array[];
  line: number;
}

/** Lines of ASCII, each ended by LF, read one by one. */
class Lines {
  line = 0;
  private offset = 0;
  private readonly text: string;
  constructor(private readonly bytes: Uint8Array) {
    this.text = latin1(bytes);
  }

  atEnd(): boolean {
    return this.offset === this.text.length;
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.offset);
  }

  take(): string {
    const end = this.text.indexOf('\n', this.offset);
    this.line++;
    if (end < 0) throw new FormError(this.line, 'a line is missing');
    const line = this.text.slice(this.offset, end);
    this.offset = end + 1;
    return line;
  }

  number(line: string, word: string): number {
    const number = line.startsWith(`${word} `) ? parseInteger(line.slice(word.length + 1)) : undefined;
    if (number === undefined) throw new FormError(this.line, `not \`${word}\` and a number`);
    return number;
  }

  hash(line: string): Uint8Array {
    const hash = fromBase64(line);
    if (hash?.length !== 32) throw new FormError(this.line, 'not a hash');
    return hash;
  }
}

/** Throws FormError. */
export function parseProof(bytes: Uint8Array): Proof {
  const lines = new Lines(bytes);
  const hashes: Uint8Array[] = [];
  if (bytes.length > SIZE_MAX) throw new FormError(1, 'too long');
  if (lines.take() !== 'c2sp.org/tlog-proof@v1') throw new FormError(1, 'another kind is expected');
  let line = lines.take();
  if (line.startsWith('extra ')) {
    const extra = line.slice(6);
    if (extra.length > EXTRA_MAX || !fromBase64(extra)) throw new FormError(lines.line, 'not base64');
    line = lines.take();
  }
  const index = lines.number(line, 'index');
  for (line = lines.take(); line !== ''; line = lines.take()) {
    if (hashes.length === HASHES_MAX) throw new FormError(lines.line, 'too many hashes');
    hashes.push(lines.hash(line));
  }
  return { index, hashes, checkpoint: checkpointIn(lines.rest()) };
}

/** Whose checkpoint it must be is asked of its text: protocol §8. */
function checkpointIn(bytes: Uint8Array): Checkpoint | null {
  try {
    return parseCheckpoint(bytes);
  } catch (error) {
    if (error instanceof FormError) return null;
    throw error;
  }
}

/** `old` and `new`: of trees that are not empty, the second larger. */
function takeSizes(lines: Lines): Step {
  const old = lines.number(lines.take(), 'old');
  const { line } = lines;
  if (old === 0) throw new FormError(line, 'an empty tree');
  const step: Step = { old, new: lines.number(lines.take(), 'new'), hashes: [], line };
  if (step.new <= old) throw new FormError(lines.line, 'not larger than old');
  return step;
}

/** Throws FormError. */
export function parseSteps(bytes: Uint8Array): Step[] {
  const lines = new Lines(bytes);
  const steps: Step[] = [];
  let more = false;
  do {
    const step = takeSizes(lines);
    more = false;
    while (!more && !lines.atEnd()) {
      const line = lines.take();
      more = line === '';
      if (more && lines.atEnd()) throw new FormError(lines.line, 'nothing follows the empty line');
      if (more) break;
      if (step.hashes.length === HASHES_MAX) throw new FormError(lines.line, 'too many hashes');
      step.hashes.push(lines.hash(line));
    }
    steps.push(step);
    if (more && steps.length === STEPS_MAX) throw new FormError(lines.line, 'too many steps');
  } while (more);
  return steps;
}
