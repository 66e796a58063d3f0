import type { ActuationInput, Actuator, RefusalReason, Surroundings, TargetKind } from '../actuators/port.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { constraintsOf, escalatesBlind, loosening, roomIsDueAfterMs } from '../core/plan/stage.ts';
import type { Cluster } from './cluster.ts';
import { desiredEntry, snapshotInForce, statesInForce } from './plan-state.ts';
import { whyNotGenerated } from '../actuators/gateway-route/generate.ts';
import { generatedOn } from './generated-route.ts';
import { whyClosed, whyMissing } from './missing-target.ts';
import type { PlanState } from './plan-state.ts';
import { whyNotRun } from './remediation.ts';
import type { RiskState } from './risk-state.ts';
import { correctedLater, isNotThere } from './unheld.ts';

export interface PlanProblem {
  /** PascalCase reason of `Ready=False`. */
  readonly reason: string;
  readonly message: string;
}

export interface ProblemContext {
  readonly cluster: Pick<Cluster, 'targets' | 'remediations'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly surroundings: Surroundings;
  readonly nowMs: number;
}

/** Of the risk in force: during an engagement the one it began on, whatever an edit names since. */
function riskProblems(plan: PlanState, risk: RiskState | null): readonly PlanProblem[] {
  const { risk: reference, trigger, plan: subject } = snapshotInForce(plan);
  const isHeld = plan.memory.phase === 'Engaged';
  const orElse = 'The engagement in progress needs it; without it nothing moves until a RiskDecision with action Release.';
  if (risk === null) {
    const missing = `ModelRisk ${reference.name} does not exist in namespace ${subject.namespace}`;
    const remedy = isHeld ? `create it again. ${orElse}` : 'create it or correct spec.riskRef.name.';
    return [{ reason: 'RiskMissing', message: `${missing}; ${remedy}` }];
  }
  const declared = risk.risk.spec.indicators.map(({ name }) => name);
  const isUnknown = (name: string): boolean => !declared.includes(name);
  const lost = isHeld ? trigger.indicators.filter((name) => isUnknown(name) && !plan.own.has(name)) : [];
  const named = plan.current.risk.name === reference.name ? plan.current.trigger.indicators.filter(isUnknown) : [];
  const [unknown, remedy] =
    lost.length > 0 ? [lost, `Write the indicator again. ${orElse}`] : [named, 'Correct spec.trigger.indicators or add the indicator.'];
  if (unknown.length === 0) return [];
  const known = declared.join(', ') || 'none';
  return [
    {
      reason: 'IndicatorMissing',
      message: `ModelRisk ${reference.name} has no indicator ${unknown.join(', ')}; it has ${known}. ${remedy}`,
    },
  ];
}

function safeVersionProblems({ current }: PlanState, risk: RiskState | null): readonly PlanProblem[] {
  if (risk === null || current.safeVersion !== risk.identity.version) return [];
  return [
    {
      reason: 'SafeVersionIsCandidate',
      message: `safe.version ${current.safeVersion} is the version under guard (spec.model.version of ModelRisk ${current.risk.name}), so the plan would move callers from the candidate to itself. Write the version the safe service answers with, or leave safe.version out.`,
    },
  ];
}

/** Between two updates a Rollout has one revision and nothing ails the plan: it waits for the next. */
const passes: ReadonlySet<RefusalReason> = new Set(['AlreadyPromoted']);

/** Asks the actuator what would become of this target, stage by stage; nothing is sent. */
function targetProblems(plan: PlanState, target: Target, context: ProblemContext): readonly PlanProblem[] {
  const { namespace } = plan.current.plan;
  const live = context.cluster.targets.get(targetKindOf(target))?.store.get(`${namespace}/${target.object}`);
  const actuator = context.actuators.get(targetKindOf(target));
  if (live === undefined || actuator === undefined) return [whyMissing(context.cluster, target, namespace)];
  // What was read before the rights were taken away is no right to act.
  const view = context.cluster.targets.get(targetKindOf(target));
  const closed = view === undefined ? null : whyClosed(view, target, namespace);
  if (closed !== null) return [closed];
  const generated = generatedOn([plan], targetKindOf(target), target.object);
  const foreign = generated === null ? null : whyNotGenerated(live, generated.route);
  if (foreign !== null) return [{ reason: 'RouteNotOurs', message: foreign }];
  return plan.current.stages.flatMap((stage, index) => {
    const constraints = constraintsOf(stage, target.name);
    if (constraints.length === 0) return [];
    const { plan: reference } = plan.current;
    const holder = {
      plan: reference.name,
      planUID: plan.uid,
      planGeneration: reference.generation,
      planDigest: reference.digest,
      engagement: Number.MAX_SAFE_INTEGER,
      stage: index,
      stageSinceMs: context.nowMs,
      planCreatedAtMs: reference.createdAtMs,
      triggeredBy: [],
      readings: [],
      unrecorded: [],
    };
    const input: ActuationInput = {
      live,
      claims: [{ holder, target, constraints }],
      epoch: Number.MAX_SAFE_INTEGER,
      nowMs: context.nowMs,
      actor: 'operator',
      surroundings: context.surroundings,
    };
    // A stage that asks for replicas itself finds the endpoints it lacks now.
    const isToCome = (reason: string): boolean => reason === 'SafeBackendNotReady' && roomIsDueAfterMs(stage, []) > 0;
    return actuator
      .plan(input)
      .rejected.flatMap(({ reason, message }) => (passes.has(reason) || isToCome(reason) ? [] : [{ reason, message }]));
  });
}

