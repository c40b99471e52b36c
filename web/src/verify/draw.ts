// Tickets, ranks and roles: protocol §2, seed.txt and result.txt.
import { sha256 } from '@noble/hashes/sha2';
import { compareText, toHex, utf8 } from './bytes';
import type { Declare } from './declare';
import type { Rank } from './outcome';
import type { Entry } from './roster';

function smaller(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return false;
}

/** T(e), the smallest of an entry's tickets. All tickets of a draw begin alike,
 * so `prefix` has hashed that part already. */
function ticketOf({ id, weight }: Entry, prefix: ReturnType<typeof sha256.create>): string {
  let least: Uint8Array | undefined;
  for (let unit = 1; unit <= weight; unit++) {
    const ticket = prefix.clone().update(utf8(`entry ${id}\nunit ${unit}\n`)).digest();
    if (!least || smaller(ticket, least)) least = ticket;
  }
  return toHex(least!);
}

function roleOf(index: number, { count, alternates }: Declare['select']): string {
  if (index < count) return 'selected';
  return index < count + alternates ? `alternate-${index - count + 1}` : 'not-selected';
}

/** Every entry in rank; `seed` is S. */
export function rank(entries: Entry[], select: Declare['select'], seed: string): Rank[] {
  const prefix = sha256.create().update(utf8(`klero/1 ticket\nseed ${seed}\n`));
  return entries
    .map((entry) => ({ ticket: ticketOf(entry, prefix), id: entry.id }))
    .sort((a, b) => compareText(a.ticket, b.ticket) || compareText(a.id, b.id))
    .map((one, index) => ({ ...one, role: roleOf(index, select) }));
}
