import { targetJournalManifest } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';

export const journalCases = casesOf(targetJournalManifest(), [
  {
    field: '',
    message: 'an object has one journal: name it by its kind and uid',
    accept: [],
    reject: [['metadata.name', 'inferenceservice-of-somebody-else']],
  },
]);

export const journalTransitions = casesOf(targetJournalManifest(), [
  {
    field: 'spec.target',
    message: 'a journal stays that of one object: create another TargetJournal',
    accept: [['spec.epoch', 3]],
    reject: [['spec.target.name', 'another']],
  },
]);
