// The first half of the pass `log` (protocol §5, §7, §8): checkpoints, the log's
// growth, the entries, and that they are in the log.
import { type Attempt, CHECKPOINTS, replaceStem, type Whole } from './attempt';
import { digest, equal, fromHex, fromUtf8, isHex, utf8 } from './bytes';
import { verifySignature } from './ed25519';
import { hasExactly, type JsonObject } from './json';
import type { Leaf } from './leaf';
import { checkConsistency, checkInclusion, leafHash } from './merkle';
import { type Checkpoint, cosignedAt, isSigned } from './note';
import { commitmentStatement, parseCommit } from './secrets';
import { FormError } from './text';

const TEXT_MAX = 32_768;

const KINDS: Record<string, string> = {
  draft: 'drafted', roster: 'roster', names: 'names', excluded: 'excluded', declare: 'declared',
  committed: 'committed', lock: 'locked', revealed: 'revealed', seal: 'sealed', beacon: 'beacon',
  seed: 'seeded', result: 'result', close: 'closed', replace: 'replaced', annul: 'annulled',
};

/** When each cosignature of a checkpoint was made, of the declared witnesses
 * whose key the verifier was given under the same name; the false ones told.
 * Given no keys at all, which is a finding, it looks at those of the pack. */
function cosignatures(attempt: Attempt, { declare }: Whole, name: string, note: Checkpoint): number[] {
  const given = attempt.settings.trust?.witnesses ?? declare.witnesses;
  const times: number[] = [];
  for (const { name: witness, key } of declare.witnesses) {
    if (!given.some((other) => other.name === witness && other.key === key)) continue;
    const time = cosignedAt(note, witness, key);
    if (time === false) attempt.find('checkpoint-witness', `log/${name}`, 0);
    else if (time !== undefined) times.push(time);
  }
  return times.sort((a, b) => a - b);
}

/** When the quorum had cosigned each checkpoint; null when it has not. With
 * quorum 0 nobody is waited for: -Infinity. */
export type Cosigned = Map<string, number | null>;

function checkCheckpoints(attempt: Attempt, texts: Whole): Cosigned {
  const { origin, key } = texts.declare.log;
  const { quorum } = texts.declare;
  const cosigned: Cosigned = new Map();
  for (const [name, note] of texts.checkpoints) {
    const signed = !note.extended && note.origin === origin && isSigned(note, origin, key) === true;
    if (!signed) attempt.find('checkpoint-log', `log/${name}`, 0);
    const times = signed ? cosignatures(attempt, texts, name, note) : [];
    cosigned.set(name, quorum === 0 ? -Infinity : times[quorum - 1] ?? null);
  }
  return cosigned;
}

function differ(a: Checkpoint, b: Checkpoint): boolean {
  return a.size !== b.size || !equal(a.root, b.root);
}

function checkGrowth(attempt: Attempt, { checkpoints, steps }: Whole): void {
  const chain = CHECKPOINTS.flatMap((name) => checkpoints.get(name) ?? []);
  const pairs = chain.slice(1).flatMap((next, i) => (differ(chain[i]!, next) ? [[chain[i]!, next] as const] : []));
  const file = 'log/consistency';
  if (pairs.length > 0 && !steps) return attempt.find('checkpoint-tree', file, 0);
  for (const [i, [older, newer]] of pairs.entries()) {
    const step = steps?.[i];
    const said = step?.old === older.size && step.new === newer.size;
    if (said && checkConsistency(older.size, newer.size, older.root, newer.root, step.hashes)) continue;
    return attempt.find('checkpoint-tree', file, step?.line ?? 0);
  }
  const more = steps?.[pairs.length];
  if (more) attempt.find('checkpoint-tree', file, more.line);
}

/** The file that an entry is of: none for commitments. */
function fileOf(attempt: Attempt, stem: string): string | undefined {
  const party = /^(committed|revealed)-(.*)$/.exec(stem);
  if (party) return party[1] === 'revealed' ? `commit-${party[2]}.txt` : undefined;
  return stem === 'draft' && !attempt.files.has('draft.txt') ? 'roster.txt' : `${stem}.txt`;
}

/** Does the data hold this text, whole or as its digest? */
function holdsText(data: JsonObject, bytes: Uint8Array, others: string[]): boolean {
  if (bytes.length > TEXT_MAX) {
    return hasExactly(data, [...others, 'digest', 'size']) &&
      data.get('digest') === digest(bytes) && data.get('size') === bytes.length;
  }
  return hasExactly(data, [...others, 'text']) && data.get('text') === fromUtf8(bytes);
}

function holdsCommitment(attempt: Attempt, { declare, lock }: Whole, party: string, data: JsonObject): boolean {
  const locked = lock?.commits.find((line) => line.party === party)?.commit;
  const key = declare.parties.find(({ id }) => id === party)?.key;
  const commit = data.get('commit');
  const signature = data.get('signature');
  if (!hasExactly(data, ['commit', 'party', 'signature']) || data.get('party') !== party) return false;
  if (typeof commit !== 'string' || typeof signature !== 'string' || !key) return false;
  if (locked) return commit === locked.digest && signature === locked.signature;
  if (!isHex(commit, 32) || !isHex(signature, 64)) return false;
  const statement = commitmentStatement(attempt.digest('declare.txt'), party, commit);
  return verifySignature(key, utf8(statement), fromHex(signature));
}

