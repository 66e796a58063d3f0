import { describe, expect, it } from '@jest/globals';
import { parseModelRisk, readsOwnSignal } from '../../../src/api/model-risk.ts';
import type { ModelRisk } from '../../../src/api/model-risk.ts';
import { resolveSignal } from '../../../src/api/resolve-signal.ts';
import type { ResolvedSignal } from '../../../src/api/resolve-signal.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { indicatorMemoryFromStatus, toIdentity, toIndicator, toQuorumIndicator } from '../../../src/api/to-core.ts';
import {
  fairnessSignal,
  modelRiskManifest,
  opportunitySignal,
  performanceSignal,
  riskPolicyManifest,
  stored,
  withValue,
} from '../../builders/api.ts';
import { anIndicator } from '../../builders/core.ts';
import { resolveAlone } from '../../builders/resolve.ts';
import { calibrationTemplate } from '../../builders/statistic-template.ts';
import { indicatorsOf } from '../../builders/in-force.ts';

function risk(path?: string, value?: unknown): ModelRisk {
  const manifest = stored(modelRiskManifest());
  const parsed = parseModelRisk(path === undefined ? manifest : withValue(manifest, path, value));
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

function resolved(of: ModelRisk, index: number): ResolvedSignal {
  const policy = parseRiskPolicy(stored(riskPolicyManifest()));
  const spec = indicatorsOf(of)[index];
  if (!policy.ok || spec === undefined || !readsOwnSignal(spec)) throw new Error('broken builder');
  const signal = resolveSignal(spec, toIdentity(of), policy.value.spec);
  if (!signal.ok) throw new Error(signal.failure);
  return signal.value;
}

function indicator(of: ModelRisk, index: number) {
  const spec = indicatorsOf(of)[index];
  if (spec === undefined || !readsOwnSignal(spec)) throw new Error('no such indicator');
  return toIndicator(spec, resolved(of, index));
}

it('takes the namespace from the object, so that nobody can claim another', () => {
  expect(toIdentity(risk())).toEqual({ namespace: 'lending', model: 'credit-default', version: '2.3.0' });
});

it('maps an indicator with its defaults and its window', () => {
  expect(indicator(risk(), 0)).toEqual({
    name: 'approval-parity',
    threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85, severe: null },
    minSamples: 500,
    forSeconds: 30,
    clearForSeconds: 600,
    staleAfterSeconds: 300,
    onNoData: 'Hold',
    onError: 'Hold',
    windowSeconds: 600,
    measurableIn: ['Live'],
    scalesWith: 'Share',
  });
});

it('leaves minSamples to the noise floor where it is left out, and takes 0 for no minimum', () => {
  expect(indicator(risk(), 1).minSamples).toBeNull();
  expect(indicator(risk('spec.indicators[1].minSamples', 0), 1).minSamples).toBe(0);
});

describe('clear, when it is left out', () => {
  it('is warn', () => {
    expect(indicator(risk(), 1).threshold).toEqual({ direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: null });
  });

  it('is breach where there is no warn', () => {
    expect(indicator(risk(), 2).threshold).toEqual({ direction: 'Above', warn: null, breach: 0.05, clear: 0.05, severe: null });
  });

  it('is not warn when it is written', () => {
    expect(indicator(risk('spec.indicators[1].threshold.clear', 0.2), 1).threshold).toMatchObject({ warn: 0.1, clear: 0.2 });
  });

  it('may be zero', () => {
    expect(indicator(risk('spec.indicators[1].threshold.clear', 0), 1).threshold.clear).toBe(0);
  });
});

it('reads the memory of an indicator back without the time of the last poll', () => {
  const status = { name: 'score-drift', state: 'Firing', since: '2026-06-01T12:00:00.250Z' } as const;
  expect(indicatorMemoryFromStatus(status)).toEqual({
    state: 'Firing',
    sinceMs: Date.UTC(2026, 5, 1, 12, 0, 0, 250),
    lastPolledAtMs: null,
  });
});

it('reads instants of any offset', () => {
  const status = { name: 'score-drift', state: 'Clear', since: '2026-06-01T14:00:00+02:00' } as const;
  expect(indicatorMemoryFromStatus(status).sinceMs).toBe(Date.UTC(2026, 5, 1, 12));
});

describe('outcomes that take longer than 7 days', () => {
  const week = 604_800;
  const signals = {
    calibration: calibrationTemplate(),
    recall: performanceSignal(),
    parity: fairnessSignal(),
    opportunity: opportunitySignal(),
  };
  const releaseBy = (name: keyof typeof signals, labelMaturitySeconds: number) => {
    const direction = name === 'calibration' || name === 'opportunity' ? 'Above' : 'Below';
    const spec = {
      ...{ name, risk: 'unfair-denials', signal: { template: { name: signals[name]['name'] } } },
      ...{ threshold: { direction, breach: 0.5 }, staleAfterSeconds: 10 * week },
    };
    const signal = resolveAlone(signals[name], spec, name === 'parity' ? {} : name === 'calibration' ? {} : { labelMaturitySeconds });
    if (!signal.ok) throw new Error(signal.failure);
    const [parsed] = indicatorsOf(risk('spec.indicators', [spec]));
    if (parsed === undefined || !readsOwnSignal(parsed)) throw new Error('no indicator');
    return toIndicator(parsed, signal.value, labelMaturitySeconds).releaseBy;
  };

  it.each(['calibration', 'recall', 'opportunity'] as const)('leave what %s brought on to people', (name) => {
    expect(releaseBy(name, week + 1)).toBe('Decision');
    expect(releaseBy(name, week)).toBeUndefined();
  });

  it('leave to people what a quorum with one of them brought on', () => {
    const [declared] = indicatorsOf(risk());
    if (declared === undefined) throw new Error('no indicator');
    const [timely, slow] = [anIndicator(), anIndicator({ releaseBy: 'Decision' })];
    expect(toQuorumIndicator(declared, 1, [timely, slow]).releaseBy).toBe('Decision');
    expect(toQuorumIndicator(declared, 1, [timely, timely])).not.toHaveProperty('releaseBy');
    const week = anIndicator({ windowSeconds: 604_800 });
    // What a stage's time is measured against: it must not be over before the slowest member has a window of the stage.
    expect(toQuorumIndicator(declared, 1, [timely, week]).windowSeconds).toBe(604_800);
  });

  it('are nothing to who counts decisions alone', () => {
    expect(releaseBy('parity', week + 1)).toBeUndefined();
  });
});
