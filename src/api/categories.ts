import * as z from 'zod';
import { mapList, requiredText } from './fields.ts';
import { linkTemplate } from './link-template.ts';

const category = z
  .object({
    name: requiredText(63, 'Category as risks[].category of models says it.'),
    runbookURL: linkTemplate(
      'Page that says what to do when a risk of this category comes true; notices, incidents and alerts link to it.',
    ).exactOptional(),
    dashboardURL: linkTemplate('Page that shows how models stand in this category; linked as runbookURL is.').exactOptional(),
  })
  .meta({ description: 'One category of risks.' });

export const categories = mapList(category, 'name', {
  max: 64,
  description: 'The taxonomy of risks, as far as there is something to say of a category. Models may use others.',
}).default([]);
