import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { success } from '../../../src/shared/result.ts';
import type { Sample } from '../../../src/signals/prometheus/answer.ts';
import { chiSquareLimit } from '../../../src/core/statistics/chi-square-limit.ts';
import { createComparisonSamples } from '../../../src/signals/prometheus/comparison-samples.ts';
import { planQuery } from '../../../src/signals/prometheus/query-plan.ts';
import { askTogether, type Shape } from '../../../src/signals/prometheus/source.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { creditLabels, partSample, requestFor, templateSignal, timeSample } from '../../builders/signal.ts';

/** Few names, so that namespaces, models and answers collide. */
const name = fc.constantFrom('a', 'b', 'c');
const owner = fc.record({ namespace: name, model: name, version: fc.constantFrom('1', '2'), served: fc.constantFrom('live', 'shadow') });
const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0));

async function observe(requests: Shape, samples: readonly Sample[]) {
  const client = {
    query: () => Promise.resolve(success({ kind: 'Vector' as const, samples, notices: [], samplesDropped: false })),
    close: () => Promise.resolve(),
  };
  const query = {
    client,
    clock: createManualClock(),
    planner: planQuery,
    chiSquareLimit,
    samples: createComparisonSamples(),
    onQuery: () => undefined,
    abort: new AbortController().signal,
  };
  return (await askTogether(requests, null, query)).answers;
}

describe('T28: any vector a provider may answer', () => {
  it('gives a model a value only if exactly one series is its own, finite and timed; missing, extra and doubled series of others change nothing', async () => {
    const series = fc.array(fc.record({ owner, value, timed: fc.boolean(), pod: name }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        series,
        fc.uniqueArray(owner, { minLength: 1, maxLength: 8, selector: (each) => JSON.stringify(each) }),
        async (vector, asked) => {
          const samples = vector.flatMap((each) => [
            partSample('value', each.value, { ...each.owner, pod: each.pod }),
            ...(each.timed ? [timeSample(each.owner)] : []),
          ]);
          const requests = asked.map((each, index) =>
            requestFor(templateSignal(), { ...each, key: String(index), served: each.served === 'live' ? 'Live' : 'Shadow' }),
          );
          const [first, ...rest] = requests;
          if (first === undefined) throw new Error('no requests');
          const answers = await observe([first, ...rest], samples);
          expect(answers.map(({ key }) => key)).toEqual(requests.map(({ key }) => key));
          for (const [index, each] of asked.entries()) {
            const own = vector.filter((candidate) => JSON.stringify(candidate.owner) === JSON.stringify(each));
            const [only] = own;
            const expected = only !== undefined && own.length === 1 && Number.isFinite(only.value) && only.timed ? only.value : null;
            const observation = answers[index]?.observation;
            expect(observation?.kind === 'Value' ? observation.value : null).toBe(expected);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('gives one model the same answer whatever the order of the series', async () => {
    const samples = [
      partSample('value', 1),
      timeSample(),
      partSample('value', 2, { ...creditLabels, model: 'b' }),
      timeSample(creditLabels, 5000),
    ];
    const expected = await observe([requestFor(templateSignal())], samples);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(samples, { minLength: samples.length }), async (shuffled) => {
        expect(await observe([requestFor(templateSignal())], shuffled)).toEqual(expected);
      }),
    );
  });
});
