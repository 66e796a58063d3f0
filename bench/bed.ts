import { readFile } from 'node:fs/promises';

import { createSystemClock } from '../src/kube/system-clock.ts';
import { createAPIClient } from '../testbed/api-client.ts';
import type { APIClient } from '../testbed/api-client.ts';
import { requestsOf } from '../testbed/audit-log.ts';
import type { AuditedRequest } from '../testbed/audit-log.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import { installProduct } from '../testbed/install.ts';
import { operatorAccount, startOperator } from '../testbed/operator-process.ts';
import type { OperatorProcessOptions } from '../testbed/operator-process.ts';
import { httpRoutes, stampRoute } from '../testbed/route-stamper.ts';
import { runCommand } from '../testbed/run-command.ts';
import { watchObjects } from '../testbed/watch-objects.ts';
import { applyFleet, candidateShare, fleetNamespace, mitigationPlans } from './fleet.ts';

export type Say = (line: string) => void;

/** A real control plane with the product installed, a fleet of guarded models, and the operator as it ships. */
export interface BenchBed {
  readonly cluster: ControlPlane;
  /** The administrator's. */
  readonly client: APIClient;
  readonly operatorPid: number;
  /** Where its metrics are. */
  readonly operatorURL: string;
  /** The candidate's share on the live route of a model, in percent; null while there is no such route. */
  liveShare(model: string): number | null;
  /** What the operator asked of the API server so far, by the server's audit log. */
  operatorRequests(): Promise<readonly AuditedRequest[]>;
  /** Ends the operator alone, so that its watches appear in the audit log. */
  stopOperator(): Promise<void>;
  stop(): Promise<void>;
}

export interface BenchBedOptions {
  readonly models: readonly string[];
  readonly providerURL: string;
  readonly say: Say;
  /** What it is told beside what every operator of a bed is. */
  readonly operator?: Pick<OperatorProcessOptions, 'flags' | 'env'>;
}

export async function startBenchBed({ models, providerURL, say, operator: told = { flags: {} } }: BenchBedOptions): Promise<BenchBed> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    const [cluster] = await Promise.all([startControlPlane(), bundle()]);
    stops.push(() => cluster.stop());
    await installProduct(cluster);
    say('A real etcd, kube-apiserver and controller manager run; the product is installed as shipped (config/default).');
    const client = createAPIClient({ server: cluster.server, caFile: cluster.caFile, token: cluster.adminToken });
    stops.push(() => client.close());
    await applyFleet(client, models, providerURL);
    say(`${models.length} models are applied, each with a ModelRisk, a MitigationPlan, an HTTPRoute and two Services.`);
    const routes = watchRoutes(cluster, client);
    stops.push(() => routes.stop());
    const operator = await startOperator({ access: cluster, ...told, directory: cluster.directory });
    stops.push(() => operator.process.stop());
    await operator.leading();
    await untilGuarded(client, models);
    say('The operator (dist/operator.mjs, token of its shipped ServiceAccount) leads and guards them all.');
    return {
      cluster,
      client,
      operatorPid: operator.process.pid,
      operatorURL: operator.url,
      liveShare: (model) => {
        const route = routes.latest(model);
        return route === null ? null : candidateShare(route, `${model}-v2`);
      },
      operatorRequests: () => readRequests(cluster),
      stopOperator: async () => {
        await operator.process.stop();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bundle(): Promise<void> {
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) throw new Error(`the operator could not be bundled: ${built.stderr}`);
}

/** No gateway runs here: every new generation of a route is marked Accepted, as a gateway would. */
function watchRoutes(cluster: ControlPlane, client: APIClient) {
  const watch = watchObjects({ cluster, resource: httpRoutes, namespace: fleetNamespace, clock: createSystemClock() });
  watch.onState(({ object }) => {
    if (object !== null) void stampRoute(client, object).catch(() => undefined);
  });
  return watch;
}

async function untilGuarded(client: APIClient, models: readonly string[]): Promise<void> {
  const guarded = async (): Promise<boolean> => {
    const plans = await client.list(mitigationPlans, { namespace: fleetNamespace });
    return plans.filter((plan) => isReady(plan['status'])).length === models.length;
  };
  await eventually(guarded, { timeoutMs: 120_000, everyMs: 500 });
}

function isReady(status: unknown): boolean {
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

async function readRequests({ auditLog }: ControlPlane): Promise<readonly AuditedRequest[]> {
  const { namespace, serviceAccount } = operatorAccount;
  return requestsOf(`system:serviceaccount:${namespace}:${serviceAccount}`, await readFile(auditLog, 'utf8'));
}
