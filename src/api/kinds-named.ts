import { parseMitigationPlan } from './mitigation-plan.ts';
import { toPlanSnapshot } from './plan-to-core.ts';

/** Kinds of targets a stored plan acts on: as it is written, and as its engagement began. */
export function kindsNamed(plan: unknown): ReadonlySet<string> {
  const parsed = parseMitigationPlan(plan);
  const written = parsed.ok ? toPlanSnapshot(parsed.value).targets.map(({ kind }) => kind) : [];
  const { status } = plan as { readonly status?: { readonly targets?: readonly { readonly ref?: { readonly kind?: string } }[] } };
  return new Set([...written, ...(status?.targets ?? []).flatMap(({ ref }) => ref?.kind ?? [])]);
}
