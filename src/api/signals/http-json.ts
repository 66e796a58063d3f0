import * as z from 'zod';

const pointer = (description: string) =>
  z
    .string()
    .max(256)
    .regex(/^(\/([^~/]|~[01])*)*$/)
    .meta({ description });

export const httpJSONSchema = z
  .object({
    path: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^\/[\x21-\x7e]*$/)
      .meta({
        description:
          'Path and query below the URL of the provider. {namespace}, {model} and {version} stand for those of the ModelRisk, percent-encoded; the first two must be there, or a namesake in another namespace would be judged by this one. Without {version} the answer speaks for every version.',
      }),
    value: pointer('JSON pointer (RFC 6901) to the value, a number: /drift/psi.'),
    time: pointer(
      'JSON pointer to the time of the data, RFC 3339 text or seconds since 1970. It must be when the data was measured, never when the answer was made: a service that froze must look old.',
    ),
    sampleCount: pointer(
      'JSON pointer to the rows behind the value. Left out: sample counts are unknown and minSamples must be 0.',
    ).exactOptional(),
  })
  .meta({ description: 'A value read from a service that answers JSON: one request for each model.' });

/** What is wrong beyond the characters of a path is found when it is read. */
export const httpJSONRules = [
  {
    rule: `!has(self.httpJSON) || (self.httpJSON.path.contains('{model}') && self.httpJSON.path.contains('{namespace}'))`,
    fieldPath: '.httpJSON.path',
    message: 'let the path name whom it is asked about: write {namespace} and {model} into it',
  },
] as const;
