import { modelRiskManifest } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

function categoriesOf(length: number, count: number): readonly { readonly name: string; readonly count: number }[] {
  return Array.from({ length }, (_unused, index) => ({ name: `${String(index).padStart(3, '0')}${'x'.repeat(125)}`, count }));
}

/** Rules of what an indicator is measured from. */
export const referenceCases: readonly CELCase[] = casesOf(modelRiskManifest(), [
  {
    field: 'spec.indicators[1].signal.reference.counts',
    message: 'write one more count than upperBounds: the last counts the rows above the last bound',
    accept: [['spec.indicators[1].signal.reference', { upperBounds: [1, 2], counts: [0, 5, 0] }]],
    reject: [['spec.indicators[1].signal.reference.counts', [10, 20, 30]]],
  },
  {
    field: 'spec.indicators[1].signal.reference.upperBounds',
    message: 'write the bounds in ascending order, each once',
    accept: [['spec.indicators[1].signal.reference.upperBounds', [-1.5, 0, 1]]],
    reject: [['spec.indicators[1].signal.reference.upperBounds', [0.25, 0.5, 0.5]]],
  },
  {
    field: 'spec.indicators[1].signal.reference.counts',
    message: 'write the counts of the reference rows: their sum must be above 0',
    accept: [['spec.indicators[1].signal.reference.counts', [0, 0, 0, 1]]],
    reject: [['spec.indicators[1].signal.reference.counts', [0, 0, 0, 0]]],
  },
  {
    field: 'spec.indicators[1].signal.reference',
    message: 'write exactly one of upperBounds, categories, seasonal, champion, confusion, configMap',
    accept: [['spec.indicators[1].signal.reference', { seasonal: { offsetSeconds: 604_800 } }]],
    reject: [['spec.indicators[1].signal.reference.champion', { version: '2.2.0' }]],
  },
  {
    field: 'spec.indicators[1].signal.reference',
    message: 'write upperBounds and counts together',
    accept: [['spec.indicators[1].signal.reference', { champion: { version: '2.2.0' } }]],
    reject: [['spec.indicators[1].signal.reference.counts', undefined]],
  },
  {
    field: 'spec.indicators[1].signal.reference.categories',
    message: 'write the counts of the reference rows: at least two categories must have some',
    accept: [['spec.indicators[1].signal.reference', { categories: categoriesOf(128, 1) }]],
    reject: [['spec.indicators[1].signal.reference', { categories: [...categoriesOf(1, 1), { name: '__missing__', count: 0 }] }]],
  },
  {
    field: 'spec.indicators[1].signal.reference.digest',
    message: 'write the digest the counts in the ConfigMap must have, or whoever may edit ConfigMaps could move the limit',
    accept: [['spec.indicators[1].signal.reference', { configMap: { name: 'a', key: 'b.json' }, digest: `sha256:${'0'.repeat(64)}` }]],
    reject: [['spec.indicators[1].signal.reference', { configMap: { name: 'a', key: 'b.json' } }]],
  },
  {
    field: 'spec.indicators[1].signal.reference.digest',
    message: 'a digest belongs to pinned counts: leave it out beside seasonal and champion',
    accept: [['spec.indicators[1].signal.reference.digest', `sha256:${'0'.repeat(64)}`]],
    reject: [['spec.indicators[1].signal.reference', { seasonal: { offsetSeconds: 60 }, digest: `sha256:${'0'.repeat(64)}` }]],
  },
]);
