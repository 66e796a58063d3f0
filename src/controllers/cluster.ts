import type { Clock } from '../shared/clock.ts';
import { epochAnnotation, journalAnnotation } from '../actuators/metadata.ts';
import type { TargetKind, TargetResource } from '../actuators/port.ts';
import { jobKind } from '../api/kinds-named.ts';
import { targetJournalName, targetJournals } from '../api/target-journal.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { Random } from '../kube/backoff.ts';
import type { KubeObject, ObjectKey, ResourceType, UntypedObject } from '../kube/kube-object.ts';
import { createJournalBook, withJournal } from '../kube/journal-book.ts';
import type { JournalBook, JournalPlace } from '../kube/journal-book.ts';
import { journaledClient } from '../kube/journaled-client.ts';
import { createReflector, defaultReflectorTiming } from '../kube/reflector.ts';
import type { Reflector, ReflectorEvent } from '../kube/reflector.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { createStore } from '../kube/store.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import { watchByNamespace } from './namespaced-watch.ts';
import type { NamespacedWatch } from './namespaced-watch.ts';
import { openOptedIn } from './opted-in.ts';
import { remediationLabel } from './remediation-job.ts';
import { openReferenceSight } from './reference-sight.ts';
import type { ReferenceSight } from './reference-sight.ts';
import { openSight } from './sight.ts';
import type { ClusterSight } from './sight.ts';
import { openGateSight } from './gate-sight.ts';
import type { GateSight } from './gate-sight.ts';
import { subjectsOf } from './subject-index.ts';
import { openRuleSight } from './rule-sight.ts';
import type { RuleSight } from './rule-sight.ts';
import { openWorkloadSight } from './workload-sight.ts';
import type { WorkloadSight } from './workload-sight.ts';

export const fieldManager = 'modelrisk-operator';

/** Cache and client of one kind. Objects are raw: whoever uses them parses them. */
export interface KindView {
  readonly resource: ResourceType;
  readonly store: Store<UntypedObject, 'namespace' | 'subject'>;
  /** Writes are fenced by the lease. */
  readonly client: ResourceClient<UntypedObject>;
  readonly reflector: Reflector;
  /** Called whenever `reflector.served()` changed, with the store already as it is now. Returns its own end. */
  onServedChange(listener: () => void): () => void;
}

/** Kinds of other projects, which a cluster may lack, and such as the operator may touch in some namespaces only. */
export interface TargetView extends KindView {
  readonly resource: ResourceType & TargetResource;
  /** Null: rights do not differ from one namespace to the next. */
  readonly optedIn: Pick<NamespacedWatch, 'failureIn' | 'isReadIn'> | null;
}

/** A kind of target and where its objects are. */
export interface TargetSource {
  readonly targetKind: TargetKind;
  readonly resource: TargetResource;
}

const ours = (plural: string, kind: string, namespaced = true): ResourceType => ({
  group: 'modelrisk.dev',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced,
});

/** Kinds every installation has. Targets come with their actuators. */
const ownKinds = {
  policies: ours('riskpolicies', 'RiskPolicy', false),
  risks: ours('modelrisks', 'ModelRisk'),
  plans: ours('mitigationplans', 'MitigationPlan'),
  incidents: ours('riskincidents', 'RiskIncident'),
  decisions: ours('riskdecisions', 'RiskDecision'),
  journals: targetJournals,
  services: { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true },
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice', namespaced: true },
} as const satisfies Record<string, ResourceType>;

/** Kinds of other projects that are only read: who else moves the requests of a route. */
const rollerKinds = {
  canaries: { group: 'flagger.app', version: 'v1beta1', plural: 'canaries', kind: 'Canary', namespaced: true },
} as const satisfies Record<string, ResourceType>;

/** Of a Canary only what its route and its Services are called is read. */
const unreadOfCanaries = ['analysis', 'canaryAnalysis', 'autoscalerRef', 'ingressRef'];

export type OwnKind = keyof typeof ownKinds;

export interface Cluster {
  readonly own: Readonly<Record<OwnKind, KindView>>;
  /** By kind of the target, e.g. `HTTPRoute`. */
  readonly targets: ReadonlyMap<string, TargetView>;
  readonly rollers: Readonly<Record<keyof typeof rollerKinds, KindView>>;
  /** The one namespace under guard; null: every namespace. */
  readonly namespace: string | null;
  /** Kinds that are watched while a signal reads them. */
  readonly sight: ClusterSight;
  /** ConfigMaps that keep references of indicators. */
  readonly references: ReferenceSight;
  /** Namespaces with a deployment gate, and the gates. */
  readonly gates: GateSight;
  /** PrometheusRules the operator wrote. */
  readonly rules: RuleSight;
  /** CronJobs plans run jobs from, and the Jobs of ours. */
  readonly remediations: { readonly cronJobs: TargetView; readonly jobs: TargetView };
  /** What belongs to Deployments that plans act on. */
  readonly workloads: WorkloadSight;
  start(): void;
  stop(): Promise<void>;
  whenSynced(): Promise<void>;
}

