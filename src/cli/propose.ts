import { stringify } from 'yaml';

import type { Actuator } from '../actuators/port.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { RestoreClient } from './restore.ts';

export interface Proposal {
  /** A patch for kustomize: name, an annotation, and the fields in question as a whole. */
  readonly manifest: object;
  readonly sentences: readonly string[];
}

/** Changed with the weights, so that Argo CD sees the commit though it ignores weights; which value does not matter. */
const proposedAnnotation = 'modelrisk.dev/proposed-by';

/** What to commit so that the limit in force on one object stays when it is released, from the object alone. Writes nothing. */
export async function proposeFor(options: {
  readonly client: Pick<RestoreClient, 'get'>;
  readonly actuator: Actuator;
  readonly namespace: string;
  readonly name: string;
}): Promise<Result<Proposal, string>> {
  const { client, actuator, namespace, name } = options;
  const { kind, group, version } = actuator.resource;
  const where = `${kind} ${namespace}/${name}`;
  const read = await client.get({ namespace, name });
  if (!read.ok) return failure(`${where} could not be read: ${read.failure.message}`);
  const reading = actuator.readJournal(read.value);
  if (reading.kind === 'Foreign') return failure(reading.message);
  const fields = actuator.propose(read.value);
  if (!fields.ok) return fields;
  const holders = reading.kind === 'Engaged' ? reading.claims.map(({ holder }) => `${holder.plan}-${holder.engagement}`) : [];
  const annotations = { [proposedAnnotation]: [...new Set(holders)].sort().join(' ') };
  return success({
    manifest: { apiVersion: `${group}/${version}`, kind, metadata: { name, namespace, annotations }, ...fields.value },
    sentences: [
      `The limit in force on ${where}, to stay: a patch for the kustomization that brings it (docs/gitops.md, mode C).`,
      'The weights share requests out as the live ones do, in other numbers: equal ones would be taken for the operator’s and taken back at the release.',
      'Nothing was written. Commit it while the limit holds; the plan may then be released.',
    ],
  });
}

export function printProposal({ manifest, sentences }: Proposal): string {
  const comments = sentences.map((sentence) => `# ${sentence}\n`).join('');
  return `${comments}${stringify(manifest, { lineWidth: 0 })}`;
}
