import { describe, expect, it } from '@jest/globals';
import { defaultCategories } from '../../../src/api/categories.ts';
import { categoryProblems, taxonomyOf, unknownCategories } from '../../../src/api/taxonomy.ts';

const listing = (...names: readonly string[]) => ({ categories: names.map((name) => ({ name })) });
const duty = (name: string, categories?: readonly string[]) => ({
  ...{ name, severities: ['High'] as const, withinSeconds: 86_400, warningSeconds: 3600 },
  ...(categories === undefined ? {} : { categories }),
});
const problems = (changes: Partial<Parameters<typeof categoryProblems>[0]>) =>
  categoryProblems({ ...listing(), reporting: [], tiers: [], ...changes });

describe('the taxonomy of a policy', () => {
  it('is the six everybody knows where it lists none', () => {
    expect(taxonomyOf(listing())).toEqual(['DataQuality', 'ModelPerformance', 'Fairness', 'Security', 'Privacy', 'OperationalReliability']);
  });

  it('is the six and what it lists beside them: who lists one to link a page to it takes none away', () => {
    expect(taxonomyOf(listing('Conduct', 'Fairness'))).toEqual([...defaultCategories, 'Conduct']);
    expect(unknownCategories(listing('Conduct'), ['Fairness', 'Conduct', 'Lateness', 'Lateness'])).toEqual(['Lateness']);
  });

  it('is written as it is: upper and lower case are two categories', () => {
    expect(unknownCategories(listing(), ['fairness', 'Fairness', 'Data Quality'])).toEqual(['fairness', 'Data Quality']);
    expect(unknownCategories(listing(), defaultCategories)).toEqual([]);
  });
});

describe('a policy that names a category it does not have', () => {
  it('is told the duty whose clock never begins, and what to write', () => {
    expect(problems({ reporting: [duty('ai-act', ['Fairness', 'Fairnes']), duty('all')] })).toEqual([
      'Category Fairnes in reporting ai-act is not in the taxonomy of this policy (DataQuality, ModelPerformance, Fairness, Security, Privacy, OperationalReliability), so the clock of that duty never begins for it: add it to categories or correct the name.',
    ]);
  });

  it('is told the tier whose floor no model can keep', () => {
    const tiers = [{ name: 'High', floors: { categories: ['Fairness', 'Conduct'] } }, { name: 'Low' }];
    expect(problems({ ...listing('Fairness'), tiers })).toEqual([
      'Category Conduct in floors of tier High is not in the taxonomy of this policy (DataQuality, ModelPerformance, Fairness, Security, Privacy, OperationalReliability), so no model can have an indicator for it: add it to categories or correct the name.',
    ]);
    expect(problems({ ...listing('Fairness', 'Conduct'), tiers })).toEqual([]);
  });

  it('is told every place, duties first', () => {
    const tiers = [{ name: 'High', floors: { categories: ['A', 'B'] } }];
    const said = problems({ tiers, reporting: [duty('one', ['A']), duty('two', ['B', 'Privacy'])] });
    expect(said.map((each) => each.split(' is ')[0])).toEqual([
      'Category A in reporting one',
      'Category B in reporting two',
      'Category A in floors of tier High',
      'Category B in floors of tier High',
    ]);
  });
});
