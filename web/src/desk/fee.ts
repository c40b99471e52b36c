// Fee schedules: as they are typed, as they are sent (lib/kl_fee_json.h), as words.
import { i18n } from '../i18n';
import { fenOf, yuan } from '../money';

export const UNITS = ['item', 'visit', 'sample', 'point', 'person-day', 'square-metre', 'mu', 'kilometre', 'investment'] as const;
export const FORMULAS = ['flat', 'linear', 'staged', 'table'] as const;
export const BRACKETS_MAX = 32;

/** What a quantity is counted in: thousandths of what is measured, fen of money. */
const SCALES: Record<string, number> = { 'person-day': 1000, 'square-metre': 1000, mu: 1000, kilometre: 1000, investment: 100 };
const scaleOf = (unit: string): number => SCALES[unit] ?? 1;
/** A rate is in millionths of a fen for one unit; of an investment in parts of a million. */
const rateScale = (unit: string): number => (unit === 'investment' ? 1e4 : 1e8);

export interface Bracket {
  above: string;
  price: string;
}
export interface FeeForm {
  unit: string;
  formula: string;
  base: string;
  brackets: Bracket[];
  discount: string;
  min: string;
  max: string;
}
export interface Fee {
  unit: string;
  formula: string;
  base_fen?: number;
  brackets?: { above: number; rate?: number; fee_fen?: number }[];
  discount_bp?: number;
  min_fen?: number;
  max_fen?: number | null;
}

export const newFee = (): FeeForm => ({ unit: '', formula: '', base: '', brackets: [{ above: '0', price: '' }], discount: '', min: '', max: '' });

/** A number of what was typed; what is none is sent as it is, so that the service says so. */
function scaled(typed: string, by: number): number {
  const value = Number(typed.trim() || '0') * by;
  return (Number.isFinite(value) ? Math.round(value) : typed) as number;
}
const money = (typed: string): number => (typed.trim() ? fenOf(typed) ?? typed : 0) as number;

export function feeSent(form: FeeForm): Fee | undefined {
  const { unit, formula } = form;
  if (!unit || !formula) return undefined;
  const rows = formula === 'flat' ? [] : formula === 'linear' ? form.brackets.slice(0, 1) : form.brackets;
  return {
    unit, formula, base_fen: money(form.base), discount_bp: scaled(form.discount, 100), min_fen: money(form.min),
    brackets: rows.map(({ above, price }, i) => ({ above: i === 0 ? 0 : scaled(above, scaleOf(unit)),
      ...formula === 'table' ? { fee_fen: money(price) } : { rate: scaled(price, rateScale(unit)) } })),
    ...form.max.trim() && { max_fen: money(form.max) },
  };
}

const typed = (value: number | null | undefined, by: number): string => (value ? String(Number((value / by).toFixed(8))) : '');
export function feeShown(fee: Fee | null): FeeForm {
  if (!fee) return newFee();
  const brackets = (fee.brackets ?? []).map((one) => ({ above: typed(one.above, scaleOf(fee.unit)) || '0',
    price: fee.formula === 'table' ? typed(one.fee_fen, 100) : typed(one.rate, rateScale(fee.unit)) }));
  return { unit: fee.unit, formula: fee.formula, base: typed(fee.base_fen, 100), discount: typed(fee.discount_bp, 100),
    min: typed(fee.min_fen, 100), max: typed(fee.max_fen, 100), brackets: brackets.length > 0 ? brackets : newFee().brackets };
}

/** As a sentence, for whoever will pay it. */
export function feeWords(fee: Fee | undefined | null): string {
  const { t, locale } = i18n.global;
  const sum = (fen: number | undefined | null): string => (Number.isFinite(fen) ? yuan(fen ?? 0, locale.value) : '?');
  if (!fee) return '';
  const unit = t(`unit.${fee.unit}`);
  const number = (value: number | undefined, by: number): string => (Number.isFinite(value)
    ? new Intl.NumberFormat(locale.value, { maximumFractionDigits: 8 }).format((value ?? 0) / by) : '?');
  const price = (one: { rate?: number; fee_fen?: number }): string => (fee.formula === 'table' ? t('fee.sum', { sum: sum(one.fee_fen) })
    : fee.unit === 'investment' ? t('fee.percent', { n: number(one.rate, rateScale(fee.unit)) })
      : t('fee.each', { unit, sum: number(one.rate, rateScale(fee.unit)) }));
  const amount = (value: number): string => t(`amount.${fee.unit}`, { n: number(value, scaleOf(fee.unit)) });
  const rows = fee.brackets ?? [];
  const range = (i: number): string => {
    const [from, to] = [rows[i]?.above ?? 0, rows[i + 1]?.above];
    return to === undefined ? (i === 0 ? t('fee.any') : t('fee.over', { from: amount(from) }))
      : i === 0 ? t('fee.upTo', { to: amount(to) }) : t('fee.between', { from: amount(from), to: amount(to) });
  };
  const parts: string[] = [];
  if (fee.formula === 'flat') parts.push(t('fee.flat', { sum: sum(fee.base_fen) }));
  else if (fee.base_fen) parts.push(t('fee.base', { sum: sum(fee.base_fen) }));
  if (fee.formula === 'linear' && rows[0]) parts.push(price(rows[0]));
  else rows.forEach((one, i) => parts.push(t(`fee.${fee.formula}`, { range: range(i), price: price(one) })));
  if (fee.discount_bp) parts.push(t('fee.discount', { n: number(fee.discount_bp, 100) }));
  if (fee.min_fen) parts.push(t('fee.least', { sum: sum(fee.min_fen) }));
  parts.push(fee.max_fen ? t('fee.most', { sum: sum(fee.max_fen) }) : fee.formula === 'flat' ? '' : t('fee.open'));
  return parts.filter(Boolean).join(t('fee.join'));
}
