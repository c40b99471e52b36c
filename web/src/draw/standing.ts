// Who is selected now: the ranks as computed, and the replacements since.
import type { Facts, Ranked } from './facts';

export interface Standing {
  winners: Ranked[];
  alternates: Ranked[];
  left: Ranked[];
  /** By who left: why, and who came for him. */
  gone: Map<string, Facts['replaced'][number]>;
  came: Set<string>;
}

export function standingOf(facts: Facts | null): Standing {
  const ranks = facts?.ranks ?? [];
  const replaced = facts?.replaced ?? [];
  const gone = new Map(replaced.map((one) => [one.out, one]));
  const came = new Set(replaced.flatMap((one) => one.in ?? []));
  return {
    gone, came,
    winners: ranks.filter(({ id, role }) => !gone.has(id) && (role === 'selected' || came.has(id))),
    alternates: ranks.filter(({ id, role }) => role.startsWith('alternate') && !came.has(id) && !gone.has(id)),
    left: ranks.filter(({ id }) => gone.has(id)),
  };
}
