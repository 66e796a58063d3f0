import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../src/cli/arguments.ts';
import { askGate } from '../../../src/cli/gate.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import { signAll, signedPolicy, signedRisk } from '../../builders/signing.ts';

const resource = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'modelrisks', kind: 'ModelRisk', namespaced: true };

describe('kubectl modelrisk gate', () => {
  it('goes from no-go to go as people sign, and back when a plan engages', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy());
      api.apply('modelrisks', signedRisk());
    });
    await world.pass(2);
    const client = createResourceClient<UntypedObject>({ transport: world.api, fieldManager: 'test', resource });
    const ask = async (version = '2.3.0', waive: readonly ('IncidentOpen' | 'LimitBroken')[] = []) => {
      const answer = await askGate(
        client,
        { kind: 'Gate', model: 'credit', version, waive },
        { namespace: 'lending', nowMs: world.clock.nowMs() },
      );
      if (!answer.ok) throw new Error(answer.failure);
      return [answer.value.decision, ...new Set(answer.value.items.map(({ kind }) => kind))];
    };
    expect(await ask()).toEqual(['NoGo', 'SignOffMissing']);
    await signAll(world);
    expect(await ask()).toEqual(['Go']);
    expect(await ask('2.4.0')).toEqual(['NoGo', 'VersionUnknown']);
    world.read(0.9);
    await world.pass(3);
    expect(await ask()).toEqual(['NoGo', 'IncidentOpen', 'LimitBroken']);
    expect(await ask('2.3.0', ['IncidentOpen', 'LimitBroken'])).toEqual(['Go', 'IncidentOpen', 'LimitBroken']);
    await world.stop();
  });

  it('says that nobody can tell where the model is not there or not readable', async () => {
    const world = await startMemoryOperator();
    const client = createResourceClient<UntypedObject>({ transport: world.api, fieldManager: 'test', resource });
    const at = { namespace: 'lending', nowMs: world.clock.nowMs() };
    const command = { kind: 'Gate', model: 'ghost', version: '1', waive: [] } as const;
    expect(await askGate(client, command, at)).toMatchObject({ ok: false, failure: expect.stringContaining('ModelRisk lending/ghost') });
    world.api.apply('modelrisks', { kind: 'ModelRisk', metadata: { name: 'ghost', namespace: 'lending' }, spec: {} });
    expect(await askGate(client, command, at)).toMatchObject({ ok: false, failure: expect.stringContaining('spec.policyRef') });
    await world.stop();
  });

  it('is asked by model and version', () => {
    const gate = (...args: readonly string[]) => readArguments(['gate', ...args]);
    expect(gate('--model', 'credit', '--version', '2.4.0', '--waive', 'IncidentOpen')).toMatchObject({
      ok: true,
      value: { command: { kind: 'Gate', model: 'credit', version: '2.4.0', waive: ['IncidentOpen'] } },
    });
    expect(gate('--model', 'credit')).toMatchObject({ ok: false, failure: expect.stringContaining('needs --model') });
    expect(gate('--model', 'c', '--version', '1', '--waive', 'SignOffMissing')).toMatchObject({
      ok: false,
      failure: expect.stringContaining("can't be waived"),
    });
    expect(gate('credit')).toMatchObject({ ok: false });
    expect(readArguments(['doctor', '--model', 'credit'])).toMatchObject({ ok: false, failure: expect.stringContaining('go with gate') });
  });
});
