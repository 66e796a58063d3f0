import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import type { PlanMemory, PlanSnapshot, Stage } from '../../../src/core/model/plan.ts';
import { anyHappenings, anySnapshot, hastyIndicators, severeLimit } from '../../builders/core-arbitraries.ts';
import type { Transition } from '../../../src/core/model/transition.ts';
import type { Story, StoryStep } from '../../builders/core-story.ts';
import { tellStory } from '../../builders/core-story.ts';

const runs = { numRuns: 1000 };
/** For corners that few stories come to. */
const manyRuns = { numRuns: 6000 };

/** How often the corner a law is about was really met: a law nobody tested is no law. */
function seen() {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    },
  };
}

function everyStory(
  check: (story: Story, snapshot: PlanSnapshot) => void,
  verifiesAtOnce: fc.Arbitrary<boolean> = fc.boolean(),
  parameters = runs,
): void {
  fc.assert(
    fc.property(anySnapshot, anyHappenings, verifiesAtOnce, (snapshot, happenings, atOnce) => {
      const story = tellStory({ snapshot, indicators: hastyIndicators, verifiesAtOnce: atOnce });
      for (const happening of happenings) happening.run(story);
      check(story, snapshot);
    }),
    parameters,
  );
}

/** An oracle of its own: the largest share of candidate answers each target may still give callers. */
function liveShares(snapshot: PlanSnapshot, memory: PlanMemory): Readonly<Record<string, number>> {
  const stage: Stage | undefined = memory.phase === 'Engaged' ? snapshot.stages[memory.stage] : undefined;
  const actions = stage?.actions ?? [];
  const flagIsOff = actions.some(({ kind }) => kind === 'FlagRollback');
  const flagIsBehind = snapshot.targets.some((target) => target.kind === 'FeatureFlag' && target.behind === 'traffic');
  const routeShare = actions.reduce(
    (share, action) => (action.kind === 'CanaryLimit' ? Math.min(share, action.maxPercent) : action.kind === 'Shadow' ? 0 : share),
    100,
  );
  return flagIsBehind ? { traffic: flagIsOff ? 0 : routeShare } : { traffic: routeShare, flag: flagIsOff ? 0 : 100 };
}

/** No usable reading of what a breach could have led on by. */
function isSilent({ verdict, indicator }: Assessment): boolean {
  return ['Insufficient', 'NoData', 'Error'].includes(verdict) && indicator.scalesWith === 'Share';
}

/** A step, or after a wait for approval the same step, past a stage that was refused. */
function isBypass(snapshot: PlanSnapshot, { transition, before, refused }: StoryStep): boolean {
  if (transition?.reason === 'SafeBackendNotReady') return true;
  if (transition?.reason !== 'ApprovalTimedOut' || before.phase !== 'Engaged' || before.verifiedAtMs !== null) return false;
  return (snapshot.stages[before.stage]?.actions ?? []).some(({ target }) => refused.includes(target));
}

function raises(snapshot: PlanSnapshot, { before, after }: StoryStep): boolean {
  const [was, is] = [liveShares(snapshot, before), liveShares(snapshot, after)];
  return Object.keys(is).some((target) => (is[target] ?? 0) > (was[target] ?? 0));
}

const windowMs = (name: string) => (hastyIndicators.find((indicator) => indicator.name === name)?.windowSeconds ?? 0) * 1000;

/** What callers of a flag may take to follow it, where the stage in force rolled one back or a step down may have given one back. */
function settlesMs(snapshot: PlanSnapshot, { before }: StoryStep): number {
  if (before.phase !== 'Engaged') return 0;
  const concerned = before.direction === 'Down' ? snapshot.stages : snapshot.stages.filter((_, index) => index === before.stage);
  const isConcerned = concerned.some(({ actions }) => actions.some(({ kind }) => kind === 'FlagRollback'));
  const [settles] = snapshot.targets.flatMap((target) => (target.kind === 'FeatureFlag' ? [target.settleSeconds] : []));
  return isConcerned ? (settles ?? 0) * 1000 : 0;
}

/** The whole window lies after the stage was seen on the targets and its flags had settled, by a clock that never goes back. */
function isOfThisStage(snapshot: PlanSnapshot, name: string, step: StoryStep): boolean {
  const { trueMs, verifiedTrueMs } = step;
  return verifiedTrueMs !== null && trueMs - windowMs(name) >= verifiedTrueMs + settlesMs(snapshot, step);
}

/** A breach, and of the indicator that does not scale with share one beyond its severe limit. */
function leadsUp({ indicator, verdict, observation }: StoryStep['assessed'][number]): boolean {
  const isSevere = observation.kind === 'Value' && observation.value > severeLimit;
  return verdict === 'Breach' && (indicator.name !== 'approval-parity' || isSevere);
}

