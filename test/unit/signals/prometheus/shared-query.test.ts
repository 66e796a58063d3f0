import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../../src/core/model/observation.ts';
import { failure, success, type Result } from '../../../../src/shared/result.ts';
import type { QueryAnswer } from '../../../../src/signals/prometheus/answer.ts';
import type { ProviderFailure } from '../../../../src/signals/provider.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { createComparisonSamples } from '../../../../src/signals/prometheus/comparison-samples.ts';
import { createQueryPlanner } from '../../../../src/signals/prometheus/query-planner.ts';
import { apartForMs, createSharedQueries, maxApart } from '../../../../src/signals/prometheus/shared-query.ts';
import type { SharedQueries } from '../../../../src/signals/prometheus/shared-query.ts';
import type { Shape } from '../../../../src/signals/prometheus/source.ts';
import type { Turn } from '../../../../src/signals/limiter.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import type { ManualClock } from '../../../builders/manual-clock.ts';
import { creditLabels, partSample, requestFor, templateSignal, timeSample } from '../../../builders/signal.ts';

type Answered = Result<QueryAnswer, ProviderFailure>;

const warning: Answered = success({ kind: 'Vector', samples: [], notices: ['PromQL warning: mixed'], samplesDropped: true });
const namespaces = Array.from({ length: 500 }, (_unused, index) => `n${index}`);

describe('a query many namespaces share', () => {
  const planner = createQueryPlanner();
  let clock: ManualClock;
  let shared: SharedQueries;
  let asked: { readonly text: string; readonly owner: string | null }[];
  /** Whose series spoil an answer; `stranger` has no model. */
  let spoilers: Set<string>;
  let spoilt: Answered;

  beforeEach(() => {
    clock = createManualClock();
    shared = createSharedQueries(clock);
    asked = [];
    spoilers = new Set();
    spoilt = warning;
  });

  function answer(text: string, { owner }: Turn): Answered {
    asked.push({ text, owner });
    const only = /namespace=~?"([^"]*)"/.exec(text)?.[1]?.split('|') ?? [...namespaces, 'stranger'];
    if (only.some((namespace) => spoilers.has(namespace))) return spoilt;
    const labels = only.map((namespace) => ({ ...creditLabels, namespace }));
    const samples = labels.flatMap((each) => [partSample('value', 1, each), timeSample(each)]);
    return success({ kind: 'Vector', samples, notices: [], samplesDropped: false });
  }

  /** By namespace; also how many queries it took. */
  async function poll(of: readonly string[] = namespaces, query = 'max by (namespace, model, version, served) (x)') {
    asked = [];
    const [first, ...rest] = of.map((namespace) => requestFor(templateSignal({ query }), { key: namespace, namespace }));
    const client = { query: (text: string, turn: Turn) => Promise.resolve(answer(text, turn)), close: () => Promise.resolve() };
    const options = {
      client,
      clock,
      planner,
      chiSquareLimit,
      samples: createComparisonSamples(),
      onQuery: () => undefined,
      abort: new AbortController().signal,
    };
    const answers = await shared.observe('shape', [first, ...rest] as unknown as Shape, options);
    return new Map(answers.map(({ key, observation }) => [key, observation]));
  }

  const unusable = (answers: ReadonlyMap<string, Observation>): readonly string[] =>
    [...answers].flatMap(([key, { kind }]) => (kind === 'Value' ? [] : [key])).toSorted();

  it('is one query as long as nobody spoils it', async () => {
    expect([unusable(await poll()), asked.length]).toEqual([[], 1]);
  });

  it.each([
    ['a warning about its series', warning],
    ['two series where one may be', failure({ cause: 'QueryRejected' as const, message: 'refused', byData: true as const })],
    ['more than can be read', failure({ cause: 'TooLarge' as const, message: 'too large', byData: true as const })],
  ])('regression: a namespace that spoils the answer with %s loses its own reading and nobody else does', async (_what, how) => {
    spoilers = new Set(['n77', 'n401']);
    spoilt = how;
    const answers = await poll();
    expect(answers.size).toBe(500);
    expect(unusable(answers)).toEqual(['n401', 'n77']);
    const observation = answers.get('n77');
    expect(observation?.kind === 'Value' ? '' : observation?.message).toContain('asked for namespace n77 alone');
    // Whole, all of them, and two ways down nine halvings.
    expect(asked.length).toBeLessThanOrEqual(2 + 2 * 2 * 9);
  });

  it('remembers who spoils: the next polls cost one query and one for each, on the account of the spoiler', async () => {
    spoilers = new Set(['n77', 'n401']);
    await poll();
    expect(unusable(await poll())).toEqual(['n401', 'n77']);
    expect(asked.map(({ owner }) => owner)).toEqual([null, 'n401', 'n77']);
  });

  it('asks for the whole again after a while, and stays with it when nobody spoils it any more', async () => {
    spoilers = new Set(['n77']);
    await poll();
    spoilers.clear();
    expect([unusable(await poll()), asked.length]).toEqual([[], 2]);
    await clock.advance(apartForMs);
    for (let round = 0; round < 2; round++) expect([unusable(await poll()), asked.length]).toEqual([[], 1]);
  });

  it('looks for nobody anew when the whole is still spoilt by the same', async () => {
    spoilers = new Set(['n77']);
    await poll();
    await clock.advance(apartForMs);
    expect([unusable(await poll()), asked.length]).toEqual([['n77'], 3]);
  });

  it('finds a second one that begins to spoil later', async () => {
    spoilers = new Set(['n77']);
    await poll();
    spoilers.add('n3');
    expect(unusable(await poll())).toEqual(['n3', 'n77']);
    await poll();
    expect(asked).toHaveLength(3);
  });

  it('regression: a namespace without any model spoils nothing once only those with models are asked', async () => {
    spoilers = new Set(['stranger']);
    expect([unusable(await poll()), asked.length]).toEqual([[], 2]);
    expect([unusable(await poll()), asked.length]).toEqual([[], 1]);
  });

  it('bounds what it costs when everybody spoils', async () => {
    spoilers = new Set(namespaces);
    expect(unusable(await poll())).toHaveLength(500);
    expect(asked.length).toBeLessThanOrEqual(2 + 2 * maxApart);
    await poll();
    expect(asked.length).toBeLessThanOrEqual(maxApart);
  });

  it('asks no more when a part of the provider is away: every part of the answer would be missing it', async () => {
    spoilers = new Set(namespaces);
    spoilt = success({ kind: 'Vector', samples: [], notices: ['store away'], samplesDropped: true, partial: true });
    expect([unusable(await poll()).length, asked.length]).toEqual([500, 1]);
  });

  it('asks no more when the query cannot be narrowed', async () => {
    spoilers = new Set(['n77']);
    const query = 'label_replace(x, "namespace", "$1", "exported", "(.*)")';
    expect([unusable(await poll(namespaces, query)).length, asked.length]).toEqual([500, 1]);
  });
});
