import { setBudgets } from './budget-gauges.ts';
import type { BudgetBook } from './budget-book.ts';
import { setExposures } from './exposure-gauges.ts';
import { setIncidents } from './incident-gauges.ts';
import { setPolicyReviews } from './policy-review-gauges.ts';
import { setUnregistered } from './registration-gauges.ts';
import { blindIn, gravestReading } from './risk-state.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import { drillOverdueMs } from '../core/drill/schedule.ts';
import { lineageCoverage as coverageOf } from '../core/programme/lineage.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Anchors } from './anchor.ts';
import type { Cluster } from './cluster.ts';
import { drillTimes } from './drill-state.ts';
import type { ExposureBook } from './exposure-book.ts';
import type { Facts } from './facts.ts';
import type { LossBook } from './loss-book.ts';
import type { Programme } from './programme.ts';
import type { FiguresOptions } from './programme-figures.ts';
import { setReadings } from './reading-tally.ts';

export interface StateGaugesOptions {
  readonly programme: Pick<Programme, 'risks' | 'plans' | 'plansOf' | 'tallies'>;
  readonly cluster: Pick<Cluster, 'targets' | 'own'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly losses: Pick<LossBook, 'known'>;
  readonly exposures: Pick<ExposureBook, 'of'>;
  readonly budgets: Pick<BudgetBook, 'of'>;
  readonly anchors: Pick<Anchors, 'oldestUnanchored'>;
  readonly facts: Pick<Facts, 'oldestUnsent'>;
  readonly setFigures: (options: FiguresOptions) => void;
  readonly metrics: FiguresOptions['metrics'] &
    Pick<
      Metrics,
      | 'indicatorValue'
      | 'observationAgeSeconds'
      | 'indicatorBreached'
      | 'indicatorBlindSeconds'
      | 'indicatorReadings'
      | 'indicatorBudgetLeft'
      | 'engagedStage'
      | 'constraintInForce'
      | 'expectedAnnualLoss'
      | 'annualLossP95'
      | 'exposureUnitsPerMinute'
      | 'exposureMoneyPerMinute'
      | 'exposureKnown'
      | 'reviewDueTimestampSeconds'
      | 'reviewsOverdue'
      | 'policyReviewDueTimestampSeconds'
      | 'policyReviewOverdue'
      | 'documentsMissing'
      | 'lineageCoverage'
      | 'unregisteredModels'
      | 'signOffsMissing'
      | 'drillOverdueSeconds'
      | 'auditUnanchoredAgeSeconds'
      | 'incidentsOpen'
      | 'incidentReportDueTimestampSeconds'
      | 'incidentReportsOverdue'
      | 'findingsOpen'
    >;
  readonly nowMs: EpochMs;
}

/**
 * Sets the gauges that tell of state from the state itself, at each scrape: what is gone has no series, what was there before a
 * restart has one from the start, and data that stopped coming grow older.
 */
export function setStateGauges(options: StateGaugesOptions): void {
  const { indicatorValue, observationAgeSeconds, engagedStage, constraintInForce, expectedAnnualLoss, annualLossP95 } = options.metrics;
  const { reviewDueTimestampSeconds, reviewsOverdue, documentsMissing, lineageCoverage } = options.metrics;
  for (const gauge of [indicatorValue, observationAgeSeconds, engagedStage, constraintInForce, expectedAnnualLoss, annualLossP95])
    gauge.reset();
  const { indicatorBreached, indicatorBlindSeconds, signOffsMissing } = options.metrics;
  for (const gauge of [indicatorBreached, indicatorBlindSeconds, documentsMissing, lineageCoverage]) gauge.reset();
  for (const gauge of [reviewDueTimestampSeconds, reviewsOverdue, signOffsMissing]) gauge.reset();
  options.metrics.drillOverdueSeconds.reset();
  setIndicators(options);
  setReadings(options.programme, options.metrics);
  setBudgets(options);
  setLosses(options);
  setExposures(options);
  setPlans(options);
  setConstraints(options);
  setReviews(options);
  setPolicyReviews(options);
  setDocuments(options);
  setUnregistered(options);
  setSignOffs(options);
  setAnchors(options);
  setIncidents(options);
  options.setFigures(options);
}

function setAnchors({ anchors, facts, metrics, nowMs }: StateGaugesOptions): void {
  metrics.auditUnanchoredAgeSeconds.reset();
  const oldest = new Map(anchors.oldestUnanchored());
  for (const [namespace, atMs] of facts.oldestUnsent()) oldest.set(namespace, Math.min(atMs, oldest.get(namespace) ?? atMs));
  for (const [namespace, atMs] of oldest)
    metrics.auditUnanchoredAgeSeconds.set({ namespace }, atMs === null ? 0 : Math.max(0, nowMs - atMs) / 1000);
}