export interface ClusterOptions {
  readonly transport: Transport;
  readonly fence: Fence;
  readonly targetSources: readonly TargetSource[];
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly requestTimeoutMs: number;
  readonly watchSilenceMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: (event: ReflectorEvent) => void;
  /** A journal that is kept apart from its target was acknowledged after so many seconds. */
  readonly onJournaled?: (seconds: number) => void;
}

interface KindTraits {
  readonly isTarget: boolean;
  readonly mayBeAbsent?: boolean;
  /** Members of `spec` that are not kept. */
  readonly unread?: readonly string[];
}

/** The object as its cache keeps it. */
export function keptOf(object: KubeObject, unread: readonly string[]): UntypedObject {
  const { spec, ...rest } = object as UntypedObject;
  if (unread.length === 0 || typeof spec !== 'object' || spec === null) return object;
  const kept = Object.fromEntries(Object.entries(spec).filter(([member]) => !unread.includes(member)));
  return { ...rest, spec: kept };
}

/** Cache, client and listeners of a kind, before anything is read of it. */
function layKind(options: ClusterOptions, resource: ResourceType & Pick<TargetResource, 'strict'>) {
  const listeners = new Set<() => void>();
  const store = createStore<UntypedObject, 'namespace' | 'subject'>({
    namespace: (object) => [object.metadata.namespace ?? ''],
    subject: subjectsOf,
  });
  const { transport, requestTimeoutMs: timeoutMs } = options;
  const client = fencedClient(
    createResourceClient<UntypedObject>({ transport, resource, fieldManager, timeoutMs, strict: resource.strict === true }),
    options.fence,
    options.requestTimeoutMs,
  );
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const onServedChange = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { resource, store, client, onServedChange, tell };
}

function reflectorOptions({ transport, clock, random, watchSilenceMs }: ClusterOptions, resource: ResourceType) {
  return { resource, transport, clock, random, timing: { ...defaultReflectorTiming, silenceMs: watchSilenceMs } };
}

/** Targets belong to other projects: a cluster without them is no reason not to guard what it has. */
function openKind(
  options: ClusterOptions,
  resource: ResourceType,
  { isTarget, mayBeAbsent = isTarget, unread = [] }: KindTraits,
): KindView {
  const { tell, ...kind } = layKind(options, resource);
  const reflector = createReflector({
    ...reflectorOptions(options, resource),
    namespace: resource.namespaced ? options.namespace : null,
    keepManagedFields: isTarget,
    mayBeAbsent,
    ...(unread.length === 0 ? {} : { trim: (object: KubeObject) => keptOf(object, unread) }),
    store: kind.store,
    observe: (event) => {
      options.observe(event);
      if (event.kind === 'NotServed' || event.kind === 'Served') tell();
    },
  });
  return { ...kind, reflector };
}

function labelled({ label }: TargetView['resource']): { readonly labelSelector?: string } {
  return label === undefined ? {} : { labelSelector: `${label}=true` };
}

/** Rights differ from one namespace to the next, so it is read where a plan needs it and nowhere else. */
function openOptedInKind(
  options: ClusterOptions,
  resource: TargetView['resource'],
  selector: { readonly labelSelector?: string } = labelled(resource),
): TargetView & { readonly reflector: NamespacedWatch; readonly tell: () => void } {
  const kind = layKind(options, resource);
  const reflector = watchByNamespace<UntypedObject>({
    store: kind.store,
    clock: options.clock,
    observe: options.observe,
    onNews: kind.tell,
    openReflector: (namespace, store, observe) =>
      createReflector({
        ...reflectorOptions(options, resource),
        ...{ namespace, store, observe, ...selector, keepManagedFields: true, mayBeAbsent: true },
      }),
  });
  return { ...kind, resource, reflector, optedIn: reflector };
}

const journalPlace: JournalPlace = {
  nameOf: targetJournalName,
  journalKey: journalAnnotation,
  epochKey: epochAnnotation,
};

/** Whoever reads such a target finds its journal on it. */
function journaledView(
  view: TargetView,
  journals: KindView,
  { book, clock, onJournaled }: Pick<ClusterOptions, 'clock' | 'onJournaled'> & { readonly book: JournalBook },
): TargetView {
  const joined = (object: UntypedObject): UntypedObject => withJournal(object, book.of(object), journalPlace);
  const { store } = view;
  const client = journaledClient({
    ...{ targets: view.client, journals: journals.client, place: journalPlace, book },
    observe: onJournaled ?? (() => undefined),
    clock,
  });
  const get = (key: ObjectKey): UntypedObject | undefined => {
    const object = store.get(key);
    return object === undefined ? undefined : joined(object);
  };
  const byIndex: typeof store.byIndex = (index, key) => store.byIndex(index, key).map(joined);
  return { ...view, client, store: { ...store, get, list: () => store.list().map(joined), byIndex } };
}

