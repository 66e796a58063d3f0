import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveIndicator } from '../../../src/api/resolve-indicator.ts';
import { resolveTemplateAlone } from '../../../src/api/resolve-signal.ts';
import { signalProblem } from '../../../src/signals/signal-problem.ts';
import { recipes } from '../../builders/recipes.ts';
import { indicatorsOf } from '../../builders/in-force.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'recipes.md'), 'utf8');

describe('recipes', () => {
  it('are there for three tools, each with a section of docs/recipes.md', () => {
    expect(recipes().map(({ tool }) => tool)).toEqual(['evidently', 'nannyml', 'trustyai']);
    for (const { tool } of recipes()) expect(page).toContain(`config/recipes/${tool}.yaml`);
  });

  const templates = recipes().flatMap(({ policy }) => policy.spec.signals.map((template) => [template.name, template] as const));

  it.each(templates)('%s can be asked as it stands, and has an activity that a frozen gauge does not have', (name, template) => {
    expect(signalProblem(resolveTemplateAlone(template), '')).toBeNull();
    expect('promQL' in template && template.promQL.activityQuery).toMatch(/increase\(|push_time_seconds/);
    expect(page).toContain(`\`${name}\``);
  });

  it.each(recipes())('of $tool names a signal in every indicator, and uses every signal', ({ policy, risk }) => {
    const indicators = indicatorsOf(risk);
    for (const indicator of indicators) {
      expect(resolveIndicator(indicator, { ...risk, spec: { ...risk.spec, indicators } }, policy.spec)).toMatchObject({ ok: true });
    }
    const used = risk.spec.indicators.map(({ signal }) => ('template' in signal ? signal.template.name : ''));
    expect(used.toSorted()).toEqual(policy.spec.signals.map(({ name }) => name).toSorted());
  });

  it('ask for no minimum of samples where the tool counts none', () => {
    const trustyai = recipes().find(({ tool }) => tool === 'trustyai');
    expect(trustyai?.risk.spec.indicators.map(({ minSamples }) => minSamples)).toEqual([0, 0, 0]);
  });
});
