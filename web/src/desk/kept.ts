// What somebody types is kept in this tab until it is sent: a page that is loaded anew
// has it again.
import { type Ref, watch } from 'vue';

export function useKept<T extends object>(name: string, form: Ref<T>): { restored: boolean; forget: () => void } {
  const key = `kleroterion.form.${name}`;
  let restored = false;
  try {
    const text = sessionStorage.getItem(key);
    if (text) {
      Object.assign(form.value, JSON.parse(text) as T);
      restored = true;
    }
  } catch {
    // No storage: then it is kept in the page alone.
  }
  watch(form, (value) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // as above
    }
  }, { deep: true });
  function forget(): void {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // as above
    }
  }
  return { restored, forget };
}
