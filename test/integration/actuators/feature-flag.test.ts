import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { featureFlagActuator as flags } from '../../../src/actuators/feature-flag/actuator.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { aFlag, evaluate, rollback, targetingEU } from '../../builders/feature-flag.ts';
import { startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;

beforeAll(async () => {
  targets = await startLiveTargets();
}, 120_000);

afterAll(() => targets.close());

const manifest = (name: string, definitions: { readonly [key: string]: JSONValue }) => ({
  apiVersion: 'core.openfeature.dev/v1beta1',
  kind: 'FeatureFlag',
  metadata: { name, namespace: targets.namespace },
  spec: { flagSpec: { flags: definitions } },
});
const apply = (name: string, definitions: { readonly [key: string]: JSONValue }) =>
  targets.kubectl(['apply', '--server-side', '-f', '-'], manifest(name, definitions));

it.each([
  ['plain', aFlag()],
  ['targeted', aFlag({ targeting: targetingEU })],
  ['with empty targeting', aFlag({ targeting: {} })],
])('a stored flag %s answers the safe variant, and comes back to the byte', async (name, definition) => {
  const object = `flags-${name.replaceAll(' ', '-')}`;
  expect(await apply(object, { 'use-v2': definition })).toMatchObject({ code: 0 });
  const before = await targets.read(flags, object);
  const callers = [{}, { region: 'EU' }];
  expect(callers.map((context) => evaluate(before, 'use-v2', { context }))).toEqual([true, true]);
  const claim = rollback({ target: { object } });
  expect(await targets.pass(flags, object, [claim])).toMatchObject({ kind: 'Patch', rejected: [] });
  const rolledBack = await targets.read(flags, object);
  expect(callers.map((context) => evaluate(rolledBack, 'use-v2', { context }))).toEqual([false, false]);
  expect(await targets.pass(flags, object, [claim])).toMatchObject({ kind: 'Unchanged' });
  await targets.release(flags, object);
  expect(userView(await targets.read(flags, object))).toBe(userView(before));
});

it('an unforced server-side apply by the user succeeds while rolled back, and is new intent', async () => {
  expect(await apply('contested', { 'use-v2': aFlag() })).toMatchObject({ code: 0 });
  const claim = rollback({ target: { object: 'contested' } });
  await targets.pass(flags, 'contested', [claim]);
  expect(await apply('contested', { 'use-v2': aFlag({ targeting: targetingEU }) })).toMatchObject({ code: 0 });
  expect(await targets.pass(flags, 'contested', [claim])).toMatchObject({ kind: 'Patch', foreignEdit: true });
  expect(evaluate(await targets.read(flags, 'contested'), 'use-v2', { context: { region: 'EU' } })).toBe(false);
  await targets.release(flags, 'contested');
  const { spec } = manifest('contested', { 'use-v2': aFlag({ targeting: targetingEU }) });
  expect((await targets.read(flags, 'contested')).spec).toEqual(spec);
});
