import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { annotationsOf, withAnnotations } from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';
import * as given from '../../builders/virtual-service.ts';

type Fields = { readonly [key: string]: JSONValue };

const runs = { numRuns: 300 };
const hosts = ['credit-v2', 'credit-v1', 'credit-v1.lending.svc.cluster.local', 'other.example.com'] as const;
const placesOf = ['credit-v2', 'credit-v1'] as const;

/** As Istio takes them: percentages, relative weights, one destination with or without a number, an absent weight among others. */
const anyWeights = (count: number): fc.Arbitrary<readonly (number | null)[]> =>
  count === 1
    ? fc.constantFrom([null], [100], [0], [7])
    : fc.oneof(
        percentages(count),
        fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(null, 3_000_000)), { minLength: count, maxLength: count }),
      );

function percentages(count: number): fc.Arbitrary<readonly number[]> {
  return fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: count - 1, maxLength: count - 1 }).map((cuts) => {
    const sorted = [0, ...cuts.toSorted((a, b) => a - b), 100];
    return sorted.slice(1).map((cut, index) => cut - (sorted[index] ?? 0));
  });
}

const anyRoute = fc
  .uniqueArray(fc.constantFrom(...hosts), { minLength: 1, maxLength: 4 })
  .chain((names) => anyWeights(names.length).map((weights) => names.map((host, index) => given.to(host, weights[index] ?? null))));

const anyMore = fc.constantFrom<Fields>(
  {},
  { timeout: '5s', name: 'named' },
  { mirror: { host: 'audit' }, mirrorPercentage: { value: 12.5 } },
  { mirror: { host: 'credit-v2' } },
  { mirrors: [{ destination: { host: 'audit' } }, { destination: { host: 'credit-v2' }, percentage: { value: 5 } }] },
  { mirrors: [] },
);
const anyRule = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(anyRoute, anyMore).map(([route, more]) => given.http(route, more)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fields>({ redirect: { uri: '/' } }, { directResponse: { status: 410 } }, { delegate: { name: 'a' } }),
  },
);
const atPath = (rule: Fields, index: number): Fields => ({ ...rule, match: [{ uri: { prefix: `/${String(index)}` } }] });
const anyService = fc
  .array(anyRule, { minLength: 1, maxLength: 4 })
  .map((rules) =>
    given.aVirtualService(rules.map((rule, index) => atPath('name' in rule ? { ...rule, name: `rule-${String(index)}` } : rule, index))),
  );

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({
      isShadow: fc.boolean(),
      share: fc.integer({ min: 0, max: 100 }),
      age: fc.nat({ max: 2 }),
      candidate: fc.constantFrom(...placesOf),
    })
    .map(({ isShadow, share, age, candidate }) => {
      const safe = { host: candidate === 'credit-v2' ? 'credit-v1' : 'credit-v2', subset: null, minReadyEndpoints: 1 };
      const options = { holder: { plan, planCreatedAtMs: age }, target: { candidate: { host: candidate, subset: null }, safe } };
      return (isShadow ? given.shadow : given.cap)(share, options);
    });
const anyClaims: fc.Arbitrary<readonly Claim[]> = fc
  .subarray(['a', 'b', 'c'], { minLength: 1 })
  .chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** All of one candidate, so that none is in another's way. */
const agreeingClaims = anyClaims.map((claims) => claims.map((claim) => ({ ...claim, target: given.aClaim([]).target })));

interface Entry {
  readonly destination: { readonly host: string };
  readonly weight?: number;
}

/** Our own words for what Istio does with a rule. */
function sharesIn(rule: Fields): { readonly sum: number; readonly of: (host: string) => number } {
  const entries = (rule.route ?? []) as unknown as readonly Entry[];
  const weightOf = ({ weight = 0 }: Entry): number => (entries.length === 1 ? 100 : weight);
  const sum = entries.reduce((total, entry) => total + weightOf(entry), 0);
  const short = (host: string): string => host.replace(/\.lending\.svc\..*/, '');
  const of = (host: string): number =>
    entries.filter(({ destination }) => short(destination.host) === host).reduce((total, entry) => total + weightOf(entry), 0);
  return { sum, of: (host) => (sum === 0 ? 0 : of(host) / sum) };
}

/** The share all claims that were not refused leave the candidate. */
const limitOf = (claims: readonly Claim[], rejected: readonly { readonly planUID: string }[]): number =>
  Math.min(
    1,
    ...claims
      .filter(({ holder }) => !rejected.some(({ planUID }) => planUID === holder.planUID))
      .flatMap(({ constraints }) => constraints.map((each) => (each.kind === 'Cap' ? each.maxPercent / 100 : 0))),
  );

