import { createAPIClient } from '../testbed/api-client.ts';
import type { AuditedRequest } from '../testbed/audit-log.ts';
import { operatorAccount } from '../testbed/operator-process.ts';
import { httpRoutes } from '../testbed/route-stamper.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import type { BenchBed } from './bed.ts';
import { aRoute, fleetNamespace } from './fleet.ts';

/** The least any operator pays: a JSON Patch of two weights, sent by us with the operator's own token, on a route nobody guards. */
export interface BarePatcher {
  patch(): Promise<void>;
  /** From just before each was sent to the API server's stamp that it was answered: the end every breach is timed to as well. */
  timesMs(requests: readonly AuditedRequest[]): readonly number[];
  close(): Promise<void>;
}

const routeName = 'unguarded';

export async function openBarePatcher({ cluster, client }: BenchBed): Promise<BarePatcher> {
  await client.apply(httpRoutes, aRoute(routeName, ['unguarded-v1', 'unguarded-v2']), { fieldManager: 'kubectl' });
  const token = await cluster.tokenFor(operatorAccount.namespace, operatorAccount.serviceAccount);
  const patcher = createAPIClient({ server: cluster.server, caFile: cluster.caFile, token });
  const sentAtMs: number[] = [];
  const send = async (): Promise<void> => {
    // Never the weights it has: a patch without effect would cost less.
    const weight = sentAtMs.length % 2 === 0 ? 10 : 50;
    const operations = [100 - weight, weight].map((value, index) => {
      return { op: 'replace', path: `/spec/rules/0/backendRefs/${index}/weight`, value } as const;
    });
    sentAtMs.push(wallClockMs());
    await patcher.patch(httpRoutes, { namespace: fleetNamespace, name: routeName }, operations);
  };
  let sending = Promise.resolve();
  return {
    patch: () => (sending = sending.then(send)),
    timesMs: (requests) => {
      const answered = requests.filter(({ verb, name, subresource, status }) => {
        return verb === 'patch' && name === routeName && subresource === '' && status === 200;
      });
      // One at a time, so the n-th answer belongs to the n-th request.
      if (answered.length !== sentAtMs.length)
        throw new Error(`${sentAtMs.length} bare patches were sent, ${answered.length} are in the log`);
      return answered.map(({ answeredAtMs }, index) => answeredAtMs - (sentAtMs[index] ?? NaN));
    },
    close: () => patcher.close(),
  };
}
