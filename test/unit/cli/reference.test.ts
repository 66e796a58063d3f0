import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { readReference, referenceDigest } from '../../../src/api/signals/drift-reference.ts';
import { captureReference, printReference, type CaptureOptions } from '../../../src/cli/reference.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { JSONPatchOperation } from '../../../src/shared/json.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest, riskPolicyManifest, stored, withValue, type Manifest } from '../../builders/api.ts';
import { bucketRows, categoryRows } from '../../builders/drift.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';

const notFound = failure({ kind: 'NotFound', message: 'it does not exist', status: 404 } as const);

interface World {
  readonly risk?: Manifest | null;
  readonly policy?: Manifest | null;
  readonly counts?: Awaited<ReturnType<CaptureOptions['ask']>>;
  readonly changes?: Partial<CaptureOptions>;
  readonly refusesPatch?: boolean;
  /** What is there under the name of --config-map. */
  readonly configMap?: Manifest | null;
}

const rows = bucketRows({ '0.25': 100, '0.5': 400, '0.75': 800, '+Inf': 1000.4 });
const read = success({ rows, dataTimeMs: someTimeMs - 5000, query: 'q' });

async function capture({
  risk = modelRiskManifest(),
  policy = riskPolicyManifest(),
  counts = read,
  changes,
  refusesPatch = false,
  configMap = null,
}: World = {}) {
  const patches: JSONPatchOperation[][] = [];
  const asked: unknown[] = [];
  const kept: unknown[] = [];
  const answer = (manifest: Manifest | null) =>
    Promise.resolve(manifest === null ? notFound : success(stored(manifest) as unknown as UntypedObject));
  const report = await captureReference({
    clients: {
      risks: {
        get: () => answer(risk),
        patch: (_place, operations) => {
          patches.push([...operations]);
          const conflict = failure({
            kind: 'Conflict',
            message: 'a test of the patch does not hold',
            status: 422,
            cause: 'TestFailed',
          } as const);
          return Promise.resolve(refusesPatch ? conflict : success(stored(modelRiskManifest()) as unknown as UntypedObject));
        },
      },
      policies: { get: () => answer(policy) },
      configMaps: {
        get: () => answer(configMap),
        create: (object) => {
          kept.push(object);
          return answer(modelRiskManifest());
        },
        patch: (_place, operations) => {
          kept.push(operations);
          return answer(modelRiskManifest());
        },
      },
    },
    configMap: null,
    namespace: 'lending',
    name: 'credit-default',
    indicator: 'score-drift',
    url: null,
    apply: false,
    nowMs: someTimeMs,
    ask: (provider, request) => {
      asked.push({ ...provider, identity: request.identity, served: request.served, query: request.signal.query });
      return Promise.resolve(counts);
    },
    ...changes,
  });
  return { report, patches, asked, kept };
}

async function reported(world: World = {}) {
  const { report } = await capture(world);
  if (!report.ok) throw new Error(report.failure);
  return report.value;
}

const counted = { upperBounds: [0.25, 0.5, 0.75], counts: [100, 300, 400, 200] };

