import * as z from 'zod';
import { cel } from './cel.ts';
import { count, objectName, requiredText, text, uid } from './fields.ts';
import { group, version } from './kind.ts';
import type { Kind } from './kind.ts';

const target = z
  .object({
    group: text(253, 'API group of the object.'),
    resource: requiredText(63, 'Resource of the object, in the plural: who may restore it may write this journal.'),
    kind: requiredText(63, 'Kind of the object.'),
    name: objectName('Name of the object, in this namespace.'),
    uid: uid('Identity of the object (its uid): another one under its name has another journal.'),
  })
  .meta({ description: 'The object this is the journal of.' })
  .meta(
    cel({
      rule: 'self == oldSelf',
      message: 'a journal stays that of one object: create another TargetJournal',
      reason: 'FieldValueForbidden',
    }),
  );

const spec = z
  .object({
    target,
    journal: requiredText(
      65_536,
      'What is in force on the object, for whom, and what its users want back: JSON, as in the annotation modelrisk.dev/journal of other targets. Written before the object is changed.',
    ),
    epoch: count(Number.MAX_SAFE_INTEGER, 'Epoch of the operator that wrote it.'),
  })
  .meta({ description: 'Journal of a target that can not carry it in annotations.' });

/** The one journal of an object. */
export function targetJournalName(kind: string, objectUID: string): string {
  return `${kind.toLowerCase()}-${objectUID}`;
}

export const targetJournalKind = {
  kind: 'TargetJournal',
  plural: 'targetjournals',
  shortNames: ['tjournal'],
  scope: 'Namespaced',
  description:
    'What is in force on a target whose annotations its controller would copy (a KServe InferenceService), and what its users want back. Written by the operator and by kubectl modelrisk restore only.',
  spec,
  status: null,
  printerColumns: [
    { name: 'Kind', type: 'string', jsonPath: '.spec.target.kind', description: 'Kind of the target.' },
    { name: 'Target', type: 'string', jsonPath: '.spec.target.name', description: 'Name of the target.' },
    { name: 'Epoch', type: 'integer', jsonPath: '.spec.epoch', description: 'Epoch of the operator that wrote it.', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: [],
  rules: [
    {
      rule: "self.metadata.name == self.spec.target.kind.lowerAscii() + '-' + self.spec.target.uid",
      message: 'an object has one journal: name it by its kind and uid',
    },
  ],
} as const satisfies Kind<typeof spec, null>;

/** Where the API server serves them. */
export const targetJournals = { group, version, plural: targetJournalKind.plural, kind: targetJournalKind.kind, namespaced: true } as const;