/** A reveal that no seal has is the commit text of this party for this declaration
 * that the lock has: one that does not match is refused, protocol §3. */
function holdsReveal(attempt: Attempt, { lock }: Whole, party: string, data: JsonObject): boolean {
  const text = data.get('text');
  const locked = lock?.commits.find((line) => line.party === party)?.commit;
  if (data.get('party') !== party || !hasExactly(data, ['party', 'text'])) return false;
  if (typeof text !== 'string' || digest(utf8(text)) !== locked?.digest) return false;
  try {
    const commit = parseCommit(utf8(text));
    return commit.party === party && commit.declare === attempt.digest('declare.txt');
  } catch (error) {
    if (error instanceof FormError) return false;
    throw error;
  }
}

function holds(attempt: Attempt, texts: Whole, stem: string, { data }: Leaf): boolean {
  const [, kind, party] = /^(committed|revealed)-(.*)$/.exec(stem) ?? [];
  const file = fileOf(attempt, stem);
  const bytes = file === undefined ? undefined : attempt.files.get(file);
  if (kind === 'committed') return holdsCommitment(attempt, texts, party!, data);
  if (kind === 'revealed' && !bytes) return holdsReveal(attempt, texts, party!, data);
  if (!bytes) return true;
  if (kind === 'revealed') return data.get('party') === party && holdsText(data, bytes, ['party']);
  return holdsText(data, bytes, []);
}

/** The stems of all events that an attempt can have, in their order. */
function stemsOf({ declare, replaces }: Whole): string[] {
  return Object.keys(KINDS).flatMap((kind) => {
    if (kind === 'replace') return replaces.map((_, i) => replaceStem(i + 1));
    return kind === 'committed' || kind === 'revealed' ? declare.parties.map(({ id }) => `${kind}-${id}`) : [kind];
  });
}

/** An event has an id of its own (protocol §7): of two, the later one in the log has not. */
function checkIds(attempt: Attempt, texts: Whole): void {
  const index = (stem: string): number => texts.proofs.get(stem)?.index ?? 0;
  const seen = new Set<string>();
  for (const stem of stemsOf(texts).sort((a, b) => index(a) - index(b))) {
    const leaf = texts.leaves.get(stem);
    if (leaf && seen.has(leaf.id)) attempt.find('leaf-event', `log/${stem}.leaf`, 1);
    if (leaf) seen.add(leaf.id);
  }
}

function checkLeaf(attempt: Attempt, texts: Whole, stem: string, leaf: Leaf): void {
  const kind = KINDS[stem.replace(/-.*$/, '')]!;
  const find = (code: string): void => {
    attempt.unsound.add(stem);
    attempt.find(code, `log/${stem}.leaf`, 1);
  };
  if (leaf.kind !== `draw.${kind}` || leaf.subject !== texts.declare.draw || leaf.anonymous) find('leaf-event');
  else if (!holds(attempt, texts, stem, leaf)) find('leaf-data');
}

export function isAfter(stem: string): boolean {
  return stem === 'annul' || stem.startsWith('replace');
}

function checkProofs(attempt: Attempt, { checkpoints, proofs }: Whole): void {
  for (const [stem, proof] of proofs) {
    const of = checkpoints.get(isAfter(stem) ? 'last' : 'closed');
    const leaf = attempt.files.get(`log/${stem}.leaf`);
    const { index, hashes, checkpoint } = proof;
    if (!of || !leaf) continue;
    const same = checkpoint?.text === of.text;
    if (same && checkInclusion(index, of.size, leafHash(leaf), hashes, of.root)) continue;
    attempt.find(same ? 'proof-inclusion' : 'proof-checkpoint', `log/${stem}.proof`, 0);
    attempt.unsound.add(stem);
  }
}

function checkCover(attempt: Attempt, { checkpoints, proofs, replaces, annul }: Whole): void {
  const last = [...replaces.map((_, i) => replaceStem(i + 1)), ...(annul ? ['annul'] : [])];
  const covered: [name: string, stems: string[]][] = [
    ['declared', ['declare']], ['locked', ['lock']], ['sealed', ['seal']], ['closed', ['close']], ['last', last],
  ];
  for (const [name, stems] of covered) {
    const checkpoint = checkpoints.get(name);
    const early = stems.some((stem) => (proofs.get(stem)?.index ?? -1) >= (checkpoint?.size ?? Infinity));
    if (early) attempt.find('checkpoint-early', `log/${name}`, 2);
  }
}

export function checkLog(attempt: Attempt, texts: Whole): Cosigned {
  const cosigned = checkCheckpoints(attempt, texts);
  checkGrowth(attempt, texts);
  for (const [stem, leaf] of texts.leaves) checkLeaf(attempt, texts, stem, leaf);
  checkIds(attempt, texts);
  checkProofs(attempt, texts);
  checkCover(attempt, texts);
  return cosigned;
}

