import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { askForDrill, drillsIn, lastDrillOf, markSandbox, startDrilled, usersOf } from '../../builders/drilling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { auditIn } from '../../builders/memory-record.ts';
import { flagIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { entriesOf, isConstrained, phaseOf } from '../../builders/traffic-view.ts';

/** Far from the limits of probes and flaps: those end in a person's hands, which is another story. */
const plan = {
  recovery: { stepSeconds: 2, probeAfterSeconds: 3, probeAttempts: 100, flap: { maxEngagements: 16, windowSeconds: 60 } },
  drill: { everySeconds: 86_400, scope: 'Sandbox' },
};

interface Happening {
  readonly run: (world: MemoryOperator) => Promise<void>;
  readonly toString: () => string;
}

function happening(text: string, run: (world: MemoryOperator) => Promise<void>): Happening {
  return { run, toString: () => text };
}

const breaches = fc.integer({ min: 5, max: 20 }).map((seconds) =>
  happening(`a real breach for ${String(seconds)} s`, async (world) => {
    world.read(0.9);
    await world.pass(seconds);
    // A drill neither delays nor masks it: polls come once a second.
    expect(shareIn(world)).toBeLessThanOrEqual(10);
  }),
);
const peace = fc.integer({ min: 1, max: 40 }).map((seconds) =>
  happening(`all is well for ${String(seconds)} s`, async (world) => {
    world.read(0.01);
    await world.pass(seconds);
  }),
);
let asked = 0;
const drills = fc.tuple(fc.constantFrom('', '/DryRun'), fc.integer({ min: 0, max: 12 })).map(([suffix, quarters]) =>
  happening(`drill${suffix}, then ${String(quarters / 4)} s`, async (world) => {
    asked += 1;
    askForDrill(world, `${String(asked)}${suffix}`, plan);
    await world.pass(quarters / 4);
  }),
);
const restarts = fc.constant(happening('restart', (world) => world.restart()));
const lostAnswers = fc.integer({ min: 1, max: 4 }).map((quarters) =>
  happening(`every answer is lost for ${String(quarters / 4)} s`, async (world) => {
    world.api.onWrite(() => 'LoseAnswer');
    await world.pass(quarters / 4);
    world.api.onWrite(() => 'Pass');
  }),
);

const happenings = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: breaches },
    { weight: 4, arbitrary: peace },
    { weight: 8, arbitrary: drills },
    { weight: 2, arbitrary: restarts },
    { weight: 2, arbitrary: lostAnswers },
  ),
  { minLength: 2, maxLength: 10 },
);

function engagementsOf(world: MemoryOperator): number {
  const { memory } = planIn(world)['status'] as { readonly memory: { readonly engagement: number } };
  return memory.engagement;
}

describe('whenever a plan is drilled', () => {
  it('real breaches are answered as ever, users get all back, each drill has one record that ends, and each engagement its own', async () => {
    const results = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const world = await startDrilled(plan, markSandbox);
        await world.pass(2);
        const before = usersOf(world);
        for (const each of all) await each.run(world);
        world.read(0.01);
        await world.pass(90);

        const drilled = drillsIn(world);
        const incidents = world.api.list('riskincidents') as unknown as readonly KubeObject[];
        expect({
          phase: phaseOf(planIn(world)),
          users: usersOf(world),
          traces: [isConstrained(routeIn(world)), isConstrained(flagIn(world))],
          unended: drilled.filter((incident) => entriesOf(incident).filter(({ type }) => type === 'Closed').length !== 1).map(entriesOf),
          audit: incidents.length === 0 ? [] : auditIn(world),
          engagements: incidents.length - drilled.length,
        }).toEqual({ phase: 'Idle', users: before, traces: [false, false], unended: [], audit: [], engagements: engagementsOf(world) });
        const last = lastDrillOf(planIn(world));
        if (last !== null) results.set(`${last.scope} ${last.result}`, (results.get(`${last.scope} ${last.result}`) ?? 0) + 1);
        const quiet = world.api.writes.length;
        await world.pass(5);
        expect(world.api.writes.slice(quiet)).toEqual([]);
        await world.stop();
      }),
      { numRuns: 20 },
    );
    // A law nobody tested is no law.
    expect([...results.keys()]).toEqual(expect.arrayContaining(['DryRun Passed', 'Sandbox Passed']));
  }, 600_000);

  it('dry, nothing but records, status and heads of chains is written, and the machine remembers what it did before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 5 }), async (pauses) => {
        const world = await startDrilled(plan, markSandbox);
        await world.pass(2);
        const remembered = (planIn(world)['status'] as { readonly memory: unknown }).memory;
        const writes = world.api.writes.length;
        for (const pause of pauses) {
          asked += 1;
          askForDrill(world, `${String(asked)}/DryRun`, plan);
          await world.pass(pause / 4);
        }
        await world.pass(5);
        const written = new Set(world.api.writes.slice(writes).map(({ resource, subresource }) => [resource, subresource ?? ''].join('/')));
        expect([...written].sort()).toEqual(['mitigationplans/status', 'riskchainheads/', 'riskincidents/', 'riskincidents/status']);
        expect((planIn(world)['status'] as { readonly memory: unknown }).memory).toEqual(remembered);
        expect(drillsIn(world).length).toBeGreaterThan(0);
        await world.stop();
      }),
      { numRuns: 15 },
    );
  }, 300_000);
});
