import { describe, expect, it } from '@jest/globals';
import { fencedClient } from '../../../src/kube/fenced-client.ts';
import { keyOf, referenceOf } from '../../../src/kube/kube-object.ts';
import { createResourceClient, resourcePath } from '../../../src/kube/resource-client.ts';
import type { ResourceClientOptions } from '../../../src/kube/resource-client.ts';
import type { APIRequest } from '../../../src/kube/transport.ts';
import { testObject, thingResource } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';
import { answer, listOf, notFound, scriptedTransport } from '../../builders/scripted-transport.ts';

const reference = { namespace: 'lending', name: 'credit' };
const objectPath = '/apis/test.dev/v1/namespaces/lending/things/credit';

function setUp(reply = answer(JSON.parse(JSON.stringify(testObject())) as never), options: Partial<ResourceClientOptions> = {}) {
  const transport = scriptedTransport({ request: () => reply });
  const client = createResourceClient<TestObject>({ transport, resource: thingResource, fieldManager: 'modelrisk', ...options });
  return { transport, client };
}

describe('paths and keys', () => {
  it('knows the paths of the core group, of all namespaces, and of names that need escaping', () => {
    const configMaps = { ...thingResource, group: '', plural: 'configmaps' };
    expect(resourcePath(configMaps, 'a', 'b')).toBe('/api/v1/namespaces/a/configmaps/b');
    expect(resourcePath(thingResource, null)).toBe('/apis/test.dev/v1/things');
    expect(resourcePath(thingResource, 'a', 'system:x/y')).toBe('/apis/test.dev/v1/namespaces/a/things/system%3Ax%2Fy');
  });

  it('knows an object by namespace and name, or by name alone where there is no namespace', () => {
    const { namespace: _namespace, ...metadata } = testObject().metadata;
    const clusterScoped = { ...testObject(), metadata };
    expect([keyOf(testObject()), keyOf(clusterScoped)]).toEqual(['lending/credit', 'credit']);
    expect([referenceOf(testObject()), referenceOf(clusterScoped)]).toEqual([reference, { namespace: null, name: 'credit' }]);
  });
});

