import { expect, it } from '@jest/globals';

import { endStateOf } from '../../../testbed/crash/end-state.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

function chainIn({ api }: MemoryOperator) {
  const seen = (resource: string) =>
    api.list(resource).map((object) => ({
      kind: 'Object' as const,
      atMs: 0,
      change: 'Added' as const,
      resource,
      object: object,
    }));
  return endStateOf([...seen('riskincidents'), ...seen('riskchainheads')]).chain;
}

it('regression: a record closed just before a crash is covered by the chain head once the next process runs', async () => {
  const world = await startMemoryOperator();
  const isClosed = (): boolean =>
    world.api.list('riskincidents').some((each) => (each['status'] as { closedAt?: string } | null)?.closedAt !== undefined);
  world.api.onWrite(({ resource }) => (resource === 'riskchainheads' && isClosed() ? 'Lose' : 'Pass'));
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  world.read(0.01);
  await world.passUntil('closed', isClosed);
  await world.pass(2);
  expect(chainIn(world)).toMatchObject({ tailsBehind: 1 });
  world.api.onWrite(() => 'Pass');
  await world.restart();
  await world.pass(2);
  expect(chainIn(world)).toEqual({ heads: 1, lastIsAnIncident: true, tailsBehind: 0, tails: 1 });
  const written = world.api.writes.length;
  await world.restart();
  await world.pass(2);
  expect(world.api.writes.slice(written).filter(({ resource }) => resource === 'riskchainheads')).toEqual([]);
  await world.stop();
});
