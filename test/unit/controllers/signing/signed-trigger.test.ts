import { describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../../src/api/model-risk.ts';
import type { SignedModel } from '../../../../src/api/signed-text.ts';
import { withStandIns } from '../../../../src/controllers/signed-trigger.ts';
import { aSnapshot } from '../../../builders/core.ts';
import { memoryRisk } from '../../../builders/memory-operator.ts';

type Indicators = readonly Readonly<Record<string, unknown>>[];

const drift = { template: { name: 'score-drift' } };
const parity = { template: { name: 'parity' } };
const named = (name: string, signal: object = drift) => ({
  name,
  risk: 'stale-population',
  signal,
  threshold: { direction: 'Above', breach: 1 },
});

function risk(indicators: Indicators, signed: Indicators | null) {
  const written = memoryRisk() as { readonly metadata: object; readonly spec: object };
  const metadata = { ...written.metadata, uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', generation: 1 };
  const read = parseModelRisk({ ...written, metadata, spec: { ...written.spec, indicators } });
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const model = { indicators: signed } as unknown as SignedModel;
  return { written: read.value, signed: signed === null ? null : { digest: '', model, held: [] } };
}

const triggered = (...indicators: readonly string[]) => aSnapshot({ trigger: { indicators, match: 'Any' } });

describe('what stands for a trigger', () => {
  it('is nothing where nothing was signed, or there is no model', () => {
    const snapshot = triggered('new');
    expect(withStandIns(snapshot, null)).toBe(snapshot);
    expect(withStandIns(snapshot, risk([named('new')], null))).toBe(snapshot);
  });

  it('is nothing for what was signed, whatever was taken out', () => {
    const snapshot = triggered('a');
    expect(withStandIns(snapshot, risk([named('a')], [named('a'), named('b')]))).toBe(snapshot);
  });

  it('is what was taken out, and what reads the same', () => {
    const { trigger } = withStandIns(
      triggered('a', 'new'),
      risk(
        [named('a'), named('same'), named('other', parity), named('new')],
        [named('a'), named('same'), named('gone'), named('other', parity)],
      ),
    );
    expect(trigger).toEqual({ indicators: ['a', 'new', 'same', 'gone'], match: 'Any', standIns: [{ of: 'new', by: ['same', 'gone'] }] });
  });

  it('is found for a trigger the model does not have', () => {
    const { trigger } = withStandIns(triggered('typo'), risk([named('a')], [named('a'), named('gone')]));
    expect(trigger.standIns).toEqual([{ of: 'typo', by: ['gone'] }]);
  });
});
