// When a qualification ends, and how near that is: 60, 30 and 7 days before, as the
// policy reminds (entry.expiry_reminders_days).
import { type Urgency, daysTo } from './limits';

export interface Qualification {
  id: string;
  seq: number;
  state: string;
  institution: string;
  kind: string;
  level: string | null;
  scopes: string[] | null;
  number: string;
  issuer: string;
  valid_from: string;
  valid_until: string;
  evidence: string;
  replaces: string | null;
  reason: string | null;
}

const STEPS: [number, Urgency][] = [[0, 'late'], [8, 'soon'], [31, 'near']];
export const EXPIRY_SHOWN_DAYS = 60;

export function expiryOf({ valid_until }: Qualification): { days: number; urgency: Urgency } {
  const days = daysTo(valid_until);
  return { days, urgency: STEPS.find(([below]) => days < below)?.[1] ?? 'far' };
}
