import { describe, expect, it } from '@jest/globals';
import { resolveSignal } from '../../../../src/api/resolve-signal.ts';
import { postureChecks } from '../../../../src/core/workload/posture.ts';
import { templateIndicator, withValue } from '../../../builders/api.ts';
import { parsedIndicator, parsedPolicy } from '../../../builders/parsed.ts';

const model = {
  namespace: 'lending',
  model: 'credit',
  version: '2.3.0',
  workloadRefs: [{ kind: 'Deployment' as const, name: 'credit-v2' }],
};

function resolve(form: object, indicator: object = {}, about: object = model) {
  const policy = parsedPolicy((manifest) => withValue(manifest, 'spec.signals[2]', { name: 'state', ...form }));
  const { minSamples: _minSamples, ...common } = templateIndicator();
  const spec = parsedIndicator({
    ...common,
    signal: { template: { name: 'state' } },
    threshold: { direction: 'Above', breach: 0 },
    ...indicator,
  });
  return resolveSignal(spec, about as typeof model, policy);
}

describe('a signal about the cluster', () => {
  it('asks the cluster, about the workloads of the model', () => {
    expect(resolve({ workload: { measure: 'UnreadyReplicasPercent' }, scalesWith: 'None', measurableIn: ['Live', 'Shadow'] })).toEqual({
      ok: true,
      value: {
        kind: 'Cluster',
        shape: '["Cluster","UnreadyReplicas","lending"]',
        provider: 'cluster',
        query: 'UnreadyReplicasPercent of Deployment credit-v2',
        windowSeconds: 1,
        measurableIn: ['Live', 'Shadow'],
        scalesWith: 'None',
        references: [{ kind: 'Deployment', name: 'credit-v2' }],
        measure: { kind: 'UnreadyReplicas' },
      },
    });
  });

  it.each([
    [
      { workload: { measure: 'Restarts' }, windowSeconds: 3600 },
      { windowSeconds: 3600, measure: { kind: 'Restarts' } },
    ],
    [{ workload: { measure: 'CPUOfRequestsPercent' } }, { windowSeconds: 60, measure: { kind: 'Usage', resource: 'CPU' } }],
    [{ workload: { measure: 'MemoryOfRequestsPercent' } }, { measure: { kind: 'Usage', resource: 'Memory' } }],
    [
      { workload: { measure: 'UnapprovedPods' } },
      { measure: { kind: 'UnapprovedPods', versionLabel: 'app.kubernetes.io/version', isByDigest: false, container: null } },
    ],
    [
      { workload: { measure: 'UnapprovedPods', approvedBy: ['ImageDigest'], container: 'server' } },
      { measure: { kind: 'UnapprovedPods', versionLabel: null, isByDigest: true, container: 'server' } },
    ],
    [
      { posture: {} },
      {
        query: `posture (${postureChecks.join(', ')}) of Deployment credit-v2`,
        measure: {
          kind: 'Posture',
          checks: postureChecks,
          logging: { containers: [], environment: [], annotations: ['internal.serving.kserve.io/logger'] },
        },
      },
    ],
    [
      { posture: { checks: ['PredictionLogging'], predictionLogging: { environment: ['LOG'], annotations: [] } } },
      { measure: { checks: ['PredictionLogging'], logging: { containers: [], environment: ['LOG'], annotations: [] } } },
    ],
    [{ report: { kind: 'VulnerabilityReport' } }, { measure: { kind: 'Vulnerabilities', severities: ['Critical', 'High'] } }],
    [
      { report: { kind: 'PolicyReport', severities: ['Unknown'] } },
      { measure: { kind: 'PolicyFindings', severities: ['Unknown'], results: ['Fail'] } },
    ],
  ])('%j is %j', (form, value) => {
    expect(resolve(form)).toMatchObject({ ok: true, value });
  });

  it('of two measures of one kind are read together, of two namespaces are not', () => {
    const shapeOf = (form: object, about = model) => {
      const resolved = resolve(form, {}, about);
      return resolved.ok ? resolved.value.shape : resolved.failure;
    };
    const cpu = { workload: { measure: 'CPUOfRequestsPercent' } };
    expect(shapeOf({ workload: { measure: 'MemoryOfRequestsPercent' } })).toBe(shapeOf(cpu));
    expect(shapeOf(cpu, { ...model, namespace: 'other' })).not.toBe(shapeOf(cpu));
  });

  it('about a model that names no workloads is found all the same: its reading says what is missing', () => {
    const { workloadRefs: _workloadRefs, ...nameless } = model;
    expect(resolve({ posture: {} }, {}, nameless)).toMatchObject({ ok: true, value: { references: [] } });
  });

  it.each([
    [{ objective: { targetPercent: 99 }, threshold: { direction: 'Above', breach: 2 } }, 'objective'],
    [{ signal: { template: { name: 'state' }, baseline: { mean: 1, standardDeviation: 1 } } }, 'signal.baseline'],
    [{ signal: { template: { name: 'state' }, reference: { seasonal: { offsetSeconds: 86_400 } } } }, 'signal.reference'],
  ])('has no use for what a statistic needs: %j', (changes, field) => {
    expect(resolve({ posture: {} }, changes)).toEqual({
      ok: false,
      failure: `indicator approval-parity: signal state reads the state of the cluster; leave ${field} out`,
    });
  });
});
