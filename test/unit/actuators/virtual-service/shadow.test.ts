import { describe, expect, it } from '@jest/globals';

import { surroundings } from '../../../builders/http-route.ts';
import {
  aVirtualService,
  cap,
  edited,
  givenBack,
  halfAndHalf,
  http,
  httpOf,
  passed,
  shadow,
  standing,
  to,
  weightsOf,
} from '../../../builders/virtual-service.ts';

const mirrorTo = (host: string, value: number | null = null) => ({
  destination: { host },
  ...(value === null ? {} : { percentage: { value } }),
});

describe('shadow on a VirtualService', () => {
  it('gives the candidate copies and no live traffic, in a list it takes away again', () => {
    const live = standing(halfAndHalf(), [shadow(100)]);
    expect(weightsOf(live)).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });
    expect(httpOf(live)[0]).toMatchObject({ mirrors: [mirrorTo('credit-v2')] });
    expect(givenBack(live)).toEqual(halfAndHalf());
  });

  it('mirrors a share where it is asked for one, to the port and subset the route names', () => {
    const destination = { host: 'credit', subset: 'v2', port: { number: 8080 } };
    const route = aVirtualService([http([{ destination, weight: 50 }, to('credit', 50, { subset: 'v1' })])]);
    const claim = shadow(25, {
      target: { candidate: { host: 'credit', subset: 'v2' }, safe: { host: 'credit', subset: 'v1', minReadyEndpoints: 1 } },
    });
    expect(httpOf(standing(route, [claim]))[0]).toMatchObject({ mirrors: [{ destination, percentage: { value: 25 } }] });
  });

  it('changes its share, and goes back to a cap', () => {
    const half = standing(standing(halfAndHalf(), [shadow(100)]), [shadow(50)]);
    expect(httpOf(half)[0]).toMatchObject({ mirrors: [mirrorTo('credit-v2', 50)] });
    const capped = standing(half, [cap(10)]);
    expect(httpOf(capped)[0]).not.toHaveProperty('mirrors');
    expect(givenBack(capped)).toEqual(halfAndHalf());
  });

  it('stands beside the mirrors users have', () => {
    const mirrors = [mirrorTo('audit', 12.5), mirrorTo('archive')];
    const route = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { mirrors })]);
    const live = standing(route, [shadow(100)]);
    expect(httpOf(live)[0]).toMatchObject({ mirrors: [...mirrors, mirrorTo('credit-v2')] });
    expect(givenBack(live)).toEqual(route);
    const emptied = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { mirrors: [] })]);
    expect(givenBack(standing(emptied, [shadow(100)]))).toEqual(emptied);
  });

  it.each(['mirror', 'mirrors'])('adds no second copy where users mirror to the candidate already, by %s', (field) => {
    const more = field === 'mirror' ? { mirror: { host: 'credit-v2' } } : { mirrors: [mirrorTo('credit-v2', 5)] };
    const route = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], more)]);
    const live = standing(route, [shadow(100)]);
    expect(httpOf(live)[0]).toMatchObject(more);
    expect(weightsOf(live)).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });
    expect(givenBack(live)).toEqual(route);
  });

  it('is refused by name where the one mirror of a rule goes elsewhere; a cap is not', () => {
    const route = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { mirror: { host: 'audit' }, mirror_percent: 5 })]);
    expect(passed(route, [shadow(100)]).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [
        {
          reason: 'MirrorTaken',
          message:
            'Rule 1 of VirtualService lending/credit mirrors to audit by its field mirror, beside which Istio allows no other: write that as an entry of mirrors.',
        },
      ],
    });
    const capped = standing(route, [cap(10)]);
    expect(httpOf(capped)[0]).toMatchObject({ mirror: { host: 'audit' }, mirror_percent: 5 });
    expect(passed(route, [cap(10)]).actuation).toMatchObject({ after: 'credit-v2 10 %, credit-v1 90 %; copies 5 % to audit' });
    expect(givenBack(capped)).toEqual(route);
  });

  it('keeps live traffic off the candidate when its users take the place of its mirror', () => {
    const engaged = standing(halfAndHalf(), [shadow(100)]);
    const taken = edited(engaged, ([rule = {}]) => [{ ...rule, mirror: { host: 'audit' } }]);
    const { live, actuation } = passed(taken, [shadow(100)]);
    expect(actuation).toMatchObject({ rejected: [{ reason: 'MirrorTaken' }] });
    expect(weightsOf(live)).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });
    expect(httpOf(live)[0]).not.toHaveProperty('mirrors');
  });

  it('needs the candidate to be there', () => {
    expect(passed(halfAndHalf(), [shadow(100)], { surroundings: surroundings({ missing: ['credit-v2'] }) }).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'BackendMissing', message: expect.stringContaining('Service lending/credit-v2 does not exist: create it') }],
    });
  });
});
