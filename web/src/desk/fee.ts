// Fee schedules: as they are typed, as they are sent (lib/kl_fee_json.h).
import type { Fee } from '../api/roll';
import { i18n } from '../i18n';
import { fenOf } from '../money';
import { rateScale, scaleOf, schedule } from '../offer';

export const UNITS = ['item', 'visit', 'sample', 'point', 'person-day', 'square-metre', 'mu', 'kilometre', 'investment'] as const;
export const FORMULAS = ['flat', 'linear', 'staged', 'table'] as const;
export const BRACKETS_MAX = 32;

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

/** As whoever will pay it reads it. */
export const feeWords = (fee: Fee | undefined | null): string => (fee ? schedule(fee).join(i18n.global.t('fee.join')) : '');
