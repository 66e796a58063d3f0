import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import { annotationsOf, inputFor, journalOf } from '../../../builders/http-route.ts';
import {
  actuator,
  anInferenceService,
  canariesOf,
  cap,
  edited,
  editPercent,
  givenBack,
  percentOf,
  reported,
  specOf,
  standing,
  twoWrites,
  withCanaries,
} from '../../../builders/inference-service.ts';

const ofCanary = (maxPercent: number, name: string, plan = 'credit') => cap(maxPercent, { target: { canary: name }, holder: { plan } });

function patchOf(live: TargetObject, maxPercent = 10) {
  const actuation = actuator.plan(inputFor(live, [cap(maxPercent)]));
  if (actuation.kind !== 'Patch') throw new Error(actuation.kind);
  return actuation;
}

describe('the share of the latest revision', () => {
  it('is all of them where nothing is said, and what the cap allows under it', () => {
    const actuation = patchOf(anInferenceService());
    expect(actuation).toMatchObject({ before: 'latest revision 100 %', after: 'latest revision 10 %', intent: 'latest revision 100 %' });
    expect(percentOf(standing(anInferenceService(), [cap(10)]))).toBe(10);
  });

  it('is left as it is where it is less', () => {
    expect(percentOf(standing(anInferenceService({ percent: 5 }), [cap(10)]))).toBe(5);
    expect(percentOf(standing(anInferenceService(), [cap(100)]))).toBeUndefined();
  });

  it('is given back as it was written: absent is not 100', () => {
    for (const live of [anInferenceService(), anInferenceService({ percent: 100 }), anInferenceService({ percent: 30 })])
      expect(specOf(givenBack(standing(live, [cap(10)])))).toEqual(specOf(live));
  });

  it('follows an edit of the meantime, bounded again', () => {
    const laid = standing(anInferenceService(), [cap(10)]);
    const actuation = patchOf(editPercent(laid, 70));
    expect(actuation.foreignEdit).toBe(true);
    const again = standing(editPercent(laid, 70), [cap(10)]);
    expect(percentOf(again)).toBe(10);
    expect(percentOf(givenBack(again))).toBe(70);
  });

  it('of several plans the strictest counts, and the others’ remain when it leaves', () => {
    const both = standing(anInferenceService(), [cap(10), cap(5, { holder: { plan: 'stricter' } })]);
    expect(percentOf(both)).toBe(5);
    expect(percentOf(standing(both, [cap(10)]))).toBe(10);
  });

  it('is in force by KServe’s own rules: all requests but the share go to the revision before', () => {
    const laid = reported(standing(anInferenceService(), [cap(10)]));
    expect(laid.status).toMatchObject({
      components: {
        predictor: {
          latestRolledoutRevision: 'credit-predictor-00001',
          traffic: [
            { latestRevision: true, revisionName: 'credit-predictor-00002', percent: 10 },
            { revisionName: 'credit-predictor-00001', percent: 90 },
          ],
        },
      },
    });
    expect(actuator.verify(inputFor(laid, [cap(10)]))).toEqual({ kind: 'Verified', unmet: [] });
    const free = reported(givenBack(laid));
    expect(free.status).toMatchObject({ components: { predictor: { latestRolledoutRevision: 'credit-predictor-00002' } } });
  });
});

describe('the share of an entry of spec.canary[]', () => {
  it('is bounded by its own plan, the other left alone', () => {
    expect(canariesOf(standing(withCanaries(), [ofCanary(10, 'v2')]))).toEqual({ v2: 10, v3: 20 });
    const both = standing(withCanaries(), [ofCanary(10, 'v2'), ofCanary(0, 'v3', 'other')]);
    expect(canariesOf(both)).toEqual({ v2: 10, v3: 0 });
    expect(specOf(givenBack(both))).toEqual(specOf(withCanaries()));
  });

  it('is found by name wherever it stands in the list, and its patch tests the name', () => {
    const laid = standing(withCanaries(), [ofCanary(10, 'v2')]);
    const turned = edited(laid, { ...specOf(laid), canary: (specOf(laid)['canary'] as object[]).toReversed() as never });
    expect(canariesOf(standing(turned, [ofCanary(5, 'v2')]))).toEqual({ v3: 20, v2: 5 });
    expect(actuator.plan(inputFor(turned, [ofCanary(5, 'v2')]))).toMatchObject({
      operations: expect.arrayContaining([{ op: 'test', path: '/spec/canary/1/predictor/name', value: 'v2' }]) as unknown as object[],
    });
    expect(canariesOf(givenBack(turned))).toEqual({ v3: 20, v2: 40 });
  });

  it('of an entry that is gone nothing is wanted any more', () => {
    const laid = standing(withCanaries(), [ofCanary(10, 'v2')]);
    const gone = edited(laid, { ...specOf(laid), canary: [] });
    expect(specOf(givenBack(gone))).toEqual({ ...specOf(withCanaries()), canary: [] });
  });
});

describe('the two writes of a change', () => {
  it('the journal says what is wanted and what may stand before it is done; the object carries nothing of ours', () => {
    const { journal, object } = twoWrites(patchOf(anInferenceService()).operations);
    expect(journal.filter(({ op }) => op === 'add').map(({ path }) => path)).toEqual([
      '/metadata/annotations/modelrisk.dev~1journal',
      '/metadata/annotations/modelrisk.dev~1epoch',
    ]);
    expect(object).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'isvc-uid' },
      { op: 'test', path: '/metadata/generation', value: 1 },
      { op: 'test', path: '/spec/predictor/canaryTrafficPercent', value: null },
      { op: 'add', path: '/spec/predictor/canaryTrafficPercent', value: 10 },
    ]);
  });

  it('a confirmed journal is as short as one that never waited, and says nothing of times', () => {
    const laid = standing(anInferenceService(), [cap(10)]);
    expect(journalOf(laid)['changes']).toEqual({ fields: [{ canary: null, intent: null, applied: 10, was: [] }], pending: null });
    expect(actuator.readJournal(laid)).not.toHaveProperty('pending');
  });

  it('a journal nobody has confirmed reads as pending, and is no tombstone yet', () => {
    const laid = standing(anInferenceService(), [cap(10)]);
    const release = actuator.plan(inputFor(laid, []));
    if (release.kind !== 'Patch') throw new Error(release.kind);
    const { journal } = twoWrites(release.operations);
    const text = journal.find(({ op, path }) => op === 'add' && path.endsWith('journal'));
    const ahead = {
      ...laid,
      metadata: {
        ...(laid.metadata as object),
        annotations: { ...annotationsOf(laid), 'modelrisk.dev/journal': (text as { value: string }).value },
      },
    };
    expect(actuator.readJournal(ahead)).toMatchObject({ kind: 'Engaged', claims: [], pending: true, released: [{ actor: 'operator' }] });
    expect(actuator.finish(ahead)).toBeNull();
    expect(specOf(givenBack(ahead))).toEqual(specOf(anInferenceService()));
  });

  it('who let go is named by the tombstone that comes later', () => {
    const laid = standing(anInferenceService(), [cap(10)]);
    const free = standing(laid, [], { actor: 'restore' });
    expect(actuator.readJournal(free)).toMatchObject({ kind: 'Released', actor: 'restore', engagements: [{ actor: 'restore' }] });
  });
});
