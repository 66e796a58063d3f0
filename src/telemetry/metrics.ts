import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const longestTimerMs = 2 ** 31 - 1;
const fastBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Makers {
  readonly counter: <Label extends string>(name: string, help: string, labelNames?: readonly Label[]) => Counter<Label>;
  readonly gauge: <Label extends string>(name: string, help: string, labelNames?: readonly Label[]) => Gauge<Label>;
  readonly histogram: <Label extends string>(name: string, help: string, labelNames?: readonly Label[]) => Histogram<Label>;
}

function makersFor(registry: Registry): Makers {
  const registers = [registry];
  return {
    counter: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames = []) => new Gauge({ name, help, labelNames, registers }),
    histogram: (name, help, labelNames = []) => new Histogram({ name, help, labelNames, registers, buckets: fastBuckets }),
  };
}

function decisionSeries({ counter, gauge, histogram }: Makers) {
  const assessments = counter('modelrisk_assessments_total', 'Assessments by verdict.', ['verdict']);
  for (const verdict of ['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error'] as const) assessments.inc({ verdict }, 0);
  const pushed = counter('modelrisk_pushed_total', 'Readings and alerts sent to the operator, or requests it did not look at, by result.', [
    'kind',
    'result',
  ]);
  const kept = ['Kept', 'Unused', 'Forbidden', 'Invalid', 'Older', 'Future', 'Full'];
  for (const result of [...kept, 'Unauthenticated', 'TooMany', 'NotNow', 'Malformed'])
    for (const kind of ['reading', 'alert']) pushed.inc({ kind, result }, 0);
  return {
    pushed,
    assessments,
    ...indicatorSeries({ counter, gauge }),
    engagedStage: gauge('modelrisk_engaged_stage', 'Stage a plan holds, counted from 1; 0 while it is idle.', ['namespace', 'plan']),
    constraintInForce: gauge('modelrisk_constraint_in_force', '1 for each constraint that stands on a target, by its journal.', [
      'namespace',
      'kind',
      'target',
      'constraint',
    ]),
    expectedAnnualLoss: gauge(
      'modelrisk_expected_annual_loss',
      'Expected loss of a year with live evidence, in the currency of the policy.',
      ['namespace', 'risk'],
    ),
    annualLossP95: gauge('modelrisk_annual_loss_p95', '19 of 20 years cost less than this, in the currency of the policy.', [
      'namespace',
      'risk',
    ]),
    actions: counter('modelrisk_actions_total', 'Patches sent to targets by actuator and result.', ['actuator', 'result']),
    breachToEffectSeconds: histogram(
      'modelrisk_breach_to_effect_seconds',
      'From the answer that led to an engagement or escalation to its first acknowledged patch.',
    ),
    journalSeconds: histogram(
      'modelrisk_journal_seconds',
      'Acknowledgement of a journal that is kept apart from its target; the patch of the target comes after it.',
    ),
    contested: counter('modelrisk_contested_total', 'Edits by others of a field under constraint.', ['namespace', 'target']),
    orphanedConstraints: counter('modelrisk_orphaned_constraints_total', 'Times a target was found under a constraint whose plan is gone.'),
    recordsLost: counter(
      'modelrisk_records_lost_total',
      'Entries of records given up: the plan was deleted and nothing could be written in its namespace.',
    ),
    ...exposureSeries({ gauge }),
    ...handlingSeries({ gauge }),
    ...programmeSeries({ gauge }),
    ...drillSeries({ counter, gauge, histogram }),
    ...reviewSeries({ gauge }),
    notifications: counter('modelrisk_notifications_total', 'Notices to receivers of policies by result.', ['receiver', 'result']),
    reportDeliveries: counter('modelrisk_report_deliveries_total', 'Scheduled reports to receivers of policies by result.', [
      'report',
      'result',
    ]),
    providerQueries: counter('modelrisk_provider_queries_total', 'Queries to signal providers by result.', ['provider', 'result']),
  };
}

