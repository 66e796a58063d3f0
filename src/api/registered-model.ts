import type { RegisteredModel } from '../core/programme/registration.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { ModelRisk } from './model-risk.ts';

/** `targets`: of its plans. */
export function toRegisteredModel({ metadata, spec }: Pick<ModelRisk, 'metadata' | 'spec'>, targets: readonly Target[]): RegisteredModel {
  return {
    namespace: metadata.namespace ?? '',
    names: [metadata.name, spec.model.name],
    objects: [
      ...spec.workloadRefs.map(({ kind, name }) => ({ kind, name })),
      ...targets.map((target) => ({ kind: targetKindOf(target), name: target.object })),
    ],
  };
}
