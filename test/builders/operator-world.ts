import { createAPIClient } from '../../testbed/api-client.ts';
import { connectControlPlane } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { eventually } from '../../testbed/eventually.ts';
import { grantLease } from '../../testbed/grant-lease.ts';
import { operatorAccount, startOperator } from '../../testbed/operator-process.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { startPrometheusStandIn } from '../../testbed/prometheus-stand-in.ts';
import type { PrometheusStandIn } from '../../testbed/prometheus-stand-in.ts';
import { runCommand } from '../../testbed/run-command.ts';
import type { CommandResult } from '../../testbed/run-command.ts';
import { resolveTool } from '../../testbed/tools/resolve.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import type { KubeObject, Resource } from '../../testbed/api-client.ts';
import type { JSONPatchOperation } from '../../src/shared/json.ts';
import { modelRisks } from './guarded-model.ts';
import { conditionOf } from './traffic-view.ts';

/** One namespace with its own operator process, provider and lease, on the shared control plane. */
export interface OperatorWorld {
  readonly plane: ConnectedControlPlane;
  readonly namespace: string;
  readonly provider: PrometheusStandIn;
  /** What the drift signal answers from now on, for both versions unless told otherwise; null = no series. */
  setDrift(candidate: number | null, safe?: number): void;
  /** Flags are added to those of every world. */
  start(flags?: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
  /** A replica beside it, which waits for the lease. */
  standBy(): Promise<OperatorProcess>;
  get(resource: Resource, name: string): Promise<KubeObject>;
  /** Waits until the object looks as wanted and answers it. */
  until(resource: Resource, name: string, wanted: (object: KubeObject) => boolean): Promise<KubeObject>;
  untilGone(resource: Resource, name: string): Promise<void>;
  untilListed(resource: Resource, wanted: (objects: readonly KubeObject[]) => boolean): Promise<readonly KubeObject[]>;
  untilCondition(
    kind: 'ModelRisk',
    type: string,
    wanted: (condition: { readonly status: string; readonly reason: string }) => boolean,
  ): Promise<void>;
  /** Drift of the candidate by namespace, for worlds that share a provider. */
  setDriftIn(candidates: Readonly<Record<string, number>>): void;
  copyRisk(from: string, to: string): Promise<void>;
  /** Runs the kubectl plugin's bundle as administrator. */
  plugin(args: readonly string[]): Promise<CommandResult>;
  /** Changes status the way nobody may: with the operator's own token. */
  tamper(resource: Resource, name: string, operations: readonly JSONPatchOperation[]): Promise<void>;
  /** `promtool check metrics` over what the first operator exposes. */
  checkMetrics(): Promise<{ readonly code: number; readonly output: string }>;
  close(): Promise<void>;
}

const patienceMs = 30_000;

function drift(namespace: string, readings: Readonly<Record<string, number | null>>) {
  return Object.entries(readings).flatMap(([version, value]) => {
    if (value === null) return [];
    const labels = { namespace, model: 'credit', version };
    return [
      { labels: { ...labels, __modelrisk_part__: 'value' }, value },
      { labels: { ...labels, __modelrisk_part__: 'time0' }, value: Date.now() / 1000 },
    ];
  });
}

/** Prepares a namespace of its own on the control plane the run's set-up has installed the product on. */
export async function openOperatorWorld(): Promise<OperatorWorld> {
  const plane = connectControlPlane();
  const namespace = await plane.createNamespace();
  await grantLease(plane.client, namespace);
  const provider = await startPrometheusStandIn();
  const stamper = stampRoutes(plane.client, namespace);
  const started: OperatorProcess[] = [];
  const setDrift = (candidate: number | null, safe = 0.01): void => {
    provider.answerOthers({ kind: 'Vector', series: () => drift(namespace, { '2.3.0': candidate, '2.2.0': safe }) });
  };
  setDrift(0.01);
  const get = (resource: Resource, name: string): Promise<KubeObject> => plane.client.get(resource, { namespace, name });
  const startOne = async (flags: Readonly<Record<string, string>>, env = {}): Promise<OperatorProcess> => {
    const times = { 'lease-seconds': '3', 'lease-renew-seconds': '0.75', 'request-timeout-seconds': '1' };
    const operator = await startOperator({ access: plane, flags: { namespace, 'watch-namespace': namespace, ...times, ...flags }, env });
    started.push(operator);
    return operator;
  };
  return {
    plane,
    namespace,
    provider,
    setDrift,
    get,
    start: async (flags = {}, env = {}) => {
      const operator = await startOne(flags, env);
      await operator.leading();
      return operator;
    },
    standBy: async () => {
      const operator = await startOne({});
      await eventually(async () => (await fetch(`${operator.url}/readyz`)).ok, { timeoutMs: patienceMs });
      return operator;
    },
    until: (resource, name, wanted) =>
      eventually(
        async () => {
          const object = await get(resource, name);
          return wanted(object) ? object : null;
        },
        { timeoutMs: patienceMs },
      ),
    untilGone: async (resource, name) => {
      await eventually(async () => (await plane.client.find(resource, { namespace, name })) === null, { timeoutMs: patienceMs });
    },
    untilListed: (resource, wanted) =>
      eventually(
        async () => {
          const objects = await plane.client.list(resource, { namespace });
          return wanted(objects) ? objects : null;
        },
        { timeoutMs: patienceMs },
      ),
    untilCondition: async (_kind, type, wanted) => {
      await eventually(
        async () => {
          const condition = conditionOf(await get(modelRisks, 'credit'), type);
          return condition !== undefined && wanted(condition);
        },
        { timeoutMs: patienceMs },
      );
    },
    setDriftIn: (candidates) => {
      provider.answerOthers({
        kind: 'Vector',
        series: () => Object.entries(candidates).flatMap(([each, value]) => drift(each, { '2.3.0': value })),
      });
    },
    copyRisk: async (from, to) => {
      const { apiVersion = '', kind = '', spec } = await get(modelRisks, from);
      await plane.client.create(modelRisks, { apiVersion, kind, metadata: { name: to, namespace }, spec });
    },
    plugin: (args) => runCommand(process.execPath, ['dist/kubectl-modelrisk.mjs', ...args, '--kubeconfig', plane.kubeconfig]),
    tamper: async (resource, name, operations) => {
      const token = await plane.tokenFor(operatorAccount.namespace, operatorAccount.serviceAccount);
      const client = createAPIClient({ server: plane.server, caFile: plane.caFile, token });
      await client.patch(resource, { namespace, name, subresource: 'status' }, operations);
      await client.close();
    },
    checkMetrics: async () => {
      const exposition = await (await fetch(`${started[0]?.url ?? ''}/metrics`)).text();
      const checked = await runCommand(await resolveTool('promtool'), ['check', 'metrics'], { stdin: exposition });
      return { code: checked.code, output: `${checked.stdout}${checked.stderr}`.trim() };
    },
    close: async () => {
      await Promise.all(started.map(({ process }) => process.stop()));
      await stamper.stop();
      await provider.stop();
      await plane.close();
    },
  };
}
