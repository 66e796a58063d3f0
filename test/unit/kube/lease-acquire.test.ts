import { describe, expect, it } from '@jest/globals';
import { createFakeLeaseServer } from '../../builders/fake-lease-server.ts';
import { candidate, foreign, leading, leaseOf, losingAnswers } from '../../builders/lease-world.ts';
import { createManualClock, someTimeMs } from '../../builders/manual-clock.ts';
import { unavailable } from '../../builders/scripted-transport.ts';

describe('lease elector', () => {
  describe('acquiring', () => {
    it('creates the Lease with microtimes of six digits and the first epoch', async () => {
      const { server, elector } = await leading();
      expect(server.current()?.metadata.annotations).toEqual({ 'modelrisk.dev/epoch': '1' });
      expect(server.current()?.spec).toEqual({
        holderIdentity: 'first',
        leaseDurationSeconds: 15,
        acquireTime: '2026-06-01T12:00:00.000000Z',
        renewTime: '2026-06-01T12:00:00.000000Z',
        leaseTransitions: 1,
      });
      expect(elector.state()).toEqual({ kind: 'Held', epoch: 1, renewedAtMs: someTimeMs });
    });

    it.each([
      { above: 'the annotation', annotation: '7', highestEpochSeen: 3, epoch: 8 },
      { above: 'an epoch seen on a target', annotation: '7', highestEpochSeen: 41, epoch: 42 },
      { above: 'a target when the annotation is not a number', annotation: 'seven', highestEpochSeen: 4, epoch: 5 },
      { above: 'nothing when the annotation is below that', annotation: '-3', highestEpochSeen: 0, epoch: 1 },
    ])('takes an epoch above $above', async ({ annotation, highestEpochSeen, epoch }) => {
      const clock = createManualClock();
      const server = createFakeLeaseServer(leaseOf({ holderIdentity: '' }, annotation));
      const { elector } = candidate({ clock, handle: server.handle, highestEpochSeen });
      elector.start();
      await clock.advance(0);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch });
      expect(server.current()?.metadata.annotations).toEqual({ 'modelrisk.dev/epoch': String(epoch) });
    });

    it('keeps labels and other annotations, and counts the transition', async () => {
      const clock = createManualClock();
      const free = leaseOf({ holderIdentity: '', leaseTransitions: 3 });
      const server = createFakeLeaseServer({
        ...free,
        metadata: { ...free.metadata, labels: { team: 'a' }, annotations: { note: 'kept' } },
      });
      const { elector } = candidate({ clock, handle: server.handle });
      elector.start();
      await clock.advance(0);
      expect(server.current()?.metadata).toMatchObject({
        labels: { team: 'a' },
        annotations: { note: 'kept', 'modelrisk.dev/epoch': '1' },
      });
      expect(server.current()?.spec.leaseTransitions).toBe(4);
    });

    it('respects a holder for its whole lease from when we first saw it, whatever times it wrote', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer(foreign);
      const { elector, states } = candidate({ clock, handle: server.handle });
      elector.start();
      await clock.advance(14_999);
      expect(states).toEqual([{ kind: 'Waiting', holder: 'other' }]);
      await clock.advance(1);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch: 8 });
    });

    it('starts counting again whenever the record changes, even if its times stand far in the past', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer(foreign);
      const { elector } = candidate({ clock, handle: server.handle });
      elector.start();
      for (let renewal = 0; renewal < 4; renewal += 1) {
        await clock.advance(10_000);
        server.write((lease) => ({ ...lease, spec: { ...lease.spec, renewTime: `1990-01-01T00:00:0${String(renewal)}.000000Z` } }));
      }
      expect(elector.state().kind).toBe('Waiting');
      await clock.advance(20_000);
      expect(elector.state().kind).toBe('Held');
    });

    it("is not kept waiting by changes that are not the holder's", async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer(foreign);
      const { elector } = candidate({ clock, handle: server.handle });
      elector.start();
      await clock.advance(10_000);
      server.write((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } }));
      await clock.advance(5000);
      expect(elector.state().kind).toBe('Held');
    });

    it('waits as long as the holder promised, not as long as we would hold', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer({ ...foreign, spec: { ...foreign.spec, leaseDurationSeconds: 60 } });
      const { elector } = candidate({ clock, handle: server.handle });
      elector.start();
      await clock.advance(59_000);
      expect(elector.state().kind).toBe('Waiting');
      await clock.advance(1000);
      expect(elector.state().kind).toBe('Held');
    });

    it('finds out that it has won although the answer was lost, and counts the lease from the request', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer();
      const { elector, states } = candidate({ clock, handle: losingAnswers(server.handle, (request) => request.method === 'POST') });
      elector.start();
      await clock.advance(0);
      expect(elector.state().kind).toBe('Starting');
      await clock.advance(2500);
      expect(states).toEqual([{ kind: 'Held', epoch: 1, renewedAtMs: someTimeMs }]);
      expect(elector.remainingMs()).toBe(12_500);
    });

    it('knows until when another said that it leads, by the clock of that one', async () => {
      const clock = createManualClock();
      const { elector } = candidate({ clock, handle: createFakeLeaseServer(foreign).handle });
      elector.start();
      await clock.advance(14_000);
      expect(elector.ledUntilMs()).toBeNull();
      await clock.advance(1000);
      expect(elector.ledUntilMs()).toBe(Date.UTC(2000, 0, 1));
      await clock.advance(60_000);
      expect(elector.ledUntilMs()).toBe(Date.UTC(2000, 0, 1));
    });

    it('knows it of a lease that was given up', async () => {
      const { clock, server, elector } = await leading();
      await clock.advance(12_000);
      await elector.release();
      const next = candidate({ clock, handle: server.handle, identity: 'second' });
      await clock.advance(30_000);
      next.elector.start();
      await clock.advance(0);
      expect(next.elector.state().kind).toBe('Held');
      expect(next.elector.ledUntilMs()).toBe(someTimeMs + 12_000);
    });

    it.each([
      ['there was no lease', undefined],
      ['it says no time', leaseOf({ holderIdentity: '' })],
      ['it says none that could be read', leaseOf({ holderIdentity: '', renewTime: 'yesterday' })],
    ])('knows nothing of who led before where %s', async (_what, lease) => {
      const clock = createManualClock();
      const { elector } = candidate({ clock, handle: createFakeLeaseServer(lease).handle });
      elector.start();
      await clock.advance(0);
      expect(elector.state().kind).toBe('Held');
      expect(elector.ledUntilMs()).toBeNull();
    });

    it('goes on standing while the server is away', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer();
      const world = { up: false };
      const { elector, failures } = candidate({ clock, handle: (request) => (world.up ? server.handle(request) : unavailable()) });
      elector.start();
      await clock.advance(10_000);
      expect(failures.length).toBeGreaterThan(2);
      world.up = true;
      await clock.advance(2500);
      expect(elector.state().kind).toBe('Held');
    });
  });
});
