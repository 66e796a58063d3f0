import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { experimentActuator } from '../../../src/actuators/experiment/actuator.ts';
import { flagdConfigMapActuator } from '../../../src/actuators/flagd-config-map/actuator.ts';
import { grpcRouteActuator } from '../../../src/actuators/grpc-route/actuator.ts';
import { inferenceServiceActuator } from '../../../src/actuators/inference-service/actuator.ts';
import type { Actuator, Claim } from '../../../src/actuators/port.ts';
import { virtualServiceActuator } from '../../../src/actuators/virtual-service/actuator.ts';
import { proposeFor } from '../../../src/cli/propose.ts';
import type { Constraint } from '../../../src/core/model/constraint.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD } from '../../../testbed/argocd.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { standInForKServe } from '../../../testbed/kserve-stand-in.ts';
import { exampleApplication } from '../../builders/application.ts';
import { aClaim as experimentClaim } from '../../builders/experiment.ts';
import { rollback } from '../../builders/flagd-config-map.ts';
import { aRouteClaim } from '../../builders/http-route.ts';
import { cap } from '../../builders/inference-service.ts';
import { startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { aClaim } from '../../builders/virtual-service.ts';

jest.setTimeout(60_000);

let targets: LiveTargets;
let argocd: ArgoCD;
let kserve: { stop(): Promise<void> };

beforeAll(async () => {
  targets = await startLiveTargets();
  kserve = standInForKServe(targets.runtime.plane.client);
  argocd = await openArgoCD({ kubeconfig: targets.runtime.plane.kubeconfig });
}, 600_000);

afterAll(async () => {
  await kserve.stop();
  argocd.close();
  await targets.close();
});

const ofRoutes = {
  constraints: [
    { kind: 'Cap', maxPercent: 10 },
    { kind: 'Shadow', mirrorPercent: 100 },
  ],
  shares: { held: 10, edited: 70 },
} as const;

const kinds: readonly {
  readonly kind: string;
  readonly actuator: Actuator;
  readonly claim: (constraint: Constraint) => Claim;
  readonly constraints: readonly [Constraint, ...Constraint[]];
  readonly shares: { readonly held: number; readonly edited: number };
}[] = [
  {
    ...ofRoutes,
    kind: 'GRPCRoute',
    actuator: grpcRouteActuator,
    claim: (constraint: Constraint): Claim => aRouteClaim([constraint], { target: { kind: 'GRPCRoute', object: 'credit' } }),
  },
  {
    ...ofRoutes,
    kind: 'VirtualService',
    actuator: virtualServiceActuator,
    claim: (constraint: Constraint): Claim => aClaim([constraint], { target: { object: 'credit' } }),
  },
  {
    ...ofRoutes,
    kind: 'Experiment',
    actuator: experimentActuator,
    claim: (constraint: Constraint): Claim => experimentClaim([constraint], { target: { object: 'credit' } }),
  },
  {
    ...ofRoutes,
    kind: 'InferenceService',
    actuator: inferenceServiceActuator,
    // KServe can't mirror: no live answers stand for shadow.
    claim: (constraint: Constraint): Claim => cap(constraint.kind === 'Cap' ? constraint.maxPercent : 0, { target: { object: 'credit' } }),
  },
  {
    kind: 'ConfigMap',
    actuator: flagdConfigMapActuator,
    claim: (constraint: Constraint): Claim => rollback({ constraints: [constraint], target: { object: 'credit', key: 'flags.json' } }),
    constraints: [{ kind: 'Flag' }],
    shares: { held: 0, edited: 100 },
  },
];

describe.each(kinds)('mode B with a $kind', ({ kind, actuator, claim, constraints, shares }) => {
  const story = storyTargets.find((each) => each.kind === kind);
  if (story === undefined) throw new Error(`no story of ${kind}`);

  async function deployed() {
    const namespace = await targets.runtime.plane.createNamespace();
    const place = { name: 'credit', namespace };
    const application = await exampleApplication({ namespace });
    const written = story?.manifest(namespace) ?? { metadata: {} };
    const manifest: KubeObject = { ...written, metadata: { ...written.metadata, ...place } };
    const heal = (target = manifest) => argocd.reconcile({ application, targets: [target], mode: 'SelfHeal' });
    expect(await heal()).toMatchObject({ phase: 'Succeeded' });
    const read = () => targets.read(actuator, place);
    await eventually(async () => story?.journal !== 'Object' || (await read())['status'] !== undefined);
    return { place, manifest, heal, read };
  }

  it.each(constraints)('is left alone by self-heal under $kind and after the release', async (constraint) => {
    const { place, heal, read } = await deployed();
    const before = userView(await read());
    expect(await targets.pass(actuator, place, [claim(constraint)])).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(await heal()).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
    expect(await targets.pass(actuator, place, [claim(constraint)])).toMatchObject({ kind: 'Unchanged' });
    await targets.release(actuator, place);
    expect(await heal()).toMatchObject({ phase: '' });
    expect(userView(await read())).toBe(before);
  });

  it('takes an edit of Git while it is held, which is bounded again and given back', async () => {
    const { place, manifest, heal, read } = await deployed();
    const cap = claim(constraints[0]);
    await targets.pass(actuator, place, [cap]);
    const edited = { ...story.edit(manifest), metadata: { ...manifest.metadata, annotations: { 'example.com/weights': 'canary at 70' } } };
    expect(await heal(edited)).toMatchObject({ phase: 'Succeeded' });
    expect(await targets.pass(actuator, place, [cap])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(story.share((await read()) as KubeObject)).toBe(shares.held);
    expect(await heal(edited)).toMatchObject({ phase: '' });
    await targets.release(actuator, place);
    expect(story.share((await read()) as KubeObject)).toBe(shares.edited);
  });

  it('mode C: a limit committed as proposed is synced once, held, and still there after the release', async () => {
    const { place, manifest, heal, read } = await deployed();
    const cap = claim(constraints[0]);
    await targets.pass(actuator, place, [cap]);
    const proposal = await proposeFor({ client: targets.clientFor(actuator), actuator, ...place });
    // What one value says Git can't say in other words.
    if (kind === 'ConfigMap' || kind === 'InferenceService') {
      expect(proposal).toMatchObject({ ok: false, failure: expect.stringContaining('commit it after the release') });
      return;
    }
    if (!proposal.ok) throw new Error(proposal.failure);
    const { metadata, spec } = proposal.value.manifest as KubeObject;
    const annotations = { ...manifest.metadata.annotations, ...metadata.annotations };
    const committed = {
      ...manifest,
      metadata: { ...manifest.metadata, annotations },
      spec: { ...(manifest['spec'] as object), ...(spec as object) },
    };
    expect(await heal(committed)).toMatchObject({ phase: 'Succeeded' });
    expect(await targets.pass(actuator, place, [cap])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(story.share((await read()) as KubeObject)).toBe(10);
    expect(await heal(committed)).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
    await targets.release(actuator, place);
    expect(story.share((await read()) as KubeObject)).toBe(10);
    expect(await heal(committed)).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
  });
});
