// What it is somebody's turn to do, by when: by his role, from what the service lists.
import { getJson } from '../api/client';
import { all, call, key, me } from '../api/session';
import type { Page, Region } from '../api/types';
import { EXPIRY_SHOWN_DAYS, expiryOf, type Qualification } from './expiry';
import type { OwnListing } from './offer';
import { approversOf, type Proposal } from './proposals';
import type { Registration } from './roll';
import type { Tie } from './ties';

export interface Task {
  /** A key of `turn` in the words. */
  what: string;
  name: string;
  to: string;
  /** When it is due, or ''; a day alone is its last. */
  due: string;
  named?: Record<string, unknown>;
}

const USCC_SIZE = 18;
export const isEntered = (): boolean => me.value?.organisation.length === USCC_SIZE;

async function ofRegistration(): Promise<Task[]> {
  const own = await call<Registration>(`/v1/registrations/${me.value?.organisation ?? ''}/whole`);
  return [{ what: `registration-${own.state}`, name: own.name, to: '/register', due: own.due_at ?? '', named: { count: own.defects?.length ?? 0 } }];
}

async function ofInstitution(): Promise<Task[]> {
  if (!isEntered()) return ofRegistration();
  const [listings, qualifications] = await Promise.all([all<OwnListing>('/v1/own/listings'), all<Qualification>(`/v1/qualifications?institution=${me.value?.organisation ?? ''}`)]);
  const ending = qualifications.filter((one) => ['active', 'paused'].includes(one.state) && expiryOf(one).days <= EXPIRY_SHOWN_DAYS);
  const drafts = listings.filter(({ state }) => state === 'draft');
  const tasks: Task[] = [
    ...ending.map((one) => ({ what: expiryOf(one).days < 0 ? 'expired' : 'expires', name: one.kind, to: '/desk/qualifications', due: one.valid_until, named: { n: expiryOf(one).days } })),
    ...drafts.map((one) => ({ what: one.defects?.length ? 'returned' : 'draft', name: one.service_name ?? one.category, to: `/desk/listings/${one.id}`, due: '', named: { count: one.defects?.length ?? 0 } })),
  ];
  if (listings.every(({ state }) => state === 'withdrawn')) tasks.push({ what: 'offer', name: '', to: '/desk/listings/new', due: '' });
  return tasks;
}

async function ofKeeper(): Promise<Task[]> {
  const [registrations, qualifications, ties] = await Promise.all([all<Registration>('/v1/registrations?state=submitted'),
    all<Qualification>('/v1/qualifications?state=declared'), all<Tie>('/v1/affiliations?state=declared')]);
  const tasks: Task[] = registrations.map((one) => ({ what: 'check', name: one.name, to: `/desk/registrations/${one.id}`, due: one.due_at ?? '' }));
  const declared = qualifications.length + ties.length;
  if (declared > 0) tasks.push({ what: 'declared', name: '', to: '/desk/declared', due: '', named: { count: declared } });
  return tasks;
}

async function ofProposals(): Promise<Task[]> {
  const [waiting, approvers] = await Promise.all([all<Proposal>('/v1/proposals?state=proposed'), approversOf()]);
  const { organisation: own, role = '' } = me.value ?? {};
  return waiting.filter(({ act, organisation }) => organisation !== own && approvers[act]?.includes(role))
    .map((one) => ({ what: 'proposal', name: one.subject, to: '/desk/proposals', due: one.lapses_at }));
}

const HORIZON_DAYS = 60;
/** The region whose calendar ends first, if that is near. */
async function ofCalendar(): Promise<Task[]> {
  const { items } = await getJson<Page<Region>>('/v1/regions?limit=200');
  const ends = await Promise.all(items.slice(0, 20).map(async ({ id, name }) => {
    const got = await getJson<{ horizon: string }>(`/v1/regions/${encodeURIComponent(id)}/calendar`).catch(() => null);
    return { name, horizon: got?.horizon ?? '' };
  }));
  const first = ends.filter(({ horizon }) => horizon).sort((a, b) => a.horizon.localeCompare(b.horizon))[0];
  if (!first || expiryOf({ valid_until: first.horizon } as Qualification).days > HORIZON_DAYS) return [];
  return [{ what: 'horizon', name: first.name, to: '/desk/calendar', due: first.horizon }];
}

async function ofOperator(): Promise<Task[]> {
  const [kept, listings, imports, proposals, calendar] = await Promise.all([ofKeeper(), all<OwnListing>('/v1/checks/listings'),
    all<{ id: string; state: string; target: string }>('/v1/imports'), ofProposals(), ofCalendar()]);
  return [...kept, ...proposals, ...calendar,
    ...listings.map((one) => ({ what: 'listing', name: one.service_name ?? one.category, to: `/desk/listings/${one.id}`, due: '' })),
    ...imports.filter(({ state }) => state === 'staged').map((one) => ({ what: 'import', name: one.target, to: `/desk/imports/${one.id}`, due: '' }))];
}

/** Roles that let others act for them, and act for others. */
export const PRINCIPALS = ['owner', 'institution', 'reviewer', 'authority'];
async function ofDelegations(): Promise<Task[]> {
  const received = await all<{ state: string; principal: string; valid_until: string }>('/v1/delegations/received');
  return received.filter(({ state }) => state === 'offered')
    .map((one) => ({ what: 'delegation', name: one.principal, to: '/account', due: one.valid_until }));
}

const TURNS: Record<string, () => Promise<Task[]>> = {
  institution: ofInstitution, reviewer: ofKeeper, operator: ofOperator, supervisor: ofProposals, auditor: ofProposals,
};

export async function turnOf(role: string): Promise<Task[]> {
  const asked = PRINCIPALS.includes(role) && !key.value ? ofDelegations() : Promise.resolve([]);
  const tasks = (await Promise.all([TURNS[role]?.() ?? Promise.resolve([]), asked])).flat();
  return tasks.sort((a, b) => (a.due || '9').localeCompare(b.due || '9'));
}
