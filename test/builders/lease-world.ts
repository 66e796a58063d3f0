import { expect } from '@jest/globals';
import { createLeaseElector } from '../../src/kube/lease.ts';
import type { LeaseElector, LeaseObject, LeaseState } from '../../src/kube/lease.ts';
import type { APIRequest, APIResponse } from '../../src/kube/transport.ts';
import { createFakeLeaseServer } from './fake-lease-server.ts';
import { createManualClock } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';
import { scriptedTransport, unavailable } from './scripted-transport.ts';
import type { Answer, ScriptedTransport } from './scripted-transport.ts';

export interface Candidate {
  readonly elector: LeaseElector;
  readonly states: LeaseState[];
  readonly transport: ScriptedTransport;
  readonly failures: string[];
}

export type Handle = (request: APIRequest) => Answer<APIResponse>;

export function candidate(options: {
  readonly clock: ManualClock;
  readonly handle: Handle;
  readonly identity?: string;
  readonly highestEpochSeen?: number;
}): Candidate {
  const states: LeaseState[] = [];
  const failures: string[] = [];
  const transport = scriptedTransport({ request: options.handle });
  const elector = createLeaseElector({
    transport,
    lease: { namespace: 'system', name: 'modelrisk' },
    fieldManager: 'modelrisk',
    identity: options.identity ?? 'first',
    leaseSeconds: 15,
    renewSeconds: 5,
    clock: options.clock,
    random: () => 1,
    highestEpochSeen: () => options.highestEpochSeen ?? 0,
    onState: (state) => states.push(state),
    onFailure: (failure) => failures.push(failure.kind),
  });
  return { elector, states, transport, failures };
}

export function leaseOf(spec: LeaseObject['spec'], epoch?: string): LeaseObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'modelrisk',
      namespace: 'system',
      uid: 'lease-uid',
      resourceVersion: '1',
      creationTimestamp: '2026-06-01T12:00:00Z',
      ...(epoch === undefined ? {} : { annotations: { 'modelrisk.dev/epoch': epoch } }),
    },
    spec,
  };
}

export const foreign = leaseOf(
  { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: '2000-01-01T00:00:00.000000Z', leaseTransitions: 3 },
  '7',
);

export async function leading(options: { readonly handle?: (server: Handle) => Handle; readonly highestEpochSeen?: number } = {}) {
  const clock = createManualClock();
  const server = createFakeLeaseServer();
  const first = candidate({
    clock,
    handle: options.handle?.(server.handle) ?? server.handle,
    highestEpochSeen: options.highestEpochSeen ?? 0,
  });
  first.elector.start();
  await clock.advance(0);
  expect(first.elector.state().kind).toBe('Held');
  return { clock, server, ...first };
}

/** Passes requests to the server, but the answer of each request that `when` picks is lost. */
export function losingAnswers(server: Handle, when: (request: APIRequest) => boolean): Handle {
  return async (request) => {
    const answered = await server(request);
    return when(request) ? unavailable() : answered;
  };
}
