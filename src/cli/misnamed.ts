import type { ModelRisk } from '../api/model-risk.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { taxonomyOf } from '../api/taxonomy.ts';
import type { ActCommand } from './act-command.ts';
import { nearest } from './nearest.ts';

/** Decisions are for ever: a name that was mistyped would count for nothing, or for something else, and nobody would hear of it. */
function mistyped(given: string, known: readonly string[]): string | null {
  return known.includes(given) ? null : nearest(given, known);
}

/** Null: the role is one of those that have to sign, or the status does not say who has to. */
export function foreignRole({ metadata, status }: ModelRisk, role: string): string | null {
  const asked = [...new Set([...status.missingSignOffs, ...status.signOffs.map((each) => each.role)])];
  if (asked.length === 0 || asked.includes(role)) return null;
  const near = nearest(role, asked);
  const where = `ModelRisk ${metadata.namespace ?? ''}/${metadata.name}`;
  return `${where} is to be signed in role ${asked.join(', ')}; in role ${role} a sign-off would count for nothing${near === null ? '' : `, did you mean ${near}?`}`;
}

/** Refuses what is all but a known one. Another one opens an incident that says what it misses. Policy null: it can't be read. */
export function mistypedCategory({ body }: ActCommand, { spec }: ModelRisk, policy: RiskPolicy | null): string | null {
  const { category } = (body['report'] ?? {}) as { readonly category?: string };
  const listed = policy === null ? [] : taxonomyOf(policy.spec);
  const known = [...new Set([...listed, ...spec.risks.map((risk) => risk.category)])];
  const near = category === undefined ? null : mistyped(category, known);
  return near === null
    ? null
    : `--category ${category ?? ''} is no category of the policy or the model; did you mean ${near}? Duties and runbooks go by it`;
}

/** A report under another name is on record and files no deadline. */
export function mistypedReporting({ body }: ActCommand, { status }: RiskIncident): string | null {
  const { reporting } = (body['filed'] ?? {}) as { readonly reporting?: string };
  const near =
    reporting === undefined
      ? null
      : mistyped(
          reporting,
          status.deadlines.map(({ name }) => name),
        );
  return near === null
    ? null
    : `--reporting ${reporting ?? ''} is no duty of this incident and would file no deadline; did you mean ${near}?`;
}
