// Times as klero/1 writes them (protocol §2): `YYYY-MM-DDTHH:MM:SSZ`, real
// Gregorian dates, whole seconds without leap seconds.

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysOf(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : DAYS[month - 1] ?? 0;
}

/** Days from 1970-01-01 to the first of a year. */
function daysBefore(year: number): number {
  const last = year - 1;
  const leaps = Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400);
  return 365 * (year - 1970) + leaps - 477;
}

/** Seconds since 1970-01-01T00:00:00Z; undefined when it is no such time: there
 * is no year 0. */
export function parseTime(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as
    [number, number, number, number, number, number];
  if (year < 1 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  let days = daysBefore(year) + day - 1;
  for (let m = 1; m < month; m++) days += daysOf(year, m);
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

/** The one text of a time between the years 1 and 9999. */
export function formatTime(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year) > days) year--;
  while (daysBefore(year + 1) <= days) year++;
  let day = days - daysBefore(year);
  let month = 1;
  while (day >= daysOf(year, month)) day -= daysOf(year, month++);
  const rest = seconds - days * 86400;
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day + 1)}`;
  return `${date}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}
