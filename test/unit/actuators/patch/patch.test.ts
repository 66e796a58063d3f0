import { describe, expect, it } from '@jest/globals';

import type { Claim, TargetObject } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';
import { actuator, aThrottle, edited, patching, throttleSpec } from '../../../builders/patch.ts';

const settled = (live: TargetObject, ...claims: readonly Claim[]) => given.settled(live, claims, { actuator });
const pass = (live: TargetObject, ...claims: readonly Claim[]) => given.pass(live, claims, { actuator });
const released = (live: TargetObject) => given.released(live, { actuator });
const specOf = ({ spec }: TargetObject) => spec;
const verify = (live: TargetObject, ...claims: readonly Claim[]) => actuator.verify(given.inputFor(live, claims));

const tight = patching({ '/spec/limits/perSecond': 5, '/spec/mode': 'Closed' });

describe('a patch', () => {
  it('sets what it declares and nothing else', () => {
    expect(specOf(settled(aThrottle(), tight))).toEqual({ ...throttleSpec, limits: { perSecond: 5, burst: 5 }, mode: 'Closed' });
  });

  it('is one JSON Patch that tests what it replaces and tells of it in the journal', () => {
    const { actuation } = pass(aThrottle(), tight);
    expect(actuation).toMatchObject({
      kind: 'Patch',
      before: '/spec/limits/perSecond 50, /spec/mode "Open"',
      after: '/spec/limits/perSecond 5, /spec/mode "Closed"',
      intent: '/spec/limits/perSecond 50, /spec/mode "Open"',
      moves: true,
      foreignEdit: false,
      rejected: [],
    });
    expect(actuation.kind === 'Patch' ? actuation.operations.slice(2, -2) : []).toEqual([
      { op: 'test', path: '/spec/limits/perSecond', value: 50 },
      { op: 'test', path: '/spec/mode', value: 'Open' },
      { op: 'replace', path: '/spec/limits/perSecond', value: 5 },
      { op: 'replace', path: '/spec/mode', value: 'Closed' },
    ]);
  });

  it('asks nothing more once it stands', () => {
    const live = settled(aThrottle(), tight);
    expect(pass(live, tight).actuation).toMatchObject({ kind: 'Unchanged', effective: '/spec/limits/perSecond 5, /spec/mode "Closed"' });
  });

  it('journals nothing where the user wants the same', () => {
    const same = patching({ '/spec/mode': 'Open' });
    expect(given.journalOf(settled(aThrottle(), same))).toMatchObject({ changes: { values: [], parents: [] } });
  });

  it('replaces a list as a whole', () => {
    const live = settled(aThrottle(), patching({ '/spec/tags': ['only'] }));
    expect(specOf(live)).toMatchObject({ tags: ['only'] });
    expect(released(live)).toEqual(aThrottle());
  });

  it('tests the generation where the value it replaces holds a null in a list, which crashes the API server', () => {
    const { actuation } = pass(aThrottle(), patching({ '/spec/rules': [] }));
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(operations).toContainEqual({ op: 'test', path: '/metadata/generation', value: 1 });
    expect(operations.filter(({ op, path }) => op === 'test' && path === '/spec/rules')).toEqual([]);
  });

  it('escapes keys that hold / and ~', () => {
    const live = settled(aThrottle(), patching({ '/metadata/labels/example.com~1tier': 'low', '/spec/a~0b': 1 }));
    expect(live).toMatchObject({ metadata: { labels: { 'example.com/tier': 'low' } }, spec: { 'a~b': 1 } });
    expect(released(live)).toEqual(aThrottle());
  });
});

describe('what was not there', () => {
  const deep = patching({ '/spec/new/deep/value': 1, '/spec/new/other': 2 });

  it('is made with its parents, and goes again with them', () => {
    const live = settled(aThrottle(), deep);
    expect(specOf(live)).toEqual({ ...throttleSpec, new: { deep: { value: 1 }, other: 2 } });
    expect(released(live)).toEqual(aThrottle());
  });

  it('goes alone where its parent was there, empty', () => {
    const before = aThrottle({ ...throttleSpec, new: {} });
    expect(released(settled(before, deep))).toEqual(before);
  });

  it('goes without a parent others have put something into since', () => {
    const live = settled(aThrottle(), deep);
    const kept = edited(live, { ...throttleSpec, new: { deep: { value: 1 }, other: 2, mine: true } });
    expect(specOf(released(settled(kept, deep)))).toEqual({ ...throttleSpec, new: { mine: true } });
  });

  it.each([undefined, {}])('an annotation beside the journal, where the map of annotations is %j', (annotations) => {
    const { annotations: _, ...bare } = aThrottle().metadata as Record<string, never>;
    const before: TargetObject = { ...aThrottle(), metadata: annotations === undefined ? bare : { ...bare, annotations } };
    const live = settled(before, patching({ '/metadata/annotations/example.com~1limit': 'low' }));
    expect(given.annotationsOf(live)).toMatchObject({ 'example.com/limit': 'low', 'modelrisk.dev/epoch': '1' });
    expect(released(live)).toEqual(before);
  });
});

