// What a form does when it is sent: it is busy, it is told what is wrong, it is done.
import { computed, nextTick, ref, shallowRef } from 'vue';
import { Failure, type Fault } from '../api/client';

export const fieldId = (pointer: string): string => `f${pointer.replace(/\//g, '-')}`;

export function useFaults() {
  const faults = ref<Fault[]>([]);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);
  const words = computed(() => {
    const by: Record<string, string> = {};
    for (const { pointer, detail } of faults.value) by[pointer] = by[pointer] ? `${by[pointer]} ${detail}` : detail;
    return by;
  });

  /** What is wrong with a member; '' for nothing. */
  const at = (pointer: string): string => words.value[pointer] ?? '';

  function tell(error: unknown): void {
    if (!(error instanceof Failure)) throw error;
    failure.value = error;
    faults.value = error.errors;
    void nextTick(() => document.querySelector<HTMLElement>('.faults')?.focus());
  }

  /** False: it was refused, and that is told. */
  async function run(doIt: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    [failure.value, faults.value] = [null, []];
    try {
      await doIt();
      return true;
    } catch (error) {
      tell(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { faults, failure, busy, at, run, tell };
}

/** The field of a pointer, or the one that asks for it, too, or of what it is part of, or
 * the first within it. */
export function goTo(pointer: string): void {
  let path = pointer;
  let field: HTMLElement | null = null;
  for (; path && !field; path = path.slice(0, path.lastIndexOf('/')))
    field = document.getElementById(fieldId(path)) ?? document.querySelector(`[data-also="${path}"]`) ?? document.querySelector(`[id^="${fieldId(path)}-"]`);
  field?.focus();
  field?.scrollIntoView({ block: 'center' });
}
