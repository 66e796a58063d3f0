import { asList, asNumber, asObject } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Claim, TargetObject, Verification } from '../port.ts';
import { generationOf, standingOf } from './intent.ts';

type Unverified = Exclude<Verification, { kind: 'Verified' }>;

/** Whether the Deployment's controller has done what the spec says, as far as the claims rest on it. */
export function rolledOut(live: TargetObject, claims: readonly Claim[]): Unverified | null {
  const status = asObject(live.status);
  const where = describeObject(live);
  const waiting = (message: string): Unverified => ({ kind: 'Waiting', message: `${where}: ${message}.` });
  const constraints = claims.flatMap((claim) => claim.constraints);
  // What it gave up on before is no word on this: a revision that never came up is why one goes back.
  if ((asNumber(status.observedGeneration) ?? 0) < generationOf(live)) return waiting('its controller has not seen the latest spec yet');
  const stuck = deadlineExceeded(live);
  if (constraints.length > 0 && stuck !== null)
    return { kind: 'Failed', reason: 'ProgressDeadlineExceeded', message: `${where}: ${stuck}` };
  const count = (field: string): number => asNumber(status[field]) ?? 0;
  const wanted = standingOf(live).replicas ?? 1;
  if (constraints.some(({ kind }) => kind === 'Pin')) {
    const updated = count('updatedReplicas');
    if (updated < wanted) return waiting(`${updated} of ${wanted} pods run the revision it was put back on`);
    if (count('replicas') > updated) return waiting(`${count('replicas') - updated} pods of another revision are left`);
    if (count('availableReplicas') < wanted) return waiting(`${count('availableReplicas')} of ${wanted} pods are available`);
  }
  const floor = Math.max(0, ...constraints.flatMap((each) => (each.kind === 'Replicas' ? [each.minReplicas] : [])));
  return count('availableReplicas') < floor ? waiting(`${count('availableReplicas')} of ${floor} pods are available`) : null;
}

/** Its controller has given up waiting for pods; null when it has not. */
function deadlineExceeded(live: TargetObject): string | null {
  const conditions = asList(asObject(live.status).conditions).map(asObject);
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.status !== 'False' || progressing.reason !== 'ProgressDeadlineExceeded') return null;
  return `its pods do not become available (ProgressDeadlineExceeded${typeof progressing.message === 'string' ? `: ${progressing.message}` : ''}). Look at their events`;
}
