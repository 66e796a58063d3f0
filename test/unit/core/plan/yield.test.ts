import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../../../../src/core/model/plan.ts';
import { aSnapshot, flagStage, limitStage, rollbackStage, shadowStage } from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

const breach = 0.9;
const patient = (stages: readonly Stage[]) => stages.map((stage) => ({ ...stage, escalateAfterSeconds: null }));

function engaged(stages: readonly Stage[]) {
  const story = tellStory({ snapshot: aSnapshot({ stages: patient(stages) }) });
  story.poll(breach, 20);
  expect(story.engaged().stage).toBe(0);
  return story;
}

describe('a stage with a target left to another writer', () => {
  it('is passed for the next one that holds as much without it, though it was in force before', () => {
    const story = engaged([limitStage, shadowStage, rollbackStage]);
    story.leaveToOthers('traffic');
    const { transition } = story.poll(breach);
    expect(transition).toMatchObject({ kind: 'Escalated', from: 0, to: 2, reason: 'Yielded' });
  });

  it('is passed for one that does not name the target', () => {
    const story = engaged([limitStage, flagStage]);
    story.leaveToOthers('traffic');
    expect(story.poll(breach).transition).toMatchObject({ to: 1, reason: 'Yielded' });
  });

  it('is stayed in where no later stage protects without the target', () => {
    const story = engaged([limitStage, shadowStage]);
    story.leaveToOthers('traffic');
    expect(story.poll(breach, 5).transition).toBeNull();
    expect(story.engaged().stage).toBe(0);
  });

  it('is stayed in where it holds all it was to hold without the target', () => {
    const story = engaged([limitStage, rollbackStage]);
    story.leaveToOthers('traffic');
    story.poll(breach);
    expect(story.engaged().stage).toBe(1);
    expect(story.poll(breach, 20).transition).toBeNull();
  });

  it('is stayed in once the signal is good again', () => {
    const story = engaged([limitStage, rollbackStage]);
    story.poll(0.01, 30);
    story.leaveToOthers('traffic');
    expect(story.poll(0.01).transition?.reason).not.toBe('Yielded');
  });

  it('is stayed in where the target is another one', () => {
    const story = engaged([limitStage, rollbackStage]);
    story.leaveToOthers('flag');
    expect(story.poll(breach, 5).transition).toBeNull();
  });

  it('asks first where the next stage asks first', () => {
    const asking = { ...rollbackStage, mode: 'Approve' } as const;
    const story = engaged([limitStage, asking]);
    story.leaveToOthers('traffic');
    expect(story.poll(breach).transition).toMatchObject({ kind: 'Proposed', to: 1, reason: 'Yielded' });
    expect(story.poll(breach, 3).transition).toBeNull();
  });
});
