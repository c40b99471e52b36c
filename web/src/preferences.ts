// What a reader has chosen: language, colours, large type. Kept in his browser.
import { reactive, watchEffect } from 'vue';
import { type Locale, setLocale } from './i18n';

export type Theme = 'auto' | 'light' | 'dark' | 'contrast';
/** Per cent of the size of type; 125 and 150 are 关怀版. */
export type Care = '100' | '125' | '150';

export interface Preferences {
  locale: Locale;
  theme: Theme;
  care: Care;
}

const KEY = 'kleroterion';
const THEMES: Theme[] = ['auto', 'light', 'dark', 'contrast'];
const CARES: Care[] = ['100', '125', '150'];

function oneOf<T extends string>(value: unknown, all: T[], otherwise: T): T {
  return all.find((one) => one === value) ?? otherwise;
}

function load(): Preferences {
  let kept: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as typeof kept;
  } catch {
    // No storage, or not ours: then the defaults.
  }
  return {
    locale: oneOf<Locale>(kept.locale, ['zh-CN', 'en'], 'zh-CN'),
    theme: oneOf(kept.theme, THEMES, 'auto'),
    care: oneOf(kept.care, CARES, '100'),
  };
}

export const preferences = reactive(load());

/** Once, when the page begins: from then on what is chosen shows. */
export function applyPreferences(): void {
  watchEffect(() => {
    const root = document.documentElement;
    root.dataset['theme'] = preferences.theme;
    root.dataset['care'] = preferences.care;
    void setLocale(preferences.locale);
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // It holds until the page is closed.
    }
  });
}
