import { getJson } from '../api/client';

export interface PolicyChange {
  path: string;
  before?: unknown;
  after?: unknown;
  effect: string;
}
export interface CalendarChange {
  date: string;
  working: boolean;
  provisional: boolean;
}
export interface Changes {
  members?: PolicyChange[];
  days?: CalendarChange[];
  count?: number;
}
export interface Proposal {
  id: string;
  seq: number;
  state: string;
  act: string;
  subject: string;
  payload: Record<string, unknown>;
  changes: Changes | null;
  digest: string;
  organisation: string;
  role: string;
  lapses_at: string;
  rejected_by: string | null;
  reason: string | null;
}

/** Of each act of two persons the roles that may approve it, or turn it down: GET /v1. */
export async function approversOf(): Promise<Record<string, string[]>> {
  const { proposals } = await getJson<{ proposals: { act: string; approvers: string[] }[] }>('/v1');
  return Object.fromEntries(proposals.map(({ act, approvers }) => [act, approvers]));
}

/** What a member of a policy means: GET /v1/policy-members. */
export interface PolicyMember {
  path: string;
  type: string;
  name: { zh: string; en: string };
  sentence: { zh: string; en: string };
  unit_name: { zh: string; en: string };
  minimum: number;
  maximum: number;
}

const isDuration = (value: unknown): value is { n: number; unit: string } =>
  typeof value === 'object' && value !== null && 'n' in value && 'unit' in value;

/** A value as people read it: durations in words, the rest as JSON. */
export function valueWords(value: unknown, t: (key: string, named: Record<string, unknown>) => string): string {
  if (value === undefined) return '—';
  if (isDuration(value)) return t(`span.${value.unit}`, { n: value.n });
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
