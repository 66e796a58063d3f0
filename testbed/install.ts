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

/** The operator's objects as shipped beside the CRDs of the targets, so that every kind it acts on is served. */
export async function installProduct(access: ClusterAccess): Promise<Installed> {
  const flags = await crdSource('openfeature');
  const others = await Promise.all((['gateway-api', 'istio', 'kserve'] as const).map(crdSource));
  await Promise.all([flags, ...others].map(({ path }) => apply(access, '-f', path)));
  await installOperator(access);
  return { featureFlagStandIn: flags.standIn };
}

/**
 * Installs the operator's objects as shipped (`config/default`: CRDs, RBAC, admission policies, Deployment) and nothing of
 * other projects. No kubelet runs here: the Deployment stays without pods, the bundle is started as a process instead.
 */
export async function installOperator(access: ClusterAccess): Promise<void> {
  // The namespace and the definitions first: what needs them would be refused in the same call.
  await apply(access, '-k', 'config/namespace');
  await apply(access, '-k', 'config/crd');
  await untilServed(access);
  await apply(access, '-k', 'config/default');
  await untilAdmitted(access);
}

interface Probe {
  readonly plural: string;
  readonly object: object;
  /** The policy has left its mark: it is in force and knows the kind. */
  readonly marked: (answer: unknown) => boolean;
}

const probeMetadata = { name: 'probe', namespace: 'default' };

/** Valid in every field: one the schema refuses never gets as far as the validating policies. */
const probes: readonly Probe[] = [
  {
    plural: 'mitigationplans',
    object: {
      kind: 'MitigationPlan',
      spec: {
        riskRef: { name: 'probe' },
        owner: 'testbed',
        mode: 'Observe',
        trigger: { indicators: ['probe'] },
        targets: [{ name: 'route', httpRoute: { name: 'probe', candidate: { service: 'b', port: 80 }, safe: { service: 'a', port: 80 } } }],
        stages: [{ name: 'limit', actions: [{ target: 'route', canaryLimit: { maxPercent: 0 } }] }],
      },
    },
    marked: (answer) => {
      const { metadata } = answer as { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
      return metadata?.annotations?.['modelrisk.dev/contributors'] !== undefined;
    },
  },
  {
    plural: 'riskdecisions',
    object: {
      kind: 'RiskDecision',
      spec: {
        action: 'Hold',
        role: 'probe',
        subjectRef: { kind: 'MitigationPlan', name: 'probe', uid: '00000000-0000-4000-8000-000000000000' },
        digest: `sha256:${'0'.repeat(64)}`,
        reason: 'The test bed asks whether admission policies are in force.',
        expiresAt: '2100-01-01T00:00:00Z',
      },
    },
    marked: (answer) => (answer as { readonly spec?: { readonly author?: string } }).spec?.author !== undefined,
  },
];

/**
 * Policies come into force a moment after they were created, and resolve the kinds they guard a moment later: until then
 * writes pass unguarded, then every write of such a kind is 503. Only a policy's own mark on an answer tells that both are over.
 */
async function untilAdmitted(access: ClusterAccess): Promise<void> {
  const client = createAPIClient({ server: access.server, caFile: access.caFile, token: access.adminToken });
  for (const { plural, object, marked } of probes) {
    const path = `/apis/modelrisk.dev/v1alpha1/namespaces/default/${plural}?dryRun=All`;
    const body = { apiVersion: 'modelrisk.dev/v1alpha1', metadata: probeMetadata, ...object };
    await eventually(
      async () => {
        const answer = await client.raw({ method: 'POST', path, body });
        if (answer.status === 201 && marked(answer.body)) return true;
        throw new Error(`a dry-run ${plural} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      },
      { timeoutMs: 60_000 },
    );
  }
  await client.close();
}
