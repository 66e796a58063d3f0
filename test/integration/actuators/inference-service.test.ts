import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { inferenceServiceActuator as actuator } from '../../../src/actuators/inference-service/actuator.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import { restoreTarget } from '../../../src/cli/restore.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { standInForKServe } from '../../../testbed/kserve-stand-in.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { inputFor } from '../../builders/http-route.ts';
import { canariesOf, canary, cap, modeAnnotation, percentOf, twoWrites } from '../../builders/inference-service.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;
let kserve: { stop(): Promise<void> };
let serial = 0;

beforeAll(async () => {
  targets = await startLiveTargets();
  kserve = standInForKServe(targets.runtime.plane.client);
}, 120_000);

afterAll(async () => {
  await kserve.stop();
  await targets.close();
});

interface Predictor {
  readonly [member: string]: unknown;
}

function manifest(name: string, { predictor = {}, ...more }: { readonly predictor?: Predictor; readonly [member: string]: unknown } = {}) {
  const model = { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/credit/v2' };
  const isStandard = more['canary'] !== undefined;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace: targets.namespace, annotations: isStandard ? { [modeAnnotation]: 'Standard' } : { team: 'lending' } },
    spec: { predictor: { model, ...predictor }, ...more },
  };
}

async function aService(more: Parameters<typeof manifest>[1] = {}) {
  const name = `credit-${String(++serial)}`;
  const apply = (changes = more) => targets.kubectl(['apply', '--server-side', '-f', '-'], manifest(name, changes));
  const applied = await apply();
  if (applied.code !== 0) throw new Error(applied.text);
  const read = () => targets.read(actuator, name);
  await eventually(async () => (await read())['status'] !== undefined);
  const claim = (maxPercent: number, target: Parameters<typeof cap>[1] = {}): Claim =>
    cap(maxPercent, { ...target, target: { object: name, ...target.target } });
  const client = targets.clientFor(actuator);
  const place = { namespace: targets.namespace, name };
  /** Passes of the controller until nothing is left to do, and ownership given up. As it does, reads anew where KServe came between. */
  const pass = async (claims: readonly Claim[]): Promise<void> => {
    for (let conflicts = 0; conflicts < 10;) {
      const live = await read();
      const actuation = actuator.plan(inputFor(live, claims));
      const operations =
        actuation.kind === 'Patch' ? actuation.operations : (actuator.finish(live) ?? actuator.disown(live, operatorManager));
      if (operations === null) return;
      const sent = await client.patch(place, operations);
      if (!sent.ok && sent.failure.kind !== 'Conflict') throw new Error(JSON.stringify(sent.failure));
      conflicts += sent.ok ? 0 : 1;
    }
    throw new Error('ten conflicts in one pass: something else than KServe writes');
  };
  return { name, apply, read, claim, client, place, pass, before: userView(await read()) };
}

const raw = (name: string): Promise<KubeObject> =>
  targets.runtime.plane.client.get(
    { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices' },
    { namespace: targets.namespace, name },
  );

describe('an InferenceService on the real API server, with KServe’s own definition', () => {
  it('is limited and given back to the byte, and carries nothing of ours meanwhile', async () => {
    const service = await aService();
    await service.pass([service.claim(10)]);
    const held = await raw(service.name);
    expect(percentOf(held as UntypedObject)).toBe(10);
    expect(held.metadata.annotations).toEqual({ team: 'lending' });
    expect(held.metadata.managedFields?.map(({ manager }) => manager)).not.toContain(operatorManager);
    expect(actuator.readJournal(await service.read())).toMatchObject({ kind: 'Engaged' });
    await service.pass([]);
    expect(userView(await service.read())).toBe(service.before);
    expect(actuator.readJournal(await service.read())).toEqual({ kind: 'None' });
  });

  it('is verified when KServe reports the division, and no revision was made for it', async () => {
    const service = await aService();
    await service.pass([service.claim(10)]);
    await eventually(async () => actuator.verify(inputFor(await service.read(), [service.claim(10)])).kind === 'Verified');
    const { status } = (await raw(service.name)) as { readonly status?: unknown };
    expect(status).toMatchObject({ components: { predictor: { latestCreatedRevision: `${service.name}-predictor-00002` } } });
  });

  it('may be applied again by its user without force while it is held, which is new intent', async () => {
    const service = await aService();
    await service.pass([service.claim(10)]);
    expect(await service.apply({ predictor: { canaryTrafficPercent: 70 } })).toMatchObject({ code: 0 });
    expect(actuator.plan(inputFor(await service.read(), [service.claim(10)]))).toMatchObject({ kind: 'Patch', foreignEdit: true });
    await service.pass([service.claim(10)]);
    expect(percentOf(await service.read())).toBe(10);
    await service.pass([]);
    expect(percentOf(await service.read())).toBe(70);
  });

  it('keeps entries of spec.canary, which its definition knows', async () => {
    const service = await aService({ canary: [canary('v2', 40), canary('v3', 20)] });
    const claim = service.claim(10, { target: { canary: 'v2' } });
    await eventually(async () => actuator.plan(inputFor(await service.read(), [claim])).kind === 'Patch');
    await service.pass([claim]);
    expect(canariesOf(await service.read())).toEqual({ v2: 10, v3: 20 });
    await eventually(async () => actuator.verify(inputFor(await service.read(), [claim])).kind === 'Verified');
    await service.pass([]);
    expect(userView(await service.read())).toBe(service.before);
  });

  it('refuses a patch that was on its way when somebody else’s came first: the generation tells', async () => {
    const service = await aService();
    const live = await service.read();
    const late = actuator.plan(inputFor(live, [service.claim(10)]));
    if (late.kind !== 'Patch') throw new Error(late.kind);
    await service.pass([service.claim(5)]);
    await service.pass([]);
    const { object } = twoWrites(late.operations);
    // The value is the old one again.
    expect(percentOf(await service.read())).toBe(percentOf(live));
    expect(await service.client.patch(service.place, object)).toMatchObject({
      ok: false,
      failure: { kind: 'Conflict', cause: 'TestFailed' },
    });
  });

  it('is given back by restore with no operator, plan or status at hand', async () => {
    const service = await aService();
    await service.pass([service.claim(10)]);
    const client = targets.clientFor(actuator, 'kubectl-modelrisk');
    const restore = () => restoreTarget({ client, actuator, namespace: targets.namespace, name: service.name, nowMs: 0 });
    expect(await restore()).toMatchObject({ ok: true, value: { restored: true, after: 'latest revision 100 %' } });
    expect(userView({ ...(await service.read()), metadata: (await raw(service.name)).metadata as UntypedObject['metadata'] })).toBe(
      service.before,
    );
    expect(actuator.readJournal(await service.read())).toMatchObject({ kind: 'Released', actor: 'restore' });
    expect(actuator.plan(inputFor(await service.read(), [service.claim(10)]))).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'Released' }],
    });
    expect(await restore()).toMatchObject({ ok: true, value: { restored: false } });
  });

  it('another one under its name has no journal: that of the first is named by its uid', async () => {
    const service = await aService();
    await service.pass([service.claim(10)]);
    expect(await targets.kubectl(['delete', 'inferenceservice', service.name])).toMatchObject({ code: 0 });
    expect(await service.apply()).toMatchObject({ code: 0 });
    expect(actuator.readJournal(await service.read())).toEqual({ kind: 'None' });
  });
});
