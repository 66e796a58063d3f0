import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toPod, toPodUsage } from '../../../src/signals/cluster/pod-fact.ts';
import { toPolicyReport, toVulnerabilityReport } from '../../../src/signals/cluster/report-fact.ts';
import { toDisruptionBudget, toNetworkPolicy } from '../../../src/signals/cluster/selector-fact.ts';
import { toWorkload } from '../../../src/signals/cluster/workload-fact.ts';

const readers: readonly (readonly [string, (object: unknown) => object])[] = [
  ['a Deployment', toWorkload('Deployment')],
  ['a pod', toPod],
  ['metrics of a pod', toPodUsage],
  ['a disruption budget', toDisruptionBudget],
  ['a network policy', toNetworkPolicy],
  ['a vulnerability report', toVulnerabilityReport],
  ['a policy report', toPolicyReport],
];

/** Any JSON, and objects whose members have the right names and anything in them. */
const keys = [
  'metadata',
  'spec',
  'status',
  'report',
  'results',
  'scope',
  'containers',
  'template',
  'labels',
  'summary',
  'selector',
  'name',
];
const shaped: fc.Memo<unknown> = fc.memo((depth) =>
  depth <= 1
    ? fc.jsonValue()
    : fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), shaped(depth - 1)), fc.array(shaped(depth - 1), { maxLength: 3 })),
);

describe.each(readers)('%s', (_what, read) => {
  it('is read whatever it holds, and the same each time', () => {
    fc.assert(
      fc.property(shaped(5), (object) => {
        expect(read(object)).toEqual(read(object));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is missing', () => {
  it('is no ready replica, no running pod, no count and no time', () => {
    expect(toWorkload('Deployment')({})).toMatchObject({ desired: 1, ready: 0, observedGeneration: null, containers: [], selector: [] });
    expect(toWorkload('Deployment')({ spec: { replicas: 'two' }, status: { readyReplicas: null } })).toMatchObject({
      desired: NaN,
      ready: NaN,
    });
    expect(toPod({})).toMatchObject({ isRunning: false, owner: null, containers: [] });
    expect(toPodUsage({ containers: [{ usage: { cpu: 'much' } }] })).toMatchObject({ cpu: NaN, atMs: NaN });
    expect(toVulnerabilityReport({ report: { summary: { criticalCount: 1 } } })).toMatchObject({ counts: null, updatedAtMs: null });
    expect(
      toVulnerabilityReport({ report: { summary: { criticalCount: -1, highCount: 0, mediumCount: 0, lowCount: 0, unknownCount: 0 } } })
        .counts,
    ).toBeNull();
    expect(toPolicyReport({ results: [{ policy: 'p', result: 'perhaps', severity: 'dire' }] })).toMatchObject({
      scope: null,
      updatedAtMs: null,
      findings: [{ result: null, severity: null }],
    });
    expect(toDisruptionBudget({}).selector).toBeNull();
    expect(toNetworkPolicy({}).selector).toEqual([]);
  });
});
