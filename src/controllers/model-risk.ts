import { expandLink } from '../api/link-template.ts';
import { toInstant } from '../api/instant.ts';
import { isOpenIncident } from '../api/open-incident.ts';
import { rememberRhythms } from '../api/review-calendar.ts';
import { riskDigest } from '../api/risk-digest.ts';
import { riskTermLines, toSuppliedStatus } from '../api/term-lines.ts';
import { toThresholdSnapshot } from '../api/threshold-snapshot.ts';
import type { ModelRiskConditionType } from '../api/conditions.ts';
import type { IndicatorStatus } from '../api/model-risk.ts';
import { explainAssessment } from '../core/explain.ts';
import { explainPace } from '../core/pace.ts';
import { mergeConditions } from '../kube/conditions.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { StatusValue } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Cluster } from './cluster.ts';
import { previousConditions } from './mitigation-plan.ts';
import { calibratedCondition, type FalseAlarmBook, type FalseAlarmsByName } from './false-alarm-book.ts';
import { documentedNow } from './documented.ts';
import { twinProblems } from './model-names.ts';
import { createOwnWrites } from './own-writes.ts';
import type { BudgetBook } from './budget-book.ts';
import type { ExposureBook } from './exposure-book.ts';
import type { LossBook } from './loss-book.ts';
import { lossStatus } from './loss-status.ts';
import type { Programme } from './programme.ts';
import { nextLookMs } from './review-condition.ts';
import { reviewCondition, reviewHistory, reviewsNow } from './reviews.ts';
import { gravestReading, hinderingPace } from './risk-state.ts';
import type { IndicatorState, RiskProblem, RiskState } from './risk-state.ts';
import { signedLimitOf, signOffsNow } from './sign-offs.ts';
import { floorsInForce, policyProblems } from './tier-problems.ts';

export interface ModelRiskControllerOptions {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly losses: LossBook;
  readonly falseAlarms: FalseAlarmBook;
  readonly exposures: Pick<ExposureBook, 'statusOf'>;
  readonly budgets: Pick<BudgetBook, 'statusOf'>;
  readonly clock: Clock;
  readonly log: Logger;
}

type RiskCondition = ConditionNow & { readonly type: ModelRiskConditionType };

function readyCondition({ problems, terms }: RiskState, ofTier: readonly RiskProblem[]): RiskCondition {
  const all = [...problems, ...ofTier];
  const [problem] = all;
  const bounded = floorsInForce(terms);
  if (problem === undefined) return { type: 'Ready', status: 'True', reason: 'Reconciled', message: bounded };
  const message = [...all.map((each) => each.message), ...(bounded === '' ? [] : [bounded])].join(' ');
  return { type: 'Ready', status: 'False', reason: problem.reason, message };
}

function assessedCondition({ terms, indicators: known }: RiskState): RiskCondition {
  const type = 'Assessed';
  const indicators = [...known.values()];
  const shown = indicators.flatMap((indicator) => gravestReading(indicator).shown ?? []);
  if (shown.length < indicators.length)
    return { type, status: 'Unknown', reason: 'FirstLook', message: 'Not every indicator has been looked at yet.' };
  const blind = shown.filter(({ verdict }) => verdict === 'NoData' || verdict === 'Error' || verdict === 'Insufficient');
  const slow = indicators.flatMap((state) => {
    const pace = hinderingPace(state);
    return pace === null ? [] : [explainPace(state.indicator, pace, terms.evaluationIntervalSeconds.value)];
  });
  const reason = blind[0]?.verdict ?? (slow.length > 0 ? 'TooSlow' : null);
  if (reason === null) return { type, status: 'True', reason: 'AllRead', message: '' };
  const said = [...blind.map(explainAssessment), ...slow];
  return { type, status: 'False', reason, message: said.join(' ').slice(0, 2048) };
}

function breachedCondition({ readings, terms, identity }: RiskState): RiskCondition {
  const firing = [...readings].filter(([, known]) => ['Firing', 'Clearing'].includes(gravestReading({ readings: known }).memory.state));
  if (firing.length === 0) return { type: 'Breached', status: 'False', reason: 'WithinLimits', message: '' };
  const { remediation, runbookURL } = terms.tier?.playbook ?? {};
  const more = runbookURL === undefined ? null : expandLink(runbookURL, { ...identity, indicator: firing[0]?.[0] ?? '' });
  const advice = [...(remediation === undefined ? [] : [remediation]), ...(more === null ? [] : [`See ${more}.`])];
  return {
    type: 'Breached',
    status: 'True',
    reason: 'LimitBroken',
    message: [`${firing.map(([name]) => name).join(', ')} broke the limit and has not been clear for long enough.`, ...advice].join(' '),
  };
}

interface IndicatorBooks {
  readonly alarms: FalseAlarmsByName;
  readonly budgets: ReturnType<BudgetBook['statusOf']>;
}