/** Jobs run whatever their template says: the rights to make them are given namespace by namespace too. */
function batchResource(plural: string, kind: string): TargetView['resource'] {
  const clusterRole = 'modelrisk-operator-jobs';
  return { group: 'batch', version: 'v1', plural, kind, namespaced: true, comesWith: 'Kubernetes', clusterRole };
}

function openOwnKinds(options: ClusterOptions): Record<OwnKind, KindView> {
  const views = Object.entries(ownKinds).map(([name, resource]) => [name, openKind(options, resource, { isTarget: false })]);
  return Object.fromEntries(views) as Record<OwnKind, KindView>;
}

/** Kinds that plans may act on: watched everywhere, or, where that takes an opt-in, namespace by namespace. */
function openTargets(options: ClusterOptions, own: Record<OwnKind, KindView>, book: JournalBook) {
  const sources = options.targetSources.map(({ targetKind, resource }) => ({ targetKind, resource: { ...resource, namespaced: true } }));
  const everywhere = sources
    .filter(({ resource: { clusterRole } }) => clusterRole === undefined)
    .map(({ targetKind, resource }): readonly [string, TargetView] => {
      const kind = openKind(options, resource, { isTarget: true, unread: resource.unread ?? [] });
      const view = { ...kind, resource, optedIn: null };
      return [targetKind, resource.journal === 'Object' ? journaledView(view, own.journals, { ...options, book }) : view];
    });
  const byNamespace = sources
    .filter(({ resource: { clusterRole } }) => clusterRole !== undefined)
    .map(({ targetKind, resource }) => [targetKind, openOptedInKind(options, resource)] as const);
  const targets = new Map<string, TargetView>([...everywhere, ...byNamespace]);
  return { everywhere, byNamespace, targets };
}

/** Every cache the operator reads from and every client it writes with. Nothing is sent before `start`. */
export function openCluster(options: ClusterOptions): Cluster {
  const own = openOwnKinds(options);
  const book = createJournalBook(journalPlace, own.journals.store);
  const { everywhere, byNamespace, targets } = openTargets(options, own, book);
  const cronJobs = openOptedInKind(options, batchResource('cronjobs', 'CronJob'));
  const jobs = openOptedInKind(options, batchResource('jobs', 'Job'), { labelSelector: `${remediationLabel}=true` });
  const workloads = openWorkloadSight(options);
  const optedIn = openOptedIn({
    plans: own.plans.store,
    incidents: own.incidents.store,
    clock: options.clock,
    kinds: [
      ...byNamespace.map(([kind, { store, reflector }]) => {
        return { kind, store, watches: kind === 'Deployment' ? [reflector, ...workloads.watches] : [reflector] };
      }),
      { kind: jobKind, store: jobs.store, watches: [cronJobs.reflector, jobs.reflector] },
    ],
  });
  const rollers = {
    canaries: openKind(options, rollerKinds.canaries, { isTarget: false, mayBeAbsent: true, unread: unreadOfCanaries }),
  };
  const views = [...Object.values(own), ...everywhere.map(([, view]) => view), ...Object.values(rollers)];
  const sight = openSight(options);
  const references = openReferenceSight(options);
  const gates = openGateSight({ ...options, fieldManager });
  const rules = openRuleSight({ ...options, fieldManager });
  const naming = [own.plans.reflector, own.incidents.reflector];
  const whenPlansRead = Promise.all(naming.map((reflector) => reflector.whenSynced())).then(() => {
    if (naming.every((reflector) => reflector.synced())) optedIn.begin();
  });
  const late = [...byNamespace.map(([, view]) => view), cronJobs, jobs].map(({ reflector }) => reflector);
  return {
    ...{ gates, references, rules, sight, workloads, own, targets, rollers, remediations: { cronJobs, jobs } },
    namespace: options.namespace,
    start: () => {
      for (const { reflector } of views) reflector.start();
      gates.start();
    },
    stop: async () => {
      optedIn.stop();
      await Promise.all([
        sight.stop(),
        references.stop(),
        gates.stop(),
        rules.stop(),
        ...[...views, ...late.map((reflector) => ({ reflector }))].map(({ reflector }) => reflector.stop()),
      ]);
      await Promise.all(workloads.watches.map((watch) => watch.stop()));
    },
    whenSynced: async () => {
      await Promise.all([whenPlansRead, ...views.map(({ reflector }) => reflector.whenSynced())]);
      await Promise.all([...late, ...workloads.watches].map((watch) => watch.whenSynced()));
    },
  };
}
