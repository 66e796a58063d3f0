import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import type { TargetResource } from '../port.ts';

/** A kind of objects whose values plans may patch, because whoever installed the operator listed it. */
export type PatchResource = Omit<TargetResource, 'comesWith' | 'clusterRole' | 'strict'>;

/** Who may do what, what is admitted, what is served, who leads, and our own kinds: a patch there would undo what confines us. */
const forbiddenGroups: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io',
  'authorization.k8s.io',
  'authentication.k8s.io',
  'certificates.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'modelrisk.dev',
]);

/** Of the core: credentials, and what runs or is made to run. */
const forbiddenCore: ReadonlySet<string> = new Set([
  'bindings',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'secrets',
  'serviceaccounts',
]);

/** Why no patch may touch objects of this resource, whatever was configured; null when one may. */
export function whyForbiddenResource({ group, plural }: Pick<PatchResource, 'group' | 'plural'>): string | null {
  if (forbiddenGroups.has(group)) return `${plural}.${group} decides what may be done in the cluster`;
  if (group === '' && forbiddenCore.has(plural)) return `${plural} hold credentials or run programs`;
  return null;
}

const form = /^(?:([a-z0-9][-.a-z0-9]*)\/)?(v[a-z0-9]+)\/([a-z][a-z0-9]*)\/([A-Z][A-Za-z0-9]*)$/;

/**
 * Reads `keda.sh/v1alpha1/scaledobjects/ScaledObject,v1/configmaps/ConfigMap` (group, version, plural and kind; the core has no group).
 * `taken` are kinds with a target of their own, which knows them better. The failure is one sentence.
 */
export function readPatchKinds(text: string, taken: readonly PatchResource[]): Result<readonly PatchResource[], string> {
  const words = text.split(',').map((word) => word.trim());
  const kinds: PatchResource[] = [];
  for (const word of words) {
    const [, group = '', version = '', plural = '', kind = ''] = form.exec(word) ?? [];
    if (kind === '')
      return failure(`"${word}" is no kind: write group/version/plural/Kind, as in keda.sh/v1alpha1/scaledobjects/ScaledObject`);
    const why = whyForbiddenResource({ group, plural });
    if (why !== null) return failure(`${word} can't be patched, ${why}: leave it out`);
    const isSame = (other: PatchResource): boolean => other.group === group && other.plural === plural;
    if (taken.some(isSame)) return failure(`${word} has a kind of target of its own: leave it out, and name that in plans`);
    if (kinds.some(isSame)) return failure(`${word} is listed twice: leave one out`);
    kinds.push({ group, version, plural, kind });
  }
  return success(kinds);
}
