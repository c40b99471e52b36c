// Of the roll and the catalogue, as far as the pages look at it: /v1/openapi.json.
import { getJson } from './client';
import type { Page } from './types';

export interface Directed {
  id: string;
  name: string;
  state: string;
  region: string | null;
  presence: string | null;
  entered_at: string | null;
  services: string[];
  qualifications: number;
  valid_until: string | null;
  sanctions: number;
}

export interface DirectoryPage extends Page<Directed> {
  total: number;
}

export interface Institution {
  id: string;
  name: string;
  state: string;
  affiliation_group: string | null;
  event_index: number;
}

export interface Profile {
  registration: string;
  region: string;
  kind: string;
  legal_representative: string;
  address: string;
  founded: string | null;
  capital_fen: number;
  presence: string;
  counter: string | null;
  contact_name: string;
  contact_phone: string;
  licence: string;
  pledge: string;
  deemed: boolean;
  entered_at: string;
}

export interface Qualification {
  id: string;
  state: string;
  kind: string;
  level: string | null;
  scopes: string[];
  number: string;
  issuer: string;
  valid_from: string;
  valid_until: string;
  evidence: string;
  reason: string | null;
}

export interface Affiliation {
  id: string;
  state: string;
  kind: string;
  holder: string;
  holder_name: string;
  share_bp: number;
  holder_is_state: boolean;
  valid_from: string | null;
  valid_until: string | null;
}

/** One tie on the way from one body to another. */
export interface Step {
  held: string;
  held_name: string;
  holder: string;
  holder_name: string;
  kind: string;
  share_bp: number;
}

export interface Group {
  affiliation_group: string | null;
  members: { institution: string; name: string; state: string; path: Step[] | null }[];
}

export interface Tie {
  tied: boolean;
  reason: string | null;
  authority: string | null;
  authority_count: number;
  path: Step[];
}

export interface Sanction {
  id: string;
  state: string;
  measure: string;
  category: string | null;
  basis: string;
  reason: string;
  evidence: string;
  notified: string;
  hearing: string;
  heard: string | null;
  imposed_at: string;
  ends_at: string | null;
  repair: string | null;
  ended_reason: string | null;
}

export interface StaffMember {
  id: string;
  state: string;
  kind: string;
  valid_until: string | null;
  insured_months: number;
  person_name: string;
  person_number: string;
  registration_number: string;
}

export interface Registration {
  id: string;
  state: string;
  round: number;
  deemed: boolean;
  region: string;
}

export interface CatalogueCategory {
  id: string;
  state: string;
  service: string;
  phase: string | null;
  approval_item: string | null;
  authority: string | null;
  basis: string | null;
  basis_source: string | null;
  legal_limit: string | null;
  limit_source: string | null;
  qualification: string | null;
  unit: string | null;
  suggested_days: string | null;
  approval_items: string[] | null;
  legal_days: number;
  cap_days: number;
  cap_unit: string | null;
  requirement: { all: { any: { kind: string; level_min?: string; scope?: string }[] }[] } | null;
  price_control: string | null;
  fee_ceiling: Fee | null;
}

export interface ApprovalItem {
  id: string;
  name: string;
  authority: string | null;
  authority_name: string;
  basis: string;
  legal_days: number;
  legal_unit: string | null;
  promised_days: number;
  promised_unit: string | null;
}

export interface Fee {
  unit: string;
  formula: string;
  base_fen?: number;
  brackets?: { above: number; rate?: number; fee_fen?: number }[];
  discount_bp?: number;
  min_fen?: number;
  max_fen?: number | null;
}

export interface Quartiles {
  least: number;
  lower: number;
  median: number;
  upper: number;
  most: number;
}

export interface MarketRule {
  policy: string;
  fence_bp: number;
  spread_min_bp: number;
  offers_min: number;
  suppliers_min: number;
}

export interface Market {
  category: string;
  offers: number;
  suppliers: number;
  supply_gap: number;
  fees: { unit: string; quantity: number; offers: number; suppliers: number; fee_fen: Quartiles }[];
  days: { unit: string; offers: number; promised_days: Quartiles }[];
}

export interface CountedMarket extends Market {
  outlier_count: number;
}

export interface WholeMarket extends Market {
  rule: MarketRule;
  outliers: { listing: string; institution: string; fee: string | null; days: string | null; fee_fen: number; promised_days: number }[];
}

const PAGES_MAX = 20;

/** All of a list that is short by its nature, page after page. */
export async function getAll<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = '';
  for (let i = 0; i < PAGES_MAX && cursor !== null; i++) {
    const page: Page<T> = await getJson<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${cursor}` : ''}`);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}
