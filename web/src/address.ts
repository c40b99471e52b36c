// What is chosen on a page stands in its address.
import { computed, type ComputedRef, ref, type Ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useAddress(): { word: (name: string) => string; go: (change: Record<string, string>) => void; rest: () => string } {
  const route = useRoute();
  const router = useRouter();
  return {
    word(name) {
      const value = route.query[name];
      return typeof value === 'string' ? value : '';
    },
    go(change) {
      const query = { ...route.query, ...change };
      void router.push({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value)) });
    },
    rest: () => route.fullPath.slice(route.path.length),
  };
}

/** A form that narrows a list down, `q` its words: what is typed is asked for when it is
 * sent, and is again as in the address when that changes. */
export function useFilters(names: string[]): { draft: Ref<Record<string, string>>; find: () => void; filtered: ComputedRef<boolean> } {
  const { word, go } = useAddress();
  const draft = ref<Record<string, string>>({});
  watch(() => names.map(word).join('\n'), () => { draft.value = Object.fromEntries(names.map((name) => [name, word(name)])); }, { immediate: true });
  return {
    draft,
    find: () => go({ ...draft.value, q: (draft.value['q'] ?? '').trim(), cursor: '' }),
    filtered: computed(() => names.some((name) => word(name))),
  };
}