describe('resource client', () => {
  it('sends each call to its path, writes under our field manager', async () => {
    const { transport, client } = setUp();
    await client.get(reference);
    await client.create({
      apiVersion: 'test.dev/v1',
      kind: 'Thing',
      metadata: { name: 'credit', namespace: 'lending' },
      spec: { value: 'a' },
    });
    await client.replace(testObject(), 'status');
    await client.patch(reference, [{ op: 'remove', path: '/spec/value' }], 'status');
    await client.remove(reference, 'uid-credit');
    const query = { fieldManager: 'modelrisk' };
    const sent = (expected: Partial<APIRequest>): unknown => expect.objectContaining({ resource: 'things', ...expected });
    expect(transport.requests).toEqual([
      sent({ method: 'GET', path: objectPath }),
      sent({ method: 'POST', path: '/apis/test.dev/v1/namespaces/lending/things', query }),
      sent({ method: 'PUT', path: `${objectPath}/status`, query }),
      sent({
        method: 'PATCH',
        path: `${objectPath}/status`,
        query,
        contentType: 'application/json-patch+json',
        body: [{ op: 'remove', path: '/spec/value' }],
      }),
      sent({ method: 'DELETE', path: objectPath, body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'uid-credit' } } }),
    ]);
  });

  it('tries a patch so that nothing of it is kept', async () => {
    const { transport, client } = setUp();
    await client.tryPatch(reference, [{ op: 'remove', path: '/spec/value' }]);
    expect(transport.requests).toMatchObject([
      {
        method: 'PATCH',
        path: objectPath,
        query: { fieldManager: 'modelrisk', dryRun: 'All' },
        contentType: 'application/json-patch+json',
        body: [{ op: 'remove', path: '/spec/value' }],
      },
    ]);
  });

  it('asks for a page and reads its token, filling in what lists of built-in kinds leave out', async () => {
    const { apiVersion: _apiVersion, kind: _kind, ...bare } = testObject();
    const { transport, client } = setUp(listOf([bare as TestObject], '10', 'next'));
    const page = await client.listPage({
      namespace: null,
      labelSelector: 'a=b',
      fieldSelector: 'metadata.name=c',
      limit: 5,
      continueToken: 'here',
    });
    expect(page).toEqual({ ok: true, value: { items: [testObject()], resourceVersion: '10', continueToken: 'next' } });
    expect(transport.requests[0]?.query).toEqual({ labelSelector: 'a=b', fieldSelector: 'metadata.name=c', limit: '5', continue: 'here' });
  });

  it.each([[''], [undefined]])('knows the last page by the token %o', async (token) => {
    const { client } = setUp(listOf([], '10', token));
    expect(await client.listPage({ namespace: null })).toMatchObject({ value: { continueToken: null } });
  });

  it('reads a list without items as empty', async () => {
    const { client } = setUp(answer({ metadata: { resourceVersion: '1' }, items: null }));
    expect(await client.listPage({ namespace: null })).toMatchObject({ ok: true, value: { items: [] } });
  });

  it.each([[{}], [{ metadata: {} }], [{ metadata: { resourceVersion: '1' }, items: 'x' }], [[]], ['text']])(
    'does not take %o for a list',
    async (body) => {
      const { client } = setUp(answer(body));
      expect(await client.listPage({ namespace: null })).toMatchObject({ ok: false, failure: { kind: 'Unavailable' } });
    },
  );

  it.each([
    ['no name', { uid: 'u', resourceVersion: '1' }],
    ['no uid', { name: 'credit', resourceVersion: '1' }],
    ['no resourceVersion', { name: 'credit', uid: 'u' }],
    ['a version that is a number', { name: 'credit', uid: 'u', resourceVersion: 1 }],
  ])('leaves out of a page what has %s: nothing of ours could act on it', async (_what, metadata) => {
    const items = [{ metadata }, { metadata: null }, 'text', testObject()];
    const { client } = setUp(answer({ metadata: { resourceVersion: '1' }, items: JSON.parse(JSON.stringify(items)) as never }));
    const page = await client.listPage({ namespace: null });
    expect(page.ok ? page.value.items : page).toEqual([testObject()]);
  });

  it('makes ours of what it applies: forced, as YAML, created where it is not', async () => {
    const { transport, client } = setUp();
    await client.apply({
      apiVersion: 'test.dev/v1',
      kind: 'Thing',
      metadata: { name: 'credit', namespace: 'lending' },
      spec: { value: 'a' },
    });
    expect(transport.requests).toMatchObject([
      {
        ...{ method: 'PATCH', path: objectPath, contentType: 'application/apply-patch+yaml' },
        query: { fieldManager: 'modelrisk', force: 'true' },
        body: { kind: 'Thing', metadata: { name: 'credit' }, spec: { value: 'a' } },
      },
    ]);
  });

  it('has unknown fields refused where it is strict, of patches alone', async () => {
    const { transport, client } = setUp(undefined, { strict: true });
    await client.patch(reference, []);
    await client.replace(testObject());
    const lenient = setUp();
    await lenient.client.patch(reference, []);
    expect([...transport.requests, ...lenient.transport.requests].map(({ query }) => query)).toEqual([
      { fieldManager: 'modelrisk', fieldValidation: 'Strict' },
      { fieldManager: 'modelrisk' },
      { fieldManager: 'modelrisk' },
    ]);
  });

  it('removes an object only as it was read, where a version is given', async () => {
    const { transport, client } = setUp();
    await client.remove(reference, 'uid-credit', '7');
    expect(transport.requests[0]?.body).toMatchObject({ preconditions: { uid: 'uid-credit', resourceVersion: '7' } });
    await client.remove(reference, 'uid-credit');
    expect(transport.requests[1]?.body).toEqual({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'uid-credit' } });
  });

  it('lets its caller give a list up', async () => {
    const { transport, client } = setUp(listOf([], '1'));
    const { signal } = new AbortController();
    await client.listPage({ namespace: 'lending' }, signal);
    await client.listPage({ namespace: 'lending' });
    expect(transport.requests.map(({ abort }) => abort)).toEqual([signal, undefined]);
  });

  it('says with which call an answer came that is none', async () => {
    for (const [call, message] of [
      [
        (client: ReturnType<typeof setUp>['client']) => client.listPage({ namespace: 'lending' }),
        'GET /apis/test.dev/v1/namespaces/lending/things',
      ],
      [(client: ReturnType<typeof setUp>['client']) => client.patch(reference, [], 'status'), `PATCH ${objectPath}/status`],
    ] as const) {
      const { client } = setUp(answer({ kind: 'Odd' }));
      expect(await call(client)).toMatchObject({ ok: false, failure: { kind: 'Unavailable', message: expect.stringContaining(message) } });
    }
  });

  it('does not take an answer without identity for an object', async () => {
    const { client } = setUp(answer({ metadata: { name: 'credit' } }));
    expect(await client.get(reference)).toMatchObject({
      ok: false,
      failure: { kind: 'Unavailable', message: expect.stringContaining(objectPath) },
    });
  });

  it('passes failures, pool and time limit on', async () => {
    const { transport, client } = setUp(notFound(), { pool: 'Lease', timeoutMs: 77 });
    expect(await client.remove(reference, 'u')).toMatchObject({ ok: false, failure: { kind: 'NotFound' } });
    expect(transport.requests[0]).toMatchObject({ pool: 'Lease', timeoutMs: 77 });
  });
});

