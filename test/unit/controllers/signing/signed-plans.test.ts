import { beforeEach, describe, expect, it } from '@jest/globals';
import { signable } from '../../../../src/api/signed-text.ts';
import type { SignedModel } from '../../../../src/api/signed-text.ts';
import { parseMitigationPlan } from '../../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../../src/api/risk-policy.ts';
import { createProgramme } from '../../../../src/controllers/programme.ts';
import type { Programme } from '../../../../src/controllers/programme.ts';
import type { PlanState } from '../../../../src/controllers/plan-state.ts';
import type { SignedPlanState } from '../../../../src/controllers/signed-plan-state.ts';
import { explainHeldPlan, heldOfPlans, signedStatusOf } from '../../../../src/controllers/signed-plans.ts';
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

describe('whose sign-offs bind a plan', () => {
  const other = strictRisk({ model: { name: 'other', version: '2.3.0' } });
  const boundTo = () => plan()?.signed?.risk ?? null;

  it("are nobody's while nobody signed it: it is in force as written", () => {
    put(signedPlanNow({ mode: 'Observe' }));
    expect([boundTo(), plan()?.current.mode, programme.plansOf('lending/credit').length]).toEqual([null, 'Observe', 1]);
  });

  it.each(['first', 'last'])('are those of its model, read %s', (order) => {
    if (order === 'last') put(signedPlanNow({ mode: 'Observe' }));
    sign(signedPlanNow());
    if (order === 'first') put(signedPlanNow({ mode: 'Observe' }));
    expect([boundTo(), plan()?.current.mode]).toEqual(['credit', 'Enforce']);
    expect(plan()?.signed?.held).toEqual([{ field: 'mode', signed: 'Enforce', written: 'Observe' }]);
  });

  it.each([
    ['2026-06-02T12:00:00Z', 'credit'],
    ['2026-05-01T12:00:00Z', 'other'],
  ])('are of two models those of the one that signed first: other at %s, so %s', (at, whose) => {
    sign(signedPlanNow());
    sign(signedPlanNow(), { risk: other, name: 'other', at });
    put(signedPlanNow({ riskRef: { name: 'credit' } }));
    expect(boundTo()).toBe(whose);
    expect(programme.plansOf(`lending/${whose}`).map(({ key }) => key)).toEqual(['lending/credit']);
  });

  it('regression: are of two models still those of the one that has it when that is signed again, also after a restart', () => {
    sign(signedPlanNow());
    put(signedPlanNow());
    sign(signedPlanNow(), { risk: other, name: 'other', at: '2026-06-02T12:00:00Z' });
    sign(signedPlanNow(), { at: '2026-06-03T12:00:00Z', generation: 3 });
    expect(boundTo()).toBe('credit');
    programme.removePlan('lending/credit');
    const signed = { risk: 'credit', digest: `sha256:${'0'.repeat(64)}`, terms: [] };
    put({ ...signedPlanNow(), status: { signed } });
    expect(boundTo()).toBe('credit');
  });

  it('let it go with the text that names it no more, and stay while their ModelRisk is gone', () => {
    sign(signedPlanNow());
    put(signedPlanNow({ mode: 'Observe' }));
    programme.removeRisk('lending/credit');
    put(signedPlanNow({ mode: 'Observe' }), 2);
    expect([boundTo(), plan()?.current.mode]).toEqual(['credit', 'Enforce']);
    const at = '2026-06-03T12:00:00Z';
    sign(signedPlanNow({ mode: 'Observe' }), { at, generation: 3 });
    expect([boundTo(), plan()?.current.mode, plan()?.signed?.held]).toEqual(['credit', 'Observe', []]);
    texts.clear();
    programme.putRisk(stored(strictRisk(), 4, 'credit'));
    expect(boundTo()).toBeNull();
  });

  it('bind no plan of that name in another namespace', () => {
    sign(signedPlanNow());
    const { metadata, ...rest } = signedPlanNow({ mode: 'Observe' }) as { readonly metadata: Fields };
    put({ ...rest, metadata: { ...metadata, namespace: 'elsewhere' } });
    expect(programme.plans.get('elsewhere/credit')).toMatchObject({ signed: null, current: { mode: 'Observe' } });
  });
});

describe('what the status of a plan says of its sign-offs', () => {
  const known = { risk: 'credit', digest: 'sha256:1', terms: [] };
  const risks = new Map([['lending/credit', {}]]);
  const state = (changes: Partial<SignedPlanState>): SignedPlanState => ({
    ...{ riskKey: 'lending/credit', risk: 'credit', digest: 'sha256:2', version: '2.3.0', held: [], isSuspendIgnored: false },
    ...{ plan: {} as SignedPlanState['plan'], ...changes },
  });
  const term = (field: string) => ({ field, signed: 'a', written: 'b' });
  const statusOf = (signed: SignedPlanState | null, before = {}, there: ReadonlyMap<string, unknown> = risks) =>
    signedStatusOf({ signed, key: 'lending/credit' }, before, there);

  it('is what all signed and what waits, 32 terms at the most', () => {
    const held = Array.from({ length: 40 }, (_, index) => term(`f${String(index)}`));
    expect(statusOf(state({ held }))).toEqual({ signed: { risk: 'credit', digest: 'sha256:2', terms: held.slice(0, 32) } });
  });

  it('is nothing where a suspension was checked by nobody: the mark would make it good', () => {
    expect(statusOf(state({ isSuspendIgnored: true }), { signed: known })).toEqual({});
  });

  it('stays while its model is gone, and ends where that is there and binds it no more', () => {
    expect(statusOf(null, { signed: known }, new Map())).toEqual({ signed: known });
    expect(statusOf(null, { signed: known })).toEqual({});
    expect(statusOf(null)).toEqual({});
  });

  it('is explained with who has to sign, and what to do with a suspension that does not count', () => {
    expect(explainHeldPlan({ signed: null })).toBeNull();
    expect(explainHeldPlan({ signed: state({}) })).toBeNull();
    const held = Array.from({ length: 9 }, (_, index) => term(`f${String(index)}`));
    expect(explainHeldPlan({ signed: state({ held }) })).toMatch(
      /f7 \(in force: a, written: b\) and 1 more\. .*kubectl modelrisk sign-off credit -n lending --role ROLE\.$/,
    );
    expect(explainHeldPlan({ signed: state({ held: [term('suspend')], isSuspendIgnored: true }) })).toMatch(/take suspend back/);
  });

  it('is told to the model as terms of the plan, those of another model left out', () => {
    const current = { plan: { name: 'credit' } } as PlanState['current'];
    const plans = [state({ held: [term('mode')] }), state({ riskKey: 'lending/other', held: [term('mode')] }), null];
    expect(
      heldOfPlans(
        plans.map((signed) => ({ current, signed })),
        'lending/credit',
      ),
    ).toEqual([{ ...term('plans.credit.mode'), indicator: null }]);
  });
});
