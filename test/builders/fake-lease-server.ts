import type { LeaseObject } from '../../src/kube/lease.ts';
import type { APIRequest, APIResponse } from '../../src/kube/transport.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { answer, conflict, notFound } from './scripted-transport.ts';
import type { Answer } from './scripted-transport.ts';

/** One Lease with optimistic locking, as the API server keeps it. */
export interface FakeLeaseServer {
  readonly handle: (request: APIRequest) => Answer<APIResponse>;
  current(): LeaseObject | null;
  remove(): void;
  /** A write by someone else. */
  write(change: (lease: LeaseObject) => LeaseObject): void;
}

export function createFakeLeaseServer(initial: LeaseObject | null = null): FakeLeaseServer {
  let lease = initial;
  let version = 1;
  const stored = (next: LeaseObject): LeaseObject => {
    version += 1;
    lease = {
      ...next,
      metadata: { ...next.metadata, uid: 'lease-uid', creationTimestamp: '2026-06-01T12:00:00Z', resourceVersion: String(version) },
    };
    return lease;
  };
  return {
    handle(request) {
      const body = request.body as unknown as LeaseObject;
      if (request.method === 'POST') return lease === null ? answer(asJSON(stored(body)), 201) : conflict();
      if (lease === null) return notFound();
      if (request.method === 'GET') return answer(asJSON(lease));
      return body.metadata.resourceVersion === lease.metadata.resourceVersion ? answer(asJSON(stored(body))) : conflict();
    },
    current: () => lease,
    remove() {
      lease = null;
    },
    write(change) {
      if (lease !== null) stored(change(lease));
    },
  };
}

function asJSON(lease: LeaseObject): JSONValue {
  return JSON.parse(JSON.stringify(lease)) as JSONValue;
}
