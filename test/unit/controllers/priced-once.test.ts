import { expect, it } from '@jest/globals';
import { createProgramme } from '../../../src/controllers/programme.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { modelRiskManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { readsNothing } from '../../builders/references.ts';

const tiers = [{ name: 'High', when: { expectedAnnualLossAtLeast: 1_000_000_000 } }, { name: 'Low' }];
const risks = [
  {
    ...{ name: 'unfair-denials', category: 'Fairness' },
    ...{ likelihood: { incidents: 1, years: 1 }, impact: { revenue: { low: 10, high: 400 } } },
  },
];

it('regression: each status that was written had the register of its model priced again, on the road of the readings', () => {
  const programme = createProgramme(createManualClock(), () => undefined, readsNothing);
  programme.putPolicy(stored(withValue(riskPolicyManifest(), 'spec.tiers', tiers)) as unknown as UntypedObject);
  const registered = withValue(withValue(modelRiskManifest(), 'spec.risks', risks), 'spec.indicators', []);
  const put = (written: number): void => {
    const status = { tier: { inherent: 'Low', message: `Status ${String(written)}.` } };
    programme.putRisk(stored(withValue(registered, 'status', status), { generation: 1 }) as unknown as UntypedObject);
  };
  put(0);
  const [state] = programme.risks.values();
  const [entry] = state?.risk.spec.risks ?? [];
  if (state === undefined || entry === undefined) throw new Error('no register');
  expect(state.terms.tier?.name).toBe('Low');
  const { impact } = entry;
  let priced = 0;
  Object.defineProperty(entry, 'impact', {
    get: () => {
      priced += 1;
      return impact;
    },
  });
  for (let written = 1; written <= 50; written += 1) put(written);
  expect([...programme.risks.values()]).toEqual([state]);
  expect(priced).toBe(1);
});
