// Between the page and the worker that verifies.
import type { Report } from '../verify/index';
import type { Step } from './steps';

export interface Question {
  pack: Uint8Array;
  trust: Uint8Array | null;
  chain: Uint8Array | null;
  rehearsal: boolean;
}

export interface Verified {
  kind: 'verified';
  report: Report;
  steps: Step[];
  files: [name: string, bytes: Uint8Array][];
  /** Of the pack. */
  sha256: string;
  ms: number;
}

export type Reply = Verified | { kind: 'unreadable'; what: 'pack' | 'trust' | 'chain' | 'other'; why: string };
