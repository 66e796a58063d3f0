import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { toPlanSnapshot } from '../api/plan-to-core.ts';
import { toRegisteredModel } from '../api/registered-model.ts';
import { modelLabel, unregistered } from '../core/programme/registration.ts';
import type { ModelWorkload } from '../core/programme/registration.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { listAll } from './list-all.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

/** Kinds whose objects serve models; where `labelled`, only those that say so. */
export const workloadKinds = [
  { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices', kind: 'InferenceService', labelled: false },
  { group: 'mlops.seldon.io', version: 'v1alpha1', plural: 'models', kind: 'Model', labelled: false },
  { group: 'machinelearning.seldon.io', version: 'v1', plural: 'seldondeployments', kind: 'SeldonDeployment', labelled: false },
  { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', labelled: true },
  { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet', labelled: true },
] as const;

export interface WorkloadLister {
  readonly kind: string;
  readonly labelled: boolean;
  readonly client: Lister;
}

export interface Unregistered {
  readonly workloads: readonly ModelWorkload[];
  /** Kinds that could not be looked at: a sentence each. */
  readonly notSeen: readonly string[];
}

/** What looks like a model and has no ModelRisk, as far as the caller may see. A kind that is not served is no matter. */
export async function findUnregistered(
  { plans, kinds }: { readonly plans: Lister; readonly kinds: readonly WorkloadLister[] },
  risks: readonly ModelRisk[],
  namespace: string | null,
): Promise<Unregistered> {
  const notSeen: string[] = [];
  const workloads: ModelWorkload[] = [];
  for (const { kind, labelled, client } of kinds) {
    const listed = await listAll(client, namespace, labelled ? modelLabel : null);
    if (listed.ok) workloads.push(...listed.value.map(({ metadata }) => toWorkload(kind, metadata)));
    else if (listed.failure.kind !== 'NotFound')
      notSeen.push(`Objects of kind ${kind} can't be listed (${listed.failure.message}): models among them are not looked for.`);
  }
  const planned = await listAll(plans, namespace);
  if (!planned.ok)
    notSeen.push(
      `MitigationPlans can't be listed (${planned.failure.message}): a model only a plan names counts as one without ModelRisk.`,
    );
  const read = (planned.ok ? planned.value : []).flatMap((object) => {
    const parsed = parseMitigationPlan(object);
    return parsed.ok ? [parsed.value] : [];
  });
  const models = risks.map((risk) => {
    const { name, namespace: where } = risk.metadata;
    const own = read.filter(({ metadata, spec }) => metadata.namespace === where && spec.riskRef.name === name);
    return toRegisteredModel(
      risk,
      own.flatMap((plan) => toPlanSnapshot(plan).targets),
    );
  });
  return { workloads: unregistered(workloads, models), notSeen };
}

function toWorkload(kind: string, { namespace = '', name, labels }: UntypedObject['metadata']): ModelWorkload {
  return { kind, namespace, name, label: labels?.[modelLabel] ?? null };
}
