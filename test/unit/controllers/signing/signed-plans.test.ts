import { beforeEach, expect, it } from '@jest/globals';
import { signable } from '../../../../src/api/signed-text.ts';
import type { SignedModel } from '../../../../src/api/signed-text.ts';
import { parseMitigationPlan } from '../../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../../src/api/risk-policy.ts';
import { createProgramme } from '../../../../src/controllers/programme.ts';
import type { Programme } from '../../../../src/controllers/programme.ts';
import type { UntypedObject } from '../../../../src/kube/kube-object.ts';
import type { Result } from '../../../../src/shared/result.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import { signedPlanNow } from '../../../builders/plan-softening.ts';
import { readsNothing } from '../../../builders/references.ts';
import { signedPolicy } from '../../../builders/signing.ts';
import { strictRisk } from '../../../builders/softening.ts';

type Fields = Readonly<Record<string, unknown>>;

let programme: Programme;
/** What all signed, by name of the ModelRisk. */
let texts: Map<string, { readonly model: SignedModel; readonly at: string }>;

beforeEach(() => {
  texts = new Map();
  programme = createProgramme(createManualClock(), () => undefined, {
    ...readsNothing,
    readSigned: (risk, known, previous) => {
      const text = texts.get(risk.metadata.name);
      const signed = text === undefined ? null : { digest: `sha256:${text.at}`, held: [], of: risk.metadata.name, ...text };
      return { ...readsNothing.readSigned(risk, known, previous), signed };
    },
  });
  programme.putPolicy(stored(signedPolicy(), 1));
  programme.putRisk(stored(strictRisk(), 1));
});

function stored(manifest: object, generation: number, name?: string): UntypedObject {
  const { metadata, ...rest } = JSON.parse(JSON.stringify(manifest)) as { readonly metadata: Fields };
  const named = name === undefined ? {} : { name };
  const known = { uid: `uid-${name ?? ''}`, resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z', generation };
  return { ...rest, metadata: { ...metadata, ...named, ...known } } as unknown as UntypedObject;
}

function read<Value>(parsed: Result<Value, unknown>): Value {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return parsed.value;
}

/** As if all had signed this plan with the ModelRisk. */
function sign(plan: object, { risk = strictRisk(), name = 'credit', at = '2026-06-01T12:00:00Z', generation = 2 } = {}): void {
  const [model, policy] = [read(parseModelRisk(stored(risk, 1, name))), read(parseRiskPolicy(stored(signedPolicy(), 1)))];
  texts.set(name, { model: signable(model, policy.spec, [read(parseMitigationPlan(stored(plan, 1)))]), at });
  programme.putRisk(stored(risk, generation, name));
}

const routed = (name: string, changes: Fields = {}): object => {
  const { spec } = signedPlanNow() as { readonly spec: { readonly targets: readonly [{ readonly httpRoute: Fields }, Fields] } };
  const [traffic, flag] = spec.targets;
  return signedPlanNow({ targets: [{ ...traffic, httpRoute: { ...traffic.httpRoute, name } }, flag], ...changes });
};
const plansOn = (route: string) => programme.plansOn('lending', 'HTTPRoute', route).map(({ key }) => key);
const plan = () => programme.plans.get('lending/credit');
const put = (object: object, generation = 1) => programme.putPlan(stored(object, generation));

it('regression: a plan is found by the targets it has come to hold, before its status says so', () => {
  sign(routed('credit'));
  put(routed('other'));
  expect([plansOn('credit'), plansOn('other')]).toEqual([['lending/credit'], []]);
  sign(routed('other'), { at: '2026-06-02T12:00:00Z', generation: 3 });
  expect(plan()?.current.targets[0]).toMatchObject({ object: 'other' });
  expect(plansOn('other')).toEqual(['lending/credit']);
});
