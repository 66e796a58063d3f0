import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { jobName } from '../../../src/controllers/remediation-job.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { cronJob, limit, remediationPlan, run, stages, template } from '../../builders/remediation.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf, phaseOf } from '../../builders/traffic-view.ts';

interface Run {
  readonly name: string;
  readonly job: string;
  readonly engagement: number;
  readonly state: string;
  readonly message?: string;
}

describe('a job of a plan', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('cronjobs', cronJob());
      api.apply('mitigationplans', remediationPlan(stages));
    });
    await world.pass(2);
  });

  afterEach(() => world.stop());

  const jobs = (): readonly UntypedObject[] => world.api.list('jobs');
  const runs = () => (planIn(world).status as { readonly remediations?: readonly Run[] }).remediations ?? [];
  const told = () =>
    world.api
      .list('riskincidents')
      .flatMap((incident) => entriesOf(incident as never))
      .filter(({ type }) => type.startsWith('Remediation'));
  const breach = async (): Promise<void> => {
    world.read(0.9);
    await world.passUntil('the job is made', () => jobs().length > 0);
  };
  const finish = async (type: 'Complete' | 'Failed'): Promise<void> => {
    const [job] = jobs();
    const lastTransitionTime = new Date(world.clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    const reason = type === 'Failed' ? 'BackoffLimitExceeded' : '';
    world.api.setStatus('jobs', job?.metadata.name ?? '', {
      conditions: [{ type, status: 'True', reason, message: '', lastTransitionTime }],
    });
    await world.pass(1);
  };

  it('is made from its CronJob when its stage is entered, after the route of the stage, and named for what it is a run of', async () => {
    await breach();
    expect(shareIn(world)).toBe(5);
    const { uid = '' } = planIn(world).metadata;
    const name = jobName({ plan: 'credit', planUID: uid, engagement: 1, name: 'retrain', cronJob: 'retrain' });
    expect(jobs()).toMatchObject([
      {
        metadata: {
          name,
          labels: { team: 'lending', 'modelrisk.dev/remediation': 'true' },
          annotations: { note: 'x', 'modelrisk.dev/plan': 'credit', 'modelrisk.dev/stage': 'repair' },
          ownerReferences: [{ kind: 'CronJob', name: 'retrain', uid: world.api.get('cronjobs', 'retrain')?.metadata.uid }],
        },
        spec: template.spec,
      },
    ]);
    await world.pass(1);
    expect(runs()).toMatchObject([{ name: 'retrain', job: name, engagement: 1, stage: 'repair', state: 'Running' }]);
    expect(told()).toMatchObject([
      { type: 'RemediationStarted', target: `Job/${name}`, reason: 'Stage repair runs it from CronJob retrain.' },
    ]);
  });

  it.each(['Complete', 'Failed'] as const)('tells what came of it, and moves nothing: %s', async (type) => {
    await breach();
    await world.pass(3);
    await finish(type);
    const state = type === 'Complete' ? 'Succeeded' : 'Failed';
    expect(runs()).toMatchObject([{ state, ...(type === 'Failed' ? { message: 'BackoffLimitExceeded' } : {}) }]);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted', `Remediation${state}`]);
    expect(told().at(-1)?.reason).toMatch(/^It took \d+ s\./);
    expect(shareIn(world)).toBeLessThanOrEqual(5);
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
  });

  it('runs once an engagement: neither for a later stage that repeats it, nor on the way down, nor after a restart', async () => {
    await breach();
    await world.passUntil('the last stage', () => shareIn(world) === 0);
    await world.restart();
    await world.pass(3);
    expect(jobs()).toHaveLength(1);
    await finish('Complete');
    world.api.remove('jobs', jobs()[0]?.metadata.name ?? '');
    await world.restart();
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    expect(jobs()).toEqual([]);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted', 'RemediationSucceeded']);
  });

  it('runs again in the next engagement', async () => {
    await breach();
    await finish('Complete');
    world.read(0.01);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    world.read(0.9);
    await world.passUntil('a second job', () => jobs().length === 2);
    await world.pass(1);
    expect(runs()).toMatchObject([{ engagement: 2, state: 'Running' }]);
  });

  it('is told of in its own engagement when it ends after that', async () => {
    await breach();
    world.read(0.01);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    await finish('Complete');
    expect(runs()).toMatchObject([{ engagement: 1, state: 'Succeeded' }]);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted', 'RemediationSucceeded']);
    expect(world.api.list('riskincidents')).toHaveLength(1);
  });

  it('regression: of the next engagement waits for one that still runs: two went at once, and the end of the first was never told', async () => {
    await breach();
    world.read(0.01);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    world.read(0.9);
    await world.passUntil('entered again', () => shareIn(world) <= 5);
    await world.pass(2);
    expect(jobs()).toHaveLength(1);
    await finish('Complete');
    await world.passUntil('its turn', () => jobs().length === 2);
    await world.pass(1);
    expect(runs()).toMatchObject([{ engagement: 2, state: 'Running' }]);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted', 'RemediationSucceeded', 'RemediationStarted']);
  });

  it.each([false, true])('regression: is told of though an edit took it out of the plan while it ran; restarted: %s', async (restarted) => {
    await breach();
    world.read(0.01);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    world.api.apply('mitigationplans', memoryPlan());
    await world.pass(1);
    if (restarted) await world.restart();
    await world.pass(1);
    await finish('Complete');
    expect(runs()).toMatchObject([{ engagement: 1, state: 'Succeeded' }]);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted', 'RemediationSucceeded']);
  });

  it('whose answer was lost is made once', async () => {
    world.api.onWrite(({ resource, verb }) => (resource === 'jobs' && verb === 'create' ? 'LoseAnswer' : 'Pass'));
    await breach();
    await world.pass(5);
    expect(jobs()).toHaveLength(1);
    expect(told().map((entry) => entry.type)).toEqual(['RemediationStarted']);
  });

  it('that somebody deletes before it ended has failed, and is not made again', async () => {
    await breach();
    await world.pass(1);
    world.api.remove('jobs', jobs()[0]?.metadata.name ?? '');
    await world.pass(3);
    expect(jobs()).toEqual([]);
    expect(runs()).toMatchObject([{ state: 'Failed', message: 'The Job was deleted before it ended.' }]);
  });

  it.each([
    [
      'that is not suspended',
      () => world.api.apply('cronjobs', cronJob({ suspend: false })),
      'CronJobNotSuspended',
      'set spec.suspend: true',
    ],
    [
      'that is gone',
      () => {
        world.api.remove('cronjobs', 'retrain');
      },
      'CronJobMissing',
      'create it, suspended',
    ],
  ])(
    'of a CronJob %s is refused before and when it counts; the constraint stands, and it runs when that is mended',
    async (_what, spoil, reason, remedy) => {
      spoil();
      await world.pass(1);
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
        status: 'False',
        reason,
        message: expect.stringContaining(remedy) as unknown,
      });
      world.read(0.9);
      await world.passUntil('the second stage', () => shareIn(world) === 5);
      await world.pass(1);
      expect(runs()).toMatchObject([{ state: 'Refused', message: expect.stringContaining(remedy) as unknown }]);
      expect(told()).toMatchObject([{ type: 'RemediationFailed' }]);
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
      world.api.apply('cronjobs', cronJob());
      await world.pass(2);
      expect(jobs()).toHaveLength(1);
      expect(runs()).toMatchObject([{ state: 'Running' }]);
    },
  );

  it('regression: that somebody deletes before its making was answered has failed, and holds back no later one', async () => {
    world.api.onWrite(({ resource, verb }) => (resource === 'jobs' && verb === 'create' ? 'Slow' : 'Pass'));
    await breach();
    world.api.remove('jobs', jobs()[0]?.metadata.name ?? '');
    await world.pass(3);
    expect(runs()).toMatchObject([{ engagement: 1, state: 'Failed', message: 'The Job was deleted before it ended.' }]);
    world.read(0.01);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
    await breach();
    await world.pass(2);
    expect(runs()).toMatchObject([{ engagement: 2, state: 'Running' }]);
  });

  it('waits for no route that refuses its stage', async () => {
    world.api.apply('mitigationplans', remediationPlan([{ name: 'repair', actions: [limit(10), run] }]));
    world.api.remove('services', 'credit-v1');
    world.read(0.9);
    await world.passUntil('the job is made', () => jobs().length > 0);
    expect(shareIn(world)).toBe(50);
  });

  it('is not run in mode Observe', async () => {
    world.api.apply('mitigationplans', {
      ...remediationPlan(stages),
      spec: { ...(remediationPlan(stages) as { readonly spec: object }).spec, mode: 'Observe' },
    });
    world.read(0.9);
    await world.pass(20);
    expect(jobs()).toEqual([]);
  });

  it('may be all a stage does: it is evidence that takes the stage off', async () => {
    world.api.apply('mitigationplans', remediationPlan([{ name: 'repair', actions: [run] }]));
    await world.pass(1);
    await breach();
    expect(shareIn(world)).toBe(50);
    world.read(0.01);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
    expect(jobs()).toHaveLength(1);
  });
});

it('a name is short enough for the label its pods get, and differs where anything differs', () => {
  const identity = { plan: 'credit', planUID: 'u', engagement: 1, name: 'retrain', cronJob: 'a'.repeat(45) + '-'.repeat(7) };
  const names = [identity, { ...identity, planUID: 'v' }, { ...identity, engagement: 2 }, { ...identity, name: 'other' }].map(jobName);
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(63);
});
