import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAssessor } from '../../../src/controllers/assessor.ts';
import type { Assessor } from '../../../src/controllers/assessor.ts';
import { createProgramme } from '../../../src/controllers/programme.ts';
import type { Programme } from '../../../src/controllers/programme.ts';
import { createProviderBook } from '../../../src/controllers/providers.ts';
import type { ProviderBook } from '../../../src/controllers/providers.ts';
import { gravestReading } from '../../../src/controllers/risk-state.ts';
import { massHeldForMs } from '../../../src/core/blindness.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { SignalRequest } from '../../../src/signals/port.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { inlineIndicator, modelRiskManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import type { ManualClock } from '../../builders/manual-clock.ts';
import { readsNothing } from '../../builders/references.ts';

type Answer = 'Good' | 'NoData' | 'Down';

const namespaces = ['n0', 'n1', 'n2', 'n3'];
const provider = 'default/prometheus';
const asObject = (manifest: Manifest, name: string): UntypedObject => stored(manifest, { uid: name }) as unknown as UntypedObject;

/** Four models in four namespaces, each with a query of its own that counts a missing reading and a failure as a breach at once. */
describe('a provider that fails everybody at once', () => {
  let clock: ManualClock;
  let programme: Programme;
  let providers: ProviderBook;
  let assessor: Assessor;
  /** How the provider answers each namespace. */
  let answers: Map<string, Answer>;
  let news: number;

  beforeEach(async () => {
    clock = createManualClock();
    answers = new Map();
    news = 0;
    programme = createProgramme(clock, () => undefined, readsNothing);
    providers = createProviderBook(programme, { source: { replaceProviders: () => [] }, clock });
    programme.putPolicy(asObject(riskPolicyManifest(), 'default'));
    for (const namespace of namespaces) programme.putRisk(asObject(riskIn(namespace), namespace));
    assessor = createAssessor({
      ...{ programme, clock, providers, metrics: createMetrics() },
      source: { observe: (requests) => Promise.resolve(requests.map((each) => ({ key: each.key, observation: observe(each) }))) },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      onProviderNews: () => {
        news += 1;
      },
      onAssessed: () => undefined,
    });
    assessor.start();
    await seconds(3);
  });
  afterEach(() => {
    assessor.stop();
  });

  function riskIn(namespace: string): Manifest {
    const indicator = { ...inlineIndicator(), forSeconds: 0, onNoData: 'Breach', onError: 'Breach' };
    const manifest = withValue(withValue(modelRiskManifest(), 'spec.indicators', [indicator]), 'spec.evaluationIntervalSeconds', 1);
    return withValue(manifest, 'metadata.namespace', namespace);
  }

  function observe({ identity, signal }: SignalRequest): Observation {
    const answer = answers.get(identity.namespace) ?? 'Good';
    providers.heard({ provider, result: answer === 'Down' ? 'Unreachable' : 'Success' });
    const source = { provider, query: 'q', queriedAtMs: clock.nowMs() };
    if (answer === 'Down') return { kind: 'Error', cause: 'Unreachable', message: 'away', source };
    if (answer === 'NoData') return { kind: 'NoData', cause: 'Empty', message: 'nothing', source };
    const { windowSeconds } = signal;
    return {
      kind: 'Value',
      value: 0,
      sampleCount: 1,
      noiseFloor: null,
      interval: null,
      computation: null,
      dataTimeMs: clock.nowMs(),
      windowSeconds,
      source,
    };
  }

  async function seconds(count: number): Promise<void> {
    for (let passed = 0; passed < count; passed++) await clock.advance(1000);
  }

  const answerAll = (answer: Answer, of: readonly string[] = namespaces): void => {
    for (const namespace of of) answers.set(namespace, answer);
  };
  const firing = (): readonly string[] =>
    [...programme.risks.values()].flatMap(({ identity, indicators }) =>
      [...indicators.values()].some((indicator) => gravestReading(indicator).memory.state === 'Firing') ? [identity.namespace] : [],
    );
  /** Whose reading says more of the provider than of the model. */
  const excused = (): readonly string[] =>
    [...programme.risks.values()].flatMap(({ identity, indicators }) =>
      [...indicators.values()].some((indicator) => gravestReading(indicator).assessment?.excused === true) ? [identity.namespace] : [],
    );
  const condition = () => {
    const policy = programme.policies.get('default');
    return policy === undefined ? undefined : providers.conditionsOf(policy).find(({ type }) => type === 'ProvidersReachable');
  };

  it('regression: a provider that is down breaches nobody, however long, though every owner wrote onError: Breach', async () => {
    answerAll('Down');
    await seconds(2 * (massHeldForMs / 1000));
    expect(firing()).toEqual([]);
    expect(condition()).toMatchObject({ status: 'False', reason: 'Unreachable' });
  });

  it('regression: a provider that came back empty breaches nobody at once, and its policy says so', async () => {
    answerAll('NoData');
    await seconds(massHeldForMs / 1000 - 5);
    expect(firing()).toEqual([]);
    expect(condition()).toMatchObject({ status: 'False', reason: 'MassBlindness', message: expect.stringContaining(provider) });
    expect(news).toBe(1);
  });

  it('goes through an outage and an empty start without a breach', async () => {
    answerAll('Down');
    await seconds(30);
    answerAll('NoData');
    await seconds(60);
    answerAll('Good');
    await seconds(2);
    expect(firing()).toEqual([]);
    expect(condition()).toMatchObject({ status: 'True', reason: 'Answering' });
  });

  it('holds missing data for a bounded time only: then it counts as its owners wrote', async () => {
    answerAll('NoData');
    await seconds(massHeldForMs / 1000 + 2);
    expect(firing()).toEqual(namespaces);
    expect(condition()).toMatchObject({ status: 'True' });
  });

  it.each(['NoData', 'Down'] as const)('still breaches the one model that has %s while the provider answers the others', async (answer) => {
    answerAll(answer, ['n2']);
    await seconds(1);
    expect(firing()).toEqual([]);
    await seconds(2);
    expect(firing()).toEqual(['n2']);
    expect(condition()).toMatchObject({ status: 'True' });
  });

  it('regression: excuses every model as long as most are blind: a stage would go up for silence that is the provider’s', async () => {
    answerAll('NoData');
    await seconds(massHeldForMs / 1000 + 30);
    expect(excused()).toEqual(namespaces);
    answerAll('Good', ['n0', 'n1']);
    await seconds(2);
    expect(excused()).toEqual([]);
  });

  it('excuses nobody who is silent alone, once the others had their look', async () => {
    answerAll('NoData', ['n2']);
    await seconds(1);
    expect(excused()).toEqual(['n2']);
    await seconds(2);
    expect(excused()).toEqual([]);
  });

  it('excuses all for as long as the provider answers nobody', async () => {
    answerAll('Down');
    await seconds(2 * (massHeldForMs / 1000));
    expect(excused()).toEqual(namespaces);
  });

  it.each(['NoData', 'Good'] as const)(
    'regression: asks nobody who is suspended: what was last seen of models nobody looks at (%s) makes neither a mass nor none',
    async (last) => {
      const others = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'];
      for (const namespace of others) programme.putRisk(asObject(riskIn(namespace), namespace));
      answerAll(last, others);
      await seconds(3);
      for (const namespace of others) {
        const suspended = withValue(riskIn(namespace), 'spec.suspend', 'Hold');
        programme.putRisk(stored(suspended, { uid: namespace, generation: 4 }) as unknown as UntypedObject);
      }
      answerAll('NoData', last === 'Good' ? namespaces : ['n2']);
      await seconds(10);
      const lookedAt = (found: readonly string[]) => found.filter((namespace) => namespaces.includes(namespace));
      expect(lookedAt(excused())).toEqual(last === 'Good' ? namespaces : []);
      expect(lookedAt(firing())).toEqual(last === 'Good' ? [] : ['n2']);
    },
  );

  it('regression: is not blind since before it was suspended: once looked at again it is held like all others', async () => {
    answerAll('Down', ['n0']);
    await seconds(1);
    const of = (suspend: string, generation: number) =>
      stored(withValue(riskIn('n0'), 'spec.suspend', suspend), { uid: 'n0', generation }) as unknown as UntypedObject;
    programme.putRisk(of('Hold', 4));
    await seconds(massHeldForMs / 1000 + 10);
    answerAll('Down');
    await seconds(5);
    programme.putRisk(of('None', 5));
    await seconds(60);
    expect([firing(), excused()]).toEqual([[], namespaces]);
  });

  it('forgets the mass when its models are gone', async () => {
    answerAll('NoData', ['n0', 'n1', 'n2']);
    await seconds(3);
    expect(condition()).toMatchObject({ reason: 'MassBlindness' });
    for (const namespace of ['n0', 'n1', 'n2']) programme.removeRisk(`${namespace}/credit-default`);
    await seconds(2);
    expect(condition()).toMatchObject({ reason: 'Answering' });
  });
});
