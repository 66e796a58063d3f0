import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { Actuator, TargetObject } from '../../../src/actuators/port.ts';
import { restoreActor, restoreObject, restoreTarget } from '../../../src/cli/restore.ts';
import type { RestoreClient } from '../../../src/cli/restore.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { flags, rollback, actuator as featureFlags } from '../../builders/feature-flag.ts';
import * as given from '../../builders/http-route.ts';
import { cap, editWeights, halfAndHalf, shadow, weightsOf } from '../../builders/http-route.ts';
import { actuator as throttles, aThrottle, patching } from '../../builders/patch.ts';
import { PatchConflict, applyPatch } from '../../builders/json-patch.ts';

const engaged = given.settled(halfAndHalf(), [cap(10)], { epoch: 4 });
const restoring = (live: TargetObject, actuator: Actuator = httpRouteActuator) =>
  restoreObject(live, { actuator, actor: restoreActor, nowMs: given.nowMs });
const conflict = failure({ kind: 'Conflict', message: 'test failed' });

/** One object behind the client; `meanwhile` edits it before each patch arrives, as often as it has edits left. */
function serverWith(object: TargetObject | null, meanwhile: ((live: TargetObject) => TargetObject)[] = []) {
  const server = { object, patches: 0 };
  const client: RestoreClient = {
    get: () =>
      Promise.resolve(
        server.object === null ? failure({ kind: 'NotFound', message: 'not found' }) : success(server.object as UntypedObject),
      ),
    patch: (_reference, operations) => {
      const edit = meanwhile.shift();
      if (server.object !== null && edit !== undefined) server.object = edit(server.object);
      if (server.object === null) return Promise.resolve(failure({ kind: 'NotFound', message: 'not found' }));
      try {
        server.object = applyPatch(server.object, operations);
        server.patches++;
        return Promise.resolve(success(server.object as UntypedObject));
      } catch (error) {
        if (error instanceof PatchConflict) return Promise.resolve(conflict);
        throw error;
      }
    },
  };
  return {
    server,
    restore: () => restoreTarget({ client, actuator: httpRouteActuator, namespace: 'lending', name: 'credit', nowMs: given.nowMs }),
  };
}

describe('from the object alone', () => {
  it('the intent comes back and a tombstone names who did it, under the epoch it had', () => {
    const restoration = restoring(engaged);
    expect(restoration).toMatchObject({ kind: 'Patch', before: 'credit-v2 10 %, credit-v1 90 %', after: 'credit-v2 50 %, credit-v1 50 %' });
    const live = applyPatch(engaged, restoration.kind === 'Patch' ? restoration.operations : []);
    expect(weightsOf(live)).toEqual(weightsOf(halfAndHalf()));
    const engagements = [{ planUID: 'credit-uid', engagement: 1, actor: 'restore', atMs: given.nowMs }];
    expect(httpRouteActuator.readJournal(live)).toEqual({ kind: 'Released', actor: 'restore', engagements, epoch: 4 });
    expect(given.pass(live, [cap(10)], { epoch: 4 }).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'Released' }] });
  });

  it('mirrors and inserted backends go, several plans at once', () => {
    const alone = given.aRoute([given.rule([given.backend('credit-v2', null)])]);
    const held = given.settled(alone, [shadow(100), cap(10, { holder: { plan: 'other' } })]);
    const restoration = restoring(held);
    expect(applyPatch(held, restoration.kind === 'Patch' ? restoration.operations : []).spec).toEqual(alone.spec);
  });

  it('flags too', () => {
    const held = given.settled(flags(), [rollback()], { actuator: featureFlags });
    const restoration = restoring(held, featureFlags);
    expect(applyPatch(held, restoration.kind === 'Patch' ? restoration.operations : []).spec).toEqual(flags().spec);
  });

  it('patched values too, parents that were made for them included', () => {
    const held = given.settled(aThrottle(), [patching({ '/spec/limits/perSecond': 1, '/spec/new/value': 2 })], { actuator: throttles });
    const restoration = restoring(held, throttles);
    expect(applyPatch(held, restoration.kind === 'Patch' ? restoration.operations : []).spec).toEqual(aThrottle().spec);
  });

  it.each<[string, TargetObject, string]>([
    ['no journal', halfAndHalf(), 'Nothing'],
    ['a tombstone', given.settled(engaged, [], { epoch: 4 }), 'Nothing'],
    ['a foreign journal', given.withAnnotations(halfAndHalf(), { 'modelrisk.dev/journal': '{}' }), 'Refused'],
    [
      'a newer journal',
      given.withAnnotations(halfAndHalf(), { 'modelrisk.dev/journal': '{"schemaVersion":2,"uid":"route-uid"}' }),
      'Refused',
    ],
    ['the journal of another kind of target', given.settled(flags(), [rollback()], { actuator: featureFlags }), 'Refused'],
  ])('%s is left alone', (_name, live, kind) => {
    expect(restoring(live)).toMatchObject({ kind });
  });
});

describe('against the API server', () => {
  it('reports what was and what is', async () => {
    const { server, restore } = serverWith(engaged);
    expect(await restore()).toMatchObject({
      ok: true,
      value: {
        kind: 'HTTPRoute',
        restored: true,
        message: 'HTTPRoute lending/credit: credit-v2 10 %, credit-v1 90 % -> credit-v2 50 %, credit-v1 50 %.',
      },
    });
    expect(weightsOf(server.object ?? {})).toEqual(weightsOf(halfAndHalf()));
  });

  it('gives up what the operator and the command own', async () => {
    const managedFields = ['modelrisk-operator', 'kubectl', 'kubectl-modelrisk'].map((manager) => ({
      manager,
      time: 't',
      operation: 'Update',
    }));
    const { server, restore } = serverWith({ ...engaged, metadata: { ...(engaged.metadata as object), managedFields } });
    expect(await restore()).toMatchObject({ ok: true });
    expect((server.object?.metadata as { managedFields: object[] }).managedFields).toMatchObject([{ manager: 'kubectl' }]);
    expect(server.patches).toBe(3);
  });

  it('keeps an edit that came in between', async () => {
    const { server, restore } = serverWith(engaged, [(live) => editWeights(live, { 'credit-v2': 70 })]);
    expect(await restore()).toMatchObject({ ok: true, value: { restored: true } });
    expect(weightsOf(server.object ?? {})).toEqual({ 'credit-v2': 70, 'credit-v1': 50 });
  });

  it('gives up on an object that never holds still, and says so', async () => {
    const edits = Array.from({ length: 9 }, (_, index) => (live: TargetObject) => editWeights(live, { 'credit-v2': 20 + index }));
    expect(await serverWith(engaged, edits).restore()).toMatchObject({
      ok: false,
      failure: expect.stringContaining('stop the other writer'),
    });
  });

  it('a second time is no error', async () => {
    const { restore } = serverWith(engaged);
    await restore();
    expect(await restore()).toMatchObject({ ok: true, value: { restored: false } });
  });

  it('a missing object is one', async () => {
    expect(await serverWith(null).restore()).toEqual({ ok: false, failure: 'HTTPRoute lending/credit could not be read: not found' });
  });
});
