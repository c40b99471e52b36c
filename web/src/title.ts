import { watchEffect } from 'vue';
import { i18n } from './i18n';

/** The title of the document, in the language of the page. */
export function useTitle(title: () => string): void {
  watchEffect(() => {
    document.title = `${title()} · ${i18n.global.t('site')}`;
  });
}
