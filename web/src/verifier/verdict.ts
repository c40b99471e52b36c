// The headline over the ten steps: never more than the least of them.
import type { Report } from '../verify/index';
import type { Step } from './steps';

/** `partly`: no step fails, but one of them rests on what was not checked;
 * `unanchored`: everything fits, but nobody has said whose keys these are. */
export type Verdict = 'good' | 'partly' | 'unanchored' | 'bad';

export function verdictOf({ findings, findings_left }: Report, steps: Step[]): Verdict {
  const has = (wanted: string): boolean => steps.some(({ outcome }) => outcome === wanted);
  if (findings_left > 0 || findings.some(({ code }) => code !== 'keys-not-anchored')) return 'bad';
  if (has('unanchored')) return 'unanchored';
  return has('partly') ? 'partly' : 'good';
}
