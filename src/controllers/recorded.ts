import type { Cluster } from './cluster.ts';
import { isFullyRecorded } from './plan-state.ts';
import type { Programme } from './programme.ts';

/** The engagement is over on the server too: its status says so and nothing waits to be recorded. */
export function isRecorded(
  { cluster, programme }: { readonly cluster: Cluster; readonly programme: Programme },
  planUID: string,
  engagement: number,
): boolean {
  const plan = [...programme.plans.values()].find(({ uid }) => uid === planUID);
  if (plan === undefined) return true;
  const { status } = (cluster.own.plans.store.get(plan.key) ?? {}) as {
    readonly status?: { readonly memory?: { readonly phase?: string; readonly engagement?: number } };
  };
  const known = status?.memory;
  const over = known?.phase === 'Idle' ? (known.engagement ?? 0) >= engagement : (known?.engagement ?? 0) > engagement;
  return over && isFullyRecorded(plan);
}
