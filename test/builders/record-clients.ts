import type { RecordClients } from '../../src/cli/record-copy.ts';
import type { UntypedObject } from '../../src/kube/kube-object.ts';
import { failure, success } from '../../src/shared/result.ts';

const lister = (items: readonly UntypedObject[]): RecordClients['incidents'] => ({
  listPage: ({ namespace }) => {
    const asked = items.filter((each) => namespace === null || each.metadata.namespace === namespace);
    return Promise.resolve(success({ items: asked, continueToken: null, resourceVersion: '1' }));
  },
});

/** A cluster that holds just this. */
export function recordClients(objects: Partial<Readonly<Record<keyof RecordClients, readonly UntypedObject[]>>> = {}): RecordClients {
  const { incidents = [], decisions = [], risks = [], policies = [], heads = [] } = objects;
  return {
    incidents: lister(incidents),
    decisions: lister(decisions),
    risks: lister(risks),
    policies: lister(policies),
    heads: lister(heads),
  };
}

/** As without the right to list one kind. */
export function withoutRight(clients: RecordClients, kind: keyof RecordClients): RecordClients {
  const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) };
  return { ...clients, [kind]: denied };
}
