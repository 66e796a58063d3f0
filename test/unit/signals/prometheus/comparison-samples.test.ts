import { describe, expect, it } from '@jest/globals';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { success } from '../../../../src/shared/result.ts';
import type { QueriedSignal, SignalRequest } from '../../../../src/signals/port.ts';
import type { Sample } from '../../../../src/signals/prometheus/answer.ts';
import { createComparisonSamples } from '../../../../src/signals/prometheus/comparison-samples.ts';
import { planQuery } from '../../../../src/signals/prometheus/query-plan.ts';
import { askTogether } from '../../../../src/signals/prometheus/source.ts';
import { createManualClock, someTimeMs } from '../../../builders/manual-clock.ts';
import { comparisonSignal, creditLabels, partSample, requestFor, timeSample } from '../../../builders/signal.ts';

const safeLabels = { ...creditLabels, version: '1' };

/** Asks again and again as the operator does: the memory outlives each call. */
function startAsking() {
  const samples = createComparisonSamples();
  const clock = createManualClock();
  return async (request: SignalRequest<QueriedSignal>, answer: (nowMs: number) => readonly Sample[], afterSeconds = 0) => {
    await clock.advance(afterSeconds * 1000);
    const answered = success({ kind: 'Vector' as const, samples: answer(clock.nowMs()), notices: [], samplesDropped: false });
    const client = { query: () => Promise.resolve(answered), close: () => Promise.resolve() };
    const { answers } = await askTogether([request], null, {
      ...{ client, clock, samples, planner: planQuery, chiSquareLimit },
      ...{ onQuery: () => undefined, abort: new AbortController().signal },
    });
    return answers[0]?.observation;
  };
}

function window(labels: typeof creditLabels) {
  return (nowMs: number): readonly Sample[] => [
    ...[partSample('value', 30, labels), partSample('total', 100, labels), timeSample(labels, nowMs)],
    ...[partSample('value', 180, safeLabels), partSample('total', 900, safeLabels)],
  ];
}

describe('samples of comparisons', () => {
  it('grow from poll to poll, and the reading says over how long', async () => {
    const ask = startAsking();
    const request = requestFor(comparisonSignal());
    expect(await ask(request, window(creditLabels))).toMatchObject({
      ...{ kind: 'Value', windowSeconds: 60, dataTimeMs: someTimeMs, value: expect.closeTo(0.1, 12) },
      computation: { parameters: { windows: 1 }, counts: { own: [30, 100], other: [180, 900] } },
    });
    expect(await ask(request, window(creditLabels), 15)).toMatchObject({ windowSeconds: 60, dataTimeMs: someTimeMs });
    expect(await ask(request, window(creditLabels), 45)).toMatchObject({
      ...{ windowSeconds: 120, dataTimeMs: someTimeMs + 60_000 },
      computation: { parameters: { windows: 2 }, counts: { own: [60, 200], other: [360, 1800] } },
    });
  });

  it('of mirrored answers are compared to what callers received of the other', async () => {
    const ask = startAsking();
    const request = requestFor(comparisonSignal(), { served: 'Shadow' });
    expect(await ask(request, window({ ...creditLabels, served: 'shadow' }))).toMatchObject({ kind: 'Value', sampleCount: 100 });
  });

  it('of versions and kinds of answers do not mix, nor do those of an edited signal go on', async () => {
    const ask = startAsking();
    const signal = comparisonSignal();
    const shadow = { ...creditLabels, served: 'shadow' };
    await ask(requestFor(signal), window(creditLabels));
    expect(await ask(requestFor(signal, { served: 'Shadow' }), window(shadow), 60)).toMatchObject({ windowSeconds: 60 });
    expect(await ask(requestFor(comparisonSignal()), window(creditLabels))).toMatchObject({ windowSeconds: 60 });
    expect(await ask(requestFor(signal), window(creditLabels))).toMatchObject({ windowSeconds: 120 });
  });

  it('begin anew where a stage does', async () => {
    const ask = startAsking();
    const request = requestFor(comparisonSignal());
    await ask(request, window(creditLabels));
    const since = { ...request, evidenceFromMs: someTimeMs + 30_000 };
    expect(await ask(since, window(creditLabels), 60)).toMatchObject({ kind: 'Insufficient', sampleCount: 0 });
    expect(await ask(since, window(creditLabels), 30)).toMatchObject({ kind: 'Value', windowSeconds: 60, dataTimeMs: someTimeMs + 90_000 });
  });

  it('keep one bad answer out and go on with the next', async () => {
    const ask = startAsking();
    const request = requestFor(comparisonSignal());
    await ask(request, window(creditLabels));
    const bad = (nowMs: number) => window(creditLabels)(nowMs).map((each) => (each.value === 30 ? { ...each, value: NaN } : each));
    expect(await ask(request, bad, 60)).toMatchObject({ kind: 'NoData', cause: 'NotANumber' });
    expect(await ask(request, window(creditLabels), 15)).toMatchObject({ computation: { parameters: { windows: 2 } } });
  });

  it('have no value where nothing says how old the counts are', async () => {
    const ask = startAsking();
    const timeless = (nowMs: number) => window(creditLabels)(nowMs).filter(({ value }) => value < 1e6);
    expect(await ask(requestFor(comparisonSignal()), timeless)).toMatchObject({ kind: 'NoData', cause: 'Stale' });
  });

  it('are kept of so many versions and no more', async () => {
    const ask = startAsking();
    const signal = comparisonSignal();
    const versions = Array.from({ length: 9 }, (_, index) => String(index + 10));
    for (const version of versions) await ask(requestFor(signal, { version }), window({ ...creditLabels, version }));
    const again = async (version: string) => ask(requestFor(signal, { version }), window({ ...creditLabels, version }), 60);
    expect(await again('18')).toMatchObject({ windowSeconds: 120 });
    expect(await again('10')).toMatchObject({ windowSeconds: 60 });
  });
});
