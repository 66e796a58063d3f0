import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyChain } from '../../../src/core/audit-chain.ts';
import type { IncidentEntry } from '../../../src/core/model/incident-entry.ts';
import { applyGuardedModelTo, memoryBackend, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, planIn, routeIn } from '../../builders/memory-story.ts';
import { defaultVariant, isConstrained, isMirrored, phaseOf, shareOf, stepsOf } from '../../builders/traffic-view.ts';

/** Far from the limits of probes and flaps: those end in a person's hands, which is another story. */
const patientPlan = memoryPlan({
  recovery: { stepSeconds: 2, probeAfterSeconds: 3, probeAttempts: 100, flap: { maxEngagements: 16, windowSeconds: 60 } },
});

interface Scene {
  readonly world: MemoryOperator;
  /** Weights the users want, by Service. */
  intent: Readonly<Record<string, number>>;
}

interface Happening {
  readonly run: (scene: Scene) => Promise<void>;
  readonly toString: () => string;
}

function happening(text: string, run: (scene: Scene) => Promise<void> | void): Happening {
  return {
    run: async (scene) => {
      await run(scene);
    },
    toString: () => text,
  };
}

/** As a user who looks at the live route and writes other weights into it. */
function editWeights({ world }: Scene, weights: Readonly<Record<string, number>>): void {
  const route = structuredClone(routeIn(world)) as unknown as { spec: { rules: { backendRefs: { name: string; weight: number }[] }[] } };
  for (const backend of route.spec.rules[0]?.backendRefs ?? []) backend.weight = weights[backend.name] ?? backend.weight;
  world.api.apply('httproutes', route);
}

const drifts = fc.constantFrom(0.9, 0.9, 0.9, 0.2, 0.01, 0.01).chain((value) =>
  fc.integer({ min: 1, max: 25 }).map((seconds) =>
    happening(`drift ${String(value)} for ${String(seconds)} s`, async ({ world }) => {
      world.read(value);
      await world.pass(seconds);
    }),
  ),
);
const edits = fc.integer({ min: 1, max: 99 }).map((share) =>
  happening(`users want ${String(share)} %`, async (scene) => {
    // Who writes what stands there already changes nothing, and nobody can see that it was meant: under a limit of 10 %, 10 % is no edit.
    if (shareOf(routeIn(scene.world), 'credit-v2') === share) return;
    const weights = { 'credit-v1': 100 - share, 'credit-v2': share };
    editWeights(scene, weights);
    scene.intent = weights;
    await scene.world.pass(0.25);
  }),
);
const restarts = fc.constant(happening('restart', ({ world }) => world.restart()));
const outages = fc.integer({ min: 1, max: 8 }).map((seconds) =>
  happening(`every write fails for ${String(seconds)} s`, async ({ world }) => {
    world.api.onWrite(() => 'Lose');
    await world.pass(seconds);
    world.api.onWrite(() => 'Pass');
  }),
);
const lostAnswers = fc.integer({ min: 1, max: 4 }).map((seconds) =>
  happening(`every answer is lost for ${String(seconds)} s`, async ({ world }) => {
    world.api.onWrite(() => 'LoseAnswer');
    await world.pass(seconds);
    world.api.onWrite(() => 'Pass');
  }),
);
const backends = fc.boolean().map((ready) =>
  happening(`the safe backend is ${ready ? '' : 'not '}ready`, ({ world }) => {
    memoryBackend(world.api, 'credit-v1', ready);
  }),
);
const suspensions = fc.constantFrom('None', 'Hold', 'Release').map((suspend) =>
  happening(`suspend: ${suspend}`, ({ world }) => {
    const plan = structuredClone(planIn(world)) as unknown as { spec: Record<string, unknown> };
    plan.spec['suspend'] = suspend;
    world.api.apply('mitigationplans', plan);
  }),
);
const replacements = fc.constant(
  happening('the route is deleted and made again', async (scene) => {
    scene.world.api.remove('httproutes', 'credit');
    await scene.world.pass(1);
    scene.world.api.apply('httproutes', memoryRoute());
    scene.intent = { 'credit-v1': 50, 'credit-v2': 50 };
  }),
);
const deletions = fc.constant(
  happening('the plan is deleted and made again', async ({ world }) => {
    world.api.remove('mitigationplans', 'credit');
    await world.pass(3);
    world.api.apply('mitigationplans', patientPlan);
  }),
);

const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: drifts },
    { weight: 3, arbitrary: edits },
    { weight: 2, arbitrary: restarts },
    { weight: 1, arbitrary: outages },
    { weight: 1, arbitrary: lostAnswers },
    { weight: 2, arbitrary: backends },
    { weight: 1, arbitrary: suspensions },
    { weight: 1, arbitrary: replacements },
    { weight: 1, arbitrary: deletions },
  ),
  { minLength: 1, maxLength: 12 },
);

/** Everything good again, and time enough to come down the ladder and write it all down. */
async function calm({ world }: Scene): Promise<void> {
  world.api.onWrite(() => 'Pass');
  memoryBackend(world.api, 'credit-v1');
  const plan = structuredClone(planIn(world)) as unknown as { spec: Record<string, unknown> };
  plan.spec['suspend'] = 'None';
  world.api.apply('mitigationplans', plan);
  world.read(0.01);
  await world.pass(90);
}

function recordFaults(world: MemoryOperator): readonly string[] {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  return world.api.list('riskincidents').flatMap((incident) => {
    const { spec, status } = incident as unknown as {
      readonly spec: { readonly firstPrevHash: string };
      readonly status?: { readonly entries?: readonly IncidentEntry[]; readonly closedAt?: string };
    };
    const steps = stepsOf(incident);
    const count = (...types: readonly string[]): number => steps.filter((type) => types.includes(type)).length;
    const chain = verifyChain({ entries: status?.entries ?? [], firstPrevHash: spec.firstPrevHash, expectedTail: null }, hash);
    const wrong: [boolean, string][] = [
      [chain.kind !== 'Intact', 'a broken chain'],
      [count('Engaged') !== 1, 'no single beginning'],
      [count('Released', 'ReleasedByDeletion') < 1, 'no release'],
      [count('Closed') !== 1 || status?.closedAt === undefined, 'no single end'],
      [steps.at(-1) !== 'Closed', 'something after the end'],
    ];
    return wrong.flatMap(([is, what]) => (is ? [`${what} in ${steps.join(' ')}`] : []));
  });
}

describe('whatever happens, when it is calm again', () => {
  it('users have what they last wanted, nothing of ours is left, and the record is whole', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const world = await startMemoryOperator((api) => {
          applyGuardedModelTo(api);
          api.apply('mitigationplans', patientPlan);
        });
        const scene: Scene = { world, intent: { 'credit-v1': 50, 'credit-v2': 50 } };
        for (const each of all) await each.run(scene);
        await calm(scene);
        const route = routeIn(world);
        expect({
          phase: phaseOf(planIn(world)),
          share: shareOf(route, 'credit-v2'),
          traces: [isConstrained(route), isMirrored(route), isConstrained(flagIn(world))],
          flag: defaultVariant(flagIn(world)),
          record: recordFaults(world),
        }).toEqual({ phase: 'Idle', share: scene.intent['credit-v2'], traces: [false, false, false], flag: 'on', record: [] });
        const quiet = world.api.writes.length;
        await world.pass(10);
        expect(world.api.writes.slice(quiet)).toEqual([]);
        await world.stop();
      }),
      { numRuns: 20 },
    );
  }, 600_000);
});