describe('laws of the plan machine, over whole random stories', () => {
  it('live share rises only on a fresh Ok of this stage from every trigger, or on a person word', () => {
    const { counts, count } = seen();
    everyStory((story, snapshot) => {
      for (const step of story.steps.filter((each) => raises(snapshot, each) && !isBypass(snapshot, each))) {
        const byPerson = step.transition?.actor !== 'operator' || step.transition.reason === 'Suspended';
        count(byPerson ? 'person' : `evidence from ${step.assessed[0]?.served ?? 'nothing'}`);
        const ok = hastyIndicators.every(
          ({ name }) =>
            step.assessed.some(({ indicator, verdict }) => indicator.name === name && verdict === 'Ok') &&
            isOfThisStage(snapshot, name, step),
        );
        expect(byPerson || ok).toBe(true);
      }
    });
    expect(Object.keys(counts).sort()).toEqual(['evidence from Live', 'evidence from Shadow', 'person']);
  });

  it('a stage escalates only on a breach measured after it was verified, or on silence where that counts, or asked about on one', () => {
    const { counts, count } = seen();
    everyStory(
      (story, snapshot) => {
        for (const step of story.steps) {
          const { transition, before } = step;
          const climbs = transition?.kind === 'Escalated' || (transition?.kind === 'Proposed' && before.phase === 'Engaged');
          if (!climbs || transition.reason === 'Approved' || isBypass(snapshot, step)) continue;
          count(transition.kind);
          expect(transition.to).toBeGreaterThan(transition.from ?? -1);
          const grounds = step.assessed.filter((each) => leadsUp(each) && isOfThisStage(snapshot, each.indicator.name, step));
          const silence = step.assessed.filter((each) => snapshot.onNoEvidence === 'Escalate' && isSilent(each));
          for (const { indicator } of grounds) count(indicator.name);
          if (grounds.length === 0 && silence.length > 0) count('silence');
          expect(grounds.length + silence.length).toBeGreaterThan(0);
          if (transition.reason.startsWith('NoEvidence')) expect(silence.length).toBeGreaterThan(0);
        }
        const approvals = story.transitions().filter(({ kind, reason }) => kind === 'Escalated' && reason === 'Approved');
        for (const { engagement, to } of approvals) {
          count('Approved');
          expect(story.transitions()).toContainEqual(expect.objectContaining({ kind: 'Proposed', engagement, to }));
        }
      },
      fc.boolean(),
      manyRuns,
    );
    expect(Object.keys(counts).sort()).toEqual(['Approved', 'Escalated', 'Proposed', 'approval-parity', 'score-drift', 'silence']);
    expect(counts['silence']).toBeGreaterThan(25);
  });

  it('passes a stage over only where it was refused and never seen in force, for one that is not and that holds back as much as what may stand', () => {
    const { counts, count } = seen();
    everyStory(
      (story, snapshot) => {
        for (const step of story.steps.filter((each) => isBypass(snapshot, each))) {
          const { before, refused, transition } = step;
          if (before.phase !== 'Engaged' || transition === null) throw new Error('a bypass outside an engagement');
          count(transition.kind);
          const targets = (index: number | null) => (snapshot.stages[index ?? -1]?.actions ?? []).map(({ target }) => target);
          expect(targets(before.stage).some((target) => refused.includes(target))).toBe(true);
          expect(targets(transition.to).some((target) => refused.includes(target))).toBe(false);
          expect(before.verifiedAtMs).toBeNull();
          for (let lower = 0; lower < before.stage; lower++) {
            const [was, is] = [lower, transition.to ?? 0].map((stage) => liveShares(snapshot, { ...before, stage }));
            expect((is?.['traffic'] ?? 0) <= (was?.['traffic'] ?? 0)).toBe(true);
          }
        }
      },
      fc.boolean(),
      manyRuns,
    );
    expect(Object.keys(counts).sort()).toEqual(['Escalated', 'Proposed']);
  });

  it('enters no stage that asks before it was asked about in this engagement, however its question ended', () => {
    const { counts, count } = seen();
    everyStory(
      (story, snapshot) => {
        const asked = new Set<string>();
        for (const { transition } of story.steps) {
          if (transition === null) continue;
          const { kind, engagement, to, reason } = transition;
          if (kind === 'Proposed') asked.add(`${String(engagement)}/${String(to)}`);
          const asks = snapshot.mode !== 'Observe' && (snapshot.stages[to ?? -1]?.mode ?? snapshot.mode) === 'Approve';
          if ((kind !== 'Engaged' && kind !== 'Escalated') || !asks) continue;
          count(`${kind} ${reason}`);
          expect(asked).toContain(`${String(engagement)}/${String(to)}`);
        }
      },
      fc.boolean(),
      manyRuns,
    );
    expect(Object.keys(counts).sort()).toEqual([
      'Engaged ApprovalTimedOut',
      'Engaged Approved',
      'Escalated ApprovalTimedOut',
      'Escalated Approved',
    ]);
  });

  it('engages only on a breach assessed in the same step, or on an approval, and never on a shared cause', () => {
    const { counts, count } = seen();
    everyStory((story, snapshot) => {
      for (const { transition, assessed, safeAssessed } of story.steps) {
        if (transition?.kind !== 'Engaged') continue;
        count(transition.reason);
        if (transition.reason === 'Approved') continue;
        const breaching = assessed.filter(
          ({ verdict, indicator }) =>
            verdict === 'Breach' || (indicator.onNoData === 'Breach' && (verdict === 'NoData' || verdict === 'Error')),
        );
        expect(breaching.length).toBeGreaterThan(0);
        const shared =
          snapshot.safeVersion !== null &&
          transition.assessments.every(({ indicator }) =>
            safeAssessed.some((safe) => safe.indicator.name === indicator.name && safe.verdict === 'Breach'),
          );
        expect(shared).toBe(false);
      }
    });
    expect(Object.keys(counts).sort()).toEqual(['ApprovalTimedOut', 'Approved', 'Breach', 'BreachSafeNotAssessed']);
  });

  it('keeps its books: one step at a time, every step from where it stands, engagements numbered upwards', () => {
    everyStory((story, snapshot) => {
      let last = 0;
      for (const step of story.steps) {
        const wrong = misbookings(snapshot, step, last);
        if (wrong.length > 0) expect({ wrong, step }).toEqual({ wrong: [], step });
        last = step.transition?.engagement ?? last;
      }
    });
  });

  it('while held or latched, only a person lets go', () => {
    const { counts, count } = seen();
    everyStory((story) => {
      for (const { transition, before, notes } of story.steps) {
        if (notes.some(({ kind }) => kind === 'Held')) {
          count('held');
          if (transition !== null) expect(transition).toBeNull();
        }
        if (before.phase !== 'Engaged' || !before.latched || transition === null) continue;
        count(transition.kind);
        expect(transition.kind === 'SteppedDown' || (transition.kind === 'Released' && transition.reason === 'Recovered')).toBe(false);
      }
    });
    expect(counts['held']).toBeGreaterThan(100);
    expect(counts['Released']).toBeGreaterThan(0);
  });

  it('takes off nothing that an indicator of slow outcomes brought on, unless a person or a suspension says so', () => {
    const { counts, count } = seen();
    const indicators = hastyIndicators.map((each) =>
      each.name === 'approval-parity' ? { ...each, releaseBy: 'Decision' as const } : each,
    );
    fc.assert(
      fc.property(anySnapshot, anyHappenings, (snapshot, happenings) => {
        const story = tellStory({ snapshot, indicators, verifiesAtOnce: true });
        for (const { run } of happenings) run(story);
        const begun = new Set<number>();
        for (const { after, transition } of story.steps) {
          if (after.phase === 'Engaged' && after.triggeredBy.includes('approval-parity')) begun.add(after.engagement);
          if (transition === null) continue;
          const isBegun = begun.has(transition.engagement);
          if (transition.kind === 'Released') count(`${isBegun ? 'slow' : 'timely'} ${transition.reason}`);
          if (isBegun) expect(transition.reason).not.toBe('Recovered');
        }
      }),
      manyRuns,
    );
    expect(Object.keys(counts).sort()).toEqual(
      expect.arrayContaining(['slow ReleasedByDecision', 'slow Suspended', 'timely Recovered', 'timely ReleasedByDecision']),
    );
  });

  it('probes at most probeAttempts times an engagement, and only where callers get nothing by it', () => {
    const { counts, count } = seen();
    everyStory((story, snapshot) => {
      for (const step of story.steps) {
        if (step.after.phase === 'Engaged' && step.after.probeAttempts > snapshot.recovery.probeAttempts)
          throw new Error('more probes than allowed');
        if (step.transition?.reason !== 'Probe') continue;
        count('probe');
        expect(raises(snapshot, step)).toBe(false);
      }
    });
    expect(counts['probe']).toBeGreaterThan(0);
  });
});