function indicatorStatus(
  [name, readings]: readonly [string, IndicatorState['readings']],
  { ratios, signed, alarms, budgets }: Pick<RiskState, 'ratios' | 'signed'> & IndicatorBooks,
): IndicatorStatus {
  const { memory, shown } = gravestReading({ readings });
  const likelihoodRatio = ratios.get(name);
  const falseAlarms = alarms.get(name);
  const said = { ...(likelihoodRatio === undefined ? {} : { likelihoodRatio }), ...(falseAlarms === undefined ? {} : { falseAlarms }) };
  const objective = budgets.get(name);
  const kept = objective === undefined ? {} : { objective };
  const base = { name, state: memory.state, since: toInstant(memory.sinceMs), ...said, ...signedLimitOf(signed, name), ...kept };
  if (shown === null) return base;
  const threshold = toThresholdSnapshot(shown.indicator.threshold);
  const judged = { ...base, verdict: shown.verdict, threshold, message: explainAssessment(shown).slice(0, 1024) };
  if (shown.observation.kind !== 'Value') return judged;
  const { value, sampleCount, dataTimeMs } = shown.observation;
  return { ...judged, value, ...(sampleCount === null ? {} : { sampleCount }), dataTime: toInstant(dataTimeMs) };
}

function openIncidents({ uid, identity }: RiskState, { incidents }: Pick<Cluster['own'], 'incidents'>): readonly string[] {
  return incidents.store
    .byIndex('namespace', identity.namespace)
    .filter((incident) => {
      const { spec } = incident as { readonly spec?: { readonly riskRef?: { readonly uid?: string } } };
      return spec?.riskRef?.uid === uid && isOpenIncident(incident);
    })
    .map(({ metadata }) => metadata.name)
    .sort()
    .slice(-32);
}

const longestWaitMs = 86_400_000;

/** In how long the first of both may say something else; null: neither will by itself. */
function soonest(reviewInMs: number | null, signOffsAtMs: EpochMs | null, nowMs: EpochMs): number | null {
  const waits = [...(reviewInMs === null ? [] : [reviewInMs]), ...(signOffsAtMs === null ? [] : [signOffsAtMs - nowMs])];
  return waits.length === 0 ? null : Math.min(...waits, longestWaitMs);
}

/** Shows the last change of each indicator; live numbers are in /metrics, so a steady risk costs no write. */
export function createModelRiskController(options: ModelRiskControllerOptions): (key: string) => Promise<WorkOutcome> {
  const { cluster, programme, losses, falseAlarms, exposures, budgets, clock, log } = options;
  const { store, client } = cluster.own.risks;
  const ownWrites = createOwnWrites();
  const rhythmOf = rememberRhythms();

  function statusNow(risk: RiskState, object: UntypedObject): { readonly status: StatusValue; readonly lookAgainMs: number | null } {
    const policy = programme.policies.get(risk.risk.spec.policyRef.name) ?? null;
    const nowMs = clock.nowMs();
    const history = reviewHistory(risk, object, { caches: cluster.own, policy, nowMs });
    const loss = lossStatus(risk, object, { losses, policy, reviewed: history.isNew });
    const tier = loss.tier?.inherent ?? null;
    const reviews = reviewsNow(history, risk, { policy, tier, rhythmOf });
    const plans = programme.plansOf(risk.key);
    const documented = documentedNow(risk, { policy, tier, plans });
    const signing = { decisions: cluster.own.decisions, policies: programme.policies, tier, nowMs };
    const signOffs = signOffsNow(risk, object, { ...signing, plans: { states: plans, written: programme.writtenFor(risk.key) } });
    const alarms = falseAlarms.of(risk, object);
    const books = { alarms, budgets: budgets.statusOf(risk) };
    const conditions = [
      readyCondition(risk, [...policyProblems(risk, { policy, standing: tier, plans }), ...twinProblems(risk, programme)]),
      assessedCondition(risk),
      breachedCondition(risk),
      calibratedCondition(alarms, risk, programme),
      reviewCondition(reviews, risk, { tier, nowMs }),
      documented.condition,
      signOffs.condition,
    ];
    const generation = risk.risk.metadata.generation ?? 0;
    const status = {
      observedGeneration: generation,
      conditions: mergeConditions(previousConditions(object), conditions, { nowMs, generation }),
      indicators: [...risk.readings].map((entry) => indicatorStatus(entry, { ratios: risk.ratios, signed: risk.signed, ...books })),
      ...loss,
      ...exposures.statusOf(risk, object),
      ...documented.status,
      ...toSuppliedStatus(riskTermLines(risk.terms), risk.terms.tier),
      digest: riskDigest(risk.written.spec),
      ...signOffs.status,
      ...(Object.keys(reviews.status).length === 0 ? {} : { review: reviews.status }),
      openIncidents: openIncidents(risk, cluster.own),
    };
    return { status, lookAgainMs: soonest(nextLookMs(reviews, nowMs), signOffs.changesAtMs, nowMs) };
  }

  return async (key) => {
    const risk = programme.risks.get(key);
    const object = ownWrites.freshest(store.get(key));
    if (risk === undefined || object === undefined) return { kind: 'Done' };
    const { status, lookAgainMs: afterMs } = statusNow(risk, object);
    const written = await writeStatus(client, object, status);
    if (written.ok) {
      if (written.value.kind === 'Written') ownWrites.remember(written.value.object);
      return afterMs === null ? { kind: 'Done' } : { kind: 'Again', afterMs, priority: 'Resync' };
    }
    log.debug({ risk: key, failure: written.failure }, 'the status of a risk could not be written; it is tried again');
    return written.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
  };
}
