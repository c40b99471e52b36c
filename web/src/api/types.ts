// What the service answers, as far as the pages look at it: /v1/openapi.json.

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** How many are in each state. */
export type Counts<State extends string> = Record<State, number>;

export interface NextDraw {
  draw: string;
  state: string;
  title: string;
  owner_name: string;
  entrants: number;
  selected: number;
  at: string | null;
}

export interface Home {
  log_size: number;
  at: string;
  institutions: Counts<'active' | 'suspended' | 'removed' | 'withdrawn'>;
  registrations: Counts<'draft' | 'submitted' | 'returned' | 'publicity' | 'entered' | 'rejected' | 'withdrawn' | 'lapsed'>;
  qualifications: Counts<'declared' | 'active' | 'paused' | 'replaced' | 'revoked' | 'dropped' | 'expiring'>;
  sanctions: Counts<'imposed' | 'expired' | 'repaired'>;
  categories: Counts<'active' | 'retired'>;
  listings: Counts<'draft' | 'check' | 'published' | 'paused' | 'withdrawn'>;
  notices: Counts<'open' | 'closed' | 'judged' | 'failed'>;
  draws: Counts<'drafted' | 'declared' | 'locked' | 'sealed' | 'stopped' | 'closed' | 'annulled' | 'dropped'>;
  outcomes: Counts<'result' | 'failed' | 'void'>;
  form_checks: { decided: number; on_time: number; deemed: number; overdue: number; median_s: number };
  /** Of what can be shopped in; null before there is an index of it. */
  offers: { log_size: number; listings: number; suppliers: number; categories: number; single: number; median_workdays: number } | null;
  running: { notice: string; number: string; title: string; owner_name: string; category: string; signup_close: string }[];
  next: NextDraw[];
  results: (Omit<NextDraw, 'at'> & { closed_at: string; replacements: number; names: { entry: string; name: string }[] })[];
}

export interface Draw {
  id: string;
  state: string;
  notice: string;
  project: string;
  region: string;
  previous: string | null;
  attempt: number;
  draft_until: string;
  commit_by: string | null;
  reveal_by: string | null;
  beacon_time: string | null;
  beacon: string;
  quorum: number;
  selected: number;
  alternates: number;
  entrants: number;
  replacements: number;
  outcome: 'result' | 'failed' | 'void' | null;
  reason: string | null;
  closed_at: string | null;
  lock_hash: string | null;
  event_index: number;
  overdue: boolean;
}

export interface WholeDraw extends Draw {
  texts: { name: string; sha256: string; event_index: number }[];
  parties: { party: string; public_key: string; required: boolean; committed: boolean; revealed: boolean }[];
}

export interface Notice {
  id: string;
  number: string;
  title: string;
  owner_name: string;
  service: string;
}

export interface Entrant {
  institution: string;
  name: string;
  state: string;
  reason: string | null;
}

export interface LogEvent {
  index: number;
  kind: string;
  at: string;
  data: Record<string, unknown>;
}

export interface Region {
  id: string;
  name: string;
  name_en: string | null;
}

/** What a search shows of a listing. */
export interface Found {
  id: string;
  institution: string;
  institution_name: string;
  category: string;
  service: string;
  service_name: string | null;
  regions: string[] | null;
  promised_days: number;
  deadline_unit: 'workday' | 'day';
  fee_min_fen: number;
  fee_max_fen: number;
  published_at: string;
}

export interface FoundPage extends Page<Found> {
  total: number;
  total_capped: boolean;
}

export interface Listing {
  id: string;
  institution: string;
  category: string;
  service_name: string | null;
  regions: string[] | null;
  basis: string | null;
  serves: string | null;
  conditions: string | null;
  materials: string | null;
  steps: string | null;
  promised_days: number;
  deadline_unit: 'workday' | 'day';
  counts_from: string | null;
  urgent_days: number;
  fee_min_fen: number;
  fee_max_fen: number;
  fee_basis: string | null;
  rules: string | null;
  complaint_channel: string | null;
  qualifications: string | null;
  version: number;
  effective_at: string | null;
}
