import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import { aRoute, backend, cap, pass, released, rule, settled, shadow } from '../../../builders/http-route.ts';

interface Rules {
  readonly rules: readonly { readonly backendRefs: readonly { readonly name: string; readonly weight: number }[] }[];
}

const holder = { plan: 'older' };
const end = (service: string) => ({ service, port: 8080 });
/** Whoever leaves one version goes to the one before it. */
const leaving = (version: number, plan: string, percent = 10) =>
  cap(percent, {
    holder: { plan },
    target: { candidate: end(`credit-v${version}`), safe: { ...end(`credit-v${version - 1}`), minReadyEndpoints: 1 } },
  });
const weights = (live: TargetObject) =>
  Object.fromEntries((live.spec as unknown as Rules).rules[0]?.backendRefs.map(({ name, weight }) => [name, weight]) ?? []);
const ofV3Alone = aRoute([rule([backend('credit-v3', 100)])]);

describe('a limit on what no rule names, while another plan would send requests to it', () => {
  it.each([
    ['a limit', cap(0, { holder })],
    ['a shadow', shadow(100, { holder })],
  ])('regression: %s holds: the requests go on to its own safe backend', (_what, older) => {
    const newer = leaving(3, 'newer');
    const { live, actuation } = pass(ofV3Alone, [older, newer]);
    expect(weights(live)).toEqual({ 'credit-v3': 10, 'credit-v1': 90 });
    expect(actuation.rejected).toEqual([]);
    expect(weights(pass(ofV3Alone, [newer, older]).live)).toEqual(weights(live));
    expect(released(live)).toEqual(ofV3Alone);
  });

  it('regression: takes from it what the other plan had sent there before', () => {
    const newer = leaving(3, 'newer');
    const before = settled(ofV3Alone, [newer]);
    expect(weights(before)).toEqual({ 'credit-v3': 10, 'credit-v2': 90 });
    const live = settled(before, [newer, cap(0, { holder })]);
    expect(weights(live)).toEqual({ 'credit-v3': 10, 'credit-v1': 90 });
    expect(weights(settled(live, [cap(0, { holder })]))).toEqual({ 'credit-v3': 100 });
  });

  it('holds over several of them', () => {
    const live = aRoute([rule([backend('credit-v4', 100)])]);
    const claims = [cap(0, { holder }), leaving(3, 'newer'), leaving(4, 'newest')];
    expect(weights(settled(live, claims))).toEqual({ 'credit-v4': 10, 'credit-v1': 90 });
  });

  it('is refused where nobody sends any there', () => {
    const claims = [cap(0, { holder }), leaving(3, 'newer')];
    const { actuation } = pass(aRoute([rule([backend('credit-v9', 100)])]), claims);
    expect(actuation.rejected.map(({ reason }) => reason)).toEqual(['CandidateAbsent', 'CandidateAbsent']);
  });
});
