import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { named, namespace, refusal, startAdmissionBed, writeStatus } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { planManifest } from '../../builders/api.ts';
import { resources } from '../../builders/api-resources.ts';

let bed: AdmissionBed;

beforeAll(async () => {
  bed = await startAdmissionBed();
}, 180_000);

afterAll(() => bed.stop());

describe('a plan that was signed off with its model', () => {
  const at = { namespace, name: 'signed' };
  const digest = `sha256:${'0'.repeat(64)}`;

  beforeAll(async () => {
    await bed.alice.client.create(resources.MitigationPlan, named(planManifest(), at.name));
    await writeStatus(bed.operator, { kind: 'MitigationPlan', name: at.name }, { signed: { risk: 'credit-default', digest } });
  });

  it('is deleted by who holds the verb release', async () => {
    expect(await refusal(bed.alice.client.delete(resources.MitigationPlan, at), 'plan-release')).toBe(
      `plan signed was signed off with its model: ${bed.alice.user} may not delete or suspend it; edit it and have it signed again, or have the verb release on mitigationplans granted to you`,
    );
  });

  it.each(['Hold', 'Release'])('is suspended by the same, with %s', async (suspend) => {
    const attempt = bed.alice.client.merge(resources.MitigationPlan, at, { spec: { suspend } });
    expect(await refusal(attempt, 'plan-release')).toContain('may not delete or suspend it');
    await bed.carol.client.merge(resources.MitigationPlan, at, { spec: { suspend } });
    await bed.alice.client.merge(resources.MitigationPlan, at, { spec: { suspend: 'None' } });
  });

  it('is edited as ever, and marked by nobody but the operator', async () => {
    await bed.alice.client.merge(resources.MitigationPlan, at, { spec: { mode: 'Observe' } });
    const attempt = writeStatus(bed.alice, { kind: 'MitigationPlan', name: at.name }, { phase: 'Idle' });
    expect(await refusal(attempt, 'operator-writes')).toContain('is written by the modelrisk operator only');
    await bed.carol.client.delete(resources.MitigationPlan, at);
    expect(await bed.admin.find(resources.MitigationPlan, at)).toBeNull();
  });
});
