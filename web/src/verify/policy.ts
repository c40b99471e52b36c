// What the verifier enforces of a policy (protocol §2): its `draw` object.
import { isInteger, isObject, type Json, type JsonObject } from './json';
import { isPartyId, isToken } from './text';

export interface Template {
  alphabet: string;
  length: number;
}

export interface Policy {
  beacons: string[];
  reason: string | null;
  delayMin: number;
  entrantsMin: number;
  requiredParties: string[];
  weightMax: number;
  alternatesMax: number;
  templates: Map<string, Template>;
  quorum: number;
}

const KINDS = ['drand', 'nist', 'public', 'none'];
const PARTIES_MAX = 16;

/** Texts that are all of a kind, none twice; a draw has no use for more than it can
 * have parties. */
function strings(value: Json | undefined, holds: (text: string) => boolean): string[] | undefined {
  if (!Array.isArray(value) || value.length > PARTIES_MAX) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string' && holds(item));
  return texts.length === value.length && new Set(texts).size === texts.length ? texts : undefined;
}

function natural(value: Json | undefined): number | undefined {
  return isInteger(value, 0, Number.MAX_SAFE_INTEGER) ? value : undefined;
}

function parseTemplate(value: Json): Template | undefined {
  if (!isObject(value)) return undefined;
  const alphabet = value.get('alphabet');
  const length = value.get('length');
  if (typeof alphabet !== 'string' || !/^[\x21-\x7e]+$/.test(alphabet)) return undefined;
  if (new Set(alphabet).size !== alphabet.length || !isInteger(length, 1, Number.MAX_SAFE_INTEGER)) return undefined;
  return { alphabet, length };
}

function parseTemplates(value: Json | undefined): Map<string, Template> | undefined {
  const templates = new Map<string, Template>();
  if (!isObject(value)) return undefined;
  for (const [name, member] of value) {
    const template = parseTemplate(member);
    if (!template || !isToken(name)) return undefined;
    templates.set(name, template);
  }
  return templates;
}

/** undefined when a member that is enforced is missing or has another form. */
export function parsePolicy(policy: JsonObject): Policy | undefined {
  const draw = policy.get('draw');
  if (!isObject(draw)) return undefined;
  const reason = draw.get('level_c_reason');
  const beacons = strings(draw.get('beacons'), (kind) => KINDS.includes(kind));
  const requiredParties = strings(draw.get('required_parties'), isPartyId);
  const templates = parseTemplates(draw.get('templates'));
  const delayMin = natural(draw.get('delay_min_s'));
  const entrantsMin = natural(draw.get('min_entrants'));
  const weightMax = natural(draw.get('weight_max'));
  const alternatesMax = natural(draw.get('alternates_max'));
  const quorum = natural(draw.get('quorum'));
  if (reason !== null && typeof reason !== 'string') return undefined;
  if (!beacons || !requiredParties || !templates) return undefined;
  if (delayMin === undefined || entrantsMin === undefined || weightMax === undefined) return undefined;
  if (alternatesMax === undefined || quorum === undefined) return undefined;
  return {
    beacons, reason, delayMin, entrantsMin, requiredParties, weightMax, alternatesMax, templates, quorum,
  };
}

/** Has a value of this template at least 2^64 possibilities? */
export function isHighEntropy({ alphabet, length }: Template): boolean {
  return alphabet.length > 1 && BigInt(alphabet.length) ** BigInt(Math.min(length, 64)) >= 2n ** 64n;
}

/** Is it made of the template's alphabet, and of its length? */
export function fits(value: string, { alphabet, length }: Template): boolean {
  return value.length === length && Array.from(value).every((byte) => alphabet.includes(byte));
}
