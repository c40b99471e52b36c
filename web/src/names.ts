// What regions and categories are called, asked for once in a page's life.
import { ref } from 'vue';
import { type CatalogueCategory, getAll } from './api/roll';
import type { Region } from './api/types';
import { i18n } from './i18n';

export const regions = ref<Region[]>([]);
export const categories = ref<CatalogueCategory[]>([]);

let asked = false;
/** A name that cannot be had is shown as its code. */
export function needNames(): void {
  if (asked) return;
  asked = true;
  const lost = (): void => { asked = false; };
  getAll<Region>('/v1/regions').then((all) => { regions.value = all; }, lost);
  getAll<CatalogueCategory>('/v1/categories').then((all) => { categories.value = all; }, lost);
}

export function regionName(id: string): string {
  const region = regions.value.find((one) => one.id === id);
  return (i18n.global.locale.value === 'en' ? region?.name_en : region?.name) ?? id;
}

export function serviceName(code: string): string {
  return categories.value.find((one) => one.id === code)?.service ?? code;
}
