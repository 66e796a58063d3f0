import { expect, it } from '@jest/globals';
import { inventorySentences, readInventory } from '../../../src/cli/inventory.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest } from '../../builders/api.ts';

const metadataOf = (name: string) => ({
  ...{ name, namespace: 'lending', uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '2026-06-01T12:00:00Z' },
});

function judged(name: string, reasons: Readonly<Record<string, string>>, status: object = {}): UntypedObject {
  const conditions = Object.entries(reasons).map(([type, reason]) => ({
    ...{ type, status: 'True', reason, message: '', lastTransitionTime: '2026-06-01T12:00:00Z' },
  }));
  return { ...modelRiskManifest(), metadata: metadataOf(name), status: { conditions, ...status } };
}

const lister = (...items: readonly UntypedObject[]) => ({
  listPage: () => Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' })),
});

const tier = { inherent: 'High', message: 'Declared.' };

it('lists every model with what it lacks, by name', async () => {
  const listed = await readInventory(
    lister(
      judged(
        'wanting',
        { Documented: 'Missing', ReviewCurrent: 'Overdue' },
        { tier, documentation: { missing: ['Ethics', 'Lineage'], lineageCoveragePercent: 50 } },
      ),
      judged('complete', { Documented: 'Complete', ReviewCurrent: 'Reviewed', SignedOff: 'AllSigned' }, { tier }),
      judged('unseen', {}),
      { ...judged('foreign', {}), spec: {} },
    ),
    null,
  );
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value.models.map(({ name }) => name)).toEqual(['complete', 'unseen', 'wanting']);
  expect(listed.value.models[2]).toMatchObject({ missing: ['Ethics', 'Lineage'], lineageCoveragePercent: 50, owner: 'lending-ml' });
  expect(inventorySentences(listed.value)).toEqual([
    'NAMESPACE/NAME    TIER  OWNER       DOCUMENTED   REVIEWED     SIGNED       MISSING',
    'lending/complete  High  lending-ml  Complete     Reviewed     AllSigned    -',
    'lending/unseen    -     lending-ml  NotObserved  NotObserved  NotObserved  -',
    'lending/wanting   High  lending-ml  Missing      Overdue      NotObserved  Ethics, Lineage',
    'ModelRisk lending/foreign is not readable by this version and is left out: use the version of the operator.',
    '3 models: 1 lack something their tier requires on file, 1 reviews overdue.',
  ]);
});

it('of nothing is its sum', async () => {
  const listed = await readInventory(lister(), 'lending');
  if (!listed.ok) throw new Error(listed.failure);
  expect(inventorySentences(listed.value)).toEqual(['0 models: 0 lack something their tier requires on file, 0 reviews overdue.']);
});

it('says why it can list none', async () => {
  const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) };
  expect(await readInventory(denied as never, 'lending')).toEqual(failure("ModelRisks can't be listed: not allowed"));
});
