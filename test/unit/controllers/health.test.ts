import { describe, expect, it } from '@jest/globals';
import { healthOf } from '../../../src/controllers/health.ts';

const minuteMs = 60_000;

function aView(plural: string, seen: { readonly synced?: boolean; readonly served?: boolean; readonly heardAtMs?: number | null } = {}) {
  const { synced = true, served = true, heardAtMs = 10 * minuteMs } = seen;
  return {
    resource: { group: 'test.dev', version: 'v1', plural, kind: plural, namespaced: true },
    reflector: { synced: () => synced, served: () => served, heardAtMs: () => heardAtMs },
  };
}

function health(own: ReturnType<typeof aView>, target: ReturnType<typeof aView>) {
  const { liveness, readiness } = healthOf({ own: { plans: own }, targets: new Map([['HTTPRoute', target]]) });
  return { liveness: liveness(), readiness: readiness() };
}

const well = { liveness: [], readiness: [] };

describe('health', () => {
  it('is good when all caches are filled and heard of', () => {
    expect(health(aView('plans'), aView('routes'))).toEqual(well);
  });

  it('waits for caches', () => {
    expect(health(aView('plans'), aView('routes', { synced: false, heardAtMs: null }))).toEqual({
      liveness: [],
      readiness: ['the cache of routes is not filled'],
    });
  });

  it('ends a process one of whose watches is deaf while others are not', () => {
    expect(health(aView('plans'), aView('routes', { heardAtMs: 7 * minuteMs }))).toEqual({
      liveness: ['nothing was heard of routes for 120 s while other watches go on'],
      readiness: [],
    });
    expect(health(aView('plans', { heardAtMs: 7 * minuteMs }), aView('routes', { heardAtMs: 7 * minuteMs }))).toEqual(well);
  });

  it('neither waits for a kind of target the cluster lacks nor dies of its silence', () => {
    expect(health(aView('plans'), aView('routes', { served: false, heardAtMs: minuteMs }))).toEqual(well);
  });

  it('is not ready without a kind of our own, says what to install, and lives', () => {
    const sentence = 'the cluster does not serve plans (test.dev/v1): install the CRDs of the operator (crds/)';
    for (const synced of [false, true]) {
      expect(health(aView('plans', { served: false, synced, heardAtMs: minuteMs }), aView('routes'))).toEqual({
        liveness: [],
        readiness: [sentence],
      });
    }
  });
});
