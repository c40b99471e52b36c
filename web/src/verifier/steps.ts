// The ten steps of a verification: which findings belong to which, what goes in
// and what comes out of it. What is right is for ../verify to say; here it is only
// set out for people.
import { digest, toHex } from '../verify/bytes';
import { parseDeclare } from '../verify/declare';
import { parseBeaconText, parseClose, parseReplace, parseResult, parseSeed } from '../verify/outcome';
import { parseCheckpoint } from '../verify/note';
import { parseExcluded, parseNames, parseRoster } from '../verify/roster';
import { parseLock, parseSeal, revealed } from '../verify/secrets';
import { formatTime } from '../verify/time';
import type { Finding, PackFile, Report } from '../verify/index';
import { type Note, notesOf, type Outcome, outcomeOf, rulesOf, type StepName, STEPS, verificationOf } from './claims';
import { type Files, read, readPolicy } from './files';

/** One thing that came out: words for `label`, and the value as it is. */
export interface Output {
  label: string;
  value: string;
  /** To be told apart from others of its label, as a party. */
  of?: string;
}

export interface Step {
  name: StepName;
  outcome: Outcome;
  /** What was asked of this pack. */
  rules: string[];
  /** What the outcome leaves open. */
  notes: Note[];
  inputs: string[];
  outputs: Output[];
  findings: Finding[];
}

const PASSES: Record<StepName, string[]> = {
  form: ['files', 'form'], digests: ['digests'], policy: ['policy'], keys: ['keys'], times: ['times'],
  log: ['log'], beacon: ['beacon'], result: ['result'], after: ['after'], previous: ['previous'],
};

const INPUTS: Record<StepName, RegExp> = {
  form: /./,
  digests: /^(notice\.json|policy\.json|[a-z0-9-]+\.txt|pulse\.json)$/,
  policy: /^(policy\.json|declare\.txt|roster\.txt)$/,
  keys: /^(declare|lock|seal|commit-.*)\.txt$/,
  times: /^(declare|draft)\.txt$/,
  log: /^log\//,
  beacon: /^(declare|seal|beacon|seed)\.txt$|^pulse\.json$/,
  result: /^(declare|roster|seed|result|close)\.txt$/,
  after: /^(replace.*|annul|close|result)\.txt$/,
  previous: /^previous\/|^declare\.txt$/,
};

function hashOutputs(files: Files): Output[] {
  const letters: [string, string][] = [
    ['declare.txt', 'D'], ['roster.txt', 'R'], ['names.txt', 'N'], ['excluded.txt', 'X'], ['lock.txt', 'L'],
    ['seal.txt', 'E'], ['seed.txt', 'S'], ['result.txt', 'H'],
  ];
  return letters.flatMap(([name, of]) => {
    const bytes = files.get(name);
    return bytes ? [{ label: 'digest', of: `${of} ${name}`, value: digest(bytes) }] : [];
  });
}

function formOutputs(files: Files): Output[] {
  const close = read(files, 'close.txt', parseClose);
  const roster = read(files, 'roster.txt', parseRoster);
  const names = read(files, 'names.txt', parseNames);
  const excluded = read(files, 'excluded.txt', parseExcluded);
  const outputs: Output[] = [{ label: 'files', value: String(files.size) }];
  if (roster) outputs.push({ label: 'entries', value: String(roster.entries.length) });
  if (names) outputs.push({ label: 'names', value: String(names.length) });
  if (excluded) outputs.push({ label: 'exclusions', value: String(excluded.exclusions.length) });
  if (close) outputs.push({ label: 'outcome', value: `${close.outcome} ${close.reason}` });
  return outputs;
}