function indicatorSeries({ counter, gauge }: Pick<Makers, 'counter' | 'gauge'>) {
  const indicator = ['namespace', 'risk', 'indicator'] as const;
  return {
    indicatorValue: gauge('modelrisk_indicator_value', 'Last value of an indicator, in the unit of its signal.', indicator),
    indicatorBreached: gauge(
      'modelrisk_indicator_breached',
      '1 from when an indicator fires until it has been clear for long enough, else 0.',
      indicator,
    ),
    indicatorBlindSeconds: gauge(
      'modelrisk_indicator_blind_seconds',
      'How long there has been no usable reading of an indicator; 0 while there is one.',
      indicator,
    ),
    indicatorReadings: counter(
      'modelrisk_indicator_readings_total',
      'Readings of live answers by indicators that have an objective of their own: Good, Bad (a breach) or None (it could not be told).',
      [...indicator, 'result'],
    ),
    indicatorBudgetLeft: gauge(
      'modelrisk_indicator_budget_left_ratio',
      'Share of the error budget left of an indicator that has an objective of its own, by the time it was judged: 1 is untouched, below 0 more than spent.',
      indicator,
    ),
    observationAgeSeconds: gauge(
      'modelrisk_observation_age_seconds',
      'Age of the newest data that gave a value; grows while none comes.',
      indicator,
    ),
  };
}

function programmeSeries({ gauge }: Pick<Makers, 'gauge'>) {
  return {
    programmeTimeSeconds: gauge(
      'modelrisk_programme_time_seconds',
      'Kaplan-Meier quantiles of how long detection, acknowledgement, mitigation and remediation took, 90 days; no series while not reached.',
      ['figure', 'quantile'],
    ),
    programmeIncidents: gauge(
      'modelrisk_programme_time_incidents',
      'Incidents behind a time: over, not over (censored), without the times.',
      ['figure', 'kind'],
    ),
    programmeShare: gauge(
      'modelrisk_programme_share',
      'A share of the programme over 90 days with its Wilson interval at 95 %; no series while it is not known.',
      ['figure', 'bound'],
    ),
    programmeShareCount: gauge('modelrisk_programme_share_population', 'What a share of the programme is of.', ['figure']),
    programmeCount: gauge('modelrisk_programme_events', 'A count of the programme over 90 days.', ['figure']),
  };
}

function exposureSeries({ gauge }: Pick<Makers, 'gauge'>) {
  const model = ['namespace', 'risk'] as const;
  return {
    exposureUnitsPerMinute: gauge(
      'modelrisk_exposure_units_per_minute',
      'Decisions of a model a minute that callers receive; no series while it is not known.',
      model,
    ),
    exposureMoneyPerMinute: gauge(
      'modelrisk_exposure_money_per_minute',
      'What they put at stake a minute, in the currency of the policy; no series while it is not known.',
      model,
    ),
    exposureKnown: gauge('modelrisk_exposure_known', '1 while the exposure a model declares is known, else 0.', model),
  };
}

function handlingSeries({ gauge }: Pick<Makers, 'gauge'>) {
  return {
    auditUnanchoredAgeSeconds: gauge(
      'modelrisk_audit_unanchored_age_seconds',
      'Age of the oldest entry that the audit sink has not acknowledged, on record or still to be; no series without a sink.',
      ['namespace'],
    ),
    incidentsOpen: gauge('modelrisk_incidents_open', 'Incidents that are not over, drills left out.', ['namespace', 'origin', 'severity']),
    incidentReportDueTimestampSeconds: gauge(
      'modelrisk_incident_report_due_timestamp_seconds',
      'When a report of an incident to somebody outside is due that was not made, as a Unix time.',
      ['namespace', 'incident', 'reporting'],
    ),
    incidentReportsOverdue: gauge('modelrisk_incident_reports_overdue', 'Reports to somebody outside that are overdue.', ['namespace']),
    findingsOpen: gauge(
      'modelrisk_findings_open',
      'Findings of postmortems that no remediation or indicator of the model stands for yet.',
      ['namespace'],
    ),
  };
}

