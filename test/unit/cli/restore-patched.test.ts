import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPatchActuator } from '../../../src/actuators/patch/actuator.ts';
import { actuators } from '../../../src/actuators/registry.ts';
import { restoreAll } from '../../../src/cli/restore-all.ts';
import type { RestoreAllReport } from '../../../src/cli/restore-all.ts';
import { clientFor, targetClient } from '../../../src/cli/target-client.ts';
import { settled } from '../../builders/http-route.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { memoryPlan } from '../../builders/memory-operator.ts';
import { aThrottle, patching, throttles, throttleSpec } from '../../builders/patch.ts';

const finalizer = 'modelrisk.dev/restore';
const patches = createPatchActuator(throttles);
const value = { path: '/spec/mode', value: 'Closed' };
const target = { name: 'throttle', patch: { group: 'example.com', resource: 'throttles', name: 'credit', values: [value] } };

let api: MemoryAPI;

function run(isTold: boolean, dropFinalizers = true): Promise<RestoreAllReport> {
  const known = [...actuators.values(), ...(isTold ? [patches] : [])];
  return restoreAll({
    targets: known.map((actuator) => ({ actuator, client: targetClient(api, actuator.resource, createManualClock()) })),
    plans: clientFor(api, { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans', kind: 'MitigationPlan' }),
    namespace: 'lending',
    dropFinalizers,
    nowMs: 0,
  });
}

const finalizersLeft = (): unknown => api.get('mitigationplans', 'credit')?.metadata.finalizers;
const spec = (): unknown => api.get('throttles', 'credit')?.['spec'];

beforeEach(() => {
  api = createMemoryAPI(createManualClock());
  const live = api.apply('throttles', aThrottle());
  api.apply('throttles', settled(live, [patching({ [value.path]: value.value })], { actuator: patches }));
  const plan = memoryPlan() as { readonly metadata: object; readonly spec: object };
  const stages = [{ name: 'stop', actions: [{ target: 'throttle', patch: {} }] }];
  api.apply('mitigationplans', {
    ...plan,
    metadata: { ...plan.metadata, namespace: 'lending', finalizers: [finalizer] },
    spec: { ...plan.spec, targets: [target], stages },
  });
});

describe('restore --all where a plan patches objects of a kind of somebody’s own', () => {
  it('gives them back and lets the plan go, once it was told of the kind', async () => {
    const report = await run(true);
    expect([report.failures, finalizersLeft()]).toEqual([[], []]);
    expect(spec()).toEqual(throttleSpec);
  });

  it.each([true, false])('says that it was not told of the kind, and keeps the plan (finalizers to be dropped: %s)', async (drop) => {
    const report = await run(false, drop);
    expect(report.failures[0]).toBe(
      'MitigationPlan lending/credit acts on throttles.example.com, which this command was not told of, so none was given back: list the kind in --patch-kinds and run it again.',
    );
    expect(finalizersLeft()).toEqual([finalizer]);
  });

  it('fails where it may not list them, and keeps the plan', async () => {
    api.forbid('throttles');
    const report = await run(true);
    expect(report.failures[0]).toMatch(/^Throttle could not be listed: /);
    expect(finalizersLeft()).toEqual([finalizer]);
  });
});
