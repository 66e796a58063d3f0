import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import { rehearse, tryLocally } from '../../../src/actuators/rehearsal.ts';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { success } from '../../../src/shared/result.ts';
import { aSnapshot, route } from '../../builders/core.ts';
import * as given from '../../builders/http-route.ts';
import { anyClaims, anyRoute } from './route-arbitraries.ts';

const objectOf = (live: TargetObject) => ({
  ...{ actuator: httpRouteActuator, live, snapshot: aSnapshot(), targets: [route], epoch: 9, nowMs: given.nowMs },
  surroundings: given.surroundings(),
});

describe('a rehearsal over any route, held by any other plans', () => {
  it('finds a way back from every stage, and leaves the route alone', async () => {
    let ladders = 0;
    await fc.assert(
      fc.asyncProperty(anyRoute, fc.option(anyClaims), async (bare, others) => {
        const live = others === null ? bare : given.pass(bare, others).live;
        const before = canonicalJSON(live);
        const tried = await rehearse(objectOf(live), tryLocally);
        if (!tried.ok) throw new Error(tried.failure.message);
        expect(tried.value.filter(({ stage }) => stage === null)).toMatchObject([{ outcome: 'Ok' }]);
        expect(canonicalJSON(live as JSONValue)).toBe(before);
        if (tried.value.every(({ outcome }) => outcome === 'Ok')) ladders++;
      }),
      { numRuns: 400 },
    );
    expect(ladders).toBeGreaterThan(50);
  });

  it('finds any change of the server’s that would not be given back', async () => {
    await fc.assert(
      fc.asyncProperty(anyRoute, fc.constantFrom('labels', 'finalizers', 'spec'), async (live, where) => {
        const rehearsed = await rehearse(objectOf(live), async (object, operations) => {
          const applied = await tryLocally(object, operations);
          if (!applied.ok) return applied;
          const { metadata, spec } = applied.value as { readonly metadata: object; readonly spec: object };
          const changed = {
            labels: { metadata: { ...metadata, labels: { injected: 'yes' } } },
            finalizers: { metadata: { ...metadata, finalizers: ['injected/yes'] } },
            spec: { spec: { ...spec, injected: true } },
          }[where];
          return success({ ...applied.value, ...changed });
        });
        if (!rehearsed.ok) throw new Error(rehearsed.failure.message);
        const wasTried = rehearsed.value.some(({ stage, outcome }) => stage !== null && outcome === 'Ok');
        if (wasTried) expect(rehearsed.value.at(-1)).toMatchObject({ stage: null, outcome: 'Refused', reason: 'NotRestored' });
      }),
      { numRuns: 200 },
    );
  });
});
