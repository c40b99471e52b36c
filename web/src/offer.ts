// What is offered, for which fee, in how many days: in words.
import type { Fee } from './api/roll';
import { i18n, worded } from './i18n';
import { isOpen, yuan } from './money';

const t = (key: string, places: Record<string, unknown> = {}): string => i18n.global.t(key, places);
const locale = (): string => i18n.global.locale.value;
const number = (n: number): string => new Intl.NumberFormat(locale(), { maximumFractionDigits: 4 }).format(n);

export function days(n: number, unit: string | null): string {
  return unit === 'day' ? t('offer.day', { n }) : t('offer.workday', { n });
}

export function money(fen: number): string {
  return t('offer.yuan', { n: yuan(fen, locale()) });
}

export function range(from: number, to: number): string {
  if (isOpen(to)) return t('offer.open', { from: yuan(from, locale()) });
  return from === to ? money(from) : t('offer.range', { from: yuan(from, locale()), to: yuan(to, locale()) });
}

/** So much of a unit: 10 亩, 1,000 万元. What is measured counts in whole units here. */
export function quantity(n: number, unit: string): string {
  return unit === 'investment' ? money(n) : t('offer.of', { n: number(n), unit: worded('counted', unit) });
}

export const percent = (bp: number): string => t('offer.percent', { n: number(bp / 100) });

const MEASURED = ['person-day', 'square-metre', 'mu', 'kilometre'];

function rate(millionths: number, unit: string): string {
  if (unit === 'investment') return t('offer.percent', { n: number(millionths / 10_000) });
  return t('offer.each', { fee: money(millionths / 1_000_000), unit: worded('unit', unit) });
}

/** A fee schedule, sentence by sentence. */
export function schedule(fee: Fee): string[] {
  const { unit, brackets = [], base_fen: base = 0, discount_bp: off = 0, min_fen: least = 0, max_fen: most } = fee;
  const scale = MEASURED.includes(unit) ? 1000 : 1;
  const lines = [t('offer.by', { unit: worded('unit', unit), formula: worded('formula', fee.formula) })];
  if (base > 0) lines.push(t('offer.base', { fee: money(base) }));
  for (const { above, rate: millionths, fee_fen: fen } of brackets) {
    const is = fen === undefined ? rate(millionths ?? 0, unit) : money(fen);
    lines.push(brackets.length === 1 && above === 0 ? t('offer.rate', { rate: is })
      : t('offer.above', { above: quantity(above / scale, unit), rate: is }));
  }
  if (off > 0) lines.push(t('offer.discount', { off: percent(off) }));
  if (least > 0) lines.push(t('offer.atLeast', { fee: money(least) }));
  if (typeof most === 'number' && !isOpen(most)) lines.push(t('offer.atMost', { fee: money(most) }));
  return lines;
}