describe('edits by others', () => {
  it('of a patched value are new intent: bounded again, and given back', () => {
    const theirs = edited(settled(aThrottle(), tight), { ...throttleSpec, limits: { perSecond: 80, burst: 5 }, mode: 'Closed' });
    const again = pass(theirs, tight);
    expect(again.actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(specOf(again.live)).toMatchObject({ limits: { perSecond: 5 } });
    expect(specOf(released(again.live))).toEqual({ ...throttleSpec, limits: { perSecond: 80, burst: 5 } });
  });

  it('that take it away mean that it shall not be there', () => {
    const { mode: _, ...without } = throttleSpec;
    const again = settled(edited(settled(aThrottle(), tight), without), tight);
    expect(specOf(again)).toMatchObject({ mode: 'Closed' });
    expect(specOf(released(again))).toEqual(without);
  });

  it('elsewhere are none of ours', () => {
    const live = settled(aThrottle(), tight);
    const theirs = edited(live, { ...(live.spec as object), limits: { perSecond: 5, burst: 9 } });
    expect(pass(theirs, tight).actuation).toMatchObject({ kind: 'Unchanged' });
    expect(specOf(released(theirs))).toEqual({ ...throttleSpec, limits: { perSecond: 50, burst: 9 } });
  });

  it('between reading and patching fail a test', () => {
    const { actuation } = pass(aThrottle(), tight);
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(holdsFor(aThrottle(), operations)).toBe(true);
    expect(holdsFor(edited(aThrottle(), { ...throttleSpec, mode: 'Half' }), operations)).toBe(false);
    expect(holdsFor(edited(aThrottle(), { ...throttleSpec, limits: {} }), operations)).toBe(false);
  });

  it('that leave no way to a value leave the rest in force, and say so', () => {
    const live = settled(aThrottle(), tight);
    const theirs = edited(live, { ...(live.spec as object), limits: [1] });
    const again = pass(theirs, tight);
    expect(again.actuation).toMatchObject({ rejected: [{ reason: 'PathUnreachable' }] });
    expect(specOf(again.live)).toMatchObject({ limits: [1], mode: 'Closed' });
    expect(specOf(released(again.live))).toEqual({ ...throttleSpec, limits: [1] });
  });
});

describe('verification', () => {
  it('waits for the patch to show', () => {
    expect(verify(aThrottle(), tight)).toMatchObject({ kind: 'Waiting' });
    expect(verify(settled(aThrottle(), tight), tight)).toEqual({ kind: 'Verified', unmet: [] });
  });

  it.each([
    { observedGeneration: 0, expected: 'Waiting' },
    { observedGeneration: 1, expected: 'Verified' },
  ])('by status.observedGeneration $observedGeneration of generation 1: $expected', ({ observedGeneration, expected }) => {
    const live = { ...settled(aThrottle(), tight), status: { observedGeneration } };
    expect(verify(live, tight).kind).toBe(expected);
  });
});

it('two plans join at different paths and part in any order', () => {
  const other = patching({ '/spec/limits/burst': 1 }, { holder: { plan: 'other' } });
  const both = settled(aThrottle(), tight, other);
  expect(settled(settled(aThrottle(), other), other, tight)).toEqual(both);
  expect(specOf(both)).toMatchObject({ limits: { perSecond: 5, burst: 1 }, mode: 'Closed' });
  expect(specOf(settled(both, other))).toEqual({ ...throttleSpec, limits: { perSecond: 50, burst: 1 } });
  expect(specOf(settled(both, tight))).toEqual({ ...throttleSpec, limits: { perSecond: 5, burst: 5 }, mode: 'Closed' });
  expect(released(both)).toEqual(aThrottle());
});

describe('of two plans that want different things at one path', () => {
  const older = patching({ '/spec/mode': 'Half' }, { holder: { plan: 'older', planCreatedAtMs: 1 } });
  const younger = patching({ '/spec/mode': 'Closed', '/spec/limits/burst': 1 }, { holder: { plan: 'younger', planCreatedAtMs: 2 } });
  const within = patching({ '/spec/limits': { perSecond: 1 } }, { holder: { plan: 'within', planCreatedAtMs: 3 } });

  it('the older wins; of the loser nothing is set, whoever came first', () => {
    const first = pass(aThrottle(), older, younger);
    expect(first.actuation).toMatchObject({ rejected: [{ planUID: 'younger-uid', reason: 'Conflicted' }] });
    expect(specOf(first.live)).toEqual({ ...throttleSpec, mode: 'Half' });
    const late = pass(settled(aThrottle(), younger), younger, older);
    expect(late.actuation).toMatchObject({ rejected: [{ planUID: 'younger-uid', reason: 'Conflicted' }] });
    expect(specOf(late.live)).toEqual({ ...throttleSpec, mode: 'Half' });
  });

  it('a loser that was held steps in when the winner leaves', () => {
    const late = settled(settled(aThrottle(), younger), younger, older);
    expect(specOf(settled(late, younger))).toMatchObject({ mode: 'Closed', limits: { burst: 1 } });
    expect(released(late)).toEqual(aThrottle());
  });

  it('a path within another’s is the same place', () => {
    expect(pass(aThrottle(), younger, within).actuation).toMatchObject({
      rejected: [
        {
          planUID: 'within-uid',
          reason: 'Conflicted',
          message:
            'Plan younger comes first and its target throttle sets /spec/limits/burst, plan within sets /spec/limits: agree on one value for one path. Nothing of target throttle is set meanwhile.',
        },
      ],
    });
  });

  it('a loser keeps nobody else out', () => {
    const third = patching({ '/spec/limits/burst': 2 }, { holder: { plan: 'third', planCreatedAtMs: 3 } });
    expect(specOf(settled(aThrottle(), older, younger, third))).toEqual({
      ...throttleSpec,
      mode: 'Half',
      limits: { perSecond: 50, burst: 2 },
    });
  });

  it('the same value is no conflict', () => {
    const same = patching({ '/spec/mode': 'Half' }, { holder: { plan: 'same', planCreatedAtMs: 4 } });
    expect(pass(aThrottle(), older, same).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });
});
