// What a page asks for: loading, there, or failed and to be asked again.
import { shallowReactive, watch } from 'vue';
import type { Failure } from './api/client';

export interface Loaded<T> {
  value: T | null;
  failure: Failure | null;
  loading: boolean;
  load: () => Promise<void>;
}

/** Asked now, and again when what it is `of` changes: only the last answer shows. */
export function useLoaded<T>(ask: () => Promise<T>, of: () => string = () => ''): Loaded<T> {
  const it: Loaded<T> = shallowReactive<Loaded<T>>({ value: null, failure: null, loading: false, load });
  let turn = 0;
  async function load(): Promise<void> {
    const mine = ++turn;
    it.loading = true;
    try {
      const value = await ask();
      if (mine === turn) Object.assign(it, { value, failure: null });
    } catch (error) {
      if (mine === turn) it.failure = error as Failure;
    }
    if (mine === turn) it.loading = false;
  }
  watch(of, load, { immediate: true });
  return it;
}
