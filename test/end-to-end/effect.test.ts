import { describe, expect, it } from '@jest/globals';

import type { EffectFigures } from '../../bench/effect.ts';
import { runCommand } from '../../testbed/run-command.ts';

/** Wide enough that a gateway's own dice almost never reach it, narrow enough that no share of a story passes for another. */
const sigmas = '5';
const mostFalseAlarms = 1e-3;

const withCopies = ['none yet', 'engage: cap of 10 %', 'foreign edit to 70 %', 'second plan: cap of 5 %', 'second plan deleted'];
const again = ['engage again', 'plan deleted'];

/** As a program, because only a program can move into a network of its own; the bed it starts is none of this run's. */
describe('requests through Contour and Envoy', () => {
  it('go where each change of a route says, all of them are answered, and copies are counted', async () => {
    const args = ['bench/run.ts', 'effect', '--json', '--requests', '200', '--sigmas', sigmas];
    const { code, stdout, stderr } = await runCommand(process.execPath, args);
    const reason = /bench: (no network of our own: .+\.)$/m.exec(stderr)?.[1];
    if (reason !== undefined) {
      // Where namespaces are forbidden the bench says so, and that sentence is what is checked.
      process.stderr.write(`effect.test: ${reason}\n`);
      expect(code).toBe(1);
      return;
    }
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    const figures = JSON.parse(stdout) as EffectFigures;
    expect(figures).toMatchObject({ broken: [], requestsPerSecond: 200 });
    expect(figures.falseAlarmChance).toBeLessThan(mostFalseAlarms);
    expect(figures.routes.map(({ kind, changes }) => ({ kind, changes: changes.map(({ change }) => change) }))).toEqual([
      { kind: 'HTTPRoute', changes: [...withCopies, 'escalate to shadow', 'step down to the cap', 'restore', ...again] },
      { kind: 'GRPCRoute', changes: [...withCopies, 'shadow refused: the cap stays', 'suspend: Release', ...again] },
    ]);
    for (const { errors, requests, changes } of figures.routes) {
      expect({ errors, enough: requests > 200 * changes.length }).toEqual({ errors: 0, enough: true });
      for (const { requests: measured, asExpected } of changes)
        expect({ measured, asExpected }).toEqual({ measured: 200, asExpected: true });
    }
    const copies = figures.routes.flatMap(({ changes }) => changes.map((change) => change.copies));
    expect(copies.filter((count) => count > 0)).toEqual([200]);
  }, 500_000);
});
