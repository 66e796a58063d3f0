import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { usersPart } from '../../../src/actuators/metadata.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import { aRoute, backend, cap, released, rule, settled } from '../../builders/http-route.ts';

const ours = { 'modelrisk.dev/journal': '{}', 'modelrisk.dev/epoch': '1' };
const annotated = (annotations: { readonly [key: string]: string } | null | undefined): TargetObject =>
  aRoute([rule([backend('credit-v2', 1)])], { metadata: annotations === undefined ? {} : { annotations } });
const metadataIn = (live: TargetObject) => (usersPart(live) as { readonly metadata: object }).metadata;

describe('the users’ part of an object', () => {
  it('is all of it but the status, our annotations and what the server counts', () => {
    const metadata = { resourceVersion: '7', generation: 4, managedFields: [{ manager: 'kubectl' }], labels: { team: 'a' }, uid: 'u' };
    const live = aRoute([rule([backend('credit-v2', 1)])], { metadata: { ...metadata, annotations: { ...ours, team: 'lending' } } });
    const { status: _, ...others } = live;
    expect(usersPart(live)).toEqual({
      ...others,
      metadata: { name: 'credit', namespace: 'lending', labels: { team: 'a' }, uid: 'u', annotations: { team: 'lending' } },
    });
  });

  it('has no map of annotations where nothing but ours is in it', () => {
    expect(metadataIn(annotated(ours))).not.toHaveProperty('annotations');
    expect(metadataIn(annotated({ 'modelrisk.dev/epoch': '1' }))).not.toHaveProperty('annotations');
  });

  it('keeps an empty map somebody wrote: whether it comes back is told by it', () => {
    expect(metadataIn(annotated({}))).toMatchObject({ annotations: {} });
  });

  it('takes a map that is none for none', () => {
    expect(metadataIn(annotated(null))).not.toHaveProperty('annotations');
    expect(metadataIn({ ...annotated({}), metadata: { name: 'credit' } })).toEqual({ name: 'credit' });
  });

  it('is the same before a constraint and after its release, whatever users annotate and the server counts', () => {
    const anyAnnotations = fc.dictionary(fc.constantFrom('team', 'a/b', 'modelrisk.dev/note'), fc.string(), { maxKeys: 3 });
    fc.assert(
      fc.property(anyAnnotations, fc.nat(), fc.nat(), (annotations, resourceVersion, generation) => {
        const before = annotated(annotations);
        const back = released(settled(before, [cap(10)]));
        const counted = { ...(back.metadata as object), resourceVersion: String(resourceVersion), generation };
        expect(usersPart({ ...back, metadata: counted, status: { parents: [] } })).toEqual(usersPart(before));
      }),
      { numRuns: 50 },
    );
  });
});
