import { targetKindOf } from '../core/model/target.ts';
import { parseMitigationPlan } from './mitigation-plan.ts';
import { parsePlanSnapshot } from './plan-snapshot.ts';
import { toPlanSnapshot } from './plan-to-core.ts';

/** Of a plan that runs jobs. */
export const jobKind = 'Job';

interface StatusOfPlan {
  readonly targets?: readonly { readonly ref?: { readonly kind?: string } }[];
  readonly remediations?: readonly object[];
}

/** Kinds of targets a stored plan acts on: as it is written, and as its engagement began. */
export function kindsNamed(plan: unknown): ReadonlySet<string> {
  const parsed = parseMitigationPlan(plan);
  const snapshot = parsed.ok ? toPlanSnapshot(parsed.value) : null;
  const { targets = [], remediations = [] } = (plan as { readonly status?: StatusOfPlan }).status ?? {};
  const jobs = [...(snapshot?.jobs ?? []), ...remediations].map(() => jobKind);
  return new Set<string>([...(snapshot?.targets ?? []).map(targetKindOf), ...targets.flatMap(({ ref }) => ref?.kind ?? []), ...jobs]);
}

interface EngagementOfIncident {
  readonly spec?: { readonly snapshot?: unknown };
  readonly status?: { readonly closedAt?: string };
}

/** Kinds of targets that may be held by what an incident is the record of; none once that is over. */
export function kindsRecorded(incident: unknown): ReadonlySet<string> {
  const { spec, status } = incident as EngagementOfIncident;
  if (spec?.snapshot === undefined || status?.closedAt !== undefined) return new Set();
  const snapshot = parsePlanSnapshot(spec.snapshot);
  if (!snapshot.ok || snapshot.value.mode === 'Observe') return new Set();
  return new Set(snapshot.value.targets.map(targetKindOf));
}
