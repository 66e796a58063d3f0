import { describe, expect, it } from '@jest/globals';

import type { Expectations, Invariant } from '../../../testbed/invariants/expectations.ts';
import { defaultExpectations } from '../../../testbed/invariants/expectations.ts';
import { describeViolations, judgeInvariants } from '../../../testbed/judge-invariants.ts';
import type { TimelineEvent } from '../../../testbed/timeline.ts';
import type { RouteLook } from '../../builders/timeline.ts';
import {
  aFlagAt,
  aRouteAt,
  chained,
  endpoints,
  goodStory,
  incident,
  intent,
  person,
  planStatus,
  route,
  seen,
  signal,
  stepMs,
  write,
} from '../../builders/timeline.ts';

const flag = { key: 'use-v2', safeVariant: 'off', movesLiveTraffic: true };
const expectations: Expectations = { ...defaultExpectations('lending'), stageMaxPercent: [10, 0, 0], flag };
const over: Expectations = { ...expectations, settledAtMs: 14 * stepMs, restored: true };

const judged = (timeline: readonly TimelineEvent[], given: Expectations = expectations): readonly string[] =>
  judgeInvariants(timeline, given).map(({ invariant, message }) => `${invariant} ${message}`);
const broken = (timeline: readonly TimelineEvent[], given?: Expectations): readonly Invariant[] =>
  judgeInvariants(timeline, given ?? expectations).map(({ invariant }) => invariant);

const ready = [endpoints(1, 'credit-v1', true), endpoints(1, 'credit-v2', true)];
const capped = { stable: 90, candidate: 10, stage: 0 };

it('finds nothing in a story told without a fault', () => {
  expect(judged(goodStory(), over)).toEqual([]);
});

it('says what broke, where and how', () => {
  const violations = judgeInvariants([route(1), ...ready, route(2, { ...capped, candidate: 90, stable: 10 })], expectations);
  expect(describeViolations(violations)).toBe('V2 httproutes lending/credit at 20: credit-v2 gets 90 % under a cap of 10 %');
});

it('trusts nothing once the recorder missed something', () => {
  expect(judged([{ kind: 'Gap', atMs: 1, message: 'lost' }])).toEqual(['Recorder lost']);
});

describe('V1, sums', () => {
  it('finds weights that sum to 0, whoever wrote them', () => {
    expect(judged([route(1), route(2, { stable: 0, candidate: 0 })])).toEqual([
      'V1 the weights of rule 0 sum to 0, so every request fails',
    ]);
  });

  it('finds a sum we changed, and accepts a hundredfold', () => {
    expect(broken([route(1), ...ready, route(2, { ...capped, stable: 80, candidate: 8 })])).toEqual(['V1']);
    expect(broken([route(1), ...ready, route(2, { ...capped, stable: 9000, candidate: 1000 })])).toEqual([]);
  });

  it('leaves users their own sums', () => {
    expect(broken([route(1), route(2, { stable: 3, candidate: 1 })])).toEqual([]);
  });
});

describe('V2, caps', () => {
  it('finds a revision of ours above the cap of its journal', () => {
    expect(broken([route(1), ...ready, route(2, { ...capped, stable: 89, candidate: 11 })])).toEqual(['V2']);
    expect(broken([route(1), ...ready, route(2, { ...capped, stable: 99, candidate: 1, stage: 1 })])).toEqual(['V2']);
  });

  it('finds a journal that bounds less than the stage promises', () => {
    const loose = { ...capped, stable: 60, candidate: 40, constraints: [{ kind: 'Cap', maxPercent: 40 }] };
    expect(broken([route(1), ...ready, route(2, loose)])).toEqual(['V2']);
    expect(broken([route(1), ...ready, route(2, loose)], { ...expectations, stageMaxPercent: null })).toEqual([]);
  });

  it('gives a foreign edit a moment, and no more', () => {
    const edited = [route(1), ...ready, route(2, capped), route(3, { ...capped, stable: 50, candidate: 50 })];
    expect(broken([...edited, intent(3), route(4, { ...capped, epoch: 2 })])).toEqual([]);
    expect(broken([...edited, intent(3), route(20, { ...capped, epoch: 2 })])).toEqual(['V2']);
    expect(broken([...edited, signal(30, 'Breach')])).toEqual(['V2']);
  });
});

