import * as z from 'zod';
import { cel } from './cel.ts';
import { mapList, requiredText } from './fields.ts';

const runbookURL = requiredText(2048, 'Page that says what to do when a risk of this category comes true; alerts link to it.').meta(
  cel({
    rule: "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != ''",
    message: 'write an absolute http or https URL, e.g. https://runbooks.example/fairness',
  }),
);

const category = z
  .object({
    name: requiredText(63, 'Category as risks[].category of models says it.'),
    runbookURL: runbookURL.exactOptional(),
  })
  .meta({ description: 'One category of risks.' });

export const categories = mapList(category, 'name', {
  max: 64,
  description: 'The taxonomy of risks, as far as there is something to say of a category. Models may use others.',
}).default([]);
