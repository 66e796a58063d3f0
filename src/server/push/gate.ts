import { toGatedModel } from '../../api/gated-model.ts';
import { parseModelRisk } from '../../api/model-risk.ts';
import { judgeGate } from '../../governance/gate/verdict.ts';
import { readWaived } from '../../governance/gate/waived.ts';
import type { UntypedObject } from '../../kube/kube-object.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Authentication, Pusher } from './authentication.ts';
import { refuse } from './reply.ts';
import type { Reply } from './reply.ts';

export interface GateDeskOptions {
  readonly authentication: Pick<Authentication, 'mayRead'>;
  /** By namespace and name; undefined: there is none. */
  readonly findRisk: (namespace: string, name: string) => UntypedObject | undefined;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const asking = 'ask for /v1/gate?namespace=NAMESPACE&model=NAME&version=V, where NAME is that of the ModelRisk';

/** `GET /v1/gate`: 200 is go and 409 no-go, so that `curl --fail` is enough for a pipeline; the body says the same either way. */
export function createGateDesk({ authentication, findRisk, clock }: GateDeskOptions): (query: string, asker: Pusher) => Promise<Reply> {
  return async (query, asker) => {
    const parameters = new URLSearchParams(query);
    const [namespace = '', model = '', version = ''] = ['namespace', 'model', 'version'].map((name) => parameters.get(name) ?? '');
    if (namespace === '' || model === '' || version === '') return refuse(400, asking);
    const waived = readWaived(parameters.get('waive') ?? '');
    if (!waived.ok) return refuse(400, `waive: ${waived.failure}`);
    // Asked before anything is looked up: whether a model exists is not everybody's business.
    const allowed = await authentication.mayRead(asker, namespace);
    if (!allowed.ok) return allowed.failure;
    if (!allowed.value)
      return refuse(
        403,
        `${asker.username} may not read ModelRisks in namespace ${namespace}; bind ClusterRole modelrisk-viewer to it there (verb get on modelrisks of modelrisk.dev)`,
      );
    const object = findRisk(namespace, model);
    if (object === undefined) return refuse(404, `there is no ModelRisk ${namespace}/${model}; ${asking}`);
    const parsed = parseModelRisk(object);
    if (!parsed.ok) return refuse(422, `ModelRisk ${namespace}/${model} can't be read: ${parsed.failure.join('; ')}`);
    const answer = judgeGate(toGatedModel(parsed.value), { version, waive: waived.value, nowMs: clock.nowMs() });
    return { status: answer.decision === 'Go' ? 200 : 409, body: answer };
  };
}
