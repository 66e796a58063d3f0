import { toGatedModel } from '../api/gated-model.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import { judgeGate } from '../governance/gate/verdict.ts';
import type { GateAnswer, Waivable } from '../governance/gate/verdict.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

export interface GateCommand {
  readonly kind: 'Gate';
  /** Name of the ModelRisk. */
  readonly model: string;
  readonly version: string;
  readonly waive: readonly Waivable[];
}

/** `kubectl modelrisk gate`: may this version go out? Failure: one sentence, when nobody can tell. */
export async function askGate(
  risks: Pick<ResourceClient<UntypedObject>, 'get'>,
  { model, version, waive }: GateCommand,
  { namespace, nowMs }: { readonly namespace: string; readonly nowMs: number },
): Promise<Result<GateAnswer, string>> {
  const found = await risks.get({ namespace, name: model });
  if (!found.ok) return failure(`ModelRisk ${namespace}/${model} can't be read: ${found.failure.message}`);
  const parsed = parseModelRisk(found.value);
  if (!parsed.ok) return failure(`ModelRisk ${namespace}/${model} can't be read: ${parsed.failure.join('; ')}`);
  return success(judgeGate(toGatedModel(parsed.value), { version, waive, nowMs }));
}
