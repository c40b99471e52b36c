// What the roll says of institutions, and what they give: as the API names it.
export interface QualificationGiven {
  kind: string;
  level: string;
  scopes: string;
  number: string;
  issuer: string;
  valid_from: string;
  valid_until: string;
  evidence: string;
}

export interface AffiliationGiven {
  kind: string;
  holder: string;
  holder_name: string;
  person_name: string;
  person_number: string;
  share: string;
  holder_is_state: boolean;
}

export interface Defect {
  field: string;
  code: string;
  words: string;
}

export interface Registration {
  id: string;
  state: string;
  seq: number;
  uscc: string;
  name: string;
  region: string;
  kind: string | null;
  legal_representative: string | null;
  address: string | null;
  founded: string | null;
  capital_fen: number;
  presence: string | null;
  counter: string | null;
  contact_name: string | null;
  contact_phone: string | null;
  licence: string | null;
  pledge: string | null;
  qualifications: Record<string, unknown>[] | null;
  affiliations: Record<string, unknown>[] | null;
  round: number;
  submitted_at: string | null;
  due_at: string | null;
  defects: Defect[] | null;
  deemed: boolean;
  reason: string | null;
  decided_by: string | null;
}

export const newQualification = (): QualificationGiven =>
  ({ kind: '', level: '', scopes: '', number: '', issuer: '', valid_from: '', valid_until: '', evidence: '' });
export const newAffiliation = (kind = ''): AffiliationGiven =>
  ({ kind, holder: '', holder_name: '', person_name: '', person_number: '', share: '', holder_is_state: false });

/** Without what was left empty. */
export function given<T extends object>(form: T): Partial<T> {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== '' && value !== false && value !== null)) as Partial<T>;
}

const words = (text: string): string[] => text.split(/[,，、;；\n]/).map((one) => one.trim()).filter(Boolean);

export const qualificationSent = ({ scopes, ...more }: QualificationGiven): Record<string, unknown> =>
  ({ ...given(more), scopes: words(scopes) });
export function affiliationSent({ share, ...more }: AffiliationGiven): Record<string, unknown> {
  const part = Number(share);
  return { ...given(more), ...share.trim() && { share_bp: Number.isFinite(part) ? Math.round(part * 100) : share } };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const qualificationShown = (one: Record<string, unknown>): QualificationGiven => ({
  kind: text(one['kind']), level: text(one['level']), number: text(one['number']), issuer: text(one['issuer']),
  scopes: Array.isArray(one['scopes']) ? one['scopes'].join('、') : '',
  valid_from: text(one['valid_from']), valid_until: text(one['valid_until']), evidence: text(one['evidence']),
});
export const affiliationShown = (one: Record<string, unknown>): AffiliationGiven => ({
  kind: text(one['kind']), holder: text(one['holder']), holder_name: text(one['holder_name']),
  person_name: text(one['person_name']), person_number: text(one['person_number']),
  share: typeof one['share_bp'] === 'number' && one['share_bp'] > 0 ? String(one['share_bp'] / 100) : '',
  holder_is_state: one['holder_is_state'] === true,
});
