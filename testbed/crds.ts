import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { assertNever } from '../src/shared/assert-never.ts';
import { createAPIClient, resourcePath } from './api-client.ts';
import type { APIClient } from './api-client.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { eventually } from './eventually.ts';
import { resolveTool } from './tools/resolve.ts';

export type CRDSet =
  | 'gateway-api'
  | 'contour'
  | 'istio'
  | 'seldon'
  | 'kserve'
  | 'rollouts'
  | 'openfeature'
  | 'trivy'
  | 'policy-reports'
  | 'prometheus-rules'
  | 'open-reports'
  | 'pod-metrics';

export interface CRDSource {
  /** A file or a folder for `kubectl apply -f`. */
  readonly path: string;
  /** True when it is our own description of the fields used, not the project's definition; callers say so. */
  readonly standIn: boolean;
}

/**
 * Where the definitions of another project come from. OpenFeature's, KServe's, Seldon's and Trivy's are in no package registry: MODELRISK_CRD_DIR
 * names a folder with `openfeature-featureflags.yaml`, `kserve-inferenceservices.yaml`, `seldon-experiments.yaml` and `trivy-vulnerabilityreports.yaml`; without it stand-ins with the fields we use take
 * their place. Metrics are no definition at all but an API of their own: a stand-in keeps objects of their shape.
 */
export async function crdSource(set: CRDSet): Promise<CRDSource> {
  switch (set) {
    case 'gateway-api':
      return { path: await resolveTool('gateway-api-crds'), standIn: false };
    case 'contour':
      return { path: await resolveTool('contour-crds'), standIn: false };
    case 'istio':
      return { path: await resolveTool('istio-crds'), standIn: false };
    case 'rollouts':
      return { path: await resolveTool('rollouts-crds'), standIn: false };
    case 'policy-reports':
      return { path: await resolveTool('policy-report-crds'), standIn: false };
    case 'prometheus-rules':
      return { path: await resolveTool('prometheus-rule-crds'), standIn: false };
    case 'open-reports':
      return { path: await resolveTool('open-report-crds'), standIn: false };
    case 'openfeature':
      return namedOr('openfeature-featureflags.yaml', 'featureflag-stand-in.yaml');
    case 'seldon':
      return namedOr('seldon-experiments.yaml', 'experiment-stand-in.yaml');
    case 'kserve':
      return namedOr('kserve-inferenceservices.yaml', 'inferenceservice-stand-in.yaml');
    case 'trivy':
      return namedOr('trivy-vulnerabilityreports.yaml', 'vulnerabilityreport-stand-in.yaml');
    case 'pod-metrics':
      return { path: standIn('podmetrics-stand-in.yaml'), standIn: true };
    default:
      return assertNever(set);
  }
}

/** The definition somebody has a copy of, else ours. */
async function namedOr(file: string, ours: string): Promise<CRDSource> {
  const real = join(process.env['MODELRISK_CRD_DIR'] ?? '', file);
  const found = await access(real).then(
    () => true,
    () => false,
  );
  return found ? { path: real, standIn: false } : { path: standIn(ours), standIn: true };
}

function standIn(file: string): string {
  return join(import.meta.dirname, 'crds', file);
}

/** Applies a file or folder and waits until the API server serves the definitions in it. Throws with kubectl's words. */
export async function installCRDs(cluster: ClusterAccess, path: string): Promise<void> {
  // Server-side: some definitions are too large for the annotation of a client-side apply.
  const applied = await must(cluster, ['apply', '--server-side', '--force-conflicts', '-o', 'name', '-f', path]);
  await untilServed(
    cluster,
    applied.split('\n').filter((name) => name.startsWith('customresourcedefinition')),
  );
}

/** Waits until the definitions (`crd/<name>`; default: all there are) are established and their paths answer. */
export async function untilServed(cluster: ClusterAccess, definitions?: readonly string[]): Promise<void> {
  const names = definitions ?? (await must(cluster, ['get', 'crd', '-o', 'name'])).trim().split('\n');
  // A large definition has no conditions at all for a moment, which kubectl takes for a mistake instead of waiting.
  await eventually(() => must(cluster, ['wait', '--for=condition=Established', '--timeout=60s', ...names]), {
    timeoutMs: 60_000,
    everyMs: 250,
  });
  const client = createAPIClient({ server: cluster.server, caFile: cluster.caFile, token: cluster.adminToken });
  try {
    await Promise.all(names.map((name) => untilPathsAnswer(client, name.slice(name.indexOf('/') + 1))));
  } finally {
    await client.close();
  }
}

interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

/** Established is written a moment before the paths answer: for that moment they are 404. */
async function untilPathsAnswer(client: APIClient, name: string): Promise<void> {
  const definition = await client.get({ group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }, { name });
  const { group, names, versions } = definition['spec'] as DefinitionSpec;
  for (const version of versions.filter(({ served }) => served)) {
    const path = `${resourcePath({ group, version: version.name, plural: names.plural })}?limit=1`;
    await eventually(async () => (await client.raw({ method: 'GET', path })).status !== 404);
  }
}

async function must(cluster: ClusterAccess, args: readonly string[]): Promise<string> {
  const result = await cluster.kubectl(args);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${result.stderr.trim()}`);
  return result.stdout;
}
