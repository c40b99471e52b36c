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

/** What a quantity is counted in: thousandths of what is measured, fen of money. */
const SCALES: Record<string, number> = { 'person-day': 1000, 'square-metre': 1000, mu: 1000, kilometre: 1000, investment: 100 };
export const scaleOf = (unit: string): number => SCALES[unit] ?? 1;
/** A rate is in millionths of a fen for one unit; of an investment in parts of a million. */
export const rateScale = (unit: string): number => (unit === 'investment' ? 10_000 : 100_000_000);

/** A fee schedule, sentence by sentence: to whoever offers it as to whoever will pay it.
 * What is not a number yet is a question mark. */
export function schedule(fee: Fee): string[] {
  const { unit, formula, brackets: rows = [] } = fee;
  const say = (key: string, places: Record<string, unknown> = {}): string => t(`schedule.${key}`, places);
  const exact = (value: number | undefined, by: number): string => (Number.isFinite(value)
    ? new Intl.NumberFormat(locale(), { maximumFractionDigits: 8 }).format((value ?? 0) / by) : '?');
  const sum = (fen: number | undefined | null): string => (Number.isFinite(fen) ? yuan(fen ?? 0, locale()) : '?');
  const price = (one: { rate?: number; fee_fen?: number }): string => (formula === 'table' ? say('sum', { sum: sum(one.fee_fen) })
    : say(unit === 'investment' ? 'percent' : 'each', { unit: worded('unit', unit), n: exact(one.rate, rateScale(unit)), sum: exact(one.rate, rateScale(unit)) }));
  const amount = (value: number): string => t(`amount.${unit}`, { n: exact(value, scaleOf(unit)) });
  const span = (i: number): string => {
    const [from, to] = [rows[i]?.above ?? 0, rows[i + 1]?.above];
    if (to === undefined) return i === 0 ? say('any') : say('over', { from: amount(from) });
    return i === 0 ? say('upTo', { to: amount(to) }) : say('between', { from: amount(from), to: amount(to) });
  };
  const lines = [t('offer.by', { unit: worded('unit', unit), formula: worded('formula', formula) })];
  if (formula === 'flat') lines.push(say('flat', { sum: sum(fee.base_fen) }));
  else if (fee.base_fen) lines.push(say('base', { sum: sum(fee.base_fen) }));
  if (formula === 'linear' && rows[0]) lines.push(price(rows[0]));
  else rows.forEach((one, i) => lines.push(say(formula, { range: span(i), price: price(one) })));
  if (fee.discount_bp) lines.push(say('discount', { n: exact(fee.discount_bp, 100) }));
  if (fee.min_fen) lines.push(say('least', { sum: sum(fee.min_fen) }));
  if (fee.max_fen && !isOpen(fee.max_fen)) lines.push(say('most', { sum: sum(fee.max_fen) }));
  else if (formula !== 'flat') lines.push(say('open'));
  return lines;
}
