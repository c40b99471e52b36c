// What the service answers, as far as the pages look at it: /v1/openapi.json.

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
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
