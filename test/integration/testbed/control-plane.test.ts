import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createAPIClient } from '../../../testbed/api-client.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps' };

describe('the shared control plane', () => {
  let plane: ConnectedControlPlane;
  let namespace: string;

  beforeAll(async () => {
    plane = connectControlPlane();
    namespace = await plane.createNamespace();
  });

  afterAll(() => plane.close());

  it('serves the verbs of the client', async () => {
    const at = { namespace, name: 'verbs' };
    const { client } = plane;
    const created = await client.create(configMaps, { metadata: at, data: { a: '1' } });
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    await client.patch(configMaps, at, [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ]);
    await client.merge(configMaps, at, { data: { b: '3' } });
    await client.apply(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: at, data: { c: '4' } });
    expect((await client.get(configMaps, at))['data']).toEqual({ a: '2', b: '3', c: '4' });
    expect(await client.list(configMaps, { namespace })).toEqual(
      expect.arrayContaining([expect.objectContaining({ data: { a: '2', b: '3', c: '4' } })]),
    );
    await client.delete(configMaps, at);
    await client.delete(configMaps, at);
    expect(await client.find(configMaps, at)).toBeNull();
  });

  it('refuses with the status, reason and field', async () => {
    const bad = { metadata: { namespace, name: 'Not A Name' } };
    await expect(plane.client.create(configMaps, bad)).rejects.toMatchObject({
      status: 422,
      reason: 'Invalid',
      causes: [expect.objectContaining({ field: 'metadata.name' })],
    });
  });

  it('serves kubectl with standard input', async () => {
    const manifest = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"piped","namespace":"${namespace}"}}`;
    expect(await plane.kubectl(['apply', '-f', '-'], manifest)).toMatchObject({ code: 0, stdout: 'configmap/piped created\n' });
    expect(await plane.kubectl(['get', 'configmap', 'absent', '-n', namespace])).toMatchObject({ code: 1 });
  });

  it('gives a ServiceAccount its own rights and no more', async () => {
    await plane.client.create({ group: '', version: 'v1', plural: 'serviceaccounts' }, { metadata: { namespace, name: 'guest' } });
    const token = await plane.tokenFor(namespace, 'guest');
    const guest = createAPIClient({ server: plane.server, caFile: plane.caFile, token });
    await expect(guest.list(configMaps, { namespace })).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    await guest.close();
    expect(await readFile(await plane.kubeconfigFor({ namespace, serviceAccount: 'guest' }), 'utf8')).toContain(plane.server);
  });

  it('waits for a ServiceAccount that appears a moment after it is asked for', async () => {
    const token = plane.tokenFor(namespace, 'late');
    await plane.client.create({ group: '', version: 'v1', plural: 'serviceaccounts' }, { metadata: { namespace, name: 'late' } });
    expect(await token).toMatch(/^ey/);
  });

  it('writes each request to the audit log once', async () => {
    await plane.client.create(configMaps, { metadata: { namespace, name: 'audited' } });
    const lines = (await readFile(plane.auditLog, 'utf8'))
      .trim()
      .split('\n')
      .filter((line) => line.includes(`"namespace":"${namespace}","name":"audited"`));
    expect(lines.map((line) => (JSON.parse(line) as { verb: string }).verb)).toEqual(['create']);
  });

  it('finishes the deletion of a namespace', async () => {
    const doomed = await plane.createNamespace();
    expect(await plane.kubectl(['delete', 'namespace', doomed, '--timeout=30s'])).toMatchObject({ code: 0 });
  }, 40_000);
});
