import type { KubeObject } from '../api-client.ts';
import { annotation, epochAnnotation, journalAnnotation, objectEvents, targetResourcesIn } from '../timeline.ts';
import type { Timeline } from '../timeline.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

interface PlanStatus {
  readonly phase?: string;
  readonly memory?: {
    readonly phase?: string;
    readonly stage?: number;
    readonly engagement?: number;
    readonly recentEngagementTimes?: readonly string[];
  };
  readonly conditions?: readonly Condition[];
  readonly targets?: readonly { readonly name: string; readonly verified?: string }[];
}

interface RiskStatus {
  readonly conditions?: readonly Condition[];
  readonly indicators?: readonly { readonly name: string; readonly state: string; readonly verdict?: string }[];
  readonly openIncidents?: readonly string[];
}

interface Entry {
  readonly type: string;
  readonly seq: number;
  readonly hash: string;
}

interface Incident {
  readonly spec: {
    readonly engagement: number;
    readonly trigger?: readonly { readonly indicator: string; readonly verdict: string }[];
  };
  readonly status?: { readonly entries?: readonly Entry[]; readonly closedAt?: string };
}

interface ChainHead {
  readonly last?: { readonly incident: string; readonly hash: string };
  readonly tails?: readonly { readonly incident: string; readonly seq: number; readonly hash: string }[];
}

const operatorManager = 'modelrisk-operator';

/** The objects of a kind that are there now, as the watch last showed them. */
function presentObjects(timeline: Timeline, resource: string): readonly KubeObject[] {
  const latest = new Map(objectEvents(timeline, resource).map((event) => [event.object.metadata.uid, event]));
  return [...latest.values()].filter(({ change }) => change !== 'Deleted').map(({ object }) => object);
}

function managersOf({ metadata }: KubeObject): readonly string[] {
  // Not of the status: gateway controllers write there at their own times.
  return (metadata.managedFields ?? []).flatMap(({ manager, subresource }) => (subresource === undefined ? [manager ?? ''] : []));
}

function isFree(target: KubeObject): boolean {
  const marks = [journalAnnotation, epochAnnotation].filter((name) => annotation(target, name) !== null);
  return marks.length === 0 && !managersOf(target).includes(operatorManager);
}

/** All that its users own of a target. */
function targetView(target: KubeObject) {
  const { labels, annotations, finalizers, ownerReferences } = target.metadata;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...body } = target;
  return { ...body, labels, annotations, finalizers, ownerReferences, managers: managersOf(target) };
}

