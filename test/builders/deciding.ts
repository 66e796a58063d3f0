import type { KubeObject } from '../../testbed/api-client.ts';
import { eventually } from '../../testbed/eventually.ts';
import { mitigationPlans, riskDecisions, riskIncidents } from './guarded-model.ts';
import type { OperatorWorld } from './operator-world.ts';
import { grant, person } from './people.ts';
import type { Person } from './people.ts';
import { conditionOf } from './traffic-view.ts';

/** People of one namespace, each with a token of their own. */
export interface Deciders {
  /** Holds the role risk. */
  readonly ana: Person;
  /** May create decisions, but holds no role. */
  readonly bob: Person;
  /** Holds the role product only. */
  readonly cleo: Person;
  /** Holds the role risk and is a contributor of the plan. */
  readonly olga: Person;
  close(): Promise<void>;
}

const decisionsRule = { apiGroups: ['modelrisk.dev'], resources: ['riskdecisions'], verbs: ['create'] };

export async function meetDeciders({ plane, namespace }: OperatorWorld): Promise<Deciders> {
  const meet = (name: string): Promise<Person> => person(plane, plane.client, { namespace, name });
  const [ana, bob, cleo, olga] = await Promise.all([meet('ana'), meet('bob'), meet('cleo'), meet('olga')]);
  const product = { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: ['product'], verbs: ['approve'] };
  await Promise.all([
    grant(plane.client, ana, { namespace, clusterRole: 'modelrisk-role-risk' }),
    grant(plane.client, olga, { namespace, clusterRole: 'modelrisk-role-risk' }),
    grant(plane.client, bob, { namespace, rules: [decisionsRule] }),
    grant(plane.client, cleo, { namespace, rules: [product, decisionsRule] }),
    grant(plane.client, olga, {
      namespace,
      rules: [
        { apiGroups: ['modelrisk.dev'], resources: ['mitigationplans'], verbs: ['patch'] },
        { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['patch'] },
        { apiGroups: ['core.openfeature.dev'], resources: ['featureflags'], verbs: ['patch'] },
      ],
    }),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([ana, bob, cleo, olga].map(({ client }) => client.close()));
  };
  return { ana, bob, cleo, olga, close };
}

export interface Act {
  readonly name: string;
  readonly action: 'Approve' | 'Reject' | 'Hold' | 'Release' | 'Acknowledge';
  readonly [field: string]: unknown;
}

/** Creates a RiskDecision on what the plan says now, with the person's own token; fields of `act` are merged over its spec. */
export async function decide(world: OperatorWorld, who: Person, { name, action, ...changes }: Act): Promise<KubeObject> {
  const { metadata, status } = await world.get(mitigationPlans, 'credit');
  const { digest, memory, incidentRef } = status as {
    readonly digest: string;
    readonly memory: { readonly engagement: number };
    readonly incidentRef: { readonly name: string };
  };
  const answers = ['Approve', 'Reject', 'Acknowledge'].includes(action);
  const incident = answers ? await world.get(riskIncidents, incidentRef.name) : null;
  const subjectRef =
    incident === null
      ? { kind: 'MitigationPlan', name: metadata.name, uid: metadata.uid }
      : { kind: 'RiskIncident', name: incident.metadata.name, uid: incident.metadata.uid };
  return who.client.create(riskDecisions, {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: world.namespace },
    spec: {
      ...{ action, role: 'risk', subjectRef, digest, reason: 'Looked at the evidence.' },
      ...(action === 'Release' ? { engagement: memory.engagement } : {}),
      ...changes,
    },
  });
}

export async function untilJudged(world: OperatorWorld, name: string, reason: string): Promise<string | undefined> {
  const seen = await world.until(riskDecisions, name, (decision) => conditionOf(decision, 'Valid')?.reason === reason);
  return conditionOf(seen, 'Valid')?.status;
}

/** The plan asks about this stage, and its incident is there to be answered. */
export async function untilAsked(world: OperatorWorld, stage: number): Promise<KubeObject> {
  const plan = await world.until(
    mitigationPlans,
    'credit',
    (object) => conditionOf(object, 'AwaitingApproval')?.message.includes(`stage ${String(stage)} `) ?? false,
  );
  const { incidentRef } = plan['status'] as { readonly incidentRef: { readonly name: string } };
  return world.until(riskIncidents, incidentRef.name, () => true);
}

/** The provider was asked this many times more, so the operator has judged as often but once. */
export async function untilPolled({ provider }: OperatorWorld, times: number): Promise<void> {
  const wanted = provider.queries.length + times;
  await eventually(() => Promise.resolve(provider.queries.length >= wanted), { timeoutMs: 30_000 });
}
