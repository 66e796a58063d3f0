import type { Pod, RestartHistory } from '../core/workload/facts.ts';
import type { APIFailure } from '../kube/api-failure.ts';
import { resourcePath } from '../kube/resource-client.ts';
import { pause } from '../kube/pause.ts';
import { failure, success } from '../shared/result.ts';
import { toPodUsage } from '../signals/cluster/pod-fact.ts';
import { runBefore } from '../signals/deadline.ts';
import { createLimiter } from '../signals/limiter.ts';
import type { Blind, ClusterFacts, ClusterKind, ClusterReader, Sight } from '../signals/cluster/port.ts';
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

/** The metrics API is asked over the connections of the patches that protect models: however slow it is, most of them stay free. */
const usageAtOnce = { maxConcurrent: 8, reservedForShared: 0, maxPerOwner: 4 };

const bind =
  'Let the operator read it: bind the ClusterRole modelrisk-operator-cluster-signals to its ServiceAccount (chart: clusterSignals.enabled: true).';

class WatchingSight implements ClusterSight {
  readonly #options: SightViewOptions;
  readonly #restarts = createRestartLog();
  readonly #views = new Map<ClusterKind, SightView>();
  readonly #usageTurns = createLimiter(usageAtOnce);

  constructor(options: SightViewOptions) {
    this.#options = options;
  }

  async open(kinds: readonly ClusterKind[], abort: AbortSignal): Promise<void> {
    const waiting = kinds.map((kind) => this.#viewOf(kind)).filter((view) => !view.isSettled());
    if (waiting.length === 0 || abort.aborted) return;
    const done = new AbortController();
    await Promise.race([
      Promise.all(waiting.map(({ settled }) => settled)),
      pause(this.#options.clock, patienceMs, AbortSignal.any([abort, done.signal])),
    ]);
    done.abort();
  }

  read<Kind extends ClusterKind>(kind: Kind, namespace: string): Sight<ClusterFacts[Kind]> {
    const { clock, watchSilenceMs } = this.#options;
    const { resource } = sightResources[kind];
    const view = this.#views.get(kind);
    if (view?.reflector.served() === false) return { kind: 'NotServed', resource: nameOf(resource) };
    if (view?.reflector.synced() !== true) return blind(`${resource.plural} could not be listed`, view?.failure() ?? null);
    const heardAtMs = view.reflector.heardAtMs() ?? 0;
    const silentMs = clock.nowMs() - heardAtMs;
    if (silentMs > silencesUntilBlind * watchSilenceMs)
      return blind(`nothing was heard of ${resource.plural} for ${String(Math.round(silentMs / 1000))} s`, view.failure());
    const facts = view.store.byIndex('namespace', namespace).map(({ fact }) => fact as ClusterFacts[Kind]);
    return { kind: 'Seen', facts, heardAtMs };
  }

  restartsOf(pod: Pod, container: string): RestartHistory | null {
    return this.#restarts.historyOf(pod, container);
  }

  async usageIn(namespace: string, abort: AbortSignal): ReturnType<ClusterReader['usageIn']> {
    const { transport, clock, requestTimeoutMs: timeoutMs } = this.#options;
    const path = resourcePath(podMetrics, namespace);
    // Not through a client of a kind: these lists carry no resourceVersion, their items no uid.
    const ending = await runBefore({ clock, timeoutMs, abort }, (signal) =>
      this.#usageTurns.run({ owner: namespace, abort: signal }, () =>
        transport.request({ method: 'GET', path, resource: 'podmetrics', timeoutMs, abort: signal }),
      ),
    );
    if (ending.kind !== 'Done') return failure(blind(`the metrics API did not answer within ${String(timeoutMs / 1000)} s`, null));
    const answer = ending.value;
    if (answer.ok) return success(listAt(answer.value.body, 'items').map(toPodUsage));
    if (answer.failure.kind === 'NotFound') return failure({ kind: 'NotServed', resource: nameOf(podMetrics) });
    return failure(blind('the metrics API did not answer', answer.failure));
  }

  keepOnly(kinds: ReadonlySet<ClusterKind>): void {
    for (const [kind, view] of this.#views) {
      if (kinds.has(kind)) continue;
      this.#views.delete(kind);
      // What happens unseen from now on must not pass for nothing.
      if (kind === 'Pod') this.#restarts.clear();
      void view.reflector.stop();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#views.values()].map(({ reflector }) => reflector.stop()));
  }

  #viewOf(kind: ClusterKind): SightView {
    const known = this.#views.get(kind);
    if (known !== undefined) return known;
    const view = openSightView(sightResources[kind], this.#options);
    if (kind === 'Pod') this.#followRestarts(view);
    this.#views.set(kind, view);
    view.reflector.start();
    return view;
  }

  #followRestarts(view: SightView): void {
    view.store.subscribe((change) => {
      // The last words of a watch that was closed: nobody listens until another one is opened, and what happens meanwhile is not seen.
      if (this.#views.get('Pod') !== view) return;
      const pod = change.object.fact as Pod;
      if (change.kind === 'Deleted') this.#restarts.forget(pod.uid);
      else this.#restarts.see(pod, this.#options.clock.nowMs());
    });
  }
}

/** Nothing is sent before the first `open`. */
export function openSight(options: SightViewOptions): ClusterSight {
  return new WatchingSight(options);
}

function blind(said: string, cause: APIFailure | null): Blind {
  const message = cause === null ? said : `${said}: ${cause.message}`;
  return { kind: 'Blind', message: message.replace(/\.$/, ''), remedy: cause?.kind === 'Denied' ? bind : 'Check the API server.' };
}

function nameOf({ plural, group }: { readonly plural: string; readonly group: string }): string {
  return `${plural}.${group}`;
}
