import { epochAnnotation, journalAnnotation } from '../actuators/metadata.ts';
import type { TargetResource } from '../actuators/port.ts';
import { targetJournalName, targetJournals } from '../api/target-journal.ts';
import { createJournalBook } from '../kube/journal-book.ts';
import { journaledClient } from '../kube/journaled-client.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { Transport } from '../kube/transport.ts';
import type { Clock } from '../shared/clock.ts';

/** In the name of the command; objects of any kind. */
export function clientFor(
  transport: Transport,
  resource: { readonly group: string; readonly version: string; readonly plural: string; readonly kind: string },
): ResourceClient<UntypedObject> {
  return createResourceClient<UntypedObject>({ transport, fieldManager: 'kubectl-modelrisk', resource: { ...resource, namespaced: true } });
}

/** Objects of a kind of target, each with its journal, wherever that is kept. */
export function targetClient(transport: Transport, resource: TargetResource, clock: Pick<Clock, 'nowMs'>): ResourceClient<UntypedObject> {
  const targets = clientFor(transport, resource);
  if (resource.journal !== 'Object') return targets;
  const journals = clientFor(transport, targetJournals);
  const place = { nameOf: targetJournalName, journalKey: journalAnnotation, epochKey: epochAnnotation };
  return journaledClient({ targets, journals, place, book: createJournalBook(place, null), observe: () => undefined, clock });
}