describe('reference capture', () => {
  it('asks the provider of the signal for the live answers of the version under guard', async () => {
    expect((await capture()).asked).toEqual([
      {
        name: 'prometheus',
        url: 'http://prometheus.monitoring:9090',
        timeoutSeconds: 10,
        identity: { namespace: 'lending', model: 'credit-default', version: '2.3.0' },
        served: 'Live',
        query: 'sum by (namespace, model, version, served, le) (increase(score_bucket[10m]))',
      },
    ]);
    expect((await capture({ changes: { url: 'http://localhost:9090' } })).asked).toMatchObject([{ url: 'http://localhost:9090' }]);
  });

  it('keeps the counts with their digest and time, and says from how many rows they can be told from chance', async () => {
    const { reference, rows: count, leastRows, sentences } = await reported();
    expect(reference).toEqual({ ...counted, digest: referenceDigest(counted), capturedAt: new Date(someTimeMs - 5000).toISOString() });
    expect(count).toBe(1000);
    // chi-square 0.99 with 3 degrees of freedom is 11.345; 1 / (0.125 / 11.345 - 1 / 1000).
    expect(leastRows).toBe(100);
    expect(sentences).toEqual([
      `Reference of indicator score-drift of ModelRisk lending/credit-default: 1000 rows of version 2.3.0 (live answers), 600 s up to ${new Date(someTimeMs - 5000).toISOString()}.`,
      'From about 100 live rows a window chance stays under half of its breach limit 0.25 (PSI); with fewer it is Insufficient unless minSamples says otherwise.',
    ]);
  });

  it('keeps categories where the signal counts them', async () => {
    const policy = withValue(riskPolicyManifest(), 'spec.signals[1].drift', {
      live: 'sum by (namespace, model, version, served, purpose) (increase(applications_total[10m]))',
      category: 'purpose',
    });
    const counts = success({ rows: categoryRows({ car: 60, house: 40, '': 5 }), dataTimeMs: someTimeMs, query: 'q' });
    expect((await reported({ policy, counts })).reference).toMatchObject({
      categories: [
        { name: 'car', count: 60 },
        { name: 'house', count: 40 },
        { name: '__missing__', count: 5 },
      ],
    });
  });

  it('prints what can be pasted under signal, and is accepted there', async () => {
    const report = await reported();
    const pasted = parse(printReference(report, 'yaml')) as { readonly reference: unknown };
    expect(pasted).toEqual({ reference: report.reference });
    expect(printReference(report, 'yaml')).toMatch(/^# Reference of indicator score-drift/);
    expect(JSON.parse(printReference(report, 'json'))).toEqual(pasted);
    expect(parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators[1].signal.reference', pasted.reference)).ok).toBe(true);
  });

  it('writes it into the ModelRisk when asked to, and only into the indicator it read', async () => {
    const { report, patches } = await capture({ changes: { apply: true } });
    expect(report).toMatchObject({ ok: true, value: { applied: true } });
    expect(patches).toEqual([
      [
        { op: 'test', path: '/spec/indicators/1/name', value: 'score-drift' },
        { op: 'add', path: '/spec/indicators/1/signal/reference', value: expect.objectContaining(counted) },
      ],
    ]);
    expect((await capture()).patches).toEqual([]);
  });

  it('keeps the counts in a ConfigMap when one is named, and names it with their digest in the ModelRisk', async () => {
    const digest = referenceDigest(counted);
    const key = `score-drift-${digest.slice(7, 19)}.json`;
    const changes = { configMap: 'references', apply: true };
    const { report, patches, kept } = await capture({ changes });
    const reference = { configMap: { name: 'references', key }, digest };
    expect(patches[0]?.[1]).toEqual({ op: 'add', path: '/spec/indicators/1/signal/reference', value: reference });
    const [object] = kept as [{ readonly metadata: object; readonly data: Readonly<Record<string, string>> }];
    expect(object).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'references', namespace: 'lending', labels: { 'modelrisk.dev/reference': 'true' } },
    });
    expect(readReference(object.data[key] ?? '', digest)).toMatchObject({ ok: true, value: counted });
    expect(report).toMatchObject({ ok: true, value: { applied: true, reference } });
    const there = { ...object, metadata: { ...object.metadata, resourceVersion: '7' } } as unknown as Manifest;
    expect((await capture({ changes, configMap: there })).kept).toEqual([
      [
        { op: 'test', path: '/metadata/resourceVersion', value: expect.any(String) },
        { op: 'add', path: `/data/${key}`, value: object.data[key] },
      ],
    ]);
  });

  it('prints the ConfigMap before the reference that names it, and writes neither', async () => {
    const { report, kept, patches } = await capture({ changes: { configMap: 'references' } });
    if (!report.ok) throw new Error(report.failure);
    const [object, pasted] = parseAllDocuments(printReference(report.value, 'yaml')).map((document) => document.toJS() as unknown);
    expect(object).toEqual(report.value.configMap);
    expect(pasted).toEqual({ reference: report.value.reference });
    expect(JSON.parse(printReference(report.value, 'json'))).toEqual({ configMap: object, reference: report.value.reference });
    expect([kept, patches]).toEqual([[], []]);
    expect(parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators[1].signal.reference', report.value.reference)).ok).toBe(
      true,
    );
  });

  it("leaves a ConfigMap alone that is somebody's, and the ModelRisk with it", async () => {
    const there = withValue(modelRiskManifest(), 'metadata.labels', { app: 'other' });
    const { report, patches, kept } = await capture({ changes: { configMap: 'references', apply: true }, configMap: there });
    expect(report).toEqual({ ok: false, failure: expect.stringContaining("so it is somebody's; name another one with --config-map") });
    expect([patches, kept]).toEqual([[], []]);
  });

  it.each([
    ['the ModelRisk is gone', { risk: null }, "ModelRisk lending/credit-default can't be read: it does not exist"],
    [
      'it is not readable',
      { risk: withValue(modelRiskManifest(), 'spec.model', 7) },
      'ModelRisk lending/credit-default is not readable: spec.model',
    ],
    [
      'the signal measures many features',
      {
        policy: withValue(riskPolicyManifest(), 'spec.signals[1].drift', {
          live: 'sum by (namespace, model, version, served, feature, le) (increase(feature_bucket[10m]))',
          feature: 'feature',
        }),
      },
      'signal score-drift measures many features, and a pinned reference is of one; write signal.reference.seasonal or champion',
    ],
    [
      'the indicator is not there',
      { changes: { indicator: 'x' } },
      'has no indicator x; name one of approval-parity, score-drift, error-rate',
    ],
    [
      'the indicator measures no drift',
      { changes: { indicator: 'approval-parity' } },
      'indicator approval-parity of ModelRisk lending/credit-default measures no drift',
    ],
    ['its query is its own', { changes: { indicator: 'error-rate' } }, 'measures no drift'],
    ['the policy is gone', { policy: null }, "RiskPolicy default can't be read"],
    ['the policy is not readable', { policy: withValue(riskPolicyManifest(), 'spec.signals', 7) }, 'RiskPolicy default is not readable'],
    [
      'the provider is gone',
      { policy: withValue(riskPolicyManifest(), 'spec.providers', []) },
      'RiskPolicy default has no provider prometheus',
    ],
    [
      'nobody answers',
      { counts: failure('provider prometheus did not answer') },
      'nothing was captured: provider prometheus did not answer',
    ],
    [
      'the data are old',
      { counts: success({ ...read.value, dataTimeMs: someTimeMs - 301_000 }) },
      'the newest sample is 301 s old, limit 300 s',
    ],
    ['there are no rows', { counts: success({ ...read.value, rows: [] }) }, 'nothing was captured: the drift query has no buckets'],
    [
      'the ModelRisk changed meanwhile',
      { refusesPatch: true, changes: { apply: true } },
      'was captured but not written into ModelRisk lending/credit-default',
    ],
  ] as const)('when %s says so in one sentence', async (_what, world, sentence) => {
    expect((await capture(world)).report).toEqual({ ok: false, failure: expect.stringContaining(sentence) });
  });
});
