import { aModelRisk, mitigationPlans, modelRisks } from '../../test/builders/guarded-model.ts';
import type { StoryTarget } from '../../test/builders/story-target.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { APIClient, KubeObject, Resource } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { eventually } from '../../testbed/eventually.ts';
import { optIn } from '../../testbed/opt-in.ts';
import { lookAtRollout, rollouts } from '../../testbed/rollouts-stand-in.ts';
import { stampRoute, stamped } from '../../testbed/route-stamper.ts';
import { watchObjects } from '../../testbed/watch-objects.ts';
import type { ObjectWatch } from '../../testbed/watch-objects.ts';

const targetJournals: Resource = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'targetjournals' };

/** One model behind one target, in a namespace of its own. */
export interface RespondModel {
  readonly namespace: string;
  /** The target carries the constraint. */
  isHeld(): boolean;
  /** Its users have all of it back, and all it stands behind, our bookkeeping included: the next patch answers the next breach. */
  isFree(): boolean;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface ModelOptions {
  readonly cluster: ConnectedControlPlane;
  readonly target: StoryTarget;
  readonly policy: string;
  readonly clock: Clock;
}

/** Straight to the stage that holds the target, and down again as fast as a plan can. */
export function planOver({ engage, targets }: StoryTarget, namespace: string): KubeObject {
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'MitigationPlan',
    metadata: { name: 'credit', namespace },
    spec: {
      riskRef: { name: 'credit' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets,
      stages: engage.map((actions, index) => ({
        name: `stage-${String(index)}`,
        ...(index === engage.length - 1 ? { enterOn: ['score-drift'] } : {}),
        actions,
      })),
      // Each model breaches several times within minutes; none may be latched for it.
      recovery: { stepSeconds: 1, probeAfterSeconds: 1, probeAttempts: 100, flap: { maxEngagements: 16, windowSeconds: 60 } },
    },
  };
}

export async function openModel({ cluster, target, policy, clock }: ModelOptions): Promise<RespondModel> {
  const { client } = cluster;
  const namespace = await cluster.createNamespace();
  await optIn(cluster, namespace);
  for (const name of ['credit-v1', 'credit-v2']) await publishBackend(client, { name, namespace, port: 8080 });
  const watches: ObjectWatch[] = [];
  await placeEarlier(client, target, namespace);
  for (const { resource, manifest } of [...target.alongside, target]) {
    await client.apply(resource, manifest(namespace), { fieldManager: 'kubectl' });
    const watch = watchObjects({ cluster, resource, namespace, clock });
    watches.push(watch);
    const stamp = stampOf(resource);
    watch.onState(({ object }) => {
      if (object !== null) void stamp(client, object, resource).catch(() => undefined);
    });
  }
  const risk = aModelRisk({ namespace, providerURL: '' });
  await client.create(modelRisks, { ...risk, spec: { ...(risk['spec'] as object), policyRef: { name: policy } } });
  await client.create(mitigationPlans, planOver(target, namespace));
  const live = (): KubeObject | null => watches.at(-1)?.latest('credit') ?? null;
  const apart = target.journal === undefined ? null : watchObjects({ cluster, resource: targetJournals, namespace, clock });
  const isJournaledApart = (): boolean => (apart?.latest(`${target.kind.toLowerCase()}-${live()?.metadata.uid ?? ''}`) ?? null) !== null;
  return {
    namespace,
    isHeld: () => isHeldBy(target, live()),
    isFree: () => watches.every((watch) => isFree(watch.latest('credit'))) && !isJournaledApart(),
    isReady: async () => {
      const { status } = await client.get(mitigationPlans, { namespace, name: 'credit' });
      const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
      return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    },
    stop: async () => {
      await Promise.all([...watches, ...(apart === null ? [] : [apart])].map((watch) => watch.stop()));
    },
  };
}

/** No controller of routes or of Rollouts runs here: every new generation of one is marked as its own would. */
function stampOf({ plural }: Resource): (client: APIClient, object: KubeObject, resource: Resource) => Promise<void> {
  if (plural === rollouts.plural) return lookAtRollout;
  return stamped.some((known) => known.plural === plural) ? stampRoute : () => Promise.resolve();
}

/** The version before, as its controller has seen it when the next one follows. */
async function placeEarlier(client: APIClient, { resource, earlier }: StoryTarget, namespace: string): Promise<void> {
  if (earlier === undefined) return;
  await client.apply(resource, earlier(namespace), { fieldManager: 'kubectl' });
  const isSeen = async (): Promise<boolean> => {
    const { metadata, status } = await client.get(resource, { namespace, name: 'credit' });
    const { observedGeneration = 0 } = (status ?? {}) as { readonly observedGeneration?: number };
    return observedGeneration >= (metadata.generation ?? 1);
  };
  await eventually(isSeen, { timeoutMs: 60_000, everyMs: 100 });
}

export function isHeldBy({ share, engagedShare }: StoryTarget, live: KubeObject | null): boolean {
  return live !== null && share(live) <= engagedShare;
}

export function isFree(live: KubeObject | null): boolean {
  if (live === null) return false;
  const { annotations, managedFields = [] } = live.metadata;
  return annotations?.['modelrisk.dev/journal'] === undefined && !managedFields.some(({ manager }) => manager === 'modelrisk-operator');
}
