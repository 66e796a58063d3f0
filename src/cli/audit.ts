import { chainHeadName } from '../api/risk-chain-head.ts';
import { auditNamespace } from '../governance/audit.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { verifyRecord } from '../report/verify-record.ts';
import type { RecordReport } from '../report/verify-record.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

export interface AuditReport extends RecordReport {
  readonly namespace: string;
}

type Reader = Pick<ResourceClient<UntypedObject>, 'get' | 'listPage'>;

/** `kubectl modelrisk audit verify`: reads every incident of a namespace and recomputes the chain. Failure: one sentence. */
export async function verifyAudit(
  clients: { readonly incidents: Reader; readonly heads: Reader },
  namespace: string,
): Promise<Result<AuditReport, string>> {
  const listed = await listAll(clients.incidents, namespace);
  if (!listed.ok) return failure(`RiskIncidents of namespace ${namespace} can't be listed: ${listed.failure.message}`);
  const read = await clients.heads.get({ namespace, name: chainHeadName });
  if (!read.ok && read.failure.kind !== 'NotFound') return failure(`RiskChainHead ${chainHeadName} can't be read: ${read.failure.message}`);
  const verified = verifyRecord(listed.value, read.ok ? read.value : null, { audit: auditNamespace });
  return verified.ok ? success({ namespace, ...verified.value }) : verified;
}
