import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { featureFlagActuator } from '../../../../src/actuators/feature-flag/actuator.ts';
import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../../src/actuators/port.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import * as given from '../../../builders/http-route.ts';
import { aRoute, backend, cap, mirrorTo, rule, ruleAt, shadow } from '../../../builders/http-route.ts';
import * as mesh from '../../../builders/virtual-service.ts';

const standing = (live: TargetObject, maxPercent: number): TargetObject => given.settled(live, [cap(maxPercent)]);
const proposed = (live: TargetObject, actuator = httpRouteActuator): JSONValue => {
  const fields = actuator.propose(live);
  if (!fields.ok) throw new Error(fields.failure);
  return fields.value;
};
const refusal = (live: TargetObject): string => {
  const fields = httpRouteActuator.propose(live);
  return fields.ok ? JSON.stringify(fields.value) : fields.failure;
};
const halves = [backend('credit-v2', 50), backend('credit-v1', 50)];

/** As somebody commits what was proposed. */
const committed = (live: TargetObject): TargetObject => ({
  ...live,
  spec: { ...(live.spec as object), ...(proposed(live) as { spec: object }).spec },
});

describe('a split proposed for Git', () => {
  it('is the one in force, in smaller numbers', () => {
    expect(proposed(standing(aRoute([rule(halves)]), 10))).toEqual({
      spec: { rules: [rule([backend('credit-v2', 1), backend('credit-v1', 9)])] },
    });
  });

  it('is in greater numbers where there are none smaller', () => {
    const fine = standing(aRoute([rule([backend('credit-v2', 1), backend('credit-v1', 1)])]), 10);
    expect(given.weightsOf(fine)).toEqual({ 'credit-v2': 20, 'credit-v1': 180 });
    expect(proposed(fine)).toEqual({ spec: { rules: [rule([backend('credit-v2', 1), backend('credit-v1', 9)])] } });
    const odd = standing(aRoute([rule([backend('credit-v2', 7), backend('credit-v1', 4), backend('audit', 89)])]), 3);
    expect(given.weightsOf(odd)).toEqual({ 'credit-v2': 3, 'credit-v1': 8, audit: 89 });
    expect(proposed(odd)).toEqual({ spec: { rules: [rule([backend('credit-v2', 6), backend('credit-v1', 16), backend('audit', 178)])] } });
  });

  it('leaves rules we did not change as they are, and says nothing of other fields', () => {
    const others = [ruleAt('/old', [backend('credit-v1', 10)]), ruleAt('/low', [backend('credit-v2', 4), backend('credit-v1', 96)])];
    const live = standing(aRoute([ruleAt('/', halves), ...others]), 10);
    expect(proposed(live)).toEqual({ spec: { rules: [ruleAt('/', [backend('credit-v2', 1), backend('credit-v1', 9)]), ...others] } });
  });

  it('has the safe backend the operator put in: without it there is no such split', () => {
    const live = standing(aRoute([rule([backend('credit-v2', 100)])]), 10);
    expect(proposed(live)).toMatchObject({
      spec: {
        rules: [
          {
            backendRefs: [
              { name: 'credit-v2', weight: 1 },
              { name: 'credit-v1', weight: 9 },
            ],
          },
        ],
      },
    });
  });

  it('is refused where a backend gets nothing: 0 is 0 in all numbers', () => {
    expect(refusal(standing(aRoute([rule(halves)]), 0))).toBe(
      "Rule 1 gives credit-v2:8080 no share, and the 0 of Git could not be told from the operator's: take that backend out of the rule in Git, or commit its weight after the release.",
    );
    expect(refusal(given.settled(aRoute([rule(halves)]), [shadow(100)]))).toContain('no share');
  });

  it('keeps a 0 of the users’ own, and leaves our mirror out', () => {
    const dark = given.settled(aRoute([rule([backend('credit-v2', 0), backend('credit-v1', 100)])]), [shadow(100)]);
    expect(given.rulesOf(dark)[0]).toMatchObject({ filters: [mirrorTo('credit-v2')] });
    expect(proposed(dark)).toEqual({ spec: { rules: [rule([backend('credit-v2', 0), backend('credit-v1', 1)])] } });
  });

  it('is refused where nothing holds, and for kinds with one value only', () => {
    expect(refusal(aRoute([rule(halves)]))).toBe('HTTPRoute lending/credit is under no constraint: what Git says is in force.');
    expect(featureFlagActuator.propose(standing(aRoute([rule(halves)]), 10)).ok).toBe(false);
  });

  it('is said in a VirtualService’s words too', () => {
    const live = mesh.standing(mesh.halfAndHalf(), [mesh.cap(10)]);
    expect(proposed(live, mesh.actuator)).toEqual({ spec: { http: [mesh.http([mesh.to('credit-v2', 1), mesh.to('credit-v1', 9)])] } });
  });
});

describe('a split that was committed', () => {
  it('property: shares out as the operator did, keeps within the cap, and is what the release gives back', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 99 }), (each, maxPercent) => {
        const names = ['credit-v2', 'credit-v1', 'audit', 'other'];
        const live = standing(aRoute([rule(each.map((weight, index) => backend(names[index] ?? '', weight)))]), maxPercent);
        if (httpRouteActuator.readJournal(live).kind !== 'Engaged') return;
        const fields = httpRouteActuator.propose(live);
        if (!fields.ok) {
          expect(fields.failure).toMatch(/no share|no other whole numbers/);
          return;
        }
        const inGit = committed(live);
        const share = (of: TargetObject): number => {
          const found = given.weightsOf(of);
          const total = Object.values(found).reduce<number>((sum, weight) => sum + Number(weight), 0);
          return Number(found['credit-v2']) / total;
        };
        expect(share(inGit)).toBeCloseTo(share(live), 12);
        const after = given.settled(inGit, [cap(maxPercent)]);
        expect(share(after)).toBeCloseTo(share(live), 12);
        expect(given.weightsOf(given.released(after))).toEqual(given.weightsOf(inGit));
      }),
    );
  });
});
