import { describe, expect, it } from '@jest/globals';
import type { Workload } from '../../../../src/core/workload/facts.ts';
import { postureChecks, type PostureCheck } from '../../../../src/core/workload/posture.ts';
import { containerTemplate, measureOf, workload } from '../../../builders/workload.ts';

const logging = { containers: ['logger'], environment: ['LOG_PREDICTIONS'], annotations: ['internal.serving.kserve.io/logger'] };
const posture = (...checks: readonly PostureCheck[]) => ({ kind: 'Posture' as const, checks, logging });

const selectsIt = { name: 'credit', selector: [{ key: 'app', operator: 'In', values: ['credit-v2'] }] };
const selectsNothing = { name: 'none', selector: null };
const selectsOther = { name: 'other', selector: [{ key: 'app', operator: 'In', values: ['other'] }] };
const guarded = { disruptionBudgets: [selectsIt], networkPolicies: [{ name: 'all', selector: [] }] };

function failing(check: PostureCheck, changes: Partial<Workload>): unknown {
  return measureOf(posture(check), { ...guarded, workloads: [workload(changes)] });
}

const container = (changes: Parameters<typeof containerTemplate>[0]) => ({ containers: [containerTemplate(changes)] });

describe('posture', () => {
  it('is 0 failed checks of a workload that is set up with care', () => {
    expect(measureOf(posture(...postureChecks), guarded)).toMatchObject({ value: 0, sampleCount: 8, detail: '' });
  });

  it('counts a check for each workload it fails in, and names both', () => {
    const workloads = [workload({ desired: 1 }), workload({ kind: 'StatefulSet', name: 'features', desired: 1 })];
    const references = workloads.map(({ kind, name }) => ({ kind, name }));
    expect(measureOf(posture('Replicas', 'Probes'), { workloads }, { references })).toMatchObject({
      value: 2,
      sampleCount: 4,
      detail:
        'Replicas of Deployment credit-v2: desires 1 of at least 2 replicas; Replicas of StatefulSet features: desires 1 of at least 2 replicas',
    });
  });

  it.each<[PostureCheck, Partial<Workload>, string]>([
    ['NonRoot', container({ security: { runAsNonRoot: null, user: null } }), 'server may run as root'],
    ['NonRoot', container({ security: { runAsNonRoot: false, user: 0 } }), 'server may run as root'],
    ['NonRoot', { sidecars: [containerTemplate({ name: 'proxy', security: { runAsNonRoot: null, user: 0 } })] }, 'proxy may run as root'],
    ['ImagesByDigest', container({ image: 'models/credit:2.3.0' }), 'server names its image by a tag'],
    ['MemoryLimits', container({ limits: { cpu: 1, memory: null } }), 'server has no memory limit'],
    ['MemoryLimits', container({ limits: { cpu: 1, memory: 0 } }), 'server has no memory limit'],
    ['Probes', container({ hasLivenessProbe: false }), 'server lacks a readiness or a liveness probe'],
    ['Probes', container({ hasReadinessProbe: false }), 'server lacks a readiness or a liveness probe'],
    ['Replicas', { desired: 1 }, 'desires 1 of at least 2 replicas'],
    ['Replicas', { desired: NaN }, 'desires NaN of at least 2 replicas'],
    ['DisruptionBudget', { labels: { app: 'credit-v3' } }, 'no PodDisruptionBudget selects its pods'],
    ['PredictionLogging', { annotations: [] }, 'nothing shows that its predictions are logged'],
  ])('fails %s', (check, changes, objection) => {
    expect(failing(check, changes)).toMatchObject({ value: 1, detail: `${check} of Deployment credit-v2: ${objection}` });
  });

  it.each<[PostureCheck, Partial<Workload>]>([
    ['NonRoot', container({ security: { runAsNonRoot: null, user: 1000 } })],
    ['Probes', { sidecars: [containerTemplate({ name: 'proxy', hasLivenessProbe: false })] }],
    ['PredictionLogging', { annotations: [], ...container({ name: 'logger' }) }],
    ['PredictionLogging', { annotations: [], ...container({ environment: ['LOG_PREDICTIONS'] }) }],
    ['PredictionLogging', { annotations: [], sidecars: [containerTemplate({ name: 'logger' })] }],
  ])('passes %s in another way', (check, changes) => {
    expect(failing(check, changes)).toMatchObject({ value: 0 });
  });

  it.each([
    ['DisruptionBudget' as const, { disruptionBudgets: [selectsNothing, selectsOther] }],
    ['NetworkPolicy' as const, { networkPolicies: [selectsOther] }],
    ['NetworkPolicy' as const, { networkPolicies: [] }],
  ])('fails %s where what there is does not select the pods', (check, rules) => {
    expect(measureOf(posture(check), rules)).toMatchObject({ value: 1 });
  });

  it('is not known of a workload without containers', () => {
    expect(failing('NonRoot', { containers: [] })).toMatchObject({ cause: 'Empty' });
  });
});
