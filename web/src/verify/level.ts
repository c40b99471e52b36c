// The level of a draw and what it rests on: protocol §1.
import type { Attempt, Whole } from './attempt';
import type { Joined } from './join';
import { chainOf } from './drand';
import { certificateOf } from './certificate';
import { isObject } from './json';
import { isHighEntropy } from './policy';
import { isRehearsal } from './pass_policy';
import { revealed } from './secrets';
import { isGiven } from './trust';

export type Level = 'A' | 'B' | 'C' | 'unproven' | 'rehearsal' | 'test';

/** The caps, in the order in which they are told. */
const CAPS = ['unwitnessed', 'unsealed', 'short-delay', 'low-entropy', 'redrawn-known', 'policy-c'];
const DELAY_MIN = 30;

/** The caps that lower the level of an attempt to C. */
export function capsOf({ attempt, texts }: Joined, earlier: Joined[]): string[] {
  const { declare } = texts;
  const { beacon } = declare;
  const caps = new Set(attempt.caps);
  const draw = texts.policy.get('draw');
  const template = beacon.kind === 'public' ? attempt.policy?.templates.get(beacon.template) : undefined;
  if (declare.quorum === 0) caps.add('unwitnessed');
  if (beacon.kind !== 'none' && declare.delay < DELAY_MIN) caps.add('short-delay');
  if (template && !isHighEntropy(template)) caps.add('low-entropy');
  if (earlier.some((one) => one.texts.close.known || one.attempt.timeUnproven)) caps.add('redrawn-known');
  if (isObject(draw) && typeof draw.get('level_c_reason') === 'string') caps.add('policy-c');
  return CAPS.filter((cap) => caps.has(cap));
}

function isTest({ settings }: Attempt, { declare: { beacon } }: Whole): boolean {
  if (beacon.kind === 'drand') return chainOf(settings, beacon.chain)?.test ?? false;
  return beacon.kind === 'nist' && (certificateOf(settings, beacon.certificate)?.test ?? false);
}

export function levelOf({ attempt, texts }: Joined, caps: string[]): Level {
  const { kind } = texts.declare.beacon;
  if (attempt.settings.bare) return 'unproven';
  if (isRehearsal(texts.declare)) return 'rehearsal';
  if (isTest(attempt, texts)) return 'test';
  if (caps.length > 0 || kind === 'none') return 'C';
  return kind === 'public' ? 'B' : 'A';
}

/** Is the level at least the one asked for? What is no level is at least none. */
export function reaches(level: Level, asked: string): boolean {
  return 'ABC'.includes(level) && level <= asked;
}

export function restsOn({ attempt, texts }: Joined): string {
  const { declare, seal } = texts;
  const shown = seal ? revealed(seal).map(({ party }) => party) : [];
  const { trust } = attempt.settings;
  const ids = declare.parties
    .filter(({ id, key }) => id !== 'operator' && shown.includes(id) && isGiven(trust, id, key))
    .map(({ id }) => id);
  const beacon = declare.beacon.kind !== 'none';
  if (ids.length === 0) return beacon ? 'beacon' : 'nothing shown';
  return (beacon ? 'beacon or ' : '') + ids.join(', ');
}
