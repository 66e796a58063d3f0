import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, parseDocument, isMap, isSeq } from 'yaml';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { resolveIndicator } from '../../../src/api/resolve-indicator.ts';
import { resolveTemplateAlone } from '../../../src/api/resolve-signal.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { signalProblem } from '../../../src/signals/signal-problem.ts';
import { stored } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { indicatorsOf } from '../../builders/in-force.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(join(root, 'config', 'signals', 'risk-policy.yaml'), 'utf8');
const instrumentation = readFileSync(join(root, 'docs', 'instrumentation.md'), 'utf8');

function library() {
  const parsed = parseRiskPolicy(stored(parse(text) as Manifest));
  if (!parsed.ok) throw new Error(parsed.failure.join('; '));
  return parsed.value.spec.signals;
}

/** The comment above each entry of spec.signals, by its name. */
function paragraphs(): ReadonlyMap<string, string> {
  const signals = parseDocument(text).getIn(['spec', 'signals']);
  if (!isSeq(signals)) throw new Error('there are no signals');
  return new Map(
    signals.items.map((item, index) => {
      const comment = isMap(item) ? (item.commentBefore ?? '') : '';
      // yaml hangs the first comment of a list on the list itself.
      return [isMap(item) ? String(item.get('name')) : '', index === 0 ? (signals.commentBefore ?? comment) : comment] as const;
    }),
  );
}

describe('the library of signals', () => {
  it('has one for each common way a model goes wrong', () => {
    expect(library().map(({ name }) => name)).toEqual([
      'score-drift',
      'missing-rate',
      'approval-parity',
      'calibration-error',
      'error-burn-rate',
      'latency-burn-rate',
      'saturation',
      'prediction-anomaly',
      'replicas-not-ready',
      'restarts',
      'unapproved-version',
      'cpu-of-requests',
      'posture',
      'critical-vulnerabilities',
      'policy-findings',
    ]);
  });

  it.each(library().map((template) => [template.name, template] as const))('%s can be asked as it stands', (_name, template) => {
    expect(signalProblem(resolveTemplateAlone(template), '')).toBeNull();
  });

  it.each(library().map(({ name }) => name))('%s says what it sees, what it cannot see and how to choose the threshold', (name) => {
    const paragraph = (paragraphs().get(name) ?? '').replaceAll(/\s+/g, ' ');
    const [, ...parts] = paragraph.split(/Sees:|Can't see:|Threshold:/);
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(part.trim().split(' ').length).toBeGreaterThanOrEqual(5);
    expect([...paragraph.matchAll(/Sees:|Can't see:|Threshold:/g)].map(([word]) => word)).toEqual(['Sees:', "Can't see:", 'Threshold:']);
  });

  it('never takes a mirrored answer for a live one', () => {
    for (const template of library()) {
      const selectors = JSON.stringify(resolveTemplateAlone(template)).match(/model_(?!outcome|saturation)[a-z_]+(\{[^}]*\})?/g) ?? [];
      const tellsApart = 'identity' in template && template.identity.served !== undefined;
      for (const selector of selectors) if (!tellsApart) expect(selector).toContain('served=\\"live\\"');
    }
  });

  it('is used to the last signal by the ModelRisk beside it, whose indicators all resolve', () => {
    const model = parseModelRisk(stored(parse(readFileSync(join(root, 'config', 'signals', 'model-risk.yaml'), 'utf8')) as Manifest));
    const policy = parseRiskPolicy(stored(parse(text) as Manifest));
    if (!model.ok || !policy.ok) throw new Error('the shipped policy or ModelRisk is not what the operator reads');
    const indicators = indicatorsOf(model.value);
    const inForce = { ...model.value, spec: { ...model.value.spec, indicators } };
    expect(indicators.map(({ signal }) => ('template' in signal ? signal.template.name : null))).toEqual(library().map(({ name }) => name));
    for (const indicator of indicators) {
      expect(resolveIndicator(indicator, inForce, policy.value.spec)).toMatchObject({ ok: true });
    }
  });

  it('asks for no metric the convention does not name', () => {
    const asked = new Set([...text.matchAll(/\b(model_[a-z_]+?)(?:_bucket)?(?=[{[])/g)].map(([, metric = '']) => metric));
    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((metric) => !instrumentation.includes(`\`${metric}\``))).toEqual([]);
  });
});
