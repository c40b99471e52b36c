// A listing as its institution sees it, as it is typed and as it is sent.
import type { Listing } from '../api/types';
import type { Fee } from '../api/roll';
import { type FeeForm, feeSent, feeShown, newFee } from './fee';
import { given } from './roll';

export interface OwnListing extends Listing {
  seq: number;
  state: string;
  urgent_surcharge_bp: number;
  fee: Fee | null;
  published_at: string | null;
  paused_by: string | null;
  reason: string | null;
  defects: { member: string; words: string }[] | null;
}
export interface WholeCategory {
  id: string;
  service: string;
  cap_days: number;
  cap_unit: string | null;
  price_control: string | null;
  qualification: string | null;
  basis: string | null;
}

export const TEXTS = ['service_name', 'basis', 'serves', 'conditions', 'materials', 'steps', 'fee_basis', 'rules', 'complaint_channel', 'qualifications'] as const;
export const LONG: string[] = ['conditions', 'materials', 'steps', 'rules', 'qualifications'];
export type OfferForm = Record<typeof TEXTS[number], string> & {
  category: string;
  regions: string[];
  promised_days: string;
  deadline_unit: string;
  counts_from: string;
  urgent_days: string;
  urgent_surcharge: string;
  fee: FeeForm;
};

export function newOffer(): OfferForm {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, ''])) as Record<typeof TEXTS[number], string>;
  return { ...texts, category: '', regions: [], promised_days: '', deadline_unit: 'workday', counts_from: '', urgent_days: '', urgent_surcharge: '', fee: newFee() };
}

const count = (n: number): string => (n > 0 ? String(n) : '');
export function offerShown(from: OwnListing): OfferForm {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, from[name] ?? ''])) as Record<typeof TEXTS[number], string>;
  return { ...texts, category: from.category, regions: from.regions ?? [], promised_days: count(from.promised_days),
    deadline_unit: from.deadline_unit ?? 'workday', counts_from: from.counts_from ?? '', urgent_days: count(from.urgent_days),
    urgent_surcharge: count(from.urgent_surcharge_bp / 100), fee: feeShown(from.fee) };
}

const whole = (typed: string): number | string => (/^\d+$/.test(typed.trim()) ? Number(typed) : typed);
/** Of one that is there, category and regions stay as they are. */
export function offerSent(form: OfferForm, is: 'new' | 'old'): Record<string, unknown> {
  const { category, regions, promised_days, urgent_days, urgent_surcharge, fee, ...texts } = form;
  const surcharge = Number(urgent_surcharge);
  return {
    ...is === 'new' && { category, ...regions.length > 0 && { regions } }, ...given(texts),
    ...promised_days.trim() && { promised_days: whole(promised_days) },
    ...urgent_days.trim() && { urgent_days: whole(urgent_days) },
    ...urgent_surcharge.trim() && { urgent_surcharge_bp: Number.isFinite(surcharge) ? Math.round(surcharge * 100) : urgent_surcharge },
    fee: feeSent(fee),
  };
}
