import { beforeEach, describe, expect, it } from '@jest/globals';
import { featureFlagActuator } from '../../../src/actuators/feature-flag/actuator.ts';
import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import { restoreAll } from '../../../src/cli/restore-all.ts';
import type { RestoreAllClient, RestoreAllReport } from '../../../src/cli/restore-all.ts';
import { restoreTarget } from '../../../src/cli/restore.ts';
import { clientFor, targetClient } from '../../../src/cli/target-client.ts';
import type { APIFailure, WriteFailure } from '../../../src/kube/api-failure.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { ResourceClient } from '../../../src/kube/resource-client.ts';
import type { JSONPatchOperation } from '../../../src/shared/json.ts';
import { failure } from '../../../src/shared/result.ts';
import type { Result } from '../../../src/shared/result.ts';
import { cap, settled, weightsOf } from '../../builders/http-route.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { memoryPlan, memoryRoute } from '../../builders/memory-operator.ts';

const finalizer = 'modelrisk.dev/restore';

type Refused = Result<never, WriteFailure> | null;
type Patch = (operations: readonly JSONPatchOperation[]) => Refused | Promise<Refused>;

let api: MemoryAPI;
let targets: ResourceClient<UntypedObject>;
let plans: ResourceClient<UntypedObject>;

beforeEach(() => {
  api = createMemoryAPI(createManualClock());
  api.apply('httproutes', settled(api.apply('httproutes', memoryRoute()), [cap(10)]));
  const plan = memoryPlan() as { readonly metadata: object };
  api.apply('mitigationplans', { ...plan, metadata: { ...plan.metadata, finalizers: [finalizer] } });
  targets = targetClient(api, httpRouteActuator.resource, createManualClock());
  plans = clientFor(api, { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans', kind: 'MitigationPlan' });
});

const refusals = {
  denied: { kind: 'Denied', status: 403, message: 'not allowed' },
  busy: { kind: 'Throttled', retryAfterMs: null, landed: 'No', status: 429, message: 'slow down' },
  away: { kind: 'Unavailable', landed: 'Unknown', status: null, message: 'no answer' },
  invalid: { kind: 'Invalid', causes: [], status: 422, message: 'spec.rules is wrong' },
  conflict: { kind: 'Conflict', cause: 'TestFailed', status: 422, message: 'a test failed' },
  gone: { kind: 'NotFound', status: 404, message: 'not found' },
} as const satisfies Readonly<Record<string, APIFailure>>;

/** A client whose patches are refused as long as `refuse` says why. */
function refusing(client: ResourceClient<UntypedObject>, refuse: Patch): RestoreAllClient {
  return {
    get: (reference) => client.get(reference),
    listPage: (options) => client.listPage(options),
    patch: async (reference, operations) => (await refuse(operations)) ?? client.patch(reference, operations),
  };
}

/** As often as there are failures in the list, then no more. */
const failing = (...kinds: readonly (keyof typeof refusals)[]): Patch => {
  const left = [...kinds];
  return () => {
    const next = left.shift();
    return next === undefined ? null : failure(refusals[next]);
  };
};

const restoreOne = (client: RestoreAllClient) =>
  restoreTarget({ client, actuator: httpRouteActuator, namespace: 'lending', name: 'credit', nowMs: 0 });

function restoreEach(changes: { readonly targets?: RestoreAllClient; readonly plans?: RestoreAllClient } = {}): Promise<RestoreAllReport> {
  return restoreAll({
    // All the kinds the plan acts on.
    targets: [
      { actuator: httpRouteActuator, client: changes.targets ?? targets },
      { actuator: featureFlagActuator, client: targetClient(api, featureFlagActuator.resource, createManualClock()) },
    ],
    ...{ plans: changes.plans ?? plans, namespace: 'lending', dropFinalizers: true, nowMs: 0 },
  });
}

const route = () => api.get('httproutes', 'credit') ?? {};
const finalizersNow = () => api.get('mitigationplans', 'credit')?.metadata.finalizers;

describe('restore of one target', () => {
  it.each(['denied', 'busy', 'away', 'invalid', 'gone'] as const)(
    'that is refused (%s) says of which object and why, and changed nothing',
    async (kind) => {
      const before = route();
      expect(await restoreOne(refusing(targets, failing(kind)))).toEqual({
        ok: false,
        failure: `HTTPRoute lending/credit could not be patched: ${refusals[kind].message}`,
      });
      expect(route()).toEqual(before);
    },
  );

  it.each([1, 2, 3, 4])('is tried again after %i conflicts: somebody wrote in between', async (times) => {
    const conflicts = Array.from({ length: times }, () => 'conflict' as const);
    expect(await restoreOne(refusing(targets, failing(...conflicts)))).toMatchObject({ ok: true, value: { restored: true } });
    expect(weightsOf(route())).toEqual({ 'credit-v1': 50, 'credit-v2': 50 });
  });

  it('gives up after five, and says what to do', async () => {
    const conflicts = Array.from({ length: 5 }, () => 'conflict' as const);
    expect(await restoreOne(refusing(targets, failing(...conflicts)))).toEqual({
      ok: false,
      failure: 'HTTPRoute lending/credit changed 5 times while it was being restored; stop the other writer and run restore again.',
    });
  });

  it('is done though the ownership of its fields could not be given up, which is said with what it costs', async () => {
    const owned = route() as { readonly metadata: object };
    const managedFields = [
      { manager: 'modelrisk-operator', operation: 'Update', apiVersion: 'v1', time: 't', fieldsType: 'FieldsV1', fieldsV1: {} },
    ];
    api.apply('httproutes', { ...owned, metadata: { ...owned.metadata, managedFields } });
    const refuseDisowning: Patch = (operations) =>
      operations.some(({ path }) => path.startsWith('/metadata/managedFields')) ? failure(refusals.denied) : null;
    const done = await restoreOne(refusing(targets, refuseDisowning));
    expect(done).toMatchObject({ ok: true, value: { restored: true } });
    expect(done.ok ? done.value.message : '').toMatch(
      / Ownership of its fields was not given up \(not allowed\): the next server-side apply may need --force-conflicts\.$/,
    );
    expect(weightsOf(route())).toEqual({ 'credit-v1': 50, 'credit-v2': 50 });
  });
});

describe('restore --all --drop-finalizers', () => {
  it('keeps the plan whose target could not be given back, and says both', async () => {
    const report = await restoreEach({ targets: refusing(targets, failing('denied')) });
    expect(report.failures).toEqual([
      'HTTPRoute lending/credit could not be patched: not allowed',
      'MitigationPlan lending/credit keeps its finalizer: not everything could be given back; see to that and run the command again.',
    ]);
    expect([report.targets, report.plans, finalizersNow()]).toEqual([[], [], [finalizer]]);
  });

  it('keeps all plans where a kind could not be listed at all', async () => {
    api.forbid('httproutes');
    const report = await restoreEach();
    expect(report.failures).toEqual([
      expect.stringMatching(/^HTTPRoute could not be listed: /),
      expect.stringMatching(/^MitigationPlan lending\/credit keeps its finalizer: not everything could be given back/),
    ]);
    expect(finalizersNow()).toEqual([finalizer]);
  });

  it.each([
    ['denied', 'not allowed'],
    ['away', 'no answer'],
    ['invalid', 'spec.rules is wrong'],
  ] as const)('that may not take a finalizer off (%s) says of which plan and why', async (kind, message) => {
    const report = await restoreEach({ plans: refusing(plans, failing(kind)) });
    expect(report.failures).toEqual([`MitigationPlan lending/credit keeps its finalizer: ${message}`]);
    expect([report.plans, finalizersNow()]).toEqual([[], [finalizer]]);
  });

  it('reads a plan again that changed meanwhile, and takes the finalizer off what it is now', async () => {
    let meanwhile = 3;
    const edits: Patch = async () => {
      if (meanwhile === 0) return null;
      meanwhile -= 1;
      const mine = { op: 'add', path: '/metadata/finalizers/0', value: `example.com/${meanwhile}` } as const;
      await plans.patch({ namespace: 'lending', name: 'credit' }, [mine]);
      return failure(refusals.conflict);
    };
    const report = await restoreEach({ plans: refusing(plans, edits) });
    expect([report.failures, report.plans]).toEqual([[], [{ namespace: 'lending', name: 'credit' }]]);
    expect(finalizersNow()).toEqual(['example.com/0', 'example.com/1', 'example.com/2']);
  });

  it('gives up on a plan that changes five times, and says to run it again', async () => {
    const conflicts = Array.from({ length: 5 }, () => 'conflict' as const);
    const report = await restoreEach({ plans: refusing(plans, failing(...conflicts)) });
    expect(report.failures).toEqual([
      'MitigationPlan lending/credit keeps its finalizer: it changed 5 times meanwhile; run the command again',
    ]);
  });

  it('takes a plan that is gone meanwhile for one that was let go', async () => {
    const vanish: Patch = () => {
      api.stripFinalizers('mitigationplans', 'credit');
      api.remove('mitigationplans', 'credit');
      return failure(refusals.conflict);
    };
    expect((await restoreEach({ plans: refusing(plans, vanish) })).failures).toEqual([]);
    expect((await restoreEach({ plans: refusing(plans, failing('gone')) })).failures).toEqual([]);
  });

  it('fails where it may not list plans, and says what it does not know of', async () => {
    api.forbid('mitigationplans');
    const report = await restoreEach();
    expect(report.failures).toEqual([expect.stringMatching(/^MitigationPlans could not be listed: /)]);
    expect(report.targets).toHaveLength(1);
  });

  it('has nothing to say of plans where their kind is not served', async () => {
    api.serve('mitigationplans', false);
    const report = await restoreEach();
    expect([report.failures, report.plans, report.targets.length]).toEqual([[], [], 1]);
    expect(report.sentences.join()).not.toContain('MitigationPlan');
  });
});

describe('restore --all', () => {
  it('regression: says that it could not look for kinds it was not told of: it was silent, as if there were none', async () => {
    api.forbid('mitigationplans');
    const report = await restoreAll({
      targets: [{ actuator: httpRouteActuator, client: targets }],
      ...{ plans, namespace: 'lending', dropFinalizers: false, nowMs: 0 },
    });
    expect(report.failures).toEqual([]);
    expect(report.sentences.at(-1)).toMatch(
      /^MitigationPlans could not be listed \(.+\): whether one acts on a kind this command was not told of is not known\.$/,
    );
  });
});
