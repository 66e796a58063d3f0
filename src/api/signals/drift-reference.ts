import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { cel } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { atomicList, count, decimal, digest, instant, mapList, requiredText, seconds } from '../fields.ts';

/** Most bounds and categories a pinned reference may have: they stand in an object beside everything else. */
export const maxBounds = 64;
export const maxCategories = 128;
export const maxCategoryLength = 128;
export const maxCount = 1_000_000_000_000_000;

const captured = {
  digest: digest(
    'SHA-256 over the counts, as kubectl modelrisk reference capture wrote it. With it edited counts are refused, and live buckets with other bounds are no data: somebody changed the histogram. Left out: counts are taken as written and bounds need only overlap.',
  ).exactOptional(),
  capturedAt: instant('When the counts were read.').exactOptional(),
};

const pinnedBuckets = z.object({
  upperBounds: atomicList(decimal('Inclusive upper bound of a bucket, in the unit of the signal.'), {
    min: 2,
    max: maxBounds,
    description: 'Upper bounds of the buckets, ascending, as in the le label of the live histogram but without +Inf.',
  }),
  counts: atomicList(count(maxCount, 'Rows in one bucket, not cumulative.'), {
    min: 3,
    max: maxBounds + 1,
    description: 'Rows of the reference in each bucket, not cumulative; the last entry counts the rows above the last bound.',
  }),
  ...captured,
});

const category = z
  .object({
    name: requiredText(maxCategoryLength, 'Value of the label; __missing__: no value, __other__: everything that is not listed.'),
    count: count(maxCount, 'Rows of the reference with this value.'),
  })
  .meta({ description: 'Rows of one category.' });

const pinnedCategories = z.object({
  categories: mapList(category, 'name', {
    min: 2,
    max: maxCategories,
    description:
      'Rows of the reference by value of the label. The 48 largest are compared one by one, the others together; a value that is not listed counts as __new__.',
  }),
  ...captured,
});

const seasonal = z.object({
  seasonal: z
    .object({
      offsetSeconds: seconds(1, 'Seconds back, at least the window of the signal. A week (604800) compares equal hours of equal weekdays.'),
    })
    .meta({ description: 'The same counts some time ago. What drifts slower than that is not seen: the reference follows it.' }),
});

const champion = z.object({
  champion: z
    .object({ version: requiredText(128, 'Version whose answers callers receive, as the identity labels of its series say it.') })
    .meta({
      description:
        'The same counts of another version at the same time. What happens to both is not seen: it is the change of the model alone.',
    }),
});

const rows = (what: string) => count(maxCount, `Rows of the reference: ${what}.`);

const confusion = z.object({
  confusion: z
    .object({
      truePositives: rows('positive decision, positive outcome'),
      falsePositives: rows('positive decision, other outcome'),
      falseNegatives: rows('other decision, positive outcome'),
      trueNegatives: rows('other decision, other outcome'),
    })
    .meta({
      description:
        'What became of decisions when the model was accepted: of a performance template. The value is how much worse it is now.',
    }),
});

export const driftReference = z
  .union([pinnedBuckets, pinnedCategories, seasonal, champion, confusion])
  .meta({
    description: 'What the live counts are compared to. Pinned (buckets or categories): how it was when the model was accepted, for ever.',
  })
  .meta(
    cel(
      {
        rule: '!has(self.counts) || !has(self.upperBounds) || self.counts.size() == self.upperBounds.size() + 1',
        fieldPath: '.counts',
        message: 'write one more count than upperBounds: the last counts the rows above the last bound',
      },
      {
        rule: '!has(self.upperBounds) || (self.upperBounds.isSorted() && self.upperBounds.all(b, self.upperBounds.exists_one(c, c == b)))',
        fieldPath: '.upperBounds',
        message: 'write the bounds in ascending order, each once',
      },
      {
        rule: '!has(self.counts) || self.counts.sum() > 0',
        fieldPath: '.counts',
        message: 'write the counts of the reference rows: their sum must be above 0',
      },
      {
        rule: '!has(self.categories) || self.categories.filter(c, c.count > 0).size() > 1',
        fieldPath: '.categories',
        message: 'write the counts of the reference rows: at least two categories must have some',
      },
      {
        rule: '!has(self.digest) || has(self.upperBounds) || has(self.categories)',
        fieldPath: '.digest',
        message: 'a digest belongs to pinned counts: leave it out beside seasonal and champion',
      },
    ),
  );

type DriftReferenceSpec = DeepReadonly<z.output<typeof driftReference>>;
export type PinnedReference = Extract<DriftReferenceSpec, { readonly digest?: string }>;

/** What `digest` of a pinned reference must be: SHA-256 of canonical JSON, whatever the order of its categories. */
export function referenceDigest(reference: PinnedReference): string {
  const counted =
    'upperBounds' in reference
      ? { upperBounds: reference.upperBounds, counts: reference.counts }
      : { categories: Object.fromEntries(reference.categories.map(({ name, count: rows }) => [name, rows])) };
  return `sha256:${createHash('sha256').update(canonicalJSON(counted)).digest('hex')}`;
}
