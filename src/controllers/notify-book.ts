import type { MitigationPlanSpec } from '../api/mitigation-plan.ts';
import { isContinued } from '../api/open-incident.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { Receiver } from '../api/risk-policy.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { NotifiableIncident, ReportDuty } from '../notifications/notice.ts';
import type { NotifyPlan, Told } from '../notifications/schedule.ts';
import type { Cluster } from './cluster.ts';
import { incidentLinks } from './links.ts';
import type { Programme } from './programme.ts';
import { recordParts } from './record-parts.ts';
import { remembered } from './remembered.ts';
import { stakeOf } from './stake.ts';
import { reportTelling } from './told.ts';

/** One record with who is told of it by whom. */
export interface IncidentView {
  readonly object: UntypedObject;
  readonly incident: NotifiableIncident;
  /** By receiver, as the record says. */
  readonly told: ReadonlyMap<string, Told>;
  /** Null: its plan is gone, is another of the same name, or names nobody. */
  readonly plan: NotifyPlan | null;
}

/** Whom records are told to. */
export interface NotifyBook {
  /** Of every policy, as `policy/receiver`. */
  receivers(): readonly string[];
  receiver(key: string): Receiver | null;
  /** Records whose model goes by this policy, of plans that name somebody or that somebody was told of. */
  incidentsOf(policy: string): readonly IncidentView[];
  /** UIDs of all records there are. */
  recorded(): ReadonlySet<string>;
}

interface ReadIncident {
  readonly incident: Omit<NotifiableIncident, 'links' | 'stake' | 'before'>;
  readonly told: ReadonlyMap<string, Told>;
}

/** What is looked at of every record, whether it is of use or not. */
interface RawIncident {
  readonly metadata: UntypedObject['metadata'];
  /** A drill is no reason to call anybody. */
  readonly spec?: {
    readonly continues?: string;
    readonly planRef?: { readonly name?: string; readonly uid?: string };
    readonly riskRef?: { readonly name?: string; readonly uid?: string };
    readonly drill?: object;
  };
  readonly status?: {
    readonly closedAt?: string;
    readonly notifications?: readonly object[];
    readonly deadlines?: readonly { readonly filedAt?: string }[];
  };
}

/** Once filed, or far off, it calls nobody. A record that goes on in another object is told of there. */
function dutiesOf(incident: RiskIncident): readonly ReportDuty[] {
  if (isContinued(incident)) return [];
  return incident.status.deadlines.flatMap(({ name, due, state }): readonly ReportDuty[] => {
    if (state === 'Open') return [];
    return [{ name, due, state: state === 'FiledLate' ? 'Filed' : state }];
  });
}

/** Without its links and what is at stake, which are as policy and model say now. */
function readIncident(object: UntypedObject): ReadIncident | null {
  const parsed = parseRiskIncident(object);
  if (!parsed.ok) return null;
  const { metadata, spec, status } = parsed.value;
  const incident: ReadIncident['incident'] = {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    plan: spec.planRef?.name ?? null,
    risk: spec.riskRef.name,
    owner: spec.owner ?? null,
    openedAt: spec.openedAt,
    severity: spec.severity ?? 'Medium',
    duties: dutiesOf(parsed.value),
    entries: status.entries.map(({ seq, at, type, actor, after, reason }) => ({ seq, at, type, actor, after, reason })),
  };
  const told = new Map(
    status.notifications.map(({ receiver, seq, at, duties = [] }) => [receiver, { seq, atMs: Date.parse(at), duties }] as const),
  );
  return { incident, told };
}

function toNotifyPlan(spec: NonNullable<MitigationPlanSpec['notify']>): NotifyPlan {
  const escalation = spec.escalation.map(({ afterSeconds, receivers }) => ({ afterMs: afterSeconds * 1000, receivers }));
  return { receivers: spec.receivers, repeatMs: spec.repeatSeconds * 1000, escalation };
}

function earlierThan(object: UntypedObject, { own }: Pick<Cluster, 'own'>): readonly UntypedObject[] {
  const parts = recordParts(object, own.incidents.store);
  return parts.slice(0, parts.indexOf(object));
}

/** Of a record that goes on in this object: what stands in those before, and who was told of it. */
function withEarlier(
  { incident, told }: ReadIncident,
  earlier: readonly ReadIncident[],
): { readonly incident: Omit<NotifiableIncident, 'links' | 'stake'>; readonly told: ReadonlyMap<string, Told> } {
  // Of the entries here they know none yet.
  const known = earlier.flatMap((part) => [...part.told].map(([receiver, each]) => [receiver, { ...each, seq: -1 }] as const));
  return { incident: { ...incident, before: earlier.flatMap((part) => part.incident.entries) }, told: new Map([...known, ...told]) };
}

export function createNotifyBook({
  cluster,
  programme,
}: {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
}): NotifyBook {
  const incidentIn = remembered(readIncident);

  /** A model that is gone names no policy any more; where there is only one, it is that. */
  function policyOf({ namespace, risk }: NotifiableIncident): string | null {
    const known = programme.risks.get(`${namespace}/${risk}`)?.risk.spec.policyRef.name;
    const [only, ...others] = programme.policies.keys();
    return known ?? (others.length === 0 ? (only ?? null) : null);
  }

  /** Of the plan; of what a person reported, by the playbook of the model as it is now. */
  function planOf({ metadata, spec }: RawIncident): NotifyPlan | null {
    if (spec?.planRef === undefined) {
      const { name = '', uid = '' } = spec?.riskRef ?? {};
      const telling = reportTelling({ namespace: metadata.namespace ?? '', name, uid }, programme);
      return telling.kind === 'Nobody' ? null : toNotifyPlan(telling.notify);
    }
    const key = `${metadata.namespace ?? ''}/${spec.planRef.name ?? ''}`;
    if (programme.plans.get(key)?.uid !== spec.planRef.uid) return null;
    const notify = programme.termsOf(key)?.notify.value;
    return notify === undefined ? null : toNotifyPlan(notify);
  }

  /** Most records are over and nobody was told of them: those are passed over before they are read. */
  function viewOf(object: UntypedObject): IncidentView | null {
    const raw = object as RawIncident;
    if (raw.spec?.drill !== undefined) return null;
    const isTold = (raw.status?.notifications ?? []).length > 0;
    const isDue = raw.status?.deadlines?.some(({ filedAt }) => filedAt === undefined) ?? false;
    if (!isTold && !isDue && raw.status?.closedAt !== undefined) return null;
    const plan = planOf(raw);
    const read = plan === null && !isTold ? null : incidentIn(object);
    if (read === null) return null;
    const earlier = earlierThan(object, cluster).flatMap((part) => incidentIn(part) ?? []);
    const { incident, told } = withEarlier(read, earlier);
    const now = { links: incidentLinks(object, programme), stake: stakeOf(incident, { cluster, programme }) };
    return { object, incident: { ...incident, ...now }, told, plan };
  }

  return {
    recorded: () => new Set(cluster.own.incidents.store.list().map(({ metadata }) => metadata.uid)),
    receivers: () => [...programme.policies].flatMap(([policy, { spec }]) => spec.receivers.map(({ name }) => `${policy}/${name}`)),
    receiver: (key) => {
      const [policy = '', name = ''] = key.split('/');
      return programme.policies.get(policy)?.spec.receivers.find((each) => each.name === name) ?? null;
    },
    incidentsOf: (policy) =>
      cluster.own.incidents.store.list().flatMap((object) => {
        const view = viewOf(object);
        return view !== null && policyOf(view.incident) === policy ? [view] : [];
      }),
  };
}
