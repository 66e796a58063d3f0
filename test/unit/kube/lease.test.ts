import { describe, expect, it } from '@jest/globals';
import type { LeaseObject } from '../../../src/kube/lease.ts';
import type { APIRequest } from '../../../src/kube/transport.ts';
import { createFakeLeaseServer } from '../../builders/fake-lease-server.ts';
import { candidate, foreign, leading, losingAnswers } from '../../builders/lease-world.ts';
import type { Handle } from '../../builders/lease-world.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { throttled, unavailable } from '../../builders/scripted-transport.ts';

describe('lease elector', () => {
  describe('holding', () => {
    it('renews in time, one write each, and tells nobody about it', async () => {
      const { clock, elector, states, transport } = await leading();
      await clock.advance(60_000);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch: 1 });
      expect(states).toHaveLength(1);
      expect(transport.requests.slice(2).map((request) => request.method)).toEqual(Array.from({ length: 12 }, () => 'PUT'));
      expect(transport.requests.every((request) => request.pool === 'Lease')).toBe(true);
    });

    it('counts what remains from when the last renewal was sent', async () => {
      const { clock, elector } = await leading();
      expect(elector.remainingMs()).toBe(15_000);
      await clock.advance(4000);
      expect(elector.remainingMs()).toBe(11_000);
      await clock.advance(1000);
      expect(elector.remainingMs()).toBe(15_000);
    });

    it('is lost at its end when renewals fail, not sooner', async () => {
      const world = { up: true };
      const { clock, elector, states } = await leading({ handle: (server) => (request) => (world.up ? server(request) : unavailable()) });
      world.up = false;
      await clock.advance(14_999);
      expect(elector.state().kind).toBe('Held');
      expect(elector.remainingMs()).toBe(1);
      await clock.advance(1);
      expect(states.at(-1)).toEqual({ kind: 'Lost', reason: 'Expired' });
      expect(elector.remainingMs()).toBe(0);
    });

    it('is lost at its end although a renewal is under way', async () => {
      const pending: { hang: boolean } = { hang: false };
      const { clock, elector } = await leading({
        handle: (server) => (request) => (pending.hang ? new Promise<never>(() => undefined) : server(request)),
      });
      pending.hang = true;
      await clock.advance(15_000);
      expect(elector.state()).toEqual({ kind: 'Lost', reason: 'Expired' });
    });

    it('survives a renewal that failed', async () => {
      const world = { failures: 2 };
      const { clock, elector } = await leading({
        handle: (server) => (request) => {
          if (request.method === 'PUT' && world.failures > 0) {
            world.failures -= 1;
            return throttled(1000);
          }
          return server(request);
        },
      });
      await clock.advance(30_000);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch: 1 });
    });

    it('survives a renewal whose answer was lost', async () => {
      const world = { lose: true };
      const { clock, elector, states } = await leading({
        handle: (server) =>
          losingAnswers(server, (request) => {
            const lost = world.lose && request.method === 'PUT';
            if (lost) world.lose = false;
            return lost;
          }),
      });
      await clock.advance(30_000);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch: 1 });
      expect(states).toHaveLength(1);
    });

    it('is lost at once when another took it', async () => {
      const { clock, server, states } = await leading();
      server.write((lease) => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'other' } }));
      await clock.advance(5000);
      expect(states.at(-1)).toEqual({ kind: 'Lost', reason: 'TakenOver' });
    });

    it('is lost when someone emptied the Lease to force a failover', async () => {
      const { clock, server, elector } = await leading();
      server.write((lease) => ({ ...lease, spec: { ...lease.spec, holderIdentity: '' } }));
      await clock.advance(5000);
      expect(elector.state()).toEqual({ kind: 'Lost', reason: 'TakenOver' });
    });

    it('is lost when the Lease was deleted: another may have made a new one', async () => {
      const { clock, server, elector } = await leading();
      server.remove();
      await clock.advance(5000);
      expect(elector.state()).toEqual({ kind: 'Lost', reason: 'Deleted' });
    });

    it('survives a change of the Lease that leaves the holder alone', async () => {
      const { clock, server, elector } = await leading();
      server.write((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } }));
      await clock.advance(20_000);
      expect(elector.state()).toMatchObject({ kind: 'Held', epoch: 1 });
      expect(server.current()?.metadata.labels).toEqual({ touched: 'yes' });
    });

    it('sends nothing more once lost', async () => {
      const { clock, server, transport } = await leading();
      server.remove();
      await clock.advance(5000);
      const sent = transport.requests.length;
      await clock.advance(3_600_000);
      expect(transport.requests).toHaveLength(sent);
      expect(clock.pending()).toBe(0);
    });
  });

  describe('release', () => {
    it('empties the holder, keeps the epoch and lets a successor in at once', async () => {
      const { clock, server, elector, states } = await leading();
      await elector.release();
      expect(states.at(-1)).toEqual({ kind: 'Released' });
      expect(elector.remainingMs()).toBe(0);
      expect(server.current()?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
      const second = candidate({ clock, handle: server.handle, identity: 'second' });
      second.elector.start();
      await clock.advance(0);
      expect(second.elector.state()).toMatchObject({ kind: 'Held', epoch: 2 });
    });

    it('waits for a renewal under way, which would otherwise win', async () => {
      const world: { answer: () => void } = { answer: () => undefined };
      const { clock, server, elector, transport } = await leading({
        handle: (handle) => (request) => {
          if (request.method !== 'PUT' || holderIn(request) === '') return handle(request);
          return new Promise((resolve) => {
            world.answer = () => {
              resolve(handle(request));
            };
          });
        },
      });
      await clock.advance(5000);
      const releasing = elector.release();
      await settle();
      world.answer();
      await releasing;
      expect(server.current()?.spec.holderIdentity).toBe('');
      expect(transport.requests.filter((request) => request.method === 'PUT')).toHaveLength(2);
    });

    it('gives back a Lease whose acquisition was still under way', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer();
      const world: { answer: () => void } = { answer: () => undefined };
      const { elector, states } = candidate({
        clock,
        handle: (request) =>
          request.method === 'POST'
            ? new Promise((resolve) => {
                world.answer = () => {
                  resolve(server.handle(request));
                };
              })
            : server.handle(request),
      });
      elector.start();
      await clock.advance(0);
      const releasing = elector.release();
      world.answer();
      await releasing;
      expect(server.current()?.spec.holderIdentity).toBe('');
      expect(states).toEqual([{ kind: 'Released' }]);
    });

    it('of one who only waits sends nothing', async () => {
      const clock = createManualClock();
      const server = createFakeLeaseServer(foreign);
      const { elector, transport } = candidate({ clock, handle: server.handle });
      elector.start();
      await clock.advance(0);
      await elector.release();
      await clock.advance(3_600_000);
      expect(transport.requests).toHaveLength(1);
      expect(server.current()?.spec.holderIdentity).toBe('other');
    });

    it('after a loss sends nothing: the Lease may be another’s', async () => {
      const { clock, server, elector, transport } = await leading();
      server.write((lease) => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'other' } }));
      await clock.advance(5000);
      const sent = transport.requests.length;
      await elector.release();
      expect(elector.state().kind).toBe('Lost');
      expect(transport.requests).toHaveLength(sent);
    });

    it('does not reject when the server is away', async () => {
      const world = { up: true };
      const { elector, failures } = await leading({ handle: (server) => (request) => (world.up ? server(request) : unavailable()) });
      world.up = false;
      await elector.release();
      expect(elector.state().kind).toBe('Released');
      expect(failures).toEqual(['Unavailable']);
    });
  });

  it('never lets two hold at once, and epochs only rise, through ten failovers', async () => {
    const clock = createManualClock();
    const server = createFakeLeaseServer();
    const cut = new Set<string>();
    const guarded =
      (identity: string): Handle =>
      (request) =>
        cut.has(identity) ? unavailable() : server.handle(request);
    const all = Array.from({ length: 11 }, (_unused, index) => {
      const identity = `elector-${String(index)}`;
      return { identity, ...candidate({ clock, handle: guarded(identity), identity }) };
    });
    const epochs: number[] = [];
    for (const one of all) one.elector.start();
    for (let second = 0; second < 400; second += 1) {
      await clock.advance(500);
      const holders = all.filter((one) => one.elector.remainingMs() > 0);
      expect(holders.length).toBeLessThanOrEqual(1);
      const state = holders[0]?.elector.state();
      if (state?.kind === 'Held' && state.epoch !== epochs.at(-1)) {
        epochs.push(state.epoch);
        cut.add(holders[0]?.identity ?? '');
      }
    }
    expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

function holderIn(request: APIRequest): string {
  return (request.body as unknown as LeaseObject).spec.holderIdentity ?? '';
}