function misbookings(snapshot: PlanSnapshot, { transition, before, after }: StoryStep, last: number): readonly string[] {
  const stageOf = (memory: PlanMemory) => (memory.phase === 'Idle' ? null : memory.stage);
  const wrong: [boolean, string][] = [
    [(stageOf(after) ?? 0) >= snapshot.stages.length, 'a stage the plan does not have'],
    [after.recentEngagementsMs.length > snapshot.recovery.flap.maxEngagements + 1, 'an unbounded memory of engagements'],
    [transition === null && (after.phase !== before.phase || stageOf(after) !== stageOf(before)), 'a change without a transition'],
    [transition !== null && transition.engagement < last, 'an engagement numbered backwards'],
    [transition?.kind === 'Engaged' && before.phase === 'Idle' && transition.engagement !== before.lastEngagement + 1, 'a number left out'],
    [
      transition !== null &&
        before.phase === 'Engaged' &&
        (transition.engagement !== before.engagement || transition.from !== before.stage),
      'a step from elsewhere',
    ],
    [isMove(transition) && transition.to !== (after.phase === 'Engaged' ? after.stage : null), 'a step to elsewhere'],
    [transition?.kind === 'SteppedDown' && transition.to !== (transition.from ?? 0) - 1, 'more than one stage down'],
  ];
  return wrong.flatMap(([is, what]) => (is ? [what] : []));
}

function isMove(transition: Transition | null): transition is Transition {
  return transition !== null && ['Engaged', 'Escalated', 'SteppedDown', 'Released', 'Latched'].includes(transition.kind);
}