function policyOutputs(files: Files): Output[] {
  const policy = readPolicy(files);
  const shown = ['beacons', 'min_entrants', 'required_parties', 'quorum', 'delay_min_s', 'level_c_reason'];
  return shown.flatMap((of) => {
    const value = policy?.draw?.[of];
    return value === undefined ? [] : [{ label: 'policy', of, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  });
}

function keyOutputs(files: Files): Output[] {
  const declare = read(files, 'declare.txt', parseDeclare);
  const lock = read(files, 'lock.txt', parseLock);
  if (!declare) return [];
  return [
    { label: 'log', of: declare.log.origin, value: declare.log.key },
    ...declare.parties.map(({ id, key }) => ({ label: 'party', of: id, value: key })),
    ...lock?.commits.flatMap(({ party, commit }) =>
      commit ? [{ label: 'commit', of: party, value: commit.digest }] : []) ?? [],
  ];
}

function timeOutputs(files: Files): Output[] {
  const declare = read(files, 'declare.txt', parseDeclare);
  if (!declare) return [];
  const { beacon } = declare;
  return [
    { label: 'draftUntil', value: formatTime(declare.draft.until) },
    { label: 'commitBy', value: formatTime(declare.commitBy) },
    { label: 'revealBy', value: formatTime(declare.revealBy) },
    ...beacon.kind === 'drand' ? [{ label: 'round', value: String(beacon.round) }]
      : beacon.kind === 'none' ? [] : [{ label: 'beaconTime', value: formatTime(beacon.time) }],
  ];
}

function logOutputs(files: Files): Output[] {
  return ['declared', 'locked', 'sealed', 'closed', 'last'].flatMap((name) => {
    const point = read(files, `log/${name}`, (bytes) => parseCheckpoint(bytes));
    return point ? [{ label: 'checkpoint', of: `${name} ${point.size}`, value: toHex(point.root) }] : [];
  });
}

function beaconOutputs(files: Files): Output[] {
  const seal = read(files, 'seal.txt', parseSeal);
  const value = read(files, 'beacon.txt', parseBeaconText)?.value;
  const outputs: Output[] = seal ? revealed(seal).map(({ party, hex }) => ({ label: 'secret', of: party, value: hex })) : [];
  if (value?.kind === 'drand') outputs.push({ label: 'beacon', of: `drand ${value.round}`, value: value.signature });
  if (value?.kind === 'public') outputs.push({ label: 'beacon', of: value.template, value: value.value });
  if (value?.kind === 'nist') outputs.push({ label: 'beacon', of: 'nist', value: value.pulse });
  return outputs;
}

function resultOutputs(files: Files): Output[] {
  const seed = files.get('seed.txt');
  const result = read(files, 'result.txt', parseResult);
  const outputs: Output[] = seed && read(files, 'seed.txt', parseSeed) ? [{ label: 'seed', value: digest(seed) }] : [];
  const shown = result?.ranks.filter(({ role }) => role === 'selected').slice(0, 10) ?? [];
  return [...outputs, ...shown.map(({ id, ticket }) => ({ label: 'selected', of: id, value: ticket }))];
}

function afterOutputs(files: Files): Output[] {
  return Array.from(files.keys()).filter((name) => /^replace.*\.txt$/.test(name)).flatMap((name) => {
    const replace = read(files, name, parseReplace);
    return replace ? [{ label: 'replaced', of: replace.out, value: replace.in ?? '-' }] : [];
  });
}

function previousOutputs(files: Files): Output[] {
  const declare = read(files, 'declare.txt', parseDeclare);
  if (!declare) return [];
  const before: Output[] = declare.previous ? [{ label: 'previous', value: declare.previous }] : [];
  return [{ label: 'attempt', value: String(declare.attempt) }, ...before];
}

const OUTPUTS: Record<StepName, (files: Files) => Output[]> = {
  form: formOutputs, digests: hashOutputs, policy: policyOutputs, keys: keyOutputs, times: timeOutputs,
  log: logOutputs, beacon: beaconOutputs, result: resultOutputs, after: afterOutputs, previous: previousOutputs,
};

/** `trust`: was a file of trusted keys given? */
export function stepsOf(list: PackFile[], report: Report, trust: boolean): Step[] {
  const files: Files = new Map(list.map(({ name, bytes }) => [name, bytes]));
  const it = verificationOf(files, report, trust);
  return STEPS.map((name) => {
    const findings = report.findings.filter(({ check }) => PASSES[name].includes(check));
    const outcome = outcomeOf(name, it, findings);
    return {
      name, findings, outcome,
      rules: rulesOf(name, it),
      notes: notesOf(name, outcome, it),
      inputs: Array.from(files.keys()).filter((file) => INPUTS[name].test(file)),
      outputs: OUTPUTS[name](files),
    };
  });
}