function conditionTexts(conditions: readonly Condition[] = []): readonly string[] {
  return conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`).toSorted();
}

function planView(plan: KubeObject) {
  const { phase, memory, conditions, targets = [] } = (plan['status'] ?? {}) as PlanStatus;
  return {
    phase,
    memory: { phase: memory?.phase, engagement: memory?.engagement, counted: memory?.recentEngagementTimes?.length },
    conditions: conditionTexts(conditions),
    targets: targets.map(({ name, verified }) => `${name} ${verified ?? ''}`),
    finalizers: plan.metadata.finalizers,
  };
}

function riskView(risk: KubeObject) {
  const { conditions, indicators = [], openIncidents = [] } = (risk['status'] ?? {}) as RiskStatus;
  return {
    conditions: conditionTexts(conditions),
    indicators: indicators.map(({ name, state, verdict }) => `${name} ${state} ${verdict ?? ''}`),
    openIncidents: openIncidents.length,
  };
}

function entriesOf(incident: KubeObject): readonly Entry[] {
  return (incident as unknown as Incident).status?.entries ?? [];
}

function isClosed(incident: KubeObject): boolean {
  return (incident as unknown as Incident).status?.closedAt !== undefined;
}

function incidentView(incident: KubeObject) {
  const { spec } = incident as unknown as Incident;
  // What was patched and verified on the way may be told once more or once less after a crash; the steps may not.
  const steps = entriesOf(incident).flatMap(({ type }) => (type === 'Applied' || type === 'Verified' ? [] : [type]));
  const trigger = (spec.trigger ?? []).map(({ indicator, verdict }) => `${indicator} ${verdict}`);
  return { engagement: spec.engagement, trigger, steps, closed: isClosed(incident) };
}

/** Whether the chain's head names the record as it is: a tail that lags behind proves nothing of what was cut. */
function chainView(heads: readonly KubeObject[], incidents: readonly KubeObject[]) {
  const { last, tails = [] } = (heads[0]?.['spec'] ?? {}) as ChainHead;
  const behind = incidents.filter((incident) => {
    const end = entriesOf(incident).at(-1);
    const tail = tails.find(({ incident: name }) => name === incident.metadata.name);
    return tail?.seq !== end?.seq || tail?.hash !== end?.hash;
  });
  const newest = incidents.find((incident) => incident.metadata.name === last?.incident);
  return {
    heads: heads.length,
    lastIsAnIncident: newest !== undefined && entriesOf(newest)[0]?.hash === last?.hash,
    tailsBehind: behind.length,
    tails: tails.length,
  };
}

/** What a story left behind, but for names, times and digests: equal for every run that ended well. */
export function endStateOf(timeline: Timeline) {
  const present = (resource: string): readonly KubeObject[] => presentObjects(timeline, resource);
  const incidents = present('riskincidents');
  return {
    targets: Object.fromEntries(targetResourcesIn(timeline).map((resource) => [resource, present(resource).map(targetView)])),
    plans: present('mitigationplans').map(planView),
    risks: present('modelrisks').map(riskView),
    incidents: incidents.map(incidentView),
    chain: chainView(present('riskchainheads'), incidents),
  };
}

export type EndState = ReturnType<typeof endStateOf>;

/** What is still awaited before a story is over; empty when it is. */
export function awaitedOf(timeline: Timeline): readonly string[] {
  const held = targetResourcesIn(timeline).filter((resource) => presentObjects(timeline, resource).some((target) => !isFree(target)));
  const plans = presentObjects(timeline, 'mitigationplans').map((plan) => (plan['status'] ?? {}) as PlanStatus);
  const engaged = plans.some(({ phase, memory }) => phase !== 'Idle' || (memory?.engagement ?? 0) === 0);
  const incidents = presentObjects(timeline, 'riskincidents');
  const open = incidents.length === 0 || incidents.some((incident) => !isClosed(incident));
  return [
    ...held.map((resource) => `${resource} given back`),
    ...(engaged ? ['the plan Idle after an engagement'] : []),
    ...(open ? ['its incident closed'] : []),
  ];
}

/** The plan's own word that its stage of this number is in force on all its targets. */
export function stageHolds(timeline: Timeline, stage: number): boolean {
  return presentObjects(timeline, 'mitigationplans').some((plan) => {
    const { memory, conditions = [] } = (plan['status'] ?? {}) as PlanStatus;
    const isEffective = conditions.some(({ type, status }) => type === 'Effective' && status === 'True');
    return memory?.phase === 'Engaged' && memory.stage === stage && isEffective;
  });
}

export function planIsIdle(timeline: Timeline): boolean {
  return presentObjects(timeline, 'mitigationplans').some((plan) => ((plan['status'] ?? {}) as PlanStatus).phase === 'Idle');
}

interface FlagSpec {
  readonly flagSpec: { readonly flags: Readonly<Record<string, { readonly defaultVariant: string }>> };
}

export function flagIs(timeline: Timeline, key: string, variant: string): boolean {
  return presentObjects(timeline, 'featureflags').some(
    (flag) => (flag['spec'] as FlagSpec).flagSpec.flags[key]?.defaultVariant === variant,
  );
}

/** One line for each leaf that is not as it should be. */
export function differencesBetween(actual: unknown, wanted: unknown, path = ''): readonly string[] {
  if (isTree(actual) && isTree(wanted)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(actual)])];
    return keys.flatMap((key) => differencesBetween(actual[key], wanted[key], path === '' ? key : `${path}.${key}`));
  }
  const [is, should] = [actual, wanted].map((value) => (value === undefined ? 'absent' : JSON.stringify(value)));
  return is === should ? [] : [`${path} is ${is ?? ''}, not ${should ?? ''}`];
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
