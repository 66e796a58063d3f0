import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIClient } from '../../../testbed/api-client.ts';
import { named, namespace, refusal, startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { planManifest, withValue } from '../../builders/api.ts';
import { resources } from '../../builders/api-resources.ts';
import { grant } from '../../builders/people.ts';
import type { Person } from '../../builders/people.ts';

let bed: AdmissionBed;
let admin: APIClient;
let alice: Person;
let carol: Person;

beforeAll(async () => {
  bed = await startAdmissionBed();
  ({ admin, alice, carol } = bed);
}, 180_000);

afterAll(() => bed.stop());

describe('asking for a drill', () => {
  const at = { namespace, name: 'drilled' };
  const requested = 'modelrisk.dev/drill-requested-at';
  const ask = (who: Person, request: string | null): Promise<unknown> =>
    who.client.merge(resources.MitigationPlan, at, { metadata: { annotations: { [requested]: request } } });

  beforeAll(async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), at.name));
    await grant(admin, carol, { namespace, clusterRole: 'modelrisk-driller' });
  });

  it('needs the verb drill on the plan', async () => {
    expect(await refusal(ask(alice, 'now'), 'plan-drill')).toBe(
      `annotation modelrisk.dev/drill-requested-at asks for a drill of plan drilled: leave it as it is, or have the verb drill on mitigationplans granted to ${alice.user}`,
    );
    await ask(carol, 'now');
    expect(await refusal(ask(alice, 'later'), 'plan-drill')).toContain('asks for a drill');
  });

  it('is not what an edit of a plan does that was drilled, or takes the request off', async () => {
    await alice.client.merge(resources.MitigationPlan, at, { spec: { owner: 'others' } });
    await ask(alice, null);
    await ask(carol, 'again');
  });

  it('makes nobody a contributor', async () => {
    const { metadata } = await admin.get(resources.MitigationPlan, at);
    expect(metadata.annotations?.['modelrisk.dev/contributors']).toBe(alice.user);
  });

  it('is what a plan does that is created with the request', async () => {
    const asking = withValue(named(planManifest(), 'born-asking'), 'metadata.annotations', { [requested]: 'now' });
    expect(await refusal(alice.client.create(resources.MitigationPlan, asking), 'plan-drill')).toContain('born-asking');
  });

  it('takes 64 characters', async () => {
    expect(await refusal(ask(carol, 'x'.repeat(65)), 'plan-drill')).toContain('at most 64 characters');
    await ask(carol, 'x'.repeat(64));
  });
});
