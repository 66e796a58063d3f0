import { describe, expect, it } from '@jest/globals';
import { lookAround } from '../../../demo/look-around.ts';

const parts = {
  kubectlCommand: '/cache/kubectl',
  kubeconfig: '/tmp/demo/kubeconfig',
  prometheusURL: 'http://10.244.0.1:9090',
  operatorURL: 'http://127.0.0.1:8081',
  gateway: { url: 'http://10.244.0.1:8080', host: 'employment.demo.example', exampleBody: '{"id":1}' },
};

describe('lookAround', () => {
  it('names every part by an address the machine can open, and the kubectl of the bed: there may be no other', async () => {
    const lines = (await lookAround(parts, (url) => Promise.resolve(`http://127.0.0.1:4${new URL(url).port}`))).join('\n');
    expect(lines).toContain('/cache/kubectl --kubeconfig /tmp/demo/kubeconfig -n employment get modelrisks');
    expect(lines).toContain('http://127.0.0.1:49090');
    expect(lines).toContain('http://127.0.0.1:48081/metrics');
    expect(lines).toContain(`curl -i -H 'host: employment.demo.example' -d '{"id":1}' http://127.0.0.1:48080/score`);
    expect(lines).not.toContain('10.244.0.1');
    expect(lines).toContain('Ctrl-C');
  });

  it('names no route to send a request to where there is no gateway', async () => {
    const lines = await lookAround({ ...parts, gateway: null }, (url) => Promise.resolve(url));
    expect(lines.join('\n')).not.toContain('curl');
  });
});
