import { expect, it } from '@jest/globals';
import { unregistered } from '../../../../src/core/programme/registration.ts';
import type { ModelWorkload } from '../../../../src/core/programme/registration.ts';

const model = { namespace: 'lending', names: ['credit', 'credit-default'], objects: [{ kind: 'Deployment', name: 'credit-v2' }] };
const workload = (changes: Partial<ModelWorkload> = {}): ModelWorkload => ({
  ...{ kind: 'InferenceService', namespace: 'lending', name: 'other', label: null },
  ...changes,
});

it.each([
  ['by the name of the ModelRisk', workload({ name: 'credit' }), true],
  ['by the name of the model', workload({ name: 'credit-default' }), true],
  ['by its label', workload({ label: 'credit' }), true],
  ['as an object that is named', workload({ kind: 'Deployment', name: 'credit-v2', label: 'whatever' }), true],
  ['not by the name of an object of another kind', workload({ name: 'credit-v2' }), false],
  ['not from another namespace', workload({ namespace: 'fraud', name: 'credit' }), false],
  ['not by nothing', workload(), false],
])('%s', (_, each, isRegistered) => {
  expect(unregistered([each], [model])).toEqual(isRegistered ? [] : [each]);
});

it('nothing is registered where there is no ModelRisk', () => {
  const both = [workload({ name: 'credit' }), workload({ label: 'credit' })];
  expect(unregistered(both, [])).toEqual(both);
});
