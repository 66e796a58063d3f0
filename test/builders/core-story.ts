import { planMemoryFromStatus, planMemoryToStatus } from '../../src/api/plan-memory.ts';
import { initialIndicatorMemory, restartIndicator, stepIndicator } from '../../src/core/indicator.ts';
import type { Assessment } from '../../src/core/model/assessment.ts';
import type { DecisionInForce } from '../../src/core/model/decision.ts';
import type { Indicator, IndicatorMemory } from '../../src/core/model/indicator.ts';
import type { Observation } from '../../src/core/model/observation.ts';
import type { PlanMemory, PlanSnapshot, Suspend } from '../../src/core/model/plan.ts';
import type { Transition } from '../../src/core/model/transition.ts';
import type { PlanNote } from '../../src/core/plan/input.ts';
import type { JournalFinding } from '../../src/core/plan/memory.ts';
import { initialPlanMemory, restartPlan } from '../../src/core/plan/memory.ts';
import { servedNow } from '../../src/core/plan/stage.ts';
import { stepPlan } from '../../src/core/plan.ts';
import { aHolder, anAssessment, anIndicator, intervalMs, startMs } from './core.ts';

export type Reading = number | Observation | null;

/** One step as it happened, in the plan's wall time and in time that never goes back. */
export interface StoryStep {
  readonly nowMs: number;
  readonly trueMs: number;
  readonly before: PlanMemory;
  readonly after: PlanMemory;
  readonly transition: Transition | null;
  readonly notes: readonly PlanNote[];
  /** What was assessed in this very step; nothing remembered. */
  readonly assessed: readonly Assessment[];
  readonly safeAssessed: readonly Assessment[];
  /** When the stage in `before` was seen on the targets, in true time; null if it was not yet. */
  readonly verifiedTrueMs: number | null;
  /** Targets that refused whatever was asked of them. */
  readonly refused: readonly string[];
  /** Targets left to another writer. */
  readonly yielded: readonly string[];
  /** Targets that refuse for good. */
  readonly unserved: readonly string[];
}

export interface StoryOptions {
  readonly snapshot: PlanSnapshot;
  readonly indicators?: readonly Indicator[];
  /** False: stages are verified only by `verify()`. */
  readonly verifiesAtOnce?: boolean;
  readonly memory?: PlanMemory;
}

