import { describe, expect, it } from '@jest/globals';

import { createPatchActuator } from '../../../../src/actuators/patch/actuator.ts';
import { readPatchKinds, whyForbiddenResource } from '../../../../src/actuators/patch/resource.ts';
import { actuators } from '../../../../src/actuators/registry.ts';
import type { TargetObject } from '../../../../src/actuators/port.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import * as given from '../../../builders/http-route.ts';
import { actuator, aThrottle, patching, throttles } from '../../../builders/patch.ts';

const taken = [...actuators.values()].map(({ resource }) => resource);

function refused(values: Readonly<Record<string, JSONValue>>, live: TargetObject = aThrottle()) {
  const actuation = actuator.plan(given.inputFor(live, [patching(values)]));
  return actuation.kind === 'Refused' ? actuation.rejected.map(({ reason }) => reason) : actuation.kind;
}

describe('whatever was admitted, the actuator refuses', () => {
  it.each([
    ['the whole object', { '': {} }],
    ['a path that is no pointer', { spec: 1 }],
    ['an empty segment', { '/': 1 }],
    ['the kind', { '/kind': 'Other' }],
    ['status', { '/status/ready': true }],
    ['the name', { '/metadata/name': 'other' }],
    ['finalizers', { '/metadata/finalizers': [] }],
    ['all labels', { '/metadata/labels': {} }],
    ['our own annotation', { '/metadata/annotations/modelrisk.dev~1journal': 'x' }],
    ['a pod template', { '/spec/template/spec/x': 1 }],
    ['a template further in', { '/spec/jobs/template': {} }],
    ['containers in the value', { '/spec/predictor': { deep: [{ containers: [] }] } }],
    ['a number the server would keep otherwise', { '/spec/mode': { a: [2 ** 53 + 2] } }],
    ['null', { '/spec/mode': null }],
    ['null within', { '/spec/mode': { a: [null] } }],
    ['a path within another', { '/spec/limits': {}, '/spec/limits/burst': 1 }],
  ])('%s', (_what, values) => {
    expect(refused(values)).toEqual(['PathForbidden']);
  });

  it('what would take a pod template away', () => {
    expect(refused({ '/spec': { mode: 'Closed' } }, aThrottle({ template: { spec: {} } }))).toEqual(['PathForbidden']);
    expect(refused({ '/spec': { mode: 'Closed' } })).toBe('Patch');
  });

  it('what would take a number away that does not come back as it was', () => {
    const live = aThrottle({ mode: JSON.parse('{"account": 9007199254740993}') as JSONValue });
    expect(refused({ '/spec/mode': 'Closed' }, live)).toEqual(['PathForbidden']);
    expect(refused({ '/spec/mode': 'Closed' }, aThrottle({ mode: { account: 2 ** 53 - 1 } }))).toBe('Patch');
  });

  it('the way into a list, by index: its place does not say which entry it is', () => {
    const message = expect.stringContaining('give /spec/tags as the path') as unknown;
    const { rejected } = actuator.plan(given.inputFor(aThrottle(), [patching({ '/spec/tags/0': 'x' })]));
    expect(rejected).toMatchObject([{ reason: 'PathUnreachable', message }]);
    expect(refused({ '/spec/mode/inner': 1 })).toEqual(['PathUnreachable']);
  });

  it('an object a controller generates', () => {
    const ownerReferences = [{ controller: true, kind: 'Canary', name: 'credit' }];
    expect(refused({ '/spec/mode': 'x' }, aThrottle({ mode: 'y' }, { ownerReferences }))).toEqual(['GeneratedTarget']);
  });

  it('a kind that may never be patched', () => {
    const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles', kind: 'Role' };
    const target = { group: roles.group, resource: roles.plural };
    const actuation = createPatchActuator(roles).plan(given.inputFor(aThrottle(), [patching({ '/rules': [] }, { target })]));
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'PathForbidden' }] });
  });

  it('a journal with a path no patch may touch', () => {
    const live = given.settled(aThrottle(), [patching({ '/spec/mode': 'x' })], { actuator });
    const forge = (to: string) =>
      given.withAnnotations(live, {
        'modelrisk.dev/journal': JSON.stringify(given.journalOf(live)).replace('"path":"/spec/mode"', `"path":"${to}"`),
      });
    expect(actuator.readJournal(forge('/spec/mode')).kind).toBe('Engaged');
    expect(actuator.readJournal(forge('/status/mode')).kind).toBe('Foreign');
    expect(actuator.readJournal(forge('/spec/template')).kind).toBe('Foreign');
  });

  it('a journal of another kind of objects', () => {
    const live = given.settled(aThrottle(), [patching({ '/spec/mode': 'x' })], { actuator });
    expect(createPatchActuator({ ...throttles, plural: 'others' }).readJournal(live).kind).toBe('Foreign');
  });
});

describe('kinds as they are configured', () => {
  const scaled = { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects', kind: 'ScaledObject' };

  it('are read one by one, the core without a group', () => {
    expect(readPatchKinds('keda.sh/v1alpha1/scaledobjects/ScaledObject, v1/limitranges/LimitRange', taken)).toEqual({
      ok: true,
      value: [scaled, { group: '', version: 'v1', plural: 'limitranges', kind: 'LimitRange' }],
    });
  });

  it.each([
    ['', 'is no kind'],
    ['scaledobjects', 'is no kind'],
    ['keda.sh/v1alpha1/scaledobjects', 'is no kind'],
    ['rbac.authorization.k8s.io/v1/roles/Role', 'decides what may be done'],
    ['admissionregistration.k8s.io/v1/validatingadmissionpolicies/ValidatingAdmissionPolicy', 'decides what may be done'],
    ['apiextensions.k8s.io/v1/customresourcedefinitions/CustomResourceDefinition', 'decides what may be done'],
    ['modelrisk.dev/v1alpha1/mitigationplans/MitigationPlan', 'decides what may be done'],
    ['coordination.k8s.io/v1/leases/Lease', 'decides what may be done'],
    ['v1/secrets/Secret', 'hold credentials'],
    ['v1/pods/Pod', 'hold credentials'],
    ['gateway.networking.k8s.io/v1/httproutes/HTTPRoute', 'has a kind of target of its own'],
    ['keda.sh/v1/scaledobjects/ScaledObject,keda.sh/v1alpha1/scaledobjects/ScaledObject', 'is listed twice'],
  ])('%s is refused: %s', (text, why) => {
    const read = readPatchKinds(text, taken);
    expect(read.ok ? '' : read.failure).toContain(why);
  });

  it('may be any other', () => {
    expect(whyForbiddenResource(scaled)).toBeNull();
  });
});
