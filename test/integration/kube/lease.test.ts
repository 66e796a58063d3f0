import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLeaseElector } from '../../../src/kube/lease.ts';
import type { LeaseElector, LeaseState } from '../../../src/kube/lease.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { startLiveRuntime } from '../../builders/live-runtime.ts';
import type { LiveRuntime } from '../../builders/live-runtime.ts';
import { eventually } from '../../../testbed/eventually.ts';

const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

interface Candidate {
  readonly elector: LeaseElector;
  readonly states: LeaseState[];
}

describe('lease elector against the API server', () => {
  let runtime: LiveRuntime;
  const candidates: Candidate[] = [];

  beforeAll(async () => {
    runtime = await startLiveRuntime();
  });

  afterEach(async () => {
    runtime.proxy.act(() => null);
    for (const { elector } of candidates.splice(0)) await elector.release();
  });

  afterAll(async () => {
    await runtime.close();
  });

  function stand(
    namespace: string,
    identity: string,
    options: { readonly transport?: Transport; readonly highestEpochSeen?: number } = {},
  ): Candidate {
    const states: LeaseState[] = [];
    const elector = createLeaseElector({
      transport: options.transport ?? runtime.transport,
      lease: { namespace, name: 'modelrisk' },
      fieldManager: 'modelrisk',
      identity,
      leaseSeconds: 2,
      renewSeconds: 0.5,
      clock: runtime.clock,
      random: () => 0.5,
      highestEpochSeen: () => options.highestEpochSeen ?? 0,
      onState: (state) => states.push(state),
      onFailure: () => undefined,
    });
    elector.start();
    const candidate = { elector, states };
    candidates.push(candidate);
    return candidate;
  }

  const became = (candidate: Candidate, kind: LeaseState['kind']): Promise<LeaseState> =>
    eventually(() => Promise.resolve(candidate.states.find((state) => state.kind === kind) ?? null));

  const leaseIn = (namespace: string): ReturnType<LiveRuntime['plane']['client']['get']> =>
    runtime.plane.client.get(leases, { namespace, name: 'modelrisk' });

  it('one of two leads; a release lets the other in with the next epoch', async () => {
    const namespace = await runtime.plane.createNamespace();
    const first = stand(namespace, 'first');
    expect(await became(first, 'Held')).toMatchObject({ epoch: 1 });
    const second = stand(namespace, 'second');
    expect(await became(second, 'Waiting')).toEqual({ kind: 'Waiting', holder: 'first' });
    await first.elector.release();
    expect(await became(second, 'Held')).toMatchObject({ epoch: 2 });
    expect(await leaseIn(namespace)).toMatchObject({
      metadata: { annotations: { 'modelrisk.dev/epoch': '2' } },
      spec: { holderIdentity: 'second', leaseDurationSeconds: 2, leaseTransitions: 2 },
    });
  });

  it('a leader cut off from the server is lost before another holds, which takes the next epoch', async () => {
    const namespace = await runtime.plane.createNamespace();
    const first = stand(namespace, 'first', { transport: runtime.proxied });
    await became(first, 'Held');
    const second = stand(namespace, 'second');
    await became(second, 'Waiting');
    runtime.proxy.act(() => ({ kind: 'Reply', status: 503 }));
    expect(await became(second, 'Held')).toMatchObject({ epoch: 2 });
    expect(first.elector.remainingMs()).toBe(0);
    expect(first.elector.state()).toEqual({ kind: 'Lost', reason: 'Expired' });
  });

  it('a leader whose Lease another took learns it at the next renewal', async () => {
    const namespace = await runtime.plane.createNamespace();
    const first = stand(namespace, 'first');
    await became(first, 'Held');
    await runtime.plane.client.merge(leases, { namespace, name: 'modelrisk' }, { spec: { holderIdentity: 'usurper' } });
    expect(await became(first, 'Lost')).toEqual({ kind: 'Lost', reason: 'TakenOver' });
  });

  it('renewals whose answers are lost do not cost the lease', async () => {
    const namespace = await runtime.plane.createNamespace();
    const first = stand(namespace, 'first', { transport: runtime.proxied });
    await became(first, 'Held');
    const versionBefore = (await leaseIn(namespace)).metadata.resourceVersion;
    let lost = 0;
    runtime.proxy.act((request) => {
      if (request.method !== 'PUT' || lost >= 1) return null;
      lost += 1;
      return { kind: 'LoseAnswer' };
    });
    await eventually(async () => lost === 1 && (await leaseIn(namespace)).metadata.resourceVersion !== versionBefore);
    await eventually(() => Promise.resolve(first.elector.remainingMs() > 1900));
    expect(first.states).toMatchObject([{ kind: 'Held', epoch: 1 }]);
  });

  it('an epoch found on a target counts although the Lease is new', async () => {
    const namespace = await runtime.plane.createNamespace();
    expect(await became(stand(namespace, 'first', { highestEpochSeen: 41 }), 'Held')).toMatchObject({ epoch: 42 });
  });
});
