import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import { halfAndHalf } from '../../builders/http-route.ts';
import { applyPatch, holdsFor } from '../../builders/json-patch.ts';

const entry = (manager: string, time: string, operation = 'Update') => ({ manager, operation, time, apiVersion: 'v1', fieldsV1: {} });
const owned = (managedFields: readonly ReturnType<typeof entry>[]): TargetObject => ({
  ...halfAndHalf(),
  metadata: { ...(halfAndHalf().metadata as object), managedFields },
});
const ours = 'modelrisk-operator';

describe('giving up ownership', () => {
  const live = owned([entry(ours, '1'), entry('kubectl', '2', 'Apply'), entry(ours, '3'), entry('contour', '4')]);

  it('removes every entry of our manager, and no other', () => {
    const operations = httpRouteActuator.disown(live, ours) ?? [];
    const left = applyPatch(live, operations).metadata as { managedFields: { manager: string }[] };
    expect(left.managedFields.map(({ manager }) => manager)).toEqual(['kubectl', 'contour']);
  });

  it.each([
    ['moved', owned([entry('early', '0'), entry(ours, '1'), entry('kubectl', '2', 'Apply'), entry(ours, '3'), entry('contour', '4')])],
    ['written again', owned([entry(ours, '9'), entry('kubectl', '2', 'Apply'), entry(ours, '3'), entry('contour', '4')])],
  ])('does not hold when the entries have %s', (_name, changed) => {
    expect(holdsFor(changed, httpRouteActuator.disown(live, ours) ?? [])).toBe(false);
  });

  it('says "none" in the API server’s words when all entries are ours', () => {
    expect(httpRouteActuator.disown(owned([entry(ours, '1')]), ours)).toContainEqual({
      op: 'replace',
      path: '/metadata/managedFields',
      value: [{}],
    });
  });

  it('has nothing to do where we own nothing', () => {
    expect(httpRouteActuator.disown(owned([entry('kubectl', '1')]), ours)).toBeNull();
    expect(httpRouteActuator.disown(halfAndHalf(), ours)).toBeNull();
  });
});
