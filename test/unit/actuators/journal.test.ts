import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import { featureFlagActuator } from '../../../src/actuators/feature-flag/actuator.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import * as given from '../../builders/http-route.ts';
import { cap, halfAndHalf, weightsOf } from '../../builders/http-route.ts';

const engaged = given.settled(halfAndHalf(), [cap(10)], { epoch: 3 });
const rewritten = (change: (journal: Record<string, unknown>) => unknown): TargetObject =>
  given.withAnnotations(engaged, { 'modelrisk.dev/journal': JSON.stringify(change(given.journalOf(engaged))) });
const withText = (text: string): TargetObject => given.withAnnotations(halfAndHalf(), { 'modelrisk.dev/journal': text });

describe('a journal that is not ours', () => {
  it.each<[string, TargetObject]>([
    ['copied to another object', { ...engaged, metadata: { ...(engaged.metadata as object), uid: 'copy-uid' } }],
    ['copied together with the name', rewritten((journal) => ({ ...journal, uid: 'other-uid' }))],
    ['of another kind of target', rewritten((journal) => ({ ...journal, targetKind: 'FeatureFlag' }))],
    ['with a member we never write', rewritten((journal) => ({ ...journal, path: '/spec/hostnames' }))],
    [
      'with a change we never make',
      rewritten((journal) => ({ ...journal, changes: { rules: [], percentPruned: false, hostnames: ['evil'] } })),
    ],
    ['with a weight out of bounds', rewritten((journal) => JSON.parse(JSON.stringify(journal).replace('"intent":50', '"intent":1000001')))],
    ['with a weight below zero', rewritten((journal) => JSON.parse(JSON.stringify(journal).replace('"intent":50', '"intent":-1')))],
    [
      'that speaks of another route',
      rewritten((journal) => JSON.parse(JSON.stringify(journal).replace('"object":"credit"', '"object":"other"'))),
    ],
    ['without holders', rewritten(({ claims: _claims, ...journal }) => journal)],
    ['with a holder that lacks its engagement', rewritten((journal) => JSON.parse(JSON.stringify(journal).replace('"engagement":1,', '')))],
    ['in an unknown state', rewritten((journal) => ({ ...journal, state: 'Paused' }))],
    ['of schema version 0', rewritten((journal) => ({ ...journal, schemaVersion: 0 }))],
    ['of half a schema version', rewritten((journal) => ({ ...journal, schemaVersion: 1.5 }))],
    ['that is no JSON', withText('{')],
    ['that is no object', withText('[1]')],
    ['that is null', withText('null')],
    ['that is longer than any we write', withText(`${JSON.stringify(given.journalOf(engaged))}${' '.repeat(70_000)}`)],
    ['nested without end', withText(`{"schemaVersion": 1, "uid": "route-uid", "changes": ${'{"x":'.repeat(9000)}1${'}'.repeat(9000)}}`)],
    ['with a member named __proto__', withText(`{"__proto__": {"state": "Released"}, "schemaVersion": 1, "uid": "route-uid"}`)],
  ])('%s is reported, not obeyed', (_name, live) => {
    expect(httpRouteActuator.readJournal(live)).toMatchObject({
      kind: 'Foreign',
      message: expect.stringContaining('modelrisk.dev/journal'),
    });
    // Obeyed, it would raise the candidate from 10 to the 50 it claims for intent.
    expect(given.pass(live, []).actuation.kind).toBe('Unchanged');
    expect(httpRouteActuator.finish(live)).toBeNull();
  });

  it('gives way to a real one, and what stands counts as intent', () => {
    const copied = { ...engaged, metadata: { ...(engaged.metadata as object), uid: 'copy-uid' } };
    const next = given.settled(copied, [cap(5)], { epoch: 3 });
    expect(weightsOf(next)).toEqual({ 'credit-v2': 5, 'credit-v1': 95 });
    expect(weightsOf(given.released(next, { epoch: 3 }))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });
});

it('regression: a journal of a build that knew no unrecorded steps is obeyed, and released from as written', () => {
  const older = rewritten((journal) =>
    JSON.parse(JSON.stringify(journal).replaceAll('"unrecorded":[],', '').replaceAll(',"unrecorded":[]', '')),
  );
  expect(JSON.stringify(older)).not.toContain('unrecorded');
  expect(httpRouteActuator.readJournal(older)).toMatchObject({ kind: 'Engaged', holders: [{ unrecorded: [] }] });
  expect(weightsOf(given.released(older, { epoch: 4 }))).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
});

describe('a journal of a newer operator', () => {
  const newer = rewritten((journal) => ({ ...journal, schemaVersion: 2, somethingNew: true }));

  it('is known for what it is, and nothing is touched', () => {
    expect(httpRouteActuator.readJournal(newer)).toEqual({ kind: 'NewerSchema', schemaVersion: 2 });
    expect(given.pass(newer, [cap(5)], { epoch: 3 }).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'NewerJournal' }] });
    expect(given.pass(newer, [], { epoch: 3 }).actuation).toEqual({ kind: 'Refused', rejected: [] });
    expect(httpRouteActuator.finish(newer)).toBeNull();
  });

  it('copied from another object is foreign all the same', () => {
    const copied = rewritten((journal) => ({ ...journal, schemaVersion: 2, uid: 'other-uid' }));
    expect(httpRouteActuator.readJournal(copied)).toMatchObject({ kind: 'Foreign' });
  });
});

describe('a journal of ours', () => {
  it('is read in any layout', () => {
    const spaced = given.withAnnotations(engaged, { 'modelrisk.dev/journal': JSON.stringify(given.journalOf(engaged), null, 2) });
    expect(httpRouteActuator.readJournal(spaced)).toEqual(httpRouteActuator.readJournal(engaged));
  });

  it('names one holder a plan, however many targets it has here', () => {
    const second = cap(10, { target: { name: 'second' } });
    const reading = httpRouteActuator.readJournal(given.settled(halfAndHalf(), [cap(10), second]));
    expect(reading).toMatchObject({ kind: 'Engaged', holders: [{ plan: 'credit' }], claims: [{}, {}] });
  });

  it('is absent where there is none', () => {
    expect(httpRouteActuator.readJournal(halfAndHalf())).toEqual({ kind: 'None' });
    expect(featureFlagActuator.readJournal({ metadata: {} })).toEqual({ kind: 'None' });
  });

  it('is never written larger than we would read it', () => {
    const many = Array.from({ length: 63 }, (_, index) =>
      cap(10, {
        holder: {
          plan: `plan-${String(index)}`,
          triggeredBy: Array.from({ length: 20 }, (__, n) => `an-indicator-with-a-long-name-${String(n)}`),
        },
      }),
    );
    expect(given.pass(halfAndHalf(), many).actuation).toMatchObject({
      kind: 'Refused',
      rejected: expect.arrayContaining([expect.objectContaining({ reason: 'JournalTooLarge' })]),
    });
  });

  it('has the epoch beside it; one no leader of ours could have written counts as none', () => {
    const readEpoch = (text: string) => httpRouteActuator.readJournal(given.withAnnotations(engaged, { 'modelrisk.dev/epoch': text }));
    expect(readEpoch('12')).toMatchObject({ epoch: 12 });
    for (const text of ['012', '-1', '1e3', '', '99999999999999999999']) expect(readEpoch(text)).toMatchObject({ epoch: 0 });
  });
});
