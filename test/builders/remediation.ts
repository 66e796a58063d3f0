import { applyGuardedModelTo, memoryPlan } from './memory-operator.ts';
import type { MemoryAPI } from './memory-api.ts';

export const template = {
  metadata: { labels: { team: 'lending' }, annotations: { note: 'x' } },
  spec: {
    backoffLimit: 2,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'retrain', image: 'example.com/retrain:1' }] } },
  },
};
/** CronJob lending/retrain, suspended unless told otherwise. */
export const cronJob = (spec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'retrain', namespace: 'lending' },
  spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: template, ...spec },
});

const traffic = {
  name: 'traffic',
  httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
};
export const limit = (maxPercent: number) => ({ target: 'traffic', canaryLimit: { maxPercent } });
export const run = { target: 'retrain', runJob: {} };
export const stages = [
  { name: 'limit', escalateAfterSeconds: 4, actions: [limit(10)] },
  { name: 'repair', escalateAfterSeconds: 4, actions: [limit(5), run] },
  { name: 'last', actions: [{ target: 'traffic', shadow: {} }, run] },
];

/** A plan over the guarded model whose stages limit a route and run that CronJob. */
export function remediationPlan(ladder: readonly object[] = stages): object {
  return memoryPlan({
    targets: [traffic, { name: 'retrain', job: { cronJob: 'retrain' } }],
    stages: ladder,
    recovery: { stepSeconds: 2, probeAfterSeconds: 3 },
  });
}

export function applyRemediationTo(api: MemoryAPI): void {
  applyGuardedModelTo(api);
  api.apply('cronjobs', cronJob());
  api.apply('mitigationplans', remediationPlan([{ name: 'repair', actions: [limit(10), run] }]));
}
