// Chinese first; the rest is fetched when somebody asks for it: English, and the
// words of a page with the page.
import { type PathValue, registerMessageResolver } from '@intlify/core-base';
import { createI18n } from 'petite-vue-i18n';
import common from './common.zh-CN.json';

export type Locale = 'zh-CN' | 'en';
/** Whose words a page needs: PART.zh-CN.json and PART.en.json. */
export type Part = 'common' | 'draws' | 'draw' | 'shop' | 'verify';

type Words = Record<string, unknown>;
type Load = () => Promise<{ default: Words }>;

// One part is a pair of files beside this one.
const LOADERS = import.meta.glob(['./*.json', '!./common.zh-CN.json']) as Partial<Record<string, Load>>;

/** A key is a path, `draw.status`: what it leads to, or null. */
function wordsAt(words: unknown, path: string): PathValue {
  return path.split('.').reduce<unknown>((tree, name) => (tree as Words | null)?.[name] ?? null, words) as PathValue;
}
registerMessageResolver(wordsAt);

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  missingWarn: false,
  fallbackWarn: false,
  messages: { 'zh-CN': common },
});

const loaded = new Set<string>(['zh-CN common']);
const needed = new Set<Part>(['common']);
let wanted: Locale = 'zh-CN';

async function load(locale: Locale, part: Part): Promise<void> {
  if (loaded.has(`${locale} ${part}`)) return;
  const words = (await LOADERS[`./${part}.${locale}.json`]?.())?.default ?? {};
  i18n.global.mergeLocaleMessage(locale, words);
  loaded.add(`${locale} ${part}`);
}

/** The last one that was asked for shows, whichever is fetched first. */
export async function setLocale(locale: Locale): Promise<void> {
  wanted = locale;
  await Promise.all(Array.from(needed, (part) => load(locale, part)));
  if (wanted !== locale) return;
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
}

/** Before a page shows that uses the words of `part`. */
export async function needWords(part: Part): Promise<void> {
  needed.add(part);
  await setLocale(wanted);
}

/** What people read for a code; the code itself if it has no words. */
export function worded(of: string, code: string): string {
  const { locale, t } = i18n.global;
  const messages: Partial<Record<string, unknown>> = i18n.global.messages.value;
  return wordsAt(messages[locale.value], `${of}.${code}`) === null ? code : t(`${of}.${code}`);
}

/** The parties by what people call them, one after the other. */
export function named(parties: string[]): string {
  return parties.map((id) => worded('party', id)).join(i18n.global.t('comma'));
}
