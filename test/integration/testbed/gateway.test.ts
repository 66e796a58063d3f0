import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, it } from '@jest/globals';

import { connectControlPlane } from '../../../testbed/connect.ts';
import { runCommand } from '../../../testbed/run-command.ts';

interface Line {
  readonly step: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly reason?: string;
}

/** Where namespaces are forbidden the bed says so, and that sentence is what is checked. */
const sayWhy = (reason: string): void => {
  process.stderr.write(`gateway.test: ${reason}\n`);
  expect(reason).toMatch(/^no network of our own: .+\.$/);
};

it('moves real requests with the weights of a route', async () => {
  const plane = connectControlPlane();
  await plane.close();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'gateway-story.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const seen = new Map<string, Line>();
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    seen.set(line.step, line);
    if (line.kubeconfig === undefined) continue;
    const outside = await runCommand(plane.kubectlCommand, [
      'get',
      'httproutes',
      '-o',
      'name',
      '-n',
      line.namespace ?? '',
      '--kubeconfig',
      line.kubeconfig,
    ]);
    expect(outside).toMatchObject({ code: 0, stdout: 'httproute.gateway.networking.k8s.io/credit\n' });
    child.stdin.write('end\n');
  }
  expect(await exited).toBe(0);
  const reason = seen.get('unavailable')?.reason;
  if (reason !== undefined) {
    sayWhy(reason);
    return;
  }
  const { stable = 0, candidate = 0, ...others } = seen.get('split')?.counts ?? {};
  expect(others).toEqual({});
  // Envoy draws at random: 1,000 draws at 10 % stay within 100 +- 38 but once in 10,000 runs.
  expect(candidate).toBeGreaterThan(62);
  expect(candidate).toBeLessThan(138);
  expect(stable + candidate).toBe(1_000);
  expect(seen.get('closed')?.counts).toEqual({ stable: 300 });
  expect(seen.get('without controller')?.counts).toEqual({ stable: 100 });
}, 90_000);
