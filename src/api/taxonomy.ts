import { defaultCategories } from './categories.ts';
import type { RiskPolicySpec } from './risk-policy.ts';

type Listing = Pick<RiskPolicySpec, 'categories'>;

/** Categories there are under a policy: the six, and what it lists beside them. */
export function taxonomyOf({ categories }: Listing): readonly string[] {
  return [...new Set([...defaultCategories, ...categories.map(({ name }) => name)])];
}

/** Those of `named` that the policy does not have, each once. */
export function unknownCategories(policy: Listing, named: readonly string[]): readonly string[] {
  const known = taxonomyOf(policy);
  return [...new Set(named)].filter((each) => !known.includes(each));
}

/** Where a policy names a category it does not have, a sentence each: one that was stored before the server checked it. */
export function categoryProblems(policy: Listing & Pick<RiskPolicySpec, 'reporting' | 'tiers'>): readonly string[] {
  const places = [
    ...policy.reporting.map(({ name, categories }) => ({
      ...{ place: `reporting ${name}`, categories: categories ?? [] },
      harm: 'the clock of that duty never begins for it',
    })),
    ...policy.tiers.map(({ name, floors }) => ({
      ...{ place: `floors of tier ${name}`, categories: floors?.categories ?? [] },
      harm: 'no model can have an indicator for it',
    })),
  ];
  return places.flatMap(({ place, categories, harm }) =>
    unknownCategories(policy, categories).map(
      (each) =>
        `Category ${each} in ${place} is not in the taxonomy of this policy (${taxonomyOf(policy).join(', ')}), so ${harm}: add it to categories or correct the name.`,
    ),
  );
}
