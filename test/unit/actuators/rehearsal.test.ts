import { describe, expect, it } from '@jest/globals';
import { featureFlagActuator } from '../../../src/actuators/feature-flag/actuator.ts';
import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import { byObject, refuseEverywhere, rehearse, tryLocally } from '../../../src/actuators/rehearsal.ts';
import type { RehearsedObject, TryPatch } from '../../../src/actuators/rehearsal.ts';
import type { DrillStep } from '../../../src/core/drill/outcome.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import { aSnapshot, flag, route } from '../../builders/core.ts';
import { aFlag, flags, targetingEU } from '../../builders/feature-flag.ts';
import { aPatchTarget } from '../../builders/patch.ts';
import { cap, editRules, halfAndHalf, nowMs, settled, surroundings } from '../../builders/http-route.ts';

const onRoute = (live: TargetObject = halfAndHalf()): RehearsedObject => ({
  ...{ actuator: httpRouteActuator, live, snapshot: aSnapshot(), targets: [route], epoch: 3, nowMs },
  surroundings: surroundings(),
});

const onFlag = (live: TargetObject): RehearsedObject => ({ ...onRoute(live), actuator: featureFlagActuator, targets: [flag] });

async function stepsOf(object: RehearsedObject, tryPatch: TryPatch = tryLocally): Promise<readonly DrillStep[]> {
  const tried = await rehearse(object, tryPatch);
  if (!tried.ok) throw new Error(tried.failure.message);
  return tried.value;
}

const lines = (steps: readonly DrillStep[]): readonly string[] =>
  steps.map(({ stage, outcome, reason }) => [stage ?? 'back', outcome, reason].join(' ').trim());

