// A list of what one works on: loaded, acted on, loaded anew.
import { type Ref, ref } from 'vue';
import { all, post } from '../api/session';
import { useFaults } from './faults';

interface Row {
  id: string;
  seq: number;
}

export function useRows<T extends Row>(path: () => string) {
  const rows = ref([]) as Ref<T[]>;
  const ready = ref(false);
  const told = useFaults();
  async function load(): Promise<void> {
    rows.value = await all<T>(path());
    ready.value = true;
  }
  void load().catch(told.tell);

  /** True: it is done, and the list shows it. */
  const act = (base: string, one: Row, name: string, body: unknown = {}): Promise<boolean> => told.run(async () => {
    await post(`${base}/${one.id}/${name}`, body, one.seq);
    await load();
  });
  return { rows, ready, load, act, ...told };
}
