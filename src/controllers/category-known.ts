import type { RiskPolicy } from '../api/risk-policy.ts';
import { taxonomyOf, unknownCategories } from '../api/taxonomy.ts';

export interface CategoryKnownCondition {
  readonly status: 'False';
  readonly reason: 'CategoryUnknown';
  readonly message: string;
}

/** Of an incident that was reported. A report is never lost for its category, but what goes by categories passes it over. Null: nothing to tell. */
export function categoryKnownCondition(category: string, policy: RiskPolicy | undefined): CategoryKnownCondition | null {
  if (policy === undefined || unknownCategories(policy.spec, [category]).length === 0) return null;
  const passed = policy.spec.reporting.filter(({ categories }) => categories !== undefined && !categories.includes(category));
  const clocks =
    passed.length === 0
      ? "no authority's clock counts for that category by itself"
      : `no authority's clock counts for that category: ${passed.map(({ name }) => name).join(', ')} can't begin by it`;
  const message = `Category ${category} of this report is not in the taxonomy of RiskPolicy ${policy.metadata.name} (${taxonomyOf(policy.spec).join(', ')}), so ${clocks}; duties that name no categories do. Report it again under one of these, or have it added to spec.categories of the policy and to its duties.`;
  return { status: 'False', reason: 'CategoryUnknown', message };
}
