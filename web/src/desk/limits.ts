// How long there is until something is due, in words.
import { useI18n } from 'petite-vue-i18n';
import { serviceNow } from '../api/client';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export type Urgency = 'late' | 'soon' | 'near' | 'far';

export function urgencyOf(due: string | null): Urgency {
  const left = due ? Date.parse(due) - serviceNow() : Infinity;
  return left <= 0 ? 'late' : left <= DAY_MS ? 'soon' : left <= 3 * DAY_MS ? 'near' : 'far';
}

export function useLimits() {
  const { t } = useI18n();
  const left = (due: string | null): string => {
    if (!due) return t('desk.noLimit');
    const ms = Date.parse(due) - serviceNow();
    if (ms <= 0) return t('desk.overdue');
    return ms < 2 * DAY_MS ? t('desk.hoursLeft', { n: Math.ceil(ms / HOUR_MS) }) : t('desk.daysLeft', { n: Math.floor(ms / DAY_MS) });
  };
  return { left };
}

/** Days from today to the last day of something, by Beijing's day. */
export function daysTo(date: string): number {
  const today = Math.floor((serviceNow() + 8 * HOUR_MS) / DAY_MS);
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS) - today;
}
