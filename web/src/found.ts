import type { CatalogueCategory } from './api/roll';

/** As ?q= of /v1/categories and /v1/markets: each word is in one of these texts. */
export function isSaidOf(words: string, { id, service, approval_item, authority, basis }: CatalogueCategory): boolean {
  const texts = [id, service, approval_item, authority, basis].map((text) => (text ?? '').toUpperCase());
  return words.toUpperCase().split(/\s+/).every((word) => texts.some((text) => text.includes(word)));
}
