import { describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../../testbed/api-client.ts';
import { awaitedOf, differencesBetween, endStateOf, flagIs, planIsIdle, stageHolds } from '../../../../testbed/crash/end-state.ts';
import { aFlagAt, chained, incident, route, seen } from '../../../builders/timeline.ts';

const entries = chained(['Engaged', 'Released', 'Closed']);
const [first, , last] = entries;

function closed(step: number, trigger: readonly object[] = [{ indicator: 'score-drift', verdict: 'Breach' }]) {
  const event = incident(step, entries);
  const { spec, status } = event.object as unknown as { readonly spec: object; readonly status: object };
  return { ...event, object: { ...event.object, spec: { ...spec, trigger }, status: { ...status, closedAt: 'then' } } };
}

function head(step: number, changes: { readonly tail?: string; readonly last?: string } = {}) {
  const tails = [{ incident: 'incident', seq: 2, hash: changes.tail ?? last?.hash }];
  const object: KubeObject = {
    metadata: { name: 'chain', uid: 'chain', resourceVersion: String(step * 10) },
    spec: { tails, last: { incident: 'incident', hash: changes.last ?? first?.hash } },
  };
  return seen(step, 'riskchainheads', object);
}

function plan(step: number, status: object) {
  return seen(step, 'mitigationplans', {
    metadata: { name: 'credit', uid: 'plan', resourceVersion: String(step * 10), finalizers: ['modelrisk.dev/restore'] },
    status,
  });
}

const idle = { phase: 'Idle', memory: { phase: 'Idle', engagement: 1, recentEngagementTimes: ['then'] } };

describe('what is awaited', () => {
  it('is nothing once targets are free, the plan is Idle after an engagement and its record is closed', () => {
    expect(awaitedOf([route(1), aFlagAt(1, 'on'), plan(1, idle), closed(1)])).toEqual([]);
  });

  it.each([
    ['a journal', [route(2, { stage: 0 })], 'httproutes given back'],
    ['a tombstone', [aFlagAt(2, 'on', 'Released')], 'featureflags given back'],
    ['our manager', [route(2, { managers: ['modelrisk-operator'] })], 'httproutes given back'],
    ['an engaged plan', [plan(2, { phase: 'Engaged' })], 'the plan Idle after an engagement'],
    ['a plan that never engaged', [plan(2, { phase: 'Idle', memory: { engagement: 0 } })], 'the plan Idle after an engagement'],
    ['an open record', [incident(2, entries)], 'its incident closed'],
  ])('is the end of %s', (_, events, awaited) => {
    expect(awaitedOf([route(1), aFlagAt(1, 'on'), plan(1, idle), closed(1), ...events])).toEqual([awaited]);
  });

  it('is a record where there is none', () => {
    expect(awaitedOf([plan(1, idle)])).toEqual(['its incident closed']);
  });
});

describe('the end state', () => {
  const end = endStateOf([route(1), plan(1, idle), closed(1), head(1)]);

  it('holds no name, time or digest that differs between runs', () => {
    expect(end.incidents).toEqual([
      { engagement: 1, trigger: ['score-drift Breach'], steps: ['Engaged', 'Released', 'Closed'], closed: true },
    ]);
    expect(end.plans[0]?.memory).toEqual({ phase: 'Idle', engagement: 1, counted: 1 });
    expect(end.chain).toEqual({ heads: 1, lastIsAnIncident: true, tailsBehind: 0, tails: 1 });
  });

  it.each([
    ['a head whose tail lags behind the record', [head(2, { tail: entries[0]?.hash ?? '' })], ['chain.tailsBehind is 1, not 0']],
    ['a head that names another beginning', [head(2, { last: 'other' })], ['chain.lastIsAnIncident is false, not true']],
    ['a record without its evidence', [closed(2, [])], ['incidents.0.trigger.0 is absent, not "score-drift Breach"']],
    [
      'an engagement counted twice',
      [plan(2, { ...idle, memory: { ...idle.memory, recentEngagementTimes: ['a', 'b'] } })],
      ['plans.0.memory.counted is 2, not 1'],
    ],
  ])('tells %s', (_, events, difference) => {
    const other = endStateOf([route(1), plan(1, idle), closed(1), head(1), ...events]);
    expect(differencesBetween(other, end)).toEqual(difference);
  });

  it('leaves out what was deleted', () => {
    const gone = { ...closed(2), change: 'Deleted' as const };
    expect(endStateOf([closed(1), gone]).incidents).toEqual([]);
  });
});

describe('targets of any kind', () => {
  const aMap = (step: number, data: object, annotations: Readonly<Record<string, string>> = {}) =>
    seen(step, 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'flags', uid: 'map', resourceVersion: String(step * 10), annotations },
      data,
    });

  it('are compared by all that users own of them, wherever a kind keeps it', () => {
    const end = endStateOf([aMap(1, { flags: '{}' })]);
    expect(end.targets).toEqual({ configmaps: [{ data: { flags: '{}' }, annotations: {}, managers: [] }] });
    expect(differencesBetween(endStateOf([aMap(1, { flags: '{}' }), aMap(2, { flags: 'x' })]), end)).toEqual([
      'targets.configmaps.0.data.flags is "x", not "{}"',
    ]);
  });

  it('are awaited until they are free', () => {
    const all = [aMap(1, {}), plan(1, idle), closed(1)];
    expect(awaitedOf(all)).toEqual([]);
    expect(awaitedOf([...all, aMap(2, {}, { 'modelrisk.dev/epoch': '1' })])).toEqual(['configmaps given back']);
  });
});

it('a stage holds when the plan says so, of this stage and not of the one before', () => {
  const engaged = (stage: number, effective: string) =>
    plan(1, {
      phase: 'Engaged',
      memory: { phase: 'Engaged', stage, engagement: 1 },
      conditions: [{ type: 'Effective', status: effective, reason: 'Any' }],
    });
  expect(stageHolds([engaged(1, 'True')], 1)).toBe(true);
  expect(stageHolds([engaged(0, 'True')], 1)).toBe(false);
  expect(stageHolds([engaged(1, 'False')], 1)).toBe(false);
  expect(stageHolds([plan(1, idle)], 0)).toBe(false);
});

it('looks at the latest revision of plan and flag', () => {
  expect(planIsIdle([plan(1, { phase: 'Engaged' }), plan(2, idle)])).toBe(true);
  expect(planIsIdle([plan(2, { phase: 'Engaged' }), plan(1, idle)])).toBe(false);
  expect(flagIs([aFlagAt(1, 'on'), aFlagAt(2, 'off', 2)], 'use-v2', 'off')).toBe(true);
});
