import { expect, it } from '@jest/globals';
import { composeReport } from '../../../src/report/compose.ts';
import { createObjectReader, readAhead } from '../../../src/report/objects.ts';
import { creditModel, reportedMs, reportedObjects } from '../../builders/reported.ts';
import { programme } from '../../builders/report-reading.ts';

it('lets others have their turn while thousands are read, and the report reads nothing again', async () => {
  const modelRisks = Array.from({ length: 100 }, (_, each) => {
    const model = creditModel();
    return { ...model, metadata: { ...model.metadata, name: `model-${String(each)}` } };
  });
  const objects = reportedObjects({ modelRisks });
  const reader = createObjectReader();
  let pauses = 0;
  const pause = (): Promise<void> => {
    pauses += 1;
    return Promise.resolve();
  };
  await readAhead(objects, { reader, pause });
  expect(pauses).toBeGreaterThanOrEqual(10);
  const [first = {}] = modelRisks;
  expect(reader.modelRisks(first)).toBe(reader.modelRisks(first));
  // The same words as of a report that read for itself.
  expect(composeReport(objects, { ...programme, mostRanked: 0 }, { nowMs: reportedMs, reader })).toEqual(
    composeReport(objects, { ...programme, mostRanked: 0 }, { nowMs: reportedMs }),
  );
});
