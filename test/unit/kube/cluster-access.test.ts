import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadClusterAccess } from '../../../src/kube/cluster-access.ts';
import type { ClusterAccess } from '../../../src/kube/cluster-access.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-access-'));
});

afterEach(() => {
  jest.useRealTimers();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface ConfigParts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

async function load(parts: ConfigParts, context: string | null = null): Promise<Awaited<ReturnType<typeof loadClusterAccess>>> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://example.test:6443/', ...parts.cluster } }],
    users: [{ name: 'u', user: parts.user ?? {} }],
    contexts: [
      { name: 'x', context: { cluster: 'c', user: 'u', ...parts.context } },
      { name: 'broken', context: { cluster: 'absent', user: 'u' } },
    ],
    'current-context': 'x',
  };
  const path = join(directory, 'kubeconfig.json');
  await writeFile(path, JSON.stringify(config));
  return loadClusterAccess({ kubeconfigPath: path, context });
}

async function loaded(parts: ConfigParts): Promise<ClusterAccess> {
  const access = await load(parts);
  if (!access.ok) throw new Error(access.failure);
  return access.value;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('loadClusterAccess', () => {
  it('reads server, TLS material and namespace', async () => {
    const access = await loaded({
      cluster: { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kubernetes' },
      user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
      context: { namespace: 'lending' },
    });
    expect(access.server).toBe('https://example.test:6443');
    expect(access.namespace).toBe('lending');
    const { ca, cert, key, ...rest } = access.tls;
    expect([ca, cert, key].map(String)).toEqual(['CA', 'CERT', 'KEY']);
    expect(rest).toEqual({ serverName: 'kubernetes', skipVerify: false });
    expect(await access.authorization()).toBeNull();
  });

  it('has no namespace but default, and verifies nothing it was told not to', async () => {
    const access = await loaded({ cluster: { 'insecure-skip-tls-verify': true } });
    expect(access.namespace).toBe('default');
    expect(access.tls).toMatchObject({ ca: null, cert: null, key: null, skipVerify: true });
  });

  it('allows a plain address', async () => {
    expect((await loaded({ cluster: { server: 'http://127.0.0.1:8001' }, user: { token: 't' } })).server).toBe('http://127.0.0.1:8001');
  });

  it.each([
    ['a token', { token: 'abc' }, 'Bearer abc'],
    ['a name and a password', { username: 'ada', password: 'pw' }, `Basic ${base64('ada:pw')}`],
  ])('authorizes with %s', async (_name, user, header) => {
    expect(await (await loaded({ user })).authorization()).toBe(header);
  });

  it('reads a token file again as it rotates', async () => {
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 'first\n');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'performance'] });
    const access = await loaded({ user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } });
    expect(await access.authorization()).toBe('Bearer first');
    await writeFile(tokenFile, 'second\n');
    expect(await access.authorization()).toBe('Bearer first');
    jest.setSystemTime(Date.now() + 61_000);
    expect(await access.authorization()).toBe('Bearer second');
  });

  it('starts one exec plugin for requests that come together, and hands on its failure', async () => {
    const runs = join(directory, 'runs');
    const script = `require('fs').appendFileSync(${JSON.stringify(runs)}, 'x'); console.log(JSON.stringify({ status: { token: 'from-plugin', expirationTimestamp: '2000-01-01T00:00:00Z' } }))`;
    const access = await loaded({ user: { exec: { command: process.execPath, args: ['-e', script] } } });
    await writeFile(runs, '');
    const answers = await Promise.all([access.authorization(), access.authorization(), access.authorization()]);
    expect(answers).toEqual(['Bearer from-plugin', 'Bearer from-plugin', 'Bearer from-plugin']);
    expect(await readFile(runs, 'utf8')).toBe('x');
  });

  it.each<{ readonly what: string; readonly parts: ConfigParts; readonly context: string | null; readonly message: RegExp }>([
    { what: 'a context without a cluster', parts: {}, context: 'broken', message: /context "broken"/ },
    { what: 'a context that is not there', parts: {}, context: 'absent', message: /context "absent"/ },
    { what: 'a proxy', parts: { cluster: { 'proxy-url': 'http://proxy.test' } }, context: null, message: /Remove proxy-url/ },
    {
      what: 'an exec plugin that fails',
      parts: { user: { exec: { command: 'no-such-plugin' } } },
      context: null,
      message: /no-such-plugin/,
    },
  ])('says what is wrong with $what', async ({ parts, context, message }) => {
    expect(await load(parts, context)).toEqual({ ok: false, failure: expect.stringMatching(message) });
  });

  it('says which file it could not read', async () => {
    expect(await loadClusterAccess({ kubeconfigPath: join(directory, 'absent.yaml'), context: null })).toEqual({
      ok: false,
      failure: expect.stringMatching(/absent\.yaml/),
    });
  });
});
