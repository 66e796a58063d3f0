import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskChainHead } from '../../../src/api/risk-chain-head.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import { parseRiskIncident } from '../../../src/api/risk-incident.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import type { Result } from '../../../src/shared/result.ts';
import {
  chainHeadManifest,
  decisionManifest,
  fairnessSignal,
  incidentManifest,
  modelRiskManifest,
  performanceSignal,
  planManifest,
  riskPolicyManifest,
  stored,
} from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';

type Parse = (object: unknown) => Result<unknown, readonly string[]>;
type Path = readonly (string | number)[];

function fullPolicy(): Manifest {
  const manifest = riskPolicyManifest();
  const signals = manifest.spec['signals'] as readonly JSONValue[];
  return { ...manifest, spec: { ...manifest.spec, signals: [...signals, fairnessSignal(), performanceSignal()] } };
}

const kinds: readonly (readonly [kind: string, parse: Parse, manifest: Manifest])[] = [
  ['RiskPolicy', parseRiskPolicy, fullPolicy()],
  ['ModelRisk', parseModelRisk, modelRiskManifest()],
  ['MitigationPlan', parseMitigationPlan, planManifest()],
  ['RiskIncident', parseRiskIncident, incidentManifest()],
  ['RiskDecision', parseRiskDecision, decisionManifest()],
  ['RiskChainHead', parseRiskChainHead, chainHeadManifest()],
];

function pathsOf(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...at, key]))];
}

function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((each: unknown, index) => (index === key ? changed(each, rest, to) : each));
  return { ...(value as object), [key]: changed((value as Readonly<Record<string | number, unknown>>)[key], rest, to) };
}

const asWritten = (path: Path): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${key}`), '').slice(1);
const asStored = (manifest: Manifest): unknown => JSON.parse(JSON.stringify(stored(manifest)));
const asJSON = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, '', 0, -1, 1e300, true, [], {}, [null], { name: 7 }, 'x'.repeat(100_000), undefined),
);

describe.each(kinds)('reading a %s', (_kind, parse, manifest) => {
  const whole = asStored(manifest);
  const paths = pathsOf(whole);
  const below = paths.filter(([first]) => first === 'spec');

  it('never throws, whatever stands anywhere in it, and what is wrong is said with a path and a reason', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, to) => {
        const read = parse(changed(whole, path, to));
        if (read.ok) return;
        expect(read.failure.length).toBeGreaterThan(0);
        for (const sentence of read.failure) expect(sentence).toMatch(/^([A-Za-z][\w[\].\-/]*)?: \S/);
      }),
      { numRuns: 300 },
    );
  });

  it('regression: names the place that is wrong, not one where something else could have been written', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...below), anything, (path, to) => {
        // What is not there at all could have been any of the forms.
        fc.pre(to !== undefined);
        const read = parse(changed(whole, path, to));
        if (read.ok) return;
        refused += 1;
        const place = asWritten(path);
        const named = read.failure.map((sentence) => sentence.split(': ')[0] ?? '');
        expect([named, named.some((each) => each.startsWith(place) || place.startsWith(each))]).toEqual([named, true]);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(60);
  });

  it('again says the same: what it filled in counts as written', () => {
    const read = parse(whole);
    if (!read.ok) throw new Error(read.failure.join('; '));
    expect(parse(asJSON(read.value))).toEqual(read);
    fc.assert(
      fc.property(fc.constantFrom(...below), anything, (path, to) => {
        const once = parse(changed(whole, path, to));
        if (once.ok) expect(asJSON(parse(asJSON(once.value)))).toEqual(asJSON(once));
      }),
      { numRuns: 150 },
    );
  });

  it('of a newer operator leaves out what it does not know, wherever that stands, and reads the rest as ever', () => {
    const objects = below.filter((path) => {
      const value = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string | number, unknown>>)[key], whole);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    });
    const read = parse(whole);
    for (const path of objects) {
      const value = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string | number, unknown>>)[key], whole);
      const newer = parse(changed(whole, path, { ...(value as object), fromTheFuture: { a: 1 } }));
      // What an engagement ran on is kept as it was, whatever is in it.
      if (asWritten(path).startsWith('spec.snapshot')) continue;
      expect([asWritten(path), newer]).toEqual([asWritten(path), read]);
    }
    expect(objects.length).toBeGreaterThan(0);
  });
});
