// An entry of the log: protocol §7.
import { isHex } from './bytes';
import { hasExactly, isInteger, isObject, type Json, type JsonObject, parseJson } from './json';
import { FormError, isToken } from './text';
import { parseTime } from './time';

export interface Leaf {
  at: number;
  data: JsonObject;
  id: string;
  kind: string;
  seq: number;
  /** `-` of a sealed entry, whose `by` is empty. */
  subject: string;
  anonymous: boolean;
}

const LEAF_MAX = 65_535;

/** Whoever brings what proves itself is org `-`. */
function isBy(by: Json | undefined): boolean {
  if (!isObject(by)) return false;
  const org = by.get('org');
  const role = by.get('role');
  return by.size === 0 || hasExactly(by, ['org', 'role']) && typeof org === 'string' && (org === '-' || isToken(org)) &&
    typeof role === 'string' && isToken(role);
}

function token(value: Json | undefined): string | undefined {
  return typeof value === 'string' && isToken(value) ? value : undefined;
}

const MEMBERS = ['at', 'by', 'data', 'id', 'kind', 'seq', 'subject', 'v'];

/** Throws FormError. */
export function parseLeaf(bytes: Uint8Array): Leaf {
  const broken = (): never => {
    throw new FormError(1, 'not an entry of a log');
  };
  const leaf = (bytes.length <= LEAF_MAX ? parseJson(bytes) : undefined) ?? broken();
  const at = leaf.get('at');
  const id = leaf.get('id');
  const data = leaf.get('data');
  const seq = leaf.get('seq');
  const kind = token(leaf.get('kind')) ?? broken();
  const by = leaf.get('by');
  const subject = leaf.get('subject') === '-' ? '-' : token(leaf.get('subject')) ?? broken();
  const time = (typeof at === 'string' ? parseTime(at) : undefined) ?? broken();
  if (!hasExactly(leaf, MEMBERS) || leaf.get('v') !== 1) broken();
  if (typeof id !== 'string' || !isHex(id, 16) || !isBy(by)) return broken();
  if (!isObject(data) || !isInteger(seq, 0, Number.MAX_SAFE_INTEGER)) return broken();
  return { at: time, data, id, kind, seq, subject, anonymous: isObject(by) && by.size === 0 };
}