describe('V3, readiness', () => {
  it('finds traffic we moved to a service without a ready endpoint', () => {
    const moved = [route(1), endpoints(1, 'credit-v1', false), route(2, capped)];
    expect(judged(moved)).toEqual(['V3 credit-v1 gets more traffic and has no ready endpoint']);
    expect(broken([...moved.slice(0, 1), route(2, capped)])).toEqual(['V3']);
  });

  it('judges by what was ready then, not later', () => {
    expect(broken([route(1), endpoints(1, 'credit-v1', true), route(2, capped), endpoints(3, 'credit-v1', false)])).toEqual([]);
  });

  it('leaves a release to the users’ intent', () => {
    const tombstone = route(3, { stage: 'Released' });
    expect(broken([route(1), endpoints(1, 'credit-v1', true), route(2, capped), tombstone])).toEqual([]);
  });
});

describe('V4, fields of others', () => {
  it.each([
    ['a host name', { hostnames: ['other.example'] }, 'spec'],
    ['a label', { labels: {} }, 'labels'],
  ])('finds %s we changed', (_, look, field) => {
    expect(judged([route(1), ...ready, route(2, { ...capped, ...look })])).toEqual([`V4 fields that are not ours changed: ${field}`]);
  });

  it('leaves what users changed meanwhile', () => {
    const look = { hostnames: ['other.example'] };
    expect(
      broken([
        route(1),
        ...ready,
        route(2, capped),
        route(3, { ...capped, ...look }),
        intent(3, look),
        route(4, { ...capped, ...look, epoch: 2 }),
      ]),
    ).toEqual([]);
  });

  it('finds another flag, or the state of ours, changed', () => {
    const [before, after] = [aFlagAt(1, 'on'), aFlagAt(2, 'off', 2)];
    expect(broken([before, after])).toEqual([]);
    const disabled = { flagSpec: { flags: { 'use-v2': { state: 'DISABLED', defaultVariant: 'off' } } } };
    expect(broken([before, { ...after, object: { ...after.object, spec: disabled } }])).toEqual(['V4']);
  });
});

describe('V5, quiet', () => {
  it('finds a write after all was settled, but for leases and writes without effect', () => {
    const settled = { ...expectations, settledAtMs: 5 * stepMs };
    expect(judged([write(4), write(7)], settled)).toEqual(['V5 written 2000 ms after all was settled']);
    expect(broken([write(7, { resource: 'leases', group: 'coordination.k8s.io' }), { ...write(7), effective: false }], settled)).toEqual(
      [],
    );
  });
});

describe('V6, restoration', () => {
  const restored: Expectations = { ...expectations, restored: true };

  it('finds a trace of ours', () => {
    expect(judged([route(1), route(2, { managers: ['kubectl', 'modelrisk-operator'] })], restored)).toEqual([
      'V6 the managedFields entry of modelrisk-operator is still there',
    ]);
    expect(broken([route(1), route(2, { stage: 'Released' })], restored)).toEqual(['V6', 'V6']);
  });

  it('wants the latest intent, not the first', () => {
    const edited = [route(1), ...ready, route(2, capped), intent(3, { stable: 70, candidate: 30 })];
    expect(
      broken([...edited, route(4, { stable: 70, candidate: 30, stage: 'Released' }), route(5, { stable: 70, candidate: 30 })], restored),
    ).toEqual([]);
    expect(judged([...edited, route(4, { stage: 'Released' }), route(5)], restored)).toEqual(['V6 spec is not as intended']);
  });
});

