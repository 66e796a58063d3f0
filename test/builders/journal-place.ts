import { epochAnnotation, journalAnnotation } from '../../src/actuators/metadata.ts';
import { targetJournalName } from '../../src/api/target-journal.ts';
import type { JournalPlace } from '../../src/kube/journal-book.ts';

/** Where operator and command keep journals that are apart from their targets. */
export const journalPlace: JournalPlace = { nameOf: targetJournalName, journalKey: journalAnnotation, epochKey: epochAnnotation };
