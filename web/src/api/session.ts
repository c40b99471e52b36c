// Who has logged in, and what he sends: by the cookie of his session, or, of who has
// registered an institution, by the key that was made for it. What a session had no
// time for is asked once more when he has logged in again: nothing typed is lost.
import { ref, shallowRef } from 'vue';
import { ask, Failure, rehearses, serviceNow } from './client';

export interface Me {
  id: string;
  organisation: string;
  role: string;
}

export interface Session {
  id: string;
  made_at: string;
  seen_at: string;
  ends_at: string;
  idle_s: number;
  network: string;
  current: boolean;
}

const KEY = 'kleroterion.key';
function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** Of a registration; '' where there is none. Kept until this tab is closed. */
export const key = ref(kept());
export const me = shallowRef<Me | null>(null);
/** When the session ends, by sessionNow(); 0 is never. */
export const ends = ref(0);
/** What is asked of him, over whatever he is doing. */
export const asked = ref<'login' | 'code' | null>(null);

/** Sessions live by the machine's time, in a rehearsal too. */
export const sessionNow = (): number => (rehearses.value ? Date.now() : serviceNow());

let idle = 0;
let last = 0;

export function setKey(value: string): void {
  key.value = value;
  try {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // It holds until the page is closed.
  }
}

// --- asking ------------------------------------------------------------------

interface Sent {
  method?: string;
  body?: unknown;
  /** A file as it is: of what type, how it is called; its digest, of evidence. */
  file?: { bytes: Uint8Array; type: string; name?: string; digest?: string };
  /** The version that it is about. */
  seq?: number | undefined;
  /** It proves itself: no key, no name for it. */
  open?: boolean;
}

// An act that got no answer may have been done: asked for once more it has its name.
const unanswered = new Map<string, string>();
function nameOf(what: string): string {
  const name = unanswered.get(what) ??
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  unanswered.set(what, name);
  return name;
}

const whatOf = (path: string, { body, file }: Sent): string => `${path} ${body === undefined ? file?.digest ?? '' : JSON.stringify(body)}`;

function initOf(path: string, sent: Sent): RequestInit {
  const { method = 'GET', body, file, seq, open } = sent;
  const headers: Record<string, string> = {};
  const content = body === undefined ? undefined : JSON.stringify(body);
  if (key.value && !open) headers['authorization'] = `Bearer ${key.value}`;
  if (content !== undefined) headers['content-type'] = 'application/json';
  if (file) headers['content-type'] = file.type;
  if (file?.name) headers['klero-file-name'] = encodeURIComponent(file.name);
  if (seq !== undefined) headers['if-match'] = `"${seq}"`;
  if (method !== 'GET' && !open) headers['idempotency-key'] = nameOf(whatOf(path, sent));
  const bytes = content ?? (file ? new Blob([file.bytes as BlobPart]) : null);
  return { method, headers, body: bytes, cache: 'no-store' };
}

async function once<T>(path: string, sent: Sent): Promise<T> {
  const what = whatOf(path, sent);
  try {
    const response = await ask(path, initOf(path, sent));
    unanswered.delete(what);
    last = sessionNow();
    reckon();
    return await response.json() as T;
  } catch (error) {
    if ((error as Failure).status !== 0) unanswered.delete(what);
    throw error;
  }
}

let answered: ((is: boolean) => void)[] = [];
function need(what: 'login' | 'code'): Promise<boolean> {
  asked.value = what;
  return new Promise((resolve) => { answered.push(resolve); });
}
/** He has logged in, or shown a code; or will not. */
export function answer(is: boolean): void {
  asked.value = null;
  answered.forEach((resolve) => resolve(is));
  answered = [];
}

/** As he who has logged in; he may have to do so again, or to show a code. */
export async function call<T>(path: string, sent: Sent = {}): Promise<T> {
  for (;;)
    try {
      return await once<T>(path, sent);
    } catch (error) {
      const { status, code } = error as Failure;
      const what = status === 401 ? 'login' : code === 'step-up' ? 'code' : null;
      if (!what || sent.open || !me.value || !await need(what)) throw error;
    }
}

export const post = <T>(path: string, body: unknown, seq?: number): Promise<T> =>
  call<T>(path, { method: 'POST', body, seq });

/** All of a list, page by page. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${cursor}` : ''}`;
    const page: { items: T[]; next_cursor: string | null } = await call(path + query);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

// --- who he is ---------------------------------------------------------------

let latest = 0;
function reckon(): void {
  ends.value = latest ? Math.min(latest, last + idle * 1000) : 0;
}

/** Who asks; null: nobody who has logged in. */
export async function whoami(): Promise<Me | null> {
  try {
    const is = await once<Me>('/v1/accounts/me', {});
    const { items } = key.value ? { items: [] } : await once<{ items: Session[] }>('/v1/sessions', {});
    const own = items.find(({ current }) => current);
    [latest, idle] = own ? [Date.parse(own.ends_at), own.idle_s] : [0, 0];
    reckon();
    me.value = is;
  } catch (error) {
    if ((error as Failure).status !== 401) throw error;
    if (key.value) setKey('');
    me.value = null;
  }
  return me.value;
}

export interface Login {
  login: string;
  password: string;
  totp?: string;
  recovery_code?: string;
}

export async function logIn(body: Login): Promise<Me | null> {
  await once('/v1/sessions', { method: 'POST', body, open: true });
  setKey('');
  return whoami();
}

/** What is left of it here, if the service cannot be told, ends by itself. */
export async function logOut(): Promise<void> {
  if (!key.value) await once('/v1/sessions/current/end', { method: 'POST', body: {} }).catch(() => undefined);
  setKey('');
  me.value = null;
  latest = 0;
  reckon();
}
