// A page for who has logged in: who he is, or the way to /login and back.
import { ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { Failure } from '../api/client';
import { me, whoami } from '../api/session';

export function useMe(then: () => Promise<void>) {
  const route = useRoute();
  const router = useRouter();
  const failure = ref<Failure | null>(null);
  const ready = ref(false);

  async function load(): Promise<void> {
    failure.value = null;
    try {
      if (!me.value && !await whoami()) {
        await router.replace({ path: '/login', query: { to: route.fullPath } });
        return;
      }
      await then();
      ready.value = true;
    } catch (error) {
      failure.value = error as Failure;
    }
  }
  void load();
  return { me, failure, ready, load };
}
