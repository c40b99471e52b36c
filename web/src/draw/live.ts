// One draw, followed: what the service publishes of it, as it does. A stream says
// that something is new; what is new is then asked for as anybody may.
import { onScopeDispose, reactive, shallowReactive } from 'vue';
import { Failure, getBytes, getJson, serviceNow, stands } from '../api/client';
import type { Entrant, LogEvent, Notice, Page, WholeDraw } from '../api/types';
import type { Texts } from './facts';
import { isOver } from './phase';

const GATHER_MS = 120;
const LOOK_MS = 5000;
const LISTEN_MS = 30_000;
const OVER_LOOK_MS = 60_000;
const PAGES_MAX = 20;
/** Of the texts of a draw, those that people need to see it. */
const READ = /^(draft|roster|names|excluded|declare|lock|commit-.*|seal|beacon|seed|result|close|replace.*|annul)\.txt$|^pulse\.json$/;

export type Live = 'live' | 'polling' | 'over';

export interface Followed {
  draw: WholeDraw | null;
  notice: Notice | null;
  entrants: Entrant[];
  events: LogEvent[];
  failure: Failure | null;
  live: Live;
}

async function allPages<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < PAGES_MAX; pages++) {
    const page: Page<T> = await getJson(path + cursor);
    items.push(...page.items);
    cursor = page.next_cursor && `&${path.includes('/events') ? 'after' : 'cursor'}=${page.next_cursor}`;
  }
  return items;
}

/** What is nice to have: its lack is no failure of the page. */
function orElse<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return asked.catch(() => otherwise);
}

class Follower {
  readonly it = reactive<Followed>({
    draw: null, notice: null, entrants: [], events: [], failure: null, live: 'polling',
  }) as Followed;
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private readonly known = new Set<string>();
  private readonly path: string;
  private busy = false;
  private again = false;
  private ended = false;

  constructor(id: string, private readonly take: (texts: Texts) => void) {
    this.path = `/v1/draws/${encodeURIComponent(id)}`;
  }

  begin(): void {
    document.addEventListener('visibilitychange', this.look);
    this.look();
  }

  end(): void {
    this.ended = true;
    document.removeEventListener('visibilitychange', this.look);
    this.silence();
  }

  /** Who does not look holds no stream: there are only so many, of the service and
   * of a browser that speaks HTTP/1.1. What was missed is asked for on return. */
  private readonly look = (): void => {
    if (document.hidden) {
      this.silence();
    } else {
      this.listen();
      void this.refresh();
    }
  };

  private listen(): void {
    if (this.stream || this.ended || document.hidden || this.it.live === 'over') return;
    const stream = new EventSource(`${this.path}/stream`);
    stream.onopen = () => { this.it.live = 'live'; };
    stream.onmessage = () => this.soon(GATHER_MS);
    stream.onerror = () => this.lost(stream);
    this.stream = stream;
  }

  private silence(): void {
    this.stream?.close();
    this.stream = null;
    clearTimeout(this.timer);
    clearTimeout(this.later);
  }

  /** A browser asks again by itself, with Last-Event-ID, when a stream ends. One that
   * was refused it gives up: then we look now and then, and ask for one later. */
  private lost(stream: EventSource): void {
    if (stream !== this.stream) return;
    this.soon(LOOK_MS);
    if (stream.readyState !== EventSource.CLOSED) return;
    this.it.live = 'polling';
    this.stream = null;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.listen(), LISTEN_MS * (1 + Math.random()));
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), ms);
  }

  /** What is over needs no stream: it is looked at once a minute. */
  private goOn(): void {
    const { draw, failure } = this.it;
    const hears = this.stream?.readyState === EventSource.OPEN;
    if (this.ended || document.hidden || failure?.status === 404) {
      this.silence();
    } else if (draw && !stands.value && isOver(draw, serviceNow())) {
      this.silence();
      this.it.live = 'over';
      this.soon(OVER_LOOK_MS);
    } else if (this.again) {
      this.soon(GATHER_MS);
    } else if (failure || !hears) {
      this.soon(LOOK_MS);
    }
    if (this.it.live !== 'over') this.it.live = hears ? 'live' : 'polling';
    this.again = false;
  }

  async refresh(): Promise<void> {
    if (this.ended) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      await this.load();
      this.it.failure = null;
    } catch (error) {
      this.it.failure = error instanceof Failure ? error : new Failure(0, 'broken', String(error));
    }
    this.busy = false;
    this.goOn();
  }

  private async load(): Promise<void> {
    const draw = await getJson<WholeDraw>(this.path);
    const texts = this.loadTexts(draw);
    const [notice, entrants, events] = await Promise.all([
      this.it.notice ?? orElse(getJson<Notice>(`/v1/notices/${draw.notice}`), null),
      this.it.entrants.length > 0 ? this.it.entrants
        : orElse(allPages<Entrant>(`/v1/notices/${draw.notice}/entrants?limit=200`), []),
      orElse(allPages<LogEvent>(`/v1/events?subject=${draw.id}&limit=200`), this.it.events),
    ]);
    Object.assign(this.it, { draw, notice, entrants, events });
    await texts;
  }

  /** A published text never changes, so each is asked for once. */
  private async loadTexts({ texts }: WholeDraw): Promise<void> {
    const names = texts.map(({ name }) => name).filter((name) => READ.test(name) && !this.known.has(name));
    const loaded: Texts = await Promise.all(names.map(async (name): Promise<Texts[number]> =>
      [name, await getBytes(`${this.path}/texts/${name}`)]));
    for (const name of names) this.known.add(name);
    if (loaded.length > 0) this.take(loaded);
  }
}

/** Follow the draw for as long as the component lives. */
export function followDraw(id: string, take: (texts: Texts) => void): { it: Followed; refresh: () => void } {
  const follower = new Follower(id, take);
  follower.begin();
  onScopeDispose(() => follower.end());
  return { it: follower.it, refresh: () => void follower.refresh() };
}

export interface Computed<T> {
  facts: T | null;
  progress: { done: number; all: number } | null;
  broken: { file: string; line: number } | null;
}

export function emptyComputed<T>(): Computed<T> {
  return shallowReactive({ facts: null, progress: null, broken: null });
}
