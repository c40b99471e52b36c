// How an institution stands, and how long a qualification is still good: signs
// for words.
import { serviceNow } from './api/client';
import type { Tone } from './components/WordBadge.vue';
import { beijing } from './time';

const TONES: Partial<Record<string, Tone>> = { active: 'good', suspended: 'moment', removed: 'bad', published: 'good', paused: 'moment',
  declared: 'before', revoked: 'bad', dropped: 'bad', confirmed: 'good', imposed: 'bad', entered: 'good' };

export const toneOf = (state: string): Tone => TONES[state] ?? 'before';

const DAY_MS = 86_400_000;
export const SOON_DAYS = 60; // as institutions are reminded first

export const today = (): string => beijing(new Date(serviceNow()).toISOString()).slice(0, 10);

/** From today to a date, YYYY-MM-DD, both in Beijing; below 0 it is over. */
export function daysLeft(date: string): number {
  return Math.round((Date.parse(date) - Date.parse(today())) / DAY_MS);
}