function reviewSeries({ gauge }: Pick<Makers, 'gauge'>) {
  return {
    reviewDueTimestampSeconds: gauge('modelrisk_review_due_timestamp_seconds', 'When the next review of a model is due, as a Unix time.', [
      'namespace',
      'risk',
    ]),
    reviewsOverdue: gauge('modelrisk_reviews_overdue', 'Models whose review is overdue.', ['namespace']),
    policyReviewDueTimestampSeconds: gauge(
      'modelrisk_policy_review_due_timestamp_seconds',
      'When the next review of a policy itself is due, as a Unix time.',
      ['policy'],
    ),
    policyReviewOverdue: gauge('modelrisk_policy_review_overdue', '1 while the review of a policy itself is overdue, else 0.', ['policy']),
    unregisteredModels: gauge(
      'modelrisk_unregistered_models',
      'Objects that look like models and have no ModelRisk, of those the operator reads.',
      ['namespace', 'kind'],
    ),
    documentsMissing: gauge('modelrisk_documents_missing', 'Things the tier of a model requires on file and that are not there.', [
      'namespace',
      'risk',
    ]),
    lineageCoverage: gauge('modelrisk_lineage_coverage_ratio', 'Share of the kinds of lineage that an entry with a digest pins, 0 to 1.', [
      'namespace',
      'risk',
    ]),
    signOffsMissing: gauge('modelrisk_sign_offs_missing', 'Roles the tier asks for whose sign-off a model lacks as it is.', [
      'namespace',
      'risk',
    ]),
  };
}

function drillSeries({ counter, gauge, histogram }: Makers) {
  const drills = counter('modelrisk_drills_total', 'Drills that ended or were not begun, by scope and result.', ['scope', 'result']);
  for (const scope of ['DryRun', 'Sandbox'])
    for (const result of ['Passed', 'Failed', 'Aborted', 'Skipped']) drills.inc({ scope, result }, 0);
  return {
    drills,
    drillOverdueSeconds: gauge(
      'modelrisk_drill_overdue_seconds',
      'How long a scheduled drill is missing, once that is longer than its plan may be busy; else 0.',
      ['namespace', 'plan'],
    ),
    drillTimeToMitigateSeconds: histogram(
      'modelrisk_drill_time_to_mitigate_seconds',
      'In live drills, from the synthetic breach to the first stage in effect on every target.',
    ),
  };
}

function runtimeSeries({ counter, gauge, histogram }: Makers) {
  const queue = ['name'] as const;
  return {
    leader: gauge('modelrisk_leader', '1 while this replica holds the lease.'),
    kubeRequests: counter('modelrisk_kube_requests_total', 'Requests to the Kubernetes API.', ['verb', 'resource', 'code']),
    watchLife: counter('modelrisk_watch_life_total', 'Life events of watches.', ['resource', 'event']),
    queueDepth: gauge('workqueue_depth', 'Keys waiting in a queue.', queue),
    queueAdds: counter('workqueue_adds_total', 'Keys added to a queue.', queue),
    queueRetries: counter('workqueue_retries_total', 'Keys put back after a failure.', queue),
    queueLatencySeconds: histogram('workqueue_queue_duration_seconds', 'Time a key waited.', queue),
    queueWorkSeconds: histogram('workqueue_work_duration_seconds', 'Time a key was worked on.', queue),
    reconciles: counter('controller_runtime_reconcile_total', 'Reconciles by controller and result.', ['controller', 'result']),
  };
}

/** All series of the operator. Queue and reconcile series carry the names of controller-runtime, so its dashboards work. */
export type Metrics = { readonly registry: Registry } & Readonly<ReturnType<typeof decisionSeries> & ReturnType<typeof runtimeSeries>>;

/** Creates every series in a registry of its own; series with a closed label set start at 0, so that a rate over them never lacks its first sample. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  // Between two scrapes the delay of the event loop would be sampled by a timer that wakes an idle process 100 times a second, and
  // every figure would hold the timer's own 10 ms: only the delay at the scrape itself is told.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: longestTimerMs });
  for (const figure of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
    registry.removeSingleMetric(`nodejs_eventloop_lag_${figure}_seconds`);
  // Gauges that end in _total: promtool refuses the name, and each has a twin by type.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const makers = makersFor(registry);
  return { registry, ...decisionSeries(makers), ...runtimeSeries(makers) };
}
