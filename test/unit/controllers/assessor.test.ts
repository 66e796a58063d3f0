import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../src/core/model/observation.ts';
import { createAssessor } from '../../../src/controllers/assessor.ts';
import type { Assessor } from '../../../src/controllers/assessor.ts';
import { createProgramme } from '../../../src/controllers/programme.ts';
import type { Programme } from '../../../src/controllers/programme.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { SignalAnswer, SignalRequest } from '../../../src/signals/port.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import {
  modelRiskManifest,
  planManifest,
  riskPolicyManifest,
  stored,
  templateIndicator,
  driftIndicator,
  withValue,
} from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import type { ManualClock } from '../../builders/manual-clock.ts';
import { readsNothing } from '../../builders/references.ts';

interface Call {
  readonly requests: readonly SignalRequest[];
  answer(value: number): Promise<void>;
}

const asObject = (manifest: Manifest): UntypedObject => stored(manifest) as unknown as UntypedObject;
const providers = { lastAnswerAtMs: () => null, isMassBlind: () => false, sawMassBlindness: () => false };
const unheard = { providers, onProviderNews: () => undefined };
const shapeOf = ({ requests }: Call): string => requests[0]?.signal.kind ?? '';

describe('the assessor', () => {
  let clock: ManualClock;
  let programme: Programme;
  let calls: Call[];
  let assessed: string[];
  let assessor: Assessor;

  beforeEach(() => {
    clock = createManualClock();
    calls = [];
    assessed = [];
    programme = createProgramme(clock, () => undefined, readsNothing);
    programme.putPolicy(asObject(riskPolicyManifest()));
    const risk = withValue(
      withValue(modelRiskManifest(), 'spec.indicators', [templateIndicator(), driftIndicator()]),
      'spec.evaluationIntervalSeconds',
      1,
    );
    programme.putRisk(asObject(risk));
    assessor = createAssessor({
      ...unheard,
      programme,
      clock,
      source: { observe: (requests) => new Promise((resolve) => calls.push(callOf(requests, resolve))) },
      metrics: createMetrics(),
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      onAssessed: ({ key }, { changed }) => assessed.push(`${key} ${String(changed)}`),
    });
    assessor.start();
  });
  afterEach(() => {
    assessor.stop();
  });

  function callOf(requests: readonly SignalRequest[], resolve: (answers: readonly SignalAnswer[]) => void): Call {
    return {
      requests,
      answer: async (value) => {
        resolve(requests.map(({ key, signal }) => ({ key, observation: valueOf(value, signal.windowSeconds) })));
        await settle();
      },
    };
  }

  function valueOf(value: number, windowSeconds: number): Observation {
    const source = { provider: 'default/prometheus', query: 'q', queriedAtMs: clock.nowMs() };
    return {
      kind: 'Value',
      value,
      sampleCount: 1e6,
      noiseFloor: null,
      interval: null,
      computation: null,
      dataTimeMs: clock.nowMs(),
      windowSeconds,
      source,
    };
  }

  it('asks every shape at once, each in a call of its own', async () => {
    await clock.advance(0);
    expect(calls.map(shapeOf).toSorted()).toEqual(['Statistic', 'Template']);
  });

  it('regression: a slow shape holds up no other one', async () => {
    await clock.advance(0);
    const [slow, fast] = calls;
    await fast?.answer(1);
    await clock.advance(1000);
    expect(calls).toHaveLength(3);
    expect(shapeOf(calls[2] as Call)).toBe(shapeOf(fast as Call));
    await clock.advance(3000);
    await slow?.answer(0);
    await clock.advance(1000);
    expect(shapeOf(calls.at(-1) as Call)).toBe(shapeOf(slow as Call));
  });

  it.each([
    ['another version', '2.2.0', ['2.2.0', '2.3.0']],
    ['the candidate itself', '2.3.0', ['2.3.0']],
  ])('regression: with %s as the safe one asks for each version once', async (_what, safe, versions) => {
    programme.putPlan(asObject(withValue(planManifest(), 'spec.targets[0].httpRoute.safe.version', safe)));
    await clock.advance(0);
    for (const { requests } of calls) expect(requests.map(({ identity }) => identity.version).toSorted()).toEqual(versions);
  });

  it('never has two queries of one shape under way', async () => {
    await clock.advance(10_000);
    expect(calls).toHaveLength(2);
  });

  it('regression: keeps its pace though every timer is late, so that a minute has its sixty looks', async () => {
    assessor.stop();
    calls = [];
    let asked = 0;
    const late = { nowMs: () => clock.nowMs(), after: (delayMs: number, run: () => void) => clock.after(delayMs + 7, run) };
    const source = {
      observe: (requests: readonly SignalRequest[]): Promise<readonly SignalAnswer[]> => {
        if (requests[0]?.signal.kind === 'Template') asked += 1;
        return Promise.resolve(requests.map(({ key, signal }) => ({ key, observation: valueOf(1, signal.windowSeconds) })));
      },
    };
    assessor = createAssessor({
      ...{ ...unheard, programme, source, clock: late, metrics: createMetrics(), onAssessed: () => undefined },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    assessor.start();
    await clock.advance(600_000);
    expect(asked).toBe(600);
  });

  it('leaves out the rounds it slept through instead of making up for them', async () => {
    await clock.advance(0);
    for (const call of calls) await call.answer(1);
    let asleep = true;
    assessor.stop();
    const drowsy = {
      nowMs: () => clock.nowMs(),
      after: (delayMs: number, run: () => void) => clock.after(delayMs + (asleep ? 5500 : 0), run),
    };
    let asked = 0;
    const source = {
      observe: (): Promise<readonly SignalAnswer[]> => {
        asked += 1;
        return Promise.resolve([]);
      },
    };
    assessor = createAssessor({
      ...{ ...unheard, programme, source, clock: drowsy, metrics: createMetrics(), onAssessed: () => undefined },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    assessor.start();
    asleep = false;
    await clock.advance(5500);
    expect(asked).toBe(2);
    await clock.advance(500);
    expect(asked).toBe(4);
  });

  it('tells of every answer, and whether a verdict changed', async () => {
    await clock.advance(0);
    await calls[0]?.answer(1);
    await clock.advance(1000);
    await calls[2]?.answer(1);
    expect(assessed).toEqual(['lending/credit-default true', 'lending/credit-default false']);
  });

  it('settles nothing after it was stopped', async () => {
    await clock.advance(0);
    assessor.stop();
    await calls[0]?.answer(1);
    await clock.advance(5000);
    expect(assessed).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  it('leaves a suspended risk alone, and takes it up when it is no more', async () => {
    const risk = (suspend: string, generation: number): UntypedObject =>
      stored(withValue(modelRiskManifest(), 'spec.suspend', suspend), { generation }) as unknown as UntypedObject;
    programme.putRisk(risk('Hold', 4));
    await clock.advance(20_000);
    expect(calls).toHaveLength(0);
    programme.putRisk(risk('None', 5));
    await clock.advance(20_000);
    expect(calls.length).toBeGreaterThan(0);
  });

  it('looks at what is concerned at once, in its namespace only, and goes on at its pace', async () => {
    await clock.advance(0);
    for (const call of calls) await call.answer(1);
    calls = [];
    await clock.advance(300);
    assessor.assessNow('elsewhere', () => true);
    expect(calls).toHaveLength(0);
    assessor.assessNow('lending', ({ signal }) => signal.kind === 'Template');
    expect(calls.map(shapeOf)).toEqual(['Template']);
    await calls[0]?.answer(0);
    expect(assessed.at(-1)).toBe('lending/credit-default true');
    await clock.advance(699);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls.slice(1).map(shapeOf).toSorted()).toEqual(['Statistic', 'Template']);
  });

  it('takes looks in between for no proof that due answers are timely', async () => {
    const isTemplate = (call: Call): boolean => shapeOf(call) === 'Template';
    const paceOf = () => programme.risks.get('lending/credit-default')?.indicators.get('approval-parity')?.paces.get('Live');
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await clock.advance(2500);
      await calls.filter(isTemplate).at(-1)?.answer(1);
    }
    expect(paceOf()).toMatchObject({ isTooSlow: true });
    for (let looks = 0; looks < 10; looks += 1) {
      assessor.assessNow('lending', ({ signal }) => signal.kind === 'Template');
      await calls.at(-1)?.answer(1);
    }
    expect(paceOf()).toMatchObject({ isTooSlow: true });
  });

  it('looks at nothing more once it was stopped, and at no risk that is suspended', async () => {
    programme.putRisk(stored(withValue(modelRiskManifest(), 'spec.suspend', 'Hold'), { generation: 9 }) as unknown as UntypedObject);
    assessor.assessNow('lending', () => true);
    assessor.stop();
    assessor.assessNow('lending', () => true);
    await settle();
    expect(calls).toHaveLength(0);
  });
});