describe('V7, releases', () => {
  const held = [signal(1, 'Breach'), route(1), ...ready, route(2, capped)];
  const given = route(10, { stage: 'Released' });

  it.each(['Breach', 'Missing'] as const)('finds traffic given back while the signal says %s', (reading) => {
    expect(judged([...held, signal(3, reading), given])).toEqual([`V7 live traffic was given back while the signal said ${reading}`]);
  });

  it('accepts an Ok, one that ended a moment ago, and a person’s word', () => {
    expect(broken([...held, signal(8, 'Ok'), given])).toEqual([]);
    expect(broken([...held, signal(4, 'Ok'), signal(9, 'Breach'), given])).toEqual([]);
    expect(broken([...held, person(9), given])).toEqual([]);
  });

  it('does not accept an Ok of long ago', () => {
    expect(broken([...held, signal(3, 'Ok'), signal(5, 'Breach'), given])).toEqual(['V7']);
  });

  it('finds a step down that raises the share', () => {
    const steps = [signal(1, 'Breach'), route(1), ...ready, route(2, { stable: 100, candidate: 0, stage: 1 }), route(9, capped)];
    expect(broken(steps)).toEqual(['V7']);
  });

  it('finds a flag that moves live traffic turned forward', () => {
    const turned = [signal(1, 'Breach'), aFlagAt(1, 'on'), aFlagAt(2, 'off', 2), aFlagAt(9, 'on', 'Released')];
    expect(broken(turned)).toEqual(['V7']);
    expect(broken(turned, { ...expectations, flag: { ...flag, movesLiveTraffic: false } })).toEqual([]);
  });
});

describe('V8, one writer', () => {
  it('finds an epoch that goes back, over all targets', () => {
    const flagAtOne = aFlagAt(4, 'off', 2);
    expect(judged([route(1), ...ready, route(3, { ...capped, epoch: 2 }), aFlagAt(1, 'on'), flagAtOne])).toEqual([
      'V8 epoch 1 was written after 2 on httproutes lending/credit at 30',
    ]);
    expect(broken([route(1), ...ready, route(3, capped), aFlagAt(1, 'on'), flagAtOne])).toEqual([]);
  });

  it('lets an old epoch stand where nobody wrote', () => {
    const foreign = route(4, { ...capped, hostnames: ['other.example'] });
    expect(broken([route(1), ...ready, route(2, capped), aFlagAt(1, 'on'), foreign])).toEqual([]);
  });
});

describe('V9, the record', () => {
  const engaged = [route(1), ...ready, route(2, capped)];
  const settled: Expectations = { ...expectations, settledAtMs: 90 * stepMs };

  it('finds an entry changed, dropped, unlinked, skipped or forged', () => {
    const entries = chained(['Engaged', 'Escalated', 'Released']);
    expect(broken([incident(2, entries), incident(3, entries.slice(0, 2))])).toEqual(['V9']);
    expect(broken([incident(2, entries.slice(1))])).toEqual(['V9']);
    expect(broken([incident(2, entries.toSpliced(1, 1))])).toEqual(['V9']);
    expect(
      judged([
        incident(
          2,
          entries.map((entry, index) => (index === 2 ? { ...entry, type: 'Held' } : entry)),
        ),
      ]),
    ).toEqual(['V9 entry 2 does not hash to what it says']);
  });

  it('wants one incident for each engagement once all is settled', () => {
    expect(judged(engaged, settled)).toEqual(['V9 it has 0 incidents, not one']);
    expect(broken(engaged, expectations)).toEqual([]);
    const one = incident(3, chained(['Engaged']));
    expect(broken([...engaged, one], settled)).toEqual([]);
    expect(judged([...engaged, one, incident(4, chained(['Engaged']), { uid: 'second' })], settled)).toEqual([
      'V9 it has 2 incidents, not one',
    ]);
  });

  it('wants its beginning once, and its end once', () => {
    const twice = incident(3, chained(['Engaged', 'Engaged']));
    expect(judged([...engaged, twice], settled)).toEqual(['V9 its record says 2 times that it began']);
    const story = goodStory().filter((event) => event.kind !== 'Object' || event.resource !== 'riskincidents');
    expect(judged([...story, incident(12, chained(['Engaged']))], over)).toEqual(['V9 its record says 0 times that it was released']);
  });
});

