// What a step may claim: only what was looked at in this pack, with the keys that
// were given. A tick that claims more would be the pack's own word.
import { certificateOf } from '../verify/certificate';
import { type Declare, parseDeclare } from '../verify/declare';
import { chainOf } from '../verify/drand';
import { parseAnnul, parseBeaconText, parseReplace } from '../verify/outcome';
import type { Finding, Report } from '../verify/index';
import { type Files, read, readPolicy } from './files';

export const STEPS = [
  'form', 'digests', 'policy', 'keys', 'times', 'log', 'beacon', 'result', 'after', 'previous',
] as const;
export type StepName = typeof STEPS[number];

/** `partly`: nothing is wrong, but its notes say what rests on somebody's word;
 * `unreached`: something else is wrong, so that this was not looked at, or not all of
 * it told; `none`: this draw has nothing of the kind, so there was nothing to check. */
export type Outcome = 'good' | 'partly' | 'bad' | 'unanchored' | 'unreached' | 'none';

/** What was not checked, or only by a key that was not given; of whom, if of parties. */
export interface Note {
  code: string;
  parties: string[];
}

/** What was verified, and what came of it. */
export interface Verification {
  files: Files;
  report: Report;
  /** Was a file of trusted keys given? */
  trust: boolean;
  declare: Declare | undefined;
}

export function verificationOf(files: Files, report: Report, trust: boolean): Verification {
  return { files, report, trust, declare: read(files, 'declare.txt', parseDeclare) };
}

const NOTHING_TOLD = { trust: null, bare: false, rehearsal: false, chain: null, certificate: null };

function isPinned({ beacon }: Declare): boolean {
  if (beacon.kind === 'drand') return chainOf(NOTHING_TOLD, beacon.chain) !== undefined;
  return beacon.kind !== 'nist' || certificateOf(NOTHING_TOLD, beacon.certificate) !== undefined;
}

function replacesOf(files: Files): string[] {
  return Array.from(files.keys()).filter((file) => /^replace.*\.txt$/.test(file));
}

/** The rules that were applied, as the names of their words: of a step there may be
 * several, by what the draw has. */
function beaconRules({ files, declare }: Verification): string[] {
  if (!declare) return ['rule'];
  const { kind } = declare.beacon;
  const value = isPinned(declare) ? kind : `${kind}Test`;
  return files.has('seed.txt') && kind !== 'none' ? [value, 'seed'] : [value];
}

function afterRules({ files }: Verification): string[] {
  const annul = files.has('annul.txt') ? ['annul'] : [];
  return annul.length > 0 && replacesOf(files).length === 0 ? annul : ['rule', ...annul];
}

export function rulesOf(name: StepName, it: Verification): string[] {
  const { files, declare } = it;
  switch (name) {
    case 'keys': return [files.has('lock.txt') ? 'rule' : 'early'];
    case 'times': return [declare?.beacon.kind ?? 'rule'];
    case 'log': return [declare?.quorum === 0 ? 'alone' : 'rule'];
    case 'beacon': return beaconRules(it);
    case 'after': return afterRules(it);
    default: return ['rule'];
  }
}

function warned({ report }: Verification, code: string): string[] {
  return report.warnings.filter((one) => one.code === code).map(({ about }) => about);
}

/** Of those who have signed, whose key nobody gave. */
function unknownSigners(it: Verification, signers: string[]): string[] {
  const unverified = warned(it, 'party-unverified');
  return unverified.filter((party) => signers.includes(party));
}

function policyNotes({ files, declare }: Verification): Note[] {
  const quorum = readPolicy(files)?.draw?.['quorum'];
  const waived = declare?.quorum === 0 && typeof quorum === 'number' && quorum > 0;
  return waived ? [{ code: 'quorum-waived', parties: [] }] : [];
}

function keyNotes(it: Verification): Note[] {
  const parties = it.trust ? warned(it, 'party-unverified') : [];
  return parties.length > 0 ? [{ code: 'party-unverified', parties }] : [];
}

function logNotes(it: Verification): Note[] {
  const { report, trust } = it;
  const codes: string[] = [];
  if (!trust || report.findings.some(({ code }) => code === 'log-untrusted')) codes.push('log-unknown');
  codes.push(...['draft-unproven', 'closed-late'].filter((code) => warned(it, code).length > 0));
  if (report.caps.includes('unsealed')) codes.push('unsealed');
  return codes.map((code) => ({ code, parties: [] }));
}

function beaconNotes(it: Verification): Note[] {
  const attests = read(it.files, 'beacon.txt', parseBeaconText)?.attests ?? [];
  const parties = unknownSigners(it, attests.map(({ party }) => party));
  return parties.length > 0 ? [{ code: 'attest-unverified', parties }] : [];
}

function afterNotes(it: Verification): Note[] {
  const replaces = replacesOf(it.files).map((name) => read(it.files, name, parseReplace));
  const approvals = [...replaces, read(it.files, 'annul.txt', parseAnnul)].flatMap((one) => one?.approvals ?? []);
  const parties = unknownSigners(it, approvals.map(({ party }) => party));
  return parties.length > 0 ? [{ code: 'approve-unverified', parties }] : [];
}

const NOTES: Partial<Record<StepName, (it: Verification) => Note[]>> = {
  policy: policyNotes, keys: keyNotes, log: logNotes, beacon: beaconNotes, after: afterNotes,
};

export function notesOf(name: StepName, outcome: Outcome, it: Verification): Note[] {
  return outcome === 'none' || outcome === 'unreached' ? [] : NOTES[name]?.(it) ?? [];
}

/** Has the pack anything of this step? */
function concerns(name: StepName, { files }: Verification): boolean {
  if (name === 'log') return files.has('log/closed');
  if (name === 'beacon') return files.has('beacon.txt');
  if (name === 'result') return files.has('result.txt');
  if (name === 'after') return files.has('annul.txt') || replacesOf(files).length > 0;
  return name !== 'previous' || Array.from(files.keys()).some((file) => file.startsWith('previous/'));
}

/** Behind a form that is not readable nothing was looked at; nor was a value, of whose
 * beacon no key is known. And of very many findings the last are not told. */
function isReached(name: StepName, { report }: Verification): boolean {
  const found = (...of: string[]): boolean =>
    report.findings.some(({ code, check }) => of.includes(code) || of.includes(check));
  if (report.findings_left > 0) return false;
  if (name === 'form') return true;
  if (name === 'beacon' && found('chain-unknown', 'certificate-unknown')) return false;
  return report.rests_on !== '' && !found('files', 'form');
}

/** The outcome of a step with these findings. */
export function outcomeOf(name: StepName, it: Verification, findings: Finding[]): Outcome {
  if (findings.length > 0) {
    return findings.every(({ code }) => code === 'keys-not-anchored') ? 'unanchored' : 'bad';
  }
  if (!isReached(name, it)) return 'unreached';
  if (!concerns(name, it)) return 'none';
  if (name === 'keys' && !it.trust) return 'unanchored';
  return notesOf(name, 'good', it).length > 0 ? 'partly' : 'good';
}
