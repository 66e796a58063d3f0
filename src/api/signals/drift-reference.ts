import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { cel } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { atomicList, configMapKey, count, decimal, digest, instant, mapList, objectName, requiredText, seconds } from '../fields.ts';

/** Label of ConfigMaps that keep references, with the value "true": no others are read. */
export const referenceLabel = 'modelrisk.dev/reference';

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

const kept = z.object({
  configMap: z
    .object({
      name: objectName('ConfigMap of this namespace with the label modelrisk.dev/reference: "true".'),
      key: configMapKey('Key whose text is the pinned reference as JSON: upperBounds and counts, or categories.'),
    })
    .meta({
      description:
        'Pinned counts kept in a ConfigMap, with the digest they must have beside it. Other counts under the key are no data: the limit moves with the ModelRisk only.',
    }),
  digest: captured.digest,
});

export const driftReference = z
  .union([pinnedBuckets, pinnedCategories, seasonal, champion, confusion, kept])
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
        rule: '!has(self.configMap) || has(self.digest)',
        fieldPath: '.digest',
        message: 'write the digest the counts in the ConfigMap must have, or whoever may edit ConfigMaps could move the limit',
      },
      {
        rule: '!has(self.digest) || has(self.upperBounds) || has(self.categories) || has(self.configMap)',
        fieldPath: '.digest',
        message: 'a digest belongs to pinned counts: leave it out beside seasonal and champion',
      },
    ),
  );

type DriftReferenceSpec = DeepReadonly<z.output<typeof driftReference>>;
export type PinnedReference = DeepReadonly<z.output<typeof pinnedBuckets> | z.output<typeof pinnedCategories>>;
/** Counts that are kept in a ConfigMap, by the digest they must have. */
export type KeptReference = Extract<DriftReferenceSpec, { readonly configMap: unknown }>;

/** What `digest` of a pinned reference must be: SHA-256 of canonical JSON, whatever the order of its categories. */
export function referenceDigest(reference: PinnedReference): string {
  const counted =
    'upperBounds' in reference
      ? { upperBounds: reference.upperBounds, counts: reference.counts }
      : { categories: Object.fromEntries(reference.categories.map(({ name, count: rows }) => [name, rows])) };
  return `sha256:${createHash('sha256').update(canonicalJSON(counted)).digest('hex')}`;
}

/** What the rules of the API server keep out of a ModelRisk has to be looked for in a text. */
const written = z
  .union([
    pinnedBuckets
      .refine(({ upperBounds, counts }) => counts.length === upperBounds.length + 1)
      .refine(({ upperBounds }) => upperBounds.every((bound, index) => index === 0 || bound > (upperBounds[index - 1] ?? bound)))
      .refine(({ counts }) => counts.some((rows) => rows > 0)),
    pinnedCategories
      .refine(({ categories }) => categories.filter((each) => each.count > 0).length > 1)
      .refine(({ categories }) => new Set(categories.map((each) => each.name)).size === categories.length),
  ])
  .readonly();

/** Counts written as JSON. Failure: the end of a sentence about the text. */
export function readReference(text: string, digest: string): Result<PinnedReference, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('is no JSON; capture it again');
  }
  const read = written.safeParse(json);
  if (!read.success)
    return failure('holds no reference; write upperBounds with one more counts, or categories with their counts, or capture it again');
  const found = referenceDigest(read.data);
  if (found !== digest)
    return failure(`has the digest ${found} and signal.reference.digest is ${digest}: put its counts back, or capture it again`);
  return success({ ...read.data, digest });
}
