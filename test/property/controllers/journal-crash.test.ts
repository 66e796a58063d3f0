import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KubeRequest } from '../../../testbed/kube-request.ts';
import { memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import type { WriteFault } from '../../builders/memory-api.ts';
import { describeWrite, liveIn, planIn } from '../../builders/memory-story.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { phaseOf, stepsOf } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const endings = ['dies before it lands', 'dies after it landed', 'fails once', 'loses its answer'] as const;
type Ending = (typeof endings)[number];

const found = storyTargets.find(({ kind }) => kind === 'InferenceService');
if (found === undefined) throw new Error('no story of an InferenceService');
const target = found;

/** Ten percent, then five. */
const plan = memoryPlan({
  targets: target.targets,
  stages: [
    { name: 'limit', escalateAfterSeconds: 4, actions: [{ target: 'target', canaryLimit: { maxPercent: 10 } }] },
    { name: 'less', actions: [{ target: 'target', canaryLimit: { maxPercent: 5 } }] },
  ],
});

const startWorld = (): Promise<MemoryOperator> =>
  startMemoryOperator((api) => {
    api.apply('riskpolicies', memoryPolicy());
    api.apply('modelrisks', memoryRisk());
    api.apply('inferenceservices', target.manifest('lending'));
    api.apply('mitigationplans', plan);
  });

const serviceIn = (world: MemoryOperator): KubeObject => liveIn(world, 'inferenceservices', 'credit');
const shareIn = (world: MemoryOperator): number => target.share(serviceIn(world));

async function tellStory(world: MemoryOperator): Promise<void> {
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('limited', () => shareIn(world) <= 10);
  await world.passUntil('limited to less', () => shareIn(world) === 5);
  // Somebody asks for another share meanwhile: that is what is given back.
  world.api.apply('inferenceservices', target.edit(target.manifest('lending')));
  await world.passUntil('limited again', () => shareIn(world) === 5);
  world.read(0.01);
  await world.passUntil('given back', () => world.api.list('targetjournals').length === 0);
  await world.pass(35);
}

function endOf(world: MemoryOperator): object {
  const { metadata, spec, status } = serviceIn(world);
  const { components } = status as { readonly components: { readonly predictor: { readonly latestCreatedRevision: string } } };
  return {
    phase: phaseOf(planIn(world)),
    service: { spec, annotations: metadata.annotations },
    revision: components.predictor.latestCreatedRevision,
    journals: world.api.list('targetjournals').length,
    incidents: world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject)),
  };
}

/** The plan is deleted while it holds the object: its finalizer waits until that is free. */
async function tellOfDeletion(world: MemoryOperator): Promise<void> {
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('limited', () => shareIn(world) <= 10);
  world.api.remove('mitigationplans', 'credit');
  await world.passUntil('free', () => world.api.get('mitigationplans', 'credit') === null && world.api.list('targetjournals').length === 0);
  await world.pass(35);
}

function endOfDeletion(world: MemoryOperator): object {
  const { metadata, spec } = serviceIn(world);
  return { service: { spec, annotations: metadata.annotations }, journals: world.api.list('targetjournals').length };
}

const whole = { tell: tellStory, endOf };
const deletion = { tell: tellOfDeletion, endOf: endOfDeletion };

async function storyWith(
  isIt: (write: KubeRequest, nth: number) => boolean,
  ending: Ending,
  { tell, endOf }: { readonly tell: (world: MemoryOperator) => Promise<void>; readonly endOf: (world: MemoryOperator) => object } = whole,
): Promise<object> {
  const world = await startWorld();
  let count = 0;
  let isDead = false;
  let isOver = false;
  let what = 'no write';
  world.api.onWrite((write): WriteFault => {
    if (isDead) return 'Lose';
    count += 1;
    if (isOver || !isIt(write, count)) return 'Pass';
    isOver = true;
    what = describeWrite(write);
    if (ending.startsWith('dies')) {
      isDead = true;
      world.clock.after(600, () => {
        void world.restart();
        isDead = false;
      });
    }
    return ending === 'dies after it landed' || ending === 'loses its answer' ? 'LoseAnswer' : 'Lose';
  });
  await tell(world);
  const end = { what, ending, ...endOf(world) };
  await world.stop();
  return end;
}

describe('whatever becomes of one write, of a journal apart from its target or of the target', () => {
  let wanted: object;
  let total: number;
  let ofTargets: readonly number[];

  beforeAll(async () => {
    const world = await startWorld();
    await tellStory(world);
    wanted = endOf(world);
    const { writes } = world.api;
    total = writes.length;
    ofTargets = writes.flatMap(({ resource }, index) => (['targetjournals', 'inferenceservices'].includes(resource) ? [index + 1] : []));
    await world.stop();
  }, 30_000);

  it('the quiet story gives back what was asked for last, and makes no revision', () => {
    expect(wanted).toMatchObject({
      phase: 'Idle',
      revision: 'credit-predictor-00002',
      journals: 0,
      service: { spec: { predictor: { canaryTrafficPercent: 70 } } },
    });
    // Each of four changes: journal, object, journal confirmed, ownership given up; and the journal taken away.
    expect(ofTargets.length).toBeGreaterThanOrEqual(13);
  });

  it('the story ends as if nothing had happened, for each write of journal and target', async () => {
    for (const nth of ofTargets)
      for (const ending of endings) {
        const end = (await storyWith((_, count) => count === nth, ending)) as { readonly what: string };
        expect(end).toEqual({ what: end.what, ending, ...wanted });
      }
  }, 240_000);

  it('a plan that is deleted lets go, for each write of journal and target', async () => {
    const world = await startWorld();
    await tellOfDeletion(world);
    const wantedThen = endOfDeletion(world);
    expect(wantedThen).toMatchObject({ journals: 0, service: { spec: target.manifest('lending')['spec'] } });
    const { writes } = world.api;
    await world.stop();
    const own = writes.flatMap(({ resource }, index) => (['targetjournals', 'inferenceservices'].includes(resource) ? [index + 1] : []));
    for (const nth of own)
      for (const ending of endings) {
        const end = (await storyWith((_, count) => count === nth, ending, deletion)) as { readonly what: string };
        expect(end).toEqual({ what: end.what, ending, ...wantedThen });
      }
  }, 240_000);

  it('and for any other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: total }), fc.constantFrom(...endings), async (nth, ending) => {
        const end = (await storyWith((_, count) => count === nth, ending)) as { readonly what: string };
        expect(end).toEqual({ what: end.what, ending, ...wanted });
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