describe('fenced client', () => {
  const writes = {
    create: (client: ReturnType<typeof setUp>['client']) =>
      client.create({ apiVersion: 'test.dev/v1', kind: 'Thing', metadata: { name: 'credit' }, spec: { value: 'a' } }),
    replace: (client: ReturnType<typeof setUp>['client']) => client.replace(testObject()),
    patch: (client: ReturnType<typeof setUp>['client']) => client.patch(reference, []),
    remove: (client: ReturnType<typeof setUp>['client']) => client.remove(reference, 'uid-credit'),
  };

  it.each(Object.entries(writes))('%s is not sent unless the lease outlives the request', async (_name, write) => {
    const { transport, client } = setUp();
    const lease = { remainingMs: () => 5000 };
    expect(await write(fencedClient(client, lease, 5000))).toMatchObject({ ok: false, failure: { kind: 'Fenced' } });
    expect(transport.requests).toHaveLength(0);
    expect(await write(fencedClient(client, lease, 4999))).toMatchObject({ ok: true });
    expect(transport.requests).toHaveLength(1);
  });

  it('judges each write anew', async () => {
    const { transport, client } = setUp();
    let remainingMs = 10_000;
    const fenced = fencedClient(client, { remainingMs: () => remainingMs }, 5000);
    await fenced.patch(reference, []);
    remainingMs = 0;
    await fenced.patch(reference, []);
    expect(transport.requests).toHaveLength(1);
  });

  it('lets a trial pass without a lease: nothing of it is kept', async () => {
    const { transport, client } = setUp();
    expect(await fencedClient(client, { remainingMs: () => 0 }, 5000).tryPatch(reference, [])).toMatchObject({ ok: true });
    expect(transport.requests).toHaveLength(1);
  });

  it('lets reads pass without a lease', async () => {
    const { client } = setUp();
    const fenced = fencedClient(client, { remainingMs: () => 0 }, 5000);
    expect(await fenced.get(reference)).toMatchObject({ ok: true });
    expect(await fenced.listPage({ namespace: null })).toMatchObject({ failure: { kind: 'Unavailable' } });
    expect(fenced.resource).toBe(thingResource);
  });
});
