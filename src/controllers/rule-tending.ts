import type { StoreChange } from '../kube/store.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { RiskPolicyConditionType } from '../api/conditions.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { Cluster } from './cluster.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { Programme } from './programme.ts';
import { wantsRules } from './prometheus-rules.ts';
import { prometheusRuleResource } from './rule-sight.ts';
import type { RuleSight } from './rule-sight.ts';
import type { Wakes } from './wakes.ts';

export interface RuleTendingOptions {
  readonly cluster: Pick<Cluster, 'own' | 'rules'>;
  readonly programme: Pick<Programme, 'risks' | 'policies'>;
  readonly queue: Pick<WorkQueue, 'add'>;
  readonly wakes: Pick<Wakes, 'policy'>;
}

const type = 'AlertsMaintained';

/** A policy that no longer asks for rules said in its status that it once did: what was written then is still to be deleted. */
function mayHaveLeft(object: UntypedObject): boolean {
  return previousConditions(object).some((condition) => condition.type === type);
}

/** Opens the watch of our rules while a policy asks for them, wakes the models whose rules may be others now; until the returned end. */
export function tendRules({ cluster, programme, queue, wakes }: RuleTendingOptions): () => void {
  const { rules, own } = cluster;

  function review(): void {
    if (own.policies.store.list().some((object) => wantsRules(programme.policies.get(object.metadata.name)) || mayHaveLeft(object)))
      rules.open();
    else if (rules.standing().kind !== 'Read' || rules.list().length === 0) rules.close();
  }

  function wake(key: string): void {
    if (rules.standing().kind === 'Read') queue.add(key, 'Resync');
  }

  const wakeAll = (isConcerned: (policy: string) => boolean): void => {
    for (const { key, risk } of programme.risks.values()) if (isConcerned(risk.spec.policyRef.name)) wake(key);
  };

  const ends = [
    own.policies.store.subscribe(({ object }: StoreChange<UntypedObject>) => {
      review();
      wakeAll((policy) => policy === object.metadata.name);
    }),
    own.risks.store.subscribe(({ object }) => {
      wake(keyOf(object));
    }),
    own.plans.store.subscribe(({ object }) => {
      const { spec } = object as { readonly spec?: { readonly riskRef?: { readonly name?: string } } };
      wake(`${object.metadata.namespace ?? ''}/${spec?.riskRef?.name ?? ''}`);
    }),
    rules.onChange((changed) => {
      review();
      if (changed !== null) {
        wake(`${changed.metadata.namespace ?? ''}/${changed.rule.risk ?? ''}`);
        return;
      }
      wakeAll(() => true);
      for (const name of programme.policies.keys()) wakes.policy(name);
    }),
  ];
  review();
  return () => {
    for (const end of ends) end();
  };
}

const bind =
  'Let the operator write them: bind the ClusterRole modelrisk-operator-prometheus-rules to its ServiceAccount (chart: prometheusRules.enabled: true).';

/** Whether the rules a policy asks for can be kept; nothing of one that asks for none. */
export function rulesCondition(
  policy: RiskPolicy,
  rules: Pick<RuleSight, 'standing'>,
): readonly (ConditionNow & { readonly type: RiskPolicyConditionType })[] {
  if (!wantsRules(policy)) return [];
  const standing = rules.standing();
  switch (standing.kind) {
    case 'Read':
      return [{ type, status: 'True', reason: 'Maintained', message: '' }];
    case 'NotServed':
      return [
        {
          type,
          status: 'False',
          reason: 'KindNotServed',
          message: `The cluster serves no ${prometheusRuleResource.plural}.${prometheusRuleResource.group}: install the CRDs of the Prometheus operator, or set prometheusRules.mode: None. It is found by itself once it is there.`,
        },
      ];
    case 'Failed':
      return [
        {
          type,
          status: 'False',
          reason: standing.failure.kind === 'Denied' ? 'RightsMissing' : 'Unreadable',
          message: `PrometheusRules can't be read: ${standing.failure.message.replace(/\.$/, '')}. ${standing.failure.kind === 'Denied' ? bind : 'Check the API server.'}`,
        },
      ];
    case 'Closed':
    case 'Reading':
      return [{ type, status: 'Unknown', reason: 'Reading', message: 'The PrometheusRules of the cluster have not been read yet.' }];
  }
}