function setIndicators({ programme, metrics, nowMs }: StateGaugesOptions): void {
  for (const { identity, risk, indicators } of programme.risks.values()) {
    for (const [indicator, state] of indicators) {
      const { lastSeen, memory } = gravestReading(state);
      const labels = { namespace: identity.namespace, risk: risk.metadata.name, indicator };
      metrics.indicatorBreached.set(labels, memory.state === 'Firing' || memory.state === 'Clearing' ? 1 : 0);
      // Nobody looks: that is no outage of the source, and an alert on it would fire for as long as the model is suspended.
      if (risk.spec.suspend !== 'None') continue;
      const blindSinceMs = blindIn(state).map(({ sinceMs }) => sinceMs);
      metrics.indicatorBlindSeconds.set(labels, blindSinceMs.length === 0 ? 0 : (nowMs - Math.min(...blindSinceMs)) / 1000);
      if (lastSeen === null) continue;
      metrics.indicatorValue.set(labels, lastSeen.value);
      metrics.observationAgeSeconds.set(labels, (nowMs - lastSeen.dataTimeMs) / 1000);
    }
  }
}

/** As last computed: a scrape begins no arithmetic. */
function setLosses({ programme, losses, metrics }: StateGaugesOptions): void {
  for (const state of programme.risks.values()) {
    const loss = losses.known(state);
    if (loss === null) continue;
    const labels = { namespace: state.identity.namespace, risk: state.risk.metadata.name };
    metrics.expectedAnnualLoss.set(labels, loss.expected.value);
    metrics.annualLossP95.set(labels, loss.p95);
  }
}

function setPlans({ programme, metrics, nowMs }: StateGaugesOptions): void {
  for (const { current, memory, drill } of programme.plans.values()) {
    const { namespace, name } = current.plan;
    metrics.engagedStage.set({ namespace, plan: name }, memory.phase === 'Engaged' ? memory.stage + 1 : 0);
    if (drill.schedule !== null)
      metrics.drillOverdueSeconds.set({ namespace, plan: name }, drillOverdueMs(drillTimes(drill, nowMs), nowMs) / 1000);
  }
}

/** By the journals, not by what plans wish: an engaged plan that was refused holds nothing, a plan that is gone may. */
function setConstraints({ cluster, actuators, metrics }: StateGaugesOptions): void {
  for (const [kind, actuator] of actuators) {
    for (const live of cluster.targets.get(kind)?.store.list() ?? []) {
      const reading = actuator.readJournal(live);
      if (reading.kind !== 'Engaged') continue;
      const { namespace = '', name } = live.metadata;
      for (const constraint of reading.claims.flatMap(({ constraints }) => constraints))
        metrics.constraintInForce.set({ namespace, kind, target: name, constraint: constraint.kind }, 1);
    }
  }
}

/** As the statuses say it, so that a restart shows what was known before. */
function setReviews({ programme, cluster, metrics, nowMs }: StateGaugesOptions): void {
  const overdue = new Map<string, number>();
  for (const { key, identity, risk } of programme.risks.values()) {
    const { namespace } = identity;
    const object = cluster.own.risks.store.get(key) as { readonly status?: { readonly review?: { readonly next?: string } } } | undefined;
    const dueMs = Date.parse(object?.status?.review?.next ?? '');
    if (Number.isNaN(dueMs)) continue;
    metrics.reviewDueTimestampSeconds.set({ namespace, risk: risk.metadata.name }, dueMs / 1000);
    overdue.set(namespace, (overdue.get(namespace) ?? 0) + (dueMs <= nowMs ? 1 : 0));
  }
  for (const [namespace, count] of overdue) metrics.reviewsOverdue.set({ namespace }, count);
}

/** Coverage of every model, as its spec says; what is missing as the status says it, where its tier requires anything. */
function setDocuments({ programme, cluster, metrics }: StateGaugesOptions): void {
  for (const { key, identity, risk } of programme.risks.values()) {
    const labels = { namespace: identity.namespace, risk: risk.metadata.name };
    metrics.lineageCoverage.set(labels, coverageOf(risk.spec.lineage ?? []));
    const object = cluster.own.risks.store.get(key) as
      { readonly status?: { readonly documentation?: { readonly missing?: readonly string[] } } } | undefined;
    const missing = object?.status?.documentation?.missing;
    if (missing !== undefined) metrics.documentsMissing.set(labels, missing.length);
  }
}

/** As the statuses say it too. */
function setSignOffs({ programme, cluster, metrics }: StateGaugesOptions): void {
  for (const { key, identity, risk } of programme.risks.values()) {
    const object = cluster.own.risks.store.get(key) as { readonly status?: { readonly missingSignOffs?: readonly string[] } } | undefined;
    const missing = object?.status?.missingSignOffs;
    if (missing !== undefined) metrics.signOffsMissing.set({ namespace: identity.namespace, risk: risk.metadata.name }, missing.length);
  }
}