describe('a rehearsal', () => {
  it('tells of every stage what it would change, and that all would come back', async () => {
    const steps = await stepsOf(onRoute());
    expect(steps.map(({ stage, message }) => `${stage ?? 'back'}: ${message}`)).toEqual([
      'limit: credit-v2 50 %, credit-v1 50 % -> credit-v2 10 %, credit-v1 90 %',
      'shadow: credit-v2 50 %, credit-v1 50 % -> credit-v2 0 %, credit-v1 100 %; copies 100 % to credit-v2',
      'rollback: credit-v2 50 %, credit-v1 50 % -> credit-v2 0 %, credit-v1 100 %',
      'back: ',
    ]);
  });

  it('sends each stage as an engagement would enter it from here: with tests, journal and epoch', async () => {
    const sent: string[] = [];
    const live = halfAndHalf();
    await stepsOf(onRoute(live), (object, operations) => {
      expect(object).toBe(live);
      sent.push(canonicalJSON(operations));
      return tryLocally(object, operations);
    });
    expect(sent).toHaveLength(3);
    for (const patch of sent) {
      expect(patch).toContain('/metadata/annotations/modelrisk.dev~1journal');
      expect(patch).toContain('"op":"test","path":"/metadata/uid"');
    }
  });

  it('names the stage the server refuses, and goes on with the others', async () => {
    let sent = 0;
    const steps = await stepsOf(onRoute(), (live, operations) =>
      ++sent === 2
        ? Promise.resolve(failure({ reason: 'Denied', message: 'A policy says no.', isAnswer: true }))
        : tryLocally(live, operations),
    );
    expect(lines(steps)).toEqual(['limit Ok', 'shadow Refused Denied', 'rollback Ok', 'back Ok']);
  });

  it('comes to nothing while the server does not answer', async () => {
    const lost = { reason: 'Unavailable', message: 'no answer', isAnswer: false };
    expect(await rehearse(onRoute(), () => Promise.resolve(failure(lost)))).toEqual(failure(lost));
  });

  it('finds what the server would not keep of a patch', async () => {
    const pruning: TryPatch = async (live, operations) => {
      const applied = await tryLocally(live, operations);
      if (!applied.ok) return applied;
      return success(JSON.parse(JSON.stringify(applied.value).replaceAll('"percent":40', '"pruned":true')) as TargetObject);
    };
    const { stages, ...snapshot } = aSnapshot();
    const partly = stages.map((stage) => ({
      ...stage,
      actions: stage.actions.map((action) => (action.kind === 'Shadow' ? { ...action, percent: 40 } : action)),
    }));
    const live = halfAndHalf({ controllers: ['gateway.envoyproxy.io/gatewayclass-controller'] });
    const steps = await stepsOf({ ...onRoute(live), snapshot: { ...snapshot, stages: partly } }, pruning);
    expect(lines(steps)).toContain('shadow Refused ChangeNotKept');
  });

  it('finds what a server puts into the object that would not come back', async () => {
    const adding: TryPatch = async (live, operations) => {
      const applied = await tryLocally(live, operations);
      if (!applied.ok) return applied;
      return success(editRules(applied.value, (rules) => rules.map((each) => ({ ...each, sessionPersistence: { type: 'Cookie' } }))));
    };
    const steps = await stepsOf(onRoute(), adding);
    expect(steps.at(-1)).toMatchObject({ stage: null, outcome: 'Refused', reason: 'NotRestored' });
    expect(steps.at(-1)?.message).toContain('/spec/rules/0/sessionPersistence');
  });

  it('finds a flag nobody asks, a variant that does not exist, and passes targeting rules with nothing at their end', async () => {
    expect(lines(await stepsOf(onFlag(flags({ 'use-v2': aFlag({ targeting: targetingEU }) }))))).toEqual(['rollback Ok', 'back Ok']);
    expect(lines(await stepsOf(onFlag(flags({ 'use-v2': aFlag({ state: 'DISABLED' }) }))))).toEqual([
      'rollback Refused FlagDisabled',
      'back Ok',
    ]);
    expect(lines(await stepsOf(onFlag(flags({ 'use-v2': aFlag({ variants: { on: true } }) }))))).toEqual([
      'rollback Refused VariantMissing',
      'back Ok',
    ]);
  });

  it('leaves what other plans hold there in force, on the way back too', async () => {
    const held = settled(halfAndHalf(), [cap(5, { holder: { plan: 'other', planUID: 'uid-other' } })]);
    const steps = await stepsOf(onRoute(held));
    expect(lines(steps)).toEqual(['limit Ok', 'shadow Ok', 'rollback Ok', 'back Ok']);
    expect(steps[0]?.message).toBe('credit-v2 5 %, credit-v1 95 %');
  });

  it('refuses what a newer version has written', async () => {
    const held = settled(halfAndHalf(), [cap(5)]);
    const { metadata } = held as { readonly metadata: { readonly annotations: Record<string, string> } };
    const journal = JSON.parse(metadata.annotations['modelrisk.dev/journal'] ?? '') as object;
    const annotations = { ...metadata.annotations, 'modelrisk.dev/journal': JSON.stringify({ ...journal, schemaVersion: 99 }) };
    const newer = { ...held, metadata: { ...metadata, annotations } } as TargetObject;
    expect(lines(await stepsOf(onRoute(newer)))).toEqual([
      'limit Refused NewerJournal',
      'shadow Refused NewerJournal',
      'rollback Refused NewerJournal',
      'back Ok',
    ]);
  });
});

describe('the targets of a plan', () => {
  it('are taken together where they are one object', () => {
    const second = { ...flag, name: 'second', flag: 'use-v3' };
    expect(byObject([route, flag, second]).map((group) => group.map(({ name }) => name))).toEqual([['traffic'], ['flag', 'second']]);
  });

  it('patches of two kinds are two objects, though they are called alike (one was tried on the other)', () => {
    const [hpa, throttle] = [aPatchTarget({}, { name: 'scale', group: 'autoscaling', resource: 'hpas' }), aPatchTarget({})];
    expect(byObject([hpa, throttle]).map((group) => group.map(({ name }) => name))).toEqual([['scale'], ['throttle']]);
  });

  it('are refused in each stage that names them, and in no other', () => {
    const steps = refuseEverywhere(aSnapshot(), [flag], () => ({ reason: 'TargetMissing', message: 'not there' }));
    expect(lines(steps)).toEqual(['rollback Refused TargetMissing']);
  });
});
