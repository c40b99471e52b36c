// The pass `form` (protocol §2): each text by itself, parsed and written again.
import { type Attempt, CHECKPOINTS, replaceStem, type Texts } from './attempt';
import { equal, utf8 } from './bytes';
import { parseDeclare, writeDeclare } from './declare';
import { type JsonObject, parseJson, writeJson } from './json';
import { parseLeaf } from './leaf';
import { parseCheckpoint, writeCheckpoint } from './note';
import {
  parseAnnul, parseBeaconText, parseClose, parseReplace, parseResult, parseSeed,
  writeAnnul, writeBeaconText, writeClose, writeReplace, writeResult, writeSeed,
} from './outcome';
import { parseProof, parseSteps } from './proof';
import { parseExcluded, parseNames, parseRoster, writeExcluded, writeNames, writeRoster } from './roster';
import { parseCommit, parseLock, parseSeal, writeCommit, writeLock, writeSeal } from './secrets';
import { FormError } from './text';

/** Files that are no klero/1 texts have no lines of their own: they break as a whole. */
const WHOLE = ['form-checkpoint', 'form-proof'];

/** The value of a file, or a finding. What writes it again must give its bytes. */
function read<Value>(
  attempt: Attempt, code: string, file: string,
  parse: (bytes: Uint8Array) => Value, write?: (value: Value) => string,
): Value | undefined {
  const bytes = attempt.files.get(file);
  if (!bytes) return undefined;
  try {
    const value = parse(bytes);
    if (!write || equal(utf8(write(value)), bytes)) return value;
    attempt.find(code, file, 0, 'written again, it has other bytes');
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    attempt.find(code, file, WHOLE.includes(code) ? 0 : error.line, error.message);
  }
  return undefined;
}

function readJson(bytes: Uint8Array): JsonObject {
  const object = parseJson(bytes);
  if (!object || !equal(writeJson(object), bytes)) throw new FormError(1, 'not canonical JSON');
  return object;
}

/** An optional member is left out, not undefined. */
function put<Key extends keyof Texts>(texts: Texts, key: Key, value: Texts[Key] | undefined): void {
  if (value !== undefined) texts[key] = value;
}

function readFrozen(attempt: Attempt): void {
  const { texts } = attempt;
  put(texts, 'notice', read(attempt, 'form-notice', 'notice.json', readJson));
  put(texts, 'policy', read(attempt, 'form-policy', 'policy.json', readJson));
  put(texts, 'roster', read(attempt, 'form-roster', 'roster.txt', parseRoster, writeRoster));
  put(texts, 'names', read(attempt, 'form-names', 'names.txt', parseNames, writeNames));
  put(texts, 'excluded', read(attempt, 'form-excluded', 'excluded.txt', parseExcluded, writeExcluded));
  put(texts, 'declare', read(attempt, 'form-declare', 'declare.txt', parseDeclare, writeDeclare));
  put(texts, 'close', read(attempt, 'form-close', 'close.txt', parseClose, writeClose));
  put(texts, 'draft', read(attempt, 'form-draft', 'draft.txt', parseRoster, writeRoster));
}

function readDrawn(attempt: Attempt): void {
  const { texts, files } = attempt;
  put(texts, 'lock', read(attempt, 'form-lock', 'lock.txt', parseLock, writeLock));
  put(texts, 'seal', read(attempt, 'form-seal', 'seal.txt', parseSeal, writeSeal));
  put(texts, 'beacon', read(attempt, 'form-beacon', 'beacon.txt', parseBeaconText, writeBeaconText));
  put(texts, 'pulse', read(attempt, 'form-pulse', 'pulse.json', readJson));
  put(texts, 'seed', read(attempt, 'form-seed', 'seed.txt', parseSeed, writeSeed));
  put(texts, 'result', read(attempt, 'form-result', 'result.txt', parseResult, writeResult));
  put(texts, 'annul', read(attempt, 'form-annul', 'annul.txt', parseAnnul, writeAnnul));
  for (const { id } of texts.declare?.parties ?? []) {
    const commit = read(attempt, 'form-commit', `commit-${id}.txt`, parseCommit, writeCommit);
    if (commit) texts.commits.set(id, commit);
  }
  for (const name of files.keys()) {
    if (!/^replace(?:-\d+)?\.txt$/.test(name)) continue;
    read(attempt, 'form-replace', name, parseReplace, writeReplace);
  }
  for (let n = 1; files.has(`${replaceStem(n)}.txt`); n++) {
    const replace = read(attempt, 'form-replace', `${replaceStem(n)}.txt`, parseReplace, writeReplace);
    if (replace) texts.replaces.push(replace);
  }
}

function readLog(attempt: Attempt): void {
  const { texts, files } = attempt;
  for (const name of CHECKPOINTS) {
    const checkpoint = read(attempt, 'form-checkpoint', `log/${name}`, parseCheckpoint, writeCheckpoint);
    if (checkpoint) texts.checkpoints.set(name, checkpoint);
  }
  put(texts, 'steps', read(attempt, 'form-consistency', 'log/consistency', parseSteps));
  for (const name of files.keys()) {
    const [, stem, kind] = /^log\/(.*)\.(leaf|proof)$/.exec(name) ?? [];
    const leaf = kind === 'leaf' && read(attempt, 'form-leaf', name, parseLeaf);
    if (leaf) texts.leaves.set(stem!, leaf);
    const proof = kind === 'proof' && read(attempt, 'form-proof', name, parseProof);
    if (proof) texts.proofs.set(stem!, proof);
  }
}

export function readTexts(attempt: Attempt): void {
  readFrozen(attempt);
  readDrawn(attempt);
  if (!attempt.settings.bare) readLog(attempt);
}
