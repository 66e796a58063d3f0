import * as z from 'zod';
import { mapList, requiredText } from './fields.ts';
import { linkTemplate } from './link-template.ts';

/** The taxonomy of a policy that lists none. No default of the schema: digests of policies written before would change with it. */
export const defaultCategories = [
  'DataQuality',
  'ModelPerformance',
  'Fairness',
  'Security',
  'Privacy',
  'OperationalReliability',
] as const satisfies readonly string[];

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
  description: `The taxonomy of risks, whole: a model with another category is not Ready. Left out: ${defaultCategories.join(', ')}.`,
}).default([]);

const defaultList = `[${defaultCategories.map((each) => `'${each}'`).join(', ')}]`;
const isListed = `(size(self.categories) == 0 ? c in ${defaultList} : self.categories.exists(k, k.name == c))`;

/** Of a RiskPolicy: a category that was mistyped would never match, and a clock or a floor of the policy never hold. */
export const categoryRules = [
  {
    rule: `self.reporting.all(r, !has(r.categories) || r.categories.all(c, ${isListed}))`,
    fieldPath: '.reporting',
    message: `every reporting[].categories must name entries of categories (left out: ${defaultCategories.join(', ')}): add the category or correct the name`,
  },
  {
    rule: `self.tiers.all(t, !has(t.floors) || !has(t.floors.categories) || t.floors.categories.all(c, ${isListed}))`,
    fieldPath: '.tiers',
    message: `every floors.categories must name entries of categories (left out: ${defaultCategories.join(', ')}): add the category or correct the name`,
  },
] as const;
