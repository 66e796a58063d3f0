import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { grpcRouteActuator } from '../../../src/actuators/grpc-route/actuator.ts';
import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import * as given from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';
import * as any from './route-arbitraries.ts';
import { referencesOf, shareIn, weightOf } from './route-arbitraries.ts';
import type { Rule } from './route-arbitraries.ts';
import { anyEdit } from './route-edits.ts';

/** One implementation, two kinds: the second is asked less often. */
const kinds = [
  { kind: 'HTTPRoute', actuator: httpRouteActuator, runs: { numRuns: 400 } },
  { kind: 'GRPCRoute', actuator: grpcRouteActuator, runs: { numRuns: 100 } },
] as const;

const withRules = (live: TargetObject, rules: readonly Rule[]): TargetObject => given.editRules(live, () => rules);

/** The share a rule may give the candidate: the strictest of the claims in force on it. */
function limitOf(claims: readonly Claim[], candidate: string): number {
  const constraints = claims.flatMap(({ target, constraints: own }) =>
    'candidate' in target && 'service' in target.candidate && target.candidate.service === candidate ? own : [],
  );
  return Math.min(1, ...constraints.map((each) => (each.kind === 'Cap' ? each.maxPercent / 100 : 0)));
}

describe.each(kinds)('laws of the $kind actuator', ({ kind, actuator, runs }) => {
  // Nobody is known to mirror a share of calls: a claim that asks for it is refused, which the laws of caps don't speak of.
  const mirrors = kind === 'GRPCRoute' ? ({ whenPercentUnsupported: 'MirrorAll' } as const) : {};
  const ofKind = (claim: Claim): Claim => ({ ...claim, target: given.aRouteTarget({ ...(claim.target as object), kind, ...mirrors }) });
  const anyRoute = any.anyRoute.map((route): TargetObject => ({ ...route, kind }));
  const anyClaim = (plan: string) => any.anyClaim(plan).map(ofKind);
  const anyClaims = any.anyClaims.map((claims) => claims.map(ofKind));
  const agreeingClaims = any.agreeingClaims.map((claims) => claims.map(ofKind));
  const pass = (live: TargetObject, claims: readonly Claim[], changes: Parameters<typeof given.pass>[2] = {}) =>
    given.pass(live, claims, { actuator, ...changes });

  it('after any edits by others a release gives back exactly what they want', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, fc.array(anyEdit, { maxLength: 4 }), (route, claims, edits) => {
        let live = pass(route, claims).live;
        let wanted = given.rulesOf(route);
        for (const edit of edits) {
          const next = edit({ live: given.rulesOf(live), wanted });
          if (next === null) continue;
          wanted = next.wanted;
          live = pass(withRules(live, next.live), claims).live;
        }
        expect(given.released(live, { actuator })).toEqual(withRules(route, wanted));
      }),
      runs,
    );
  });

  it('an edit that nobody has answered yet is given back too', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, anyEdit, (route, claims, edit) => {
        const live = pass(route, claims).live;
        const next = edit({ live: given.rulesOf(live), wanted: given.rulesOf(route) });
        fc.pre(next !== null);
        expect(given.released(withRules(live, next.live), { actuator })).toEqual(withRules(route, next.wanted));
      }),
      runs,
    );
  });

  it('the order of claims never matters', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, anyClaims, (route, before, claims) => {
        const live = pass(route, before).live;
        expect(pass(live, claims.toReversed())).toEqual(pass(live, claims));
      }),
      runs,
    );
  });

  it('the order in which plans come never matters to the traffic', () => {
    fc.assert(
      fc.property(anyRoute, agreeingClaims, (route, claims) => {
        const oneByOne = (order: readonly Claim[]) => order.reduce((live, _, index) => pass(live, order.slice(0, index + 1)).live, route);
        expect(oneByOne(claims.toReversed()).spec).toEqual(oneByOne(claims).spec);
      }),
      runs,
    );
  });

  it('the cap holds in every rule, the sum is 0 only if its user wants it, and nothing else changes', () => {
    fc.assert(
      fc.property(anyRoute, agreeingClaims, (route, claims) => {
        const { live, actuation } = pass(route, claims);
        fc.pre(actuation.kind !== 'Refused');
        for (const [index, rule] of given.rulesOf(live).entries()) {
          const before = given.rulesOf(route)[index] ?? {};
          expect(shareIn(rule, 'credit-v2') ?? 0).toBeLessThanOrEqual(limitOf(claims, 'credit-v2') + 1e-12);
          expect(shareIn(rule, 'credit-v2') ?? 0).toBeLessThanOrEqual((shareIn(before, 'credit-v2') ?? 0) + 1e-12);
          expect(shareIn(rule, 'credit-v1') === null).toBe(shareIn(before, 'credit-v1') === null);
          expect({ ...rule, backendRefs: [], filters: [] }).toEqual({ ...before, backendRefs: [], filters: [] });
          if (referencesOf(before).every(({ name }) => name !== 'credit-v2')) expect(rule).toEqual(before);
        }
      }),
      runs,
    );
  });

  it('a patch holds for the object it was computed from, and for no other weight', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, fc.tuple(fc.nat(), fc.nat()), (route, claims, [pickRule, pickBackend]) => {
        const { actuation } = pass(route, claims);
        fc.pre(actuation.kind === 'Patch');
        expect(holdsFor(route, actuation.operations)).toBe(true);
        const touched = actuation.operations.flatMap(({ op, path }) =>
          op === 'test' ? [] : [/^\/spec\/rules\/(\d+)\/backendRefs/.exec(path)?.[1]],
        );
        const rules = [...new Set(touched)].flatMap((text) => (text === undefined ? [] : [Number(text)]));
        fc.pre(rules.length > 0);
        const index = rules[pickRule % rules.length] ?? 0;
        const references = referencesOf(given.rulesOf(route)[index]);
        const other = references.map((each, at) =>
          at === pickBackend % references.length ? { ...each, weight: weightOf(each) + 1 } : each,
        );
        const edited = given.editRules(route, (all) => all.map((rule, at) => (at === index ? { ...rule, backendRefs: other } : rule)));
        expect(holdsFor(edited, actuation.operations)).toBe(false);
      }),
      runs,
    );
  });

  it('a second pass has nothing to do', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, (route, claims) => {
        const { live } = pass(route, claims);
        expect(pass(live, claims).actuation.kind).not.toBe('Patch');
      }),
      runs,
    );
  });

  it('a refusal never raises the candidate’s share', () => {
    const around = fc
      .record({ missing: fc.subarray(['credit-v1', 'credit-v2']), unready: fc.subarray(['credit-v1', 'credit-v2']) })
      .map((except) => given.surroundings(except));
    fc.assert(
      fc.property(anyRoute, fc.tuple(anyClaim('a'), anyClaim('a')), around, (route, [first, then], surroundings) => {
        const claim = { ...then, target: first.target };
        const candidate = 'candidate' in first.target && 'service' in first.target.candidate ? first.target.candidate.service : '';
        const engaged = pass(route, [first]).live;
        const { live, actuation } = pass(engaged, [claim], { surroundings });
        fc.pre(actuation.rejected.length > 0);
        for (const [index, rule] of given.rulesOf(live).entries()) {
          const before = shareIn(given.rulesOf(engaged)[index] ?? {}, candidate) ?? 0;
          expect(shareIn(rule, candidate) ?? 0).toBeLessThanOrEqual(before + 1e-12);
        }
      }),
      runs,
    );
  });

  it('a tombstone never lets its engagement back in', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, (route, claims) => {
        const engaged = pass(route, claims);
        fc.pre(engaged.actuation.kind === 'Patch');
        const held = actuator.readJournal(engaged.live);
        const tombstone = given.settled(engaged.live, [], { actuator });
        const again = held.kind === 'Engaged' ? held.claims : [];
        expect(pass(tombstone, again).actuation).toMatchObject({ kind: 'Refused' });
        expect(again.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  it('a journal copied to another object, or damaged, is never obeyed and never crashes', () => {
    fc.assert(
      fc.property(anyRoute, anyClaims, fc.tuple(fc.nat(), fc.string({ maxLength: 3 })), (route, claims, [at, splice]) => {
        const engaged = pass(route, claims).live;
        const copied = { ...engaged, metadata: { ...(engaged.metadata as object), uid: 'copy' } };
        expect(pass(copied, []).actuation.kind).toBe('Unchanged');
        const text = given.annotationsOf(engaged)?.['modelrisk.dev/journal'];
        fc.pre(text !== undefined);
        const cut = at % text.length;
        const damaged = given.withAnnotations(engaged, { 'modelrisk.dev/journal': text.slice(0, cut) + splice + text.slice(cut + 1) });
        const reading = actuator.readJournal(damaged);
        expect(['Engaged', 'Foreign', 'NewerSchema']).toContain(reading.kind);
        if (reading.kind === 'Foreign') expect(pass(damaged, []).actuation.kind).toBe('Unchanged');
      }),
      runs,
    );
  });
});
