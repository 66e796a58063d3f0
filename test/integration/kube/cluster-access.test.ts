import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLiveRuntime } from '../../builders/live-runtime.ts';
import type { LiveRuntime } from '../../builders/live-runtime.ts';
import type { Transport } from '../../../src/kube/transport.ts';

describe('access to the API server', () => {
  let runtime: LiveRuntime;

  beforeAll(async () => {
    runtime = await startLiveRuntime();
  });

  afterAll(async () => {
    await runtime.close();
  });

  async function whoAmI(transport: Transport): Promise<unknown> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await transport.request({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      resource: 'selfsubjectreviews',
      body,
    });
    await transport.close();
    return answer.ok ? answer.value.body : answer.failure;
  }

  it("goes through a plain address with a ServiceAccount's token", async () => {
    const namespace = await runtime.plane.createNamespace();
    const kubeconfig = await runtime.plane.kubeconfigFor(
      { namespace, serviceAccount: 'default' },
      { server: runtime.proxy.address, caFile: null },
    );
    expect(await whoAmI(await runtime.openTransport(kubeconfig))).toMatchObject({
      status: { userInfo: { username: `system:serviceaccount:${namespace}:default` } },
    });
  });

  it('does not talk to a server whose certificate nobody vouches for', async () => {
    const kubeconfig = await runtime.plane.kubeconfigFor({ token: runtime.plane.adminToken }, { caFile: null });
    expect(await whoAmI(await runtime.openTransport(kubeconfig))).toMatchObject({
      kind: 'Unavailable',
      message: expect.stringMatching(/certificate/),
    });
  });

  it('takes its token from an exec plugin', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: runtime.plane.adminToken },
    };
    const kubeconfig = join(runtime.plane.directory, 'exec-kubeconfig.json');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: runtime.plane.server, 'certificate-authority': runtime.plane.caFile } }],
      users: [
        {
          name: 'u',
          user: {
            exec: {
              apiVersion: credential.apiVersion,
              command: process.execPath,
              args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
            },
          },
        },
      ],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    expect(await whoAmI(await runtime.openTransport(kubeconfig))).toMatchObject({
      status: { userInfo: { groups: expect.arrayContaining(['system:masters']) } },
    });
  });
});
