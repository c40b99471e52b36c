// The only fetch. What comes is either what was asked for, or a Failure.
import { ref } from 'vue';

/** What is wrong with a member of what was sent: a JSON pointer, a code, words. */
export interface Fault {
  pointer: string;
  code: string;
  detail: string;
}

/** `status` 0: no answer came. */
export class Failure extends Error {
  constructor(readonly status: number, readonly code: string, readonly title: string, readonly errors: Fault[] = []) {
    super(code);
  }
}

const ANSWER_MS_MAX = 30_000;
/** A file takes what its bytes take; how long is the service's to say. */
const STORED_MS_MAX = 600_000;

/** How far the clock of the service is ahead of this one, in milliseconds. */
let ahead = 0;
/** Does the service live through a rehearsal, whose time is not real? */
export const rehearses = ref(false);
/** … and does time stand there? A rehearsal may have joined real time. */
export const stands = ref(false);

export function serviceNow(): number {
  return Date.now() + ahead;
}

/** Date has whole seconds: a difference below that says nothing. */
function heed(headers: Headers): void {
  const date = Date.parse(headers.get('date') ?? '');
  const difference = date + 500 - Date.now();
  if (!Number.isNaN(date)) ahead = Math.abs(difference) > 1500 ? difference : 0;
  rehearses.value = headers.get('klero-rehearsal') === 'true';
  if (rehearses.value) void lookAtTime();
}

const LOOK_MS = 30_000;
/** When its time was asked for last; once it has joined, for ever. */
let looked = -LOOK_MS;
async function lookAtTime(): Promise<void> {
  if (performance.now() - looked < LOOK_MS) return;
  looked = performance.now();
  const { joined } = await getJson<{ joined: boolean }>('/v1/rehearsal/time').catch(() => ({ joined: false }));
  stands.value = !joined;
  if (joined) looked = Infinity;
}

async function failureOf(response: Response): Promise<Failure> {
  const problem = await response.json().catch(() => ({})) as { code?: string; title?: string; detail?: string; errors?: Fault[] };
  return new Failure(response.status, problem.code ?? '', problem.detail ?? problem.title ?? '', problem.errors);
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), init.body instanceof Blob ? STORED_MS_MAX : ANSWER_MS_MAX);
  const language = document.documentElement.lang;
  try {
    const response = await fetch(path, { ...init, signal: stop.signal, headers: { ...init.headers, 'accept-language': language } });
    heed(response.headers);
    if (response.ok) return response;
    throw await failureOf(response);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(0, 'no-answer', '');
  } finally {
    clearTimeout(late);
  }
}

export async function getJson<T>(path: string): Promise<T> {
  return await (await ask(path)).json() as T;
}

export async function getBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await ask(path)).arrayBuffer());
}
