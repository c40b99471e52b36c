// Where a draw stands, in the words that people need: one of these, by its state,
// its outcome and its time.
import type { Draw } from '../api/types';

export type Phase =
  | 'drafted' | 'declared' | 'locked' | 'sealed' | 'stopped' | 'drawing'
  | 'result' | 'failed' | 'void' | 'annulled' | 'dropped' | 'overdue';

export type Tone = 'before' | 'moment' | 'good' | 'bad';

const TONES: Record<Phase, Tone> = {
  drafted: 'before', declared: 'before', locked: 'moment', sealed: 'moment', stopped: 'moment', drawing: 'moment',
  result: 'good', failed: 'bad', void: 'bad', annulled: 'bad', dropped: 'bad', overdue: 'bad',
};

export function phaseOf(draw: Draw): Phase {
  if (draw.state === 'annulled' || draw.state === 'dropped') return draw.state;
  if (draw.outcome) return draw.outcome;
  if (draw.overdue) return 'overdue';
  if (draw.state === 'drafted' || draw.state === 'declared') return draw.state;
  return draw.state === 'locked' || draw.state === 'sealed' || draw.state === 'stopped' ? draw.state : 'drawing';
}

export function toneOf(phase: Phase): Tone {
  return TONES[phase];
}

export function isOpen(phase: Phase): boolean {
  return TONES[phase] === 'before' || TONES[phase] === 'moment';
}

/** When the next thing happens, if a time is set for it. */
export function nextTime(draw: Draw): string | null {
  switch (phaseOf(draw)) {
    case 'drafted': return draw.draft_until;
    case 'declared': return draw.commit_by;
    case 'locked': return draw.reveal_by;
    case 'sealed':
    case 'stopped': return draw.beacon === 'none' ? null : draw.beacon_time;
    default: return null;
  }
}

const OVER_MS = 3600_000;

/** Nothing more is likely to come: it was ended, or ended an hour ago. */
export function isOver(draw: Draw, now: number): boolean {
  if (draw.state === 'annulled' || draw.state === 'dropped') return true;
  return draw.closed_at !== null && now - Date.parse(draw.closed_at) > OVER_MS;
}

/** Which of the three acts is on: 0 before, 1 the moment, 2 after. */
export function actOf(draw: Draw): 0 | 1 | 2 {
  const tone = toneOf(phaseOf(draw));
  if (draw.outcome || draw.state === 'annulled') return 2;
  return tone === 'moment' || draw.state === 'locked' || draw.state === 'sealed' ? 1 : 0;
}
