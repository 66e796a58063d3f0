import { listIncidents } from '../../../src/cli/incidents.ts';
import { readMetrics } from '../../../src/cli/programme-metrics.ts';
import { listReviews } from '../../../src/cli/reviews.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import type { Result } from '../../../src/shared/result.ts';
import type { YearOperator } from './year-operator.ts';

/** Everything the product said at one instant of what was due and how the programme went. */
export interface Said {
  readonly at: string;
  readonly [what: string]: unknown;
}

const gaugeNames = [
  'modelrisk_review_due_timestamp_seconds',
  'modelrisk_reviews_overdue',
  'modelrisk_sign_offs_missing',
  'modelrisk_incidents_open',
  'modelrisk_incident_report_due_timestamp_seconds',
  'modelrisk_incident_reports_overdue',
  'modelrisk_findings_open',
  'modelrisk_programme_time_seconds',
  'modelrisk_programme_time_incidents',
  'modelrisk_programme_share',
  'modelrisk_programme_share_population',
  'modelrisk_programme_events',
];

function told<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.failure);
  return result.value;
}

interface Judged {
  readonly spec?: { readonly action?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[] };
}

function validOf(object: UntypedObject): { readonly action: string; readonly status: string; readonly reason: string } {
  const { spec, status } = object as Judged;
  const { status: valid = '', reason = '' } = status?.conditions?.find(({ type }) => type === 'Valid') ?? {};
  return { action: spec?.action ?? '', status: valid, reason };
}

interface Status {
  readonly tier?: { readonly inherent: string };
  readonly review?: object;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  readonly missingSignOffs?: readonly string[];
  readonly signOffs?: readonly { readonly role: string; readonly author: string; readonly at: string; readonly expires?: string }[];
  readonly approvedVersions?: readonly { readonly version: string; readonly expires?: string }[];
}

function statusOf(object: UntypedObject): object {
  const { status = {} } = object as { readonly status?: Status };
  const { tier, review, conditions = [], missingSignOffs = [], signOffs = [], approvedVersions = [] } = status;
  return {
    ...(tier === undefined ? {} : { tier: { inherent: tier.inherent } }),
    ...(review === undefined ? {} : { review }),
    conditions: conditions.flatMap(({ type, status: is, reason }) =>
      type === 'ReviewCurrent' || type === 'SignedOff' ? [{ type, status: is, reason }] : [],
    ),
    missingSignOffs,
    signOffs: signOffs.map(({ role, author, at, expires }) => ({ role, author, at, ...(expires === undefined ? {} : { expires }) })),
    approvedVersions: approvedVersions.map(({ version, expires }) => ({ version, ...(expires === undefined ? {} : { expires }) })),
  };
}

const keyed = <T>(objects: readonly UntypedObject[], of: (object: UntypedObject) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(objects.map((object) => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, of(object)]));

const plural = { ModelRisk: 'modelrisks', RiskIncident: 'riskincidents', RiskDecision: 'riskdecisions' } as const;

/** By status fields, by the three commands with `--json`, and by the gauges. */
export async function lookAt(world: YearOperator): Promise<Said> {
  const { api, clock } = world;
  const nowMs = clock.nowMs();
  const client = (kind: keyof typeof plural) =>
    createResourceClient<UntypedObject>({
      transport: api,
      fieldManager: 'test',
      resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural: plural[kind], kind, namespaced: true },
    });
  const clients = { incidents: client('RiskIncident'), decisions: client('RiskDecision'), risks: client('ModelRisk') };
  const series: Record<string, unknown> = {};
  for (const name of gaugeNames) series[name] = (await world.gauges(name)).map(({ labels, value }) => ({ labels, value }));
  return {
    at: new Date(nowMs).toISOString(),
    models: keyed(api.list('modelrisks'), statusOf),
    incidents: keyed(api.list('riskincidents'), (object) => {
      const {
        severity,
        deadlines = [],
        findings = [],
      } = ((object as { readonly status?: object }).status ?? {}) as Readonly<Record<string, unknown>>;
      return { severity, deadlines, findings };
    }),
    decisions: keyed(api.list('riskdecisions'), validOf),
    reviews: told(await listReviews(clients.risks, null)),
    handled: told(await listIncidents(clients.incidents, { namespace: null, nowMs })),
    metrics: told(await readMetrics(clients, { namespace: null, periodDays: 90, nowMs })),
    gauges: series,
  };
}