function blindProblems(plan: PlanState, risk: RiskState | null): readonly PlanProblem[] {
  const indicators = [...(risk?.indicators.values() ?? [])].map(({ indicator }) => indicator);
  return escalatesBlind(plan.current, indicators).map((index) => {
    const name = plan.current.stages[index]?.name ?? String(index);
    return {
      reason: 'EscalatesBlind',
      message: `Stage ${name} would escalate before its own evidence could exist: escalateAfterSeconds is shorter than the signal's windowSeconds + forSeconds. It never escalates by time; raise escalateAfterSeconds.`,
    };
  });
}

function looseningProblems({ current }: PlanState): readonly PlanProblem[] {
  return current.stages.flatMap(({ name: lower }, index) =>
    loosening(current, index).map((above) => {
      const name = current.stages[above]?.name ?? String(above);
      return {
        reason: 'LadderLoosens',
        message: `Stage ${name} would give callers more of the candidate than stage ${lower} below it, so the plan never goes there from it. Repeat in stage ${name} what stage ${lower} limits, or limit it further (canaryLimit: {maxPercent: 0}).`,
      };
    }),
  );
}

/** A job that can't be run holds up nothing else: once the plan acts, status and record tell of it. */
function jobProblems({ current }: PlanState, { cluster }: ProblemContext): readonly PlanProblem[] {
  const { namespace } = current.plan;
  return (current.jobs ?? []).flatMap((job) => whyNotRun(cluster, { ...job, namespace }) ?? []);
}

/** `severe` stands in the risk, where the API server can't look when it takes the plan. */
function severeProblems({ current }: PlanState, risk: RiskState | null): readonly PlanProblem[] {
  return current.stages.flatMap(({ name: stage, enterOnSevere }) => {
    const without = enterOnSevere.filter((name) => risk?.indicators.get(name)?.indicator.threshold.severe === null);
    if (without.length === 0) return [];
    const message = `Stage ${stage} is entered when ${without.join(', ')} is beyond threshold.severe, and ModelRisk ${current.risk.name} sets none, so it never is. Write threshold.severe there, or leave the indicator out of enterOnSevere.`;
    return [{ reason: 'SevereMissing', message }];
  });
}

const missing: ReadonlySet<RefusalReason> = new Set([
  'TargetMissing',
  'RightsMissing',
  'RevisionMissing',
  'BackendMissing',
  'CandidateAbsent',
  'FlagMissing',
  'VariantMissing',
  'FlagsUnreadable',
]);

/** What an engaged plan names and its targets do not find; other refusals are told by `Stalled` and `Effective`. */
function missingProblems(plan: PlanState): readonly PlanProblem[] {
  return statesInForce(plan).flatMap(([, state]) => {
    const { refusal } = state;
    if (refusal === null || !missing.has(refusal.reason)) return [];
    return isNotThere(state) ? [{ ...refusal, message: `${refusal.message} ${correctedLater}` }] : [refusal];
  });
}

/** What keeps a plan from doing what it promises, most fundamental first. */
export function problemsOf(plan: PlanState, risk: RiskState | null, context: ProblemContext): readonly PlanProblem[] {
  const acts = desiredEntry(plan) !== 'None';
  const found = [
    ...riskProblems(plan, risk),
    ...safeVersionProblems(plan, risk),
    ...(acts ? missingProblems(plan) : plan.current.targets.flatMap((target) => targetProblems(plan, target, context))),
    ...blindProblems(plan, risk),
    ...looseningProblems(plan),
    ...severeProblems(plan, risk),
    ...(acts ? [] : jobProblems(plan, context)),
  ];
  return found.filter((problem, index) => found.findIndex(({ message }) => message === problem.message) === index);
}