describe('V10, namespaces', () => {
  it('finds a write elsewhere, refused or not', () => {
    const elsewhere = { ...write(2, { namespace: 'other' }), status: 403, effective: false };
    expect(judged([elsewhere])).toEqual(['V10 the plan may write in namespace lending only']);
    expect(broken([write(2, { namespace: null, group: 'authorization.k8s.io', resource: 'subjectaccessreviews', name: null })])).toEqual(
      [],
    );
  });
});

describe('V11, storms', () => {
  it('finds more writes than what happened explains', () => {
    const some = { ...expectations, writesPerChange: 2, extraWrites: 1 };
    const writes = (count: number) => Array.from({ length: count }, () => write(2));
    expect(broken([signal(1, 'Breach'), ...writes(5)], some)).toEqual([]);
    expect(judged([signal(1, 'Breach'), ...writes(6)], some)).toEqual(['V11 6 writes, 5 are in proportion to what happened']);
    expect(broken([signal(1, 'Breach'), ...writes(5), write(3, { resource: 'events' }), write(3, { resource: 'leases' })], some)).toEqual(
      [],
    );
  });

  it('counts each step of an engagement as a change', () => {
    const some = { ...expectations, writesPerChange: 1 };
    expect(broken([route(1), ...ready, route(2, capped), route(3, { ...capped, epoch: 2 }), write(2), write(3)], some)).toEqual([]);
  });
});

describe('V12, status', () => {
  const story = [route(1), ...ready, route(2, capped)];
  const status = (effective: string, generation = 2, verified = 'Verified') => planStatus(3, { generation, verified, effective });

  it('finds a share the route did not have at that generation', () => {
    expect(broken([...story, status('credit-v1 90 %, credit-v2 10 %')])).toEqual([]);
    expect(judged([...story, status('credit-v1 100 %, credit-v2 0 %')])).toEqual([
      'V12 status says credit-v2 has 0 % of credit at generation 2, the route had 10',
    ]);
    expect(broken([...story, status('credit-v1 90 %, credit-v2 10 %', 1)])).toEqual(['V12']);
  });

  it('holds nobody to what is not verified', () => {
    expect(broken([...story, status('credit-v1 100 %, credit-v2 0 %', 2, 'Waiting')])).toEqual([]);
  });

  it('does not take copies for live requests', () => {
    const shadowed = route(4, { stable: 100, candidate: 0, stage: 1, mirrored: true });
    expect(broken([...story, shadowed, status('credit-v1 100 %, credit-v2 0 %; copies 100 % to credit-v2', 4)])).toEqual([]);
  });
});

interface MeshLook {
  readonly weights?: readonly [safe: number | null, candidate: number | null];
  readonly mirrors?: readonly string[];
  readonly timeout?: string;
  readonly engaged?: boolean;
}

/** Istio's words for the same: `credit-v1` and `credit-v2` in one rule, and a mirror of the users' own. */
function mesh(step: number, { weights = [50, 50], mirrors = ['audit'], timeout = '5s', engaged = false }: MeshLook = {}): TimelineEvent {
  const to = (host: string, weight: number | null) => ({ destination: { host }, ...(weight === null ? {} : { weight }) });
  const held = aRouteAt(step, engaged ? { stage: 0 } : {}).metadata;
  return seen(step, 'virtualservices', {
    kind: 'VirtualService',
    metadata: { ...held, uid: 'mesh' },
    spec: {
      http: [
        {
          timeout,
          route: [to('credit-v1', weights[0]), to('credit-v2', weights[1])],
          mirrors: mirrors.map((host) => ({ destination: { host } })),
        },
      ],
    },
  });
}

