import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLeaseElector } from '../../../src/kube/lease.ts';
import type { LeaseElector } from '../../../src/kube/lease.ts';
import { createFakeLeaseServer } from '../../builders/fake-lease-server.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { scriptedTransport, unavailable } from '../../builders/scripted-transport.ts';

/** What becomes of one request of one candidate: it is lost, its answer is lost, or it is answered late. */
type Fate = 'Passes' | 'IsLost' | 'AnswerIsLost' | 'IsLate';

type Step =
  | { readonly kind: 'Fate'; readonly who: number; readonly fates: readonly Fate[] }
  | { readonly kind: 'Advance'; readonly byMs: number }
  | { readonly kind: 'Release'; readonly who: number }
  | { readonly kind: 'Touch' }
  | { readonly kind: 'Join' };

const fate = fc.constantFrom<Fate>('Passes', 'IsLost', 'AnswerIsLost', 'IsLate');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('Fate' as const), who: fc.nat(6), fates: fc.array(fate, { maxLength: 6 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('Advance' as const), byMs: fc.constantFrom(0, 500, 2500, 5000, 14_999, 20_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Release' as const), who: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Touch' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Join' as const) }) },
);

const leaseMs = 15_000;

interface World {
  readonly electors: LeaseElector[];
  /** Epochs in the order in which they were taken. */
  readonly epochs: number[];
}

/** Candidates before one Lease; each time the state of one changes, and at each step, all are looked at. */
async function stand(steps: readonly Step[], look: (world: World) => void): Promise<World> {
  const clock = createManualClock();
  const server = createFakeLeaseServer();
  const fates: Fate[][] = [];
  const world: World = { electors: [], epochs: [] };
  const join = (): void => {
    const who = world.electors.length;
    const own: Fate[] = [];
    fates.push(own);
    const transport = scriptedTransport({
      request: async (request) => {
        const what = own.shift() ?? 'Passes';
        if (what === 'IsLost') return unavailable();
        if (what === 'IsLate') await new Promise<void>((resolve) => clock.after(4000, resolve));
        const answered = await server.handle(request);
        return what === 'AnswerIsLost' ? unavailable() : answered;
      },
    });
    const elector = createLeaseElector({
      ...{ transport, lease: { namespace: 'system', name: 'modelrisk' }, fieldManager: 'modelrisk', identity: `candidate-${who}` },
      ...{ leaseSeconds: leaseMs / 1000, renewSeconds: 5, clock, random: () => (who % 3) / 3, highestEpochSeen: () => 0 },
      onState: (state) => {
        if (state.kind === 'Held') world.epochs.push(state.epoch);
        look(world);
      },
      onFailure: () => undefined,
    });
    world.electors.push(elector);
    elector.start();
  };
  for (let first = 0; first < 3; first += 1) join();
  await clock.advance(0);
  for (const each of steps) {
    if (each.kind === 'Advance') await clock.advance(each.byMs);
    else if (each.kind === 'Fate') fates[each.who]?.push(...each.fates);
    else if (each.kind === 'Join') join();
    else if (each.kind === 'Touch') server.write((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } }));
    else void world.electors[each.who]?.release();
    await settle();
    look(world);
  }
  // All is well again, and somebody new stands: whoever leads at most once must not be the last.
  for (const own of fates) own.length = 0;
  join();
  await clock.advance(3 * leaseMs);
  look(world);
  return world;
}

const holders = ({ electors }: World): number => electors.filter((elector) => elector.remainingMs() > 0).length;

describe('candidates for one Lease, whatever becomes of their requests', () => {
  it('never hold it two at once', async () => {
    let held = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        await stand(steps, (world) => {
          if (holders(world) > 0) held += 1;
          expect(holders(world)).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 60 },
    );
    expect(held).toBeGreaterThan(300);
  });

  it('take epochs that only rise, so that whoever comes later is told from whoever came before', async () => {
    let failovers = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const { epochs } = await stand(steps, () => undefined);
        failovers += epochs.length - 1;
        expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
        expect(new Set(epochs).size).toBe(epochs.length);
      }),
      { numRuns: 60 },
    );
    expect(failovers).toBeGreaterThan(15);
  });

  it('are led by one of them again once all is well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        expect(holders(await stand(steps, () => undefined))).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it('count on no more than the lease they took', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        await stand(steps, ({ electors }) => {
          for (const elector of electors) expect(elector.remainingMs()).toBeLessThanOrEqual(leaseMs);
        });
      }),
      { numRuns: 30 },
    );
  });
});
