import { judge } from '../core/judge.ts';
import { stepIndicator } from '../core/indicator.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Observation, Served } from '../core/model/observation.ts';
import { servedIn } from '../core/plan/stage.ts';
import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { SignalRequest, SignalSource } from '../signals/port.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';
import type { IndicatorState, RiskState } from './risk-state.ts';

export interface AssessorOptions {
  readonly programme: Programme;
  readonly source: SignalSource;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'assessments' | 'indicatorValue' | 'observationAgeSeconds'>;
  readonly log: Logger;
  /** A risk was judged anew; `changed` when a verdict or state is another one. Called in the turn of the answer. */
  readonly onAssessed: (risk: RiskState, facts: { readonly changed: boolean; readonly answeredAtMs: EpochMs }) => void;
}

export interface Assessor {
  start(): void;
  stop(): void;
}

/** One reading asked for, and where its answer goes. */
interface Asked {
  readonly risk: RiskState;
  readonly name: string;
  readonly state: IndicatorState;
  readonly served: Served;
  readonly version: string;
}

/** Answers the risk's evidence can come from now: copies, when some plan left nothing else to measure. */
function servedNow(plans: readonly PlanState[]): Served {
  const engaged = plans.flatMap((plan) => (plan.memory.phase === 'Engaged' ? [servedIn(snapshotInForce(plan), plan.memory.stage)] : []));
  return engaged.includes('Shadow') ? 'Shadow' : 'Live';
}

function askFor(risk: RiskState, plans: readonly PlanState[]): readonly Asked[] {
  const served = servedNow(plans);
  const safeVersions = new Set(plans.map((plan) => snapshotInForce(plan).safeVersion).filter((version) => version !== null));
  return [...risk.indicators].flatMap(([name, state]) => [
    { risk, name, state, served, version: risk.identity.version },
    // What we would move to answers live, whatever the candidate does.
    ...[...safeVersions].map((version): Asked => ({ risk, name, state, served: 'Live', version })),
  ]);
}

function toRequest(asked: Asked, key: string): SignalRequest {
  return { key, identity: { ...asked.risk.identity, version: asked.version }, served: asked.served, signal: asked.state.signal };
}

function differs(a: Assessment | null, b: Assessment): boolean {
  return a?.verdict !== b.verdict;
}

/**
 * Polls every indicator at its risk's interval: all risks of one interval in one call, so that indicators of one shape
 * share one query. A round that outlasts its interval makes the next one wait: rounds never overlap.
 */
export function createAssessor(options: AssessorOptions): Assessor {
  const { programme, source, clock, metrics, log } = options;
  const timers = new Map<number, Cancel>();
  const stopping = new AbortController();

  function settle(asked: Asked, observation: Observation, nowMs: EpochMs): boolean {
    const { risk, name, state, served, version } = asked;
    const assessment = judge({ indicator: state.indicator, identity: { ...risk.identity, version }, served, observation, nowMs });
    if (version !== risk.identity.version) {
      const readings = risk.safe.get(version) ?? new Map<string, Assessment>();
      risk.safe.set(version, readings.set(name, assessment));
      return false;
    }
    metrics.assessments.inc({ verdict: assessment.verdict });
    const labels = { namespace: risk.identity.namespace, risk: risk.risk.metadata.name, indicator: name };
    if (assessment.observation.kind === 'Value') {
      metrics.indicatorValue.set(labels, assessment.observation.value);
      metrics.observationAgeSeconds.set(labels, (nowMs - assessment.observation.dataTimeMs) / 1000);
    }
    const memory = stepIndicator({ memory: state.memory, assessment, nowMs, intervalMs: risk.risk.spec.evaluationIntervalSeconds * 1000 });
    const changed = memory.state !== state.memory.state || differs(state.shown, assessment);
    state.memory = memory;
    state.assessment = assessment;
    if (changed) state.shown = assessment;
    return changed;
  }

  function due(intervalSeconds: number): readonly Asked[] {
    return [...programme.risks.values()]
      .filter(({ risk }) => risk.spec.evaluationIntervalSeconds === intervalSeconds && risk.spec.suspend === 'None')
      .flatMap((risk) => askFor(risk, programme.plansOf(risk.key)));
  }

  async function round(intervalSeconds: number): Promise<void> {
    const asked = new Map(due(intervalSeconds).map((each, index) => [String(index), each]));
    if (asked.size === 0) return;
    const answers = await source.observe([...asked].map(([key, each]) => toRequest(each, key)), stopping.signal);
    if (stopping.signal.aborted) return;
    const answeredAtMs = clock.nowMs();
    const changedByRisk = new Map<RiskState, boolean>();
    for (const { key, observation } of answers) {
      const each = asked.get(key);
      if (each === undefined) continue;
      const changed = settle(each, observation, answeredAtMs);
      changedByRisk.set(each.risk, changed || (changedByRisk.get(each.risk) ?? false));
    }
    for (const [risk, changed] of changedByRisk) {
      // Replaced or deleted while its answer was under way: the successor is judged in the next round.
      if (programme.risks.get(risk.key) === risk) options.onAssessed(risk, { changed, answeredAtMs });
    }
  }

  function tick(intervalSeconds: number): void {
    const startedMs = clock.nowMs();
    round(intervalSeconds)
      .catch((error: unknown) => {
        log.error({ err: error, intervalSeconds }, 'a round of assessments failed');
      })
      .finally(() => {
        const elapsedMs = clock.nowMs() - startedMs;
        schedule(intervalSeconds, Math.max(0, intervalSeconds * 1000 - elapsedMs));
      });
  }

  function schedule(intervalSeconds: number, delayMs: number): void {
    if (stopping.signal.aborted) return;
    timers.set(
      intervalSeconds,
      clock.after(delayMs, () => {
        tick(intervalSeconds);
      }),
    );
  }

  /** Intervals come and go with the risks; looking for new ones costs no request. */
  function adopt(): void {
    for (const { risk } of programme.risks.values()) {
      const interval = risk.spec.evaluationIntervalSeconds;
      if (!timers.has(interval)) schedule(interval, 0);
    }
    if (!stopping.signal.aborted) timers.set(0, clock.after(1000, adopt));
  }

  return {
    start: adopt,
    stop: () => {
      stopping.abort();
      for (const cancel of timers.values()) cancel();
    },
  };
}