describe('other kinds of routes', () => {
  it('a VirtualService under a cap, with a mirror of ours, is as it should be', () => {
    expect(judged([mesh(1), ...ready, mesh(2, { weights: [90, 10], mirrors: ['audit', 'credit-v2'], engaged: true })])).toEqual([]);
  });

  it('weights of a VirtualService are judged: sums, caps, readiness, releases', () => {
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [60, 40], engaged: true })])).toEqual(['V2']);
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [9, 1], engaged: true })])).toEqual(['V1']);
    expect(broken([mesh(1), endpoints(1, 'credit-v1', false), mesh(2, { weights: [90, 10], engaged: true })])).toEqual(['V3']);
    const bad = [mesh(1), signal(1, 'Breach'), ...ready, mesh(2, { weights: [90, 10], engaged: true }), signal(2, 'Breach')];
    expect(broken([...bad, mesh(9)])).toEqual(['V7']);
  });

  it('an absent weight beside others is 0 there, and of a destination alone all', () => {
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [100, null], engaged: true })])).toEqual([]);
  });

  it('what is not ours of a VirtualService is judged: other fields, and mirrors of users', () => {
    expect(judged([mesh(1), ...ready, mesh(2, { weights: [90, 10], timeout: '9s', engaged: true })])).toEqual([
      'V4 fields that are not ours changed: spec',
    ]);
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [90, 10], mirrors: ['credit-v2'], engaged: true })])).toEqual(['V4']);
  });

  it('a GRPCRoute is judged as an HTTPRoute', () => {
    const calls = (step: number, look: RouteLook): TimelineEvent => seen(step, 'grpcroutes', aRouteAt(step, look));
    expect(broken([calls(1, {}), ...ready, calls(2, { ...capped, candidate: 90, stable: 10 })])).toEqual(['V2']);
  });

  it('V12 is judged of them too', () => {
    const ref = { kind: 'VirtualService', name: 'credit', uid: 'mesh' };
    const verified = planStatus(2, { ref, generation: 2, effective: 'credit-v2 10 %', verified: 'Verified' });
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [90, 10], engaged: true }), verified])).toEqual([]);
    expect(broken([mesh(1), ...ready, mesh(2, { weights: [95, 5], engaged: true }), verified])).toEqual(['V12']);
  });
});

describe('kinds the judge knows no fields of', () => {
  const map = (step: number, data: object, more: { readonly engaged?: boolean; readonly label?: string } = {}): TimelineEvent => {
    const { metadata } = aRouteAt(step, more.engaged === true ? { stage: 0 } : {});
    return seen(step, 'configmaps', { metadata: { ...metadata, uid: 'map', labels: { team: more.label ?? 'lending' } }, data });
  };
  const untouched = { ...expectations, untouched: [{ other: 'as it was' }] };
  const first = { flags: 'on', other: 'as it was' };

  it('keep what their row says stands untouched, and what users wrote about them', () => {
    expect(broken([map(1, first), map(2, { ...first, flags: 'off' }, { engaged: true })], untouched)).toEqual([]);
    expect(judged([map(1, first), map(2, { flags: 'off', other: 'gone' }, { engaged: true })], untouched)).toEqual([
      'V4 fields that are not ours changed: {"other":"as it was"}',
    ]);
    expect(broken([map(1, first), map(2, first, { engaged: true, label: 'ours' })], untouched)).toEqual(['V4']);
  });

  it('are given back to the byte', () => {
    const end: Expectations = { ...untouched, settledAtMs: 14 * stepMs, restored: true };
    expect(
      judged([map(1, first), map(2, { ...first, flags: 'off' }, { engaged: true }), map(3, { ...first, flags: 'off' })], end),
    ).toContain('V6 data is not as intended');
  });
});
