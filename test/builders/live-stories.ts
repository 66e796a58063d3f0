import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { eventually } from '../../testbed/eventually.ts';
import { standInForKServe } from '../../testbed/kserve-stand-in.ts';
import { operatorAccount, startOperator } from '../../testbed/operator-process.ts';
import { optIn } from '../../testbed/opt-in.ts';
import { stampPods } from '../../testbed/pod-stamper.ts';
import { listPatchKinds } from '../../testbed/patch-kinds.ts';
import { startPrometheusStandIn } from '../../testbed/prometheus-stand-in.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import { aModelRisk, aPolicy, modelRisks, riskPolicies } from './guarded-model.ts';
import { patchableKinds } from './patchable-kinds.ts';
import type { StoryWorld } from './target-stories.ts';

/** One operator, as it ships, over all namespaces of a control plane; each story gets a namespace of its own. */
export interface StoryBed {
  openWorld(): Promise<StoryWorld>;
  close(): Promise<void>;
}

const patienceMs = 90_000;

export async function openStoryBed(plane: ConnectedControlPlane): Promise<StoryBed> {
  const { client } = plane;
  const provider = await startPrometheusStandIn();
  const readings = new Map<string, number>();
  provider.answerOthers({
    kind: 'Vector',
    series: () =>
      [...readings].flatMap(([namespace, value]) => {
        const labels = { namespace, model: 'credit', version: '2.3.0' };
        return [
          { labels: { ...labels, __modelrisk_part__: 'value' }, value },
          { labels: { ...labels, __modelrisk_part__: 'time0' }, value: Date.now() / 1000 },
        ];
      }),
  });
  const stampers = [stampRoutes(client, null), stampPods(client, { namespace: null })];
  const kserve = standInForKServe(client);
  const patches = await listPatchKinds(client, patchableKinds);
  const operator = await startOperator({ access: plane, flags: { namespace: operatorAccount.namespace, ...patches } });
  await operator.leading();
  return {
    openWorld: async () => {
      const namespace = await plane.createNamespace();
      await optIn(plane, namespace);
      readings.set(namespace, 0.01);
      for (const name of ['credit-v1', 'credit-v2']) await publishBackend(client, { name, namespace, port: 8080 });
      const options = { namespace, providerURL: provider.url };
      await client.create(riskPolicies, aPolicy(options));
      await client.create(modelRisks, aModelRisk(options));
      return {
        namespace,
        // As GitOps does: server-side, and not to be stopped by whoever owns a field.
        apply: (resource, manifest) => client.apply(resource, manifest, { fieldManager: 'kubectl', force: true }),
        find: (resource, name) => client.find(resource, { namespace, name }),
        remove: (resource, name) => client.delete(resource, { namespace, name }),
        read: (reading) => {
          readings.set(namespace, reading === 'Ok' ? 0.01 : 0.9);
        },
        until: async (what, isSo) => {
          await eventually(isSo, { timeoutMs: patienceMs, everyMs: 100 }).catch((cause: unknown) => {
            throw new Error(`not within ${String(patienceMs / 1000)} s: ${what}`, { cause });
          });
        },
      };
    },
    close: async () => {
      await operator.process.stop();
      await kserve.stop();
      await Promise.all(stampers.map((stamper) => stamper.stop()));
      await provider.stop();
    },
  };
}
