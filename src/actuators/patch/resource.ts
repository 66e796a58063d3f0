import { unpatchableCore, unpatchableGroups } from '../../core/model/unpatchable.ts';
import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import type { TargetResource } from '../port.ts';

/** A kind of objects whose values plans may patch, because whoever installed the operator listed it. */
export type PatchResource = Omit<TargetResource, 'comesWith' | 'clusterRole' | 'strict'>;

const forbiddenGroups: ReadonlySet<string> = new Set(unpatchableGroups);
const forbiddenCore: ReadonlySet<string> = new Set(unpatchableCore);

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
