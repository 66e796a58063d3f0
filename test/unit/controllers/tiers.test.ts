import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const specOf = (object: object): Fields => (object as { readonly spec: Fields }).spec;
const withSpec = (object: object, changes: Fields): object => ({ ...object, spec: { ...specOf(object), ...changes } });
const without = (object: object, ...fields: readonly string[]): object => ({
  ...object,
  spec: Object.fromEntries(Object.entries(specOf(object)).filter(([field]) => !fields.includes(field))),
});

const ladder = [
  { name: 'limit', escalateAfterSeconds: 4, actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 20 } }] },
  { name: 'shadow', escalateAfterSeconds: 4, actions: [{ targetKind: 'Route', shadow: { percent: 100 } }] },
  {
    name: 'off',
    actions: [
      { targetKind: 'Route', canaryLimit: { maxPercent: 0 } },
      { targetKind: 'Flag', flagRollback: {} },
    ],
  },
];
const playbook = { ladder, remediation: 'Ask the owner.', runbookURL: 'https://runbooks.example/drift' };
const high = (changes: Fields = {}) => [{ name: 'High', when: { criticality: ['High'] }, ...changes }, { name: 'Low' }];

describe('in its tier', () => {
  let world: MemoryOperator;
  const live = (plural: string, name = 'credit'): UntypedObject => {
    const object = world.api.get(plural, name);
    if (object === null) throw new Error(`${plural} ${name} is gone`);
    return object;
  };
  const ready = (plural: string): string => {
    const { status = '', reason = '' } = conditionOf(live(plural), 'Ready') ?? {};
    return `${status}/${reason}`;
  };
  const message = (plural: string, type = 'Ready'): string => conditionOf(live(plural), type)?.message ?? '';
  const policy = (tiers: readonly object[]): void => {
    world.api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
  };
  const risk = (changes: Fields = {}, indicator: Fields = {}): void => {
    world.api.apply('modelrisks', withSpec(memoryRisk(indicator), { criticality: 'High', ...changes }));
  };
  const start = async (tiers: readonly object[], plan = without(memoryPlan(), 'stages')): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
      api.apply('modelrisks', withSpec(memoryRisk(), { criticality: 'High' }));
      api.apply('mitigationplans', plan);
    });
    await world.pass(2);
  };
  afterEach(() => world.stop());

  describe('a plan without stages', () => {
    beforeEach(() => start(high({ playbook })));

    it('climbs the ladder of the playbook over its own targets, and gives back what it took', async () => {
      expect(ready('mitigationplans')).toBe('True/Reconciled');
      expect(live('mitigationplans')).toMatchObject({
        status: {
          supplied: [{ field: 'stages', from: 'Playbook', tier: 'High', value: expect.stringContaining('limit: traffic at most 20 %') }],
        },
      });
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
      expect(message('modelrisks', 'Breached')).toContain('Ask the owner. See https://runbooks.example/drift.');
      await world.passUntil('off', () => shareIn(world) === 0 && defaultVariant(live('featureflags', 'credit-flags')) === 'off');
      world.read(0.01);
      await world.passUntil('given back', () => shareIn(world) === 50 && defaultVariant(live('featureflags', 'credit-flags')) === 'on');
    });

    it('keeps the ladder it engaged on, whatever becomes of the playbook, also over a restart', async () => {
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
      policy(high({ playbook: { ladder: [{ name: 'limit', actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 80 } }] }] } }));
      await world.pass(1);
      expect(shareIn(world)).toBe(20);
      expect(conditionOf(live('mitigationplans'), 'SpecPending')?.status).toBe('True');
      await world.restart();
      await world.passUntil('off', () => shareIn(world) === 0);
      world.read(0.01);
      await world.passUntil('given back', () => shareIn(world) === 50);
      world.read(0.9);
      await world.passUntil('engaged on the new one', () => conditionOf(live('mitigationplans'), 'Engaged')?.status === 'True');
      await world.pass(1);
      expect(shareIn(world)).toBe(50);
    });

    it('takes up a tighter limit of the playbook at once', async () => {
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
      policy(high({ playbook: { ladder: [{ name: 'limit', actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 5 } }] }] } }));
      await world.passUntil('tighter', () => shareIn(world) === 5);
    });

    it('says so when nobody supplies any, and engages nothing', async () => {
      policy(high());
      await world.pass(1);
      expect(ready('mitigationplans')).toBe('False/LadderMissing');
      world.read(0.9);
      await world.pass(5);
      expect(shareIn(world)).toBe(50);
      policy(high({ playbook }));
      await world.passUntil('limited', () => shareIn(world) === 20);
    });

    it('names the stage it has no target for, and takes the others', async () => {
      const { targets } = specOf(memoryPlan()) as { readonly targets: readonly object[] };
      policy(high({ playbook: { ladder: [{ name: 'flag', actions: [{ targetKind: 'Flag', flagRollback: {} }] }, ...ladder] } }));
      world.api.apply('mitigationplans', withSpec(without(memoryPlan(), 'stages'), { targets: targets.slice(0, 1) }));
      await world.pass(1);
      expect(ready('mitigationplans')).toBe('False/LadderUnfit');
      expect(message('mitigationplans')).toContain('Stage flag acts on Flag and the plan has no such target');
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
    });
  });

  describe('a plan with stages of its own', () => {
    it('keeps them', async () => {
      await start(high({ playbook }), memoryPlan());
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 10);
      expect(live('mitigationplans')).not.toHaveProperty('status.supplied');
    });

    it('that only observes acts where the tier says so, as soon as the model is in it', async () => {
      await start(high({ floors: { mode: 'Enforce' } }), withSpec(memoryPlan(), { mode: 'Observe' }));
      expect(live('mitigationplans')).toMatchObject({
        status: { supplied: [{ field: 'mode', value: 'Enforce', from: 'Floor', tier: 'High' }] },
      });
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 10);
    });

    it('that only observes is told whom to ask where its tier wants people asked', async () => {
      await start(high({ floors: { mode: 'Approve' } }), withSpec(memoryPlan(), { mode: 'Observe' }));
      expect(ready('mitigationplans')).toBe('False/ApproversMissing');
      world.read(0.9);
      await world.pass(3);
      expect([shareIn(world), conditionOf(live('mitigationplans'), 'AwaitingApproval')?.status]).toEqual([50, 'True']);
    });
  });

  describe('a model', () => {
    it('is judged by the limits of the playbook where it writes none, and by the stricter of its own and the floor', async () => {
      await start(
        high({ playbook: { ...playbook, thresholds: [{ signal: 'score-drift', threshold: { direction: 'Above', breach: 0.6 } }] } }),
      );
      const [indicator] = specOf(memoryRisk())['indicators'] as readonly Fields[];
      const { threshold: _, ...bare } = indicator ?? {};
      risk({ indicators: [bare] });
      await world.pass(1);
      expect(live('modelrisks')).toMatchObject({
        status: { supplied: [{ field: 'indicators[score-drift].threshold', value: 'Above breach 0.6', from: 'Playbook' }] },
      });
      world.read(0.5);
      await world.pass(3);
      expect(shareIn(world)).toBe(50);
      policy(high({ playbook, floors: { limits: [{ signal: 'score-drift', direction: 'Above', breach: 0.4 }] } }));
      risk({}, { threshold: { direction: 'Above', breach: 0.9 }, onNoData: 'Ignore' });
      await world.passUntil('limited', () => shareIn(world) === 20);
      expect(ready('modelrisks')).toBe('True/Reconciled');
      expect(message('modelrisks')).toBe(
        'Floors of tier High are in force: indicators[score-drift].threshold is Above breach 0.4, not Above breach 0.9.',
      );
    });

    it('is looked at as often as the playbook says where it does not, and never more rarely than the floor', async () => {
      await start(high({ playbook: { ...playbook, evaluationIntervalSeconds: 7 } }));
      world.api.apply('modelrisks', withSpec(without(memoryRisk(), 'evaluationIntervalSeconds'), { criticality: 'High' }));
      await world.pass(1);
      const supplied = () =>
        (live('modelrisks') as unknown as { readonly status: { readonly supplied: readonly object[] } }).status.supplied;
      expect(supplied()).toEqual([{ field: 'evaluationIntervalSeconds', value: '7 s', from: 'Playbook', tier: 'High' }]);
      policy(high({ playbook, floors: { evaluationIntervalSeconds: 2 } }));
      risk({ evaluationIntervalSeconds: 3600 });
      await world.pass(1);
      expect(supplied()).toEqual([{ field: 'evaluationIntervalSeconds', value: '2 s', from: 'Floor', tier: 'High' }]);
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
    });

    it('without an indicator of a required category, or a plan, is named', async () => {
      await start(high({ playbook, floors: { mode: 'Enforce', categories: ['DataQuality', 'Fairness'] } }));
      expect(ready('modelrisks')).toBe('False/IndicatorRequired');
      expect(message('modelrisks')).toMatch(/^Tier High requires an indicator for category Fairness, and there is none/);
      expect(message('modelrisks')).not.toContain('DataQuality');
      policy(high({ playbook, floors: { mode: 'Enforce' } }));
      await world.pass(1);
      expect(ready('modelrisks')).toBe('True/Reconciled');
      world.api.remove('mitigationplans', 'credit');
      await world.pass(2);
      expect(ready('modelrisks')).toBe('False/PlanRequired');
    });

    it('with a risk in a category its policy does not have is told which, and of the taxonomy', async () => {
      await start([{ name: 'All' }]);
      expect(ready('modelrisks')).toBe('True/Reconciled');
      const risks = ['stale-population', 'late', 'unfair'].map((name, index) => ({
        name,
        category: ['DataQuality', 'Lateness', 'Fairness'][index],
      }));
      risk({ risks });
      await world.pass(1);
      expect(ready('modelrisks')).toBe('False/CategoryUnknown');
      expect(message('modelrisks')).toMatch(
        /^Category Lateness of risks late is not in the taxonomy of RiskPolicy default \(DataQuality, ModelPerformance, .*OperationalReliability\), so floors/,
      );
      expect(message('modelrisks')).not.toContain('unfair');
      world.read(0.9);
      await world.pass(3);
      const categories = ['DataQuality', 'Fairness', 'Lateness'].map((name) => ({ name }));
      world.api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers: [{ name: 'All' }], categories }));
      await world.pass(2);
      expect(ready('modelrisks')).toBe('True/Reconciled');
    });

    it('that no tier fits is told what to write', async () => {
      await start([{ name: 'Low', when: { criticality: ['Low'] } }]);
      expect(ready('modelrisks')).toBe('False/TierMissing');
      risk({ criticality: 'Low' });
      await world.pass(1);
      expect(ready('modelrisks')).toBe('True/Reconciled');
    });

    it('whose numbers put it into a higher tier is held to that one a moment later', async () => {
      const tiers = [{ name: 'High', when: { expectedAnnualLossAtLeast: 1000 }, playbook }, { name: 'Low' }];
      await start(tiers);
      expect(ready('mitigationplans')).toBe('False/LadderMissing');
      const likelihood = { incidents: 10, years: 1 };
      risk({
        risks: [{ name: 'stale-population', category: 'DataQuality', likelihood, impact: { revenue: { low: 10_000, high: 20_000 } } }],
      });
      await world.pass(2);
      expect(live('modelrisks')).toMatchObject({ status: { tier: { inherent: 'High' } } });
      expect(ready('mitigationplans')).toBe('True/Reconciled');
      // A restart finds the tier in the status.
      await world.restart();
      await world.pass(1);
      world.read(0.9);
      await world.passUntil('limited', () => shareIn(world) === 20);
    });
  });

  it('a policy whose playbook and floors contradict each other says so; the floor is in force', async () => {
    const thresholds = [{ signal: 'score-drift', threshold: { direction: 'Above', breach: 0.6 } }];
    const floors = {
      onNoData: 'Breach',
      evaluationIntervalSeconds: 5,
      limits: [{ signal: 'score-drift', direction: 'Above', breach: 0.4 }],
    };
    await start(high({ playbook: { ...playbook, thresholds, onNoData: 'Ignore', evaluationIntervalSeconds: 60 }, floors }));
    expect(conditionOf(live('riskpolicies', 'default'), 'Ready')).toMatchObject({ status: 'False', reason: 'PlaybookContradictsFloors' });
    for (const what of ['evaluationIntervalSeconds', 'onNoData', 'a threshold of signal score-drift'])
      expect(conditionOf(live('riskpolicies', 'default'), 'Ready')?.message).toContain(`Tier High supplies ${what} by its playbook`);
  });

  it('a policy stored before the server checked it says which category it names and does not have, until it does', async () => {
    await start(high({ floors: { categories: ['DataQuality', 'Conduct'] } }));
    const said = () => conditionOf(live('riskpolicies', 'default'), 'Ready');
    expect(said()).toMatchObject({ status: 'False', reason: 'CategoryUnknown' });
    expect(said()?.message).toMatch(/^Category Conduct in floors of tier High is not in the taxonomy of this policy \(DataQuality, /);
    const categories = [{ name: 'DataQuality' }, { name: 'Conduct' }];
    world.api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers: high({ floors: { categories: ['Conduct'] } }), categories }));
    await world.pass(1);
    expect(said()).toMatchObject({ status: 'True', reason: 'Reconciled' });
  });
});
