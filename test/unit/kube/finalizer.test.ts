import { describe, expect, it } from '@jest/globals';
import { finalizerPatch } from '../../../src/kube/finalizer.ts';
import { testObject } from '../../builders/kube-object.ts';
import { applyPatch } from '../../builders/json-patch.ts';

const finalizer = 'modelrisk.dev/restore';

function withFinalizers(...finalizers: string[]) {
  const object = testObject();
  return { ...object, metadata: { ...object.metadata, ...(finalizers.length === 0 ? {} : { finalizers }) } };
}

describe('finalizerPatch', () => {
  it.each([
    { before: [], wanted: true, after: [finalizer] },
    { before: ['a'], wanted: true, after: ['a', finalizer] },
    { before: ['a', finalizer, 'b'], wanted: false, after: ['a', 'b'] },
    { before: [finalizer], wanted: false, after: [] },
  ])('$before becomes $after', ({ before, wanted, after }) => {
    const object = withFinalizers(...before);
    expect(applyPatch(object, finalizerPatch(object, { finalizer, wanted })).metadata).toMatchObject({ finalizers: after });
  });

  it.each([
    { before: [], wanted: false },
    { before: [finalizer], wanted: true },
  ])('nothing is sent for $before when wanted is $wanted', ({ before, wanted }) => {
    expect(finalizerPatch(withFinalizers(...before), { finalizer, wanted })).toEqual([]);
  });

  it('takes off nothing else when the list has changed since it was read', () => {
    const operations = finalizerPatch(withFinalizers(finalizer, 'a'), { finalizer, wanted: false });
    expect(() => applyPatch(withFinalizers('a', finalizer), operations)).toThrow();
  });
});
