// What is chosen on a page stands in its address.
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
