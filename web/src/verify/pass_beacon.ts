// The pass `beacon` (protocol §2): is it the declared one, who says so, and does
// the seed follow from it.
import type { Attempt, Whole } from './attempt';
import { fromHex, utf8 } from './bytes';
import { certificateOf } from './certificate';
import { chainOf, verifyRound } from './drand';
import { verifySignature } from './ed25519';
import type { DeclaredBeacon } from './declare';
import type { JsonObject } from './json';
import { verifyPulse } from './nist';
import { type BeaconText, type BeaconValue, publicStatement } from './outcome';
import { fits } from './policy';
import { revealed } from './secrets';
import { seedBeacon } from './seed';
import { formatTime } from './time';

const FILE = 'beacon.txt';

function isDeclared(value: BeaconValue, beacon: DeclaredBeacon): boolean {
  if (value.kind === 'drand') {
    return beacon.kind === 'drand' && value.chain === beacon.chain && value.round === beacon.round;
  }
  if (value.kind === 'nist') return beacon.kind === 'nist' && value.certificate === beacon.certificate;
  return beacon.kind === 'public' && value.template === beacon.template;
}

function checkPublic(attempt: Attempt, texts: Whole, { value, attests }: BeaconText): void {
  const { declare, seal } = texts;
  if (value.kind !== 'public') return;
  const template = attempt.policy?.templates.get(value.template);
  const sealed = seal ? revealed(seal).map(({ party }) => party) : [];
  const allowed = declare.parties.map(({ id }) => id).filter((id) => sealed.includes(id));
  const statement = publicStatement(attempt.digest('declare.txt'), attempt.digest('seal.txt'), value.value);
  if (template && !fits(value.value, template)) attempt.find('beacon-value', FILE, 3);
  let last = -1;
  attests.forEach(({ party, signature }, i) => {
    const place = allowed.indexOf(party);
    const key = declare.parties.find(({ id }) => id === party)?.key;
    if (place <= last) attempt.find('attest-party', FILE, i + 4);
    last = Math.max(last, place);
    if (key && !verifySignature(key, utf8(statement), fromHex(signature))) {
      attempt.find('attest-signature', FILE, i + 4);
    }
  });
}

function lowerHex(pulse: JsonObject, name: string): string | undefined {
  const value = pulse.get(name);
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function checkPulse(attempt: Attempt, { declare, pulse }: Whole): void {
  const { beacon } = declare;
  if (beacon.kind !== 'nist' || !pulse) return;
  const certificate = certificateOf(attempt.settings, beacon.certificate);
  const time = formatTime(beacon.time).replace('Z', '.000Z');
  const differs = pulse.get('timeStamp') !== time || pulse.get('statusCode') !== 0 ||
    lowerHex(pulse, 'certificateId') !== beacon.certificate;
  if (differs) attempt.find('pulse-differs', 'pulse.json', 1);
  else if (certificate && !verifyPulse(certificate, pulse)) attempt.find('pulse-forged', 'pulse.json', 1);
}

function checkRound(attempt: Attempt, { value }: BeaconText): void {
  if (value.kind !== 'drand') return;
  const chain = chainOf(attempt.settings, value.chain);
  if (chain && !verifyRound(chain, value.round, value.signature)) attempt.find('beacon-forged', FILE, 3);
}

export function checkBeacon(attempt: Attempt, texts: Whole): void {
  const { beacon, seed, declare } = texts;
  if (beacon && !isDeclared(beacon.value, declare.beacon)) attempt.find('beacon-differs', FILE, 3);
  else if (beacon) checkRound(attempt, beacon);
  if (beacon) checkPublic(attempt, texts, beacon);
  checkPulse(attempt, texts);
  const expected = beacon ? seedBeacon(beacon.value, texts.pulse) : { kind: 'none' };
  if (seed && JSON.stringify(seed.beacon) !== JSON.stringify(expected)) {
    attempt.find('seed-beacon', 'seed.txt', 3);
  }
}
