import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import { statusPatch, writeStatus } from '../../../src/kube/status-writer.ts';
import type { StatusValue, WithStatus } from '../../../src/kube/status-writer.ts';
import type { JSONPatchOperation } from '../../../src/shared/json.ts';
import { testObject, thingResource } from '../../builders/kube-object.ts';
import { answer, conflict, scriptedTransport } from '../../builders/scripted-transport.ts';

function withStatus(status?: StatusValue): WithStatus {
  return status === undefined ? testObject() : { ...testObject(), status };
}

const ofThisObject = { op: 'test', path: '/metadata/uid', value: 'uid-credit' };

/** RFC 6902 for paths of one key under /status. Throws when a test does not hold. */
function apply(object: WithStatus, operations: readonly JSONPatchOperation[]): StatusValue | undefined {
  let status: Record<string, unknown> | undefined = object.status === undefined ? undefined : { ...object.status };
  for (const operation of operations) {
    if (operation.path === '/metadata/uid') continue;
    const key = operation.path.slice('/status/'.length).replaceAll('~1', '/').replaceAll('~0', '~');
    const whole = operation.path === '/status';
    if (operation.op === 'test') expect((whole ? status : status?.[key]) ?? null).toEqual(operation.value);
    else if (operation.op === 'remove') delete status?.[key];
    else if (whole) status = operation.value as Record<string, unknown>;
    else status = { ...status, [key]: operation.value };
  }
  return status as StatusValue | undefined;
}

describe('statusPatch', () => {
  it.each([
    ['the same', { a: 1, list: [{ x: 1, y: 2 }] }],
    ['the same in another order', { list: [{ y: 2, x: 1 }], a: 1 }],
  ])('is empty when the status is %s', (_name, status) => {
    expect(statusPatch(withStatus({ a: 1, list: [{ x: 1, y: 2 }] }), status)).toEqual([]);
  });

  it('is empty when there is nothing to say for the first time', () => {
    expect(statusPatch(withStatus(), {})).toEqual([]);
  });

  it('changes only what changed, after a test of what was read', () => {
    expect(statusPatch(withStatus({ same: 1, changed: [1], old: true }), { same: 1, changed: [2], 'new/key': 'x' })).toEqual([
      ofThisObject,
      { op: 'test', path: '/status/changed', value: [1] },
      { op: 'replace', path: '/status/changed', value: [2] },
      { op: 'test', path: '/status/old', value: true },
      { op: 'remove', path: '/status/old' },
      { op: 'test', path: '/status/new~1key', value: null },
      { op: 'add', path: '/status/new~1key', value: 'x' },
    ]);
  });

  it('writes the first status only while there is none', () => {
    expect(statusPatch(withStatus(), { a: 1 })).toEqual([
      ofThisObject,
      { op: 'test', path: '/status', value: null },
      { op: 'add', path: '/status', value: { a: 1 } },
    ]);
  });

  it('leads from any status to any other', () => {
    const status = fc.dictionary(
      fc.constantFrom('a', 'b', 'c/d', 'e~f'),
      fc.oneof(fc.integer(), fc.array(fc.string()), fc.dictionary(fc.string(), fc.boolean())),
    );
    fc.assert(
      fc.property(status, status, (before, after) => {
        expect(apply(withStatus(before), statusPatch(withStatus(before), after))).toEqual(after);
      }),
    );
  });
});

describe('writeStatus', () => {
  function setUp(reply = answer(JSON.parse(JSON.stringify({ ...testObject({ version: 2 }), status: { a: 2 } })) as never)) {
    const transport = scriptedTransport({ request: () => reply });
    return { transport, client: createResourceClient<WithStatus>({ transport, resource: thingResource, fieldManager: 'modelrisk' }) };
  }

  it('sends nothing when nothing changed', async () => {
    const { transport, client } = setUp();
    expect(await writeStatus(client, withStatus({ a: 1 }), { a: 1 })).toEqual({ ok: true, value: { kind: 'Unchanged' } });
    expect(transport.requests).toEqual([]);
  });

  it('patches the status subresource and hands back what the server made of it', async () => {
    const { transport, client } = setUp();
    const written = await writeStatus(client, withStatus({ a: 1 }), { a: 2 });
    expect(written).toMatchObject({
      ok: true,
      value: { kind: 'Written', object: { metadata: { resourceVersion: '2' }, status: { a: 2 } } },
    });
    expect(transport.requests[0]).toMatchObject({ method: 'PATCH', path: '/apis/test.dev/v1/namespaces/lending/things/credit/status' });
  });

  it('passes failures on', async () => {
    const { client } = setUp(conflict());
    expect(await writeStatus(client, withStatus({ a: 1 }), { a: 2 })).toMatchObject({ ok: false, failure: { kind: 'Conflict' } });
  });
});
