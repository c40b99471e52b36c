// Between the page and the worker that verifies.
import type { Report } from '../verify/index';
import type { Step } from './steps';

export interface Question {
  /** Of the questions, so that an answer to an earlier one is not taken for this. */
  number: number;
  pack: Uint8Array;
  trust: Uint8Array | null;
  chain: Uint8Array | null;
  certificate: Uint8Array | null;
  rehearsal: boolean;
}

export interface Verified {
  kind: 'verified';
  number: number;
  report: Report;
  steps: Step[];
  files: [name: string, bytes: Uint8Array][];
  /** Of the pack. */
  sha256: string;
  ms: number;
}

export interface Unreadable {
  kind: 'unreadable';
  number: number;
  what: 'pack' | 'trust' | 'chain' | 'certificate' | 'other';
  why: string;
}

export type Reply = Verified | Unreadable;
