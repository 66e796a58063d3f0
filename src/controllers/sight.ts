import type { Pod, PodUsage, RestartHistory } from '../core/workload/facts.ts';
import type { APIFailure } from '../kube/api-failure.ts';
import { resourcePath } from '../kube/resource-client.ts';
import { pause } from '../kube/pause.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { toPodUsage } from '../signals/cluster/pod-fact.ts';
import type { ClusterFacts, ClusterKind, ClusterReader, Sight } from '../signals/cluster/port.ts';
import { listAt } from '../signals/cluster/raw.ts';
import { createRestartLog } from '../signals/cluster/restart-log.ts';
import { podMetrics, sightResources } from './sight-resources.ts';
import { openSightView } from './sight-view.ts';
import type { SightView, SightViewOptions } from './sight-view.ts';

/** Watches for signals about the state of the cluster: opened by the first signal that reads a kind, closed when none does any more. */
export interface ClusterSight extends ClusterReader {
  /** Closes every other watch and forgets what it showed. */
  keepOnly(kinds: ReadonlySet<ClusterKind>): void;
  stop(): Promise<void>;
}

/** A first look waits for its caches this long, as a query waits for its provider. */
const patienceMs = 10_000;

/** A watch is replaced after one silence; that its replacement is silent too happens, a third time it is broken. */
const silencesUntilBlind = 3;

const bind =
  'Let the operator read it: bind the ClusterRole modelrisk-operator-cluster-signals to its ServiceAccount (chart: clusterSignals.enabled: true).';

export function openSight(options: SightViewOptions): ClusterSight {
  const { clock, transport, watchSilenceMs, requestTimeoutMs } = options;
  const restarts = createRestartLog();
  const views = new Map<ClusterKind, SightView>();

  function viewOf(kind: ClusterKind): SightView {
    const known = views.get(kind);
    if (known !== undefined) return known;
    const view = openSightView(sightResources[kind], options);
    if (kind === 'Pod') {
      view.store.subscribe((change) => {
        const pod = change.object.fact as Pod;
        if (change.kind === 'Deleted') restarts.forget(pod.uid);
        else restarts.see(pod, clock.nowMs());
      });
    }
    views.set(kind, view);
    view.reflector.start();
    return view;
  }

  function read<Kind extends ClusterKind>(kind: Kind, namespace: string): Sight<ClusterFacts[Kind]> {
    const { resource } = sightResources[kind];
    const view = views.get(kind);
    if (view?.reflector.served() === false) return { kind: 'NotServed', resource: nameOf(resource) };
    if (view?.reflector.synced() !== true)
      return { kind: 'Blind', ...blindness(`${resource.plural} could not be listed`, view?.failure() ?? null) };
    const heardAtMs = view.reflector.heardAtMs() ?? 0;
    const silentMs = clock.nowMs() - heardAtMs;
    if (silentMs > silencesUntilBlind * watchSilenceMs) {
      const said = `nothing was heard of ${resource.plural} for ${String(Math.round(silentMs / 1000))} s`;
      return { kind: 'Blind', ...blindness(said, view.failure()) };
    }
    return { kind: 'Seen', facts: view.store.byIndex('namespace', namespace).map(({ fact }) => fact as ClusterFacts[Kind]), heardAtMs };
  }

  async function usageIn(
    namespace: string,
    abort: AbortSignal,
  ): Promise<Result<readonly PodUsage[], Exclude<Sight<PodUsage>, { readonly kind: 'Seen' }>>> {
    const path = resourcePath(podMetrics, namespace);
    // Not through a client of a kind: these lists carry no resourceVersion, their items no uid.
    const answer = await transport.request({ method: 'GET', path, resource: 'podmetrics', timeoutMs: requestTimeoutMs, abort });
    if (!answer.ok && answer.failure.kind === 'NotFound') return failure({ kind: 'NotServed', resource: nameOf(podMetrics) });
    if (!answer.ok) return failure({ kind: 'Blind', ...blindness('the metrics API did not answer', answer.failure) });
    return success(listAt(answer.value.body, 'items').map(toPodUsage));
  }

  return {
    open: async (kinds, abort) => {
      const waiting = kinds.map(viewOf).filter(({ isSettled }) => !isSettled());
      if (waiting.length === 0 || abort.aborted) return;
      const done = new AbortController();
      await Promise.race([
        Promise.all(waiting.map(({ settled }) => settled)),
        pause(clock, patienceMs, AbortSignal.any([abort, done.signal])),
      ]);
      done.abort();
    },
    read,
    restartsOf: (pod: Pod, container: string): RestartHistory | null => restarts.historyOf(pod, container),
    usageIn,
    keepOnly: (kinds) => {
      for (const [kind, view] of views) {
        if (kinds.has(kind)) continue;
        views.delete(kind);
        // What happens unseen from now on must not pass for nothing.
        if (kind === 'Pod') restarts.clear();
        void view.reflector.stop();
      }
    },
    stop: async () => {
      await Promise.all([...views.values()].map(({ reflector }) => reflector.stop()));
    },
  };
}

function blindness(said: string, cause: APIFailure | null): { readonly message: string; readonly remedy: string } {
  const message = cause === null ? said : `${said}: ${cause.message}`;
  return { message: message.replace(/\.$/, ''), remedy: cause?.kind === 'Denied' ? bind : 'Check the API server.' };
}

function nameOf({ plural, group }: { readonly plural: string; readonly group: string }): string {
  return `${plural}.${group}`;
}
