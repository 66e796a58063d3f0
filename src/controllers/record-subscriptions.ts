import { isOpenIncident } from '../api/open-incident.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { Anchors } from './anchor.ts';
import type { Cluster } from './cluster.ts';
import { acknowledgementsIn } from './decisions.ts';
import { follow, wakeDecisions } from './follow.ts';
import { mayBeAct } from './incident-acts.ts';
import { modelDecidedOn } from './model-names.ts';
import { isHandledByPeople, recordParts } from './record-parts.ts';
import type { Wakes } from './wakes.ts';

export interface RecordSubscriptionOptions {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly wakes: Wakes;
  /** A record went on, or whom it is told to may have changed. */
  readonly onNotable: () => void;
  readonly anchors: Pick<Anchors, 'isOn' | 'lost'>;
}

/** Whom a record concerns: what it is about, who decided on it, who is told of it. Returns the ends of all subscriptions. */
export function followRecords(options: RecordSubscriptionOptions): readonly (() => void)[] {
  return [...followEntries(options), ...followNotices(options), ...followAnchors(options), ...followIncidents(options)];
}

function entriesIn(object: UntypedObject): number {
  return (object as { readonly status?: { readonly entries?: readonly object[] } }).status?.entries?.length ?? 0;
}

function riskOf(object: UntypedObject): string {
  return (object as { readonly spec?: { readonly riskRef?: { readonly name?: string } } }).spec?.riskRef?.name ?? '';
}

/** Those that wait to be recorded in this incident, or were: only then are they used. */
function wakeActs({ cluster, wakes }: RecordSubscriptionOptions, { metadata }: UntypedObject): void {
  for (const decision of cluster.own.decisions.store.byIndex('namespace', metadata.namespace ?? '')) {
    if (mayBeAct(decision)) wakes.decision(keyOf(decision));
  }
}

function followEntries(options: RecordSubscriptionOptions): readonly (() => void)[] {
  const { cluster, wakes } = options;
  const wakeRisk = (object: UntypedObject, previous: UntypedObject | null = null): void => {
    const { spec } = object as { readonly spec?: { readonly planRef?: { readonly name?: string } } };
    const namespace = object.metadata.namespace ?? '';
    wakes.risk(`${namespace}/${riskOf(object)}`);
    // A person may answer before our own watch shows the incident.
    if (previous === null || (entriesIn(object) > entriesIn(previous) && isHandledByPeople(object))) wakeActs(options, object);
    if (previous === null || acknowledgementsIn(object).length > acknowledgementsIn(previous).length)
      wakeDecisions(options, `${namespace}/${spec?.planRef?.name ?? ''}`);
  };
  const wakeDecision = (object: UntypedObject): void => {
    wakes.decision(keyOf(object));
  };
  for (const { metadata } of cluster.own.incidents.store.list()) wakes.record(metadata.namespace ?? '');
  return [
    follow(cluster.own.incidents, wakeRisk, (object) => {
      wakeRisk(object);
    }),
    follow(cluster.own.decisions, wakeDecision, (object) => {
      wakes.risk(modelDecidedOn(object));
    }),
  ];
}

/** Edited, or a model in another tier: nothing else a status says changes whom people are told by, or what they have to report. */
function isOtherwise(object: UntypedObject, previous: UntypedObject): boolean {
  const tierOf = (each: UntypedObject): string | undefined =>
    (each as { readonly status?: { readonly tier?: { readonly inherent?: string } } }).status?.tier?.inherent;
  return object.metadata.generation !== previous.metadata.generation || tierOf(object) !== tierOf(previous);
}

function followNotices({ cluster, onNotable }: RecordSubscriptionOptions): readonly (() => void)[] {
  const { incidents, plans, policies, risks } = cluster.own;
  const onSpec = (object: UntypedObject, previous: UntypedObject | null): void => {
    if (previous === null || isOtherwise(object, previous)) onNotable();
  };
  const ignore = (): void => undefined;
  return [
    follow(incidents, onNotable, ignore),
    follow(plans, onSpec, onNotable),
    ...[policies, risks].map((view) => follow(view, onSpec, ignore)),
  ];
}

/** Their severity, clocks and findings: by the record, the policy and what the model has by now. */
function followIncidents({ cluster, wakes }: RecordSubscriptionOptions): readonly (() => void)[] {
  const { incidents, policies, risks } = cluster.own;
  const wake = (object: UntypedObject): void => {
    const parts = recordParts(object, incidents.store);
    if (isOpenIncident(object) || parts.some(isHandledByPeople)) for (const part of parts) wakes.incident(keyOf(part));
  };
  /** A policy concerns all there are, a model those about it. */
  const wakeAbout = ({ metadata: { namespace, name } }: UntypedObject): void => {
    if (namespace === undefined) for (const incident of incidents.store.list()) wake(incident);
    else for (const incident of incidents.store.byIndex('namespace', namespace)) if (riskOf(incident) === name) wake(incident);
  };
  const onSpec = (object: UntypedObject, previous: UntypedObject | null): void => {
    if (previous === null || isOtherwise(object, previous)) wakeAbout(object);
  };
  const ignore = (): void => undefined;
  return [follow(incidents, wake, ignore), follow(policies, onSpec, wakeAbout), follow(risks, onSpec, wakeAbout)];
}

function followAnchors({ cluster, wakes, anchors }: RecordSubscriptionOptions): readonly (() => void)[] {
  if (!anchors.isOn) return [];
  const wake = ({ metadata }: UntypedObject): void => {
    wakes.anchor(metadata.namespace ?? '');
  };
  const onGone = (object: UntypedObject): void => {
    anchors.lost(object);
    wake(object);
  };
  return [follow(cluster.own.incidents, wake, onGone)];
}
