import { createAPIClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { crdSource, untilServed } from './crds.ts';

export interface Installed {
  /** OpenFeature's definition was not at hand: our description of the fields we use stands in for it. */
  readonly featureFlagStandIn: boolean;
}

async function apply(access: ClusterAccess, ...source: readonly string[]): Promise<void> {
  const applied = await access.kubectl(['apply', '--server-side', '--force-conflicts', ...source]);
  if (applied.code !== 0) throw new Error(`kubectl apply ${source.join(' ')} failed: ${applied.stderr}`);
}

/**
 * Installs the operator's objects as shipped (`config/default`: CRDs, RBAC, admission policies, Deployment) beside the CRDs
 * of the targets. No kubelet runs here: the Deployment stays without pods, the bundle is started as a process instead.
 */
export async function installProduct(access: ClusterAccess): Promise<Installed> {
  const [gateway, flags] = await Promise.all([crdSource('gateway-api'), crdSource('openfeature')]);
  await Promise.all([apply(access, '-f', gateway.path), apply(access, '-f', flags.path)]);
  // The namespace and the definitions first: what needs them would be refused in the same call.
  await apply(access, '-k', 'config/namespace');
  await apply(access, '-k', 'config/crd');
  await untilServed(access);
  await apply(access, '-k', 'config/default');
  await untilAdmitted(access);
  return { featureFlagStandIn: flags.standIn };
}

/** Policies resolve the kinds they guard a moment after both were created; until then every write of such a kind is 503. */
async function untilAdmitted(access: ClusterAccess): Promise<void> {
  const client = createAPIClient({ server: access.server, caFile: access.caFile, token: access.adminToken });
  const probes = { mitigationplans: 'MitigationPlan', modelrisks: 'ModelRisk', riskdecisions: 'RiskDecision' };
  for (const [plural, kind] of Object.entries(probes)) {
    const path = `/apis/modelrisk.dev/v1alpha1/namespaces/default/${plural}?dryRun=All`;
    const body = { apiVersion: 'modelrisk.dev/v1alpha1', kind, metadata: { name: 'probe' }, spec: {} };
    await eventually(async () => (await client.raw({ method: 'POST', path, body })).status !== 503, { timeoutMs: 60_000 });
  }
  await client.close();
}
