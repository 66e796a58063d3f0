import type { ModelRisk } from '../api/model-risk.ts';
import type { TermLine } from '../api/term-lines.ts';

type Status = Pick<ModelRisk['status'], 'signedTerms' | 'indicators'>;

/** The policy a model is judged under: the one that was signed, whatever it names since. */
export function policyInForce({ spec, status }: Pick<ModelRisk, 'spec' | 'status'>): string {
  return status.signedTerms.find(({ field }) => field === 'policyRef.name')?.signed ?? spec.policyRef.name;
}

/**
 * The lines with what was signed in place of what is written weaker, by what the operator says of it: the text that was signed stands in
 * decisions the caller may have no right to read.
 */
export function withHeld(lines: readonly TermLine[], { signedTerms, indicators }: Status): readonly TermLine[] {
  const ofIndicators = indicators.flatMap(({ name, signedLimit = [] }) =>
    signedLimit.map((term) => ({ ...term, field: `indicators[${name}]${term.field === 'all' ? '' : `.${term.field}`}` })),
  );
  const held = [...signedTerms, ...ofIndicators].map(({ field, signed, written }): TermLine => ({
    field,
    value: signed,
    from: 'Signed',
    instead: written,
  }));
  return [...lines.filter(({ field }) => !held.some((term) => term.field === field)), ...held];
}
