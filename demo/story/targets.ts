import type { KubeObject } from '../../testbed/api-client.ts';
import { snapshotObject } from '../measuring/object-snapshot.ts';
import type { ObjectSnapshot } from '../measuring/object-snapshot.ts';
import type { AuditedRequest } from '../../testbed/audit-log.ts';
import { resources } from '../watching/resources.ts';
import type { Story } from './story.ts';

/** Names in demo/manifests. */
export const routeName = 'employment';
export const flagName = 'employment-flags';
export const riskName = 'employment';
export const planName = 'employment';

export interface TargetSnapshots {
  readonly route: ObjectSnapshot;
  readonly flag: ObjectSnapshot;
}

/** Both targets as the API server stores them now. */
export async function snapshotTargets({ bed }: Story): Promise<TargetSnapshots> {
  const get = (resource: (typeof resources)['routes' | 'flags'], name: string): Promise<KubeObject> =>
    bed.client.get(resource, { namespace: 'employment', name });
  const [route, flag] = await Promise.all([get(resources.routes, routeName), get(resources.flags, flagName)]);
  return { route: snapshotObject(route), flag: snapshotObject(flag) };
}

/** Writes that were let through to the route or the flag. */
export function targetWrites(writes: readonly AuditedRequest[]): readonly AuditedRequest[] {
  const targets: readonly string[] = [resources.routes.plural, resources.flags.plural];
  return writes.filter(({ resource, subresource, status }) => targets.includes(resource) && subresource === '' && status < 300);
}

/**
 * The patch that brought about a state which the watch showed at `seenAtMs`: the last one the server had received by
 * then. Throws when there is none, because then somebody else brought it about.
 */
export function patchBehind(writes: readonly AuditedRequest[], plural: string, seenAtMs: number): AuditedRequest {
  // The watch's clock counts whole milliseconds.
  const found = targetWrites(writes).filter(({ resource, receivedAtMs }) => resource === plural && receivedAtMs <= seenAtMs + 1);
  const last = found.at(-1);
  if (last === undefined) throw new Error(`no write of the operator to ${plural} is in the audit log before what the watch showed`);
  return last;
}
