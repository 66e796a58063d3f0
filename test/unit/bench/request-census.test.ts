import { describe, expect, it } from '@jest/globals';
import { censusOf } from '../../../bench/request-census.ts';
import type { AuditedRequest } from '../../../testbed/audit-log.ts';

function request(verb: string, changes: Partial<AuditedRequest> = {}): AuditedRequest {
  return {
    ...{ user: 'operator', verb, resource: 'modelrisks', subresource: '', namespace: 'bench', name: 'model-001', status: 200 },
    ...{ receivedAtMs: 1500, answeredAtMs: 1505 },
    ...changes,
  };
}

const stretch = { fromMs: 1000, untilMs: 2000 };

describe('a census of requests', () => {
  it('tells writes, renewals of the lease, reads and watches apart', () => {
    const requests = [
      ...['create', 'patch', 'update', 'delete'].map((verb) => request(verb)),
      request('update', { resource: 'leases' }),
      ...['get', 'get', 'list', 'watch', 'watch', 'watch'].map((verb) => request(verb)),
    ];
    expect(censusOf(requests, stretch)).toEqual({ writes: 4, leaseWrites: 1, gets: 2, lists: 1, watches: 3 });
  });

  it('counts a refused write too: it was sent', () => {
    expect(censusOf([request('patch', { status: 422 })], stretch).writes).toBe(1);
  });

  it('counts by when a request arrived, the beginning included, the end not', () => {
    const requests = [999, 1000, 1999, 2000].map((receivedAtMs) => request('watch', { receivedAtMs, answeredAtMs: 5000 }));
    expect(censusOf(requests, stretch).watches).toBe(2);
  });

  it('counts a read of the lease as a read', () => {
    expect(censusOf([request('get', { resource: 'leases' })], stretch)).toMatchObject({ gets: 1, leaseWrites: 0 });
  });
});
