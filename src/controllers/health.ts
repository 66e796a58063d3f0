import type { EpochMs } from '../shared/clock.ts';
import type { KindView } from './cluster.ts';

/** A watch nobody has heard of for this long is a process that no longer sees; the kubelet may start another. */
const deafAfterMs = 120_000;

type Seen = Pick<KindView, 'resource'> & { readonly reflector: Pick<KindView['reflector'], 'synced' | 'served' | 'heardAtMs'> };

/** The part of a `Cluster` that health is judged by. */
interface SeenCluster {
  readonly own: Readonly<Record<string, Seen>>;
  readonly targets: ReadonlyMap<string, Seen>;
}

/** Sentences, empty when all is well: for the liveness and the readiness probe. */
interface Health {
  readonly liveness: () => readonly string[];
  readonly readiness: () => readonly string[];
}

export function healthOf(cluster: SeenCluster): Health {
  const views: readonly Seen[] = [...Object.values<Seen>(cluster.own), ...cluster.targets.values()];
  const heardAtMs = ({ reflector }: Seen): EpochMs => reflector.heardAtMs() ?? 0;
  return {
    liveness: () => {
      // With the API server away all watches are deaf alike, and a new process would only know less.
      const newestMs = Math.max(...views.map(heardAtMs));
      // A kind the cluster lacks has no watch to be heard of, and no other process would have one.
      return views
        .filter((view) => view.reflector.synced() && view.reflector.served() && newestMs - heardAtMs(view) > deafAfterMs)
        .map(({ resource }) => `nothing was heard of ${resource.plural} for ${deafAfterMs / 1000} s while other watches go on`);
    },
    readiness: () => [
      ...views
        .filter(({ reflector }) => reflector.served() && !reflector.synced())
        .map(({ resource }) => `the cache of ${resource.plural} is not filled`),
      ...Object.values<Seen>(cluster.own)
        .filter(({ reflector }) => !reflector.served())
        .map(
          ({ resource: { group, version, plural } }) =>
            `the cluster does not serve ${plural} (${group}/${version}): install the CRDs of the operator (crds/)`,
        ),
    ],
  };
}
