import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIClient, KubeObject, Resource } from '../../testbed/api-client.ts';
import { applyGuardedModel, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, entriesOf, phaseOf, shareOf } from '../builders/traffic-view.ts';

const batch = { group: 'batch', version: 'v1' } as const;
const cronJobs: Resource = { ...batch, plural: 'cronjobs' };
const jobs: Resource = { ...batch, plural: 'jobs' };
const pods: Resource = { group: '', version: 'v1', plural: 'pods' };

/** The API server's own Job controller runs here; no kubelet does, so the test says what became of the pod. */
describe('a job of a plan, from the bundle on the real API server', () => {
  let world: OperatorWorld;
  let client: APIClient;

  const cronJob = (namespace: string): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'retrain', namespace },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: {
        metadata: { labels: { team: 'lending' } },
        spec: {
          backoffLimit: 0,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'retrain', image: 'example.com/retrain:1' }] } },
        },
      },
    },
  });
  const plan = {
    targets: [
      {
        name: 'traffic',
        httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
      },
      { name: 'retrain', job: { cronJob: 'retrain' } },
    ],
    stages: [
      {
        name: 'repair',
        actions: [
          { target: 'traffic', canaryLimit: { maxPercent: 10 } },
          { target: 'retrain', runJob: {} },
        ],
      },
    ],
  };
  const ours = (objects: readonly KubeObject[]): readonly KubeObject[] =>
    objects.filter(({ metadata }) => metadata.labels?.['modelrisk.dev/remediation'] === 'true');
  const podEnds = async (job: string, phase: 'Succeeded' | 'Failed'): Promise<void> => {
    const found = await world.untilListed(pods, (all) =>
      all.some(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === job),
    );
    const pod = found.find(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === job);
    const path = `/api/v1/namespaces/${world.namespace}/pods/${pod?.metadata.name ?? ''}/status`;
    await client.raw({ method: 'PATCH', path, body: { status: { phase } }, contentType: 'application/merge-patch+json' });
  };
  const runsOf = ({ status }: KubeObject) =>
    (status as { readonly remediations?: readonly { readonly job: string; readonly state: string; readonly engagement: number }[] })
      .remediations ?? [];

  beforeAll(async () => {
    world = await openOperatorWorld();
    ({ client } = world.plane);
    await applyGuardedModel(client, { namespace: world.namespace, providerURL: world.provider.url, plan });
    await client.create(cronJobs, cronJob(world.namespace));
    world.setDrift(0.01);
    await world.start();
  }, 120_000);

  afterAll(() => world.close());

  it('waits for the namespace to opt in, and says how', async () => {
    const said = await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Ready')?.reason === 'RightsMissing');
    expect(conditionOf(said, 'Ready')?.message).toContain('kubectl create rolebinding modelrisk-operator-jobs');
    const optedIn = await world.plane.kubectl(['apply', '--server-side', '--namespace', world.namespace, '-f', 'config/opt-in/jobs.yaml']);
    expect(optedIn).toMatchObject({ code: 0 });
    await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Ready')?.status === 'True');
  }, 90_000);

  it('is run once when its stage is entered, after the route, and belongs to its CronJob', async () => {
    world.setDrift(0.9);
    const [job] = ours(await world.untilListed(jobs, (all) => ours(all).length > 0));
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(10);
    const owner = await world.get(cronJobs, 'retrain');
    expect(job).toMatchObject({
      metadata: { labels: { team: 'lending' }, ownerReferences: [{ kind: 'CronJob', name: 'retrain', uid: owner.metadata.uid }] },
      spec: { backoffLimit: 0 },
    });
  }, 60_000);

  it('that fails is told of, and loosens nothing', async () => {
    const [job] = ours(await world.untilListed(jobs, (all) => ours(all).length > 0));
    await podEnds(job?.metadata.name ?? '', 'Failed');
    await world.until(mitigationPlans, 'credit', (object) => runsOf(object)[0]?.state === 'Failed');
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(10);
    await world.untilListed(riskIncidents, (all) => all.some((each) => entriesOf(each).some(({ type }) => type === 'RemediationFailed')));
  }, 60_000);

  it('runs again in the next engagement, and what came of it is on record', async () => {
    world.setDrift(0.01);
    await world.until(mitigationPlans, 'credit', (object) => phaseOf(object) === 'Idle');
    world.setDrift(0.9);
    await world.until(mitigationPlans, 'credit', (object) => runsOf(object)[0]?.engagement === 2);
    const [run] = runsOf(await world.get(mitigationPlans, 'credit'));
    await podEnds(run?.job ?? '', 'Succeeded');
    await world.until(mitigationPlans, 'credit', (object) => runsOf(object)[0]?.state === 'Succeeded');
    await world.untilListed(riskIncidents, (all) =>
      all.some((each) => entriesOf(each).some(({ type }) => type === 'RemediationSucceeded')),
    );
    const verified = await world.plugin(['audit', 'verify', '-n', world.namespace]);
    expect(verified).toMatchObject({ code: 0 });
    expect(ours(await world.untilListed(jobs, (all) => ours(all).length > 0))).toHaveLength(2);
  }, 90_000);
});
