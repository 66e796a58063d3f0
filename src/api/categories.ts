import * as z from 'zod';
import { mapList, requiredText } from './fields.ts';
import { linkTemplate } from './link-template.ts';

/** Categories every policy has. No default of the schema: digests of policies written before would change with it. */
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
  description: `Categories of risks beside ${defaultCategories.join(', ')}, which every policy has; one of these is listed to link pages to it. A model with any other is not Ready.`,
}).default([]);

const defaultList = `[${defaultCategories.map((each) => `'${each}'`).join(', ')}]`;
const isListed = `(c in ${defaultList} || self.categories.exists(k, k.name == c))`;

/** Of a RiskPolicy: a category that was mistyped would never match, and a clock or a floor of the policy never hold. */
export const categoryRules = [
  {
    rule: `self.reporting.all(r, !has(r.categories) || r.categories.all(c, ${isListed}))`,
    fieldPath: '.reporting',
    message: `every reporting[].categories must be one of ${defaultCategories.join(', ')}, or an entry of categories: add the category or correct the name`,
  },
  {
    rule: `self.tiers.all(t, !has(t.floors) || !has(t.floors.categories) || t.floors.categories.all(c, ${isListed}))`,
    fieldPath: '.tiers',
    message: `every floors.categories must be one of ${defaultCategories.join(', ')}, or an entry of categories: add the category or correct the name`,
  },
] as const;
