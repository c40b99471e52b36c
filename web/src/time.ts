// Times as people here read them: Beijing time, the same for everybody.
const AHEAD_MS = 8 * 3600 * 1000;

/** `2026-01-05 08:00:00`, whatever the zone of the reader; '' for no time. */
export function beijing(time: string | null): string {
  if (!time) return '';
  return new Date(Date.parse(time) + AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** What is left, as hours, minutes and seconds, and days before them. */
export function split(ms: number): { days: number; clock: string } {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = seconds % 86400;
  return {
    days: Math.floor(seconds / 86400),
    clock: `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`,
  };
}
