import { expect, it } from '@jest/globals';

import type { EffectFigures } from '../../../../bench/effect.ts';
import type { ChangeFigures } from '../../../../bench/effect/judgement.ts';
import { effectRows } from '../../../../bench/effect/table.ts';
import { formatRows } from '../../../../bench/tables.ts';

const change: ChangeFigures = {
  change: 'engage: cap of 10 %',
  requests: 2000,
  sharePercent: 10.5,
  expectedPercent: 10,
  sigmas: 0.75,
  asExpected: true,
  copies: 0,
  copiesExpected: 0,
  sentSince: 2700,
  errors: 0,
};

const figures: EffectFigures = {
  gateway: 'Contour and Envoy',
  requestsPerSecond: 200,
  sigmaLimit: 3,
  falseAlarmChance: 0.04,
  routes: [
    {
      kind: 'HTTPRoute',
      wire: 'HTTP/1.1',
      requests: 20_000,
      errors: 1,
      changes: [
        change,
        { ...change, change: 'escalate to shadow', sharePercent: 0, expectedPercent: 0, sigmas: null, copies: 1999, copiesExpected: 2000 },
      ],
    },
  ],
  broken: [],
  notMeasured: { VirtualService: 'needs Istio' },
};

it('a row of the table says what was seen of a change, what was expected, and whether it was met', () => {
  expect(formatRows(effectRows(figures)).replaceAll(/ {2,}/g, '  ').trim().split('\n')).toEqual([
    'traffic moved by  Contour and Envoy',
    'HTTPRoute, engage: cap of 10 %  10.50 % of 2000, 0 copies, 0 errors in 2700  met: 10 %, 0.75 sigma',
    'HTTPRoute, escalate to shadow  0.00 % of 2000, 1999 copies, 0 errors in 2700  MISSED: 0 %, exact',
    'HTTPRoute over HTTP/1.1: requests that failed  1 of 20000 at 200 a second  MISSED: none',
    'chance of a share beyond 3 sigma though all is well  at most 0.04',
    'VirtualService: not measured  needs Istio',
  ]);
});
