import { describe, expect, it } from '@jest/globals';
import { demultiplex, identityValues } from '../../../../src/signals/prometheus/demultiplex.ts';
import type { Sample } from '../../../../src/signals/prometheus/answer.ts';
import type { DataTime } from '../../../../src/signals/prometheus/promql/data-time.ts';
import { creditLabels, identityLabels, partSample, timeSample } from '../../../builders/signal.ts';

const owner = ['lending', 'credit', '2', 'live'];
const identity = { namespace: 'lending', model: 'credit', version: '2' };

function indexed(samples: readonly Sample[], time: DataTime = { kind: 'Leaf', index: 0 }) {
  return demultiplex(samples, { text: '', time, identityLabels: ['namespace', 'model', 'version', 'served'] });
}

describe('identityValues', () => {
  it('spells served as metrics do', () => {
    expect(identityValues(identityLabels, identity, 'Live')).toEqual(['lending', 'credit', '2', 'live']);
    expect(identityValues(identityLabels, identity, 'Shadow')).toEqual(['lending', 'credit', '2', 'shadow']);
  });

  it('leaves out what the metric does not carry', () => {
    expect(identityValues({ ...identityLabels, version: null, served: null }, identity, 'Shadow')).toEqual(['lending', 'credit']);
  });
});

describe('demultiplex', () => {
  it.each([
    ['another namespace', { namespace: 'fraud' }],
    ['another model', { model: 'debit' }],
    ['another version', { version: '3' }],
    ['the mirrored copy', { served: 'shadow' }],
    ['served in another spelling', { served: 'Live' }],
    ['no served label', { served: '' }],
  ])('leaves %s to others', (_what, changes) => {
    const answer = indexed([partSample('value', 1, { ...creditLabels, ...changes })]);
    expect(answer.series('value', owner)).toEqual([]);
  });

  it('keeps the parts apart', () => {
    const answer = indexed([partSample('value', 1), partSample('count', 2)]);
    expect(answer.series('count', owner).map(({ value }) => value)).toEqual([2]);
  });

  it('is not confused by label values that hold separators', () => {
    const answer = indexed([partSample('value', 1, { namespace: 'a","b', model: '', version: '2', served: 'live' })]);
    expect(answer.series('value', ['a', 'b', '2', 'live'])).toEqual([]);
  });

  it('takes no inherited property for a label', () => {
    const answer = demultiplex([partSample('value', 1)], { text: '', time: { kind: 'Leaf', index: 0 }, identityLabels: ['constructor'] });
    expect(answer.series('value', [''])).toHaveLength(1);
  });

  it('gives the newest time of the series that is exactly this model', () => {
    const global = timeSample({ namespace: 'lending' }, 9000);
    expect(indexed([timeSample(creditLabels, 5000), global]).dataTimeMs(owner)).toBe(5000);
  });

  it('takes the time of a series that lacks identity labels where there is none of its own', () => {
    const global = timeSample({}, 3000);
    const inNamespace = timeSample({ namespace: 'lending' }, 2000);
    expect(indexed([global, inNamespace]).dataTimeMs(owner)).toBe(2000);
    expect(indexed([global]).dataTimeMs(owner)).toBe(3000);
  });

  it('takes the newest of series that lack equally much', () => {
    expect(indexed([timeSample({ namespace: 'lending' }, 2000), timeSample({ model: 'credit' }, 3000)]).dataTimeMs(owner)).toBe(3000);
  });

  it('never takes the time of another model', () => {
    expect(indexed([timeSample({ ...creditLabels, model: 'debit' }), timeSample({ namespace: 'fraud' })]).dataTimeMs(owner)).toBeNull();
  });

  it('needs every part the value needs', () => {
    const both: DataTime = {
      kind: 'All',
      parts: [
        { kind: 'Leaf', index: 0 },
        { kind: 'Leaf', index: 1 },
      ],
    };
    expect(indexed([partSample('time0', 10)], both).dataTimeMs(owner)).toBeNull();
    expect(indexed([partSample('time0', 10), partSample('time1', 8)], both).dataTimeMs(owner)).toBe(8000);
  });
});
