// An independent verifier of klero/1 evidence packs, written from the protocol
// (lib/README.md) and not from its other implementation. Pure: no I/O, no clock,
// no randomness, no network, no secure context; for node, a page or a worker.
import { Attempt, type Settings, type Whole } from './attempt';
import { chainOf, parseChain, timeOfRound } from './drand';
import { Findings, SECTION } from './findings';
import { checkJoined, type Joined } from './join';
import { capsOf, levelOf, reaches, restsOn } from './level';
import { parseCertificate } from './certificate';
import { checkAfter, type Standing } from './pass_after';
import { checkBeacon } from './pass_beacon';
import { checkDigests } from './pass_digests';
import { checkPresence, type Earlier, isFileName } from './pass_files';
import { readTexts } from './pass_form';
import { checkLog } from './pass_log';
import { checkActs } from './pass_order';
import { checkKeys, checkPolicy, checkTimes } from './pass_policy';
import { checkResult } from './pass_result';
import { DOES_NOT_SHOW, type Report, showAttempt, warningsOf } from './report';
import { Timeline, timeOfBeacon } from './timeline';
import { parseTrust } from './trust';
import type { PackFile } from './zip';

export { type PackFile, readZip, ZipError } from './zip';
export { type Finding, KINDS } from './findings';
export type { Report, ShownAttempt, ShownEntry, Warning } from './report';
export type { Level } from './level';
export { TrustError } from './trust';
export * from './parts';
export { ChainError } from './drand';
export { CertificateError } from './certificate';

export interface Options {
  /** The trust file: C2SP tlog-policy with `party` lines. */
  trust?: Uint8Array;
  /** Do not read log/. */
  bare?: boolean;
  /** Take a rehearsal's log. */
  rehearsal?: boolean;
  /** A drand chain's info, to be taken as a test. */
  acceptChain?: Uint8Array;
  /** A beacon's certificate in PEM, to be taken as a test. */
  acceptCertificate?: Uint8Array;
  minLevel?: 'A' | 'B' | 'C';
}

const FILE_MAX = 16 * 1024 * 1024;
const FINDINGS_MAX = 1000;

interface Sorted {
  own: Map<string, Uint8Array>;
  earlier: Earlier;
}

/** The files by attempt; names that no pack has, doubles and sizes are told. */
function sortFiles(files: Iterable<PackFile>, findings: Findings): Sorted {
  const sorted: Sorted = { own: new Map(), earlier: new Map() };
  for (const { name, bytes } of files) {
    const [, number, inner] = /^previous\/([1-9]\d{0,15})\/(.*)$/.exec(name) ?? [];
    const n = number === undefined ? 0 : Number(number);
    if (!isFileName(inner ?? name) || !Number.isSafeInteger(n)) {
      findings.add(SECTION.everywhere, 'file-name', name, 0);
      continue;
    }
    const folder = inner === undefined ? sorted.own : sorted.earlier.get(n) ?? new Map<string, Uint8Array>();
    if (inner !== undefined) sorted.earlier.set(n, folder);
    if (folder.has(inner ?? name)) findings.add(SECTION.everywhere, 'file-twice', name, 0);
    if (bytes.length > FILE_MAX) findings.add(SECTION.everywhere, 'file-size', name, 0);
    folder.set(inner ?? name, bytes);
  }
  return sorted;
}

function passes(attempt: Attempt, texts: Whole): Standing {
  const { beacon } = texts.declare;
  const chain = beacon.kind === 'drand' ? chainOf(attempt.settings, beacon.chain) : undefined;
  const round = chain && beacon.kind === 'drand' ? timeOfRound(chain, beacon.round) : undefined;
  let time: Timeline | null = null;
  checkDigests(attempt, texts);
  checkPolicy(attempt, texts);
  checkKeys(attempt, texts);
  checkTimes(attempt, texts);
  if (!attempt.settings.bare) {
    const cosigned = checkLog(attempt, texts);
    time = new Timeline(texts, attempt.unsound, cosigned, timeOfBeacon(texts.declare, round));
    checkActs(attempt, time);
  } else if (!texts.close.known && beacon.kind === 'none' && texts.seal) {
    attempt.find('known-false', 'close.txt', 6);
  }
  checkBeacon(attempt, texts);
  checkResult(attempt, texts, time);
  return checkAfter(attempt, texts);
}

interface Checked extends Joined {
  standing: Standing;
}

/** Checks one attempt by itself; undefined when its texts cannot be read. */
function check(attempt: Attempt, earlier: Earlier): Checked | undefined {
  readTexts(attempt);
  checkPresence(attempt, earlier);
  const texts = attempt.whole();
  if (!texts || attempt.hasFindings()) return undefined;
  const standing = passes(attempt, texts);
  return { attempt, texts, standing };
}

/** Every attempt from the first to the pack's own, which is last; undefined for
 * one that cannot be read. A file that should be in no pack is a finding of the pass
 * `files`, which ends the checks: protocol §9. */
function checkAll(sorted: Sorted, settings: Settings, findings: Findings): (Checked | undefined)[] {
  const ours = check(new Attempt('', sorted.own, settings, findings, SECTION.own), sorted.earlier);
  const own = findings.count(SECTION.everywhere) === 0 ? ours : undefined;
  const wanted = own ? own.texts.declare.attempt - 1 : 0;
  const all: (Checked | undefined)[] = [];
  if (!own) return [own];
  for (let n = 1; n <= wanted; n++) {
    const files = sorted.earlier.get(n) ?? new Map<string, Uint8Array>();
    all.push(check(new Attempt(`previous/${n}/`, files, settings, findings, SECTION.own + n), new Map()));
    if (files.size === 0) break;
  }
  return [...all, own];
}

function readSettings(options: Options): Settings {
  return {
    trust: options.trust ? parseTrust(options.trust) : null,
    bare: options.bare ?? false,
    rehearsal: options.rehearsal ?? false,
    chain: options.acceptChain ? parseChain(options.acceptChain) : null,
    certificate: options.acceptCertificate ? parseCertificate(options.acceptCertificate) : null,
  };
}

/** Checks a pack, given as its files: a Map from names to bytes, or what readZip()
 * gives, or any list. Throws TrustError, ChainError or CertificateError when an
 * option cannot be read, and nothing else. */
export function verifyPack(
  files: Map<string, Uint8Array> | Iterable<PackFile>, options: Options = {},
): Report {
  const settings = readSettings(options);
  const list = files instanceof Map ? Array.from(files, ([name, bytes]) => ({ name, bytes })) : files;
  const findings = new Findings();
  const checked = checkAll(sortFiles(list, findings), settings, findings);
  const all = checked.filter((one): one is Checked => one !== undefined);
  const whole = all.length === checked.length;
  const own = checked[checked.length - 1];
  if (whole) checkJoined(findings, all);
  const caps = own ? capsOf(own, all.slice(0, -1)) : [];
  const level = own ? levelOf(own, caps) : null;
  if (level && options.minLevel && !reaches(level, options.minLevel)) {
    findings.add(SECTION.verifier, 'level-low', 'declare.txt', 0);
  }
  const found = findings.all();
  return {
    verified: found.length === 0,
    level: found.length === 0 ? level : null,
    caps,
    rests_on: own ? restsOn(own) : '',
    findings: found.slice(0, FINDINGS_MAX),
    findings_left: Math.max(0, found.length - FINDINGS_MAX),
    warnings: own ? warningsOf(all) : [],
    attempts: all.map((one) => showAttempt(one, one.standing)),
    does_not_show: DOES_NOT_SHOW.map(({ en }) => en),
  };
}
