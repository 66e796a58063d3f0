import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIClient } from '../../../testbed/api-client.ts';
import { startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { programmeObjects } from '../../builders/programme-pages.ts';

const places: Readonly<Record<string, { readonly group: string; readonly version: string; readonly plural: string }>> = {
  RiskPolicy: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies' },
  ModelRisk: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'modelrisks' },
  MitigationPlan: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' },
  RiskDecision: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskdecisions' },
  Namespace: { group: '', version: 'v1', plural: 'namespaces' },
  ClusterRole: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' },
  ClusterRoleBinding: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' },
  RoleBinding: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'rolebindings' },
};

const objects = programmeObjects();

/** Schema, CEL rules and admission policies of the shipped bundle, on a real API server. */
describe('objects of docs/programme', () => {
  let bed: AdmissionBed;
  let admin: APIClient;

  beforeAll(async () => {
    bed = await startAdmissionBed();
    ({ admin } = bed);
    const needed = new Set(objects.flatMap(({ manifest }) => manifest.metadata.namespace ?? []));
    needed.delete('lending');
    for (const name of needed) await admin.create({ group: '', version: 'v1', plural: 'namespaces' }, { metadata: { name } });
  }, 180_000);

  afterAll(() => bed.stop());

  it.each(objects.map(({ where, manifest }) => [where, manifest.kind, manifest] as const))('%s: %s is taken', async (_, kind, manifest) => {
    const place = places[kind];
    if (place === undefined) throw new Error(`nobody said where ${kind} is served`);
    const made = await admin.create(place, manifest);
    expect(made.metadata.uid).toEqual(expect.any(String));
    // Nothing was pruned: a field of no schema would be dropped without a word.
    if (kind in places && place.group === 'modelrisk.dev') expect(made).toMatchObject({ spec: manifest.spec });
  });

  it('are all there is to try', () => {
    expect(objects.length).toBeGreaterThan(10);
  });
});
