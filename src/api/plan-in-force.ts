import { createHash } from 'node:crypto';
import type { PlanSnapshot, Suspend } from '../core/model/plan.ts';
import { bounded } from '../core/plan/bounded.ts';
import type { BoundFacts } from '../core/plan/bounded.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { MitigationPlan } from './mitigation-plan.ts';
import { toPlanSnapshot } from './plan-to-core.ts';
import { told } from './signed-limits.ts';
import type { HeldTerm } from './signed-limits.ts';
import { asPlanSpec } from './signed-plan.ts';
import type { SignedPlan } from './signed-plan.ts';
import type { PlanTerms } from './terms.ts';
import { planTerms } from './terms.ts';
import { differences } from './tree-difference.ts';

/** A plan that was signed, and the ModelRisk it was signed for. */
export interface BoundPlan extends BoundFacts {
  readonly risk: string;
  readonly plan: SignedPlan;
  /** Whether the API server knew it for a signed one when `suspend` was written: then only who holds the verb release could. */
  readonly isSuspendAdmitted: boolean;
}

export interface PlanInForce {
  readonly snapshot: PlanSnapshot;
  readonly suspend: Suspend;
  /** What of the spec waits until all have signed it. */
  readonly held: readonly Omit<HeldTerm, 'indicator'>[];
}

/** What is written, as far as it weakens nothing that was signed; `bound` null: nothing was. */
export function planInForce(plan: MitigationPlan, terms: PlanTerms, bound: BoundPlan | null): PlanInForce {
  const written = toPlanSnapshot(plan, terms);
  if (bound === null) return { snapshot: written, suspend: plan.spec.suspend, held: [] };
  const spec = asPlanSpec(bound.plan, bound.risk);
  const signed = toPlanSnapshot({ metadata: plan.metadata, spec }, planTerms(spec, terms.tier));
  const snapshot = bounded(written, signed, bound);
  const suspend = suspendedAs(plan.spec.suspend, bound);
  const [is, was] = [treeOf(written, plan.spec.suspend), treeOf(snapshot, suspend)];
  const held = differences(was, is, '').map(({ path, before, now }) => ({ field: path, signed: told(before), written: told(now) }));
  if (held.every(({ field }) => field === 'suspend')) return { snapshot: written, suspend, held };
  // What decisions are about: whatever waits does not change it.
  return { snapshot: { ...snapshot, plan: { ...written.plan, digest: digestOf(was) } }, suspend, held };
}

/** A suspension nobody with the verb release wrote is none. */
function suspendedAs(written: Suspend, { plan, isSuspendAdmitted }: BoundPlan): Suspend {
  return written === 'None' || isSuspendAdmitted ? written : plan.suspend;
}

/** Whether both do the same, whatever each was written as and is called by its digest. */
export function doesTheSame(a: PlanSnapshot, b: PlanSnapshot): boolean {
  return differences(treeOf(a, 'None'), treeOf(b, 'None'), '').length === 0;
}

function treeOf({ plan: _, indicators: __, sources: ___, version: ____, ...terms }: PlanSnapshot, suspend: Suspend): JSONValue {
  const { risk, trigger, targets, stages, ...rest } = terms;
  const byName = <Item extends { readonly name: string }>(items: readonly Item[]) => items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tree = {
    ...rest,
    suspend,
    riskRef: risk,
    trigger: { ...trigger, indicators: trigger.indicators.toSorted() },
    targets: byName(targets),
    stages: stages.map((stage) => ({
      ...stage,
      enterOn: stage.enterOn.toSorted(),
      enterOnSevere: stage.enterOnSevere.toSorted(),
      actions: stage.actions.toSorted((a, b) => (a.target < b.target ? -1 : 1)),
    })),
  };
  return JSON.parse(JSON.stringify(tree)) as JSONValue;
}

function digestOf(tree: JSONValue): string {
  const { suspend: _, ...decidedOn } = tree as { readonly [field: string]: JSONValue };
  return `sha256:${createHash('sha256')
    .update(canonicalJSON({ digestVersion: 1, signed: decidedOn }))
    .digest('hex')}`;
}
