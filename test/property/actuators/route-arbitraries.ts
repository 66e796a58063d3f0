import fc from 'fast-check';

import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import * as given from '../../builders/http-route.ts';
import { aRoute, backend, cap, mirrorTo, ruleAt, shadow } from '../../builders/http-route.ts';

export type Rule = { readonly [key: string]: JSONValue };
export type Reference = { readonly [key: string]: JSONValue };

const services = ['credit-v2', 'credit-v1', 'v0', 'other'] as const;

export const anyWeight = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 9_999, 10_001, 1_000_000) },
);
export const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } };
const anyFilters = fc.constantFrom<readonly Reference[] | null>(null, null, [], [header], [header, mirrorTo('audit')]);
const anyReferences = fc
  .uniqueArray(fc.constantFrom(...services), { minLength: 1, maxLength: 4 })
  .chain((names) => fc.tuple(...names.map((name) => anyWeight.map((weight) => backend(name, weight)))));

/** `seed` keeps the paths of one list of rules apart from those of another. */
export function anyRules(seed: string): fc.Arbitrary<readonly Rule[]> {
  const one = fc.record({ references: anyReferences, filters: anyFilters, named: fc.boolean(), twin: fc.boolean() });
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) =>
    all.map(({ references, filters, named, twin }, index) => {
      const path = twin ? `/${seed}` : `/${seed}/${String(index)}`;
      return ruleAt(path, references, { ...(filters === null ? {} : { filters }), ...(named ? { name: `${seed}-${String(index)}` } : {}) });
    }),
  );
}

export const anyRoute: fc.Arbitrary<TargetObject> = anyRules('first').map((rules) => aRoute(rules));

const percent = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 5, 10, 33, 100));
const planNames = ['a', 'b', 'c'] as const;
const refuge = (candidate: string) => (candidate === 'credit-v2' ? 'credit-v1' : 'credit-v2');

export const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({
      isShadow: fc.boolean(),
      share: percent,
      age: fc.integer({ min: 0, max: 2 }),
      candidate: fc.constantFrom(...services.slice(0, 2)),
    })
    .map(({ isShadow, share, age, candidate }) => {
      const target = {
        candidate: { service: candidate, port: 8080 },
        safe: { service: refuge(candidate), port: 8080, minReadyEndpoints: 1 },
      };
      return (isShadow ? shadow : cap)(share, { holder: { plan, planCreatedAtMs: age }, target });
    });

/** One claim a plan, some of which cross. */
export const anyClaims: fc.Arbitrary<readonly Claim[]> = fc
  .subarray([...planNames], { minLength: 1 })
  .chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** The same candidate for all, so that every claim can be honoured. */
export const agreeingClaims: fc.Arbitrary<readonly Claim[]> = anyClaims.map((claims) =>
  claims.map((claim) => ({ ...claim, target: given.aRouteTarget({ name: claim.target.name }) })),
);

export function referencesOf(rule: Rule | undefined): readonly Reference[] {
  return (rule?.backendRefs ?? []) as readonly Reference[];
}

export function weightOf(reference: Reference): number {
  return typeof reference.weight === 'number' ? reference.weight : 1;
}

/** Share of a rule's live traffic that goes to a Service, 0 to 1; null when the rule answers nobody. */
export function shareIn(rule: Rule, service: string): number | null {
  const references = referencesOf(rule);
  const total = references.reduce((sum, reference) => sum + weightOf(reference), 0);
  const own = references.filter(({ name }) => name === service).reduce((sum, reference) => sum + weightOf(reference), 0);
  return total === 0 ? null : own / total;
}
