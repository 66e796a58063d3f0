import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

/** One thing that keeps a model from being guarded as its owner wrote. */
export interface Ailment {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Wrong: somebody has to do something. NotKnown: nobody can tell yet, or ever, as things are written. */
  readonly severity: 'Wrong' | 'NotKnown';
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
}

export interface Diagnosis {
  readonly modelRisks: number;
  readonly plans: number;
  readonly ailments: readonly Ailment[];
}

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

/** The status each condition has while all is well; what is not listed says how things stand, not that something ails. */
const healthy: Readonly<Record<string, Readonly<Record<string, 'True' | 'False'>>>> = {
  ModelRisk: { Ready: 'True', Assessed: 'True', Calibrated: 'True', ReviewCurrent: 'True', Documented: 'True', SignedOff: 'True' },
  MitigationPlan: { Ready: 'True', Stalled: 'False', Contested: 'False', Latched: 'False', AwaitingEvidence: 'False', Drilled: 'True' },
};

/** `kubectl modelrisk doctor`: what ails the guard of every model, from statuses alone. Namespace null: all. Failure: one sentence. */
export async function diagnose(
  clients: { readonly risks: Lister; readonly plans: Lister },
  namespace: string | null,
): Promise<Result<Diagnosis, string>> {
  const risks = await listAll(clients.risks, namespace);
  if (!risks.ok) return failure(`ModelRisks can't be listed: ${risks.failure.message}`);
  const plans = await listAll(clients.plans, namespace);
  if (!plans.ok) return failure(`MitigationPlans can't be listed: ${plans.failure.message}`);
  const ailments = [
    ...risks.value.flatMap((object) => ailmentsOf('ModelRisk', object)),
    ...plans.value.flatMap((object) => ailmentsOf('MitigationPlan', object)),
  ];
  return success({ modelRisks: risks.value.length, plans: plans.value.length, ailments });
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

function ailmentsOf(kind: string, object: UntypedObject): readonly Ailment[] {
  const { name, namespace = '', generation } = object.metadata;
  const { status } = object as { readonly status?: Status };
  const about = { kind, namespace, name };
  if (status?.conditions === undefined || status.observedGeneration !== generation) {
    const message = 'No operator has taken in its spec as it is: see whether one runs, and whether it may read this namespace.';
    return [{ ...about, severity: 'Wrong', condition: 'Ready', reason: 'NotObserved', message }];
  }
  return status.conditions.flatMap(({ type, status: now, reason, message }) => {
    const well = healthy[kind]?.[type];
    if (well === undefined || now === well) return [];
    return [{ ...about, severity: now === 'Unknown' ? ('NotKnown' as const) : ('Wrong' as const), condition: type, reason, message }];
  });
}

/** A line each, what is wrong before what is not known. */
export function diagnosisSentences({ modelRisks, plans, ailments }: Diagnosis): readonly string[] {
  const wrong = ailments.filter(({ severity }) => severity === 'Wrong');
  const notKnown = ailments.filter(({ severity }) => severity === 'NotKnown');
  return [
    ...[...wrong, ...notKnown].map(
      ({ kind, namespace, name, condition, severity, reason, message }) =>
        `${kind} ${namespace}/${name}: ${condition} ${severity === 'Wrong' ? 'fails' : 'is not known'} (${reason})${message === '' ? '' : `: ${message}`}`,
    ),
    `${modelRisks} ModelRisks and ${plans} MitigationPlans: ${wrong.length} things wrong, ${notKnown.length} not known.`,
  ];
}
