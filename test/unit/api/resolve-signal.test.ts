import { describe, expect, it } from '@jest/globals';
import { resolveSignal } from '../../../src/api/resolve-signal.ts';
import { referenceDigest } from '../../../src/api/signals/drift-reference.ts';
import type { SignalDefinition } from '../../../src/signals/port.ts';
import { driftIndicator, inlineIndicator, templateIndicator, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { parsedIndicator as indicator, parsedPolicy as policy } from '../../builders/parsed.ts';

const identity = { namespace: 'lending', model: 'credit-default', version: '2.3.0' };

describe('a template', () => {
  it('answers every model with one query', () => {
    const signal = resolveSignal(indicator(templateIndicator()), identity, policy());
    expect(signal).toEqual({
      ok: true,
      value: {
        kind: 'Template',
        shape: expect.any(String),
        provider: 'prometheus',
        query: 'min by (namespace, model, version) (approval_ratio)',
        countQuery: 'sum by (namespace, model, version) (decisions)',
        activityQuery: null,
        identityLabels: { namespace: 'namespace', model: 'model', version: 'version', served: null },
        windowSeconds: 600,
        measurableIn: ['Live'],
        scalesWith: 'Share',
      },
    });
  });

  it('has the shape of its text, not of its name or the model', () => {
    const renamed = policy((manifest) => withValue(manifest, 'spec.signals[0].name', 'parity'));
    const first = resolveSignal(indicator(templateIndicator()), identity, policy());
    const other = resolveSignal(
      indicator(withValue(templateIndicator(), 'signal.template.name', 'parity')),
      { ...identity, namespace: 'other', model: 'other' },
      renamed,
    );
    expect(first.ok && other.ok && first.value.shape === other.value.shape).toBe(true);
  });

  it.each([
    ['query', 'spec.signals[0].promQL.query', 'max by (namespace, model, version) (approval_ratio)'],
    ['countQuery', 'spec.signals[0].promQL.countQuery', 'count by (namespace, model, version) (decisions)'],
    ['activityQuery', 'spec.signals[0].promQL.activityQuery', 'rate(decisions[1m])'],
    ['identity', 'spec.signals[0].identity.version', undefined],
  ])('of another %s has another shape', (_what, path, value) => {
    const first = resolveSignal(indicator(templateIndicator()), identity, policy());
    const other = resolveSignal(
      indicator(templateIndicator()),
      identity,
      policy((manifest) => withValue(manifest, path, value)),
    );
    expect(first.ok && other.ok && first.value.shape !== other.value.shape).toBe(true);
  });

  it.each([
    ['is not in the policy', withValue(templateIndicator(), 'signal.template.name', 'nowhere'), /no signal nowhere; name one/],
    [
      'measures no drift but gets a reference',
      withValue(templateIndicator(), 'signal.reference', { upperBounds: [1, 2], counts: [1, 1, 1] }),
      /leave signal\.reference out/,
    ],
  ])('that %s is refused', (_why, entry, sentence) => {
    expect(resolveSignal(indicator(entry), identity, policy())).toEqual({ ok: false, failure: expect.stringMatching(sentence) });
  });

  it('without a countQuery cannot satisfy minSamples, and says so instead of staying Insufficient for ever', () => {
    const uncounted = policy((manifest) => withValue(manifest, 'spec.signals[0].promQL.countQuery', undefined));
    expect(resolveSignal(indicator(templateIndicator()), identity, uncounted)).toEqual({
      ok: false,
      failure: expect.stringMatching(/minSamples: 0 or have a countQuery added/),
    });
    expect(resolveSignal(indicator(withValue(templateIndicator(), 'minSamples', 0)), identity, uncounted).ok).toBe(true);
  });

  it('of a provider that is gone is refused (stored before the rule, or ratcheted)', () => {
    const orphaned = { ...policy(), providers: [] };
    expect(resolveSignal(indicator(templateIndicator()), identity, orphaned)).toEqual({
      ok: false,
      failure: expect.stringContaining('provider prometheus'),
    });
  });
});

describe('drift', () => {
  const resolved = (entry: ReturnType<typeof driftIndicator>, change?: (manifest: Manifest) => Manifest) =>
    resolveSignal(indicator(entry), identity, policy(change));
  const withReference = (reference: unknown) => withValue(driftIndicator(), 'signal.reference', reference);
  const byPurpose = (manifest: Manifest): Manifest =>
    withValue(manifest, 'spec.signals[1].drift', {
      live: 'sum by (namespace, model, version, served, purpose) (increase(applications_total[10m]))',
      category: 'purpose',
      metric: 'JensenShannon',
      designEffect: 3,
    });

  it('is measured from the pinned reference, its last bucket open', () => {
    expect(resolved(driftIndicator())).toMatchObject({
      ok: true,
      value: {
        kind: 'Statistic',
        labels: ['le'],
        parts: [],
        statistic: {
          kind: 'Drift',
          metric: 'PSI',
          designEffect: 1,
          falseAlarmProbability: 0.01,
          counted: { kind: 'Buckets' },
          reference: {
            kind: 'PinnedBuckets',
            binned: { upperBounds: [0.25, 0.5, 0.75, Infinity], counts: [10, 20, 30, 40] },
            isExactLayout: false,
          },
        },
        measurableIn: ['Live', 'Shadow'],
        identityLabels: { served: 'served' },
      },
    });
  });

  it('of categories reads the label of the category', () => {
    const categories = [
      { name: 'car', count: 5 },
      { name: 'house', count: 3 },
    ];
    expect(resolved(withReference({ categories }), byPurpose)).toMatchObject({
      ok: true,
      value: {
        labels: ['purpose'],
        statistic: {
          metric: 'JensenShannon',
          designEffect: 3,
          counted: { kind: 'Categories', label: 'purpose' },
          reference: { kind: 'PinnedCategories', categories },
        },
      },
    });
  });

  it('of native histograms reads no label beside those of identity, and is not bound to a layout that changes by itself', () => {
    const reference = { upperBounds: [0.25, 0.5, 0.75], counts: [10, 20, 30, 40] };
    const native = resolved(withReference({ ...reference, digest: referenceDigest(reference) }), (manifest) =>
      withValue(manifest, 'spec.signals[1].drift', {
        live: 'sum by (namespace, model, version, served) (increase(score[10m]))',
        histogram: 'Native',
      }),
    );
    expect(native).toMatchObject({
      ok: true,
      value: { labels: [], statistic: { counted: { kind: 'Native' }, reference: { kind: 'PinnedBuckets', isExactLayout: false } } },
    });
  });

  it('from some time ago asks the same query a second time, shifted, and is another query than without', () => {
    const seasonal = resolved(withReference({ seasonal: { offsetSeconds: 604_800 } }));
    expect(seasonal).toMatchObject({
      ok: true,
      value: {
        parts: [{ name: 'season', isBaseline: true, labels: ['le'], offsetSeconds: 604_800 }],
        statistic: { reference: { kind: 'Window', part: 'season', version: null } },
      },
    });
    const shapes = [
      driftIndicator(),
      withReference({ seasonal: { offsetSeconds: 604_800 } }),
      withReference({ seasonal: { offsetSeconds: 86_400 } }),
    ];
    expect(new Set(shapes.map((entry) => resolved(entry)).map((signal) => signal.ok && signal.value.shape)).size).toBe(3);
  });

  it('from another version asks no second query: its series are in the answer already', () => {
    const champion = resolved(withReference({ champion: { version: '2.2.0' } }));
    expect(champion).toMatchObject({
      ok: true,
      value: { parts: [], statistic: { reference: { kind: 'Window', part: 'value', version: '2.2.0' } } },
    });
    const pinned = resolved(driftIndicator());
    expect(champion.ok && pinned.ok && champion.value.shape === pinned.value.shape).toBe(true);
  });

  it('of two models shares one query whatever their references', () => {
    const first = resolved(driftIndicator());
    const other = resolved(withValue(driftIndicator(), 'signal.reference.counts', [1, 1, 1, 1]));
    expect(first.ok && other.ok && first.value.shape === other.value.shape).toBe(true);
  });

  it('takes a digest that is that of the counts, and from then on these very buckets', () => {
    const reference = { upperBounds: [0.25, 0.5, 0.75], counts: [10, 20, 30, 40] };
    expect(resolved(withReference({ ...reference, digest: referenceDigest(reference) }))).toMatchObject({
      ok: true,
      value: { statistic: { reference: { isExactLayout: true } } },
    });
  });

  const stranger = `sha256:${'0'.repeat(64)}`;
  it.each([
    { why: 'without a reference', reference: undefined, sentence: /write signal\.reference/ },
    {
      why: 'from less than a window ago',
      reference: { seasonal: { offsetSeconds: 599 } },
      sentence: /counts 600 s; write .* at least that/,
    },
    {
      why: 'from itself',
      reference: { champion: { version: '2.3.0' } },
      sentence: /compared to itself; write another version than 2\.3\.0/,
    },
    {
      why: 'of buckets from categories',
      reference: {
        categories: [
          { name: 'a', count: 1 },
          { name: 'b', count: 1 },
        ],
      },
      sentence: /counts buckets; write/,
    },
    {
      why: 'with a digest of other counts',
      reference: { upperBounds: [1, 2], counts: [1, 1, 1], digest: stranger },
      sentence: /digest is not that of its counts/,
    },
  ])('$why is refused', ({ reference, sentence }) => {
    expect(resolved(withReference(reference))).toEqual({ ok: false, failure: expect.stringMatching(sentence) });
  });

  it('of categories from buckets is refused', () => {
    expect(resolved(driftIndicator(), byPurpose)).toEqual({ ok: false, failure: expect.stringMatching(/counts categories; write/) });
  });

  it('from another version is refused where versions are not told apart', () => {
    const untold = resolved(withReference({ champion: { version: '2.2.0' } }), (manifest) =>
      withValue(manifest, 'spec.signals[1].identity.version', undefined),
    );
    expect(untold).toEqual({ ok: false, failure: expect.stringMatching(/does not tell versions apart/) });
  });

  it('that is bad when it is small is refused', () => {
    const below = withValue(driftIndicator(), 'threshold', { direction: 'Below', breach: 0.1 });
    expect(resolved(below)).toEqual({ ok: false, failure: expect.stringMatching(/write threshold\.direction: Above/) });
  });
});

describe('an inline query', () => {
  it('is confined to the namespace of its risk', () => {
    expect(resolveSignal(indicator(inlineIndicator()), identity, policy())).toMatchObject({
      ok: true,
      value: { kind: 'Inline', enforceLabel: 'namespace', countQuery: null, windowSeconds: 300, measurableIn: ['Live'] },
    });
  });

  it('of the same text in two namespaces is two queries', () => {
    const here = resolveSignal(indicator(inlineIndicator()), identity, policy());
    const there = resolveSignal(indicator(inlineIndicator()), { ...identity, namespace: 'other' }, policy());
    expect(here.ok && there.ok && here.value.shape !== there.value.shape).toBe(true);
  });

  it.each([
    { why: 'names a provider the policy lacks', path: 'spec.providers[0].name', value: 'elsewhere', sentence: /no provider prometheus/ },
    {
      why: 'names a provider that allows none',
      path: 'spec.providers[0].inlineQueries',
      value: undefined,
      sentence: /allows no inline queries/,
    },
  ])('that $why is refused', ({ path, value, sentence }) => {
    const signal = resolveSignal(
      indicator(inlineIndicator()),
      identity,
      policy((manifest) => withValue(manifest, path, value)),
    );
    expect(signal).toEqual({ ok: false, failure: expect.stringMatching(sentence) });
  });
});

it('answers what a signal source takes, field by field', () => {
  const seasonal = withValue(driftIndicator(), 'signal.reference', { seasonal: { offsetSeconds: 86_400 } });
  for (const entry of [templateIndicator(), driftIndicator(), seasonal, inlineIndicator()]) {
    const signal = resolveSignal(indicator(entry), identity, policy());
    if (!signal.ok) throw new Error(signal.failure);
    // The compiler is the test: the rooms don't import each other, so nothing else ties these two types.
    const definition: SignalDefinition = signal.value;
    expect(definition.shape).not.toBe('');
  }
});
