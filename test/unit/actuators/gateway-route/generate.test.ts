import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { newRoute, regenerate, whyNotGenerated } from '../../../../src/actuators/gateway-route/generate.ts';
import { httpRouteActuator as actuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { Claim, TargetObject } from '../../../../src/actuators/port.ts';
import type { GeneratedRoute } from '../../../../src/core/model/generated-route.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import * as given from '../../../builders/http-route.ts';
import { cap, shadow } from '../../../builders/http-route.ts';
import { applyPatch, holdsFor } from '../../../builders/json-patch.ts';

const wanted: GeneratedRoute = {
  object: 'credit',
  plan: 'credit',
  parentRefs: [{ name: 'edge', namespace: null, sectionName: 'http' }],
  hostnames: [],
  pathPrefix: '/',
  candidatePercent: 50,
  candidate: { service: 'credit-v2', port: 8080 },
  safe: { service: 'credit-v1', port: 8080 },
};

/** As the API server has it, reported on by a gateway that keeps percentages. */
function made(route: GeneratedRoute = wanted): TargetObject {
  const { metadata, ...rest } = newRoute(route, 'lending', false);
  const parents = [given.parentStatus(given.envoyGateway, { parentRef: { name: 'edge', sectionName: 'http' } })];
  return {
    ...rest,
    metadata: { ...metadata, uid: 'route-uid', generation: 1, resourceVersion: '7' },
    status: { parents },
  };
}

/** What is in force, brought to the plan and bounded, as one patch. */
function brought(live: TargetObject, route: GeneratedRoute, claims: readonly Claim[]): TargetObject {
  const regeneration = regenerate(live, route);
  if (regeneration === null) return live;
  const laid = actuator.plan(given.inputFor(regeneration.live, claims));
  return applyPatch(live, [...regeneration.operations, ...(laid.kind === 'Patch' ? laid.operations : [])]);
}

const share = (live: TargetObject): number => {
  const { 'credit-v1': safe = 0, 'credit-v2': candidate = 0 } = given.weightsOf(live) as Readonly<Record<string, number>>;
  return (100 * candidate) / (safe + candidate);
};

describe('a route made from a plan', () => {
  it('is as its plan says, and held back where a constraint is to come first', () => {
    expect(share(made())).toBe(50);
    expect(newRoute(wanted, 'lending', true).spec).toMatchObject({ rules: [{ backendRefs: [{ weight: 100 }, { weight: 0 }] }] });
  });

  it('needs nothing as long as it is so', () => {
    expect(regenerate(made(), wanted)).toBeNull();
    expect(regenerate(given.settled(made(), [cap(10)]), wanted)).toBeNull();
    expect(regenerate(given.settled(made(), [shadow(100)]), wanted)).toBeNull();
  });

  it('has a mirror with the defaults an API server adds for its own', () => {
    const shadowed = given.settled(made(), [shadow(100)]);
    const stored = given.editRules(shadowed, ([rule]) => {
      const backendRef = { group: '', kind: 'Service', name: 'credit-v2', port: 8080 };
      return [{ ...rule, filters: [{ type: 'RequestMirror', requestMirror: { backendRef } }] }];
    });
    expect(regenerate(stored, wanted)).toBeNull();
  });

  it('is somebody’s: of no plan, of another one, or of ours', () => {
    expect(whyNotGenerated(made(), wanted)).toBeNull();
    expect(whyNotGenerated(made(), { ...wanted, plan: 'other' })).toContain('was made from plan credit');
    expect(whyNotGenerated(given.halfAndHalf(), wanted)).toContain('is somebody else’s');
  });
});

describe('what brings it back', () => {
  it('tests the very revision it was computed from', () => {
    const edited = { ...made(), spec: { ...(made().spec as object), hostnames: ['evil.example.com'] } as JSONValue };
    const operations = regenerate(edited, wanted)?.operations ?? [];
    expect(holdsFor(edited, operations)).toBe(true);
    const newer: TargetObject = { ...edited, metadata: { ...(made().metadata as object), resourceVersion: '8' } };
    expect(holdsFor(newer, operations)).toBe(false);
  });

  it('waits while a constraint lies on other backends than the plan names now', () => {
    const capped = given.settled(made(), [cap(10)]);
    expect(regenerate(capped, { ...wanted, candidate: { service: 'credit-v3', port: 8080 } })).toBeNull();
    expect(regenerate(given.released(capped), { ...wanted, candidate: { service: 'credit-v3', port: 8080 } })).not.toBeNull();
  });

  it('puts a mirror that was taken out in again', () => {
    const shadowed = given.settled(made(), [shadow(100)]);
    const bare = given.editRules(shadowed, ([rule]) => [{ ...rule, filters: [] }]);
    expect(given.rulesOf(brought(bare, wanted, [shadow(100)]))[0]).toMatchObject({ filters: [given.mirrorTo('credit-v2')] });
  });

  it('property: never gives the candidate more than the constraint or the plan, and the release gives what the plan says', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const constraint = fc.oneof(
      percent.map((most) => cap(most)),
      fc.constant(shadow(100)),
    );
    const byHand = fc.option(fc.record({ candidate: fc.integer({ min: 0, max: 200 }), safe: fc.integer({ min: 1, max: 200 }) }), {
      nil: null,
    });
    fc.assert(
      fc.property(percent, percent, fc.tuple(constraint, constraint), byHand, (before, after, [first, second], edit) => {
        const most = (claim: Claim): number => Math.min(...claim.constraints.map((each) => (each.kind === 'Cap' ? each.maxPercent : 0)));
        const capped = given.settled(made({ ...wanted, candidatePercent: before }), [first]);
        const edited = edit === null ? capped : given.editWeights(capped, { 'credit-v2': edit.candidate, 'credit-v1': edit.safe });
        const now = { ...wanted, candidatePercent: after };
        const bounded = brought(edited, now, [first]);
        expect(share(bounded)).toBeLessThanOrEqual(Math.min(most(first), after) + 1e-9);
        const stepped = given.settled(bounded, [second]);
        expect(share(stepped)).toBeCloseTo(Math.min(most(second), after), 9);
        expect(regenerate(stepped, now)).toBeNull();
        expect(share(given.released(stepped))).toBeCloseTo(after, 9);
      }),
    );
  });
});
