import { describe, expect, it } from '@jest/globals';
import { settledAtMs } from '../../../../src/core/plan/settling.ts';
import {
  aSnapshot,
  anEngagement,
  breachValue,
  flag,
  flagStage,
  intervalMs,
  limitStage,
  meshRoute,
  okValue,
  route,
  rollbackStage,
  shadowStage,
  startMs,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

const settleSeconds = 90;
const slowFlag = { ...flag, settleSeconds } as typeof flag;
const snapshot = aSnapshot({ targets: [route, slowFlag] });
const settled = (changes: Parameters<typeof anEngagement>[0], given = snapshot) => settledAtMs(given, anEngagement(changes));

describe('when the evidence of a stage may begin', () => {
  it('is when it was verified, where it changed no flag', () => {
    expect(settled({ stage: 0 })).toBe(startMs);
    expect(settled({ stage: 2 }, aSnapshot())).toBe(startMs);
  });

  it('is never before it was verified', () => {
    expect(settled({ stage: 2, verifiedAtMs: null })).toBeNull();
  });

  it('is settleSeconds later where it rolled a flag back', () => {
    expect(settled({ stage: 2 })).toBe(startMs + settleSeconds * 1000);
  });

  it('is settleSeconds later on the way down, where a flag may have been given back', () => {
    expect(settled({ stage: 1, direction: 'Down' })).toBe(startMs + settleSeconds * 1000);
    expect(settled({ stage: 0, direction: 'Down' }, aSnapshot({ targets: [route, slowFlag], stages: [limitStage, shadowStage] }))).toBe(
      startMs,
    );
  });

  it('waits for the slowest of several flags', () => {
    const other = { ...slowFlag, name: 'other', settleSeconds: 200 } as typeof flag;
    const stages = [{ ...flagStage, actions: [...flagStage.actions, { target: 'other', kind: 'FlagRollback' as const }] }];
    expect(settled({}, aSnapshot({ targets: [slowFlag, other], stages }))).toBe(startMs + 200_000);
  });

  it('is settleSeconds later where it moved a route without a status', () => {
    const mesh = meshRoute(10);
    expect(settled({ stage: 0 }, aSnapshot({ targets: [mesh, slowFlag] }))).toBe(startMs + 10_000);
    expect(settled({ stage: 2 }, aSnapshot({ targets: [mesh, slowFlag] }))).toBe(startMs + settleSeconds * 1000);
  });

  it('waits for nothing in Observe mode: no flag is changed', () => {
    expect(settled({ stage: 2 }, { ...snapshot, mode: 'Observe' })).toBe(startMs);
  });
});

describe('a flag with settleSeconds in a story', () => {
  /** A flag of its own, so that its stage leaves live answers to measure on the route. */
  const targets = [route, { ...slowFlag, behind: null } as typeof flag];
  const stages = [{ ...flagStage, escalateAfterSeconds: 300 }, rollbackStage];
  const settles = (settleSeconds * 1000) / intervalMs;
  const storyIn = (seconds: number, memory = anEngagement()) =>
    tellStory({
      snapshot: aSnapshot({
        targets: targets.map((each) => ({ ...each, ...(each.kind === 'FeatureFlag' ? { settleSeconds: seconds } : {}) })),
        stages,
      }),
      memory,
    });
  const pollsUntil = (story: ReturnType<typeof storyIn>, value: number, kind: string): number => {
    for (let polls = 1; polls < 200; polls++) if (story.poll(value).transition?.kind === kind) return polls;
    throw new Error(`no ${kind}`);
  };

  it('escalates later by just that', () => {
    expect(pollsUntil(storyIn(settleSeconds), breachValue, 'Escalated')).toBe(pollsUntil(storyIn(0), breachValue, 'Escalated') + settles);
  });

  it('steps down later by just that', () => {
    const below = anEngagement({ direction: 'Down' });
    expect(pollsUntil(storyIn(settleSeconds, below), okValue, 'Released')).toBe(
      pollsUntil(storyIn(0, below), okValue, 'Released') + settles,
    );
  });
});
