// Money is counted in fen; people read yuan.
const OPEN = Number.MAX_SAFE_INTEGER; // of a listing without an upper limit

export function yuan(fen: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: fen % 100 === 0 ? 0 : 2, maximumFractionDigits: 2 }).format(fen / 100);
}

export function isOpen(fen: number): boolean {
  return fen >= OPEN;
}

/** Whole fen of what somebody typed, or null. */
export function fenOf(text: string): number | null {
  const read = /^(\d{1,11})(?:\.(\d{1,2}))?$/.exec(text.trim());
  return read ? Number(read[1]) * 100 + Number((read[2] ?? '').padEnd(2, '0')) : null;
}