describe('laws of the VirtualService actuator', () => {
  it('after any claims, one after another, a release gives back every byte', () => {
    fc.assert(
      fc.property(anyService, fc.array(anyClaims, { minLength: 1, maxLength: 3 }), (service, rounds) => {
        const live = rounds.reduce((object, claims) => given.passed(object, claims).live, service);
        expect(given.givenBack(live)).toEqual(service);
      }),
      runs,
    );
  });

  it('what others change beside our fields meanwhile stays, wherever they move the rules', () => {
    const edit = (rules: readonly Fields[]): readonly Fields[] => [
      { redirect: { uri: '/new' }, match: [{ uri: { exact: '/new' } }] },
      ...rules.toReversed().map((rule) => ({ ...rule, retries: { attempts: 2 } })),
    ];
    fc.assert(
      fc.property(anyService, anyClaims, (service, claims) => {
        const moved = given.edited(given.passed(service, claims).live, edit);
        const again = given.passed(moved, claims).live;
        expect(given.givenBack(again)).toEqual(given.edited(service, edit));
      }),
      runs,
    );
  });

  it('the cap holds in every rule, a sum of 100 stays 100, and no sum becomes 0', () => {
    fc.assert(
      fc.property(anyService, agreeingClaims, (service, claims) => {
        const { live, actuation } = given.passed(service, claims);
        for (const [index, rule] of given.httpOf(live).entries()) {
          const [before, after] = [sharesIn(given.httpOf(service)[index] ?? {}), sharesIn(rule)];
          expect(after.of('credit-v2')).toBeLessThanOrEqual(limitOf(claims, actuation.rejected) + 1e-9);
          expect(after.of('credit-v2')).toBeLessThanOrEqual(before.of('credit-v2') + 1e-9);
          expect(after.sum === 0).toBe(before.sum === 0);
          if (before.sum === 100) expect(after.sum).toBe(100);
        }
      }),
      runs,
    );
  });

  it('the order of claims never matters, a second pass has nothing to do, and a patch holds for its object', () => {
    fc.assert(
      fc.property(anyService, anyClaims, anyClaims, (service, before, claims) => {
        const held = given.passed(service, before).live;
        const result = given.passed(held, claims);
        expect(given.passed(held, claims.toReversed())).toEqual(result);
        expect(given.passed(result.live, claims).actuation.kind).not.toBe('Patch');
        if (result.actuation.kind === 'Patch') expect(holdsFor(held, result.actuation.operations)).toBe(true);
      }),
      runs,
    );
  });

  it('touches weights, safe destinations and mirrors, nothing else', () => {
    const without = (rule: Fields): Fields =>
      Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'route' && key !== 'mirrors'));
    const destinations = (rule: Fields | undefined) =>
      ((rule?.route ?? []) as unknown as readonly Entry[]).map(({ destination }) => destination);
    fc.assert(
      fc.property(anyService, anyClaims, (service: TargetObject, claims) => {
        const { live } = given.passed(service, claims);
        expect(given.httpOf(live).map(without)).toEqual(given.httpOf(service).map(without));
        for (const [index, rule] of given.httpOf(service).entries())
          expect(destinations(given.httpOf(live)[index]).slice(0, destinations(rule).length)).toEqual(destinations(rule));
      }),
      runs,
    );
  });

  it('a journal copied to another object, or damaged, is never obeyed and never crashes', () => {
    fc.assert(
      fc.property(anyService, anyClaims, fc.tuple(fc.nat(), fc.string({ maxLength: 3 })), (service, claims, [at, splice]) => {
        const engaged = given.passed(service, claims).live;
        const copied = { ...engaged, metadata: { ...(engaged.metadata as Fields), uid: 'copy' } };
        expect(given.passed(copied, []).actuation.kind).toBe('Unchanged');
        const text = annotationsOf(engaged)?.['modelrisk.dev/journal'];
        fc.pre(text !== undefined);
        const cut = at % text.length;
        const damaged = withAnnotations(engaged, { 'modelrisk.dev/journal': text.slice(0, cut) + splice + text.slice(cut + 1) });
        const reading = given.actuator.readJournal(damaged);
        expect(['Engaged', 'Foreign', 'NewerSchema']).toContain(reading.kind);
        if (reading.kind === 'Foreign') expect(given.passed(damaged, []).actuation.kind).toBe('Unchanged');
      }),
      runs,
    );
  });

  it('a tombstone never lets its engagement back in', () => {
    fc.assert(
      fc.property(anyService, anyClaims, (service, claims) => {
        const engaged = given.passed(service, claims);
        fc.pre(engaged.actuation.kind === 'Patch');
        const held = given.actuator.readJournal(engaged.live);
        const again = held.kind === 'Engaged' ? held.claims : [];
        expect(given.passed(given.standing(engaged.live, []), again).actuation).toMatchObject({ kind: 'Refused' });
      }),
      runs,
    );
  });
});
