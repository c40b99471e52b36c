// The pass `after` (protocol §2): replacements, in order, and the annulment.
import { type Attempt, replaceStem, type Whole } from './attempt';
import { fromHex } from './bytes';
import { verifySignature } from './ed25519';
import type { Annul } from './outcome';

type Approvals = Annul['approvals'];

/** Each signs all bytes before its line: those of the approvers before it, too. */
function checkApprovals(attempt: Attempt, { declare }: Whole, file: string, first: number, approvals: Approvals): void {
  const bytes = attempt.files.get(file)!;
  let last = -1;
  approvals.forEach(({ party, signature, until }, i) => {
    const place = declare.parties.findIndex(({ id }) => id === party);
    const key = declare.parties[place]?.key;
    if (place <= last) attempt.find('approve-party', file, first + i);
    last = Math.max(last, place);
    if (key && !verifySignature(key, bytes.subarray(0, until), fromHex(signature))) {
      attempt.find('approve-signature', file, first + i);
    }
  });
}

/** Who is selected after the replacements, and who was and why not any more. */
export interface Standing {
  selected: Set<string>;
  gone: Map<string, string>;
}

/** The alternates by rank, as result.txt has them. */
function alternatesOf({ result }: Whole): string[] {
  return result?.ranks.filter(({ role }) => role.startsWith('alternate-')).map(({ id }) => id) ?? [];
}

/** Whoever comes wrongly, the next in rank is taken to have come. */
export function checkAfter(attempt: Attempt, texts: Whole): Standing {
  const { result, replaces, annul } = texts;
  const alternates = alternatesOf(texts);
  const selected = new Set(result?.ranks.filter(({ role }) => role === 'selected').map(({ id }) => id));
  const gone = new Map<string, string>();
  replaces.forEach((replace, i) => {
    const file = `${replaceStem(i + 1)}.txt`;
    const next = alternates[0] ?? null;
    if (!selected.delete(replace.out)) attempt.find('replace-out', file, 3);
    if (replace.in !== next) attempt.find('replace-in', file, 4);
    gone.set(replace.out, replace.reason);
    // Whoever comes, it should have been the next one; he waits on while nobody comes.
    if (replace.in !== null && next !== null) selected.add(alternates.shift()!);
    checkApprovals(attempt, texts, file, 7, replace.approvals);
  });
  if (annul) checkApprovals(attempt, texts, 'annul.txt', 5, annul.approvals);
  return { selected, gone };
}
