import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ruleNameOf } from '../../../src/controllers/prometheus-rules.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

interface StoredRule {
  readonly metadata: {
    readonly uid: string;
    readonly labels: Fields;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly Fields[];
  };
  readonly spec: {
    readonly groups: readonly { readonly rules: readonly { readonly alert?: string; readonly expr: string; readonly labels: Fields }[] }[];
  };
}

const plural = 'prometheusrules';
const maintain = { mode: 'Maintain', labels: [{ name: 'release', value: 'stack' }] };

function policy(spec: Fields): object {
  const written = memoryPolicy() as { readonly spec: Fields };
  return { ...written, spec: { ...written.spec, ...spec } };
}

function prepare(spec: Fields): (api: MemoryAPI) => void {
  return (api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', policy(spec));
  };
}

describe('the PrometheusRule of a model', () => {
  let world: MemoryOperator;
  const start = async (spec: Fields, before: (api: MemoryAPI) => void = () => undefined): Promise<void> => {
    world = await startMemoryOperator((api) => {
      before(api);
      prepare(spec)(api);
    });
    await world.pass(3);
  };
  const stored = (): StoredRule | null => world.api.get(plural, 'modelrisk-credit') as StoredRule | null;
  const rule = (): StoredRule => {
    const found = stored();
    if (found === null) throw new Error('there is no rule');
    return found;
  };
  const writes = () => world.api.writes.filter(({ resource }) => resource === plural);
  const policyNow = () => {
    const found = world.api.get('riskpolicies', 'default');
    if (found === null) throw new Error('the policy is gone');
    return found;
  };
  const standing = () => {
    const condition = conditionOf(policyNow(), 'AlertsMaintained');
    return condition === undefined ? null : `${condition.status}/${condition.reason}`;
  };
  const alerts = () => rule().spec.groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));

  afterEach(() => world.stop());

  describe('where the policy asks for it', () => {
    beforeEach(() =>
      start({ prometheusRules: maintain, categories: [{ name: 'DataQuality', runbookURL: 'https://runbooks.example/data' }] }),
    );

    it('is written once, owned by its model, with the labels Prometheus looks for', () => {
      expect(writes()).toHaveLength(1);
      const { uid } = world.api.get('modelrisks', 'credit')?.metadata ?? {};
      expect(rule().metadata.ownerReferences).toEqual([{ apiVersion: 'modelrisk.dev/v1alpha1', kind: 'ModelRisk', name: 'credit', uid }]);
      expect(rule().metadata.labels).toEqual({ release: 'stack', 'app.kubernetes.io/managed-by': 'modelrisk-operator' });
      expect(standing()).toBe('True/Maintained');
    });

    it('has the alerts of the model, its plan and its review, routed to its team', () => {
      expect(alerts()).toEqual([
        'ModelRiskIndicatorBreached',
        'ModelRiskIndicatorBlind',
        'ModelRiskMitigationEngaged',
        'ModelRiskTargetContested',
        'ModelRiskReviewOverdue',
        'ModelRiskNotWatched',
      ]);
      const breached = rule().spec.groups[0]?.rules.find(({ alert }) => alert === 'ModelRiskIndicatorBreached');
      expect(breached).toMatchObject({
        expr: 'max by (namespace, risk, indicator) (modelrisk_indicator_breached{namespace="lending",risk="credit",indicator="score-drift"}) > 0',
        labels: { team: 'lending-ml', category: 'DataQuality', severity: 'critical' },
        annotations: { runbook_url: 'https://runbooks.example/data' },
      });
    });

    it('is not written again while nothing of it changed, whatever is read and done', async () => {
      world.read(0.9);
      await world.pass(20);
      world.read(0.01);
      await world.pass(60);
      expect(writes()).toHaveLength(1);
    });

    it('follows the spec of the model: one write an edit', async () => {
      world.api.apply('modelrisks', memoryRisk({ threshold: { direction: 'Above', breach: 0.4 } }));
      await world.pass(2);
      expect(writes()).toHaveLength(2);
      expect(rule().spec.groups[0]?.rules[0]?.expr).toMatch(/^0\.4 - /);
    });

    it('follows the plans: none, no alert about one', async () => {
      world.api.remove('mitigationplans', 'credit');
      await world.passUntil('the plan is out of the rule', () => !alerts().includes('ModelRiskMitigationEngaged'));
      expect(alerts()).not.toContain('ModelRiskTargetContested');
    });

    it('is brought back when somebody edits or deletes it', async () => {
      const before = rule();
      world.api.apply(plural, { ...before, spec: { groups: [] } });
      await world.pass(2);
      expect(rule().spec).toEqual(before.spec);
      world.api.remove(plural, 'modelrisk-credit');
      await world.pass(2);
      expect(rule().spec).toEqual(before.spec);
    });

    it('is written by a restarted operator only if it is not as it should be', async () => {
      await world.restart();
      await world.pass(3);
      expect(writes()).toHaveLength(1);
    });

    it('goes when the policy no longer asks for it, and then nothing is watched any more', async () => {
      world.api.apply('riskpolicies', policy({ prometheusRules: { ...maintain, mode: 'None' } }));
      await world.pass(2);
      expect([stored(), standing()]).toEqual([null, null]);
      const asked = world.api.requests.filter(({ resource }) => resource === plural).length;
      world.api.apply('modelrisks', memoryRisk({ forSeconds: 1 }));
      await world.pass(120);
      expect(world.api.requests.filter(({ resource }) => resource === plural)).toHaveLength(asked);
    });

    it('goes too when the policy changed its mind while no operator ran', async () => {
      await world.stop();
      world.api.apply('riskpolicies', policy({}));
      await world.restart();
      await world.pass(3);
      expect([stored(), standing()]).toEqual([null, null]);
    });
  });

  it('is not there, nor asked for, where the policy does not ask', async () => {
    await start({});
    expect([stored(), standing()]).toEqual([null, null]);
    expect(world.api.requests.filter(({ resource }) => resource === plural)).toEqual([]);
  });

  it('waits for its kind, says so, and comes once it is served', async () => {
    await start({ prometheusRules: maintain }, (api) => {
      api.serve(plural, false);
    });
    expect([stored(), standing(), writes()]).toEqual([null, 'False/KindNotServed', []]);
    world.api.serve(plural, true);
    await world.passUntil('the rule is there', () => stored() !== null);
    expect(standing()).toBe('True/Maintained');
    expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('says which role is missing', async () => {
    await start({ prometheusRules: maintain }, (api) => {
      api.forbid(plural);
    });
    expect(standing()).toBe('False/RightsMissing');
    const message = conditionOf(policyNow(), 'AlertsMaintained')?.message;
    expect(message).toContain('modelrisk-operator-prometheus-rules');
    world.api.allow(plural);
    await world.passUntil('the rule is there', () => stored() !== null);
  });

  it('is not taken from whoever made one of that name', async () => {
    const theirs = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'modelrisk-credit', namespace: 'lending' },
      spec: {},
    };
    await start({ prometheusRules: maintain }, (api) => {
      api.apply(plural, theirs);
    });
    expect([writes(), stored()?.spec]).toEqual([[], {}]);
    expect(world.events).toContainEqual(
      expect.objectContaining({ reason: 'RulesNotWritten', note: expect.stringContaining('did not make') }),
    );
  });

  it('that the API server refuses is told of, and tried again much later', async () => {
    world = await startMemoryOperator(prepare({ prometheusRules: maintain }));
    world.api.onWrite(({ resource }) => (resource === plural ? 'Deny' : 'Pass'));
    await world.pass(60);
    expect(world.events.filter(({ reason }) => reason === 'RulesNotWritten')).toHaveLength(1);
    world.api.onWrite(() => 'Pass');
    await world.pass(300);
    expect(stored()).not.toBeNull();
  });
});

describe('the name of a rule', () => {
  it('is that of the model, as long as a name may be', () => {
    expect(ruleNameOf('credit')).toBe('modelrisk-credit');
    expect(ruleNameOf('a'.repeat(243))).toHaveLength(253);
    expect(ruleNameOf('a'.repeat(244))).toMatch(/^modelrisk-[0-9a-f]{32}$/);
  });
});
