import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { flagdConfigMapActuator as files } from '../../../src/actuators/flagd-config-map/actuator.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { evaluate, fileName, handWritten, rollback, textOf } from '../../builders/flagd-config-map.ts';
import { inputFor } from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;

beforeAll(async () => {
  targets = await startLiveTargets();
}, 120_000);

afterAll(() => targets.close());

const manifest = (name: string, text = handWritten) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: targets.namespace, labels: { 'modelrisk.dev/target': 'true' } },
  data: { [fileName]: text, README: 'ask lending' },
});
const apply = (name: string, text = handWritten) => targets.kubectl(['apply', '--server-side', '-f', '-'], manifest(name, text));
const seen = async (name: string): Promise<string> => textOf(await targets.read(files, name));

it('a file answers the safe variant, and comes back to the byte', async () => {
  expect(await apply('flags')).toMatchObject({ code: 0 });
  const before = await targets.read(files, 'flags');
  const callers = [{}, { region: 'EU' }];
  const answers = async () => {
    const text = await seen('flags');
    return callers.map((context) => evaluate(text, 'use-v2', { context }));
  };
  expect(await answers()).toEqual([true, true]);
  const claim = rollback({ target: { object: 'flags' } });
  expect(await targets.pass(files, 'flags', [claim])).toMatchObject({ kind: 'Patch', rejected: [] });
  expect(await answers()).toEqual([false, false]);
  expect(await targets.pass(files, 'flags', [claim])).toMatchObject({ kind: 'Unchanged' });
  expect(files.verify(inputFor(await targets.read(files, 'flags'), [claim]))).toEqual({ kind: 'Verified', unmet: [] });
  await targets.release(files, 'flags');
  expect(userView(await targets.read(files, 'flags'))).toBe(userView(before));
  expect(await seen('flags')).toBe(handWritten);
});

it('an unforced server-side apply by the user succeeds while rolled back, and is new intent', async () => {
  await apply('contested');
  const claim = rollback({ target: { object: 'contested' } });
  await targets.pass(files, 'contested', [claim]);
  const { metadata } = await targets.read(files, 'contested');
  expect(metadata.managedFields?.map(({ manager }) => manager)).not.toContain(operatorManager);
  const edited = handWritten.replace('"defaultVariant" :"\\u006fn"', '"defaultVariant": "half"');
  expect(await apply('contested', edited)).toMatchObject({ code: 0 });
  expect(await targets.pass(files, 'contested', [claim])).toMatchObject({ kind: 'Patch', foreignEdit: true });
  expect(evaluate(await seen('contested'))).toBe(false);
  await targets.release(files, 'contested');
  expect(await seen('contested')).toBe(edited);
});

it('takes no patch computed from a text that is another by now', async () => {
  await apply('moved');
  const actuation = files.plan(inputFor(await targets.read(files, 'moved'), [rollback({ target: { object: 'moved' } })]));
  await apply('moved', `${handWritten}\n`);
  const answer = await targets
    .clientFor(files)
    .patch({ namespace: targets.namespace, name: 'moved' }, actuation.kind === 'Patch' ? actuation.operations : []);
  expect(answer).toMatchObject({ failure: { kind: 'Conflict' } });
  expect(await seen('moved')).toBe(`${handWritten}\n`);
});

it('a file of close to all a ConfigMap may hold fits into a patch', async () => {
  const flags = Array.from(
    { length: 6000 },
    (_, index) =>
      `"flag-${String(index)}": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on", "metadata": {"team": "\\"lending\\" \\n"}}`,
  );
  const large = handWritten.replace('"other":', `${flags.join(',\n')},\n"other":`);
  expect(large.length).toBeGreaterThan(700_000);
  expect(large.length).toBeLessThan(1_000_000);
  const made = manifest('large', large) as unknown as UntypedObject;
  await targets.runtime.plane.client.create({ group: '', version: 'v1', plural: 'configmaps' }, made);
  expect(await targets.pass(files, 'large', [rollback({ target: { object: 'large' } })])).toMatchObject({ kind: 'Patch', rejected: [] });
  expect(evaluate(await seen('large'))).toBe(false);
  await targets.release(files, 'large');
  expect(await seen('large')).toBe(large);
});
