import { describe, expect, it } from '@jest/globals';
import { createSecretReader } from '../../../src/kube/secret-reader.ts';
import { failure } from '../../../src/shared/result.ts';
import { answer, notFound, scriptedTransport, unavailable } from '../../builders/scripted-transport.ts';

const stored = (data: object): object => ({ metadata: { name: 'hook', uid: 'u', resourceVersion: '1' }, data });
const reading = (data: object) => {
  const transport = scriptedTransport({ request: () => answer(stored(data) as never) });
  return { transport, read: createSecretReader({ transport, namespace: 'modelrisk-system', fieldManager: 'test' }) };
};

describe('createSecretReader', () => {
  it('reads one key, in the one namespace, without the line end editors leave', async () => {
    const { transport, read } = reading({ token: Buffer.from('s3cret\n').toString('base64') });
    expect(await read('hook', 'token')).toEqual({ ok: true, value: 's3cret' });
    expect(transport.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/namespaces/modelrisk-system/secrets/hook',
    ]);
  });

  it('reads at each call: a changed secret counts at once', async () => {
    const { transport, read } = reading({ token: '' });
    await read('hook', 'token');
    await read('hook', 'token');
    expect(transport.requests).toHaveLength(2);
  });

  it('cannot be led into another namespace by a name', async () => {
    const { transport, read } = reading({ token: '' });
    await read('../../kube-system/secrets/admin', 'token');
    expect(transport.requests[0]?.path).toBe('/api/v1/namespaces/modelrisk-system/secrets/..%2F..%2Fkube-system%2Fsecrets%2Fadmin');
  });

  it('names what is missing and nothing that is there', async () => {
    const { read } = reading({ other: Buffer.from('s3cret').toString('base64') });
    expect(await read('hook', 'token')).toEqual({
      ok: false,
      failure: 'Secret hook in namespace modelrisk-system has no key token; add it or correct secretRef of the receiver',
    });
  });

  it.each([
    ['is not there', notFound(), 'NotFound'],
    ['may not be read', failure({ kind: 'Denied' as const, status: 403, message: 'secret hunter2 forbidden' }), 'Denied'],
    ['cannot be had now', unavailable(), 'Unavailable'],
  ])('of one that %s says where it looked and what to create, and repeats nothing of the server', async (_what, answered, kind) => {
    const transport = scriptedTransport({ request: () => answered });
    const read = createSecretReader({ transport, namespace: 'modelrisk-system', fieldManager: 'test' });
    expect(await read('hook', 'token')).toEqual({
      ok: false,
      failure: `Secret hook in namespace modelrisk-system can't be read (${kind}); create it there with key token`,
    });
  });

  it.each([
    ['no data at all', undefined],
    ['other keys', { other: 'eA==' }],
  ])('of one with %s says which key is missing', async (_what, data) => {
    const stored = { metadata: { name: 'hook', uid: 'u', resourceVersion: '1' }, ...(data === undefined ? {} : { data }) };
    const transport = scriptedTransport({ request: () => answer(stored) });
    const read = createSecretReader({ transport, namespace: 'modelrisk-system', fieldManager: 'test' });
    expect(await read('hook', 'token')).toMatchObject({ ok: false, failure: expect.stringContaining('has no key token') });
  });

  it('takes an empty value for a value', async () => {
    expect(await reading({ token: '' }).read('hook', 'token')).toEqual({ ok: true, value: '' });
  });
});
