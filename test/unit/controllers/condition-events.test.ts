import { describe, expect, it } from '@jest/globals';
import { conditionEvents } from '../../../src/controllers/condition-events.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { memoryBackend, startMemoryOperator } from '../../builders/memory-operator.ts';
import { noReading } from '../../builders/core.ts';

function revision(...conditions: readonly (readonly [type: string, status: string, reason: string])[]): UntypedObject {
  const status = { conditions: conditions.map(([type, value, reason]) => ({ type, status: value, reason, message: `about ${reason}` })) };
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'thing' }, status } as unknown as UntypedObject;
}

const told = (before: UntypedObject, after: UntypedObject): readonly string[] =>
  conditionEvents(after, before).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);

describe('events of conditions', () => {
  it('tell a trouble when it begins and when it ends, and not in between', () => {
    const [well, ill] = [revision(['Ready', 'True', 'Reconciled']), revision(['Ready', 'False', 'RiskMissing'])];
    expect(told(well, ill)).toEqual(['Warning RiskMissing: Ready is False: about RiskMissing']);
    expect(told(ill, ill)).toEqual([]);
    expect(told(ill, well)).toEqual(['Normal ReadyAgain: Ready is True again; it was False (RiskMissing).']);
    expect(told(well, well)).toEqual([]);
  });

  it('tell a trouble that became another one', () => {
    expect(told(revision(['Ready', 'False', 'RiskMissing']), revision(['Ready', 'False', 'TargetMissing']))).toHaveLength(1);
  });

  it('tell one cause once, however many conditions it denies', () => {
    const ill = revision(['Ready', 'False', 'Denied'], ['Effective', 'False', 'Denied']);
    expect(told(revision(), ill)).toEqual(['Warning Denied: Ready is False: about Denied']);
  });

  it('tell a trouble there is from the start', () => {
    expect(told(revision(), revision(['Assessed', 'False', 'Error']))).toHaveLength(1);
  });

  it.each([
    ['Effective', 'Waiting'],
    ['Ready', 'Reconciling'],
    ['Assessed', 'Insufficient'],
    ['Engaged', 'Idle'],
  ])('leave out %s=False because of %s', (type, reason) => {
    expect(told(revision([type, 'True', 'Fine']), revision([type, 'False', reason]))).toEqual([]);
  });
});

describe('an operator in trouble', () => {
  it('says so on the risk, the plan and the policy it is about', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.read(noReading);
    await world.pass(2);
    memoryBackend(world.api, 'credit-v1', false);
    world.read(0.9);
    await world.pass(3);
    const told = world.events.map(({ regarding, reason }) => `${regarding.kind} ${reason}`);
    expect(told).toEqual(expect.arrayContaining(['ModelRisk NoData', 'ModelRisk AssessedAgain', 'MitigationPlan SafeBackendNotReady']));
    await world.stop();
  });
});
