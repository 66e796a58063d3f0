import { describe, expect, it } from '@jest/globals';

import * as given from '../../../builders/virtual-service.ts';
import {
  aVirtualService,
  cap,
  edited,
  givenBack,
  halfAndHalf,
  http,
  httpAt,
  passed,
  standing,
  to,
  weightsOf,
} from '../../../builders/virtual-service.ts';
import { journalOf } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const operationsOn = (...[live, claims = [cap(10)]]: readonly [ReturnType<typeof halfAndHalf>, Parameters<typeof passed>[1]?]) => {
  const { actuation } = passed(live, claims);
  if (actuation.kind !== 'Patch') throw new Error(`expected a patch, got ${JSON.stringify(actuation)}`);
  return actuation.operations;
};

describe('a cap on a VirtualService', () => {
  it('is one patch: tests of what it rests on, the weights, journal and epoch', () => {
    const operations = operationsOn(halfAndHalf());
    expect(operations.filter(({ path }) => path.startsWith('/spec'))).toEqual([
      { op: 'test', path: '/spec/http/0/match', value: [{ uri: { prefix: '/score' } }] },
      { op: 'test', path: '/spec/http/0/route', value: [to('credit-v2', 50), to('credit-v1', 50)] },
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: 10 },
      { op: 'replace', path: '/spec/http/0/route/1/weight', value: 90 },
    ]);
    expect(operations.map(({ op, path }) => `${op} ${path}`)).toEqual(
      expect.arrayContaining(['add /metadata/annotations/modelrisk.dev~1journal', 'add /metadata/annotations/modelrisk.dev~1epoch']),
    );
    expect(holdsFor(halfAndHalf(), operations)).toBe(true);
    expect(
      holdsFor(
        edited(halfAndHalf(), () => [http([to('credit-v2', 60), to('credit-v1', 40)])]),
        operations,
      ),
    ).toBe(false);
  });

  it('finds a rule by its name where it has one', () => {
    const live = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { name: 'score' })]);
    expect(operationsOn(live)).toContainEqual({ op: 'test', path: '/spec/http/0/name', value: 'score' });
    expect(journalOf(standing(live, [cap(10)]))).toMatchObject({ changes: { rules: [{ rule: 'name:score' }] } });
  });

  it('keeps the sum at 100, as Istio before relative weights demands', () => {
    const live = aVirtualService([http([to('credit-v2', 33), to('credit-v1', 60), to('credit-v0', 7)])]);
    for (const percent of [0, 1, 7, 10, 32]) {
      const weights = weightsOf(standing(live, [cap(percent)]));
      expect(weights).toEqual({ 'credit-v2': percent, 'credit-v1': 93 - percent, 'credit-v0': 7 });
    }
  });

  it('keeps relative weights relative', () => {
    const live = aVirtualService([http([to('credit-v2', 1), to('credit-v1', 2)])]);
    expect(weightsOf(standing(live, [cap(10)]))).toEqual({ 'credit-v2': 30, 'credit-v1': 270 });
    expect(givenBack(standing(live, [cap(10)]))).toEqual(live);
  });

  it.each([null, 0, 7, 100])(
    'of the only destination (weight %p: everything goes there) puts the safe one in, and takes it out again',
    (weight) => {
      const live = aVirtualService([http([to('credit-v2', weight, { port: 8080 })])]);
      const capped = standing(live, [cap(10)]);
      expect(given.httpOf(capped)[0]).toMatchObject({ route: [to('credit-v2', 10, { port: 8080 }), to('credit-v1', 90, { port: 8080 })] });
      expect(givenBack(capped)).toEqual(live);
    },
  );

  it('takes an absent weight beside others for 0', () => {
    const live = aVirtualService([http([to('credit-v2', 100), to('credit-v1', null)])]);
    const capped = standing(live, [cap(10)]);
    expect(weightsOf(capped)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(givenBack(capped)).toEqual(live);
    const idle = aVirtualService([http([to('credit-v2', null), to('credit-v1', 100)])]);
    expect(given.httpOf(standing(idle, [cap(10)]))).toEqual(given.httpOf(idle));
  });

  it('counts all ports of a host together, and subsets apart', () => {
    const ports = aVirtualService([http([to('credit-v2', 30, { port: 8080 }), to('credit-v2', 30, { port: 9090 }), to('credit-v1', 40)])]);
    expect(given.httpOf(standing(ports, [cap(20)]))[0]).toMatchObject({
      route: [{ weight: 10 }, { weight: 10 }, { weight: 80 }],
    });
    const subsets = aVirtualService([http([to('credit', 50, { subset: 'v2' }), to('credit', 50, { subset: 'v1' })])]);
    const claim = cap(10, {
      target: { candidate: { host: 'credit', subset: 'v2' }, safe: { host: 'credit', subset: 'v1', minReadyEndpoints: 1 } },
    });
    expect(weightsOf(standing(subsets, [claim]))).toEqual({ 'credit/v2': 10, 'credit/v1': 90 });
  });

  it.each(['credit-v2', 'credit-v2.lending.svc.cluster.local', 'credit-v2.lending.svc.example.org'])(
    'knows %s for the same Service',
    (host) => {
      const live = aVirtualService([http([to(host, 50), to('credit-v1', 50)])]);
      expect(weightsOf(standing(live, [cap(10)]))).toEqual({ [host]: 10, 'credit-v1': 90 });
      const claim = cap(10, { target: { candidate: { host, subset: null } } });
      expect(weightsOf(standing(halfAndHalf(), [claim]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    },
  );

  it('holds in every rule that has the candidate, and leaves the others alone: delegates, redirects and answers of the rule itself', () => {
    const others = [
      { match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/new' } },
      { match: [{ uri: { prefix: '/gone' } }], directResponse: { status: 410 } },
      { match: [{ uri: { prefix: '/team' } }], delegate: { name: 'team', namespace: 'other' } },
      httpAt('/health', [to('credit-v1', null)]),
    ];
    const live = aVirtualService([
      ...others,
      http([to('credit-v2', 50), to('credit-v1', 50)], { timeout: '5s', retries: { attempts: 2 } }),
    ]);
    const capped = standing(live, [cap(10)]);
    expect(given.httpOf(capped).slice(0, 4)).toEqual(others);
    expect(given.httpOf(capped)[4]).toMatchObject({ timeout: '5s', retries: { attempts: 2 } });
    expect(givenBack(capped)).toEqual(live);
  });

  it('bounds what somebody writes meanwhile, and gives that back', () => {
    const capped = standing(halfAndHalf(), [cap(10)]);
    const rewritten = edited(capped, () => [http([to('credit-v2', 80), to('credit-v1', 20)], { timeout: '3s' })]);
    const { live, actuation } = passed(rewritten, [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, intent: 'credit-v2 80 %, credit-v1 20 %' });
    expect(weightsOf(live)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(given.httpOf(givenBack(live))).toEqual([http([to('credit-v2', 80), to('credit-v1', 20)], { timeout: '3s' })]);
  });

  it('says what it does on one line', () => {
    expect(passed(halfAndHalf(), [cap(10)]).actuation).toMatchObject({
      before: 'credit-v2 50 %, credit-v1 50 %',
      after: 'credit-v2 10 %, credit-v1 90 %',
      intent: 'credit-v2 50 %, credit-v1 50 %',
    });
  });

  it('keeps the journal of weights no other route could have', () => {
    const heavy = aVirtualService([http([to('credit-v2', 2_000_000_000), to('credit-v1', 1_000_000_000), to('odd', -5)])]);
    const capped = standing(heavy, [cap(10)]);
    expect(given.actuator.readJournal(capped)).toMatchObject({ kind: 'Engaged' });
    expect(givenBack(capped)).toEqual(heavy);
    const crowd = aVirtualService([
      http([...Array.from({ length: 40 }, (_, index) => to(`other-${String(index)}`, 1)), to('credit-v2', 60)]),
    ]);
    expect(givenBack(standing(crowd, [cap(10)]))).toEqual(crowd);
    const longName = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { name: 'n'.repeat(1000) })]);
    expect(givenBack(standing(longName, [cap(10)]))).toEqual(longName);
  });
});
