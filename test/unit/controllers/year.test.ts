import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { readAuditLine } from '../../../src/api/audit-line.ts';
import { isFactLine, readFactLine } from '../../../src/api/fact-line.ts';
import { auditExport } from '../../../src/governance/export-audit.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { shortYear, spendYear } from '../../builders/year/spend-year.ts';

interface Look {
  readonly at: string;
  readonly [what: string]: unknown;
}

const golden = 'test/year/said.json';

/**
 * Ten weeks of a busy house under the operator itself. What it must say was computed in Python from the log of these very weeks (`npm run year --
 * --golden` writes the file only then); a difference is a change of what is due or counted, or of the story.
 */
it('says of a year what was computed again from its export', async () => {
  const { sink, said, counts, complaints } = await spendYear(shortYear);
  const [now, then] = [said, await readFile(golden, 'utf8')].map((text) => JSON.parse(text) as readonly Look[]);
  expect(now?.map(({ at }) => at)).toEqual(then?.map(({ at }) => at));
  for (const [index, look] of (then ?? []).entries())
    for (const what of Object.keys(look))
      expect({ at: look.at, [what]: now?.[index]?.[what] }).toEqual({ at: look.at, [what]: look[what] });
  // Of all that may happen, all did.
  for (const what of [
    'signOffs',
    'reviews',
    'accepts',
    'versions',
    'policies',
    'restarts',
    'releases',
    'postmortems',
    'filings',
    'deletions',
  ])
    expect(counts[what] ?? 0).toBeGreaterThan(0);
  // A decision that came beside another write is recorded at the next attempt.
  expect(complaints.filter((each) => !each.includes('the object has been modified'))).toEqual([]);
  const lines = sink.map((row) => (isFactLine(JSON.parse(row)) ? readFactLine(JSON.parse(row)) : readAuditLine(row)));
  const read = lines.flatMap((line) => (line.ok ? [line.value] : []));
  expect(read).toHaveLength(sink.length);
  const entries = read.flatMap((line) => ('entry' in line ? [line] : []));
  expect(auditExport(entries, sha256)).toEqual([]);
  expect(
    auditFacts(
      read.flatMap((line) => ('entry' in line ? [] : [line])),
      entries,
      sha256,
    ),
  ).toEqual([]);
});
