import { describe, expect, it } from '@jest/globals';
import { kinds } from '../../../src/api/kinds.ts';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskChainHead } from '../../../src/api/risk-chain-head.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import { parseRiskIncident } from '../../../src/api/risk-incident.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import {
  chainHeadManifest,
  decisionManifest,
  incidentManifest,
  modelRiskManifest,
  planManifest,
  riskPolicyManifest,
  stored,
  withValue,
} from '../../builders/api.ts';

const parsers = [
  { kind: 'RiskPolicy', parse: parseRiskPolicy, manifest: riskPolicyManifest() },
  { kind: 'ModelRisk', parse: parseModelRisk, manifest: modelRiskManifest() },
  { kind: 'MitigationPlan', parse: parseMitigationPlan, manifest: planManifest() },
  { kind: 'RiskIncident', parse: parseRiskIncident, manifest: incidentManifest() },
  { kind: 'RiskDecision', parse: parseRiskDecision, manifest: decisionManifest() },
  { kind: 'RiskChainHead', parse: parseRiskChainHead, manifest: chainHeadManifest() },
] as const;

const anything: readonly unknown[] = [
  undefined,
  null,
  0,
  '',
  [],
  {},
  { spec: null },
  { metadata: {}, spec: { indicators: {} }, status: 7 },
];

describe.each(parsers)('$kind', ({ kind, parse, manifest }) => {
  it('is read as the server returns it', () => {
    const parsed = parse(stored(manifest));
    expect(parsed).toMatchObject({ ok: true, value: { kind, metadata: { name: manifest.metadata.name, uid: expect.any(String) } } });
  });

  it('is refused with sentences, never an exception, whatever is stored', () => {
    for (const object of anything) {
      const parsed = parse(object);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) expect(parsed.failure.every((sentence) => sentence.includes(': '))).toBe(true);
    }
  });

  it('leaves out fields a newer operator wrote', () => {
    const parsed = parse(withValue(stored(manifest), 'spec.fromTheFuture', { x: 1 }));
    expect(parsed.ok).toBe(true);
    expect(JSON.stringify(parsed)).not.toContain('fromTheFuture');
  });
});

it('knows each kind once', () => {
  // A journal is read by the codec of its target's actuator.
  expect(kinds.map(({ kind }) => kind)).toEqual([...parsers.map(({ kind }) => kind), 'TargetJournal', 'RiskGate']);
});

describe('sentences', () => {
  it('name the field by its path', () => {
    const parsed = parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators[1].threshold.breach', '0.25'));
    expect(parsed).toEqual({
      ok: false,
      failure: ['spec.indicators[1].threshold.breach: Invalid input: expected number, received string'],
    });
  });

  it('speak of the alternative the author meant', () => {
    const parsed = parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators[2].signal.promQL.windowSeconds', 0));
    expect(parsed).toEqual({
      ok: false,
      failure: ['spec.indicators[2].signal.promQL.windowSeconds: Too small: expected number to be >=1'],
    });
  });

  it.each([
    ['spec.targets[1].featureFlag', 'on'],
    ['spec.stages[1].actions[0].shadow', 50],
    ['spec.stages[2].actions[1].flagRollback', []],
  ])('regression: speak of the alternative of which something was written (%s: %j), not of the first there is', (path, value) => {
    const parsed = parseMitigationPlan(withValue(stored(planManifest()), path, value));
    expect(parsed).toMatchObject({ ok: false, failure: [expect.stringMatching(/expected object/)] });
    expect(parsed.ok ? '' : parsed.failure[0]?.split(': ')[0]).toBe(path);
  });

  it('say so when no alternative was chosen', () => {
    const parsed = parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators[2].signal', {}));
    expect(parsed).toMatchObject({ ok: false, failure: [expect.stringMatching(/^spec\.indicators\[2\]\.signal\.(template|promQL): /)] });
  });
});

describe('metadata', () => {
  it('keeps what controllers decide on', () => {
    const parsed = parseMitigationPlan(
      stored(planManifest(), { deletionTimestamp: '2026-06-02T00:00:00Z', finalizers: ['modelrisk.dev/restore'], annotations: { a: 'b' } }),
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        metadata: {
          generation: 3,
          deletionTimestamp: '2026-06-02T00:00:00Z',
          finalizers: ['modelrisk.dev/restore'],
          annotations: { a: 'b' },
        },
      },
    });
  });

  it('must say which object it is', () => {
    expect(parseModelRisk(withValue(stored(modelRiskManifest()), 'metadata.uid', undefined))).toMatchObject({
      ok: false,
      failure: ['metadata.uid: Invalid input: expected string, received undefined'],
    });
  });
});

describe('status', () => {
  it('is empty before the operator wrote it', () => {
    const parsed = parseMitigationPlan(stored(planManifest()));
    expect(parsed).toMatchObject({ ok: true, value: { status: { conditions: [], targets: [] } } });
  });

  it('is refused, not forgotten, when it cannot be understood', () => {
    const object = { ...stored(planManifest()), status: { memory: { phase: 'Engaged', engagement: 2 } } };
    expect(parseMitigationPlan(object)).toMatchObject({
      ok: false,
      failure: expect.arrayContaining([expect.stringContaining('status.memory.stage')]),
    });
  });
});