/** The whole machine driven like a controller drives it: poll, judge, step every indicator, step the plan, verify, restart. */
export function tellStory({
  snapshot,
  indicators = [anIndicator()],
  verifiesAtOnce = true,
  memory: firstMemory = initialPlanMemory,
}: StoryOptions) {
  let wallMs = startMs;
  let trueMs = startMs;
  let memory: PlanMemory = firstMemory;
  let machines = new Map<string, IndicatorMemory>(indicators.map(({ name }) => [name, initialIndicatorMemory(startMs)]));
  let verifiedAtMs: number | null = null;
  let verifiedTrueMs: number | null = null;
  let decisions: readonly DecisionInForce[] = [];
  let suspend: Suspend = 'None';
  let refused: readonly string[] = [];
  let yielded: readonly string[] = [];
  let unserved: readonly string[] = [];
  let holdsNothing = false;
  let persisted: PlanMemory | null = firstMemory;
  let losesStatus = false;
  let journal: JournalFinding | null = firstMemory.phase === 'Engaged' ? { kind: 'Engaged', holder: aHolder(firstMemory) } : null;
  const steps: StoryStep[] = [];

  function step(readings: Readonly<Record<string, Reading>>, safe: Readonly<Record<string, Reading>>): StoryStep {
    const served = servedNow({ snapshot, holdsNothing }, memory.phase === 'Engaged' ? memory.stage : null);
    const assess = (indicator: Indicator, reading: Reading | undefined, version?: string) =>
      reading === null || reading === undefined || served === null
        ? null
        : anAssessment(reading, { atMs: wallMs, indicator, served, ...(version === undefined ? {} : { version }) });
    const entries = indicators.map((indicator) => {
      const assessment = assess(indicator, readings[indicator.name]);
      const known = machines.get(indicator.name) ?? initialIndicatorMemory(wallMs);
      const stepped = assessment === null ? known : stepIndicator({ memory: known, assessment, nowMs: wallMs, intervalMs });
      return [indicator.name, { indicator, memory: stepped, assessment }] as const;
    });
    machines = new Map(entries.map(([name, entry]) => [name, entry.memory]));
    const safeEntries = indicators.map(
      (indicator) => [indicator.name, assess(indicator, safe[indicator.name], snapshot.safeVersion ?? '')] as const,
    );
    const before = memory;
    const {
      memory: after,
      transition,
      notes,
    } = stepPlan({
      snapshot,
      memory,
      indicators: Object.fromEntries(entries),
      safeAssessments: Object.fromEntries(safeEntries),
      decisions,
      suspend,
      verifiedAtMs,
      targetsWithoutSafeBackend: refused,
      targetsShortOfReplicas: refused,
      refusedTargets: refused,
      unservedTargets: unserved,
      targetsWithoutMirror: [],
      absentTargets: [],
      holdsNothing,
      yieldedTargets: yielded,
      nowMs: wallMs,
      intervalMs,
    });
    const assessed = entries.flatMap(([, entry]) => entry.assessment ?? []);
    const safeAssessed = safeEntries.flatMap(([, assessment]) => assessment ?? []);
    const told = { transition, notes, assessed, safeAssessed, verifiedTrueMs, refused, yielded, unserved };
    const taken: StoryStep = { nowMs: wallMs, trueMs, before, after, ...told };
    steps.push(taken);
    memory = after;
    // No target carries a question, so a controller writes its status (and incident) before anything else.
    const isQuestion = transition !== null && ['Proposed', 'Rejected', 'Withdrawn'].includes(transition.kind);
    if (!losesStatus || isQuestion) persisted = planMemoryFromStatus(planMemoryToStatus(after, snapshot));
    if (transition?.kind === 'Released') journal = { kind: 'Released', engagement: transition.engagement, actor: transition.actor };
    else if (after.phase === 'Engaged') journal = { kind: 'Engaged', holder: aHolder(after) };
    if (transition !== null && ['Engaged', 'Escalated', 'SteppedDown', 'Released'].includes(transition.kind)) {
      verifiedAtMs = null;
      verifiedTrueMs = null;
      if (verifiesAtOnce) verify();
    }
    return taken;
  }

  function verify(): void {
    if (memory.phase !== 'Engaged' || verifiedAtMs !== null) return;
    if (snapshot.stages[memory.stage]?.actions.some(({ target }) => refused.includes(target)) === true) return;
    verifiedAtMs = wallMs;
    verifiedTrueMs = trueMs;
  }

  return {
    steps,
    memory: () => memory,
    engaged: () => {
      if (memory.phase !== 'Engaged') throw new Error(`the plan is ${memory.phase}`);
      return memory;
    },
    machine: (name = 'score-drift') => machines.get(name),
    trueMs: () => trueMs,
    nowMs: () => wallMs,
    transitions: () => steps.flatMap(({ transition }) => transition ?? []),
    decide: (...all: readonly DecisionInForce[]) => {
      decisions = all;
    },
    suspend: (value: Suspend) => {
      suspend = value;
    },
    /** These targets refuse every stage that acts on them, until told otherwise. */
    refuse: (...targets: readonly string[]) => {
      refused = targets;
    },
    /** These targets are left to another writer, until told otherwise. */
    leaveToOthers: (...targets: readonly string[]) => {
      yielded = targets;
    },
    /** These targets refuse for good whatever is asked of them, until told otherwise. */
    refuseForGood: (...targets: readonly string[]) => {
      unserved = targets;
    },
    /** None of its targets is there, until told otherwise. */
    takeTargetsAway: (away = true) => {
      holdsNothing = away;
    },
    verify,
    /** `times` polls, one interval apart, each with the same readings; the last step is returned. */
    poll: (readings: Reading | Readonly<Record<string, Reading>>, times = 1, safe: Readonly<Record<string, Reading>> = {}): StoryStep => {
      const byName = isReading(readings) ? Object.fromEntries(indicators.map(({ name }) => [name, readings])) : readings;
      let last = steps.at(-1);
      for (let time = 0; time < times; time += 1) {
        wallMs += intervalMs;
        trueMs += intervalMs;
        last = step(byName, safe);
      }
      if (last === undefined) throw new Error('a story needs at least one poll');
      return last;
    },
    /** Time passes without a poll. */
    skip: (ms: number) => {
      wallMs += ms;
      trueMs += ms;
    },
    /** The memory in the status last written. */
    persisted: () => persisted,
    losesStatus: () => losesStatus,
    clockBack: (ms: number) => {
      wallMs -= ms;
    },
    /** From here on the status is not written any more (the crash comes before it); what stands on the targets is. */
    loseStatus: () => {
      losesStatus = true;
    },
    /** The process ends and another starts from the status last written and the journals on the targets. */
    restart: () => {
      memory = restartPlan({ snapshot, persisted, journals: journal === null ? [] : [journal], nowMs: wallMs });
      persisted = memory;
      losesStatus = false;
      machines = new Map([...machines].map(([name, machine]) => [name, restartIndicator(machine)]));
      verifiedAtMs = null;
      if (verifiesAtOnce) verify();
    },
  };
}

export type Story = ReturnType<typeof tellStory>;

function isReading(readings: Reading | Readonly<Record<string, Reading>>): readings is Reading {
  return readings === null || typeof readings === 'number' || 'kind' in readings;
}
