import { memoryPolicy, memoryRisk } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A policy whose reviews fall due within seconds of the manual clock. */
export function reviewedPolicy(spec: Fields = {}, signal: Fields = {}): object {
  const written = memoryPolicy(signal) as { readonly spec: Fields };
  return { ...written, spec: { ...written.spec, reviewWarningSeconds: 5, ...spec } };
}

export function criticalRisk(spec: Fields = {}): object {
  const written = memoryRisk() as { readonly spec: Fields };
  return { ...written, spec: { ...written.spec, criticality: 'High', ...spec } };
}

interface Reviewed {
  readonly digest: string;
  readonly review?: Readonly<Record<string, unknown>>;
}

const plurals = { ModelRisk: 'modelrisks', RiskPolicy: 'riskpolicies' } as const;
const names = { ModelRisk: 'credit', RiskPolicy: 'default' } as const;
const places = { ModelRisk: 'lending', RiskPolicy: '' } as const;

export type ReviewedKind = keyof typeof plurals;

export function reviewedObject(world: MemoryOperator, kind: ReviewedKind) {
  const object = world.api.get(plurals[kind], names[kind], places[kind]);
  if (object === null) throw new Error(`${kind} ${names[kind]} is gone`);
  return object;
}

export function statusOf(world: MemoryOperator, kind: ReviewedKind): Reviewed {
  return (reviewedObject(world, kind) as unknown as { readonly status: Reviewed }).status;
}

/** A Review as its author would write it, in a namespace of their own. */
export function writeReview(world: MemoryOperator, name: string, { kind, ...changes }: Fields & { readonly kind: ReviewedKind }): void {
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: 'lending' },
    spec: {
      ...{ action: 'Review', role: 'risk', author: 'ana', reason: 'looked at', minutesSpent: 90, digest: statusOf(world, kind).digest },
      subjectRef: { kind, name: names[kind], uid: reviewedObject(world, kind).metadata.uid },
      ...changes,
    },
  });
}
