import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../src/core/model/observation.ts';
import { diagnose } from '../../../src/cli/doctor.ts';
import { success } from '../../../src/shared/result.ts';
import { noReading } from '../../builders/core.ts';
import { memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Status {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  readonly indicators: readonly { readonly falseAlarms?: Readonly<Record<string, number | string>> }[];
}

describe('Calibrated', () => {
  let world: MemoryOperator;
  const status = (): Status => (world.api.get('modelrisks', 'credit') as unknown as { readonly status: Status }).status;
  const calibrated = () => {
    const { status: now, reason } = status().conditions.find(({ type }) => type === 'Calibrated') ?? {};
    return [now, reason];
  };
  const statusWrites = () =>
    world.api.writes.filter(({ resource, subresource }) => resource === 'modelrisks' && subresource === 'status').length;
  /** A PSI of so many live rows over ten bins, against a reference of very many. */
  const psi = (value: number, rows: number): Observation => {
    const bins = Array.from({ length: 10 }, () => 1);
    return {
      ...{ kind: 'Value', value, sampleCount: rows, noiseFloor: 0.0001, interval: null, windowSeconds: 1 },
      computation: {
        statistic: 'PSI',
        parameters: { falseAlarmProbability: 0.01, designEffect: 1 },
        counts: { upperBounds: [1], reference: bins.map(() => 1e6), live: bins.map(() => rows / 10) },
      },
      dataTimeMs: world.clock.nowMs(),
      source: { provider: 'prometheus', query: 'score_drift', queriedAtMs: world.clock.nowMs() },
    };
  };

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('is not known of values without counts', () => {
    expect(calibrated()).toEqual(['Unknown', 'NotKnown']);
    expect(status().indicators[0]).not.toHaveProperty('falseAlarms');
  });

  it('follows the rows of the last change of verdict: many are within the limit, few are too noisy', async () => {
    world.read(noReading);
    await world.pass(2);
    world.read(psi(0.01, 5000));
    await world.pass(2);
    expect(calibrated()).toEqual(['True', 'WithinLimit']);
    expect(status().indicators[0]?.falseAlarms).toEqual({ assuming: 'NoDrift', lookChance: 0, monthlyAtLeast: 0, monthlyAtMost: 0 });
    world.read(noReading);
    await world.pass(2);
    world.read(psi(0.01, 60));
    await world.pass(2);
    expect(calibrated()).toEqual(['False', 'TooManyFalseAlarms']);
  });

  it('writes no status while rows come and go under one verdict, and keeps what it knew while nothing can be read', async () => {
    world.read(psi(0.15, 60));
    await world.pass(4);
    expect(calibrated()).toEqual(['False', 'TooManyFalseAlarms']);
    const [before, known] = [statusWrites(), status().indicators[0]?.falseAlarms];
    for (const rows of [80, 5000, 70, 4000]) {
      world.read(psi(0.15, rows));
      await world.pass(3);
    }
    expect(statusWrites()).toBe(before);
    world.read(noReading);
    await world.pass(3);
    expect(status().indicators[0]).toMatchObject({ verdict: 'NoData', falseAlarms: known });
    expect(calibrated()).toEqual(['False', 'TooManyFalseAlarms']);
    await world.restart();
    await world.pass(3);
    expect(status().indicators[0]?.falseAlarms).toEqual(known);
  });

  it('turns with what the policy allows, and doctor says so', async () => {
    world.read(psi(0.15, 160));
    await world.pass(4);
    const policy = memoryPolicy() as { readonly spec: Fields };
    const doctor = async () => {
      const lister = (plural: string) => ({
        listPage: () =>
          Promise.resolve(success({ items: [world.api.get(plural, 'credit')], continueToken: null, resourceVersion: '1' })) as never,
      });
      const diagnosis = await diagnose({ risks: lister('modelrisks'), plans: lister('mitigationplans') }, 'lending');
      return diagnosis.ok ? diagnosis.value.ailments.map(({ condition, severity }) => [condition, severity]) : null;
    };
    expect(await doctor()).toEqual([['Calibrated', 'Wrong']]);
    world.api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, falseEngagementsPerModelYear: 1000 } });
    await world.pass(3);
    expect(calibrated()).toEqual(['True', 'WithinLimit']);
  });

  it('forgets figures of other limits with an edit of the spec', async () => {
    world.read(psi(0.15, 60));
    await world.pass(4);
    const { spec } = memoryRisk({ threshold: { direction: 'Above', warn: 0.1, breach: 0.9 } }) as { readonly spec: Fields };
    world.api.apply('modelrisks', { ...memoryRisk(), spec });
    await world.pass(3);
    expect(calibrated()).toEqual(['True', 'WithinLimit']);
  });
});
