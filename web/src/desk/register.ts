// The form of a registration, and the body that it is.
import { fenOf } from '../money';
import {
  type AffiliationGiven, type QualificationGiven, type Registration,
  affiliationSent, affiliationShown, given, newAffiliation, qualificationSent, qualificationShown,
} from './roll';

const TEXTS = ['uscc', 'name', 'region', 'kind', 'legal_representative', 'address', 'founded', 'presence', 'counter', 'contact_name', 'contact_phone', 'licence'] as const;

export type RegisterForm = Record<typeof TEXTS[number], string> & {
  capital: string;
  pledged: boolean;
  qualifications: QualificationGiven[];
  affiliations: AffiliationGiven[];
};

export function newForm(): RegisterForm {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, ''])) as Record<typeof TEXTS[number], string>;
  return { ...texts, capital: '', pledged: false, qualifications: [], affiliations: [newAffiliation('legal-representative')] };
}

export function shownOf(from: Registration): RegisterForm {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, from[name] ?? ''])) as Record<typeof TEXTS[number], string>;
  return { ...texts, capital: from.capital_fen > 0 ? String(from.capital_fen / 100) : '', pledged: from.pledge !== null,
    qualifications: (from.qualifications ?? []).map(qualificationShown), affiliations: (from.affiliations ?? []).map(affiliationShown) };
}

/** The files that it names, each at its field. */
export const evidencesOf = (form: RegisterForm): [pointer: string, digest: string][] =>
  [['/licence', form.licence], ...form.qualifications.map(({ evidence }, i): [string, string] => [`/qualifications/${i}/evidence`, evidence])];

/** Without those: they are to be chosen again. */
export function withoutEvidence(form: RegisterForm, lost: string[]): void {
  if (lost.includes(form.licence)) form.licence = '';
  for (const one of form.qualifications)
    if (lost.includes(one.evidence)) one.evidence = '';
}

/** A sum that is none is sent as it is, so that the service says so. */
export function sentOf(form: RegisterForm, pledge: string): Record<string, unknown> {
  const { capital, pledged, qualifications, affiliations, ...texts } = form;
  const represented = affiliations.map((one) => one.kind === 'legal-representative' && !one.person_name ? { ...one, person_name: form.legal_representative } : one);
  return {
    ...given(texts), ...form.presence === 'online' && { counter: undefined },
    ...capital.trim() && { capital_fen: fenOf(capital) ?? capital }, ...pledged && { pledge },
    qualifications: qualifications.map(qualificationSent), affiliations: represented.map(affiliationSent),
  };
}
